package scene

import (
	"context"
	"errors"
)

// Drafts builds a request of every operation that this target would serve, with things that are made there for it. What
// can't be made or built there is left out; errors are those of the client.
func (s *Scene) Drafts(ctx context.Context) (map[string]*Draft, error) {
	out := map[string]*Draft{}
	for _, operation := range s.Contract.Operations {
		if !Buildable(operation) && s.Given.Bodies[operation.ID] == nil {
			continue
		}
		draft, err := s.Draft(ctx, operation, s.Client.Caller(operation), Things{})
		var blocked *Blocked
		var lacking *NotTestable
		switch {
		case errors.As(err, &blocked) || errors.As(err, &lacking):
		case err != nil:
			return nil, err
		default:
			out[operation.ID] = draft
		}
	}
	return out, nil
}
