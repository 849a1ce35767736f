package limiter_test

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"sync/atomic"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/load/loadtest"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/mock/limit"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// probed performs a probe in a bubble, where waiting takes no time and no machine is too busy.
func probed(t *testing.T, options mock.Options, between func(http.Handler) http.Handler, bounds string, stated *kind.Limit,
) (run *reports.LoadRun) {
	t.Helper()
	synctest.Test(t, func(t *testing.T) {
		on := loadtest.Virtual(t, options, between)
		on.Stated = stated
		run = loadtest.Perform(t.Context(), t, on, "id: r\nkind: rate-limit\nsentence: r\n"+bounds)
	})
	return run
}

func TestALimiterIsFoundOutFromOutside(t *testing.T) {
	t.Parallel()
	answers := func(options mock.Options) (map[string]string, *reports.LoadRun) {
		run := probed(t, options, nil, "most: 400\nlongest: 20s\n", nil)
		all := map[string]string{}
		for _, one := range run.Plans[0].Observed {
			all[one.ID] = one.Answer
		}
		require.NotEmpty(t, all, run.Reason)
		return all, run
	}
	free, run := answers(mock.Options{})
	require.Contains(t, free["limit.limiter"], "none up to 400 requests", "no limiter is never called one")
	require.Zero(t, run.ExitCode, run.Reason)
	used, _ := loadtest.Held(&run.Plans[0], "RATE-02")
	require.True(t, *used.Holds, "something was evaluated: %s", used.Sentence)
	for _, c := range []struct {
		kind            limit.Kind
		scope           string
		called, counted string
	}{
		{limit.FixedWindow, "client", "fixed window", "each client for itself"},
		{limit.SlidingLog, "operation", "sliding log", "each operation for itself"},
		{limit.TokenBucket, "everything", "token bucket", "everything together"},
		{limit.GCRA, "token", "token bucket", "each token for itself"},
	} {
		all, _ := answers(mock.Options{Limit: limit.Config{Kind: c.kind, Requests: 40, Window: 250 * time.Millisecond, Scope: c.scope}})
		require.Contains(t, all["limit.limiter"], c.called, c.kind)
		require.Contains(t, all["limit.confidence"], "sure", c.kind)
		require.Contains(t, all["limit.scope"], c.counted, c.kind)
		require.Contains(t, all["limit.answer"], "429 with Retry-After 1 s")
	}
}

func TestAStatedLimitIsHeldAgainstTheOneThatIsFound(t *testing.T) {
	t.Parallel()
	run := probed(t, mock.Options{Limit: limit.Config{Kind: limit.TokenBucket, Requests: 40, Window: 200 * time.Millisecond, Scope: "client"}},
		nil, "most: 400\nlongest: 20s\n", &kind.Limit{Requests: 1000, Window: time.Second})
	require.Equal(t, evidence.ExitFailed, run.ExitCode, "200 a second is not the 1000 that were stated")
	require.Contains(t, run.Reason, "RATE-04")
}

func TestWhatARefusalAndTheHeadersSayIsHeldAgainstWhatIsFound(t *testing.T) {
	t.Parallel()
	dishonest := func(api http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			answer := httptest.NewRecorder()
			api.ServeHTTP(answer, r)
			for name, values := range answer.Header() {
				w.Header()[name] = values
			}
			w.Header().Set("X-RateLimit-Limit", "99")
			if answer.Code == http.StatusTooManyRequests {
				w.Header().Set("Retry-After", "0")
			}
			w.WriteHeader(answer.Code)
			_, _ = w.Write(answer.Body.Bytes())
		})
	}
	limited := mock.Options{Limit: limit.Config{Kind: limit.FirstWindow, Requests: 20, Window: 700 * time.Millisecond, Scope: "client"}}
	const bounds = "most: 200\nlongest: 20s\n"
	run := probed(t, limited, dishonest, bounds, nil)
	require.Contains(t, loadtest.Observed(&run.Plans[0], "limit.answer"), "0 s, but the next request was refused after it too")
	require.Contains(t, loadtest.Observed(&run.Plans[0], "limit.headers"),
		"X-RateLimit-Limit: 99 (X-RateLimit-Limit is not the 20 that was found)")
	run = probed(t, limited, nil, bounds, nil)
	// Retry-After is in whole seconds, rounded up, so that a request may pass before it is over; after it one must.
	require.Contains(t, loadtest.Observed(&run.Plans[0], "limit.answer"), "429 with Retry-After 1 s, and the next request ")
	require.Equal(t, "nothing before a refusal", loadtest.Observed(&run.Plans[0], "limit.headers"))
	require.NotEmpty(t, run.Plans[0].Asks)
}

// later refuses everything after the burst of a probe.
func later(api http.Handler) http.Handler {
	var asked atomic.Int64
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasSuffix(r.URL.Path, "/card-programs") && asked.Add(1) > 10 {
			w.WriteHeader(http.StatusTooManyRequests)
			return
		}
		api.ServeHTTP(w, r)
	})
}

func TestOrdinaryUseThatIsRefusedIsBroken(t *testing.T) {
	t.Parallel()
	run := probed(t, mock.Options{}, later, "most: 10\nlongest: 3s\n", nil)
	used, there := loadtest.Held(&run.Plans[0], "RATE-02")
	require.True(t, there, run.Reason)
	require.NotNil(t, used.Holds, run.Plans[0].Observed)
	require.False(t, *used.Holds, used.Sentence)
	require.Contains(t, used.Evidence[0], "were answered 429")
}

func TestOrdinaryUseOfALateGeneratorShowsNothing(t *testing.T) {
	t.Parallel()
	run := loadtest.Perform(t.Context(), t, loadtest.On(t, mock.Options{}, later),
		"id: r\nkind: rate-limit\nsentence: r\nmost: 10\nlongest: 3s\nlag: 1ns\n")
	used, _ := loadtest.Held(&run.Plans[0], "RATE-02")
	require.Nil(t, used.Holds)
	require.Equal(t, evidence.ExitProvesNone, run.ExitCode)
}
