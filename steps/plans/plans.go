package steps

import (
	"context"
	"fmt"
	"strings"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// LoadResult is what came of a load plan, as far as scenarios speak of it.
type LoadResult struct {
	Invariants []evidence.Invariant
	Gates      []LoadGate
	// Unfit says why the plan proves nothing; empty where it does.
	Unfit string
}

// LoadGate is a gate of a plan and its state: passed, failed, inconclusive or no data.
type LoadGate struct{ Text, State, Figure string }

func loadSentences() []Definition {
	const area = "load"
	return []Definition{
		define(area, `the load plan "([^"]+)" is performed`, "Performs a plan of kobcheck load on the target.", performPlan),
		define(area, `what the plan held for "([^"]+)" is so`, "The invariant of the plan for that requirement held.", invariantHolds),
		define(area, `what the plan held for "([^"]+)" is so, where the operator states a limit`, "The same, on a target whose file states a limit.", statedLimitHolds),
		define(area, `the plan misses none of its gates`, "Every gate of the plan was passed.", noGateMissed),
	}
}

func performPlan(ctx context.Context, plan string) error {
	w := From(ctx)
	if w.Session.Load == nil {
		return &scene.NotTestable{Why: "load is performed by kobcheck load, or by a run that asks for @load"}
	}
	// Thousands of exchanges are no evidence of a scenario; load.json has their figures.
	result, err := w.Session.Load(client.WithScenario(ctx, client.Scenario{ID: w.Scenario.ID}), plan)
	if err != nil {
		return &Environment{Why: err.Error()}
	}
	w.notes["load"] = result
	return nil
}

func (w *World) loadResult() (*LoadResult, error) {
	result, ok := w.notes["load"].(*LoadResult)
	if !ok {
		return nil, faulty("no load plan was performed before this step")
	}
	return result, nil
}

func invariantHolds(ctx context.Context, requirement string) error {
	w := From(ctx)
	result, err := w.loadResult()
	if err != nil {
		return err
	}
	found := false
	for _, one := range result.Invariants {
		if one.Requirement != requirement {
			continue
		}
		found = true
		if one.Holds == nil {
			w.NoData("under load: "+requirement, w.fact(requirement, contract.Effect), one.Sentence)
			continue
		}
		fact := w.tagged(w.fact(requirement, contract.Effect))
		fact.Given = one.Given
		w.Expect(*one.Holds, evidence.Assertion{Check: "under load: " + requirement, Fact: fact, Message: "it is not so that " + one.Sentence,
			Expected: one.Sentence, Actual: strings.Join(one.Evidence, "; ")})
	}
	if !found {
		if result.Unfit != "" {
			return &Environment{Why: result.Unfit}
		}
		return faulty("the plan holds nothing for %s", requirement)
	}
	return nil
}

func statedLimitHolds(ctx context.Context, requirement string) error {
	result, err := From(ctx).loadResult()
	if err != nil {
		return err
	}
	for _, one := range result.Invariants {
		if one.Requirement == requirement {
			return invariantHolds(ctx, requirement)
		}
	}
	return &scene.NotTestable{Key: "limits", Why: "no page states a limit, and neither does the target file"}
}

func noGateMissed(ctx context.Context) error {
	w := From(ctx)
	result, err := w.loadResult()
	if err != nil {
		return err
	}
	for _, gate := range result.Gates {
		switch gate.State {
		case "passed", "failed":
			w.Expect(gate.State == "passed", evidence.Assertion{Check: "gate " + gate.Text, Fact: w.own(contract.Effect),
				Message: "a gate of the plan was missed", Expected: gate.Text, Actual: gate.Figure})
		default:
			return &Environment{Why: fmt.Sprintf("the gate %s could not be decided: %s", gate.Text, gate.State)}
		}
	}
	if len(result.Gates) == 0 || result.Unfit != "" {
		return &Environment{Why: "the plan proves nothing: " + result.Unfit}
	}
	return nil
}
