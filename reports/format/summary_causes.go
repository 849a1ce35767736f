package format

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/wording"
)

// printed is how many of a kind the summary prints; the reports have them all.
const printed = 12

// more says that there are more than what was printed, and reports whether it did.
func (p printer) more(i, of int, what string) bool {
	if i != printed {
		return false
	}
	p.Line("  … and %d more%s; the report has them all.", of-printed, what)
	return true
}

// section prints a title and what there is to say of each of a list, at most of so many, or nothing where there is none.
// What names those that are left out; it may be empty.
func section[T any](p printer, shade, title string, list []T, most int, what string, tell func(one T)) {
	for i, one := range list {
		if i == 0 {
			p.Line("%s", p.Paint(shade, title))
		}
		if i == most && p.more(i, len(list), what) {
			break
		}
		tell(one)
	}
	if len(list) > 0 {
		p.Line("")
	}
}

// failures prints the causes that gate and that no list knows.
func (p printer) failures(r *reports.Run, facts *contract.Contract) {
	causes := reports.New(r.Causes(true))
	for i := range causes {
		if i > 0 && causes[0].Hides() && !causes[i].Hides() {
			p.Line("… and %s more, in answers that are not judged for it; the report has them.\n", wording.Count(len(causes)-i, "cause"))
			return
		}
		if p.more(i, len(causes), " causes") {
			p.Line("")
			return
		}
		p.cause(r, &causes[i], facts)
	}
}

func (p printer) cause(r *reports.Run, c *reports.Cause, facts *contract.Contract) {
	f, s := c.Finding, c.Scenario
	word := "FAILED"
	if f.Hazard != "" {
		word = "HAZARD"
	}
	p.Line("%s %s", p.Paint("31;1", word), wording.Wrap(c.Title(), 7))
	if f.Hazard != "" {
		p.Line("  at risk      %s", wording.Wrap(f.Hazard, 15))
	}
	if c.Everywhere {
		p.Line("  everywhere   %s", wording.Wrap(everywhereText(c), 15))
	}
	if len(c.Scenarios) > 0 {
		p.Line("  scenario     %s (%s:%d)", s.ID, s.URI, s.Line)
		if s.Reason != "" && f.Reason == "" {
			p.Line("               %s", wording.Wrap(s.Reason, 15))
		}
		switch more := len(c.Scenarios) - 1; {
		case more == 1:
			p.Line("               and 1 more scenario shows the same")
		case more > 1:
			p.Line("               and %d more scenarios show the same", more)
		}
	}
	if c.Passing > 0 {
		p.Line("  in passing   %s, first in %s", wording.Count(c.Passing, "answer"), c.Met.Scenario)
	}
	if len(c.Blocks) > 0 {
		p.Line("  blocks       %s", wording.Count(len(c.Blocks), "scenario"))
	}
	if f.Reason != "" {
		p.Line("  listed       %s", wording.Wrap(f.Reason, 15))
	}
	if requirement := facts.Requirement(f.Requirement); requirement != nil {
		p.Line("  requirement  %s", wording.Wrap(fmt.Sprintf("%s (%s): %s", f.Requirement, f.Mark, requirement.Sentence), 15))
		p.Line("  source       %s", sourceText(requirement))
	}
	if len(c.Further) > 0 {
		p.Line("  also breaks  %s", wording.Wrap(c.AlsoBreaks(), 15))
	}
	where := ""
	if f.Pointer != "" {
		where = " at " + f.Pointer
	}
	p.Line("  finding      %s%s", wording.Wrap(f.Message, 15), wording.Plain(where))
	p.Line("  expected     %s", wording.Wrap(f.Expected, 15))
	p.Line("  actual       %s", wording.Wrap(f.Actual, 15))
	if since := r.Since(f); since != "" {
		p.Line("  history      %s", since)
	}
	if f.Gherkin != "" {
		p.Line("  as scenario")
		for _, line := range strings.Split(strings.TrimRight(f.Gherkin, "\n"), "\n") {
			p.Line("  %s", wording.Plain(line))
		}
	}
	if exchange := c.Exchange(); exchange != nil {
		p.Line("  repeat with  %s", wording.Plain(exchange.Curl))
	}
	p.Line("")
}

// everywhereText says of a deviation of all answers how far it reaches, and what it leaves open.
func everywhereText(c *reports.Cause) string {
	text := fmt.Sprintf("%d of %d operations answer so", len(c.Operations), c.Of)
	if c.Hides() {
		text += fmt.Sprintf("; everything else is not judged: it blocks %s", wording.Count(len(c.Blocks), "scenario"))
	}
	return text
}

// blocked prints the operations that are not served, with how many scenarios need them.
func (p printer) blocked(r *reports.Run) {
	section(p, "33;1", "Blocked: what the API does not serve", r.Blocking(), printed, " operations", func(one reports.NotServed) {
		p.Line("  %4d  %s", len(one.Scenarios), one.Operation)
		if one.Finding != nil {
			p.Line("        %s", wording.Wrap(one.Said(), 8))
		}
	})
}

// passing prints what was noticed while scenarios were about something else. What a scenario is about too was
// printed with its request before.
func (p printer) passing(r *reports.Run) {
	section(p, "36;1", "Noticed in passing", r.InPassing(), printed, "", func(one reports.Cause) {
		p.Line("  %4d  %s", one.Passing, wording.Wrap(one.Sentence(), 8))
		if exchange := r.MetBy(one); exchange != nil && !one.Finding.Gated {
			p.Line("        %s", wording.Plain(exchange.Curl))
		}
	})
}

// listed are the causes that the list of known failures has, whether they gate or not.
func listed(r *reports.Run) []reports.Cause {
	return reports.Listed(append(r.Causes(true), r.Causes(false)...))
}

// known prints the causes that are listed, what was to be gone, and what is flaky.
func (p printer) known(r *reports.Run) {
	section(p, "33;1", "Known failures", listed(r), printed, "", func(one reports.Cause) {
		p.Line("  %s", wording.Wrap(one.Requirement()+" "+one.Where()+": "+one.Finding.Message, 8))
		p.Line("        %s: %s", one.Shown(), wording.Wrap(one.Finding.Reason, 8))
	})
	p.entries(r.Unneeded, "Nothing fails so any more: the entry has to go", "31;1")
	p.entries(r.Removable, "Mended, or no more: the entry can go", "32;1")
	p.reasons(r, evidence.UnexpectedPass, "No longer fails: the entry has to go", "31;1")
	p.reasons(r, evidence.Flaky, "Flaky: failed, then passed with fresh data", "33;1")
}

// entries prints what is to be done about entries of the list of known failures.
func (p printer) entries(list []string, title, shade string) {
	section(p, shade, title, list, len(list), "", func(one string) { p.Line("  %s", wording.Wrap(one, 2)) })
}

// reasons prints why scenarios have a verdict, each reason once.
func (p printer) reasons(r *reports.Run, verdict evidence.Verdict, title, shade string) {
	most := verdict == evidence.Inconclusive // until the first reason is told
	section(p, shade, title, r.Reasons(verdict), printed, "", func(one reports.Reason) {
		others := ""
		if n := len(one.Scenarios); n > 1 {
			others = fmt.Sprintf(" and %s more", wording.Count(n-1, "scenario"))
		}
		p.Line("  %s%s\n        %s", one.Scenarios[0].ID, others, wording.Wrap(one.Why, 8))
		if most && 2*(len(one.Scenarios)+r.Summary.Scenarios.NotRun) > len(r.Scenarios) {
			p.Line("        everything else is not judged")
		}
		most = false
	})
}

// advisory prints what does not gate and scenarios are about; what was met in passing alone stands there.
func (p printer) advisory(r *reports.Run) {
	causes := reports.New(r.Causes(false))
	for _, part := range []struct {
		title  string
		hazard bool
	}{{"Hazards that do not gate", true}, {"To read: deviations that do not gate", false}} {
		about := slices.DeleteFunc(slices.Clone(causes), func(one reports.Cause) bool {
			return (one.Finding.Hazard != "") != part.hazard || len(one.Scenarios) == 0
		})
		section(p, "36;1", part.title, about, printed, "", func(one reports.Cause) {
			f := one.Finding
			p.Line("  %s (%s) %s", one.Requirement(), f.Mark, wording.Wrap(f.Message, 8))
			p.Line("        %s: expected %s, was %s", one.Scenario.ID, wording.Wrap(f.Expected, 8), wording.Wrap(f.Actual, 8))
			if others := len(one.Scenarios) - 1; others > 0 {
				p.Line("        and %s more", wording.Count(others, "scenario"))
			}
		})
	}
}
