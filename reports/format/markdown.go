package format

import (
	"fmt"
	"io"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// markdownBound keeps the summary under what pipelines take (1,024 kB); whole sections are cut, the
// failures last.
const markdownBound = 1000 << 10

// writeMarkdown writes the summary for a pipeline's page: the verdict, then what failed, then the rest.
func writeMarkdown(w io.Writer, r *reports.Run, facts *contract.Contract) error {
	sections := []string{markdownHead(r), markdownFindings(r, facts, true), markdownBlocked(r), markdownPassing(r),
		markdownMissing(r), markdownInconclusive(r), markdownKnown(r),
		markdownWaivers(r), markdownChanges(r), markdownFindings(r, facts, false), markdownOrder(r, facts), markdownOpen(r),
		markdownUndocumented(r), markdownLeftBehind(r)}
	size := 0
	for _, section := range sections {
		if size+len(section) > markdownBound {
			section = "\n*A section was left out: it would have made this page too long. run.json has it.*\n"
		}
		size += len(section)
		if _, err := io.WriteString(w, section); err != nil {
			return err
		}
	}
	return nil
}

func markdownHead(r *reports.Run) string {
	c := r.Summary.Scenarios
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", reports.Headline(r))
	if r.Reason != "" {
		fmt.Fprintf(&b, "%s\n\n", escapeMarkdown(r.Reason))
	}
	names, lines, counts := "| scenarios |", "|--:|", fmt.Sprintf("| %d |", c.Total)
	for _, part := range c.Verdicts() {
		names += " " + strings.ReplaceAll(string(part.Verdict), "_", " ") + " |"
		lines += "--:|"
		counts += fmt.Sprintf(" %d |", part.N)
	}
	fmt.Fprintf(&b, "%s\n%s\n%s\n\n", names, lines, counts)
	q, o := r.Summary.Requirements, r.Summary.Operations
	fmt.Fprintf(&b, "Requirements: %d proved, %d broken, %d not tested. Operations: %d of %d answered. ", q.Proved, q.Failed, q.NotTested, o.Exercised, o.Total)
	fmt.Fprintf(&b, "%d requests, %d checks. Seed %d, exit code %d.\n", r.Summary.Requests, r.Summary.Checks, r.Seed, r.ExitCode)
	return b.String()
}

func markdownFindings(r *reports.Run, facts *contract.Contract, gated bool) string {
	causes := reports.New(r.Causes(gated))
	if len(causes) == 0 {
		return ""
	}
	var b strings.Builder
	title := "What the API breaks"
	if !gated {
		title = "To read: deviations that do not gate"
	}
	fmt.Fprintf(&b, "\n## %s\n", title)
	for i := range causes {
		b.WriteString(markdownCause(&causes[i], facts))
	}
	return b.String()
}

func markdownCause(c *reports.Cause, facts *contract.Contract) string {
	var b strings.Builder
	f := c.Finding
	hazard := ""
	if f.Hazard != "" {
		hazard = "Hazard: "
	}
	fmt.Fprintf(&b, "\n### %s%s: %s\n\n", hazard, f.Requirement, escapeMarkdown(c.Title()))
	if requirement := facts.Requirement(f.Requirement); requirement != nil {
		fmt.Fprintf(&b, "> %s\n>\n> %s, source: %s\n\n", escapeMarkdown(requirement.Sentence), requirement.Mark,
			escapeMarkdown(requirement.Source))
	}
	if f.Hazard != "" {
		fmt.Fprintf(&b, "- at risk: %s\n", escapeMarkdown(f.Hazard))
	}
	where := ""
	if f.Pointer != "" {
		where = " at " + code(f.Pointer)
	}
	fmt.Fprintf(&b, "- %s\n- expected%s: %s\n- actual: %s\n", escapeMarkdown(f.Message), where, code(f.Expected), code(f.Actual))
	if c.Everywhere {
		fmt.Fprintf(&b, "- everywhere: %s\n", everywhereText(c))
	}
	fmt.Fprintf(&b, "- shown by %s; first in %s (%s:%d)\n", c.Shown(), code(c.Scenario.ID), c.Scenario.URI, c.Scenario.Line)
	if f.Reason != "" {
		fmt.Fprintf(&b, "- listed: %s\n", escapeMarkdown(f.Reason))
	}
	if exchange := c.Exchange(); exchange != nil {
		b.WriteString(fenced(exchange.Curl))
	}
	return b.String()
}

// fenced is a command line as a block of its own.
func fenced(curl string) string {
	return fmt.Sprintf("\n```sh\n%s\n```\n", inside(curl))
}

func markdownBlocked(r *reports.Run) string {
	var b strings.Builder
	for i, one := range r.Blocking() {
		if i == 0 {
			b.WriteString("\n## Blocked: what the API does not serve\n\n| scenarios | operation | what it answered |\n|--:|---|---|\n")
		}
		fmt.Fprintf(&b, "| %d | %s | %s |\n", len(one.Scenarios), code(one.Operation), escapeMarkdown(one.Said()))
	}
	return b.String()
}

// markdownPassing lists what was noticed in passing, and how it was asked where no scenario above shows it.
func markdownPassing(r *reports.Run) string {
	var b strings.Builder
	curls := ""
	for i, one := range r.InPassing() {
		if i == 0 {
			b.WriteString("\n## Noticed in passing\n\n| answers | requirement | where | what | first in |\n|--:|---|---|---|---|\n")
		}
		f := one.Finding
		what := fmt.Sprintf("%s: expected %s, was %s", f.Message, f.Expected, f.Actual)
		fmt.Fprintf(&b, "| %d | %s (%s) | %s | %s | %s |\n", one.Passing, f.Requirement, f.Mark, code(one.Where()),
			escapeMarkdown(what), code(one.Met.Scenario))
		if exchange := r.MetBy(one); exchange != nil && len(one.Scenarios) == 0 && i < printed {
			curls += fmt.Sprintf("\n%s %s:\n%s", f.Requirement, code(one.Where()), fenced(exchange.Curl))
		}
	}
	return b.String() + curls
}

func markdownMissing(r *reports.Run) string {
	missing := r.Missing()
	if len(missing) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n## Not testable here\n\n| scenarios | why | key of the target file |\n|--:|---|---|\n")
	for _, one := range missing {
		fmt.Fprintf(&b, "| %d | %s | %s |\n", one.Scenarios, escapeMarkdown(one.Why), code(one.Key))
	}
	return b.String()
}

func markdownInconclusive(r *reports.Run) string {
	return markdownReasons(r, evidence.Inconclusive, "Inconclusive: the environment, not the API")
}

// markdownReasons lists why scenarios have a verdict, each reason once.
func markdownReasons(r *reports.Run, verdict evidence.Verdict, title string) string {
	var b strings.Builder
	for i, one := range r.Reasons(verdict) {
		if i == 0 {
			fmt.Fprintf(&b, "\n## %s\n\n", title)
		}
		others := ""
		if n := len(one.Scenarios) - 1; n > 0 {
			others = fmt.Sprintf(" and %d more", n)
		}
		fmt.Fprintf(&b, "- %s%s: %s\n", code(one.Scenarios[0].ID), others, escapeMarkdown(one.Why))
	}
	return b.String()
}

func markdownOpen(r *reports.Run) string {
	if len(r.Observations) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n## What the documentation leaves open, and what was seen\n\n| question | answer |\n|---|---|\n")
	for _, o := range r.Observations {
		fmt.Fprintf(&b, "| %s %s | %s |\n", code(o.ID), escapeMarkdown(o.Question), escapeMarkdown(o.Answer))
	}
	return b.String()
}

// markdownKnown lists the known failures, the passes that nobody expected and the flaky scenarios, and the
// entries for what failed anew.
func markdownKnown(r *reports.Run) string {
	var b strings.Builder
	b.WriteString(markdownReasons(r, evidence.UnexpectedPass, "No longer fails: the entry has to go"))
	for i, one := range r.Unneeded {
		if i == 0 {
			b.WriteString("\n## Nothing fails so any more: the entry has to go\n\n")
		}
		fmt.Fprintf(&b, "- %s\n", escapeMarkdown(one))
	}
	for i, one := range reports.Listed(append(r.Causes(true), r.Causes(false)...)) {
		if i == 0 {
			b.WriteString("\n## Known failures\n\n")
		}
		f := one.Finding
		fmt.Fprintf(&b, "- %s %s: %s (%s): %s\n", f.Requirement, code(one.Where()), escapeMarkdown(f.Message), one.Shown(),
			escapeMarkdown(f.Reason))
	}
	b.WriteString(markdownReasons(r, evidence.Flaky, "Flaky: failed, then passed with fresh data"))
	if entries := r.NewFailures(); len(entries) > 0 {
		var text strings.Builder
		if entries.Write(&text) == nil {
			fmt.Fprintf(&b, "\n## For known-failures.yaml, if somebody looks after these\n\n```yaml\n%s```\n",
				inside(text.String()))
		}
	}
	return b.String()
}

func markdownWaivers(r *reports.Run) string {
	if len(r.Waivers) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n## Waivers\n\n")
	for _, one := range r.Waivers {
		fmt.Fprintf(&b, "- %s: %s\n", code(one.Requirement), escapeMarkdown(one.Sentence()))
	}
	return b.String()
}

func markdownChanges(r *reports.Run) string {
	if len(r.ProfileChanges) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n## Answered otherwise than in the last profile\n\n| question | was | is |\n|---|---|---|\n")
	for _, c := range r.ProfileChanges {
		fmt.Fprintf(&b, "| %s %s | %s | %s |\n", code(c.ID), escapeMarkdown(c.Question), escapeMarkdown(c.Was), escapeMarkdown(c.Is))
	}
	return b.String()
}

func markdownOrder(r *reports.Run, facts *contract.Contract) string {
	if r.CardOrder == nil {
		return ""
	}
	var text strings.Builder
	if PrintOrder(&text, r.CardOrder, facts.CardOrder) != nil {
		return ""
	}
	return "\n## The order of the checks of card creation\n\n```\n" + inside(text.String()) + "```\n"
}

func markdownUndocumented(r *reports.Run) string {
	if len(r.Undocumented) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n## The API answers more than its documentation says\n\n| operation | kind | what |\n|---|---|---|\n")
	for _, u := range r.Undocumented {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", code(u.Operation), u.Kind, code(u.Name))
	}
	return b.String()
}

func markdownLeftBehind(r *reports.Run) string {
	if len(r.LeftBehind) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n## Left on the target\n\nNo operation takes these away again; run.json has their ids, ")
	fmt.Fprintf(&b, "and every request carried the run's id %s.\n\n", code(r.RunID))
	for _, one := range r.LeftBehind {
		fmt.Fprintf(&b, "- %s: %d\n", one.Kind, one.Count)
	}
	return b.String()
}
