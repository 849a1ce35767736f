package main

import (
	"encoding/json"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/format"
)

// written are the texts of the files under a folder, each of the mode named.
func written(t *testing.T, folder string, mode fs.FileMode) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		file, err := entry.Info()
		require.NoError(t, err)
		require.Equal(t, mode, file.Mode().Perm(), path)
		data, err := os.ReadFile(path)
		out[entry.Name()] = string(data)
		return err
	}))
	return out
}

func TestAnOldRunIsLookedThroughWhenItIsRenderedAgain(t *testing.T) {
	t.Parallel()
	const number = "4111111111111111"
	folder := t.TempDir()
	_, code := kobcheck(t, "run", "--requirement", "CARD-GET-02", "--out", folder)
	require.Zero(t, code)
	run := readRun(t, folder)
	run.Scenarios[0].Name = "a card is read: " + number
	old := filepath.Join(t.TempDir(), "run.json")
	data, err := json.Marshal(run)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(old, data, 0o600))
	again := filepath.Join(t.TempDir(), "again")
	output, code := kobcheck(t, "report", old, "--out", again, "--format", strings.Join(format.Default(), ","))
	require.Equal(t, evidence.ExitSecretFound, code, output)
	require.Contains(t, flat(output), "it is masked there")
	require.NotContains(t, output, number)
	texts := written(t, again, 0o640)
	for name, text := range texts {
		require.False(t, strings.Contains(text, number), "%s holds the number", name)
	}
	require.Contains(t, texts["run.json"], `"exit_code":8`)
	require.Contains(t, texts["night.json"], `"exit_code":8`)
	require.Contains(t, texts["junit.xml"], "<failure ")
	require.Contains(t, texts["summary.md"], "a secret or card number was found")
	require.Contains(t, texts["index.html"], "a secret or card number was found")
	above, err := os.Stat(again)
	require.NoError(t, err)
	require.Equal(t, fs.FileMode(0o750), above.Mode().Perm())
}

func TestTheModeOfReportsCanBeAskedFor(t *testing.T) {
	t.Parallel()
	folder := filepath.Join(t.TempDir(), "out")
	_, code := kobcheck(t, "run", "--requirement", "CARD-GET-02", "--out", folder, "--report-mode", "0600", "--format", "json,junit")
	require.Zero(t, code)
	require.Len(t, written(t, folder, 0o600), 2)
	for _, mode := range []string{"0444", "01777", "rw", "0o640"} {
		output, code := kobcheck(t, "run", "--report-mode", mode, "--out", folder)
		require.Equal(t, evidence.ExitUsage, code, mode)
		require.Contains(t, output, "write it like 0640")
	}
}
