// Package lists holds the sentences about lists: what was made in a span of time, its order, its pages, and how two
// lists relate.
package lists

import (
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"slices"
	"sort"
	"strconv"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/things"
)

// Sentences returns the definitions of the area.
func Sentences() []steps.Definition {
	return slices.Concat(listSentences(), relationSentences(), gridSentences())
}

func listSentences() []steps.Definition {
	const area = "list"
	return []steps.Definition{
		steps.Define(area, `three cards made one after another, one before them and one after them`, "Makes five cards at five different times; the middle three span a time that is over, so that its set of cards no longer changes.", cardsInTime),
		steps.Define(area, `four credits made one after another on one wallet`, "Makes a wallet and four manual credits on it at four different times.", creditsInTime),
		steps.Define(area, `we list the (cards|transactions) of that time`, "Lists what was created in the middle time, with the documented range.", listOfThatTime),
		steps.Define(area, `we list the (cards|transactions) of that time in (ascending|descending) order`, "The same, in an order.", listInOrder),
		steps.Define(area, `we list the (cards|transactions) of that time with a limit of (\d+)`, "The same, no more than so many.", listWithLimit),
		steps.Define(area, `we list the (cards|transactions) of that time with a limit of (\d+) from entry (\d+) on`, "The same, beginning with a later entry.", listWithLimitFrom),
		steps.Define(area, `we list the (cards|transactions) from the time of the second one on`, "Lists with the parameter from alone.", listFrom),
		steps.Define(area, `we list the (cards|transactions) up to the time of the second one`, "Lists with the parameter to alone.", listTo),
		steps.Define(area, `we list the transactions of the (other )?wallet`, "Lists with the parameter wallet alone.", listOfWallet),
		steps.Define(area, `the list holds each of them once`, "The things made in the middle time are all there, each once.", holdsEachOnce),
		steps.Define(area, `the list holds none from before or after that time`, "The things made before and after are not there.", holdsNoOthers),
		steps.Define(area, `the list holds the (first|last|middle ones|later ones|earlier ones)`, "Those of the things made are there.", holdsSome),
		steps.Define(area, `the list does not hold the (first|last|later ones|earlier ones)`, "Those of the things made are not there.", holdsSomeNot),
		steps.Define(area, `the list holds no more than (\d+)`, "The number of entries is within the limit.", holdsNoMore),
		steps.Define(area, `the list is sorted by the time of creation, (oldest|newest) first`, "Each entry's created_at is in order.", isSorted),
		steps.Define(area, `the descending list is the ascending one turned round`, "Two lists of the same time in both orders are mirror images.", isMirrored),
		steps.Define(area, `the pages of (\d+) put together are the whole list of that time`, "Walks through the pages by offset and compares with the list in one piece.", pagesAddUp),
		steps.Define(area, `the header "X-Total-Count" counts the list of that time`, "The header, where there is one, is the number of all entries.", totalCounts),
		steps.Define(area, `the headers "X-Limit" and "X-Offset" repeat what was asked`, "The headers, where there are any, echo the query.", headersEcho),
		steps.Define(area, `the list is empty`, "The answer is an array without entries.", listIsEmpty),
	}
}

// listed is what a scenario listed last, by which query, and the list before that.
type listed struct {
	done          bool
	items, before []map[string]any
	query         url.Values
	span          *span
}

// Supply finds what was listed.
func (l *listed) Supply(w *steps.World) error {
	if *l = *steps.State[listed](w); !l.done {
		return steps.Faulty("nothing was listed before this step")
	}
	return nil
}

func (l *listed) keep(items []map[string]any) { l.items, l.done = items, true }

func listOfThatTime(ctx context.Context, w *steps.World, _ string) error {
	return windowWith(ctx, w, "", "")
}

func listInOrder(ctx context.Context, w *steps.World, _, order string) error {
	l := steps.State[listed](w)
	l.before = l.items
	return windowWith(ctx, w, "order", map[string]string{"ascending": "asc", "descending": "desc"}[order])
}

func listWithLimit(ctx context.Context, w *steps.World, _ string, limit int) error {
	return windowWith(ctx, w, "limit", strconv.Itoa(limit))
}

func listWithLimitFrom(ctx context.Context, w *steps.World, s *span, _ string, limit, offset int) error {
	query := s.window()
	query.Set("limit", strconv.Itoa(limit))
	query.Set("offset", strconv.Itoa(offset))
	return listSpan(ctx, w, query)
}

func listFrom(ctx context.Context, w *steps.World, s *span, _ string) error {
	query := things.CopyQuery(s.base)
	query.Set("from", things.Stamp(things.Created(s.all()[1]).Add(-time.Millisecond)))
	// Oldest first, so that what others make meanwhile comes after ours.
	query.Set("order", "asc")
	return listSpan(ctx, w, query)
}

func listTo(ctx context.Context, w *steps.World, s *span, _ string) error {
	query := things.CopyQuery(s.base)
	query.Set("to", things.Stamp(after(s.all()[1])))
	query.Set("order", "desc")
	return listSpan(ctx, w, query)
}

func listOfWallet(ctx context.Context, w *steps.World, which string) error {
	wallet, err := w.Thing(which + "wallet")
	if err != nil {
		return err
	}
	items, err := w.Scene.List(ctx, "transactions-list", "primary", url.Values{"wallet": {wallet.ID}})
	if err != nil {
		return err
	}
	steps.State[listed](w).keep(items)
	return nil
}

func itemsOf(w *steps.World) ([]map[string]any, error) {
	var l listed
	err := l.Supply(w)
	return l.items, err
}

// expectListed checks how often each of the things is in the list.
func expectListed(w *steps.World, check string, made []*scene.Thing, wanted int) error {
	items, err := itemsOf(w)
	if err != nil {
		return err
	}
	if len(made) == 0 {
		w.NoData(check, w.Own(contract.Effect), "nothing was made to look for")
		return nil
	}
	listed := things.IDs(items)
	for _, object := range made {
		n := things.Times(object.ID, listed)
		w.Expect(n == wanted, evidence.Assertion{Check: check, Fact: w.Own(contract.Effect),
			Message:  "the list does not hold what it should",
			Expected: fmt.Sprintf("the id %s, created at %v, %d times", object.ID, object.Body["created_at"], wanted),
			Actual:   fmt.Sprintf("%d times among %d entries", n, len(items))})
	}
	return nil
}

func holdsEachOnce(w *steps.World, s *span) error {
	return expectListed(w, "list holds what was made", s.inside, 1)
}

func holdsNoOthers(w *steps.World, s *span) error {
	return expectListed(w, "list holds nothing else", append(append([]*scene.Thing{}, s.before...), s.after...), 0)
}

func part(w *steps.World, which string) ([]*scene.Thing, error) {
	s, err := spanOf(w)
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

func holdsSome(w *steps.World, which string) error {
	part, err := part(w, which)
	if err != nil {
		return err
	}
	return expectListed(w, "list holds what was made", part, 1)
}

func holdsSomeNot(w *steps.World, which string) error {
	part, err := part(w, which)
	if err != nil {
		return err
	}
	if which == "later ones" {
		part = part[1:]
	}
	return expectListed(w, "list leaves out what is out of range", part, 0)
}

func holdsNoMore(w *steps.World, l *listed, limit int) {
	if len(l.items) == 0 {
		w.NoData("list keeps to the limit", w.Own(contract.Effect), "the list is empty")
		return
	}
	w.Expect(len(l.items) <= limit, evidence.Assertion{Check: "list keeps to the limit", Fact: w.Own(contract.Effect),
		Message: "more entries came back than were asked for", Expected: fmt.Sprintf("at most %d entries", limit),
		Actual: fmt.Sprintf("%d entries", len(l.items))})
}

func isSorted(w *steps.World, l *listed, first string) error {
	if len(l.items) < 2 {
		w.NoData("list is in order", w.Own(contract.Order), fmt.Sprintf("the list has %d entries", len(l.items)))
		return nil
	}
	sorted := sort.SliceIsSorted(l.items, func(i, j int) bool {
		a, b := things.Creation(l.items[i]), things.Creation(l.items[j])
		if first == "oldest" {
			return a.Before(b)
		}
		return a.After(b)
	})
	w.Expect(sorted, evidence.Assertion{Check: "list is in order", Fact: w.Own(contract.Order),
		Message: "the entries are not in the order that was asked for", Expected: first + " first",
		Actual: fmt.Sprintf("%v", creations(l.items))})
	return nil
}

func creations(items []map[string]any) []string {
	out := make([]string, 0, len(items))
	for _, item := range items {
		out = append(out, things.Stamp(things.Creation(item)))
	}
	return out
}

func isMirrored(w *steps.World, l *listed) {
	before := l.before
	if len(l.items) < 2 || len(before) < 2 {
		w.NoData("both orders mirror each other", w.Own(contract.Order), "the lists are too short to tell")
		return
	}
	// What others change meanwhile may come into the time or leave it: no page says which time counts (N-19).
	ascending, descending := common(things.IDs(before), things.IDs(l.items)), common(things.IDs(l.items), things.IDs(before))
	mirrored := len(ascending) == len(descending)
	for i := range ascending {
		mirrored = mirrored && ascending[i] == descending[len(descending)-1-i]
	}
	w.Expect(mirrored, evidence.Assertion{Check: "both orders mirror each other", Fact: w.Own(contract.Order),
		Message:  "the descending list is not the ascending one turned round",
		Expected: fmt.Sprintf("%v turned round", ascending), Actual: fmt.Sprint(descending)})
}

// common are the ids of a list that another has too, in the order of the first.
func common(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(id string) bool { return !slices.Contains(other, id) })
}

// stillTries is how often pages are compared with the whole until nobody changed the list between.
const stillTries = 4

func pagesAddUp(ctx context.Context, w *steps.World, size int) error {
	for try := 1; ; try++ {
		whole, paged, err := inPages(ctx, w, size)
		if err != nil || paged == nil {
			return err
		}
		if err := windowWith(ctx, w, "order", "asc"); err != nil {
			return err
		}
		again, err := itemsOf(w)
		if err != nil {
			return err
		}
		if still := slices.Equal(whole, things.IDs(again)); !still && try < stillTries {
			continue
		} else if !still {
			whole, paged = common(whole, things.IDs(again)), common(paged, common(whole, things.IDs(again)))
		}
		w.Expect(slices.Equal(whole, paged), evidence.Assertion{Check: "pages add up", Fact: w.Own(contract.Effect),
			Message: "the pages put together are not the whole list", Expected: fmt.Sprint(whole), Actual: fmt.Sprint(paged)})
		return nil
	}
}

// inPages lists the time in one piece and in pages, both by their ids; no pages where there is but one.
func inPages(ctx context.Context, w *steps.World, size int) (entire, paged []string, err error) {
	s, err := spanOf(w)
	if err != nil {
		return nil, nil, err
	}
	if err := windowWith(ctx, w, "order", "asc"); err != nil {
		return nil, nil, err
	}
	whole, err := itemsOf(w)
	if err != nil {
		return nil, nil, err
	}
	if len(whole) <= size {
		w.NoData("pages add up", w.Own(contract.Effect), fmt.Sprintf("the list has no more than one page of %d", size))
		return nil, nil, nil
	}
	query := s.window()
	query.Set("order", "asc")
	query.Set("limit", strconv.Itoa(size))
	for page := 0; page < things.PageBound && len(paged) < len(whole)+size; page++ {
		query.Set("offset", strconv.Itoa(page*size))
		items, err := w.Scene.List(ctx, s.operation.ID, "primary", things.CopyQuery(query))
		if err != nil {
			return nil, nil, err
		}
		if len(items) == 0 {
			break
		}
		paged = append(paged, things.IDs(items)...)
	}
	return things.IDs(whole), append([]string{}, paged...), nil
}

func totalCounts(ctx context.Context, w *steps.World, exchange *client.Exchange) error {
	total := exchange.Header.Get("X-Total-Count")
	if total == "" {
		return &scene.NotTestable{Why: "this target does not send the optional header X-Total-Count"}
	}
	if err := windowWith(ctx, w, "", ""); err != nil {
		return err
	}
	items, err := itemsOf(w)
	if err != nil {
		return err
	}
	w.Expect(total == strconv.Itoa(len(items)), evidence.Assertion{Check: "total count", Fact: w.Own(contract.Values),
		Message: "X-Total-Count is not the number of all entries", Expected: strconv.Itoa(len(items)), Actual: total})
	return nil
}

func headersEcho(w *steps.World, exchange *client.Exchange) error {
	query := steps.State[listed](w).query
	seen := false
	for header, name := range map[string]string{"X-Limit": "limit", "X-Offset": "offset"} {
		value, asked := exchange.Header.Get(header), query.Get(name)
		if value == "" || asked == "" {
			continue
		}
		seen = true
		w.Expect(value == asked, evidence.Assertion{Check: "paging headers echo the query", Fact: w.Own(contract.Head),
			Message: header + " does not repeat what was asked", Expected: asked, Actual: value})
	}
	if !seen {
		return &scene.NotTestable{Why: "this target does not send the optional headers X-Limit and X-Offset"}
	}
	return nil
}

func listIsEmpty(w *steps.World, exchange *client.Exchange) {
	items, ok := scene.Items(w.Decoded(exchange))
	actual, _ := json.Marshal(len(items))
	w.Expect(ok && len(items) == 0, evidence.Assertion{Check: "list is empty", Fact: w.Own(contract.Effect),
		Message: "the list should have been empty", Expected: "no entries", Actual: string(actual) + " entries"})
}
