package main

import (
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// after lets the plan begin and then answers everything but tokens in another way.
func after(requests int64, then http.HandlerFunc) func(http.Handler) http.Handler {
	return func(api http.Handler) http.Handler {
		var seen atomic.Int64
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if seen.Add(1) > requests && !strings.HasSuffix(r.URL.Path, "/token") {
				then(w, r)
				return
			}
			api.ServeHTTP(w, r)
		})
	}
}

func slowly(api http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		select {
		case <-r.Context().Done():
		case <-time.After(1200 * time.Millisecond): // the latency that is measured
		}
		api.ServeHTTP(w, r)
	})
}

// TestBadWeatherUnderLoadHasItsAnswer holds the table of docs/load.md: what is said, with which exit code, and
// that the results are kept.
func TestBadWeatherUnderLoadHasItsAnswer(t *testing.T) {
	const plan = `id: weather
kind: mixed
sentence: Weather.
lag: 1s
arrivals: even
check_every: 5
stages: [{rate: 40, for: 5s}]
mix: {card-programs-list: 1}
gates: [p95 < 800ms, errors < 2%, throttled < 2%]
stop: {failed: 50, p99: 5s}
`
	type weather struct {
		options mock.Options
		between func(http.Handler) http.Handler
		code    int
		says    string
	}
	cases := map[string]weather{
		"the server dies": {mock.Options{}, after(60, func(http.ResponseWriter, *http.Request) { hangUp() }),
			evidence.ExitSafetyStop, "answers failed, more than 50 %"},
		"the server hangs":             {mock.Options{}, after(60, hang), evidence.ExitSafetyStop, "nothing was answered in the last 3 s"},
		"a gateway answers":            {mock.Options{}, after(60, page(503)), evidence.ExitSafetyStop, "answers failed, more than 50 %"},
		"the server is slow":           {mock.Options{}, slowly, evidence.ExitGateMissed, "missed p95 < 800ms"},
		"the server answers garbage":   {mock.Options{}, after(60, answer("application/json", "so sorry")), evidence.ExitFailed, "STD-12"},
		"the server answers 429 only":  {mock.Options{}, after(60, page(429)), evidence.ExitGateMissed, "missed throttled < 2%"},
		"the token ends in the middle": {mock.Options{TokenLife: 2 * time.Second}, nil, 0, "passed"},
		"a twentieth is hung up on":    {mock.Options{}, everyTwentieth, evidence.ExitGateMissed, "missed errors < 2%"},
	}
	type outcome struct {
		output, out string
		code        int
	}
	// They take seconds each, so that they go side by side; their targets are set up one after the other.
	outcomes := map[string]*outcome{}
	var all sync.WaitGroup
	for name, c := range cases {
		folder := t.TempDir()
		file := filepath.Join(folder, "weather.yaml")
		require.NoError(t, os.WriteFile(file, []byte(plan), 0o600))
		path := serve(t, c.options)
		if c.between != nil {
			path = behind(t, c.options, c.between)
		}
		one := &outcome{out: filepath.Join(folder, "out")}
		outcomes[name] = one
		all.Go(func() {
			one.output, one.code = kobcheck(t, "load", file, "--config", path, "--out", one.out, "--canary", "0")
		})
	}
	all.Wait()
	for name, c := range cases {
		t.Run(name, func(t *testing.T) {
			one := outcomes[name]
			require.Equal(t, c.code, one.code, one.output)
			require.Contains(t, one.output, c.says)
			require.Contains(t, one.output, "arrivals", "what was measured is printed")
			kept := readLoad(t, one.out).Plans[0]
			require.Positive(t, kept.Sent)
			require.NotEmpty(t, kept.Slices, "the results are kept")
		})
	}
}

func everyTwentieth(api http.Handler) http.Handler {
	var seen atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if seen.Add(1)%20 == 19 && !strings.HasSuffix(r.URL.Path, "/token") {
			hangUp()
		}
		api.ServeHTTP(w, r)
	})
}
