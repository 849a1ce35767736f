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
		steps.Define(area, `we list the (cards|transactions) (of that time|from the time of the second one on(?:, in another zone)?|up to the time of the second one|of the later part of that time)`+
			`(?: with a limit of (\d+))?(?: from entry (\d+) on)?(?: in (ascending|descending) order)?`,
			"Lists what was created in the middle time or a part of it, with the documented parameters.", listTime),
		steps.Define(area, `we list the transactions of the (other )?wallet`, "Lists with the parameter wallet alone.", listOfWallet),
		steps.Define(area, `we read that list in pages of (\d+)`, "Walks through the pages by offset, and lists the same time in one piece.", readInPages),
		steps.Define(area, `the list (holds|does not hold) (the first|the last|the middle ones|the later ones|the earlier ones|each of them once|all that were there before once|any from before or after)`,
			"Those of the things made are there, or are not; each of them are those of the middle time.", holds),
		steps.Define(area, `the list holds no more than (\d+)`, "The number of entries is within the limit.", holdsNoMore),
		steps.Define(area, `the list is {}`, "Looks at the list, or at two of the same time in both orders.", steps.Choice{
			{Word: "empty", Doc: "an array without entries.", Handler: listIsEmpty},
			{Word: "empty, or refused", Doc: "the same, or the call is an error of the caller.", Handler: func(w *steps.World, exchange *client.Exchange) {
				if exchange.Status/100 != 4 {
					listIsEmpty(w, exchange)
				}
			}},
			{Word: "sorted by the time of creation, oldest first", Doc: "each entry's created_at is in order.",
				Handler: func(w *steps.World, l *listed) { isSorted(w, l, "oldest") }},
			{Word: "sorted by the time of creation, newest first", Doc: "the same the other way.",
				Handler: func(w *steps.World, l *listed) { isSorted(w, l, "newest") }},
			{Word: "the one before turned round", Doc: "the two are mirror images.", Handler: isMirrored},
			{Word: "part of the one before", Doc: "every entry of the narrower list is in the wider one.", Handler: isWithinWhole},
		}),
		steps.Define(area, `the pages put together are that list`, "The entries of all pages are those of the list in one piece, in its order.", pagesAddUp),
		steps.Define(area, `the paging headers {}`, "Those of the answer, where there are any.", steps.Choice{
			{Word: "repeat what was asked", Doc: "X-Limit and X-Offset echo the query.", Handler: headersEcho},
			{Word: "count the list of that time", Doc: "X-Total-Count is the number of all entries.", Handler: totalCounts},
		}),
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

// zoneApart is how far another zone is from UTC.
const zoneApart = 9*time.Hour + 30*time.Minute

func listTime(ctx context.Context, w *steps.World, s *span, _, part, limit, offset, order string) error {
	l, query := steps.State[listed](w), s.window()
	l.before = l.items
	switch part {
	case "from the time of the second one on":
		// Oldest first, so that what others make meanwhile comes after ours.
		return listSpan(ctx, w, s.asked("from", things.Stamp(things.Created(s.all()[1]).Add(-time.Millisecond)), "asc"))
	case "from the time of the second one on, in another zone":
		from := things.Created(s.all()[1]).Add(-time.Millisecond).In(time.FixedZone("", int(zoneApart.Seconds())))
		return listSpan(ctx, w, s.asked("from", from.Format("2006-01-02T15:04:05.000Z07:00"), "asc"))
	case "up to the time of the second one":
		return listSpan(ctx, w, s.asked("to", things.Stamp(after(s.all()[1])), "desc"))
	case "of the later part of that time":
		query.Set("from", things.Stamp(things.Created(s.inside[1]).Add(-time.Millisecond)))
	}
	for name, value := range map[string]string{"limit": limit, "offset": offset,
		"order": map[string]string{"ascending": "asc", "descending": "desc"}[order]} {
		if value != "" {
			query.Set(name, value)
		}
	}
	return listSpan(ctx, w, query)
}

// asked is the query of all from a time on, or up to it, in an order.
func (s *span) asked(bound, time, order string) url.Values {
	query := things.CopyQuery(s.base)
	query.Set(bound, time)
	query.Set("order", order)
	return query
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
		w.Expect(n == wanted, evidence.Assertion{Check: check, Kind: evidence.Queried, Fact: w.Own(contract.Effect),
			Message:  "the list does not hold what it should",
			Expected: fmt.Sprintf("the id %s, created at %v, %d times", object.ID, object.Body["created_at"], wanted),
			Actual:   fmt.Sprintf("%d times among %d entries", n, len(items))})
	}
	return nil
}

func holds(w *steps.World, s *span, whether, which string) error {
	switch {
	case which == "each of them once":
		return expectListed(w, "list holds what was made", s.inside, 1)
	case which == "all that were there before once":
		return expectListed(w, "a walk meets each entry once", s.all(), 1)
	case which == "any from before or after":
		return expectListed(w, "list holds nothing else", slices.Concat(s.before, s.after), 0)
	case whether == "holds":
		return expectListed(w, "list holds what was made", s.part(which), 1)
	case which == "the later ones":
		return expectListed(w, "list leaves out what is out of range", s.part(which)[1:], 0)
	}
	return expectListed(w, "list leaves out what is out of range", s.part(which), 0)
}

// part are those of the things that a sentence names by their place in time.
func (s *span) part(which string) []*scene.Thing {
	all := s.all()
	switch which {
	case "the first":
		return all[:1]
	case "the last":
		return all[len(all)-1:]
	case "the later ones":
		return all[1:]
	case "the earlier ones":
		return all[:2]
	}
	return s.inside
}

func holdsNoMore(w *steps.World, l *listed, limit int) {
	if len(l.items) == 0 {
		w.NoData("list keeps to the limit", w.Own(contract.Effect), "the list is empty")
		return
	}
	w.Expect(len(l.items) <= limit, evidence.Assertion{Check: "list keeps to the limit", Kind: evidence.Queried,
		Fact:    w.Own(contract.Effect),
		Message: "more entries came back than were asked for", Expected: fmt.Sprintf("at most %d entries", limit),
		Actual: fmt.Sprintf("%d entries", len(l.items))})
}

func isSorted(w *steps.World, l *listed, first string) {
	if len(l.items) < 2 {
		w.NoData("list is in order", w.Own(contract.Order), fmt.Sprintf("the list has %d entries", len(l.items)))
		return
	}
	sorted := sort.SliceIsSorted(l.items, func(i, j int) bool {
		a, b := things.Creation(l.items[i]), things.Creation(l.items[j])
		if first == "oldest" {
			return a.Before(b)
		}
		return a.After(b)
	})
	w.Expect(sorted, evidence.Assertion{Check: "list is in order", Kind: evidence.Queried, Fact: w.Own(contract.Order),
		Message: "the entries are not in the order that was asked for", Expected: first + " first",
		Actual: fmt.Sprintf("%v", creations(l.items))})
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
	w.Expect(mirrored, evidence.Assertion{Check: "both orders mirror each other", Kind: evidence.Queried,
		Fact:     w.Own(contract.Order),
		Message:  "the descending list is not the ascending one turned round",
		Expected: fmt.Sprintf("%v turned round", ascending), Actual: fmt.Sprint(descending)})
}

// common are the ids of a list that another has too, in the order of the first.
func common(list, other []string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(id string) bool { return !slices.Contains(other, id) })
}

// stillTries is how often pages are compared with the whole until nobody changed the list between.
const stillTries = 4

// paged is a list that was read in one piece and in pages, both by their ids; no pages where there is but one.
type paged struct {
	done         bool
	whole, pages []string
}

func readInPages(ctx context.Context, w *steps.World, size int) error {
	p := steps.State[paged](w)
	for try := 1; ; try++ {
		whole, pages, err := inPages(ctx, w, size)
		if err != nil {
			return err
		}
		if err := windowWith(ctx, w, "order", "asc"); err != nil {
			return err
		}
		again, err := itemsOf(w)
		if err != nil {
			return err
		}
		still := slices.Equal(whole, things.IDs(again))
		if !still && try < stillTries {
			continue
		}
		if !still {
			whole, pages = common(whole, things.IDs(again)), common(pages, common(whole, things.IDs(again)))
		}
		*p = paged{done: true, whole: whole, pages: pages}
		return nil
	}
}

func pagesAddUp(w *steps.World) error {
	p := steps.State[paged](w)
	switch {
	case !p.done:
		return steps.Faulty("no list was read in pages before this step")
	case p.pages == nil:
		w.NoData("pages add up", w.Own(contract.Effect), "the list has no more than one page")
	default:
		w.Expect(slices.Equal(p.whole, p.pages), evidence.Assertion{Check: "pages add up", Kind: evidence.Queried,
			Fact:    w.Own(contract.Effect),
			Message: "the pages put together are not the whole list", Expected: fmt.Sprint(p.whole), Actual: fmt.Sprint(p.pages)})
	}
	return nil
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
		return things.IDs(whole), nil, nil
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
	w.Expect(ok && len(items) == 0, evidence.Assertion{Check: "list is empty", Kind: evidence.Queried, Fact: w.Own(contract.Effect),
		Message: "the list should have been empty", Expected: "no entries", Actual: string(actual) + " entries"})
}
