package reports

import (
	"cmp"
	"fmt"
	"math"
	"slices"
)

// Isolation is what one fault does to a whole run: how many scenarios fail and are blocked for it, and how many
// requirements that the conforming mock proves are neither proved nor broken any more.
type Isolation struct {
	FailedScenarios  int `json:"failed_scenarios"`
	BlockedScenarios int `json:"blocked_scenarios"`
	LostRequirements int `json:"lost_requirements"`
}

// spread is the middle of a figure over faults, what nine of ten stay within, and the most.
type spread struct {
	Median int `json:"median"`
	P90    int `json:"p90"`
	Max    int `json:"max"`
}

// isolationSummary sums up the isolation of the faults that were measured.
type isolationSummary struct {
	Measured         int    `json:"measured"`
	FailedScenarios  spread `json:"failed_scenarios"`
	BlockedScenarios spread `json:"blocked_scenarios"`
	LostRequirements spread `json:"lost_requirements"`
}

// WithStatus lists the requirements of a status.
func (r *Run) WithStatus(status RequirementStatus) []string {
	var ids []string
	for _, one := range r.Requirements {
		if one.Status == status {
			ids = append(ids, one.ID)
		}
	}
	return ids
}

// IsolationAgainst measures a whole run with a fault against what the conforming mock proved.
func (r *Run) IsolationAgainst(proved []string) *Isolation {
	i := &Isolation{FailedScenarios: r.Summary.Scenarios.Failed, BlockedScenarios: r.Summary.Scenarios.Blocked}
	judged := append(r.WithStatus(Proved), r.WithStatus(RequirementFailed)...)
	for _, id := range proved {
		if !slices.Contains(judged, id) {
			i.LostRequirements++
		}
	}
	return i
}

// isolationOf sums up; nil where no fault was measured.
func isolationOf(faults []FaultResult) *isolationSummary {
	var failed, blocked, lost []int
	for _, one := range faults {
		if one.Isolation != nil {
			failed, blocked, lost = append(failed, one.FailedScenarios), append(blocked, one.BlockedScenarios), append(lost, one.LostRequirements)
		}
	}
	if len(failed) == 0 {
		return nil
	}
	return &isolationSummary{len(failed), spreadOf(failed), spreadOf(blocked), spreadOf(lost)}
}

// spreadOf is at the nearest rank.
func spreadOf(values []int) spread {
	slices.Sort(values)
	rank := func(part float64) int { return values[int(math.Ceil(part*float64(len(values))))-1] }
	return spread{rank(0.5), rank(0.9), rank(1)}
}

func (s spread) String() string {
	return fmt.Sprintf("median %d, p90 %d, most %d", s.Median, s.P90, s.Max)
}

// worstShown is how many of the least isolated faults are printed.
const worstShown = 10

// Worst lists the faults that do most to the rest of the suite.
func (s *Selftest) Worst() []FaultResult {
	measured := slices.DeleteFunc(slices.Clone(s.Faults), func(one FaultResult) bool { return one.Isolation == nil })
	slices.SortStableFunc(measured, func(a, b FaultResult) int {
		return cmp.Or(cmp.Compare(b.FailedScenarios, a.FailedScenarios),
			cmp.Compare(b.LostRequirements, a.LostRequirements), cmp.Compare(b.BlockedScenarios, a.BlockedScenarios))
	})
	return measured[:min(worstShown, len(measured))]
}
