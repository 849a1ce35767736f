// Package plans holds the sentences that perform a plan of load and speak of what it held.
package plans

import (
	"context"
	"fmt"
	"strings"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
)

// Sentences returns the definitions of the area.
func Sentences() []steps.Definition {
	const area = "load"
	return []steps.Definition{
		steps.Define(area, `the load plan "([^"]+)" is performed`, "Performs a plan of kobcheck load on the target.", performPlan),
		steps.Define(area, `what the plan held for "([^"]+)" is so`, "The invariant of the plan for that requirement held.", invariantHolds),
		steps.Define(area, `what the plan held for "([^"]+)" is so, where the operator states a limit`, "The same, on a target whose file states a limit.", statedLimitHolds),
		steps.Define(area, `the plan misses none of its gates`, "Every gate of the plan was passed.", noGateMissed),
	}
}

// performed is the plan of the scenario; nil before it was performed.
type performed struct{ result *steps.LoadResult }

func performPlan(ctx context.Context, w *steps.World, plan string) error {
	if w.Session.Load == nil {
		return &scene.NotTestable{Why: "load is performed by kobcheck load, or by a run that asks for @load"}
	}
	// Thousands of exchanges are no evidence of a scenario; load.json has their figures.
	result, err := w.Session.Load(client.WithScenario(ctx, client.Scenario{ID: w.Scenario.ID}), plan)
	if err != nil {
		return &steps.Environment{Why: err.Error()}
	}
	steps.State[performed](w).result = result
	return nil
}

// Supply finds the plan.
func (p *performed) Supply(w *steps.World) error {
	if *p = *steps.State[performed](w); p.result == nil {
		return steps.Faulty("no load plan was performed before this step")
	}
	return nil
}

func invariantHolds(w *steps.World, plan *performed, requirement string) error {
	found := false
	for _, one := range plan.result.Invariants {
		if one.Requirement != requirement {
			continue
		}
		found = true
		if one.Holds == nil {
			w.NoData("under load: "+requirement, w.Fact(requirement, contract.Effect), one.Sentence)
			continue
		}
		fact := w.Tagged(w.Fact(requirement, contract.Effect))
		fact.Given = one.Given
		w.Expect(*one.Holds, evidence.Assertion{Check: "under load: " + requirement, Fact: fact,
			Message: "it is not so that " + one.Sentence, Expected: one.Sentence, Actual: strings.Join(one.Evidence, "; ")})
	}
	if !found {
		if plan.result.Unfit != "" {
			return &steps.Environment{Why: plan.result.Unfit}
		}
		return steps.Faulty("the plan holds nothing for %s", requirement)
	}
	return nil
}

func statedLimitHolds(w *steps.World, plan *performed, requirement string) error {
	for _, one := range plan.result.Invariants {
		if one.Requirement == requirement {
			return invariantHolds(w, plan, requirement)
		}
	}
	return &scene.NotTestable{Key: "limits", Why: "no page states a limit, and neither does the target file"}
}

func noGateMissed(w *steps.World, plan *performed) error {
	for _, gate := range plan.result.Gates {
		switch gate.State {
		case "passed", "failed":
			w.Expect(gate.State == "passed", evidence.Assertion{Check: "gate " + gate.Text, Fact: w.Own(contract.Effect),
				Message: "a gate of the plan was missed", Expected: gate.Text, Actual: gate.Figure})
		default:
			return &steps.Environment{Why: fmt.Sprintf("the gate %s could not be decided: %s", gate.Text, gate.State)}
		}
	}
	if len(plan.result.Gates) == 0 || plan.result.Unfit != "" {
		return &steps.Environment{Why: "the plan proves nothing: " + plan.result.Unfit}
	}
	return nil
}
