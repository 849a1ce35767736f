package lists

import (
	"context"
	"net/url"
	"time"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/things"
)

// span is a stretch of time with the things created before, in and after it.
type span struct {
	operation *contract.Operation
	base      url.Values
	before    []*scene.Thing
	inside    []*scene.Thing
	after     []*scene.Thing
}

// spans is the span of cards that the scenarios of a run share; one of them at a time looks for it.
type spans struct {
	turn chan struct{}
	kept *span
}

func (s *spans) enter(ctx context.Context) error {
	select {
	case s.turn <- struct{}{}:
		return nil
	case <-ctx.Done():
		return context.Cause(ctx)
	}
}

func (s *spans) leave() { <-s.turn }

func (s *span) all() []*scene.Thing {
	return append(append(append([]*scene.Thing{}, s.before...), s.inside...), s.after...)
}

// window returns the query of the span: from just before its first thing to just after its last. Bounds
// lie between things, since no page says whether they are inclusive (N-19).
func (s *span) window() url.Values {
	query := things.CopyQuery(s.base)
	query.Set("from", things.Stamp(things.Created(s.inside[0]).Add(-time.Millisecond)))
	query.Set("to", things.Stamp(after(s.inside[len(s.inside)-1])))
	return query
}

// after is a time past the creation of a thing and before that of the next one: as much later as the target's
// times are coarse.
func after(object *scene.Thing) time.Time {
	written, _ := object.Body["created_at"].(string)
	return things.Created(object).Add(max(time.Millisecond, schemas.Resolution(written)-time.Millisecond))
}

// Supply finds the span of the scenario.
func (s *span) Supply(w *steps.World) error {
	kept := steps.State[listed](w).span
	if kept == nil {
		return steps.Faulty("the scenario made nothing in a span of time")
	}
	*s = *kept
	return nil
}

func spanOf(w *steps.World) (*span, error) {
	s := new(span)
	return s, s.Supply(w)
}

func cardsInTime(ctx context.Context, w *steps.World) error {
	return keepSpan(ctx, w, "cards-list", nil, 5, func() (*scene.Thing, error) {
		return w.Scene.Fresh(ctx, "primary", "card", scene.Things{})
	})
}

func creditsInTime(ctx context.Context, w *steps.World) error {
	if err := things.Make(ctx, w, "wallet"); err != nil {
		return err
	}
	wallet := w.Things["wallet"].ID
	return keepSpan(ctx, w, "transactions-list", url.Values{"wallet": {wallet}}, 4, func() (*scene.Thing, error) {
		return w.Scene.Book(ctx, "transactions-manual-credit", "primary", 500, "", wallet)
	})
}

// keepSpan makes things one after another and remembers them by time; it asks the target for times that differ, since
// nothing can be said of a range otherwise. Nobody changes things of a span without a base of its own, so that all
// first attempts of a run share it.
func keepSpan(ctx context.Context, w *steps.World, operation string, base url.Values, count int,
	fresh func() (*scene.Thing, error),
) error {
	l := steps.State[listed](w)
	if base == nil && w.Scenario.Attempt == 0 {
		shared := steps.Shared(w.Session, func() *spans { return &spans{turn: make(chan struct{}, 1)} })
		if err := shared.enter(ctx); err != nil {
			return err
		}
		defer shared.leave()
		if l.span = shared.kept; l.span != nil {
			return nil
		}
		defer func() { shared.kept = l.span }()
	}
	var made []*scene.Thing
	for range count {
		thing, err := fresh()
		if err != nil {
			return err
		}
		if made = append(made, thing); thing.Body["created_at"] == nil {
			return &scene.NotTestable{Why: "the answers do not tell when a thing was created (N-23)"}
		}
		if last := len(made) - 1; last > 0 && !things.Created(thing).After(things.Created(made[last-1]).Add(time.Millisecond)) {
			return &steps.Environment{Why: "things made one after another were not given times that differ by more than a millisecond"}
		}
		if err := things.Pass(ctx, thing); err != nil {
			return err
		}
	}
	l.span = &span{operation: w.Session.Contract.Operation(operation), base: base,
		before: made[:1], inside: made[1 : count-1], after: made[count-1:]}
	return nil
}

func listSpan(ctx context.Context, w *steps.World, query url.Values) error {
	s, err := spanOf(w)
	if err != nil {
		return err
	}
	var items []map[string]any
	if query.Has("limit") {
		items, err = w.Scene.List(ctx, s.operation.ID, "primary", query)
	} else {
		items, err = listAll(ctx, w, s.operation, query)
	}
	if err != nil {
		return err
	}
	l := steps.State[listed](w)
	l.query = query
	l.keep(items)
	return nil
}

// listAll walks through all pages of a list: others create things in the same time as ours.
func listAll(ctx context.Context, w *steps.World, operation *contract.Operation, query url.Values) ([]map[string]any, error) {
	var all []map[string]any
	_, _, err := things.Walk(ctx, w, operation, "primary", query, func(items []map[string]any) bool {
		all = append(all, items...)
		return true
	})
	return all, err
}

func windowWith(ctx context.Context, w *steps.World, name, value string) error {
	s, err := spanOf(w)
	if err != nil {
		return err
	}
	query := s.window()
	if name != "" {
		query.Set(name, value)
	}
	return listSpan(ctx, w, query)
}
