package arrivals_test

import (
	"context"
	"errors"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/load/loadtest"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

const reads = "id: reads\nkind: mixed\nsentence: reads\nmix: {card-programs-list: 1}\n"

func TestTheCanarySaysUpToWhichRateAllHeld(t *testing.T) {
	t.Parallel()
	target := loadtest.On(t, mock.Options{}, nil)
	var rounds atomic.Int64
	target.CanaryEvery = 100 * time.Millisecond
	target.Canary = func(context.Context) (kind.CanaryRound, error) {
		if rounds.Add(1) > 5 {
			return kind.CanaryRound{Scenarios: 2, Broken: []evidence.Finding{{Requirement: "CARD-13", Operation: "a",
				Message: "a field is gone"}}}, nil
		}
		return kind.CanaryRound{Scenarios: 2}, nil
	}
	run := loadtest.Perform(t.Context(), t, target, reads+"stages: [{rate: 20, for: 1s}, {rate: 200, for: 1s}]\nlag: 1s\n")
	require.Equal(t, evidence.ExitFailed, run.ExitCode)
	require.Contains(t, run.Reason, "CARD-13")
	answer := loadtest.Observed(&run.Plans[0], "load.conformant")
	require.Contains(t, answer, "this broke first: CARD-13 (a field is gone)")
	rounds.Store(-1000)
	run = loadtest.Perform(t.Context(), t, target, reads+"stages: [{rate: 40, for: 1s}]\nlag: 1s\n")
	require.Zero(t, run.ExitCode, run.Reason)
	require.Contains(t, loadtest.Observed(&run.Plans[0], "load.conformant"), "all of which held")
	target.Canary = func(context.Context) (kind.CanaryRound, error) { return kind.CanaryRound{}, errors.New("no selection") }
	run = loadtest.Perform(t.Context(), t, target, reads+"stages: [{rate: 40, for: 1s}]\nlag: 1s\n")
	require.Contains(t, loadtest.Observed(&run.Plans[0], "load.canary"), "no selection")
}

func TestAPlanStopsForTheSakeOfTheAPI(t *testing.T) {
	fails := func(http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "token") {
				w.Header().Set("Content-Type", "application/json")
				_, _ = w.Write([]byte(`{"access_token":"abcdefgh","token_type":"Bearer","expires_in":3600}`))
				return
			}
			w.WriteHeader(http.StatusInternalServerError)
		})
	}
	slow := func(api http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !strings.HasSuffix(r.URL.Path, "token") {
				select {
				case <-r.Context().Done():
				case <-time.After(300 * time.Millisecond): // the latency that is measured
				}
			}
			api.ServeHTTP(w, r)
		})
	}
	kill := filepath.Join(t.TempDir(), "stop")
	require.NoError(t, os.WriteFile(kill, nil, 0o600))
	const stages = "stages: [{rate: 60, for: 30s}]\nlag: 1s\ngates: [errors < 1%]\n"
	for name, c := range map[string]struct {
		wrap func(http.Handler) http.Handler
		stop string
		says string
	}{
		"most answers fail": {fails, "stop: {failed: 50}\n", "answers failed, more than 50 %"},
		"answers are slow":  {slow, "stop: {p99: 100ms}\n", "p99 of the last second"},
		"the kill file":     {nil, "stop: {kill_file: " + kill + "}\n", "is there"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			run := loadtest.Perform(t.Context(), t, loadtest.On(t, mock.Options{}, c.wrap), reads+stages+c.stop)
			require.Equal(t, evidence.ExitSafetyStop, run.ExitCode, run.Reason)
			require.Contains(t, run.Reason, c.says)
			require.Less(t, run.Plans[0].Sent, run.Plans[0].Due)
			require.Equal(t, "not decided", run.Plans[0].Gates[0].State, "what was stopped proves nothing")
		})
	}
}

func TestAJourneyIsOneArrivalAndNamesTheCallThatBreaksIt(t *testing.T) {
	t.Parallel()
	const plan = "id: j\nkind: mixed\nsentence: j\nmix: {onboarding: 1}\nstages: [{rate: 20, for: 1s}]\nlag: 1s\ncheck_every: " +
		"1\ngates: [errors < 20%]\n"
	run := loadtest.Perform(t.Context(), t, loadtest.On(t, mock.Options{}, nil), plan)
	require.Zero(t, run.ExitCode, run.Reason)
	require.Equal(t, "onboarding", run.Plans[0].Series[0].Operation)
	require.Equal(t, run.Plans[0].Due, run.Plans[0].Series[0].Count)
	run = loadtest.Perform(t.Context(), t, loadtest.On(t, mock.Options{Faults: []string{"order.check-1-missing",
		"status.success-as-202.cards-create"}}, nil), plan)
	require.NotZero(t, run.ExitCode)
	for text := range run.Plans[0].Errors {
		require.Contains(t, text, "onboarding: cards-create answered 202")
	}
}
