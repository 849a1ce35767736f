package format

import (
	"maps"
	"slices"

	"github.com/kobcheck/kobcheck/reports"
)

// mutations prints how many of the faults that were made from the contract were caught, and what lived.
func (p printer) mutations(s *reports.Selftest) {
	for _, baseline := range s.Baseline {
		p.Line("unchanged proxy before %s, %s: %d of %d scenarios passed, %d findings, %d of them gated %s", s.Upstream, baseline.Edition,
			baseline.Passed, baseline.Total, baseline.Findings, baseline.Gated, baseline.Style)
		if baseline.Gated > 0 {
			p.Line("  what the runs left behind breaks the API itself: what was caught last may have been caught by accident")
		}
	}
	p.Line("")
	p.Line("  %-10s %9s %7s %8s %10s %7s %8s", "group", "mutations", "shown", "noticed", "forbidden", "caught", "power")
	var all reports.Killed
	for _, name := range slices.Sorted(maps.Keys(s.Summary.ByGroup)) {
		k := s.Summary.ByGroup[name]
		p.group(name, k)
		all.Faults, all.Reached, all.Killed = all.Faults+k.Faults, all.Reached+k.Reached, all.Killed+k.Killed
		all.Forbidden, all.Gated = all.Forbidden+k.Forbidden, all.Gated+k.Gated
	}
	p.group("all", all)
	lived := map[string][]reports.FaultResult{}
	for _, one := range s.Faults {
		if one.Lives() {
			lived[one.Oracle] = append(lived[one.Oracle], one)
		}
	}
	p.Line("")
	for _, oracle := range slices.Sorted(maps.Keys(lived)) {
		p.Line("  lived, and would be caught by this kind of oracle: %s (%d)", oracle, len(lived[oracle]))
		for _, one := range lived[oracle] {
			noticed := ""
			if one.Killed {
				noticed = "; noticed, ungated, by " + one.By[0].Scenario
			}
			p.Line("    SURVIVED %s (%s, %s): %s%s", one.ID, one.Requirement, one.Mark, one.Sentence, noticed)
		}
	}
	p.Line("")
	if s.Halved() {
		p.Line("stopped early: %d of %d mutations were tried", len(s.Faults), s.Selected)
	}
	p.Line("detection power %.1f%%: %d of %d mutations that showed and that a stated fact, a standard or a hazard forbids are caught",
		powerOf(all), all.Gated, all.Forbidden)
	p.Line("  %d of %d that showed are noticed at all; %d of %d never showed", all.Killed, all.Reached, all.Faults-all.Reached, all.Faults)
}

func (p printer) group(name string, k reports.Killed) {
	p.Line("  %-10s %9d %7d %8d %10d %7d %7.1f%%", name, k.Faults, k.Reached, k.Killed, k.Forbidden, k.Gated, powerOf(k))
}

func powerOf(k reports.Killed) float64 {
	if k.Forbidden == 0 {
		return 100
	}
	return 100 * float64(k.Gated) / float64(k.Forbidden)
}
