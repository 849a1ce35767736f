package main

import (
	"bytes"
	"context"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/leftover"
	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// TestARunThatIsKilledLeavesAJournalAndNoReport kills a real process in the middle of a run: nothing in its folder can be
// taken for its report, and what it made is put away from what it had written down.
func TestARunThatIsKilledLeavesAJournalAndNoReport(t *testing.T) {
	t.Parallel()
	binary, err := program()
	require.NoError(t, err)
	var changed sync.Map // ids
	server, err := mock.New(mock.Options{RetryWait: workbench.RetryWait, Log: func(method, path string, status int, _ time.Duration) {
		if method != http.MethodGet && status == http.StatusOK {
			changed.Store(path[strings.LastIndex(path, "/")+1:], true)
		}
	}})
	require.NoError(t, err)
	listening, err := server.Listen(context.Background(), "127.0.0.1:0")
	require.NoError(t, err)
	defer func() { require.NoError(t, listening.Close()) }()
	config, folder := writeTarget(t, server, listening.URL), t.TempDir()

	output, code := kobcheck(t, "run", "--config", config, "--section", "card_programs", "--out", folder)
	require.Equal(t, evidence.ExitPassed, code, output)
	require.FileExists(t, filepath.Join(folder, "index.html"))
	journal := filepath.Join(folder, leftover.Name)
	left, err := leftover.Read(journal)
	require.NoError(t, err)
	require.Empty(t, left, "a run that came to its end leaves nothing to do")

	before := lines(t, journal)
	killed := exec.Command(binary, "run", "--config", config, "--max-rps", "100", "--out", folder)
	require.NoError(t, killed.Start())
	require.Eventually(t, func() bool { n := lines(t, journal); return n > 60 && n != before }, time.Minute, 10*time.Millisecond)
	require.NoError(t, killed.Process.Kill())
	require.Error(t, killed.Wait())

	names, err := os.ReadDir(folder)
	require.NoError(t, err)
	require.Len(t, names, 1, "no report of an earlier run is left: %v", names)
	left, err = leftover.Read(journal)
	require.NoError(t, err)
	require.NotEmpty(t, left)

	output, _ = kobcheck(t, "run", "--config", config, "--section", "card_programs", "--out", folder)
	require.Regexp(t, `\d+ things left on mock can be put away: kobcheck tidy --config `+config+" "+folder, flat(output))
	output, code = kobcheck(t, "tidy", "--config", config, folder)
	require.Equal(t, evidence.ExitPassed, code, output)
	require.Regexp(t, `put away .*wallets?.* with \d+ requests`, output)
	after, err := leftover.Read(journal)
	require.NoError(t, err)
	for _, one := range after {
		require.False(t, leftover.CanGo(one.Kind), "%s", one.Kind)
	}
	for _, one := range left {
		if one.Kind == "wallet" {
			_, put := changed.Load(one.ID)
			require.True(t, put, "the wallet %s is set inactive", one.ID)
		}
	}
	other := filepath.Join(t.TempDir(), "other.yaml")
	text, err := os.ReadFile(config)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(other, bytes.ReplaceAll(text, []byte(listening.URL), []byte("http://127.0.0.1:1")), 0o600))
	output, code = kobcheck(t, "tidy", "--config", other, folder)
	require.Equal(t, evidence.ExitUsage, code, output)
	require.Contains(t, flat(output), "name the target file of those runs")
	output, code = kobcheck(t, "tidy", "--config", config, "s3+https://storage.example.test/nights/1")
	require.Equal(t, evidence.ExitUsage, code, output)
	require.Contains(t, flat(output), "fetch made.ndjson from there")
}

// TestWhatLoadAndExploreMakeIsPutAwayByTidy holds that both write down what they make on a target, and say how it goes.
func TestWhatLoadAndExploreMakeIsPutAwayByTidy(t *testing.T) {
	t.Parallel()
	config := serve(t, mock.Options{})
	for verb, call := range map[string][]string{
		"explore": {"--steps", "40", "--seed", "7"},
		"load":    {"idempotency", "--rate", "0.2", "--time", "0.2", "--canary", "0"},
	} {
		folder := t.TempDir()
		output, _ := kobcheck(t, append([]string{verb, "--config", config, "--out", folder}, call...)...)
		left, err := leftover.Read(filepath.Join(folder, leftover.Name))
		require.NoError(t, err)
		require.NotEmpty(t, left, verb)
		require.Contains(t, flat(output), "can be put away: kobcheck tidy --config "+config+" "+folder, verb)
		output, code := kobcheck(t, "tidy", "--config", config, folder)
		require.Equal(t, evidence.ExitPassed, code, output)
		left, err = leftover.Read(filepath.Join(folder, leftover.Name))
		require.NoError(t, err)
		for _, one := range left {
			require.False(t, leftover.CanGo(one.Kind), "%s: %s", verb, one.Kind)
		}
		output, _ = kobcheck(t, "explore", "--steps", "1", "--out", folder)
		require.NotContains(t, flat(output), "kobcheck tidy", "the mock inside keeps nothing")
	}
}

// TestWhatCanNotBeginLeavesNoEarlierReport has a journal that can't be gone on with: no report of before may stand beside
// that exit code.
func TestWhatCanNotBeginLeavesNoEarlierReport(t *testing.T) {
	t.Parallel()
	config := serve(t, mock.Options{})
	for verb, report := range map[string]string{"run": "run.json", "load": "load.json"} {
		folder := t.TempDir()
		for name, text := range map[string]string{report: "green", "junit.xml": "green", "notes.md": "kept", leftover.Name: "no journal\n"} {
			require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte(text), 0o600))
		}
		output, code := kobcheck(t, verb, "--config", config, "--out", folder)
		require.Equal(t, evidence.ExitUsage, code, output)
		require.Contains(t, flat(output), "is no line of a journal")
		require.NoFileExists(t, filepath.Join(folder, report))
		require.NoFileExists(t, filepath.Join(folder, "junit.xml"))
		require.FileExists(t, filepath.Join(folder, "notes.md"))
	}
}

// lines counts those of a file that may not be there yet.
func lines(t *testing.T, path string) int {
	t.Helper()
	text, err := os.ReadFile(path)
	if err != nil {
		return 0
	}
	return bytes.Count(text, []byte("\n"))
}
