package format

import (
	"cmp"
	"fmt"
	"io"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/wording"
)

// What a person reads in a minute, and a pipeline shows whole: so many lines. What doesn't fit is named at the end.
const (
	markdownLines = 200
	markdownBound = 1000 << 10 // bytes; pipelines take 1,024 kB
	// causesWhole are told with their requirement and how to repeat them; those after them in a line each.
	causesWhole = 8
	// passingRepeated are so many of what was noticed in passing with how to repeat it.
	passingRepeated = 3
)

// writeMarkdown writes the summary for a pipeline's page: the verdict, then what failed, then the rest.
func writeMarkdown(w io.Writer, r *reports.Run, facts *contract.Contract) error {
	sections := []struct{ name, text string }{{"", markdownHead(r)}, {"what the API breaks", markdownFindings(r, facts, true)},
		{"blocked", markdownBlocked(r)}, {"history", markdownHistory(r)}, {"inconclusive", markdownInconclusive(r)},
		{"known failures", markdownKnown(r)}, {"noticed in passing", markdownPassing(r)}, {"not testable", markdownMissing(r)},
		{"waivers", markdownWaivers(r)}, {"answered otherwise", markdownChanges(r)}, {"left on the target", markdownLeftBehind(r)},
		{"the order of the checks", markdownOrder(r)}, {"to read", markdownFindings(r, facts, false)},
		{"beyond the documentation", markdownUndocumented(r)}, {"what is open", markdownOpen(r)}}
	lines, size := 3, 0 // the last three are for what was left out
	var out []string
	for _, section := range sections {
		more := strings.Count(section.text, "\n")
		if section.name != "" && (lines+more > markdownLines || size+len(section.text) > markdownBound) {
			out = append(out, section.name)
			continue
		}
		lines, size = lines+more, size+len(section.text)
		if _, err := io.WriteString(w, section.text); err != nil {
			return err
		}
	}
	if len(out) == 0 {
		return nil
	}
	_, err := fmt.Fprintf(w, "\n*Left out, so that this page is read in a minute: %s. index.html and run.json have it all.*\n",
		strings.Join(out, ", "))
	return err
}

// listed are the rows of a table or list, the first of them, and how many more there are.
func listed(rows []string) string {
	if len(rows) <= printed {
		return strings.Join(rows, "")
	}
	return strings.Join(rows[:printed], "") + fmt.Sprintf("\n*… and %d more; index.html has them.*\n", len(rows)-printed)
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
	fmt.Fprintf(&b, "Requirements: %d proved, %d broken, %d not tested. Operations: %d of %d answered. ", q.Proved, q.Failed, q.NotTested,
		o.Exercised, o.Total)
	fmt.Fprintf(&b, "%d requests, %d checks. Seed %d, exit code %d.\n", r.Summary.Requests, r.Summary.Checks, r.Seed, r.ExitCode)
	fmt.Fprintf(&b, "\nTarget: %s, edition %s; begun %s UTC, %.0f s long.\n", code(cmp.Or(r.Target.BaseURL, r.Target.Name)), r.Target.Edition,
		r.StartedAt.UTC().Format(time.DateTime), r.EndedAt.Sub(r.StartedAt).Seconds())
	return b.String()
}

func markdownFindings(r *reports.Run, facts *contract.Contract, gated bool) string {
	causes := reports.New(r.Causes(gated))
	if len(causes) == 0 {
		return ""
	}
	var b strings.Builder
	title, whole := "What the API breaks", causesWhole
	if !gated {
		title, whole = "To read: deviations that do not gate", 0
	}
	fmt.Fprintf(&b, "\n## %s\n", title)
	var rows []string
	for i := range causes {
		if i < whole {
			b.WriteString(markdownCause(r, &causes[i], facts))
			continue
		}
		c := &causes[i]
		rows = append(rows, fmt.Sprintf("- %s %s: %s (%s)\n", c.Requirement(), code(c.Where()), escapeMarkdown(c.Title()), c.Shown()))
	}
	if len(rows) > 0 {
		b.WriteString("\n" + listed(rows))
	}
	if gated {
		b.WriteString("\nEntries for a list of known failures: new-failures.yaml (`--format +known`).\n")
	}
	return b.String()
}

func markdownCause(r *reports.Run, c *reports.Cause, facts *contract.Contract) string {
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
	if since := r.Since(f); since != "" {
		fmt.Fprintf(&b, "- %s\n", since)
	}
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
	var rows []string
	for i, one := range r.Blocking() {
		if i == 0 {
			b.WriteString("\n## Blocked: what the API does not serve\n\n| scenarios | operation | what it answered |\n|--:|---|---|\n")
		}
		rows = append(rows, fmt.Sprintf("| %d | %s | %s |\n", len(one.Scenarios), code(one.Operation), escapeMarkdown(one.Said())))
	}
	return b.String() + listed(rows)
}

// markdownPassing lists what was noticed in passing, and how it was asked where no scenario above shows it.
func markdownPassing(r *reports.Run) string {
	var rows []string
	curls := ""
	for _, one := range r.InPassing() {
		f := one.Finding
		what := fmt.Sprintf("%s: expected %s, was %s", f.Message, f.Expected, f.Actual)
		rows = append(rows, fmt.Sprintf("| %d | %s (%s) | %s | %s | %s |\n", one.Passing, one.Requirement(), f.Mark, code(one.Where()),
			escapeMarkdown(what), code(one.Met.Scenario)))
		if exchange := r.MetBy(one); exchange != nil && len(one.Scenarios) == 0 && len(rows) <= passingRepeated {
			curls += fmt.Sprintf("\n%s %s:\n%s", f.Requirement, code(one.Where()), fenced(exchange.Curl))
		}
	}
	if len(rows) == 0 {
		return ""
	}
	return "\n## Noticed in passing\n\n| answers | requirement | where | what | first in |\n|--:|---|---|---|---|\n" + listed(rows) + curls
}

func markdownMissing(r *reports.Run) string {
	missing := r.Missing()
	if len(missing) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n## Not testable here\n\n| scenarios | why | key of the target file |\n|--:|---|---|\n")
	var rows []string
	for _, one := range missing {
		rows = append(rows, fmt.Sprintf("| %d | %s | %s |\n", one.Scenarios, escapeMarkdown(one.Why), code(one.Key)))
	}
	return b.String() + listed(rows)
}

func markdownInconclusive(r *reports.Run) string {
	return markdownReasons(r, evidence.Inconclusive, "Inconclusive: the environment, not the API")
}

// markdownReasons lists why scenarios have a verdict, each reason once.
func markdownReasons(r *reports.Run, verdict evidence.Verdict, title string) string {
	var rows []string
	for _, one := range r.Reasons(verdict) {
		others := ""
		if n := len(one.Scenarios) - 1; n > 0 {
			others = fmt.Sprintf(" and %d more", n)
		}
		rows = append(rows, fmt.Sprintf("- %s%s: %s\n", code(one.Scenarios[0].ID), others, escapeMarkdown(one.Why)))
	}
	if len(rows) == 0 {
		return ""
	}
	return fmt.Sprintf("\n## %s\n\n", title) + listed(rows)
}

func markdownOpen(r *reports.Run) string {
	if len(r.Observations) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n## What the documentation leaves open, and what was seen\n\n| question | answer |\n|---|---|\n")
	var rows []string
	for _, o := range r.Observations {
		rows = append(rows, fmt.Sprintf("| %s %s | %s |\n", code(o.ID), escapeMarkdown(o.Question), escapeMarkdown(o.Answer)))
	}
	return b.String() + listed(rows)
}

// markdownKnown lists the known failures, the passes that nobody expected and the flaky scenarios, and the
// entries for what failed anew.
func markdownKnown(r *reports.Run) string {
	var b strings.Builder
	b.WriteString(markdownReasons(r, evidence.UnexpectedPass, "No longer fails: the entry has to go"))
	for _, part := range []struct {
		title   string
		entries []string
	}{{"Nothing fails so any more: the entry has to go", r.Unneeded}, {"Mended, or no more: the entry can go", r.Removable}} {
		for i, one := range part.entries {
			if i == 0 {
				fmt.Fprintf(&b, "\n## %s\n\n", part.title)
			}
			fmt.Fprintf(&b, "- %s\n", escapeMarkdown(one))
		}
	}
	var rows []string
	for i, one := range reports.Listed(append(r.Causes(true), r.Causes(false)...)) {
		if i == 0 {
			b.WriteString("\n## Known failures\n\n")
		}
		f := one.Finding
		rows = append(rows, fmt.Sprintf("- %s %s: %s (%s): %s\n", f.Requirement, code(one.Where()), escapeMarkdown(f.Message), one.Shown(),
			escapeMarkdown(f.Reason)))
	}
	b.WriteString(listed(rows))
	b.WriteString(markdownReasons(r, evidence.Flaky, "Flaky: failed, then passed with fresh data"))
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
	var rows []string
	for _, c := range r.ProfileChanges {
		rows = append(rows, fmt.Sprintf("| %s %s | %s | %s |\n", code(c.ID), escapeMarkdown(c.Question), escapeMarkdown(c.Was),
			escapeMarkdown(c.Is)))
	}
	return b.String() + listed(rows)
}

func markdownOrder(r *reports.Run) string {
	if r.CardOrder == nil {
		return ""
	}
	return "\n## The order of the checks of card creation\n\n" + escapeMarkdown(r.CardOrder.Sentence()) + "\n"
}

// markdownHistory says what is new and what is gone since the night before.
func markdownHistory(r *reports.Run) string {
	h := r.History
	if h == nil || h.Nights == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n## Since the night before\n\n%s; deviations: %d new, %d gone.\n\n", wording.Count(h.Nights, "earlier night"),
		len(h.New), len(h.Gone))
	var rows []string
	for _, one := range h.New {
		rows = append(rows, fmt.Sprintf("- new: %s %s\n", one.Requirement, escapeMarkdown(one.Message)))
	}
	for _, one := range h.Gone {
		rows = append(rows, fmt.Sprintf("- gone: %s %s\n", one.Requirement, escapeMarkdown(one.Message)))
	}
	return b.String() + listed(rows)
}

func markdownUndocumented(r *reports.Run) string {
	if len(r.Undocumented) == 0 {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n## The API answers more than its documentation says\n\n| operation | kind | what |\n|---|---|---|\n")
	var rows []string
	for _, u := range r.Undocumented {
		rows = append(rows, fmt.Sprintf("| %s | %s | %s |\n", code(u.Operation), u.Kind, code(u.Name)))
	}
	return b.String() + listed(rows)
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
