package format

import (
	"fmt"
	"io"
	"slices"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// writeLoadJUnit writes a suite for each plan, with a case for each gate, for each invariant and for what checked answers
// broke, and one for the plan itself. What missed its bound or was broken failed; what decides nothing is an error, so that
// nobody takes it for a pass.
func writeLoadJUnit(w io.Writer, r *reports.LoadRun) error {
	all := junitSuites{Name: "kobcheck load " + clean(r.Target.Name), Time: fmt.Sprintf("%.3f", r.EndedAt.Sub(r.StartedAt).Seconds())}
	for i := range r.Plans {
		plan := &r.Plans[i]
		suite := junitSuite{Name: clean(plan.ID), Timestamp: r.StartedAt.Format("2006-01-02T15:04:05Z")}
		add := func(name, kind string, state evidence.Verdict, message string) {
			one, told := junitCase{Name: clean(name), Classname: "load." + clean(plan.ID), Time: "0.000"},
				&junitResult{Message: clean(message), Type: kind, Data: clean(message)}
			switch state {
			case evidence.Failed:
				one.Failure = told
			case evidence.Inconclusive:
				one.Error = told
			case evidence.Known, evidence.Advisory:
				one.Skipped = &junitResult{Message: clean(message)}
			}
			suite.add(one, 0)
		}
		// A plan that failed says why in its gates and invariants; what ended it early stands nowhere else.
		whole := evidence.Passed
		if plan.Verdict == evidence.Inconclusive {
			whole = plan.Verdict
		}
		add("performed: "+plan.Sentence, "environment", whole, plan.Reason)
		for _, gate := range plan.Gates {
			add("gate "+gate.Gate, "gate", gateVerdict(plan, gate), fmt.Sprintf("%s: %.3g %s (%.3g to %.3g) of %d samples, %d needed",
				gate.State, gate.Figure, gate.Unit, gate.Low, gate.High, gate.Samples, gate.Needed))
		}
		for _, one := range plan.Invariants {
			switch {
			case one.Holds == nil:
				add(one.Requirement+": "+one.Sentence, "requirement", evidence.Inconclusive, "not decided")
			case *one.Holds:
				add(one.Requirement+": "+one.Sentence, "requirement", evidence.Passed, "")
			}
		}
		for _, f := range append(slices.Clone(plan.Broken), plan.Findings...) {
			state, message := evidence.Failed, f.Message
			if f.Pointer != "" {
				message += fmt.Sprintf(" at %s: expected %s, got %s", f.Pointer, f.Expected, f.Actual)
			}
			if f.Verdict == evidence.Known {
				state, message = f.Verdict, f.Reason
			} else if !f.Gated {
				state = evidence.Advisory
			}
			add(f.Requirement+": "+f.Message+" ["+f.Fingerprint()+"]", "requirement", state, message)
		}
		all.Suites = append(all.Suites, suite)
	}
	return all.write(w)
}

// gateVerdict is that of a gate as a case. A shard's own few samples decide nothing.
func gateVerdict(plan *reports.LoadPlan, gate reports.GateResult) evidence.Verdict {
	switch {
	case gate.State == "passed":
		return evidence.Passed
	case plan.Shard != "":
		return evidence.Advisory
	case gate.State == "failed":
		return evidence.Failed
	}
	return evidence.Inconclusive
}
