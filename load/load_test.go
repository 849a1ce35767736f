package load_test

import (
	"context"
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

func parse(t *testing.T, text string) *load.Plan {
	t.Helper()
	plan, err := load.Parse("plan.yaml", []byte(text))
	require.NoError(t, err)
	return plan
}

// perform runs a plan and judges it alone.

func perform(ctx context.Context, on *kind.Target, plan *load.Plan) *reports.LoadRun {
	run := &reports.LoadRun{Seed: 7, StartedAt: time.Now(), Plans: []reports.LoadPlan{*load.Perform(ctx, on, plan, 7, kind.Shard{})}}
	run.Judge(policyOf(on), time.Now())
	return run
}

func policyOf(on *kind.Target) *evidence.Policy {
	return &evidence.Policy{Contract: on.Contract, Gate: evidence.DefaultGate()}
}

const reads = "id: reads\nkind: mixed\nsentence: reads\nmix: {card-programs-list: 1}\n"

func TestBuiltInPlansAreReadAndSaidInOneSentence(t *testing.T) {
	plans, err := load.Plans()
	require.NoError(t, err)
	require.NotEmpty(t, plans)
	for _, plan := range plans {
		require.NotEmpty(t, plan.Sentence, plan.ID)
		text, err := load.Source(plan.ID)
		require.NoError(t, err)
		require.Contains(t, string(text), "id: "+plan.ID)
	}
}

func TestEachFaultOfAPlanNamesItsLineAndWhatIsRight(t *testing.T) {
	for text, says := range map[string]string{
		reads + "stagse: []\n":                                                    "stagse",
		"id: x\nkind: mixed\nmix: {cards-list: 1}\n":                              "stages: a plan of this kind needs them",
		"id: x\nkind: storm\n":                                                    `kind: "storm" is none`,
		reads + "stages:\n  - {rate: 10, for: soon}\n":                            "soon is no duration",
		reads + "stages:\n  - {rate: 10, from: 2, for: 1s}\n":                     "plan.yaml:5:1: stages: stage 1 has both",
		"id: x\nkind: mixed\nstages: [{rate: 1, for: 1s}]\nmix: {cards-lst: 1}\n": `plan.yaml:4:1: mix: "cards-lst" can't be part of a mix`,
		reads + "stages: [{rate: 1, for: 1s}]\ngates: [p99 is fast]\n":            `plan.yaml:6:1: gates: "p99 is fast" is no gate`,
		reads + "stages: [{rate: 1, for: 1s}]\ngates: [p99 < 1%]\n":               "latencies in ms or s",
		reads + "stages: [{rate: 1, for: 1s}]\ngates: [rate < 99%]\n":             "bounded from below",
		"id: x\nkind: idempotency\nkeys: 1\ncopies: 1\n":                          "two copies",
		"id: x\nkind: ledger\nwallets: 2\namounts: 99\n":                          "1 to 18 amounts",
		"id: x\nkind: capacity\nmix: {cards-list: 1}\n":                           "steps: a plan of this kind needs them",
		reads + "arrivals: bursty\nstages: [{rate: 1, for: 1s}]\n":                "neither even nor poisson",
	} {
		_, err := load.Parse("plan.yaml", []byte(text))
		require.ErrorContains(t, err, says, text)
	}
}

func TestEveryArrivalThatIsDueIsSentOnceAndMeasured(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]struct {
		stages string
		due    int
	}{
		"constant": {"stages: [{rate: 200, for: 1s}]\n", 200},
		"ramp":     {"stages: [{from: 0, to: 200, for: 1s}]\n", 100},
		"steps":    {"stages: [{rate: 100, for: 500ms}, {rate: 300, for: 500ms}]\n", 200},
	} {
		t.Run(name, func(t *testing.T) {
			var seen, strange atomic.Int64
			on := loadtest.On(t, mock.Options{}, func(api http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.HasSuffix(r.URL.Path, "/card-programs") {
						seen.Add(1)
					}
					for header := range r.Header {
						if strings.HasPrefix(header, "X-Vegeta") {
							strange.Add(1)
						}
					}
					api.ServeHTTP(w, r)
				})
			})
			plan := parse(t, reads+"arrivals: even\nlag: 1s\n"+text.stages+"gates: [errors < 5%, rate >= 99%]\n")
			result := perform(context.Background(), on, plan).Plans[0]
			require.Equal(t, text.due, result.Due)
			require.Equal(t, text.due, result.Sent)
			require.EqualValues(t, text.due, seen.Load())
			require.Zero(t, strange.Load(), "none of vegeta's headers reaches the API")
			require.Equal(t, evidence.Passed, result.Verdict, result.Reason)
			total := 0
			for _, second := range result.Slices {
				total += second.Good
			}
			require.Equal(t, text.due, total, "the seconds add up")
			require.Positive(t, result.Checked)
		})
	}
}

func TestAStallShowsInTheLatencyFromTheDueTime(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	gate := make(chan struct{})
	on := loadtest.On(t, mock.Options{}, func(api http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/card-programs") {
				if requests.Add(1) == 20 {
					time.AfterFunc(500*time.Millisecond, func() { close(gate) })
				}
				if requests.Load() >= 20 {
					<-gate
				}
			}
			api.ServeHTTP(w, r)
		})
	})
	plan := parse(t, reads+"arrivals: even\nconnections: 4\nlag: 1s\nstages: [{rate: 100, for: 1s}]\n")
	result := perform(context.Background(), on, plan).Plans[0]
	require.Equal(t, 100, result.Sent, "arrivals that wait for a connection are not dropped")
	require.Greater(t, result.Series[0].FromDue.P50, 5*result.Series[0].FromSend.P50, "a closed model would have hidden the stall")
	require.Greater(t, result.Series[0].FromDue.P90, 100.0)
}

func TestAnswersAreClassedAndGatesHeld(t *testing.T) {
	t.Parallel()
	var n atomic.Int64
	spoil := func(every int64, status int) func(http.Handler) http.Handler {
		return func(api http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if strings.HasSuffix(r.URL.Path, "/card-programs") && n.Add(1)%every == 0 {
					w.WriteHeader(status)
					return
				}
				api.ServeHTTP(w, r)
			})
		}
	}
	stages := "arrivals: even\nlag: 1s\nstages: [{rate: 1500, for: 200ms}]\n"
	for name, c := range map[string]struct {
		every  int64
		status int
		gate   string
		state  string
		code   int
	}{
		"failures miss the gate":       {4, 500, "errors < 5%", "failed", evidence.ExitGateMissed},
		"throttling is a class apart":  {4, 429, "errors < 5%", "passed", evidence.ExitPassed},
		"and has its own gate":         {4, 429, "throttled < 5%", "failed", evidence.ExitGateMissed},
		"near the bound is not passed": {10, 500, "errors < 10%", "inconclusive", evidence.ExitProvesNone},
		"too few for the figure":       {1 << 60, 500, "p99.9 < 5s", "no data", evidence.ExitProvesNone},
		"an operation never called":    {1 << 60, 500, "p50(cards-get) < 5s", "no data", evidence.ExitProvesNone},
		"slow is slow":                 {1 << 60, 500, "p50 < 1us", "failed", evidence.ExitGateMissed},
		"fast enough":                  {1 << 60, 500, "p99 < 5s", "passed", evidence.ExitPassed},
	} {
		t.Run(name, func(t *testing.T) {
			n.Store(0)
			run := perform(context.Background(), loadtest.On(t, mock.Options{}, spoil(c.every, c.status)),
				parse(t, reads+stages+"gates: [\""+c.gate+"\"]\n"))
			require.Equal(t, c.state, run.Plans[0].Gates[0].State, "%+v", run.Plans[0].Gates[0])
			require.Equal(t, c.code, run.ExitCode, run.Reason)
		})
	}
}

func TestAGeneratorThatWasLateProvesNothing(t *testing.T) {
	t.Parallel()
	plan := parse(t, reads+"lag: 1ns\nstages: [{rate: 100, for: 1s}]\ngates: [errors < 50%]\n")
	run := perform(context.Background(), loadtest.On(t, mock.Options{}, nil), plan)
	require.Equal(t, evidence.ExitProvesNone, run.ExitCode)
	require.Contains(t, run.Reason, "the generator itself was late")
}

func TestAStoppedRunEndsSoonAndLeavesNothingRunning(t *testing.T) {
	t.Parallel()
	release := make(chan struct{})
	defer close(release)
	var reached atomic.Bool
	ctx, cancel := context.WithCancel(context.Background())
	target := loadtest.On(t, mock.Options{}, func(api http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/card-programs") {
				if !reached.Swap(true) {
					cancel()
				}
				select {
				case <-r.Context().Done():
				case <-release:
				}
				return
			}
			api.ServeHTTP(w, r)
		})
	})
	plan := parse(t, reads+"stages: [{rate: 50, for: 10m}]\n")
	done := make(chan *reports.LoadPlan, 1)
	go func() { done <- load.Perform(ctx, target, plan, 7, kind.Shard{}) }()
	result := <-done // ten minutes of arrivals, and a server that never answers
	require.Less(t, result.Sent, result.Due)
}

func TestACapacityPlanThatTheGeneratorEndedIsInconclusive(t *testing.T) {
	t.Parallel()
	const plan = "id: c\nkind: capacity\nsentence: c\nsteps: [40, 80]\nstep_for: 200ms\nbound: 1us\nmix: {card-programs-list: 1}\n"
	run := perform(t.Context(), loadtest.On(t, mock.Options{}, nil), parse(t, plan))
	require.Equal(t, evidence.ExitProvesNone, run.ExitCode)
	require.Contains(t, run.Reason, "where the API breaks was not reached: 0/s; at 40/s the generator itself was late")
}

func TestACapacityPlanSaysWhatBrokeFirst(t *testing.T) {
	t.Parallel()
	var second, count atomic.Int64
	narrow := func(api http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/card-programs") {
				if now := time.Now().Unix(); second.Swap(now) != now {
					count.Store(0)
				}
				if count.Add(1) > 120 {
					w.WriteHeader(http.StatusTooManyRequests)
					return
				}
			}
			api.ServeHTTP(w, r)
		})
	}
	plan := parse(t, "id: c\nkind: capacity\nsentence: c\nsteps: [40, 400]\nstep_for: 1s\nbound: 5s\ncheck_every: 1\n"+
		"mix: {card-programs-list: 1}\n")
	broken := mock.Options{Faults: []string{"field.card-programs-list.created_at.mistyped"}}
	result := perform(context.Background(), loadtest.On(t, broken, narrow), plan).Plans[0]
	require.Empty(t, result.Findings, "the last step is meant to break")
	require.Len(t, result.Steps, 2)
	require.True(t, result.Steps[0].Held, result.Steps[0].Broke)
	require.False(t, result.Steps[1].Held)
	answer := loadtest.Observed(&result, "load.capacity")
	require.Contains(t, answer, "40/s; at 400/s")
	require.Contains(t, answer, "failed or were throttled")
}

func TestAPlanThatIsNestedDeeplyIsRefusedAtOnce(t *testing.T) {
	for _, text := range []string{"kind: mixed\nstages: " + strings.Repeat("[", 1<<20), strings.Repeat("{", 1<<20), strings.Repeat("x", 5<<20)} {
		_, err := load.Parse("plan.yaml", []byte(text))
		require.Error(t, err)
	}
	_, err := load.Find("/dev/zero")
	require.ErrorContains(t, err, "which nobody writes")
}
