package format

import (
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/site"
)

// Selftest writes selftest.json, selftest.md and selftest.html and returns their paths.
func Selftest(to *Writer, s *reports.Selftest) ([]string, error) {
	return to.write(func() []file {
		return []file{
			{"selftest.json", func(w io.Writer) error { return json.NewEncoder(w).Encode(s) }},
			{"selftest.md", func(w io.Writer) error { _, err := io.WriteString(w, selftestMarkdown(s)); return err }},
			{"selftest.html", func(w io.Writer) error { return site.SelftestPage(w, s) }},
		}
	}, []string{"selftest.*"}, func(found string) { s.Exposed = found })
}

func selftestMarkdown(s *reports.Selftest) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Detection power %.1f%%\n\n%d of %d deliberate faults caught, %d on the very requirement that they break.\n\n", 100*s.Summary.Power, s.Summary.Killed, s.Summary.Faults, s.Summary.RightRequirement)
	b.WriteString("| group | faults | caught | on the right requirement |\n|---|--:|--:|--:|\n")
	for _, name := range slices.Sorted(maps.Keys(s.Summary.ByGroup)) {
		k := s.Summary.ByGroup[name]
		fmt.Fprintf(&b, "| %s | %d | %d | %d |\n", name, k.Faults, k.Killed, k.Right)
	}
	b.WriteString("\n| style | edition | passed | false alarms |\n|---|---|--:|--:|\n")
	for _, baseline := range s.Baseline {
		fmt.Fprintf(&b, "| %s | %s | %d of %d | %d |\n", baseline.Style, baseline.Edition, baseline.Passed, baseline.Total, baseline.Findings)
	}
	if survivors := s.Survivors(); len(survivors) > 0 {
		b.WriteString("\n## Not caught on their own requirement\n\n| fault | requirement | mark | what the mock does | hits |\n|---|---|---|---|--:|\n")
		for _, one := range survivors {
			fmt.Fprintf(&b, "| %s | %s | %s | %s | %d |\n", code(one.ID), one.Requirement, one.Mark, escapeMarkdown(one.Sentence), one.Hits)
		}
	}
	b.WriteString(isolationMarkdown(s))
	b.WriteString("\n## The kill matrix\n\n| fault | requirement | caught by |\n|---|---|---|\n")
	for _, one := range s.Faults {
		fmt.Fprintf(&b, "| %s | %s | %s |\n", code(one.ID), one.Requirement, killers(one))
	}
	return b.String()
}

// killers names up to three scenarios that caught a fault.
func killers(one reports.FaultResult) string {
	var names []string
	for _, killer := range one.By {
		if len(names) == 3 {
			names = append(names, fmt.Sprintf("and %d more", len(one.By)-3))
			break
		}
		names = append(names, code(killer.Scenario))
	}
	if len(names) == 0 {
		return "survived"
	}
	return strings.Join(names, " ")
}

func isolationMarkdown(s *reports.Selftest) string {
	sum := s.Summary.Isolation
	if sum == nil {
		return ""
	}
	var b strings.Builder
	b.WriteString("\n## What a fault does to the rest of the suite\n\n| | median | p90 | most |\n|---|--:|--:|--:|\n")
	for _, one := range []struct {
		name   string
		spread reports.Spread
	}{{"failed scenarios", sum.FailedScenarios},
		{"blocked scenarios", sum.BlockedScenarios}, {"requirements that lost their evidence", sum.LostRequirements}} {
		fmt.Fprintf(&b, "| %s | %d | %d | %d |\n", one.name, one.spread.Median, one.spread.P90, one.spread.Max)
	}
	b.WriteString("\n| fault | failed | blocked | lost |\n|---|--:|--:|--:|\n")
	for _, one := range s.Worst() {
		fmt.Fprintf(&b, "| %s | %d | %d | %d |\n", code(one.ID), one.FailedScenarios, one.BlockedScenarios, one.LostRequirements)
	}
	return b.String()
}
