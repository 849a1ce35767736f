package steps

import (
	"context"
	"net/url"
	"time"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
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

func created(object *scene.Thing) time.Time {
	when, _ := schemas.Instant(object.Body["created_at"])
	return when
}

// window returns the query of the span: from just before its first thing to just after its last. Bounds
// lie between things, since no page says whether they are inclusive (N-19).
func (s *span) window() url.Values {
	query := copyQuery(s.base)
	query.Set("from", stamp(created(s.inside[0]).Add(-time.Millisecond)))
	query.Set("to", stamp(after(s.inside[len(s.inside)-1])))
	return query
}

// after is a time past the creation of a thing and before that of the next one: as much later as the target's
// times are coarse.
func after(object *scene.Thing) time.Time {
	written, _ := object.Body["created_at"].(string)
	return created(object).Add(max(time.Millisecond, schemas.Resolution(written)-time.Millisecond))
}

func stamp(t time.Time) string { return t.UTC().Format("2006-01-02T15:04:05.000Z") }

func copyQuery(query url.Values) url.Values {
	out := url.Values{}
	for name, values := range query {
		out[name] = append([]string(nil), values...)
	}
	return out
}

func (w *World) span() (*span, error) {
	s, _ := w.notes["span"].(*span)
	if s == nil {
		return nil, faulty("the scenario made nothing in a span of time")
	}
	return s, nil
}

func cardsInTime(ctx context.Context) error {
	w := From(ctx)
	return w.keepSpan(ctx, "cards-list", nil, 5, func() (*scene.Thing, error) {
		return w.scene.Fresh(ctx, "primary", "card", scene.Things{})
	})
}

func creditsInTime(ctx context.Context) error {
	w := From(ctx)
	if err := aThing(ctx, "wallet"); err != nil {
		return err
	}
	wallet := w.things["wallet"].ID
	return w.keepSpan(ctx, "transactions-list", url.Values{"wallet": {wallet}}, 4, func() (*scene.Thing, error) {
		return w.scene.Book(ctx, "transactions-manual-credit", "primary", 500, "", wallet)
	})
}

// keepSpan makes things one after another and remembers them by time; it asks the target for times that differ, since
// nothing can be said of a range otherwise. Nobody changes things of a span without a base of its own, so that all
// first attempts of a run share it.
func (w *World) keepSpan(ctx context.Context, operation string, base url.Values, count int,
	fresh func() (*scene.Thing, error),
) (err error) {
	if base == nil && w.Scenario.Attempt == 0 {
		if err := w.Session.spans.enter(ctx); err != nil {
			return err
		}
		defer w.Session.spans.leave()
		if w.notes["span"] = w.Session.spans.kept; w.Session.spans.kept != nil {
			return nil
		}
		defer func() {
			if err == nil {
				w.Session.spans.kept = w.notes["span"].(*span)
			}
		}()
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
		if last := len(made) - 1; last > 0 && !created(thing).After(created(made[last-1]).Add(time.Millisecond)) {
			return &Environment{Why: "things made one after another were not given times that differ by more than a millisecond"}
		}
		if err := w.pass(ctx, thing); err != nil {
			return err
		}
	}
	w.notes["span"] = &span{operation: w.Session.Contract.Operation(operation), base: base,
		before: made[:1], inside: made[1 : count-1], after: made[count-1:]}
	return nil
}

func (w *World) listSpan(ctx context.Context, query url.Values) error {
	s, err := w.span()
	if err != nil {
		return err
	}
	var items []any
	if query.Has("limit") {
		items, err = w.list(ctx, s.operation, "primary", query)
	} else {
		items, err = w.listAll(ctx, s.operation, query)
	}
	if err != nil {
		return err
	}
	w.notes["items"], w.notes["query"] = items, query
	return nil
}

// listAll walks through all pages of a list: others create things in the same time as ours.
func (w *World) listAll(ctx context.Context, operation *contract.Operation, query url.Values) ([]any, error) {
	var all []any
	_, _, err := w.walk(ctx, operation, "primary", query, func(items []any) bool {
		all = append(all, items...)
		return true
	})
	return all, err
}

func (w *World) windowWith(ctx context.Context, name, value string) error {
	s, err := w.span()
	if err != nil {
		return err
	}
	query := s.window()
	if name != "" {
		query.Set(name, value)
	}
	return w.listSpan(ctx, query)
}
