package reports

import (
	"fmt"
	"strings"

	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/wording"
)

// Headline is the verdict in one sentence that needs no explanation.
func Headline(r *Run) string {
	c := r.Summary.Scenarios
	name := r.Target.Name
	var said string
	switch {
	case r.Masked():
		return name + ": a secret or card number was found in a report"
	case r.Verdict == evidence.Failed:
		said = name + " does not conform: " + strings.Join(r.broke(), "; ")
	case r.Verdict == evidence.Interrupted:
		return fmt.Sprintf("%s: the run was interrupted; %d of %d scenarios did not come to their turn", name, c.NotRun, c.Total)
	case r.ExitCode == evidence.ExitNothing:
		return name + ": nothing could be tested"
	case r.Verdict == evidence.Inconclusive && c.Inconclusive+c.NotRun+c.Blocked > 0:
		said = name + ": no verdict; " + strings.Join(r.away(), "; ")
	case c.Passed+c.Known+c.Flaky == 0:
		said = fmt.Sprintf("%s: none of %d scenarios passed, and none broke a gated requirement", name, c.Total)
	case r.Partial():
		said = fmt.Sprintf("%s conforms in part: %d of %d selected scenarios passed, none broke a gated requirement", name, c.Passed, c.Total)
	default:
		said = fmt.Sprintf("%s conforms: %d of %d scenarios passed, none broke a gated requirement", name, c.Passed, c.Total)
	}
	return strings.Join(append([]string{said}, r.beside()...), "; ")
}

// broke says how many causes fail the run, and what shows them.
func (r *Run) broke() []string {
	c := r.Summary.Scenarios
	var parts []string
	if causes := New(r.Causes(true)); len(causes) > 0 {
		passing, hazards := 0, 0
		for _, one := range causes {
			passing += one.Passing
			if one.Finding.Hazard != "" {
				hazards++
			}
		}
		text := wording.Count(len(causes), "cause")
		switch {
		case hazards == len(causes):
			text = wording.Count(hazards, "hazard")
		case hazards > 0:
			text += fmt.Sprintf(", %d of them a hazard", hazards)
		}
		var by []string
		if c.Failed > 0 {
			by = append(by, fmt.Sprintf("%d of %d scenarios", c.Failed, c.Total))
		}
		if passing > 0 {
			by = append(by, wording.Count(passing, "answer")+" in passing")
		}
		if len(by) > 0 {
			text += ", shown by " + strings.Join(by, " and ")
		}
		parts = append(parts, text)
		if causes[0].Hides() {
			parts = append(parts, fmt.Sprintf("%s deviate alike, and everything else is not judged",
				wording.Count(len(causes[0].Operations), "operation")))
		}
	}
	if gone := c.UnexpectedPass + len(r.Unneeded); gone > 0 {
		parts = append(parts, wording.Count(gone, "known failure")+" no longer there")
	}
	if r.Settings.FlakyFails && c.Flaky > 0 {
		parts = append(parts, wording.Count(c.Flaky, "scenario")+" failed and then passed")
	}
	if c.Blocked > 0 {
		parts = append(parts, wording.Count(c.Blocked, "scenario")+" blocked")
	}
	return parts
}

// away says what kept scenarios from an answer.
func (r *Run) away() []string {
	c := r.Summary.Scenarios
	var parts []string
	if c.Blocked > 0 {
		by := wording.Count(len(r.Blocking()), "operation")
		parts = append(parts, fmt.Sprintf("%d of %d scenarios are blocked by %s that the API does not serve", c.Blocked, c.Total, by))
	}
	if kept := c.Inconclusive + c.NotRun; kept > 0 {
		parts = append(parts, fmt.Sprintf("the environment kept %d of %d scenarios from an answer", kept, c.Total))
	}
	return parts
}

// beside says what a verdict does not: hazards and deviations that do not gate, what is known, and what a part of
// the suite leaves out.
func (r *Run) beside() []string {
	var parts []string
	hazards, read := 0, 0
	for _, one := range r.Causes(false) {
		switch {
		case one.Finding.Check == evidence.NotServed: // it blocks, and is counted there
		case one.Finding.Hazard != "":
			hazards++
		default:
			read++
		}
	}
	if hazards > 0 {
		parts = append(parts, wording.Count(hazards, "hazard")+" not gated")
	}
	if read > 0 {
		parts = append(parts, wording.Count(read, "deviation")+" to read, not gated")
	}
	if gone := len(r.Removable); gone > 0 {
		parts = append(parts, wording.Count(gone, "known failure")+" mended, remove the entry")
	}
	causes := r.Causes(true)
	if known := len(Listed(causes)); known > 0 {
		parts = append(parts, wording.Count(known, "cause")+" known")
	}
	if flaky := len(Flaky(causes)); flaky > 0 {
		parts = append(parts, wording.Count(flaky, "cause")+" flaky")
	}
	if r.Partial() {
		parts = append(parts, fmt.Sprintf("%d not selected", r.Settings.Of-len(r.Scenarios)))
	}
	return parts
}
