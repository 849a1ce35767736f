package main

import (
	"context"
	"io"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"testing"

	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/site"
	"github.com/stretchr/testify/require"
	"github.com/xeipuuv/gojsonschema"
)

func TestNightsHaveATrendAndTwoRunsADifference(t *testing.T) {
	t.Parallel()
	nights := t.TempDir()
	for i, fault := range []string{"", "status.card-created-200", "status.card-created-200"} {
		arguments := []string{"run", "--requirement", "CARD-CREATE-08", "--run-id", string(rune('a' + i)), "--out",
			filepath.Join(nights, string(rune('a'+i)))}
		if fault != "" {
			arguments = append(arguments, "--fault", fault)
		}
		kobcheck(t, arguments...)
	}
	require.NoError(t, os.WriteFile(filepath.Join(nights, "run.json"), []byte("{"), 0o600))
	out := t.TempDir()
	output, code := kobcheck(t, "report", "trend", nights, "--out", out)
	require.Zero(t, code, output)
	require.Contains(t, output, "3 nights of mock")
	require.Contains(t, output, "(2 nights in a row)")
	require.Contains(t, output, "run.json: ")
	page, err := os.ReadFile(filepath.Join(out, "trend.html"))
	require.NoError(t, err)
	require.Contains(t, string(page), "does not conform")
	require.NotContains(t, string(page), "<script")

	output, code = kobcheck(t, "report", "compare", filepath.Join(nights, "a", "run.json"), filepath.Join(nights, "b", "night.json"))
	require.Zero(t, code, output)
	require.Contains(t, output, "New deviations")
	output, code = kobcheck(t, "report", "compare", filepath.Join(nights, "b", "run.json"), filepath.Join(nights, "c", "night.json"))
	require.Zero(t, code, output)
	require.Contains(t, output, "nothing changed")
	_, code = kobcheck(t, "report", "trend", t.TempDir())
	require.Equal(t, evidence.ExitUsage, code)
}

func TestTheLatestSiteIsServedOnLoopbackAlone(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(folder, "index.html"), []byte("<p>the verdict</p>"), 0o600))
	ctx, cancel := context.WithCancel(t.Context())
	at, done := make(chan string, 1), make(chan error, 1)
	go func() { done <- site.Serve(ctx, folder, "127.0.0.1:0", func(address string) { at <- address }) }()
	response, err := http.Get(<-at + "/")
	require.NoError(t, err)
	body, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	require.NoError(t, response.Body.Close())
	require.Contains(t, string(body), "the verdict")
	require.Equal(t, "5", response.Header.Get("Refresh"))
	cancel()
	require.NoError(t, <-done)
	output, code := kobcheck(t, "report", "serve", folder, "--addr", "0.0.0.0:8080")
	require.Equal(t, evidence.ExitUsage, code)
	require.Contains(t, output, "not on loopback")
}

// TestCTRFIsThatOfItsSchema takes the schema from the npm registry, pinned.
func TestCTRFIsThatOfItsSchema(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	command := exec.Command("npm", "pack", "--silent", "ctrf@0.3.0")
	command.Dir = folder
	if output, err := command.CombinedOutput(); err != nil {
		t.Skipf("the schema of CTRF can't be had from npm here: %v %s", err, output)
	}
	unpack := exec.Command("tar", "xzf", "ctrf-0.3.0.tgz", "package/dist/ctrf-schema-0.0.json")
	unpack.Dir = folder
	require.NoError(t, unpack.Run())
	_, code := kobcheck(t, "run", "--section", "cards", "--fault", "order.swap-3-4", "--format", "ctrf", "--out", folder)
	require.Equal(t, evidence.ExitFailed, code)
	schema, err := os.ReadFile(filepath.Join(folder, "package", "dist", "ctrf-schema-0.0.json"))
	require.NoError(t, err)
	report, err := os.ReadFile(filepath.Join(folder, "ctrf.json"))
	require.NoError(t, err)
	result, err := gojsonschema.Validate(gojsonschema.NewBytesLoader(schema), gojsonschema.NewBytesLoader(report))
	require.NoError(t, err)
	require.True(t, result.Valid(), "%v", result.Errors())
}

func TestARunKnowsItsEarlierNights(t *testing.T) {
	t.Parallel()
	nights := t.TempDir()
	arguments := []string{"run", "--section", "cards", "--fault", "order.swap-3-4", "--history", nights}
	_, code := kobcheck(t, append(arguments, "--out", filepath.Join(nights, "1"))...)
	require.Equal(t, evidence.ExitFailed, code)
	_, code = kobcheck(t, append(arguments, "--out", filepath.Join(nights, "2"))...)
	require.Equal(t, evidence.ExitFailed, code)
	require.Equal(t, 1, readRun(t, filepath.Join(nights, "2")).History.Nights)
	page, err := os.ReadFile(filepath.Join(nights, "2", "index.html"))
	require.NoError(t, err)
	require.Contains(t, string(page), "on 2 nights without a break")
	page, err = os.ReadFile(filepath.Join(nights, "1", "index.html"))
	require.NoError(t, err)
	require.NotContains(t, string(page), "without a break")
}

func TestOfNightsThatPassedTheLatestKeepsItsPages(t *testing.T) {
	t.Parallel()
	nights := t.TempDir()
	night := func(name string, flags ...string) {
		arguments := []string{"run", "--scenario", "cards-create.created", "--history", nights, "--out", filepath.Join(nights, name)}
		output, code := kobcheck(t, append(arguments, flags...)...)
		require.Zero(t, code, output)
	}
	there := func(path string) bool {
		_, err := os.Stat(filepath.Join(nights, path))
		return err == nil
	}
	night("1")
	night("2", "--keep", "all")
	require.True(t, there("1/run.json") && there("1/index.html"))
	night("3")
	for name, whole := range map[string]bool{"1": false, "2": false, "3": true} {
		require.Equal(t, whole, there(name+"/run.json"), name)
		require.Equal(t, whole, there(name+"/index.html"), name)
		require.Equal(t, !whole, there(name+"/run.json.gz"), name)
		require.True(t, there(name+"/night.json"), name)
	}
	output, code := kobcheck(t, "report", filepath.Join(nights, "1", "run.json.gz"), "--out", filepath.Join(nights, "again"))
	require.Zero(t, code, output)
	require.True(t, there("again/index.html"))
	output, code = kobcheck(t, "report", "compare", filepath.Join(nights, "1", "run.json.gz"), filepath.Join(nights, "3", "run.json"))
	require.Zero(t, code, output)
}
