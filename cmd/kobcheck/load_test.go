package main

import (
	"bytes"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xeipuuv/gojsonschema"

	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/stage/sample"
)

func readLoad(t *testing.T, folder string) *reports.LoadRun {
	t.Helper()
	file, err := os.Open(filepath.Join(folder, "load.json"))
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	result, err := reports.ReadLoad(file)
	require.NoError(t, err)
	return result
}

func TestLoadPlansRunOnTheMockInsideAndSayWhatBroke(t *testing.T) {
	folder := t.TempDir()
	output, code := kobcheck(t, "load", "ledger", "idempotency", "--out", folder)
	require.Zero(t, code, output)
	result := readLoad(t, folder)
	require.Len(t, result.Plans, 2)
	for _, name := range []string{"load.md", "load.html"} {
		page, err := os.ReadFile(filepath.Join(folder, name))
		require.NoError(t, err)
		require.Contains(t, string(page), "ledger")
		require.NotContains(t, string(page), "<script")
	}
	output, code = kobcheck(t, "load", "ledger", "--fault", "money.lost-in-transfer", "--out", folder)
	require.Equal(t, evidence.ExitFailed, code)
	require.Contains(t, output, "BROKEN")
	require.Contains(t, output, "MONEY-05")
}

func TestUnderLoadEveryEventIsDelivered(t *testing.T) {
	plan := filepath.Join(t.TempDir(), "short.yaml")
	require.NoError(t, os.WriteFile(plan, []byte("id: short\nkind: deliveries\nsentence: x\nlag: 5s\nstages: [{rate: 100, for: "+
		"2s}]\nfail_from: 500ms\nfail_for: 1s\nfail_tries: 2\nwait: 5s\n"), 0o600))
	state := func(result *reports.LoadRun, requirement string) bool {
		for _, one := range result.Plans[0].Invariants {
			if one.Requirement == requirement && one.Holds != nil {
				return *one.Holds
			}
		}
		t.Fatalf("nothing was decided about %s", requirement)
		return false
	}
	folder := t.TempDir()
	output, code := kobcheck(t, "load", plan, "--out", folder)
	require.Zero(t, code, output)
	for _, requirement := range []string{"HOOK-12", "HOOK-18", "HOOK-21", "SNS-18"} {
		require.True(t, state(readLoad(t, folder), requirement), requirement)
	}
	require.Contains(t, output, "until the first try")
	breaks := map[string]string{"webhook.not-retried": "HOOK-18", "webhook.new-id-on-retry": "SNS-18", "webhook.certificate-swapped": "HOOK-21"}
	for _, fault := range sample.Of(t, slices.Sorted(maps.Keys(breaks)), len(breaks)) {
		requirement := breaks[fault]
		output, code = kobcheck(t, "load", plan, "--out", folder, "--fault", fault)
		require.Equal(t, evidence.ExitFailed, code, output)
		require.False(t, state(readLoad(t, folder), requirement), fault)
	}
	output, code = kobcheck(t, "load", plan, "--out", folder, "--fault", "webhook.delivered-after-deletion", "--dry-run")
	require.Zero(t, code, output)
	require.Contains(t, output, "at most 200 requests")
}

func TestLoadHasItsExitCodes(t *testing.T) {
	elsewhere := filepath.Join(t.TempDir(), "elsewhere.yaml")
	require.NoError(t, os.WriteFile(elsewhere, []byte("target:\n  name: x\n  base_url: https://api.example.test\n  token_url: "+
		"https://api.example.test/t\n  clients:\n    primary: {id: a, secret_env: PATH, scope: s}\n"), 0o600))
	missed := filepath.Join(t.TempDir(), "missed.yaml")
	require.NoError(t, os.WriteFile(missed, []byte("id: missed\nkind: mixed\nsentence: x\nlag: 1s\nstages: [{rate: 50, for: 1s}]\nmix: "+
		"{card-programs-list: 1}\ngates: [p50 < 1us]\n"), 0o600))
	none := filepath.Join(t.TempDir(), "none.yaml")
	require.NoError(t, os.WriteFile(none, []byte("id: none\nkind: mixed\nsentence: x\nlag: 1s\nstages: [{rate: 50, for: 1s}]\nmix: "+
		"{card-programs-list: 1}\ngates: [p99.9 < 1s]\n"), 0o600))
	for name, c := range map[string]struct {
		arguments []string
		code      int
		says      string
	}{
		"an unknown plan":       {[]string{"load", "no-such"}, evidence.ExitUsage, "kobcheck list plans"},
		"a gate is missed":      {[]string{"load", missed}, evidence.ExitGateMissed, "missed p50 < 1us"},
		"no data behind a gate": {[]string{"load", none}, evidence.ExitProvesNone, "no data for p99.9 < 1s"},
		"not allowed elsewhere": {[]string{"load", "mixed", "--config", elsewhere}, evidence.ExitSafetyStop, "load.allow"},
		"too fast":              {[]string{"load", "mixed", "--rate", "1000"}, evidence.ExitSafetyStop, "at most 20000"},
		"a dry run":             {[]string{"load", "mixed", "--dry-run"}, 0, "at most 1165 requests at up to 100 a second"},
		"a notice":              {[]string{"load", "mixed", "--notice"}, 0, "Planned burst of requests"},
		"a plan to copy":        {[]string{"load", "--print", "mixed"}, 0, "kind: mixed"},
	} {
		t.Run(name, func(t *testing.T) {
			output, code := kobcheck(t, append(c.arguments, "--out", t.TempDir())...)
			require.Equal(t, c.code, code, output)
			require.Contains(t, output, c.says)
		})
	}
}

func TestShardsOfALoadRunMergeExactly(t *testing.T) {
	path := serve(t, mock.Options{})
	merge := []string{"load", "merge"}
	var both sync.WaitGroup // shards that do not overlap are no common load
	for _, part := range []string{"1/2", "2/2"} {
		folder := t.TempDir()
		merge = append(merge, filepath.Join(folder, "load.json"))
		both.Go(func() {
			output, code := kobcheck(t, "load", "spike", "--config", path, "--time", "0.2", "--seed", "7", "--shard", part, "--out", folder)
			assert.Zero(t, code, "a shard performs: %s", output)
		})
	}
	both.Wait()
	folder := t.TempDir()
	output, _ := kobcheck(t, append(merge, "--out", folder)...)
	whole := readLoad(t, folder).Plans[0]
	sum := 0
	for _, path := range merge[2:] {
		sum += readLoad(t, filepath.Dir(path)).Plans[0].Due
	}
	require.Equal(t, sum, whole.Due, output)
	require.Equal(t, sum, whole.Sent)
}

func TestTheScenariosOfLoadArePartOfARunOnlyWhenAskedFor(t *testing.T) {
	folder := t.TempDir()
	output, code := kobcheck(t, "run", "--tags", "@load and (@MONEY-05 or @IDEMP-29)", "--out", folder)
	require.Zero(t, code, output)
	require.Equal(t, 2, readRun(t, folder).Summary.Scenarios.Passed)
	output, code = kobcheck(t, "run", "--tags", "@load and @MONEY-05", "--gate", "stated,inferred", "--fault", "money.fee-in-transfer",
		"--out", folder)
	require.Equal(t, evidence.ExitFailed, code)
	require.True(t, strings.Contains(output, "MONEY-05"))
}

func TestLoadIsNotTestableWhereTheOwnerDoesNotAllowIt(t *testing.T) {
	folder := t.TempDir()
	file := filepath.Join(folder, "target.yaml")
	require.NoError(t, os.WriteFile(filepath.Join(folder, "secret"), []byte("somebody-elses-secret"), 0o600))
	require.NoError(t, os.WriteFile(file, []byte("target:\n  name: staging\n  base_url: http://api.invalid\n  token_url: http://api.invalid/token\n"+
		"  clients:\n    primary: {id: abc, secret_file: secret}\n"), 0o600))
	output, code := kobcheck(t, "run", "--load", "--section", "load", "--config", file, "--out", folder, "--patience", "0s")
	require.Equal(t, evidence.ExitNothing, code, output)
	result := readRun(t, folder)
	require.Equal(t, len(result.Scenarios), result.Summary.Scenarios.NotTestable)
	require.Contains(t, result.Scenarios[0].Reason, "load.allow in the target file")
}

func TestEveryLoadRunMatchesItsPublishedSchema(t *testing.T) {
	text, err := os.ReadFile("../../reports/load.schema.json")
	require.NoError(t, err)
	schema, err := gojsonschema.NewSchema(gojsonschema.NewBytesLoader(text))
	require.NoError(t, err)
	folder := t.TempDir()
	probe := filepath.Join(folder, "probe.yaml")
	require.NoError(t, os.WriteFile(probe, []byte("id: probe\nkind: rate-limit\nsentence: x\nmost: 60\n"), 0o600))
	steps := filepath.Join(folder, "steps.yaml")
	require.NoError(t, os.WriteFile(steps, []byte("id: steps\nkind: capacity\nsentence: x\nsteps: [20]\nstep_for: 1s\nmix: {cards-get: "+
		"1}\n"), 0o600))
	for _, arguments := range [][]string{
		{"lost-answers", "ledger", probe, steps, "mixed", "--time", "0.1"},
		{"ledger", "--fault", "money.lost-in-transfer"},
		{"mixed", "--time", "0.1", "--fault", "status.no-body"},
	} {
		output, _ := kobcheck(t, append(append([]string{"load"}, arguments...), "--out", folder)...)
		data, err := os.ReadFile(filepath.Join(folder, "load.json"))
		require.NoError(t, err, output)
		result, err := schema.Validate(gojsonschema.NewBytesLoader(data))
		require.NoError(t, err)
		require.Empty(t, result.Errors(), "%v", arguments)
		result, err = schema.Validate(gojsonschema.NewBytesLoader(bytes.Replace(data, []byte(`"verdict":`), []byte(`"judgement":`), 1)))
		require.NoError(t, err)
		require.NotEmpty(t, result.Errors(), "a key that is gone breaks the promise")
	}
}
