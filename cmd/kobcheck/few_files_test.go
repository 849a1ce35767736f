package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/stage/sample"
)

// What opens most files: copies at one moment, each on a connection of its own, beside deliveries.
const opensMost = "@HOOK-13 or @HOOK-17 or @HOOK-18 or @IDEMP-29"

func TestARunWithFewOpenFilesBlamesNoAPIAndWritesItsReports(t *testing.T) {
	t.Parallel()
	binary, err := program()
	require.NoError(t, err)
	for _, files := range sample.Of(t, []string{"16", "24", "64"}, 3) {
		folder := t.TempDir()
		output, err := exec.Command("sh", "-c", `ulimit -n "$0" && exec "$@"`, files, binary, "run", "--tags", opensMost,
			"--out", folder).CombinedOutput()
		var ended *exec.ExitError
		require.ErrorAs(t, err, &ended, "%s: %s", files, output)
		require.Equal(t, evidence.ExitInconclusive, ended.ExitCode(), "%s: %s", files, output)
		require.Contains(t, string(output), "too many open files", files)
		result := readRun(t, folder)
		require.Equal(t, evidence.ExitInconclusive, result.ExitCode)
		require.Zero(t, result.Summary.Scenarios.Failed, "%s: %s", files, output)
		require.FileExists(t, filepath.Join(folder, "index.html"))
	}
}

func TestACallThatWasRefusedSaysWhoseReportsStandInItsFolder(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	report := filepath.Join(folder, "run.json")
	require.NoError(t, os.WriteFile(report, []byte("green"), 0o600))
	for _, call := range [][]string{{"run", "--known", filepath.Join(folder, "none.yaml")}, {"run", "--format", "pdf"},
		{"run", "--section", "crads"}, {"selftest", "--style", "none"}} {
		output, code := kobcheck(t, append(call, "--out", folder)...)
		require.Equal(t, evidence.ExitUsage, code, output)
		require.Contains(t, output, report+" is of an earlier call", call)
	}
	output, _ := kobcheck(t, "run", "--section", "card_programs", "--out", folder)
	require.NotContains(t, output, "earlier call")
}
