package scene

import (
	"context"
	"errors"

	"github.com/kobcheck/kobcheck/client"
)

// loans is what an observed scene, which belongs to one goroutine, has in hand. A thing belongs to one scene at a
// time; one on which all that wrote was refused is as good as new for the next.
type loans struct {
	anew   bool
	latest int // the number of the latest exchange that was heard
	things []loan
	client *Thing
	back   []func(context.Context) error
	reads  map[[3]string]reading
}

// reading is what a thing last read as, and by which exchange.
type reading struct {
	n    int
	body map[string]any
}

// LastRead returns what a thing last read as by an operation, and the number of the exchange; nil where it was not read.
func (s *Scene) LastRead(operation, as, id string) (map[string]any, int) {
	if s.loans == nil {
		return nil, 0
	}
	last := s.loans.reads[[3]string{operation, as, id}]
	return last.body, last.n
}

func (l *loans) note(operation, as, id string, exchange *client.Exchange, body map[string]any) {
	if l.reads == nil {
		l.reads = map[[3]string]reading{}
	}
	l.reads[[3]string{operation, as, id}] = reading{exchange.N, body}
}

// loan is a thing that was complete at an exchange of a number.
type loan struct {
	as, kind string
	thing    *Thing
	since    int
}

func (l *loans) hear(exchange *client.Exchange) {
	l.latest = exchange.N
}

// lend notes a new thing, if somebody else may use it afterwards.
func (s *Scene) lend(as, kind string, thing *Thing) {
	switch kind {
	case "card", "enduser", "transaction", "wallet", FundedWallet:
		if s.loans != nil {
			s.loans.things = append(s.loans.things, loan{as, kind, thing, s.loans.latest})
		}
	}
}

// lent returns the client whose status may be changed; the same one until the scene puts it back.
func (s *Scene) lent(ctx context.Context) (*Thing, error) {
	if s.Given.Client != "" && s.loans.client != nil {
		return s.loans.client, nil
	}
	thing, back, err := s.Disposable(ctx)
	if err == nil {
		s.loans.client = thing
		s.loans.back = append(s.loans.back, back)
	}
	return thing, err
}

// PutBack undoes what was done to the client of the target file, so that the next scene may have it.
func (s *Scene) PutBack(ctx context.Context) error {
	var failed []error
	for _, back := range s.loans.back {
		failed = append(failed, back(ctx))
	}
	s.loans.back, s.loans.client = nil, nil
	return errors.Join(failed...)
}
