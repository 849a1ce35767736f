package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

func listSentences() []Definition {
	const area = "list"
	return []Definition{
		define(area, `three cards made one after another, one before them and one after them`, "Makes five cards at five different times; the middle three span a time that is over, so that its set of cards no longer changes.", cardsInTime),
		define(area, `four credits made one after another on one wallet`, "Makes a wallet and four manual credits on it at four different times.", creditsInTime),
		define(area, `we list the (cards|transactions) of that time`, "Lists what was created in the middle time, with the documented range.", listOfThatTime),
		define(area, `we list the (cards|transactions) of that time in (ascending|descending) order`, "The same, in an order.", listInOrder),
		define(area, `we list the (cards|transactions) of that time with a limit of (\d+)`, "The same, no more than so many.", listWithLimit),
		define(area, `we list the (cards|transactions) of that time with a limit of (\d+) from entry (\d+) on`, "The same, beginning with a later entry.", listWithLimitFrom),
		define(area, `we list the (cards|transactions) from the time of the second one on`, "Lists with the parameter from alone.", listFrom),
		define(area, `we list the (cards|transactions) up to the time of the second one`, "Lists with the parameter to alone.", listTo),
		define(area, `we list the transactions of the (other )?wallet`, "Lists with the parameter wallet alone.", listOfWallet),
		define(area, `the list holds each of them once`, "The things made in the middle time are all there, each once.", holdsEachOnce),
		define(area, `the list holds none from before or after that time`, "The things made before and after are not there.", holdsNoOthers),
		define(area, `the list holds the (first|last|middle ones|later ones|earlier ones)`, "Those of the things made are there.", holdsSome),
		define(area, `the list does not hold the (first|last|later ones|earlier ones)`, "Those of the things made are not there.", holdsSomeNot),
		define(area, `the list holds no more than (\d+)`, "The number of entries is within the limit.", holdsNoMore),
		define(area, `the list is sorted by the time of creation, (oldest|newest) first`, "Each entry's created_at is in order.", isSorted),
		define(area, `the descending list is the ascending one turned round`, "Two lists of the same time in both orders are mirror images.", isMirrored),
		define(area, `the pages of (\d+) put together are the whole list of that time`, "Walks through the pages by offset and compares with the list in one piece.", pagesAddUp),
		define(area, `the header "X-Total-Count" counts the list of that time`, "The header, where there is one, is the number of all entries.", totalCounts),
		define(area, `the headers "X-Limit" and "X-Offset" repeat what was asked`, "The headers, where there are any, echo the query.", headersEcho),
		define(area, `the list is empty`, "The answer is an array without entries.", listIsEmpty),
	}
}

func listOfThatTime(ctx context.Context, _ string) error { return From(ctx).windowWith(ctx, "", "") }

func listInOrder(ctx context.Context, _, order string) error {
	w := From(ctx)
	if items, ok := w.notes["items"].([]any); ok {
		w.notes["items before"] = items
	}
	return w.windowWith(ctx, "order", map[string]string{"ascending": "asc", "descending": "desc"}[order])
}

func listWithLimit(ctx context.Context, _ string, limit int) error {
	return From(ctx).windowWith(ctx, "limit", strconv.Itoa(limit))
}

func listWithLimitFrom(ctx context.Context, _ string, limit, offset int) error {
	w := From(ctx)
	s, err := w.span()
	if err != nil {
		return err
	}
	query := s.window()
	query.Set("limit", strconv.Itoa(limit))
	query.Set("offset", strconv.Itoa(offset))
	return w.listSpan(ctx, query)
}

func listFrom(ctx context.Context, _ string) error {
	w := From(ctx)
	s, err := w.span()
	if err != nil {
		return err
	}
	query := copyQuery(s.base)
	query.Set("from", stamp(created(s.all()[1]).Add(-time.Millisecond)))
	// Oldest first, so that what others make meanwhile comes after ours.
	query.Set("order", "asc")
	return w.listSpan(ctx, query)
}

func listTo(ctx context.Context, _ string) error {
	w := From(ctx)
	s, err := w.span()
	if err != nil {
		return err
	}
	query := copyQuery(s.base)
	query.Set("to", stamp(after(s.all()[1])))
	query.Set("order", "desc")
	return w.listSpan(ctx, query)
}

func listOfWallet(ctx context.Context, which string) error {
	w := From(ctx)
	wallet, err := w.thing(which + "wallet")
	if err != nil {
		return err
	}
	items, err := w.list(ctx, w.Session.Contract.Operation("transactions-list"), "primary", url.Values{"wallet": {wallet.ID}})
	if err != nil {
		return err
	}
	w.notes["items"] = items
	return nil
}

func (w *World) items() ([]any, error) {
	items, ok := w.notes["items"].([]any)
	if !ok {
		return nil, faulty("nothing was listed before this step")
	}
	return items, nil
}

func ids(items []any) []string {
	out := make([]string, 0, len(items))
	for _, item := range items {
		entry, _ := item.(map[string]any)
		id, _ := entry["id"].(string)
		out = append(out, id)
	}
	return out
}

func times(id string, all []string) int {
	n := 0
	for _, one := range all {
		if one == id {
			n++
		}
	}
	return n
}

// expectListed checks how often each of the things is in the list.
func (w *World) expectListed(check string, things []*scene.Thing, wanted int) error {
	items, err := w.items()
	if err != nil {
		return err
	}
	if len(things) == 0 {
		w.NoData(check, w.own(contract.Effect), "nothing was made to look for")
		return nil
	}
	listed := ids(items)
	for _, object := range things {
		n := times(object.ID, listed)
		w.Expect(n == wanted, evidence.Assertion{Check: check, Fact: w.own(contract.Effect), Message: "the list does not hold what it should",
			Expected: fmt.Sprintf("the id %s, created at %v, %d times", object.ID, object.Body["created_at"], wanted),
			Actual:   fmt.Sprintf("%d times among %d entries", n, len(items))})
	}
	return nil
}

func holdsEachOnce(ctx context.Context) error {
	w := From(ctx)
	s, err := w.span()
	if err != nil {
		return err
	}
	return w.expectListed("list holds what was made", s.inside, 1)
}

func holdsNoOthers(ctx context.Context) error {
	w := From(ctx)
	s, err := w.span()
	if err != nil {
		return err
	}
	return w.expectListed("list holds nothing else", append(append([]*scene.Thing{}, s.before...), s.after...), 0)
}

func (w *World) part(which string) ([]*scene.Thing, error) {
	s, err := w.span()
	if err != nil {
		return nil, err
	}
	all := s.all()
	switch which {
	case "first":
		return all[:1], nil
	case "last":
		return all[len(all)-1:], nil
	case "later ones":
		return all[1:], nil
	case "earlier ones":
		return all[:2], nil
	}
	return s.inside, nil
}

func holdsSome(ctx context.Context, which string) error {
	w := From(ctx)
	part, err := w.part(which)
	if err != nil {
		return err
	}
	return w.expectListed("list holds what was made", part, 1)
}

func holdsSomeNot(ctx context.Context, which string) error {
	w := From(ctx)
	part, err := w.part(which)
	if err != nil {
		return err
	}
	if which == "later ones" {
		part = part[1:]
	}
	return w.expectListed("list leaves out what is out of range", part, 0)
}

func holdsNoMore(ctx context.Context, limit int) error {
	w := From(ctx)
	items, err := w.items()
	if err != nil {
		return err
	}
	if len(items) == 0 {
		w.NoData("list keeps to the limit", w.own(contract.Effect), "the list is empty")
		return nil
	}
	w.Expect(len(items) <= limit, evidence.Assertion{Check: "list keeps to the limit", Fact: w.own(contract.Effect),
		Message:  "more entries came back than were asked for",
		Expected: fmt.Sprintf("at most %d entries", limit), Actual: fmt.Sprintf("%d entries", len(items))})
	return nil
}

func isSorted(ctx context.Context, first string) error {
	w := From(ctx)
	items, err := w.items()
	if err != nil {
		return err
	}
	if len(items) < 2 {
		w.NoData("list is in order", w.own(contract.Order), fmt.Sprintf("the list has %d entries", len(items)))
		return nil
	}
	sorted := sort.SliceIsSorted(items, func(i, j int) bool {
		a, b := creation(items[i]), creation(items[j])
		if first == "oldest" {
			return a.Before(b)
		}
		return a.After(b)
	})
	w.Expect(sorted, evidence.Assertion{Check: "list is in order", Fact: w.own(contract.Order),
		Message:  "the entries are not in the order that was asked for",
		Expected: first + " first", Actual: fmt.Sprintf("%v", creations(items))})
	return nil
}

func creation(item any) time.Time {
	entry, _ := item.(map[string]any)
	return created(&scene.Thing{Body: entry})
}

func creations(items []any) []string {
	out := make([]string, 0, len(items))
	for _, item := range items {
		out = append(out, stamp(creation(item)))
	}
	return out
}

func isMirrored(ctx context.Context) error {
	w := From(ctx)
	items, err := w.items()
	if err != nil {
		return err
	}
	before, _ := w.notes["items before"].([]any)
	if len(items) < 2 || len(before) < 2 {
		w.NoData("both orders mirror each other", w.own(contract.Order), "the lists are too short to tell")
		return nil
	}
	// What others change meanwhile may come into the time or leave it: no page says which time counts (N-19).
	ascending, descending := common(ids(before), ids(items)), common(ids(items), ids(before))
	mirrored := len(ascending) == len(descending)
	for i := range ascending {
		mirrored = mirrored && ascending[i] == descending[len(descending)-1-i]
	}
	w.Expect(mirrored, evidence.Assertion{Check: "both orders mirror each other", Fact: w.own(contract.Order),
		Message:  "the descending list is not the ascending one turned round",
		Expected: fmt.Sprintf("%v turned round", ascending), Actual: fmt.Sprint(descending)})
	return nil
}

// common are the ids of a list that another has too, in the order of the first.
func common(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(id string) bool { return !slices.Contains(other, id) })
}

// stillTries is how often pages are compared with the whole until nobody changed the list between.
const stillTries = 4

func pagesAddUp(ctx context.Context, size int) error {
	w := From(ctx)
	for try := 1; ; try++ {
		whole, paged, err := w.inPages(ctx, size)
		if err != nil || paged == nil {
			return err
		}
		if err := w.windowWith(ctx, "order", "asc"); err != nil {
			return err
		}
		again, err := w.items()
		if err != nil {
			return err
		}
		if still := slices.Equal(whole, ids(again)); !still && try < stillTries {
			continue
		} else if !still {
			whole, paged = common(whole, ids(again)), common(paged, common(whole, ids(again)))
		}
		w.Expect(slices.Equal(whole, paged), evidence.Assertion{Check: "pages add up", Fact: w.own(contract.Effect),
			Message: "the pages put together are not the whole list", Expected: fmt.Sprint(whole), Actual: fmt.Sprint(paged)})
		return nil
	}
}

// inPages lists the time in one piece and in pages, both by their ids; no pages where there is but one.
func (w *World) inPages(ctx context.Context, size int) (entire, paged []string, err error) {
	s, err := w.span()
	if err != nil {
		return nil, nil, err
	}
	if err := w.windowWith(ctx, "order", "asc"); err != nil {
		return nil, nil, err
	}
	whole, err := w.items()
	if err != nil {
		return nil, nil, err
	}
	if len(whole) <= size {
		w.NoData("pages add up", w.own(contract.Effect), fmt.Sprintf("the list has no more than one page of %d", size))
		return nil, nil, nil
	}
	query := s.window()
	query.Set("order", "asc")
	query.Set("limit", strconv.Itoa(size))
	for page := 0; page < pageBound && len(paged) < len(whole)+size; page++ {
		query.Set("offset", strconv.Itoa(page*size))
		items, err := w.list(ctx, s.operation, "primary", copyQuery(query))
		if err != nil {
			return nil, nil, err
		}
		if len(items) == 0 {
			break
		}
		paged = append(paged, ids(items)...)
	}
	return ids(whole), append([]string{}, paged...), nil
}

func totalCounts(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	total := exchange.Header.Get("X-Total-Count")
	if total == "" {
		return &scene.NotTestable{Why: "this target does not send the optional header X-Total-Count"}
	}
	if err := w.windowWith(ctx, "", ""); err != nil {
		return err
	}
	items, err := w.items()
	if err != nil {
		return err
	}
	w.Expect(total == strconv.Itoa(len(items)), evidence.Assertion{Check: "total count", Fact: w.own(contract.Values),
		Message:  "X-Total-Count is not the number of all entries",
		Expected: strconv.Itoa(len(items)), Actual: total})
	return nil
}

func headersEcho(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	query, _ := w.notes["query"].(url.Values)
	seen := false
	for header, name := range map[string]string{"X-Limit": "limit", "X-Offset": "offset"} {
		value, asked := exchange.Header.Get(header), query.Get(name)
		if value == "" || asked == "" {
			continue
		}
		seen = true
		w.Expect(value == asked, evidence.Assertion{Check: "paging headers echo the query", Fact: w.own(contract.Head),
			Message: header + " does not repeat what was asked", Expected: asked, Actual: value})
	}
	if !seen {
		return &scene.NotTestable{Why: "this target does not send the optional headers X-Limit and X-Offset"}
	}
	return nil
}

func listIsEmpty(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	items, ok := scene.Items(w.decoded(exchange))
	actual, _ := json.Marshal(len(items))
	w.Expect(ok && len(items) == 0, evidence.Assertion{Check: "list is empty", Fact: w.own(contract.Effect),
		Message: "the list should have been empty", Expected: "no entries", Actual: string(actual) + " entries"})
	return nil
}
