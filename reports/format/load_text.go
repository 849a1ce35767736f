package format

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/wording"
)

// PrintLoad prints what came of each plan.
func PrintLoad(w io.Writer, r *reports.LoadRun) error {
	p := printer{wording.New(w, false)}
	for i := range r.Plans {
		p.plan(&r.Plans[i])
	}
	p.Line("%s: %s, exit code %d", wording.Plain(r.Target.Name), r.Verdict, r.ExitCode)
	if r.Reason != "" {
		p.Line("  %s", wording.Wrap(r.Reason, 2))
	}
	for _, one := range r.Waivers {
		p.Line("  waiver %s: %s", one.Requirement, wording.Wrap(one.Sentence(), 9))
	}
	for _, one := range r.Unneeded {
		p.Line("  %s", wording.Wrap(one, 2))
	}
	p.Line("  run %s, seed %d, %.1f s", r.RunID, r.Seed, r.EndedAt.Sub(r.StartedAt).Seconds())
	return p.Err()
}

func (p printer) plan(plan *reports.LoadPlan) {
	p.Line("%s: %s", plan.ID, wording.Wrap(plan.Sentence, 2))
	if plan.Due > 0 {
		p.Line("  arrivals   %d due, %d sent, %.1f/s asked, %.1f/s reached; generator lag p99 %.2f ms", plan.Due, plan.Sent, plan.Asked,
			plan.Reached, plan.Lag.P99)
	}
	for _, s := range plan.Series {
		from, beside := "from due", "from send"
		if s.Class == "delivered" {
			from, beside = "until taken", "until the first try"
		}
		p.Line("  %-10s %-28s %6d  p50 %.1f  p99 %.1f  max %.1f ms %s; p99 %.1f ms %s", s.Class, s.Operation, s.Count, s.FromDue.P50,
			s.FromDue.P99, s.FromDue.Max, from, s.FromSend.P99, beside)
	}
	for _, step := range plan.Steps {
		held := "held"
		if !step.Held {
			held = "broke: " + step.Broke
		}
		p.Line("  step       %8.0f/s  reached %.1f/s  p99 %.1f ms  errors %.2f%%  %s", step.Rate, step.Reached, step.P99, 100*step.Errors, held)
	}
	for _, name := range slices.Sorted(maps.Keys(plan.Errors)) {
		p.Line("  error      %d × %s", plan.Errors[name], wording.Plain(name))
	}
	for i := range plan.Findings {
		f := &plan.Findings[i]
		word, why := reports.WeightOf(f)
		p.Line("  %-10s %s at %s, %d times: %s", word, f.Requirement, f.Operation, f.Count, wording.Wrap(f.Message, 13))
		if why != "" {
			p.Line("             %s", wording.Wrap(why, 13))
		}
	}
	for _, one := range plan.Invariants {
		state, why := plan.Standing(one)
		p.Line("  %-10s %s (%s)", state, wording.Wrap(one.Sentence, 13), one.Requirement)
		if why != "" {
			p.Line("             not so; %s", wording.Wrap(why, 13))
		}
		for i, evidence := range one.Evidence {
			if i == printed {
				p.Line("               … and %d more", len(one.Evidence)-printed)
				break
			}
			p.Line("               %s", wording.Wrap(evidence, 15))
		}
	}
	for _, o := range plan.Observed {
		p.Line("  observed   %s %s", wording.Wrap(o.Question, 13), wording.Wrap(o.Answer, 13))
	}
	for _, gate := range plan.Gates {
		p.Line("  gate       %-12s %s: %s %s (%s to %s), %s", gate.State, gate.Gate, wording.Figure(gate.Figure), gate.Unit,
			wording.Figure(gate.Low), wording.Figure(gate.High), samples(gate))
	}
	p.Line("  %s%s", plan.Verdict, map[bool]string{true: ": " + plan.Reason}[plan.Reason != ""])
	p.Line("")
}

// samples says how many a gate had, and whether they are enough.
func samples(gate reports.GateResult) string {
	if gate.Samples < gate.Needed {
		return fmt.Sprintf("%d samples of the %d that it takes", gate.Samples, gate.Needed)
	}
	return wording.Count(gate.Samples, "sample")
}
