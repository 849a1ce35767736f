package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"sort"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

func readingSentences() []Definition {
	const area = "reading"
	return []Definition{
		define(area, `the `+kinds+` reads back equal`, "Reads the thing by its id and compares every field with the answer that made it.", readsBackEqual),
		define(area, `the `+kinds+` reads back with the "([^"]+)" ("[^"]*"|-?\d[\d.]*|true|false|null|\{.*\}|\[.*\])`, "Reads the thing by its id and compares one field.", readsBackWith),
		define(area, `the `+kinds+` is in the list`, "Lists the things of that kind, page by page, and finds it there as it reads by its id.", isInList),
		define(area, `the `+kinds+` is not in the list`, "Lists the things of that kind, page by page, and does not find it.", isNotInList),
		define(area, `the foreign `+kinds+` is not in our list`, "Lists our things of that kind, page by page, and does not find the other client's.", foreignNotInList),
		define(area, `the answer shows nothing of the foreign `+kinds, "No field of the other client's thing is in the answer.", showsNothingForeign),
	}
}

// reader returns the operation that reads one thing of a kind by its id, or nil.
func (w *World) reader(kind string) *contract.Operation {
	return w.find(func(o *contract.Operation) bool {
		return o.Method == http.MethodGet && len(o.PathParams) == 1 && o.PathParams[0].Fixture == kind
	})
}

// lister returns the operation that lists the things of a kind, or nil.
func (w *World) lister(kind string) *contract.Operation {
	return w.find(func(o *contract.Operation) bool {
		return o.Method == http.MethodGet && o.Reads == kind && o.Success.Shape == "array"
	})
}

func (w *World) find(wanted func(*contract.Operation) bool) *contract.Operation {
	for _, operation := range w.Session.Contract.Operations {
		if wanted(operation) {
			return operation
		}
	}
	return nil
}

// read gets the present state of a thing, as means to an end: what deviates in it is noticed in passing.
func (w *World) read(ctx context.Context, object *scene.Thing) (map[string]any, error) {
	operation := w.reader(object.Kind)
	if operation == nil {
		return nil, &scene.NotTestable{Why: "no documented operation reads a " + object.Kind + " by its id"}
	}
	return w.scene.Get(ctx, operation.ID, cmp.Or(object.As, w.Session.Client.Caller(operation)), object.ID)
}

// readBack reads a thing that a scenario is about: one that is gone is its finding, and then there is no body.
func (w *World) readBack(ctx context.Context, object *scene.Thing) (map[string]any, error) {
	body, err := w.read(ctx, object)
	var blocked *scene.Blocked
	if errors.As(err, &blocked) && is(http.StatusNotFound, http.StatusGone)(blocked.Status) {
		w.Expect(false, evidence.Assertion{Check: "can be read", Fact: w.own(contract.Effect),
			Message:  "the " + object.Kind + " that was made can't be read",
			Expected: "the " + object.Kind, Actual: w.answered(w.last)})
		return nil, nil
	}
	return body, err
}

func readsBackEqual(ctx context.Context, kind string) error {
	w := From(ctx)
	object, err := w.made(kind)
	if err != nil {
		return err
	}
	now, err := w.readBack(ctx, object)
	if now == nil {
		return err
	}
	w.expectEqualObjects("reads back equal", object.Body, now)
	return nil
}

// made returns the thing of a kind that the scenario made, together with the answer that made it.
func (w *World) made(kind string) (*scene.Thing, error) {
	object := w.things[kind]
	if object == nil && w.last != nil {
		if operation := w.Session.Contract.Operation(w.last.Operation); operation != nil && operation.Creates == kind {
			if err := w.served(operation, w.last); err != nil {
				return nil, err
			}
			return w.born(operation, w.last, nil)
		}
	}
	if object == nil {
		return nil, faulty("the scenario has no %s", kind)
	}
	return object, nil
}

// expectEqualObjects checks that two answers about one thing agree field by field.
func (w *World) expectEqualObjects(check string, first, second map[string]any) {
	w.expectEqual(check, first, second, func(name string, there bool) contract.Fact { return w.fieldFact(w.leading(), name, there) })
}

// expectEqual is [World.expectEqualObjects] with the fact that each member rests on.
func (w *World) expectEqual(check string, first, second map[string]any, fact func(name string, there bool) contract.Fact) {
	names := map[string]bool{}
	for name := range first {
		names[name] = true
	}
	for name := range second {
		names[name] = true
	}
	sorted := make([]string, 0, len(names))
	for name := range names {
		sorted = append(sorted, name)
	}
	sort.Strings(sorted)
	for _, name := range sorted {
		before, inFirst := first[name]
		after, inSecond := second[name]
		w.Expect(inFirst == inSecond && same(before, after), evidence.Assertion{Check: check, Fact: fact(name, inFirst && inSecond),
			Pointer:  "/" + name,
			Message:  fmt.Sprintf("%q differs between two answers about the same thing", name),
			Expected: present(before, inFirst), Actual: present(after, inSecond)})
	}
}

func present(value any, there bool) string {
	if !there {
		return "absent"
	}
	return text(value)
}

func readsBackWith(ctx context.Context, kind, name, literal string) error {
	w := From(ctx)
	expected, err := parse(literal)
	if err != nil {
		return err
	}
	object, err := w.made(kind)
	if err != nil {
		return err
	}
	now, err := w.readBack(ctx, object)
	if now == nil {
		return err
	}
	value, there := scene.Member(now, name)
	w.expectMember(name, there && same(expected, value), text(expected), value, there)
	return nil
}

func isInList(ctx context.Context, kind string) error {
	w := From(ctx)
	object, err := w.made(kind)
	if err != nil {
		return err
	}
	entry, listed, err := w.listed(ctx, object, object.As)
	if err != nil {
		return err
	}
	w.Expect(entry != nil, evidence.Assertion{Check: "is in the list", Fact: w.own(contract.Effect),
		Message:  fmt.Sprintf("the %s is not in the list of its kind", kind),
		Expected: "an entry with the id " + object.ID, Actual: fmt.Sprintf("%d entries, none of them with that id", listed)})
	if entry == nil {
		return nil
	}
	if w.reader(kind) == nil {
		return nil
	}
	now, err := w.read(ctx, object)
	if err != nil {
		return err
	}
	for name, value := range now {
		inList, there := entry[name]
		w.Expect(there && same(value, inList), evidence.Assertion{Check: "list entry agrees with the thing itself",
			Fact:    w.fieldFact(w.leading(), name, there),
			Pointer: "/" + name,
			Message: fmt.Sprintf("%q in the list differs from what reading the %s by its id gives", name, kind), Expected: text(value), Actual: present(inList, there)})
	}
	return nil
}

func isNotInList(ctx context.Context, kind string) error {
	w := From(ctx)
	object, err := w.made(kind)
	if err != nil {
		return err
	}
	return w.expectNotListed(ctx, object, object.As, "the "+kind)
}

func foreignNotInList(ctx context.Context, kind string) error {
	w := From(ctx)
	object, err := w.thing("foreign " + kind)
	if err != nil {
		return err
	}
	return w.expectNotListed(ctx, object, "primary", "another client's "+kind)
}

func (w *World) expectNotListed(ctx context.Context, object *scene.Thing, as, what string) error {
	entry, _, err := w.listed(ctx, object, as)
	if err != nil {
		return err
	}
	w.Expect(entry == nil, evidence.Assertion{Check: "is not in the list", Fact: w.own(contract.Effect), Message: what + " is in the list",
		Expected: "no entry with the id " + object.ID, Actual: "an entry with that id"})
	return nil
}

// listed looks for a thing in the list of its kind and returns its entry, or nil, with the number of
// entries seen. Lists with documented paging are walked newest first, page by page.
func (w *World) listed(ctx context.Context, object *scene.Thing, as string) (map[string]any, int, error) {
	operation := w.lister(object.Kind)
	if operation == nil {
		return nil, 0, &scene.NotTestable{Why: "no documented operation lists things of the kind " + object.Kind}
	}
	if as == "" {
		as = w.Session.Client.Caller(operation)
	}
	if !hasQuery(operation, "limit") || !hasQuery(operation, "offset") {
		items, err := w.list(ctx, operation, as, nil)
		entry, seen := entryOf(items, object.ID), len(items)
		if entry != nil || err != nil {
			return entry, seen, err
		}
		err = w.scene.Beyond(ctx, operation.ID, as, ids(items), func(more []map[string]any) bool {
			if at := slices.IndexFunc(more, func(one map[string]any) bool { return scene.ID(one) == object.ID }); at >= 0 {
				entry = more[at]
			}
			seen += len(more)
			return entry == nil
		})
		return entry, seen, err
	}
	query := url.Values{"order": {"desc"}}
	if since := created(object); !since.IsZero() && hasQuery(operation, "from") {
		query.Set("from", stamp(since.Add(-time.Millisecond)))
	}
	var entry map[string]any
	seen, bounded, err := w.walk(ctx, operation, as, query, func(items []any) bool {
		entry = entryOf(items, object.ID)
		return entry == nil
	})
	if bounded {
		return nil, seen, &scene.NotTestable{Why: fmt.Sprintf("the list has more than %d pages of %d", pageBound, pageSize)}
	}
	return entry, seen, err
}

// entryOf returns the entry with an id, or nil.
func entryOf(items []any, id string) map[string]any {
	for _, item := range items {
		if entry, ok := item.(map[string]any); ok && entry["id"] == id {
			return entry
		}
	}
	return nil
}

// list calls a list operation as means to an end and returns its items, whatever wraps them.
func (w *World) list(ctx context.Context, operation *contract.Operation, as string, query url.Values) ([]any, error) {
	exchange, value, err := w.scene.Serve(ctx, &scene.Draft{Operation: operation, Request: client.Request{As: as, Query: query}})
	if err != nil {
		return nil, err
	}
	items, ok := scene.Items(value)
	if !ok {
		return nil, blocked(operation, exchange, fmt.Sprintf("answered %d without a list", exchange.Status))
	}
	return items, nil
}

func showsNothingForeign(ctx context.Context, kind string) error {
	w := From(ctx)
	object, err := w.thing("foreign " + kind)
	if err != nil {
		return err
	}
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	shown := ""
	for name, value := range object.Body {
		secret, ok := value.(string)
		if ok && len(secret) > 8 && name != "id" && !knownOnBothSides(name) && strings.Contains(string(exchange.Body), secret) {
			shown = name
		}
	}
	w.Expect(shown == "", evidence.Assertion{Check: "shows nothing of another client's", Fact: w.fact("OWN-07", contract.Exposure),
		Message: "the refusal shows data of another client", Expected: "none of its fields", Actual: "its field " + shown})
	return nil
}

// knownOnBothSides names fields whose values both clients may rightly see.
func knownOnBothSides(name string) bool {
	switch name {
	case "program_id", "partner_product", "asset_class", "status", "type", "created_at", "updated_at":
		return true
	}
	return false
}
