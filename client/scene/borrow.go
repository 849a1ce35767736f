package scene

import (
	"context"
	"errors"
)

// Disposable returns a client of the API whose status may be changed: the one of the target file, which is lent to
// one at a time, else a new one. It is never one of those that the run itself uses. The function gives it back, with
// the status that it had; it has to be called. Errors are those of [Scene.Need].
func (s *Scene) Disposable(ctx context.Context) (*Thing, func(context.Context) error, error) {
	nothing := func(context.Context) error { return nil }
	id := s.Given.Client
	if id == "" {
		if !s.Client.Has("admin") {
			return nil, nothing, &NotTestable{Key: "target.clients.admin", Why: "clients are looked after with administrator credentials"}
		}
		made, err := s.Fresh(ctx, "admin", "client", nil)
		if err == nil {
			made.As = ""
		}
		return made, nothing, err
	}
	if err := s.shared.client.take(ctx); err != nil {
		return nil, nothing, err
	}
	caller := s.Client.Caller(s.Contract.Operation("clients-get"))
	was, err := s.Get(ctx, "clients-get", caller, id)
	if err != nil && !unreadable(err) {
		s.shared.client.leave()
		return nil, nothing, err
	}
	status, told := was["status"].(string)
	if !told {
		status = "ACTIVE"
	}
	lent := &Thing{Kind: "client", ID: id, Body: was}
	return lent, func(ctx context.Context) error {
		defer s.shared.client.leave()
		if now, err := s.Get(ctx, "clients-get", caller, id); err == nil && told && now["status"] == status {
			return nil
		}
		draft, err := s.Draft(ctx, s.Contract.Operation("clients-update-status"), caller, Things{"client": lent})
		if err != nil {
			return err
		}
		_, _, err = s.Serve(ctx, draft.Set("status", status))
		return err
	}, nil
}

// unreadable reports whether a target has a thing and only does not show it.
func unreadable(err error) bool {
	var blocked *Blocked
	var untestable *NotTestable
	return errors.As(err, &blocked) || errors.As(err, &untestable)
}
