package lists

import (
	"context"
	"net/url"
	"slices"
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

func (s *span) all() []*scene.Thing {
	return slices.Concat(s.before, s.inside, s.after)
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

// cardsInTime makes cards that nobody changes, so that all first attempts of a run share them.
func cardsInTime(ctx context.Context, w *steps.World) (err error) {
	fresh := func() (*span, error) {
		return oneByOne(ctx, w, "cards-list", nil, 5, func() (*scene.Thing, error) {
			return w.Scene.Fresh(ctx, "primary", "card", scene.Things{})
		})
	}
	l := steps.State[listed](w)
	if w.Scenario.Attempt > 0 {
		l.span, err = fresh()
		return err
	}
	l.span, err = steps.Shared(w.Session, func() *scene.Once[*span] { return new(scene.NewOnce[*span]()) }).Get(ctx, fresh)
	return err
}

func creditsInTime(ctx context.Context, w *steps.World) (err error) {
	if err := things.Make(ctx, w, "wallet"); err != nil {
		return err
	}
	wallet := w.Things["wallet"].ID
	steps.State[listed](w).span, err = oneByOne(ctx, w, "transactions-list", url.Values{"wallet": {wallet}}, 4, func() (*scene.Thing, error) {
		return w.Scene.Book(ctx, "transactions-manual-credit", "primary", 500, "", wallet)
	})
	return err
}

// oneByOne makes the things of a span; it asks the target for times that differ, since nothing can be said of a range
// otherwise.
func oneByOne(ctx context.Context, w *steps.World, operation string, base url.Values, count int,
	fresh func() (*scene.Thing, error),
) (*span, error) {
	var all []*scene.Thing
	for range count {
		thing, err := fresh()
		if err != nil {
			return nil, err
		}
		if all = append(all, thing); thing.Body["created_at"] == nil {
			return nil, &scene.NotTestable{Why: "the answers do not tell when a thing was created (N-23)"}
		}
		if last := len(all) - 1; last > 0 && !things.Created(thing).After(things.Created(all[last-1]).Add(time.Millisecond)) {
			return nil, &steps.Environment{Why: "things made one after another were not given times that differ by more than a millisecond"}
		}
		if err := things.Pass(ctx, thing); err != nil {
			return nil, err
		}
	}
	return &span{operation: w.Session.Contract.Operation(operation), base: base,
		before: all[:1], inside: all[1 : count-1], after: all[count-1:]}, nil
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
