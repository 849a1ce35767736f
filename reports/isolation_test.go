package reports

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

func TestIsolationCountsWhatAFaultDoesToTheRest(t *testing.T) {
	r := miniatures(t)["blocked"]
	r.Scenarios = append(r.Scenarios, red("x", ""), failingFor("y", "CARD-GET-02", "CARD-GET-04", "cards-get"))
	r.Close(facts(t), begin)
	got := r.IsolationAgainst([]string{"CARD-GET-02", "CARD-GET-04", "CARD-CREATE-08", "CARD-CREATE-19"})
	require.Equal(t, &Isolation{FailedScenarios: 2, BlockedScenarios: 1, LostRequirements: 2}, got, "what is broken has not lost its evidence")
}

func TestASelftestSumsUpIsolationWhereItWasMeasured(t *testing.T) {
	s := &Selftest{}
	for i := range 20 {
		s.Faults = append(s.Faults, FaultResult{ID: string(rune('a' + i)), Killed: true, RightRequirement: true, Isolation: &Isolation{FailedScenarios: i, LostRequirements: i / 19}})
	}
	s.Faults = append(s.Faults, FaultResult{ID: "by chance", Killed: true, RightRequirement: true})
	require.Equal(t, evidence.ExitPassed, s.Close(time.Now()))
	require.Equal(t, &IsolationSummary{20, Spread{9, 17, 19}, Spread{}, Spread{0, 0, 1}}, s.Summary.Isolation)
	require.Len(t, s.Worst(), worstShown)
	require.Equal(t, "t", s.Worst()[0].ID)
	var text, page bytes.Buffer
	require.NoError(t, PrintSelftest(&text, s))
	require.Contains(t, text.String(), "failed scenarios   median 9, p90 17, most 19")
	require.NoError(t, writeSelftestHTML(&page, s))
	require.Contains(t, page.String(), `<td>failed scenarios</td><td class="n">9</td>`)
	s.Faults = s.Faults[20:]
	s.Close(time.Now())
	text.Reset()
	require.NoError(t, PrintSelftest(&text, s))
	require.Contains(t, text.String(), "was not measured; selftest --full does")
}
