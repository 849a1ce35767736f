// Package walks holds the sentences about walks: an API is used at random, and every answer and state is held against
// the model of its documented rules.
package walks

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/sentinel"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/explore"
)

// Sentences returns the definitions of the area.
func Sentences() []steps.Definition {
	const area = "walk"
	return []steps.Definition{
		steps.Define(area, `two clients do (\d+) things at random(, some of them at once)?`, "Makes wallets and cards, moves money, repeats "+
			"requests and reaches for what is another's, as the seed has it.", walk),
		steps.Define(area, `the model of the rules allows all that was answered`,
			"Every answer, and what it leaves behind, is one that the documented rules allow together.", allowed),
	}
}

// tries bounds the walks of shrinking within a scenario.
const tries = 60

// walked is what the walk of a scenario came to.
type walked struct{ result *explore.Result }

func walk(ctx context.Context, w *steps.World, count, atOnce string) error {
	things, err := strconv.Atoi(count)
	if err != nil {
		return steps.Faulty("%q is no number of things", count)
	}
	// What is made on the way is prepared: what deviates of it is noticed in passing.
	result, err := explore.Explore(ctx, explore.Config{Scene: w.Session.Scene, Steps: things, Seed: w.Random().Int64(),
		AtOnce: atOnce != "", Tries: tries,
		Hear: func(operation *contract.Operation, exchange *client.Exchange) error {
			// Which success a repeat has is open (C-12).
			return w.Preparing(func() error { return w.Judge(operation, exchange, sentinel.SuccessStatus) })
		}})
	var difference *explore.Difference
	switch {
	case errors.As(err, &difference):
		return &scene.NotTestable{Why: "the walk could not begin: " + difference.Message}
	case err != nil && (result == nil || result.Difference == nil):
		return wrapped(ctx, err)
	}
	if len(result.Exchanges) > 0 { // those of shrinking tell nothing
		w.Tells(result.Exchanges)
	}
	steps.State[walked](w).result = result
	return nil
}

// wrapped is an error of a walk: what kept it from going on was no answer of the API.
func wrapped(ctx context.Context, err error) error {
	var untestable *scene.NotTestable
	var environment *steps.Environment
	if errors.As(err, &untestable) || errors.As(err, &environment) {
		return err
	}
	if ctx.Err() != nil {
		return fmt.Errorf("walking: %w", err)
	}
	return &steps.Environment{Why: "the walk could not go on: " + err.Error()}
}

// Supply finds the walk.
func (h *walked) Supply(w *steps.World) error {
	if *h = *steps.State[walked](w); h.result == nil {
		return steps.Faulty("nobody walked before this step")
	}
	return nil
}

func allowed(w *steps.World, h *walked) {
	const check = "a walk goes as the model has it"
	if met := h.result.Chance; met != nil {
		said := assertion(w, met, h.result.Met.N)
		said.Message, said.Chance = met.Message+"; the same walk did not meet it again", true
		w.Expect(false, said)
	}
	if h.result.Difference == nil {
		w.Expect(true, evidence.Assertion{Check: check, Fact: w.Own(contract.Effect)})
		return
	}
	found := h.result.Difference
	text, whole := h.result.Gherkin()
	if !whole {
		text += "      # the rest cannot be said in sentences; the requests of this scenario tell it\n"
	}
	shown := 0
	if last := len(h.result.Exchanges); last > 0 {
		shown = h.result.Exchanges[last-1].N
	}
	said := assertion(w, found, shown)
	said.Gherkin = text
	said.Message = fmt.Sprintf("%s; a walk met it, shrunk to %d steps", strings.TrimSuffix(found.Message, "."), len(h.result.Walk))
	w.Expect(false, said)
}

// assertion says what a walk found, and which exchange shows it.
func assertion(w *steps.World, found *explore.Difference, exchange int) evidence.Assertion {
	return evidence.Assertion{Check: found.Check, Kind: found.Kind, Pointer: found.Pointer, Expected: found.Expected, Actual: found.Actual,
		Exchange: exchange, Fact: contract.Fact{Requirement: found.Requirement, Operation: found.Operation, Facet: found.Facet,
			Edition: w.Session.Edition}}
}
