package format

import (
	"bytes"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
)

func TestWhatLivedOfAnApiIsListedByTheOracleThatWouldCatchIt(t *testing.T) {
	made := func(id string, forbidden, gated, killed bool, hits int64) reports.FaultResult {
		one := reports.FaultResult{ID: id, Group: "field", Mark: contract.Stated, Requirement: "CARD-11", Sentence: "a field is wrong",
			Oracle:    "schema",
			Generated: true, Forbidden: forbidden, Gated: gated, Killed: killed, Hits: hits}
		if killed {
			one.By = []reports.Killer{{Scenario: "a.scenario", Requirement: "CARD-11"}}
		}
		return one
	}
	s := &reports.Selftest{Upstream: "staging", Selected: 9,
		Baseline: []reports.Baseline{{Edition: contract.V1, Passed: 5, Total: 5}, {Style: "afterwards", Gated: 2, Findings: 3}},
		Faults: []reports.FaultResult{made("caught", true, true, true, 3), made("lives", true, false, true, 1),
			made("may", false, false, false, 1),
			made("never", true, false, false, 0)}}
	s.Judge(time.Now())
	var text bytes.Buffer
	require.NoError(t, PrintSelftest(&text, s))
	require.Contains(t, text.String(), "field              4       3        2          2       1    50.0%")
	require.Contains(t, text.String(), "lived, and would be caught by this kind of oracle: schema (1)")
	require.Contains(t, text.String(), "SURVIVED lives (CARD-11, stated): a field is wrong; noticed, ungated, by a.scenario")
	require.Contains(t, text.String(), "stopped early: 4 of 9 mutations were tried")
	require.Contains(t, text.String(), "1 of 2 mutations that showed")
	require.Contains(t, text.String(), "may have been caught by accident")
	require.NotContains(t, text.String(), "SURVIVED may")
	require.NotContains(t, text.String(), "SURVIVED never")
}
