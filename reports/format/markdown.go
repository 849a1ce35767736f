package format

import (
	"fmt"
	"io"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
)

// What a person reads in a minute, and a pipeline shows whole: so many lines. What doesn't fit is named at the end.
const (
	markdownLines = 200
	markdownBound = 1000 << 10 // bytes; pipelines take 1,024 kB
)

// summary is a run with what its page asks of it.
type summary struct {
	*reports.Run
	facts *contract.Contract
}

// Failing are the causes that gate, ToRead those that do not, Listed those of the list of known failures.
func (s summary) Failing() []reports.Cause { return reports.New(s.Causes(true)) }

// ToRead are the causes that do not gate.
func (s summary) ToRead() []reports.Cause { return reports.New(s.Causes(false)) }

// Listed are the causes that the list of known failures has.
func (s summary) Listed() []reports.Cause { return listed(s.Run) }

// Requirement returns a requirement of the contract, nil for one that it does not have.
func (s summary) Requirement(id string) *contract.Requirement { return s.facts.Requirement(id) }

// NewAndGone says what differs from the night before, a line each.
func (s summary) NewAndGone() (lines []string) {
	for _, one := range s.History.New {
		lines = append(lines, fmt.Sprintf("new: %s %s", one.Requirement, escapeMarkdown(one.Message)))
	}
	for _, one := range s.History.Gone {
		lines = append(lines, fmt.Sprintf("gone: %s %s", one.Requirement, escapeMarkdown(one.Message)))
	}
	return lines
}

// writeMarkdown writes the summary for a pipeline's page: the verdict, then what failed, then the rest.
func writeMarkdown(w io.Writer, r *reports.Run, facts *contract.Contract) error {
	page, err := readPage("summary.md.tmpl")
	if err != nil {
		return err
	}
	lines, size := 3, 0 // the last three are for what was left out
	var out []string
	for i, section := range []string{"head", "what the API breaks", "blocked", "history", "inconclusive", "known failures",
		"noticed in passing", "not testable", "waivers", "answered otherwise", "left on the target", "the order of the checks", "to read",
		"beyond the documentation", "what is open"} {
		var text strings.Builder
		if err := page.ExecuteTemplate(&text, section, summary{r, facts}); err != nil {
			return err
		}
		more := strings.Count(text.String(), "\n")
		if i > 0 && (lines+more > markdownLines || size+text.Len() > markdownBound) {
			out = append(out, section)
			continue
		}
		lines, size = lines+more, size+text.Len()
		if _, err := io.WriteString(w, text.String()); err != nil {
			return err
		}
	}
	if len(out) == 0 {
		return nil
	}
	_, err = fmt.Fprintf(w, "\n*Left out, so that this page is read in a minute: %s. index.html and run.json have it all.*\n",
		strings.Join(out, ", "))
	return err
}
