// Package plans holds the sentences that put load on the API and say what is promised then.
package plans

import (
	"context"
	"errors"
	"fmt"
	"strings"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/features/sentence"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
)

// Sentences returns the definitions of the area: the same sentences that kobcheck load reads in a feature.
func Sentences() []steps.Definition {
	const area = "load"
	var all []steps.Definition
	for _, one := range sentence.Workloads() {
		all = append(all, steps.Define(area, "("+sentence.Ungrouped(one.Pattern)+")", one.Doc, perform))
	}
	for _, about := range []string{"keys", "money", "deliveries", "limits", "answers"} {
		var patterns, docs []string
		for _, one := range sentence.Promises() {
			if one.About == about {
				patterns, docs = append(patterns, sentence.Ungrouped(one.Pattern)), append(docs, one.Doc)
			}
		}
		all = append(all, steps.Define(area, "("+strings.Join(patterns, "|")+")", strings.Join(docs, " "), hold))
	}
	return all
}

// performed is the load of the scenario; nil before it was performed.
type performed struct{ result *steps.LoadResult }

func perform(ctx context.Context, w *steps.World, workload string) error {
	if w.Session.Load == nil {
		return &scene.NotTestable{Why: "load is performed by kobcheck load, or by a run that asks for @load"}
	}
	// Thousands of exchanges are no evidence of a scenario; load.json has their figures.
	result, err := w.Session.Load(client.WithScenario(ctx, client.Scenario{ID: w.Scenario.ID}), workload)
	var untestable *scene.NotTestable
	switch {
	case errors.As(err, &untestable):
		return untestable
	case err != nil:
		return &steps.Environment{Why: err.Error()}
	}
	steps.State[performed](w).result = result
	return nil
}

// Supply finds what was performed.
func (p *performed) Supply(w *steps.World) error {
	if *p = *steps.State[performed](w); p.result == nil {
		return steps.Faulty("no load was put on the API before this step")
	}
	return nil
}

// hold holds a promise against what was performed, as kobcheck load does: what proves nothing accuses nobody.
func hold(w *steps.World, p *performed, text string) error {
	promise, gates := sentence.PromiseOf(text)
	if promise == nil {
		return steps.Faulty("%q is no promise of load", text)
	}
	if promise.Requirement == "" {
		return holdGates(w, p.result, gates)
	}
	return holdInvariants(w, p.result, promise)
}

func holdInvariants(w *steps.World, result *steps.LoadResult, promise *sentence.Promise) error {
	found := false
	for _, one := range result.Invariants {
		if one.Requirement != promise.Requirement {
			continue
		}
		found = true
		if one.Holds == nil {
			w.NoData("under load: "+one.Requirement, w.Fact(one.Requirement, contract.Effect), one.Sentence)
			continue
		}
		fact := w.Tagged(w.Fact(one.Requirement, contract.Effect))
		fact.Given = one.Given
		w.Expect(*one.Holds, evidence.Assertion{Check: "under load: " + one.Requirement, Fact: fact, Message: "it is not so that " + one.Sentence,
			Expected: one.Sentence, Actual: strings.Join(one.Evidence, "; ")})
	}
	switch {
	case found:
		return nil
	case promise.Stated:
		return &scene.NotTestable{Key: "limits", Why: "no page states a limit, and neither does the target file"}
	case result.Unfit != "":
		return &steps.Environment{Why: result.Unfit}
	}
	return steps.Faulty("this load holds nothing for %s", promise.Requirement)
}

func holdGates(w *steps.World, result *steps.LoadResult, gates []string) error {
	if result.Unfit != "" {
		return &steps.Environment{Why: "the load proves nothing: " + result.Unfit}
	}
	for _, text := range gates {
		gate, err := result.Gate(text)
		if err != nil {
			return err
		}
		if gate.State != "passed" && gate.State != "failed" {
			return &steps.Environment{Why: fmt.Sprintf("whether %s could not be decided: %s", gate.Text, gate.State)}
		}
		w.Expect(gate.State == "passed", evidence.Assertion{Check: "gate " + gate.Text, Fact: w.Own(contract.Effect),
			Message: "a promise under load was not kept", Expected: gate.Text, Actual: gate.Figure})
	}
	return nil
}
