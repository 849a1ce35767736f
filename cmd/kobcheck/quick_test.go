package main

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/suite"
)

// quickRequests bounds a quick run: some 110 calls that it is about, and what they need.
const quickRequests = 220

func TestAQuickRunIsSmallAndSaysWhatItLeavesOut(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	output, code := kobcheck(t, "run", "--quick", "--seed", "7", "--out", folder)
	require.Zero(t, code, output)
	require.Contains(t, output, "A quick run looks at the answer of each operation")
	require.Contains(t, output, "It\n  leaves out ")
	result := readRun(t, folder)
	require.Equal(t, result.Summary.Operations.Total, result.Summary.Operations.Exercised, "every operation is called")
	require.LessOrEqual(t, result.Summary.Requests, quickRequests)
}

// quickSampled is the part of the faults that a test run holds against a quick run.
const quickSampled = 50

func TestAQuickRunNoticesMostOfWhatAWholeRunCatches(t *testing.T) {
	t.Parallel()
	_, scenarios := documentation(t)
	faults, err := workbench.SelectFaults(nil, "", "", quickSampled)
	require.NoError(t, err)
	noticed, lasting := 0, 0
	for _, one := range faults {
		if one.ByChance || one.Reason != "" {
			continue
		}
		lasting++
		session := subjectOf(t, mock.Options{Faults: []string{one.ID}, RetryWait: workbench.RetryWait})
		run, err := suite.Run(t.Context(), suite.Config{Session: session, Catalog: scenarios, Seed: 7, RunID: "quick",
			Selection: catalog.Selection{Quick: true}})
		require.NoError(t, err, one.ID)
		for range run.Findings() {
			noticed++
			break
		}
	}
	require.GreaterOrEqual(t, float64(noticed), reports.QuickShare*float64(lasting), "%d of %d faults", noticed, lasting)
}
