package steps

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

func relationSentences() []Definition {
	const area = "relation"
	return []Definition{
		define(area, `we walk through the pages of (\d+), oldest first, and another (?:card|transaction) is made after each page`, "Reads the list from the first thing of the scenario on, page by page, until the last of them was met.", walkWhileMaking),
		define(area, `each of those that were there before was met once`, "Counts the things of the scenario among all the pages.", metOnce),
		define(area, `we list the (?:cards|transactions) of the later part of that time`, "The same list with a range that begins later, within the range before.", listLaterPart),
		define(area, `the list of the whole time holds each of them`, "Every entry of the narrower list is in the wider one.", isWithinWhole),
	}
}

// walkBound ends a walk that does not come to an end: others make things meanwhile too.
const walkBound = 60

func walkWhileMaking(ctx context.Context, size int) error {
	w := From(ctx)
	s, err := w.span()
	if err != nil {
		return err
	}
	query := copyQuery(s.base)
	query.Set("from", stamp(created(s.all()[0]).Add(-time.Millisecond)))
	query.Set("order", "asc")
	query.Set("limit", strconv.Itoa(size))
	last := created(s.all()[len(s.all())-1])
	var met []any
	for page := range walkBound {
		query.Set("offset", strconv.Itoa(page*size))
		items, err := w.list(ctx, s.operation, "primary", copyQuery(query))
		if err != nil {
			return err
		}
		met = append(met, items...)
		if len(items) == 0 || creation(items[len(items)-1]).After(last) {
			break
		}
		if err := w.makeAnother(ctx, s); err != nil {
			return err
		}
	}
	w.notes["items"] = met
	return nil
}

// makeAnother makes a thing of the kind of the span: a card, or a credit on its wallet.
func (w *World) makeAnother(ctx context.Context, s *span) error {
	if s.operation.ID == "cards-list" {
		_, err := w.scene.Fresh(ctx, "primary", "card", scene.Things{})
		return err
	}
	_, err := w.scene.Book(ctx, "transactions-manual-credit", "primary", 500, "", w.things["wallet"].ID)
	return err
}

func metOnce(ctx context.Context) error {
	w := From(ctx)
	s, err := w.span()
	if err != nil {
		return err
	}
	return w.expectListed("a walk meets each entry once", s.all(), 1)
}

func listLaterPart(ctx context.Context) error {
	w := From(ctx)
	s, err := w.span()
	if err != nil {
		return err
	}
	whole, err := w.items()
	if err != nil {
		return err
	}
	w.notes["items before"] = whole
	query := s.window()
	query.Set("from", stamp(created(s.inside[1]).Add(-time.Millisecond)))
	return w.listSpan(ctx, query)
}

func isWithinWhole(ctx context.Context) error {
	w := From(ctx)
	items, err := w.items()
	if err != nil {
		return err
	}
	const check = "a narrower range lists nothing else"
	whole, _ := w.notes["items before"].([]any)
	if len(items) == 0 || len(whole) == 0 {
		w.NoData(check, w.own(contract.Effect), "one of the lists is empty")
		return nil
	}
	wider := ids(whole)
	if len(common(ids(items), wider)) < len(items) {
		// What others changed meanwhile may have come into the time (N-19): then it is in the whole of it by now.
		if err := w.windowWith(ctx, "", ""); err != nil {
			return err
		}
		now, err := w.items()
		if err != nil {
			return err
		}
		wider = append(wider, ids(now)...)
	}
	for _, id := range ids(items) {
		w.Expect(times(id, wider) > 0, evidence.Assertion{Check: check, Fact: w.own(contract.Effect),
			Message:  "the narrower range lists what the wider one does not",
			Expected: fmt.Sprintf("only ids of %v", wider), Actual: id})
	}
	return nil
}
