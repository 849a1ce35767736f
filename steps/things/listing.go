package things

import (
	"cmp"
	"context"
	"fmt"
	"net/url"
	"slices"
	"time"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/match"
	"github.com/kobcheck/kobcheck/steps"
)

func listHolds(ctx context.Context, w *steps.World, foreign, kind, not string) error {
	if foreign != "" {
		return foreignNotInList(ctx, w, kind)
	}
	if not != "" {
		return isNotInList(ctx, w, kind)
	}
	return isInList(ctx, w, kind)
}

func staysWithItsOwner(ctx context.Context, w *steps.World, kind string) error {
	object, err := w.Thing("foreign " + kind)
	if err != nil {
		return err
	}
	if err := w.NeedClient("second", "only its owner can tell whether it is still there"); err != nil {
		return err
	}
	entry, seen, err := listed(ctx, w, object, "second")
	if err != nil {
		return err
	}
	w.Expect(entry != nil, evidence.Assertion{Check: "is still in its owner's list", Fact: w.Fact("OWN-07", contract.Effect),
		Message: "another client's " + kind + " is gone from its list", Expected: "an entry with the id " + object.ID,
		Actual: fmt.Sprintf("none among %d entries", seen)})
	return nil
}

func isInList(ctx context.Context, w *steps.World, kind string) error {
	if !w.Refused() {
		return nil
	}
	object, err := Made(w, kind)
	if err != nil {
		return err
	}
	entry, listed, err := listed(ctx, w, object, object.As)
	if err != nil {
		return err
	}
	w.Expect(entry != nil, evidence.Assertion{Check: "is in the list", Fact: w.Own(contract.Effect),
		Message: fmt.Sprintf("the %s is not in the list of its kind", kind), Expected: "an entry with the id " + object.ID,
		Actual: fmt.Sprintf("%d entries, none of them with that id", listed)})
	if entry == nil || steps.Reader(w, kind) == nil {
		return nil
	}
	now, err := Read(ctx, w, object)
	if err != nil {
		return err
	}
	misshapen := w.Misshapen(kind, now, entry)
	for name, value := range now {
		if misshapen[name] {
			continue
		}
		_, there := entry[name]
		w.Match(match.Field(match.Equal(value), name), entry, evidence.Assertion{
			Check: "list entry agrees with the thing itself", Fact: w.FieldFact(w.Leading(), name, there),
			Message: fmt.Sprintf("%q in the list differs from what reading the %s by its id gives", name, kind)})
	}
	return nil
}

func isNotInList(ctx context.Context, w *steps.World, kind string) error {
	object, err := Made(w, kind)
	if err != nil {
		return err
	}
	return expectNotListed(ctx, w, object, object.As, "the "+kind)
}

func foreignNotInList(ctx context.Context, w *steps.World, kind string) error {
	object, err := w.Thing("foreign " + kind)
	if err != nil {
		return err
	}
	return expectNotListed(ctx, w, object, "primary", "another client's "+kind)
}

func expectNotListed(ctx context.Context, w *steps.World, object *scene.Thing, as, what string) error {
	entry, _, err := listed(ctx, w, object, as)
	if err != nil {
		return err
	}
	w.Expect(entry == nil, evidence.Assertion{Check: "is not in the list", Fact: w.Own(contract.Effect),
		Message: what + " is in the list", Expected: "no entry with the id " + object.ID, Actual: "an entry with that id"})
	return nil
}

// lists are those of one operation that two clients have asked for, as the ids of their entries.
type lists struct {
	title        string
	ours, theirs map[string]bool
}

func bothList(ctx context.Context, w *steps.World, title string) error {
	if err := w.NeedClient("second", "it takes the list of another client"); err != nil {
		return err
	}
	operation, err := w.Operation(title)
	if err != nil {
		return err
	}
	l := lists{title: title, ours: map[string]bool{}, theirs: map[string]bool{}}
	for as, ids := range map[string]map[string]bool{"primary": l.ours, "second": l.theirs} {
		see := func(items []map[string]any) bool {
			for _, item := range items {
				if id := scene.ID(item); id != "" {
					ids[id] = true
				}
			}
			return false
		}
		err := everyEntry(ctx, w, operation, as, see)
		if err == nil && len(ids) == 0 {
			if _, failed := w.Scene.Own(ctx, as, operation.Reads, nil); failed == nil { // else there is nothing to compare
				err = everyEntry(ctx, w, operation, as, see)
			}
		}
		if err != nil {
			return err
		}
	}
	*steps.State[lists](w) = l
	return nil
}

func listsApart(w *steps.World) error {
	l := steps.State[lists](w)
	if len(l.ours) == 0 || len(l.theirs) == 0 {
		return &scene.NotTestable{Why: "one of the two clients has nothing to list"}
	}
	both := ""
	for id := range l.ours {
		if l.theirs[id] {
			both = id
		}
	}
	w.Expect(both == "", evidence.Assertion{Check: "lists of two clients have nothing in common", Fact: w.Own(contract.Exposure),
		Message: fmt.Sprintf("%q lists the same thing for two clients", l.title), Expected: "no id on both lists", Actual: "the id " + both})
	return nil
}

// listed looks for a thing in the list of its kind and returns its entry, or nil, with the number of
// entries seen. Lists with documented paging are walked newest first, page by page.
func listed(ctx context.Context, w *steps.World, object *scene.Thing, as string) (map[string]any, int, error) {
	operation := steps.Lister(w, object.Kind)
	if operation == nil {
		return nil, 0, &scene.NotTestable{Why: "no documented operation lists things of the kind " + object.Kind}
	}
	as = cmp.Or(as, w.Session.Client.Caller(operation))
	if !operation.Takes("limit") || !operation.Takes("offset") {
		items, err := w.Scene.List(ctx, operation.ID, as, nil)
		entry, seen := entryOf(items, object.ID), len(items)
		if entry != nil || err != nil {
			return entry, seen, err
		}
		err = w.Scene.Beyond(ctx, operation.ID, as, IDs(items), func(more []map[string]any) bool {
			if at := slices.IndexFunc(more, func(one map[string]any) bool { return scene.ID(one) == object.ID }); at >= 0 {
				entry = more[at]
			}
			seen += len(more)
			return entry == nil
		})
		return entry, seen, err
	}
	query := url.Values{"order": {"desc"}}
	if since := Created(object); !since.IsZero() && operation.Takes("from") {
		query.Set("from", Stamp(since.Add(-time.Millisecond)))
	}
	var entry map[string]any
	seen, bounded, err := Walk(ctx, w, operation, as, query, func(items []map[string]any) bool {
		entry = entryOf(items, object.ID)
		return entry == nil
	})
	if bounded {
		return nil, seen, tooLong()
	}
	return entry, seen, err
}
