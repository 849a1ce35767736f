package steps

import (
	"context"
	"fmt"
	"slices"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

func burstSentences() []Definition {
	const area = "burst"
	return []Definition{
		define(area, `we call "([^"]+)" (\d+) times`, "Calls the operation so often, one call after another.", callInTurn),
		define(area, `we call "([^"]+)" (\d+) times at once`, "Calls the operation so often at the same time.", callAtOnce),
		define(area, `every one of them succeeds`, "Each of the calls was served.", everyOneSucceeds),
	}
}

func callInTurn(ctx context.Context, title string, times int) error {
	w := From(ctx)
	var answers []*client.Exchange
	for range times {
		if err := aValidRequest(ctx, title); err != nil {
			return err
		}
		exchange, err := w.Session.Client.Do(ctx, w.draft.Operation, w.draft.Ready())
		if err != nil {
			return err
		}
		answers = append(answers, exchange)
	}
	return w.keepAnswers(answers)
}

func callAtOnce(ctx context.Context, title string, times int) error {
	if err := aValidRequest(ctx, title); err != nil {
		return err
	}
	return callTogether(ctx, times)
}

// callTogether sends the draft so often at the same time.
func callTogether(ctx context.Context, times int) error {
	w := From(ctx)
	answers, err := w.Session.Scene.Together(ctx, w.draft.Operation, slices.Repeat([]client.Request{w.draft.Ready()}, times))
	if err != nil {
		return err
	}
	return w.keepAnswers(answers)
}

// keepAnswers hands the answers to the sentinels one by one, since the world belongs to one goroutine.
func (w *World) keepAnswers(answers []*client.Exchange) error {
	for _, answer := range answers {
		w.last = answer
		w.watch(w.draft.Operation, answer)
	}
	w.notes["answers"] = answers
	return nil
}

func everyOneSucceeds(ctx context.Context) error {
	w := From(ctx)
	answers, ok := w.notes["answers"].([]*client.Exchange)
	if !ok {
		return faulty("nothing was called several times before this step")
	}
	for i, answer := range answers {
		if open := w.open(w.draft.Operation, answer); open != nil {
			return open
		}
		w.Expect(answer.Status/100 == 2, evidence.Assertion{Check: "ordinary use is served", Fact: w.own(contract.Effect), Exchange: answer.N,
			Message: fmt.Sprintf("call %d of %d was not served", i+1, len(answers)), Expected: "a success", Actual: w.answered(answer)})
	}
	return nil
}
