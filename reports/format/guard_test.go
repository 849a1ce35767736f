package format

import (
	"bytes"
	"encoding/json"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/specimen"
)

// planted is a secret that a guard knows.
type planted string

func (p planted) Mask(data []byte) ([]byte, []string) {
	if !bytes.Contains(data, []byte(p)) {
		return data, nil
	}
	return bytes.ReplaceAll(data, []byte(p), []byte("[masked]")), []string{"a planted secret"}
}

const secret planted = "hunter2-hunter2"

// texts are the files under a folder, by their path in it.
func texts(t *testing.T, folder string) map[string]string {
	t.Helper()
	out := map[string]string{}
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		name, _ := filepath.Rel(folder, path)
		out[name] = string(data)
		return err
	}))
	return out
}

// exposedRun is a run that passed, with a secret in a place that each format shows.
func exposedRun(t *testing.T) *reports.Run {
	r := specimen.Runs(t)["green"]
	r.Scenarios[0].Name += " " + string(secret)
	r.Scenarios[0].Feature += " " + string(secret)
	return r
}

func TestWhatTheGuardFindsIsMaskedAndEveryReportSaysSo(t *testing.T) {
	says := map[string]string{
		"run.json": `"exit_code":8`, "night.json": `"exit_code":8`, "junit.xml": `failures="1"`, "ctrf.json": `"failed":1`,
		"summary.md": "a secret or card number was found",
		"index.html": "a secret or card number was found", "metrics.txt": "} 8.0\n", "badge.svg": "a secret was found",
		"annotations.txt": "::error",
		"cucumber.json":   `"status":"failed"`, "allure-results/": `"status":"failed"`,
	}
	folder := t.TempDir()
	r := exposedRun(t)
	require.Equal(t, evidence.ExitPassed, r.ExitCode)
	var formats []string
	for _, name := range All() {
		if name != "messages" { // it takes the features, which a specimen has not
			formats = append(formats, name)
		}
	}
	paths, err := Run(&Writer{Folder: folder, Guard: secret}, r, from(t), formats)
	require.NoError(t, err)
	require.Equal(t, evidence.ExitSecretFound, r.ExitCode)
	require.Equal(t, evidence.Failed, r.Verdict)
	require.Contains(t, r.Reason, "would have held a planted secret")
	written := texts(t, folder)
	require.Len(t, written, len(paths), "nothing else stays in the folder")
	for name, text := range written {
		require.NotContains(t, text, string(secret), name)
	}
	for name, want := range says {
		found := false
		for path, text := range written {
			found = found || strings.HasPrefix(path, name) && strings.Contains(text, want)
		}
		require.True(t, found, "%s does not say %q", name, want)
	}
	require.Contains(t, written["run.json"], "[masked]")
}

func TestAPlanThatShowsASecretFailsItsRun(t *testing.T) {
	shown := evidence.Invariant{Requirement: "R", Sentence: "s", Evidence: []string{string(secret)}}
	run := &reports.LoadRun{Target: reports.Target{Name: "x"}, Plans: []reports.LoadPlan{{ID: "p", Invariants: []evidence.Invariant{shown}}}}
	run.Judge(&evidence.Policy{Contract: specimen.Facts(t)}, time.Now())
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "history-x-1.html"), []byte("earlier"), 0o600))
	_, err := Load(&Writer{Folder: folder, Guard: secret}, run)
	require.NoError(t, err)
	require.Equal(t, evidence.ExitSecretFound, run.ExitCode)
	written := texts(t, folder)
	for _, name := range []string{"load.json", "load.md", "load.html"} {
		require.NotContains(t, written[name], string(secret))
		require.Contains(t, written[name], "would have held a planted secret", name)
	}
	require.NotContains(t, written, "history-x-1.html", "a history of an earlier run is none of this one")
}

func TestASelftestAndASingleFileAreLookedThroughToo(t *testing.T) {
	s := &reports.Selftest{Faults: []reports.FaultResult{{ID: "x", Sentence: "it shows " + string(secret)}}}
	to := &Writer{Folder: t.TempDir(), Guard: secret}
	_, err := Selftest(to, s)
	require.NoError(t, err)
	require.NotEmpty(t, s.Exposed)
	for name, text := range texts(t, to.Folder) {
		require.NotContains(t, text, string(secret), name)
	}
	found, err := to.File(filepath.Join(to.Folder, "profile.json"), func(w io.Writer) error { return json.NewEncoder(w).Encode(secret) })
	require.NoError(t, err)
	require.Contains(t, found, "profile.json would have held")
	require.JSONEq(t, `"[masked]"`, texts(t, to.Folder)["profile.json"])
}

// stubborn finds its secret whatever was masked.
type stubborn struct{ planted }

func (s stubborn) Mask(data []byte) ([]byte, []string) {
	_, found := s.planted.Mask(data)
	return data, found
}

func TestWhatCannotBeMaskedIsNotWritten(t *testing.T) {
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "run.json"), []byte("green"), 0o600))
	_, err := Run(&Writer{Folder: folder, Guard: stubborn{secret}}, exposedRun(t), from(t), []string{"json", "metrics"})
	require.ErrorContains(t, err, "run.json is not written")
	require.NotContains(t, texts(t, folder), "run.json", "nor does that of an earlier run stay")
	require.Contains(t, texts(t, folder), "metrics.txt")
}
