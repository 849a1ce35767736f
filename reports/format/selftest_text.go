package format

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/wording"
)

// PrintSelftest prints detection power in total and by group and mark, false alarms and survivors.
func PrintSelftest(w io.Writer, s *reports.Selftest) error {
	p := printer{wording.New(w, false)}
	if s.Upstream != "" {
		p.mutations(s)
		return p.Err()
	}
	for _, baseline := range s.Baseline {
		p.Line("conforming mock, %s, %s: %d of %d scenarios passed, %d false alarms", baseline.Style, baseline.Edition, baseline.Passed,
			baseline.Total, baseline.Findings)
	}
	p.Line("")
	p.Line("  %-14s %7s %7s %7s %9s", "group", "faults", "caught", "right", "power")
	for _, name := range slices.Sorted(maps.Keys(s.Summary.ByGroup)) {
		p.Line("  %-14s %7d %7d %7d %8.1f%%", name, s.Summary.ByGroup[name].Faults, s.Summary.ByGroup[name].Killed,
			s.Summary.ByGroup[name].Right, percent(s.Summary.ByGroup[name]))
	}
	p.Line("")
	for _, name := range slices.Sorted(maps.Keys(s.Summary.ByMark)) {
		p.Line("  %-14s %7d %7d %7d %8.1f%%", name, s.Summary.ByMark[name].Faults, s.Summary.ByMark[name].Killed,
			s.Summary.ByMark[name].Right, percent(s.Summary.ByMark[name]))
	}
	p.Line("")
	p.toldBy(s)
	p.survivors(s)
	sum := s.Summary
	p.Line("")
	if s.Halved() {
		p.Line("stopped early: %d of %d faults were tried, %d of them caught; a selftest by halves has no detection power",
			len(s.Faults), s.Selected, sum.Killed)
		p.Line("  --group, --fault, --requirement and --every try fewer")
		return p.Err()
	}
	p.Line("detection power %.1f%%: %d of %d faults caught, %d of them on the requirement that they break", 100*sum.Power,
		sum.Killed, sum.Faults, sum.RightRequirement)
	if s.Quick {
		p.Line("  a quick run notices %d of the %d that are caught and show in every run (%.0f%%; at least %.0f%% are asked of it)",
			sum.QuickKilled, sum.Lasting, 100*float64(sum.QuickKilled)/float64(max(sum.Lasting, 1)), 100*reports.QuickShare)
	}
	if s.Full {
		p.Line("  %d faults are caught by one scenario alone, %d scenarios catch none", len(s.Single()), len(s.Idle))
	}
	p.Line("  %d requirements with a scenario have no fault of their own", len(s.Unbroken))
	p.isolation(s)
	if len(s.Baseline) > 0 && s.Baseline[0].WallMS > 0 {
		p.Line("  %.1f s, %.0f times one plain run", sum.WallMS/1000, sum.WallMS/s.Baseline[0].WallMS)
	}
	return p.Err()
}

// toldBy prints which kinds of check told the faults of each group.
func (p printer) toldBy(s *reports.Selftest) {
	told := s.ToldBy()
	for _, group := range slices.Sorted(maps.Keys(told)) {
		kinds := slices.SortedFunc(maps.Keys(told[group]), func(a, b string) int {
			return cmp.Or(told[group][b]-told[group][a], cmp.Compare(a, b))
		})
		text := ""
		for _, kind := range kinds {
			text += fmt.Sprintf(", %s %d", kind, told[group][kind])
		}
		p.Line("  %-14s told by %s", group, wording.Wrap(strings.TrimPrefix(text, ", "), 25))
	}
	p.Line("")
}

func (p printer) survivors(s *reports.Selftest) {
	for _, one := range s.Survivors() {
		why := "nobody noticed"
		switch {
		case one.Reason != "":
			why = one.Reason
		case one.Killed:
			why = "noticed, but as " + one.By[0].Requirement + " by " + one.By[0].Scenario
		case one.Hits == 0:
			why = "never reached by any scenario"
		}
		p.Line("  SURVIVED %s (%s, %s): %s; it takes: %s", one.ID, one.Requirement, one.Mark, why, one.WouldCatch())
	}
	for _, one := range s.Faults {
		if one.ByChance && one.Reason == "" && one.Probability < 1 {
			p.Line("  BY CHANCE %s: %s", one.ID, one.Chance())
		}
	}
}

func percent(k reports.Killed) float64 { return 100 * float64(k.Right) / float64(max(k.Faults, 1)) }

func (p printer) isolation(s *reports.Selftest) {
	sum := s.Summary.Isolation
	if sum == nil {
		p.Line("  what a fault does to the rest of the suite was not measured; selftest --full does")
		return
	}
	p.Line("  %d faults were seen in a whole run", sum.Measured)
	p.Line("    failed scenarios   %s", sum.FailedScenarios)
	p.Line("    blocked scenarios  %s", sum.BlockedScenarios)
	p.Line("    lost requirements  %s", sum.LostRequirements)
	for i, one := range s.Worst() {
		if i == 0 {
			p.Line("  the faults that do most to the rest: failed, blocked, lost")
		}
		p.Line("    %4d %4d %4d  %s", one.FailedScenarios, one.BlockedScenarios, one.LostRequirements, one.ID)
	}
}
