package reports_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/specimen"
)

func TestOneRemarkOnManyOperationsIsOneCauseWhateverRequirementEachHas(t *testing.T) {
	remark := func(gated bool, requirements ...string) *reports.Run {
		r := &reports.Run{}
		for _, id := range requirements {
			f := specimen.InPassing(id, id+"-list", "every answer: shape", gated, 2)
			r.Passing = append(r.Passing, f)
		}
		s := specimen.Scenario("wallets-list.bare", evidence.Advisory)
		s.Requirements = []string{requirements[1]}
		s.Findings = []evidence.Finding{r.Passing[1]}
		s.Findings[0].Scenario, s.Findings[0].Count = "", 0
		r.Scenarios = []reports.Scenario{s}
		r.Judge(specimen.Facts(t), specimen.Begin)
		return r
	}
	causes := remark(false, "TXN-01", "WALLET-29", "HOOK-02", "CLIENT-02").Causes(false)
	require.Len(t, causes, 1)
	require.Equal(t, "WALLET-29 and 3 more", causes[0].Requirement(), "what a scenario is about comes first")
	require.Len(t, causes[0].Operations, 4)
	require.Equal(t, 8, causes[0].Passing)
	require.Len(t, causes[0].Fingerprints, 4, "one entry covers all of it")
	require.Len(t, remark(false, "TXN-01", "WALLET-29").Causes(false), 2, "two may be two")
	require.Len(t, remark(true, "TXN-01", "WALLET-29", "HOOK-02", "CLIENT-02").Causes(true), 4, "what gates is told by requirement")
}
