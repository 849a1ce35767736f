package format

import (
	"bytes"
	"os"
	"testing"
	"time"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/site"
	"github.com/stretchr/testify/require"
)

func TestASelftestTellsWhatAFaultDoesToTheRest(t *testing.T) {
	s := &reports.Selftest{}
	for i := range 20 {
		s.Faults = append(s.Faults, reports.FaultResult{ID: string(rune('a' + i)), Killed: true, RightRequirement: true,
			Isolation: &reports.Isolation{FailedScenarios: i, LostRequirements: i / 19}})
	}
	s.Faults = append(s.Faults, reports.FaultResult{ID: "by chance", Killed: true, RightRequirement: true})
	s.Judge(time.Now())
	var text, page bytes.Buffer
	require.NoError(t, PrintSelftest(&text, s))
	require.Contains(t, text.String(), "failed scenarios   median 9, p90 17, most 19")
	require.NoError(t, site.SelftestPage(&page, s, ""))
	require.Contains(t, page.String(), `<td>failed scenarios</td><td class="n">9</td>`)
	s.Faults = s.Faults[20:]
	s.Judge(time.Now())
	text.Reset()
	require.NoError(t, PrintSelftest(&text, s))
	require.Contains(t, text.String(), "was not measured; selftest --full does")
}

func TestASelftestThatWasStoppedHasNoPower(t *testing.T) {
	s := &reports.Selftest{Selected: 900, Faults: []reports.FaultResult{{ID: "x", Mark: "stated", Killed: true, RightRequirement: true}}}
	s.Judge(time.Now())
	var text bytes.Buffer
	require.NoError(t, PrintSelftest(&text, s))
	require.Contains(t, text.String(), "stopped early: 1 of 900 faults were tried, 1 of them caught")
	require.NotContains(t, text.String(), "detection power 1")
	paths, err := Selftest(&Writer{Folder: t.TempDir()}, s)
	require.NoError(t, err)
	for _, path := range paths[1:] {
		page, err := os.ReadFile(path)
		require.NoError(t, err)
		require.Contains(t, string(page), "Stopped early: 1 of 900 faults were tried")
		require.NotContains(t, string(page), "Detection power 1")
	}
}
