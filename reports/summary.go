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
	p.blocked(r)
	p.missing(r)
	p.reasons(r, evidence.Inconclusive, "Inconclusive: the environment, not the API", "33;1")
	p.known(r)
	p.waivers(r)
	p.changes(r)
	p.passing(r)
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
		if p.more(i, len(missing), " reasons") {
			break
		}
		p.line("  %4d  %s", one.Scenarios, wrap(plainText(one.Why), 8))
		if one.Key != "" {
			p.line("        set %s", one.Key)
		}
	}
	p.line("")
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
	for _, part := range c.parts() {
		if part.n > 0 {
			parts = append(parts, fmt.Sprintf("%d %s", part.n, strings.ReplaceAll(string(part.verdict), "_", " ")))
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
