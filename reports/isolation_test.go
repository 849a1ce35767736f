package reports_test

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/specimen"
)

func TestIsolationCountsWhatAFaultDoesToTheRest(t *testing.T) {
	r := specimen.Runs(t)["blocked"]
	r.Scenarios = append(r.Scenarios, specimen.Red("x", ""), failingFor("y", "CARD-GET-02", "CARD-GET-04", "cards-get"))
	r.Judge(specimen.Facts(t), specimen.Begin)
	got := r.IsolationAgainst([]string{"CARD-GET-02", "CARD-GET-04", "CARD-CREATE-08", "CARD-CREATE-19"})
	require.Equal(t, &reports.Isolation{FailedScenarios: 2, BlockedScenarios: 1, LostRequirements: 2}, got,
		"what is broken has not lost its evidence")
}

func TestASelftestSumsUpIsolationWhereItWasMeasured(t *testing.T) {
	s := &reports.Selftest{}
	for i := range 20 {
		s.Faults = append(s.Faults, reports.FaultResult{ID: string(rune('a' + i)), Killed: true, RightRequirement: true,
			Isolation: &reports.Isolation{FailedScenarios: i, LostRequirements: i / 19}})
	}
	s.Faults = append(s.Faults, reports.FaultResult{ID: "by chance", Killed: true, RightRequirement: true})
	require.Equal(t, evidence.ExitPassed, s.Judge(time.Now()))
	sum := s.Summary.Isolation
	require.Equal(t, 20, sum.Measured)
	require.Equal(t, "median 9, p90 17, most 19", sum.FailedScenarios.String())
	require.Equal(t, "median 0, p90 0, most 0", sum.BlockedScenarios.String())
	require.Equal(t, "median 0, p90 0, most 1", sum.LostRequirements.String())
	require.Len(t, s.Worst(), 10)
	require.Equal(t, "t", s.Worst()[0].ID)
}
