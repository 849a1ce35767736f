package main

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"runtime/debug"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/features"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/format"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/suite"
)

// sent is one request as it reached the mock.
type sent struct {
	method, url string
	header      http.Header
	body        []byte
}

// tape records the requests of each scenario in their order, so that they can be sent again bare.
type tape struct {
	mu        sync.Mutex
	recording bool
	chains    map[string][]sent
	handler   http.Handler
}

func (t *tape) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if t.recording {
		body, _ := io.ReadAll(r.Body)
		r.Body = io.NopCloser(bytes.NewReader(body))
		t.mu.Lock()
		id := r.Header.Get("X-Kobcheck-Run")
		t.chains[id] = append(t.chains[id], sent{r.Method, r.URL.RequestURI(), r.Header.Clone(), body})
		t.mu.Unlock()
	}
	t.handler.ServeHTTP(w, r)
}

// BenchmarkHarness prints the wall time of a full run, all reports included, against bare net/http that
// sends the very same requests to the same mock, scenario by scenario, with the same concurrency.
func BenchmarkHarness(b *testing.B) {
	for _, latency := range []time.Duration{0, 20 * time.Millisecond} {
		b.Run(fmt.Sprintf("latency=%v", latency), func(b *testing.B) { benchmarkHarness(b, latency) })
	}
}

func benchmarkHarness(b *testing.B, latency time.Duration) {
	defer debug.SetGCPercent(debug.SetGCPercent(workbench.CollectAt)) // as main does, for both sides
	server, err := mock.New(mock.Options{Seed: 1, Latency: latency})
	require.NoError(b, err)
	t := &tape{handler: server, chains: map[string][]sent{}}
	listening := httptest.NewServer(t)
	defer listening.Close()
	t.recording = true
	full(b, server, listening.URL, "recorded")
	t.recording = false
	requests := 0
	for _, chain := range t.chains {
		requests += len(chain)
	}
	var harness, bare time.Duration
	scenarios := 0
	for i := 0; b.Loop(); i++ {
		// Each run gets a mock of its own: what earlier runs left behind would make its lists long.
		fresh, err := mock.New(mock.Options{Seed: 1, Latency: latency})
		require.NoError(b, err)
		t.handler = fresh
		started := time.Now()
		scenarios = full(b, fresh, listening.URL, fmt.Sprint("run-", i))
		harness += time.Since(started)
		t.handler = server // the one that knows the tokens and things of the recording
		started = time.Now()
		replay(b, listening.URL, t.chains)
		bare += time.Since(started)
	}
	runs := time.Duration(b.N)
	b.ReportMetric(harness.Seconds()/bare.Seconds(), "x-bare")
	b.ReportMetric((harness / runs).Seconds(), "s/run")
	b.ReportMetric((bare / runs).Seconds(), "s/bare")
	b.ReportMetric(float64(scenarios)*float64(b.N)/harness.Seconds(), "scenarios/s")
	b.ReportMetric(float64(requests)*float64(b.N)/harness.Seconds(), "requests/s")
	b.ReportMetric(float64(requests)/float64(scenarios), "requests/scenario")
}

// BenchmarkHarnessPace prints how long the scenarios of a section take on a target 50 ms away that allows 50
// requests a second, against the least that its requests can take there.
func BenchmarkHarnessPace(b *testing.B) {
	const limit = 50
	server, err := mock.New(mock.Options{Seed: 1, Latency: 50 * time.Millisecond})
	require.NoError(b, err)
	listening := httptest.NewServer(server)
	defer listening.Close()
	started := time.Now()
	result := perform(b, server, listening.URL, "paced", limit, catalog.Selection{Section: "wallets"})
	took := time.Since(started)
	least := float64(result.Summary.Requests) / limit
	b.ReportMetric(took.Seconds()/least, "x-least")
	b.ReportMetric(float64(result.Summary.Requests), "requests")
	b.ReportMetric(float64(result.Summary.Requests)/float64(result.Summary.Requirements.Proved), "requests/requirement")
}

// full is one run with all of its reports.
func full(b *testing.B, server *mock.Server, address, runID string) int {
	b.Helper()
	result := perform(b, server, address, runID, 0, catalog.Selection{})
	return len(result.Scenarios)
}

// perform is one run of a selection at so many requests a second at most, with all of its reports.
func perform(b *testing.B, server *mock.Server, address, runID string, perSecond float64, selection catalog.Selection) *reports.Run {
	b.Helper()
	facts, err := contract.Load()
	require.NoError(b, err)
	shapes, err := schemas.Load()
	require.NoError(b, err)
	scenarios, err := catalog.Read(features.Files)
	require.NoError(b, err)
	file := workbench.Described(server, address, contract.V1)
	config := file.ClientConfig(facts)
	config.RunID, config.Seed, config.Connections, config.MaxRPS = runID, 1, 64, perSecond
	api, err := client.New(config)
	require.NoError(b, err)
	defer api.Close()
	result, err := suite.Run(context.Background(), suite.Config{Session: steps.NewSession(&evidence.Policy{Contract: facts,
		Gate: evidence.DefaultGate()}, shapes, file, api), Catalog: scenarios, Selection: selection, Seed: 1, RunID: runID})
	require.NoError(b, err)
	result.Judge(facts, time.Now())
	require.Equal(b, evidence.Passed, result.Verdict)
	_, err = format.Run(&format.Writer{Folder: b.TempDir(), Guard: api.Redactor()}, result,
		format.Sources{Contract: facts, Schemas: shapes}, format.Default())
	require.NoError(b, err)
	return result
}

// replay sends the chains with bare net/http.
func replay(b *testing.B, address string, chains map[string][]sent) {
	b.Helper()
	plain := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	defer plain.CloseIdleConnections()
	work := make(chan []sent, len(chains))
	for _, chain := range chains {
		work <- chain
	}
	close(work)
	var all sync.WaitGroup
	for range suite.DefaultConcurrency {
		all.Add(1)
		go func() {
			defer all.Done()
			for chain := range work {
				for _, one := range chain {
					r, err := http.NewRequest(one.method, address+one.url, bytes.NewReader(one.body))
					if err != nil {
						b.Error(err)
						return
					}
					r.Header = one.header
					response, err := plain.Do(r)
					if err != nil {
						b.Error(err)
						return
					}
					_, _ = io.Copy(io.Discard, response.Body)
					_ = response.Body.Close()
				}
			}
		}()
	}
	all.Wait()
}
