package reports

import (
	"fmt"
	"io"
	"strings"
)

// PrintLoad prints what came of each plan.
func PrintLoad(w io.Writer, r *LoadRun) error {
	p := &printer{out: w}
	for i := range r.Plans {
		p.plan(&r.Plans[i])
	}
	p.line("%s: %s, exit code %d", r.Target.Name, r.Verdict, r.ExitCode)
	if r.Reason != "" {
		p.line("  %s", wrap(plainText(r.Reason), 2))
	}
	for _, one := range r.Waivers {
		p.line("  waiver %s: %s", one.Requirement, wrap(plainText(one.Sentence()), 9))
	}
	for _, one := range r.Unneeded {
		p.line("  %s", wrap(plainText(one), 2))
	}
	p.line("  run %s, seed %d, %.1f s", r.RunID, r.Seed, r.EndedAt.Sub(r.StartedAt).Seconds())
	return p.err
}

func (p *printer) plan(plan *LoadPlan) {
	p.line("%s: %s", plan.ID, wrap(plan.Sentence, 2))
	if plan.Due > 0 {
		p.line("  arrivals   %d due, %d sent, %.1f/s asked, %.1f/s reached; generator lag p99 %.2f ms", plan.Due, plan.Sent, plan.Asked, plan.Reached, plan.Lag.P99)
	}
	for _, s := range plan.Series {
		from, beside := "from due", "from send"
		if s.Class == "delivered" {
			from, beside = "until taken", "until the first try"
		}
		p.line("  %-10s %-28s %6d  p50 %.1f  p99 %.1f  max %.1f ms %s; p99 %.1f ms %s", s.Class, s.Operation, s.Count, s.FromDue.P50, s.FromDue.P99, s.FromDue.Max, from, s.FromSend.P99, beside)
	}
	for _, step := range plan.Steps {
		held := "held"
		if !step.Held {
			held = "broke: " + step.Broke
		}
		p.line("  step       %8.0f/s  reached %.1f/s  p99 %.1f ms  errors %.2f%%  %s", step.Rate, step.Reached, step.P99, 100*step.Errors, held)
	}
	for _, name := range sortedNames(plan.Errors) {
		p.line("  error      %d × %s", plan.Errors[name], plainText(name))
	}
	for i := range plan.Findings {
		f := &plan.Findings[i]
		word, why := weightOf(f)
		p.line("  %-10s %s at %s, %d times: %s", word, f.Requirement, f.Operation, f.Count, wrap(plainText(f.Message), 13))
		if why != "" {
			p.line("             %s", wrap(plainText(why), 13))
		}
	}
	for _, one := range plan.Invariants {
		state, why := plan.standing(one)
		p.line("  %-10s %s (%s)", state, wrap(one.Sentence, 13), one.Requirement)
		if why != "" {
			p.line("             not so; %s", wrap(plainText(why), 13))
		}
		for i, evidence := range one.Evidence {
			if i == printed {
				p.line("               … and %d more", len(one.Evidence)-printed)
				break
			}
			p.line("               %s", wrap(plainText(evidence), 15))
		}
	}
	for _, o := range plan.Observed {
		p.line("  observed   %s %s", wrap(o.Question, 13), wrap(plainText(o.Answer), 13))
	}
	for _, gate := range plan.Gates {
		p.line("  gate       %-12s %s: %.3g %s (%.3g to %.3g), %d samples of %d needed", gate.State, gate.Gate, gate.Figure, gate.Unit, gate.Low, gate.High, gate.Samples, gate.Needed)
	}
	p.line("  %s%s", plan.Verdict, map[bool]string{true: ": " + plan.Reason}[plan.Reason != ""])
	p.line("")
}

func loadMarkdown(r *LoadRun) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Load on %s: %s\n\n", escapeMarkdown(r.Target.Name), r.Verdict)
	if r.Reason != "" {
		fmt.Fprintf(&b, "%s\n\n", escapeMarkdown(r.Reason))
	}
	for _, plan := range r.Plans {
		fmt.Fprintf(&b, "## %s: %s\n\n%s\n\n%d arrivals due, %d sent; asked %.1f/s, reached %.1f/s; generator lag p99 %.2f ms.\n\n", plan.ID, plan.Verdict, escapeMarkdown(plan.Sentence), plan.Due, plan.Sent, plan.Asked, plan.Reached, plan.Lag.P99)
		if len(plan.Series) > 0 {
			b.WriteString("| operation | class | count | p50 | p99 | max (ms from due) | p99 from send |\n|---|---|--:|--:|--:|--:|--:|\n")
			for _, s := range plan.Series {
				fmt.Fprintf(&b, "| %s | %s | %d | %.1f | %.1f | %.1f | %.1f |\n", s.Operation, s.Class, s.Count, s.FromDue.P50, s.FromDue.P99, s.FromDue.Max, s.FromSend.P99)
			}
			b.WriteString("\n")
		}
		for _, one := range plan.Invariants {
			state, why := plan.standing(one)
			if state == "BROKEN" {
				state = "**broken**"
			}
			if why != "" {
				why = "; " + why
			}
			fmt.Fprintf(&b, "- %s: %s (%s%s)\n", strings.ToLower(state), escapeMarkdown(one.Sentence), one.Requirement, escapeMarkdown(why))
		}
		for i := range plan.Findings {
			f := &plan.Findings[i]
			word, _ := weightOf(f)
			fmt.Fprintf(&b, "- %s: %s at %s, %d times: %s\n", strings.ToLower(word), f.Requirement, code(f.Operation), f.Count, escapeMarkdown(f.Message))
		}
		for _, gate := range plan.Gates {
			fmt.Fprintf(&b, "- gate %s: %s, %.3g %s\n", code(gate.Gate), gate.State, gate.Figure, gate.Unit)
		}
		b.WriteString("\n")
	}
	return b.String()
}
