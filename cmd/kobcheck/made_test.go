package main

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// What a night may leave on somebody's staging, and what it may ask of it: some 6,000 requests, and a few more where a busy
// machine lets scenarios wait.
const (
	mostEndusers = 80
	mostWallets  = 350
	mostCards    = 175
	mostRequests = 6_200
)

func TestARunMakesFewThings(t *testing.T) {
	t.Parallel()
	for _, style := range mock.Styles() {
		run := wholeRuns[style](t)
		require.Zero(t, run.code, run.output)
		made, requests := map[string]map[string]bool{}, 0
		for _, scenario := range readRun(t, run.folder).Scenarios {
			requests += len(scenario.Exchanges)
			for _, exchange := range scenario.Exchanges {
				if exchange.Response == nil || exchange.Response.Status/100 != 2 {
					continue
				}
				if made[exchange.Operation] == nil {
					made[exchange.Operation] = map[string]bool{}
				}
				id := cmp.Or(scene.ID(scene.Value([]byte(exchange.Response.Body))), fmt.Sprint(scenario.ID, exchange.N))
				made[exchange.Operation][id] = true // copies under one key make one
			}
		}
		for operation, most := range map[string]int{"endusers-create": mostEndusers, "wallets-create": mostWallets, "cards-create": mostCards} {
			require.NotEmpty(t, made[operation], "%s, style %s", operation, style)
			require.LessOrEqual(t, len(made[operation]), most, "%s, style %s", operation, style)
		}
		require.LessOrEqual(t, requests, mostRequests, "style %s", style)
		t.Logf("style %s: %d requests, %d wallets, %d cards, %d endusers", style, requests, len(made["wallets-create"]),
			len(made["cards-create"]), len(made["endusers-create"]))
	}
}

// handed writes a target file for a mock that hands over a client of its own, and returns a scene that looks after it.
func handed(t *testing.T) (path string, sees *scene.Scene, id string) {
	t.Helper()
	path = serve(t, mock.Options{Latency: time.Millisecond})
	file, err := target.Read(path, os.Getenv)
	require.NoError(t, err)
	facts, err := contract.Load()
	require.NoError(t, err)
	api, err := client.New(file.ClientConfig(facts))
	require.NoError(t, err)
	t.Cleanup(api.Close)
	sees = scene.New(facts, api, file.Given())
	made, err := sees.Fresh(t.Context(), "admin", "client", nil)
	require.NoError(t, err)
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(data), "fixtures:", "fixtures:\n  client: "+made.ID, 1)), 0o600))
	return path, sees, made.ID
}

func TestTheClientOfATargetFileIsUsedByOneScenarioAtATimeAndPutBack(t *testing.T) {
	t.Parallel()
	path, sees, id := handed(t)
	folder := filepath.Join(t.TempDir(), "out")
	output, code := kobcheck(t, "run", "--config", path, "--section", "clients", "--concurrency", "16", "--out", folder)
	require.Zero(t, code, output)
	lent := map[string][2]time.Time{}
	for _, scenario := range readRun(t, folder).Scenarios {
		require.NotEqual(t, evidence.Inconclusive, scenario.Verdict, "%s: %s", scenario.ID, scenario.Reason)
		for _, exchange := range scenario.Exchanges {
			if exchange.Request.Method == http.MethodGet || !strings.Contains(exchange.Request.URL, id) {
				continue
			}
			span, known := lent[scenario.ID]
			if !known {
				span[0] = exchange.StartedAt
			}
			span[1] = exchange.StartedAt
			lent[scenario.ID] = span
		}
	}
	require.Greater(t, len(lent), 1, "two scenarios change it")
	for one, first := range lent {
		for other, second := range lent {
			require.True(t, one == other || first[1].Before(second[0]) || second[1].Before(first[0]), "%s and %s had it at one time", one, other)
		}
	}
	now, err := sees.Get(context.Background(), "clients-get", "admin", id)
	require.NoError(t, err)
	require.Equal(t, "ACTIVE", now["status"])
}
