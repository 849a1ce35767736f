package lists

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/things"
)

func relationSentences() []steps.Definition {
	const area = "list"
	return []steps.Definition{
		steps.Define(area, `we walk through the pages of (\d+), oldest first, and another (?:card|transaction) is made after each page`, "Reads the list from the first thing of the scenario on, page by page, until the last of them was met.", walkWhileMaking),
	}
}

// walkBound ends a walk that does not come to an end: others make things meanwhile too.
const walkBound = 60

func walkWhileMaking(ctx context.Context, w *steps.World, s *span, size int) error {
	query := s.asked("from", things.Stamp(things.Created(s.all()[0]).Add(-time.Millisecond)), "asc")
	query.Set("limit", strconv.Itoa(size))
	last := things.Created(s.all()[len(s.all())-1])
	var met []map[string]any
	for page := range walkBound {
		query.Set("offset", strconv.Itoa(page*size))
		items, err := w.Scene.List(ctx, s.operation.ID, "primary", things.CopyQuery(query))
		if err != nil {
			return err
		}
		met = append(met, items...)
		if len(items) == 0 || things.Creation(items[len(items)-1]).After(last) {
			break
		}
		if err := makeAnother(ctx, w, s); err != nil {
			return err
		}
	}
	steps.State[listed](w).keep(met)
	return nil
}

// makeAnother makes a thing of the kind of the span: a card, or a credit on its wallet.
func makeAnother(ctx context.Context, w *steps.World, s *span) error {
	if s.operation.ID == "cards-list" {
		_, err := w.Scene.Fresh(ctx, "primary", "card", scene.Things{})
		return err
	}
	_, err := w.Scene.Book(ctx, "transactions-manual-credit", "primary", 500, "", w.Things["wallet"].ID)
	return err
}

func isWithinWhole(ctx context.Context, w *steps.World, l *listed) error {
	const check = "a narrower range lists nothing else"
	whole := l.before
	if len(l.items) == 0 || len(whole) == 0 {
		w.NoData(check, w.Own(contract.Effect), "one of the lists is empty")
		return nil
	}
	wider := things.IDs(whole)
	if len(common(things.IDs(l.items), wider)) < len(l.items) {
		// What others changed meanwhile may have come into the time (N-19): then it is in the whole of it by now.
		if err := windowWith(ctx, w, "", ""); err != nil {
			return err
		}
		now, err := itemsOf(w)
		if err != nil {
			return err
		}
		wider = append(wider, things.IDs(now)...)
	}
	for _, id := range things.IDs(l.items) {
		w.Expect(things.Times(id, wider) > 0, evidence.Assertion{Check: check, Kind: evidence.Queried, Fact: w.Own(contract.Effect),
			Message: "the narrower range lists what the wider one does not", Expected: fmt.Sprintf("only ids of %v", wider),
			Actual: id})
	}
	return nil
}
