package main

import (
	"context"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/stage/sample"
)

// runOnFilled performs the whole suite on a mock that was filled, and returns its exit code, what it printed and how many
// requests it took.
func runOnFilled(t *testing.T, filled int, faults ...string) (code int, output string, requests int) {
	t.Helper()
	server, err := mock.New(mock.Options{RetryWait: workbench.RetryWait, Filled: filled, Faults: faults})
	require.NoError(t, err)
	listening, err := server.Listen(context.Background(), "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, listening.Close()) }()
	folder := t.TempDir()
	output, code = kobcheck(t, "run", "--config", writeTarget(t, server, listening.URL), "--seed", "7", "--out", folder, "--format", "json")
	if code != evidence.ExitUsage {
		requests = readRun(t, folder).Summary.Requests
	}
	return code, output, requests
}

func TestAFilledStagingCostsLittleAndIsNobodysFault(t *testing.T) {
	t.Parallel()
	empty := readRun(t, wholeRuns[mock.Plain](t).folder).Summary.Requests
	sizes := []int{1500}
	if sample.All() {
		sizes = []int{1000, 10_000, 100_000}
	}
	for _, filled := range sizes {
		code, output, requests := runOnFilled(t, filled)
		require.Equal(t, evidence.ExitPassed, code, output)
		require.Less(t, requests, 2*empty)
		if filled > 1000 {
			require.Regexp(t, fmt.Sprintf(`looked at +\d+ of %d\d+ entries of wallets-list`, filled/1000), output)
		}
		t.Logf("%d entries: %d requests, %d on an empty one", filled, requests, empty)
	}
	for _, fault := range sample.Of(t, []string{"list.from-ignored", "list.whole-newest-missing"}, 2) {
		code, output, requests := runOnFilled(t, 1200, fault)
		require.Equal(t, evidence.ExitFailed, code)
		require.Less(t, requests, 2*empty, "a walk ends at what is older than was asked for")
		if fault == "list.whole-newest-missing" {
			require.Contains(t, flat(output), "is not in the list of its kind")
		}
	}
}
