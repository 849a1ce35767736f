package load

import (
	"fmt"
	"slices"

	"github.com/kobcheck/kobcheck/features/sentence"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// FromScenario makes the plan that the sentences of a scenario say: one of them which load, the others what is promised.
// Where names file and line of the scenario.
func FromScenario(where, id, name string, sentences []string) (*Plan, error) {
	var plan *Plan
	var gates []string
	var promised []*sentence.Promise
	promises := 0
	for _, text := range sentences {
		if promise, held := sentence.PromiseOf(text); promise != nil {
			promises++
			gates = append(gates, held...)
			if promise.Requirement != "" {
				promised = append(promised, promise)
			}
			continue
		}
		yaml, is := sentence.Plan(text)
		if !is || plan != nil {
			return nil, fmt.Errorf("%s: %q is no promise of load, and no workload either where there is none yet; "+
				"kobcheck list steps has them", where, text)
		}
		var err error
		if plan, err = Parse(where, []byte(yaml)); err != nil {
			return nil, err
		}
	}
	if plan == nil || promises == 0 {
		return nil, fmt.Errorf("%s: the scenario says no load, or promises nothing", where)
	}
	plan.ID, plan.Sentence, plan.promised = id, name, promised
	for _, text := range gates {
		one, err := parseGate(text)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", where, err)
		}
		plan.Gates, plan.gates = append(plan.Gates, text), append(plan.gates, one)
	}
	return plan, nil
}

// keep says of what was promised and is not among the invariants that it was not decided.
func (p *Plan) keep(result *reports.LoadPlan) {
	for _, promise := range p.promised {
		switch {
		case slices.ContainsFunc(result.Invariants, func(i evidence.Invariant) bool { return i.Requirement == promise.Requirement }):
		case promise.Stated:
			result.Observed = append(result.Observed, evidence.Observation{ID: "load.promised." + promise.Requirement, Gap: "N-16",
				Question: "Was it looked at whether " + promise.Pattern + "?",
				Answer:   "no, not testable: no page states a limit, and neither does the target file"})
		default:
			result.Invariants = append(result.Invariants, kind.Held(promise.Requirement, "what the scenario promises was looked at", false, nil))
		}
	}
}
