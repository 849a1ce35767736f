package reports

import (
	"fmt"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// printed is how many of a kind the summary prints; the reports have them all.
const printed = 12

// more says that there are more than what was printed, and reports whether it did.
func (p *printer) more(i, of int, what string) bool {
	if i != printed {
		return false
	}
	p.line("  … and %d more%s; the report has them all.", of-printed, what)
	return true
}

// failures prints the causes that gate and that no list knows.
func (p *printer) failures(r *Run, facts *contract.Contract) {
	causes := New(r.Causes(true))
	for i := range causes {
		if i > 0 && causes[0].Hides() && !causes[i].Hides() {
			p.line("… and %s more, in answers that are not judged for it; the report has them.\n", number(len(causes)-i, "cause"))
			return
		}
		if p.more(i, len(causes), " causes") {
			p.line("")
			return
		}
		p.cause(&causes[i], facts)
	}
}

func (p *printer) cause(c *Cause, facts *contract.Contract) {
	f, s := c.Finding, c.Scenario
	word := "FAILED"
	if f.Hazard != "" {
		word = "HAZARD"
	}
	p.line("%s %s", p.paint("31;1", word), wrap(plainText(c.Title()), 7))
	if f.Hazard != "" {
		p.line("  at risk      %s", wrap(plainText(f.Hazard), 15))
	}
	if c.Everywhere {
		p.line("  everywhere   %s", wrap(everywhereText(c), 15))
	}
	if len(c.Scenarios) > 0 {
		p.line("  scenario     %s (%s:%d)", s.ID, s.URI, s.Line)
		if s.Reason != "" && f.Reason == "" {
			p.line("               %s", wrap(plainText(s.Reason), 15))
		}
		if len(c.Scenarios) > 1 {
			p.line("               and %d more scenarios show the same", len(c.Scenarios)-1)
		}
	}
	if c.Passing > 0 {
		p.line("  in passing   %s, first in %s", number(c.Passing, "answer"), c.Met.Scenario)
	}
	if len(c.Blocks) > 0 {
		p.line("  blocks       %s", number(len(c.Blocks), "scenario"))
	}
	if f.Reason != "" {
		p.line("  listed       %s", wrap(plainText(f.Reason), 15))
	}
	if requirement := facts.Requirement(f.Requirement); requirement != nil {
		p.line("  requirement  %s", wrap(fmt.Sprintf("%s (%s): %s", f.Requirement, f.Mark, requirement.Sentence), 15))
		p.line("  source       %s", sourceText(requirement))
	}
	where := ""
	if f.Pointer != "" {
		where = " at " + f.Pointer
	}
	p.line("  finding      %s%s", wrap(plainText(f.Message), 15), plainText(where))
	p.line("  expected     %s", wrap(plainText(f.Expected), 15))
	p.line("  actual       %s", wrap(plainText(f.Actual), 15))
	if exchange := c.Exchange(); exchange != nil {
		p.line("  repeat with  %s", plainText(exchange.Curl))
	}
	p.line("")
}

// everywhereText says of a deviation of all answers how far it reaches, and what it leaves open.
func everywhereText(c *Cause) string {
	text := fmt.Sprintf("%d of %d operations answer so", len(c.Operations), c.Of)
	if c.Hides() {
		text += fmt.Sprintf("; everything else is not judged: it blocks %s", number(len(c.Blocks), "scenario"))
	}
	return text
}

// blocked prints the operations that are not served, with how many scenarios need them.
func (p *printer) blocked(r *Run) {
	for i, one := range r.Blocking() {
		if i == 0 {
			p.line("%s", p.paint("33;1", "Blocked: what the API does not serve"))
		}
		if p.more(i, len(r.Blocking()), " operations") {
			break
		}
		p.line("  %4d  %s", len(one.Scenarios), one.Operation)
		if one.Finding != nil {
			p.line("        %s", wrap(plainText(one.Said()), 8))
		}
	}
	if r.Summary.Scenarios.Blocked > 0 {
		p.line("")
	}
}

// Said is what the operation answered, with the requirement that says that it serves.
func (n NotServed) Said() string {
	if n.Finding == nil {
		return ""
	}
	return fmt.Sprintf("%s (%s): %s; it was answered %s", n.Finding.Requirement, n.Finding.Mark, n.Finding.Message, n.Finding.Actual)
}

// passing prints what was noticed while scenarios were about something else. What a scenario is about too was
// printed with its request before.
func (p *printer) passing(r *Run) {
	causes := r.InPassing()
	for i := range causes {
		if i == 0 {
			p.line("%s", p.paint("36;1", "Noticed in passing"))
		}
		if p.more(i, len(causes), "") {
			break
		}
		p.line("  %4d  %s", causes[i].Passing, wrap(plainText(causes[i].Sentence()), 8))
		if exchange := r.MetBy(causes[i]); exchange != nil && !causes[i].Finding.Gated {
			p.line("        %s", plainText(exchange.Curl))
		}
	}
	if len(causes) > 0 {
		p.line("")
	}
}

// Where names the operations of a cause, and the place in their answers.
func (c Cause) Where() string {
	place := strings.Join(c.Operations, ", ")
	if c.Everywhere {
		place = fmt.Sprintf("%d operations", len(c.Operations))
	}
	return strings.TrimSpace(place + " " + evidence.WithoutIndexes(c.Finding.Pointer))
}

// Sentence says in one line what deviates, where, and whether that gates.
func (c Cause) Sentence() string {
	f := c.Finding
	weight := string(f.Mark)
	switch {
	case c.Known():
		weight += ", known"
	case !f.Gated:
		weight += ", not gated"
	}
	if f.Hazard != "" {
		weight += ", hazard"
	}
	return fmt.Sprintf("%s (%s) %s: %s: expected %s, was %s", f.Requirement, weight, c.Where(), f.Message, f.Expected, f.Actual)
}

// Shown counts in words what shows a cause.
func (c Cause) Shown() string {
	var parts []string
	if n := len(c.Scenarios); n > 0 {
		parts = append(parts, number(n, "scenario"))
	}
	if c.Passing > 0 {
		parts = append(parts, number(c.Passing, "answer")+" in passing")
	}
	if n := len(c.Blocks); n > 0 {
		parts = append(parts, number(n, "scenario")+" blocked")
	}
	return strings.Join(parts, ", ")
}

// known prints the causes that are listed, what was to be gone, and what is flaky.
func (p *printer) known(r *Run) {
	listed := Listed(append(r.Causes(true), r.Causes(false)...))
	for i, one := range listed {
		if i == 0 {
			p.line("%s", p.paint("33;1", "Known failures"))
		}
		if p.more(i, len(listed), "") {
			break
		}
		p.line("  %s", wrap(plainText(one.Finding.Requirement+" "+one.Where()+": "+one.Finding.Message), 8))
		p.line("        %s: %s", one.Shown(), wrap(plainText(one.Finding.Reason), 8))
	}
	if len(listed) > 0 {
		p.line("")
	}
	for i, one := range r.Unneeded {
		if i == 0 {
			p.line("%s", p.paint("31;1", "Nothing fails so any more: the entry has to go"))
		}
		p.line("  %s", wrap(plainText(one), 2))
	}
	if len(r.Unneeded) > 0 {
		p.line("")
	}
	p.reasons(r, evidence.UnexpectedPass, "No longer fails: the entry has to go", "31;1")
	p.reasons(r, evidence.Flaky, "Flaky: failed, then passed with fresh data", "33;1")
}

// reasons prints why scenarios have a verdict, each reason once.
func (p *printer) reasons(r *Run, verdict evidence.Verdict, title, shade string) {
	reasons := r.Reasons(verdict)
	for i, one := range reasons {
		if i == 0 {
			p.line("%s", p.paint(shade, title))
		}
		if p.more(i, len(reasons), "") {
			break
		}
		others := ""
		if n := len(one.Scenarios); n > 1 {
			others = fmt.Sprintf(" and %s more", number(n-1, "scenario"))
		}
		p.line("  %s%s\n        %s", one.Scenarios[0].ID, others, wrap(plainText(one.Why), 8))
		if verdict == evidence.Inconclusive && i == 0 && 2*(len(one.Scenarios)+r.Summary.Scenarios.NotRun) > len(r.Scenarios) {
			p.line("        everything else is not judged")
		}
	}
	if len(reasons) > 0 {
		p.line("")
	}
}

// advisory prints what does not gate and scenarios are about; what was met in passing alone stands there.
func (p *printer) advisory(r *Run) {
	causes := New(r.Causes(false))
	for _, part := range []struct {
		title  string
		hazard bool
	}{{"Hazards that do not gate", true}, {"To read: deviations that do not gate", false}} {
		n := 0
		for _, one := range causes {
			f := one.Finding
			if (f.Hazard != "") != part.hazard || len(one.Scenarios) == 0 {
				continue
			}
			if n++; n == 1 {
				p.line("%s", p.paint("36;1", part.title))
			}
			if n > printed {
				continue
			}
			p.line("  %s (%s) %s", f.Requirement, f.Mark, wrap(plainText(f.Message), 8))
			p.line("        %s: expected %s, was %s", one.Scenario.ID, wrap(plainText(f.Expected), 8), wrap(plainText(f.Actual), 8))
			if others := len(one.Scenarios) - 1; others > 0 {
				p.line("        and %s more", number(others, "scenario"))
			}
		}
		if n > printed {
			p.line("  … and %d more; the report has them all.", n-printed)
		}
		if n > 0 {
			p.line("")
		}
	}
}
