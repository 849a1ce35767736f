package main

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// soakRuns is how many seeded runs the suite does by itself; make soak-suite does 200.
const soakRuns = 4

// TestSeededRunsInARowNeverAccuseTheConformingMock performs the whole suite in random order, with 1 to 64
// scenarios side by side, up to 50 ms of latency and both styles and editions: any finding is a false alarm.
func TestSeededRunsInARowNeverAccuseTheConformingMock(t *testing.T) {
	runs, err := strconv.Atoi(os.Getenv("SOAK_RUNS"))
	if err != nil {
		runs = soakRuns
	}
	for seed := 1; seed <= runs; seed++ {
		random := rand.New(rand.NewPCG(uint64(seed), 7))
		style, edition := mock.Styles()[seed%2], []string{"v1", "guide"}[seed/2%2]
		concurrency, latency := 1+random.IntN(64), strconv.Itoa(random.IntN(51))+"ms"
		if concurrency < 16 {
			latency = "0ms" // a slow API one by one takes minutes and shows nothing else
		}
		folder := t.TempDir()
		output, code := kobcheck(t, "run", "--style", style, "--edition", edition, "--seed", strconv.Itoa(seed), "--concurrency", strconv.Itoa(concurrency), "--latency", latency, "--format", "json", "--out", folder)
		require.Zero(t, code, "seed %d, %s, %s, %d side by side, %s: %s", seed, style, edition, concurrency, latency, output)
		result := readRun(t, folder)
		for _, scenario := range result.Scenarios {
			require.Empty(t, scenario.Findings, "seed %d: %s", seed, scenario.ID)
			require.NotEqual(t, evidence.Inconclusive, scenario.Verdict, "seed %d: %s: %s", seed, scenario.ID, scenario.Reason)
		}
		if testing.Verbose() {
			t.Logf("seed %d: %s, %s, %d side by side, %s: %d passed", seed, style, edition, concurrency, latency, result.Summary.Scenarios.Passed)
		}
	}
}
