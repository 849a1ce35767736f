package main

import (
	"encoding/json"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/nights"
)

func TestDriftFindsWhereTwoTargetsDifferAndNothingBetweenTwoThatAreAlike(t *testing.T) {
	t.Parallel()
	compare := func(options mock.Options) nights.Drift {
		output, code := kobcheck(t, "drift", "--config", serve(t, options), "--section", "wallets", "--json", "--out",
			filepath.Join(t.TempDir(), "drift"))
		require.Zero(t, code, output)
		var drift nights.Drift
		start := 0
		for start < len(output) && output[start] != '{' {
			start++
		}
		require.NoError(t, json.Unmarshal([]byte(output[start:]), &drift), output)
		require.NotEmpty(t, drift.Operations)
		return drift
	}
	for _, operation := range compare(mock.Options{}).Operations {
		require.Equal(t, operation.Compared, operation.Alike, "%s: %v", operation.ID, operation.Differences)
	}
	missing := compare(mock.Options{Faults: []string{"field.wallets-get.asset.missing"}})
	found := false
	for _, operation := range missing.Operations {
		if operation.ID == "wallets-get" {
			found = operation.Differences["member /asset here only"] > 0 && operation.Fidelity() < 100
		}
	}
	require.True(t, found, "%+v", missing.Operations)
	output, code := kobcheck(t, "drift")
	require.Equal(t, evidence.ExitUsage, code, output)
}

func TestDriftWithADeadSideHasNoVerdict(t *testing.T) {
	t.Parallel()
	output, code := kobcheck(t, "drift", "--config", environment(t, page(503), nil, nil, secured{}), "--section", "card_programs",
		"--out", filepath.Join(t.TempDir(), "drift"))
	require.Equal(t, evidence.ExitInconclusive, code, output)
	require.Contains(t, flat(output), "the second side, bad, gave no answers to compare")
}

func TestDriftPacesTheTargetsThatFilesName(t *testing.T) {
	t.Parallel()
	out := t.TempDir()
	output, code := kobcheck(t, "drift", "--config", serve(t, mock.Options{}), "--section", "card_programs", "--max-rps", "400", "--out", out)
	require.Zero(t, code, output)
	require.EqualValues(t, 400, readRun(t, filepath.Join(out, "there")).Settings.MaxRPS)
	require.Zero(t, readRun(t, filepath.Join(out, "here")).Settings.MaxRPS, "the mock inside needs no pace")
}
