package format

import (
	"fmt"
	"io"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
)

// issueBound is how many ways of failing get a file of their own.
const issueBound = 50

// issues are Markdown files, one for each way of failing, ready to be opened as an issue. Their names carry
// the fingerprint, so that one failure has one name on every night.
func issues(r *reports.Run, from Sources, _ string) []file {
	var files []file
	named := map[string]bool{} // causes in other operations may fail alike
	for _, group := range reports.New(r.Causes(true)) {
		name := "issue-" + group.Finding.Fingerprint() + ".md"
		if named[name] || len(files) == issueBound {
			continue
		}
		named[name] = true
		files = append(files, file{name, func(w io.Writer) error {
			_, err := io.WriteString(w, issueText(group, r, from.Contract))
			return err
		}})
	}
	return files
}

func issueText(g reports.Cause, r *reports.Run, facts *contract.Contract) string {
	var b strings.Builder
	f := g.Finding
	hazard := ""
	if f.Hazard != "" {
		hazard = "Hazard: "
	}
	fmt.Fprintf(&b, "# %s%s: %s\n\n", hazard, f.Requirement, escapeMarkdown(f.Message))
	if since := r.Since(f); since != "" {
		fmt.Fprintf(&b, "%s\n\n", since)
	}
	if requirement := facts.Requirement(f.Requirement); requirement != nil {
		fmt.Fprintf(&b, "> %s\n>\n> %s, source: %s\n\n", escapeMarkdown(requirement.Sentence), requirement.Mark, sourceText(requirement))
	}
	where := ""
	if f.Pointer != "" {
		where = " at " + code(f.Pointer)
	}
	fmt.Fprintf(&b, "| | |\n|---|---|\n| expected%s | %s |\n| actual | %s |\n| target | %s, edition %s |\n| first seen in this run | %s UTC, run %s, seed %d |\n| shown by | %s; first %s (%s:%d) |\n| fingerprint | %s |\n\n",
		where, escapeMarkdown(f.Expected), escapeMarkdown(f.Actual), escapeMarkdown(r.Target.Name), r.Target.Edition, r.StartedAt.Format("2006-01-02 15:04:05"), r.RunID, r.Seed,
		g.Shown(), code(g.Scenario.ID), g.Scenario.URI, g.Scenario.Line, code(f.Fingerprint()))
	b.WriteString("## The scenario\n\n```gherkin\n")
	for _, step := range g.Scenario.Steps {
		fmt.Fprintf(&b, "%s %s\n", step.Keyword, strings.ReplaceAll(step.Text, "```", "` ` `"))
	}
	b.WriteString("```\n")
	if exchange := g.Exchange(); exchange != nil {
		fmt.Fprintf(&b, "\n## See it again\n\n```sh\n%s\n```\n\n`kobcheck replay run.json --scenario %s` performs all of it with fresh data.\n", strings.ReplaceAll(exchange.Curl, "```", "` ` `"), g.Scenario.ID)
	}
	return b.String()
}
