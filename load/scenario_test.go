package load_test

import (
	"net/http"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/load"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/load/loadtest"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// performed performs the plan of a scenario.
func performed(t *testing.T, on *kind.Target, sentences ...string) *reports.LoadRun {
	t.Helper()
	plan, err := load.FromScenario("a.feature:3", "load.x", "What it proves", sentences)
	require.NoError(t, err)
	require.Equal(t, "load.x", plan.ID)
	require.Equal(t, "What it proves", plan.Sentence)
	run := &reports.LoadRun{Seed: 7, Plans: []reports.LoadPlan{*load.Perform(t.Context(), on, plan, 7, kind.Shard{})}}
	run.Judge(loadtest.Policy(on), time.Now())
	return run
}

func TestAScenarioOfLoadIsAPlanWithItsPromises(t *testing.T) {
	t.Parallel()
	on := loadtest.On(t, mock.Options{}, nil)
	run := performed(t, on, "cards are read at 100 a second for 1 second", "none is refused", "none fails")
	// Where this machine gives the generator no time, nothing is decided; nobody is accused either way.
	require.Contains(t, []int{evidence.ExitPassed, evidence.ExitProvesNone}, run.ExitCode, run.Reason)
	require.Len(t, run.Plans[0].Gates, 2)
	require.NotEqual(t, "failed", run.Plans[0].Gates[0].State)
	require.Equal(t, "throttled = 0%", run.Plans[0].Gates[0].Gate)
	run = performed(t, on, "2 wallets get 2 credits each from all sides and send each other money", "no wallet was ever negative")
	require.Zero(t, run.ExitCode, run.Reason)
}

func TestAPromiseThatIsBrokenFailsAsAGateOrAnInvariantDoes(t *testing.T) {
	t.Parallel()
	var asked atomic.Int64
	once := func(api http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.Contains(r.URL.Path, "/cards/") && asked.Add(1) == 50 {
				w.WriteHeader(http.StatusTooManyRequests)
				return
			}
			api.ServeHTTP(w, r)
		})
	}
	run := performed(t, loadtest.On(t, mock.Options{}, once), "cards are read at 100 a second for 1 second", "none is refused")
	require.Contains(t, []int{evidence.ExitGateMissed, evidence.ExitProvesNone}, run.ExitCode, "one of a hundred is not none")
	require.Equal(t, "failed", run.Plans[0].Gates[0].State)
	on := loadtest.On(t, mock.Options{Faults: []string{"money.overdraft-allowed"}}, nil)
	run = performed(t, on, "2 wallets get 2 credits each from all sides and send each other money", "no wallet was ever negative")
	held, there := loadtest.Held(&run.Plans[0], "MONEY-07")
	require.True(t, there)
	require.False(t, *held.Holds)
}

func TestAPromiseThatALoadDoesNotLookAtIsNotDecided(t *testing.T) {
	t.Parallel()
	run := performed(t, loadtest.On(t, mock.Options{}, nil), "cards are read at 100 a second for 1 second", "each event is delivered")
	require.Equal(t, evidence.ExitProvesNone, run.ExitCode)
	held, _ := loadtest.Held(&run.Plans[0], "HOOK-12")
	require.Nil(t, held.Holds)
	run = performed(t, loadtest.On(t, mock.Options{}, nil), "cards are read at 100 a second for 1 second",
		"the limiter is the one that the operator states")
	require.Contains(t, run.Plans[0].Observed[len(run.Plans[0].Observed)-1].Answer, "not testable")
}

func TestAScenarioThatSaysNoLoadIsRefused(t *testing.T) {
	for says, sentences := range map[string][]string{
		"the scenario says no load":      {"none is refused"},
		"or promises nothing":            {"cards are read at 100 a second for 1 second"},
		`"a card is made" is no promise`: {"a card is made", "none is refused"},
		"and no workload either": {"cards are read at 1 a second for 1 second", "cards are read at 2 a second for 1 second",
			"none fails"},
		"a storm needs at least": {"1 keys are each used by 1 copies of one card creation at the same moment",
			"each key has made exactly one card"},
	} {
		_, err := load.FromScenario("a.feature:3", "load.x", "x", sentences)
		require.ErrorContains(t, err, says)
		require.ErrorContains(t, err, "a.feature:3")
	}
}

func TestAGateIsHeldAgainstAPlanThatIsOver(t *testing.T) {
	t.Parallel()
	run := loadtest.Perform(t.Context(), t, loadtest.On(t, mock.Options{}, nil),
		reads+"arrivals: even\nlag: 1s\nstages: [{rate: 500, for: 1s}]\n")
	for text, state := range map[string]string{"throttled = 0%": "passed", "errors = 0%": "passed", "p99 < 5s": "passed",
		"p50 < 1us":   "failed",
		"p99.99 < 5s": "no data", "p50(cards-get) < 5s": "no data", "errors(cards-get) = 0%": "no data", "rate >= 99%": "passed"} {
		gate, err := load.HoldGate(&run.Plans[0], text)
		require.NoError(t, err, text)
		require.Equal(t, state, gate.State, text)
	}
	_, err := load.HoldGate(&run.Plans[0], "p99 is fast")
	require.ErrorContains(t, err, "is no gate")
}

func TestOnlyErrorsAndThrottlingCanBeNone(t *testing.T) {
	for text, says := range map[string]string{"p99 = 5ms": "only errors and throttled", "errors = 1%": "only errors and throttled",
		"rate = 0%": "only errors and throttled"} {
		_, err := load.HoldGate(&reports.LoadPlan{}, text)
		require.ErrorContains(t, err, says, text)
	}
}
