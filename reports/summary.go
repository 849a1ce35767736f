package reports

import (
	"fmt"
	"io"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// PrintSummary prints what a release manager wants to know, in lines of at most 80 columns but for
// command lines: the verdict in words, counts that add up, what broke and how to see it again, what
// could not be tested and which key would change that.
func PrintSummary(w io.Writer, r *Run, facts *contract.Contract, colour bool) error {
	p := &printer{out: w, colour: colour}
	p.failures(r, facts)
	p.missing(r)
	p.inconclusive(r)
	p.known(r)
	p.waivers(r)
	p.changes(r)
	p.advisory(r)
	p.counts(r)
	return p.err
}

type printer struct {
	out    io.Writer
	colour bool
	err    error
	lines  int
}

func (p *printer) line(format string, args ...any) {
	if p.err == nil {
		p.lines++
		_, p.err = fmt.Fprintf(p.out, format+"\n", args...)
	}
}

func (p *printer) paint(code, text string) string {
	if !p.colour {
		return text
	}
	return "\x1b[" + code + "m" + text + "\x1b[0m"
}

// printed is how many ways of failing the summary prints; the reports have them all.
const printed = 12

func (p *printer) failures(r *Run, facts *contract.Contract) {
	groups := r.Causes(true)
	for i, group := range groups {
		if i == printed {
			p.line("… and %d more ways of failing; the report has them all.\n", len(groups)-printed)
			return
		}
		f, s := group.Finding, group.Scenario
		p.line("%s %s", p.paint("31;1", "FAILED"), wrap(plainText(s.Name), 7))
		p.line("  scenario     %s (%s:%d)", s.ID, s.URI, s.Line)
		if s.Reason != "" {
			p.line("               %s", wrap(plainText(s.Reason), 15))
		}
		if len(group.Scenarios) > 1 {
			p.line("               and %d more scenarios show the same", len(group.Scenarios)-1)
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
		if exchange := s.Exchange(f.Exchange); exchange != nil {
			p.line("  repeat with  %s", plainText(exchange.Curl))
		}
		p.line("")
	}
}

func sourceText(requirement *contract.Requirement) string {
	if pages := requirement.Pages(); len(pages) > 0 {
		return strings.Join(pages, " ")
	}
	return requirement.Source
}

func (p *printer) missing(r *Run) {
	missing := r.Missing()
	if len(missing) == 0 {
		return
	}
	p.line("%s", p.paint("33;1", "Not testable on this target"))
	for i, one := range missing {
		if i == printed {
			p.line("  … and %d more reasons; the report has them all.", len(missing)-printed)
			break
		}
		p.line("  %4d  %s", one.Scenarios, wrap(plainText(one.Why), 8))
		if one.Key != "" {
			p.line("        set %s", one.Key)
		}
	}
	p.line("")
}

func (p *printer) inconclusive(r *Run) {
	n := 0
	for _, scenario := range r.Scenarios {
		if scenario.Verdict != evidence.Inconclusive {
			continue
		}
		if n++; n == 1 {
			p.line("%s", p.paint("33;1", "Inconclusive: the environment, not the API"))
		}
		if n > printed {
			continue
		}
		p.line("  %s\n        %s", scenario.ID, wrap(plainText(scenario.Reason), 8))
	}
	if n > printed {
		p.line("  … and %d more; the report has them all.", n-printed)
	}
	if n > 0 {
		p.line("")
	}
}

// known prints the scenarios whose failure is listed, or was to be gone.
func (p *printer) known(r *Run) {
	for _, part := range []struct {
		verdict      evidence.Verdict
		title, shade string
	}{{evidence.UnexpectedPass, "No longer fails: the entry has to go", "31;1"}, {evidence.Known, "Known failures", "33;1"}, {evidence.Flaky, "Flaky: failed, then passed with fresh data", "33;1"}} {
		n := 0
		for _, scenario := range r.Scenarios {
			if scenario.Verdict != part.verdict {
				continue
			}
			if n++; n == 1 {
				p.line("%s", p.paint(part.shade, part.title))
			}
			if n <= printed {
				p.line("  %s\n        %s", scenario.ID, wrap(plainText(scenario.Reason), 8))
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

// waivers prints what is put up with, and what no longer is.
func (p *printer) waivers(r *Run) {
	for i, one := range r.Waivers {
		if i == 0 {
			p.line("%s", p.paint("33;1", "Waivers"))
		}
		p.line("  %s\n        %s", one.Requirement, wrap(plainText(one.Sentence()), 8))
	}
	if len(r.Waivers) > 0 {
		p.line("")
	}
}

// changes prints the open questions that the target answers otherwise than last time.
func (p *printer) changes(r *Run) {
	for i, change := range r.ProfileChanges {
		if i == 0 {
			p.line("%s", p.paint("36;1", "Answered otherwise than in the last profile"))
		}
		p.line("  %s\n        was %s, is %s", change.ID, wrap(plainText(change.Was), 8), wrap(plainText(change.Is), 8))
	}
	if len(r.ProfileChanges) > 0 {
		p.line("")
	}
}

func (p *printer) advisory(r *Run) {
	groups := r.Causes(false)
	if len(groups) == 0 {
		return
	}
	p.line("%s", p.paint("36;1", "To read: deviations that do not gate"))
	for i, group := range groups {
		if i == printed {
			p.line("  … and %d more; the report has them all.", len(groups)-printed)
			break
		}
		f := group.Finding
		p.line("  %s (%s) %s", f.Requirement, f.Mark, wrap(plainText(f.Message), 8))
		p.line("        %s: expected %s, was %s", group.Scenario.ID, wrap(plainText(f.Expected), 8), wrap(plainText(f.Actual), 8))
	}
	p.line("")
}

func (p *printer) counts(r *Run) {
	c, q := r.Summary.Scenarios, r.Summary.Requirements
	shade := "32;1"
	if r.ExitCode != evidence.ExitPassed {
		shade = "31;1"
	}
	p.line("%s", p.paint(shade, wrap(Headline(r), 0)))
	if r.Reason != "" {
		p.line("  %s", wrap(r.Reason, 2))
	}
	parts, left := []string{}, []string{}
	for _, part := range []struct {
		n    int
		name string
	}{{c.Passed, "passed"}, {c.Failed, "failed"}, {c.Advisory, "advisory"}, {c.Inconclusive, "inconclusive"}, {c.NotTestable, "not testable"}, {c.Known, "known"}, {c.UnexpectedPass, "unexpected pass"}, {c.Flaky, "flaky"}, {c.NotRun, "not run"}} {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, part.name))
		}
	}
	p.line("  scenarios     %d = %s", c.Total, strings.Join(parts, " + "))
	p.line("  requirements  %d proved, %d broken, %d not tested", q.Proved, q.Failed, q.NotTested)
	p.line("  operations    %d of %d answered, %d requests%s", r.Summary.Operations.Exercised, r.Summary.Operations.Total, r.Summary.Requests, perProof(r))
	p.line("  checks        %d evaluated, %d kinds", r.Summary.Checks, len(r.Census))
	if r.Settings.Retries > 0 {
		rule := "pass the gate"
		if r.Settings.FlakyFails {
			rule = "fail the run"
		}
		p.line("  retries       %d; scenarios that fail and then pass %s", r.Settings.Retries, rule)
	}
	for _, one := range r.LeftBehind {
		left = append(left, fmt.Sprintf("%d %s", one.Count, plural(one.Kind, one.Count)))
	}
	if r.CardOrder != nil {
		p.line("  card order    %s", wrap(r.CardOrder.Sentence(), 16))
	}
	if r.TidyRequests > 0 {
		p.line("  cleaned up    with %d more requests", r.TidyRequests)
	}
	if len(left) > 0 && !r.Target.Embedded {
		p.line("  left behind   %s", wrap(strings.Join(left, ", "), 16))
	}
	p.line("  run           %s, seed %d, %.1f s, exit code %d", r.RunID, r.Seed, r.EndedAt.Sub(r.StartedAt).Seconds(), r.ExitCode)
}

// perProof is what a proof costs: the requests of the run for each requirement that it proved.
func perProof(r *Run) string {
	if r.Summary.Requirements.Proved == 0 {
		return ""
	}
	return fmt.Sprintf(", %.1f for each requirement proved", float64(r.Summary.Requests)/float64(r.Summary.Requirements.Proved))
}

func plural(kind string, n int) string {
	switch {
	case n == 1:
		return kind
	case strings.HasSuffix(kind, "y") && !strings.HasSuffix(kind, "ay"):
		return kind[:len(kind)-1] + "ies"
	}
	return kind + "s"
}

// plainText keeps an answer from steering the terminal.
func plainText(text string) string {
	return strings.Map(func(r rune) rune {
		if r < 0x20 || r == 0x7f || r >= 0x80 && r < 0xa0 || r >= 0x202a && r <= 0x202e || r >= 0x2066 && r <= 0x2069 {
			return ' '
		}
		return r
	}, text)
}

// width is how long a line of the summary gets.
const width = 80

// wrap breaks a text at blanks; further lines begin under the indent.
func wrap(text string, indent int) string {
	var out strings.Builder
	length := indent
	for i, word := range strings.Fields(text) {
		if i > 0 {
			if length+1+len([]rune(word)) > width {
				out.WriteString("\n" + strings.Repeat(" ", indent))
				length = indent
			} else {
				out.WriteByte(' ')
				length++
			}
		}
		out.WriteString(word)
		length += len([]rune(word))
	}
	return out.String()
}
