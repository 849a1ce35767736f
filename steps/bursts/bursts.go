// Package bursts holds the sentences about calls that belong together: one after another, or all at once.
package bursts

import (
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps"
)

// Sentences returns the definitions of the area.
func Sentences() []steps.Definition {
	return slices.Concat(burstSentences(), slowingSentences())
}

func burstSentences() []steps.Definition {
	const area = "burst"
	return []steps.Definition{
		steps.Define(area, `we call "([^"]+)" (\d+) times( at once)?`, "Calls the operation so often, one call after another or all at the same time.", callOften),
		steps.Define(area, `each of them {}`, "Each answer to calls that belong together.", steps.Choice{
			{Word: "succeeds", Doc: "the call was served.", Handler: AllServed},
			{Word: "is strict JSON", Doc: "it parses strictly.", Handler: allStrict},
		}),
	}
}

// burst holds the answers to calls that belong together, in the order of the calls.
type burst struct{ answers []*client.Exchange }

func callOften(ctx context.Context, w *steps.World, title string, times int, atOnce string) error {
	if err := w.Request(ctx, title); err != nil {
		return err
	}
	if atOnce != "" {
		return final(w, Together(ctx, w, times))
	}
	var answers []*client.Exchange
	for range times {
		exchange, err := w.Session.Client.Do(ctx, w.Draft.Operation, w.Draft.Ready())
		if err != nil {
			return err
		}
		answers = append(answers, exchange)
	}
	return final(w, keepAnswers(w, answers))
}

// Together sends the draft so often at the same time.
func Together(ctx context.Context, w *steps.World, times int) error {
	answers, err := w.Session.Scene.Together(ctx, w.Draft.Operation, slices.Repeat([]client.Request{w.Draft.Ready()}, times))
	if err != nil {
		return err
	}
	return keepAnswers(w, answers)
}

// Answers are those to the calls that belonged together.
func Answers(w *steps.World) []*client.Exchange { return steps.State[burst](w).answers }

// keepAnswers hands the answers to the sentinels one by one, since the world belongs to one goroutine.
func keepAnswers(w *steps.World, answers []*client.Exchange) error {
	steps.State[burst](w).answers = answers
	for _, answer := range answers {
		if err := w.Judge(w.Draft.Operation, answer, ""); err != nil {
			return err
		}
	}
	return nil
}

// final keeps a burst from being tried again until it is lucky: where a gateway answered one of its calls while others
// were served, the target was up, and nobody knows what became of that one.
func final(w *steps.World, err error) error {
	var environment *steps.Environment
	answers := steps.State[burst](w).answers
	served := slices.ContainsFunc(answers, func(e *client.Exchange) bool { return e.Status/100 == 2 })
	between := slices.ContainsFunc(answers, func(e *client.Exchange) bool { return e.Interposed() != "" })
	if served && between && errors.As(err, &environment) {
		environment.Final = true
	}
	return err
}

// AllServed checks that each of the calls that belong together was served.
func AllServed(w *steps.World) error {
	answers := steps.State[burst](w).answers
	if len(answers) == 0 {
		return steps.Faulty("nothing was called several times before this step")
	}
	for i, answer := range answers {
		if open := w.Open(w.Draft.Operation, answer); open != nil {
			return open
		}
		w.Expect(answer.Status/100 == 2, evidence.Assertion{Check: "ordinary use is served", Fact: w.Own(contract.Effect),
			Exchange: answer.N, Message: fmt.Sprintf("call %d of %d was not served", i+1, len(answers)), Expected: "a success",
			Actual: w.Answered(answer), Kind: evidence.Unserved})
	}
	return nil
}

func allStrict(w *steps.World) error {
	if err := AllServed(w); err != nil {
		return err
	}
	for _, answer := range steps.State[burst](w).answers {
		_, err := schemas.Decode(answer.Body)
		w.Expect(err == nil, evidence.Assertion{Check: "strict JSON", Fact: w.Own(contract.Form), Exchange: answer.N,
			Message: "an answer was not written as strict JSON", Expected: "one JSON value", Actual: fmt.Sprint(err)})
	}
	return nil
}
