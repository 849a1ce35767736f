package reports

import (
	"fmt"
	"io"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// markdownBound keeps the summary under what pipelines take (1,024 kB); whole sections are cut, the
// failures last.
const markdownBound = 1000 << 10

// writeMarkdown writes the summary for a pipeline's page: the verdict, then what failed, then the rest.
func writeMarkdown(w io.Writer, r *Run, facts *contract.Contract) error {
	sections := []string{markdownHead(r), markdownFindings(r, facts, true), markdownMissing(r), markdownInconclusive(r), markdownKnown(r), markdownWaivers(r), markdownChanges(r), markdownFindings(r, facts, false), markdownOrder(r, facts), markdownOpen(r), markdownUndocumented(r), markdownLeftBehind(r)}
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

func markdownHead(r *Run) string {
	c := r.Summary.Scenarios
	var b strings.Builder
	fmt.Fprintf(&b, "# %s\n\n", Headline(r))
	if r.Reason != "" {
		fmt.Fprintf(&b, "%s\n\n", escapeMarkdown(r.Reason))
	}
	fmt.Fprintf(&b, "| scenarios | passed | failed | advisory | inconclusive | not testable | known | unexpected pass | flaky | not run |\n|--:|--:|--:|--:|--:|--:|--:|--:|--:|--:|\n")
	fmt.Fprintf(&b, "| %d | %d | %d | %d | %d | %d | %d | %d | %d | %d |\n\n", c.Total, c.Passed, c.Failed, c.Advisory, c.Inconclusive, c.NotTestable, c.Known, c.UnexpectedPass, c.Flaky, c.NotRun)
	fmt.Fprintf(&b, "Requirements: %d proved, %d broken, %d not tested. Operations: %d of %d answered. %d requests, %d checks. Seed %d, exit code %d.\n",
		r.Summary.Requirements.Proved, r.Summary.Requirements.Failed, r.Summary.Requirements.NotTested, r.Summary.Operations.Exercised, r.Summary.Operations.Total, r.Summary.Requests, r.Summary.Checks, r.Seed, r.ExitCode)
	return b.String()
}

func markdownFindings(r *Run, facts *contract.Contract, gated bool) string {
	groups := r.Causes(gated)
	if len(groups) == 0 {
		return ""
	}
	var b strings.Builder
	title := "What the API breaks"
	if !gated {
		title = "To read: deviations that do not gate"
	}
	fmt.Fprintf(&b, "\n## %s\n", title)
	for _, group := range groups {
		f := group.Finding
		fmt.Fprintf(&b, "\n### %s: %s\n\n", f.Requirement, escapeMarkdown(f.Message))
		if requirement := facts.Requirement(f.Requirement); requirement != nil {
			fmt.Fprintf(&b, "> %s\n>\n> %s, source: %s\n\n", escapeMarkdown(requirement.Sentence), requirement.Mark, escapeMarkdown(requirement.Source))
		}
		where := ""
		if f.Pointer != "" {
			where = " at " + code(f.Pointer)
		}
		fmt.Fprintf(&b, "- expected%s: %s\n- actual: %s\n- seen in %d scenarios, first in %s (%s:%d)\n", where, code(f.Expected), code(f.Actual), len(group.Scenarios), code(group.Scenario.ID), group.Scenario.URI, group.Scenario.Line)
		if exchange := group.Scenario.Exchange(f.Exchange); exchange != nil {
			fmt.Fprintf(&b, "\n```sh\n%s\n```\n", strings.ReplaceAll(exchange.Curl, "```", "` ` `"))
		}
	}
	return b.String()
}

func markdownMissing(r *Run) string {
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

func markdownInconclusive(r *Run) string {
	var b strings.Builder
	for _, scenario := range r.Scenarios {
		if scenario.Verdict != evidence.Inconclusive {
			continue
		}
		if b.Len() == 0 {
			b.WriteString("\n## Inconclusive: the environment, not the API\n\n")
		}
		fmt.Fprintf(&b, "- %s: %s\n", code(scenario.ID), escapeMarkdown(scenario.Reason))
	}
	return b.String()
}

func markdownOpen(r *Run) string {
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
func markdownKnown(r *Run) string {
	var b strings.Builder
	for _, part := range []struct {
		verdict evidence.Verdict
		title   string
	}{{evidence.UnexpectedPass, "No longer fails: the entry has to go"}, {evidence.Known, "Known failures"}, {evidence.Flaky, "Flaky: failed, then passed with fresh data"}} {
		first := true
		for _, scenario := range r.Scenarios {
			if scenario.Verdict != part.verdict {
				continue
			}
			if first {
				fmt.Fprintf(&b, "\n## %s\n\n", part.title)
				first = false
			}
			fmt.Fprintf(&b, "- %s: %s\n", code(scenario.ID), escapeMarkdown(scenario.Reason))
		}
	}
	if entries := r.fresh(); len(entries) > 0 {
		var text strings.Builder
		if writeNewFailures(&text, r) == nil {
			fmt.Fprintf(&b, "\n## For known-failures.yaml, if somebody looks after these\n\n```yaml\n%s```\n", strings.ReplaceAll(text.String(), "```", "` ` `"))
		}
	}
	return b.String()
}

func markdownWaivers(r *Run) string {
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

func markdownChanges(r *Run) string {
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

func markdownOrder(r *Run, facts *contract.Contract) string {
	if r.CardOrder == nil {
		return ""
	}
	var text strings.Builder
	if PrintOrder(&text, r.CardOrder, facts.CardOrder) != nil {
		return ""
	}
	return "\n## The order of the checks of card creation\n\n```\n" + strings.ReplaceAll(text.String(), "```", "` ` `") + "```\n"
}

func markdownUndocumented(r *Run) string {
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

func markdownLeftBehind(r *Run) string {
	if len(r.LeftBehind) == 0 {
		return ""
	}
	var b strings.Builder
	fmt.Fprintf(&b, "\n## Left on the target\n\nNo operation takes these away again; run.json has their ids, and every request carried the run's id %s.\n\n", code(r.RunID))
	for _, one := range r.LeftBehind {
		fmt.Fprintf(&b, "- %s: %d\n", one.Kind, one.Count)
	}
	return b.String()
}

// escapeMarkdown keeps text of the API from becoming markup.
func escapeMarkdown(text string) string {
	text = strings.NewReplacer("\\", "\\\\", "`", "\\`", "*", "\\*", "_", "\\_", "|", "\\|", "<", "&lt;", ">", "&gt;", "[", "\\[", "#", "\\#").Replace(text)
	return strings.Join(strings.Fields(plainText(text)), " ")
}

// code puts text of the API into a code span that it can't leave.
func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + strings.ReplaceAll(strings.ReplaceAll(strings.Join(strings.Fields(plainText(text)), " "), "`", "'"), "|", "¦") + "`"
}

// Headline is the verdict in one sentence that needs no explanation.
func Headline(r *Run) string {
	c := r.Summary.Scenarios
	name := r.Target.Name
	switch {
	case r.ExitCode == evidence.ExitSecretFound:
		return name + ": a secret or card number was found in a report"
	case r.Verdict == evidence.Failed:
		return fmt.Sprintf("%s does not conform: %d of %d scenarios show a broken requirement", name, c.Failed+c.UnexpectedPass, c.Total)
	case r.Verdict == evidence.Interrupted:
		return fmt.Sprintf("%s: the run was interrupted; %d of %d scenarios did not come to their turn", name, c.NotRun, c.Total)
	case r.ExitCode == evidence.ExitNothing:
		return name + ": nothing could be tested"
	case r.Verdict == evidence.Inconclusive:
		return fmt.Sprintf("%s: no verdict; the environment kept %d of %d scenarios from an answer", name, c.Inconclusive+c.NotRun, c.Total)
	}
	return fmt.Sprintf("%s conforms: %d of %d scenarios passed, none broke a gated requirement", name, c.Passed, c.Total)
}
