package load_test

import (
	"context"
	"errors"
	"fmt"
	"math"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/load"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/mock/limit"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/schemas"
)

// on starts a mock, behind whatever stands between, and returns it as a target.
func on(t *testing.T, options mock.Options, between func(http.Handler) http.Handler) *load.Target {
	t.Helper()
	server, err := mock.New(options)
	require.NoError(t, err)
	handler := http.Handler(server)
	if between != nil {
		handler = between(server)
	}
	front := httptest.NewServer(handler)
	t.Cleanup(func() { front.CloseClientConnections(); front.Close() })
	facts, err := contract.Load()
	require.NoError(t, err)
	shapes, err := schemas.Load()
	require.NoError(t, err)
	stock := server.Inventory()
	clients := map[string]client.Credentials{}
	for name, one := range stock.Clients {
		clients[name] = client.Credentials{ID: one.ID, Secret: one.Secret, Scope: one.Scope}
	}
	api, err := client.New(client.Config{Contract: facts, BaseURL: front.URL, TokenURL: front.URL + "/oauth2/token", Edition: contract.V1,
		Clients: clients, RunID: t.Name(), Connections: 256, Unpaced: true, Timeout: 5 * time.Second})
	require.NoError(t, err)
	t.Cleanup(api.Close)
	return &load.Target{Contract: facts, Schemas: shapes, Client: api, Edition: contract.V1, BaseURL: front.URL, Program: stock.Programs["ok"], HasSecond: true, RunID: t.Name()}
}

func parse(t *testing.T, text string) *load.Plan {
	t.Helper()
	plan, err := load.Parse("plan.yaml", []byte(text))
	require.NoError(t, err)
	return plan
}

// perform runs a plan and judges it alone.
func perform(ctx context.Context, on *load.Target, plan *load.Plan) *reports.LoadRun {
	run := &reports.LoadRun{Seed: 7, StartedAt: time.Now(), Plans: []reports.LoadPlan{*load.Perform(ctx, on, plan, 7, load.Shard{})}}
	run.Close(time.Now())
	return run
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
		reads + "stages:\n  - {rate: 10, from: 2, for: 1s}\n":                     "plan.yaml:5: stages: stage 1 has both",
		"id: x\nkind: mixed\nstages: [{rate: 1, for: 1s}]\nmix: {cards-lst: 1}\n": `plan.yaml:4: mix: "cards-lst" can't be part of a mix`,
		reads + "stages: [{rate: 1, for: 1s}]\ngates: [p99 is fast]\n":            `plan.yaml:6: gates: "p99 is fast" is no gate`,
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
			on := on(t, mock.Options{}, func(api http.Handler) http.Handler {
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
			require.Equal(t, reports.Passed, result.Verdict, result.Reason)
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
	var requests atomic.Int64
	gate := make(chan struct{})
	on := on(t, mock.Options{}, func(api http.Handler) http.Handler {
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
	stages := "arrivals: even\nlag: 1s\nstages: [{rate: 300, for: 1s}]\n"
	for name, c := range map[string]struct {
		every  int64
		status int
		gate   string
		state  string
		code   int
	}{
		"failures miss the gate":       {4, 500, "errors < 5%", "failed", reports.ExitGateMissed},
		"throttling is a class apart":  {4, 429, "errors < 5%", "passed", reports.ExitPassed},
		"and has its own gate":         {4, 429, "throttled < 5%", "failed", reports.ExitGateMissed},
		"near the bound is not passed": {10, 500, "errors < 10%", "inconclusive", reports.ExitProvesNone},
		"too few for the figure":       {1 << 60, 500, "p99.9 < 5s", "no data", reports.ExitProvesNone},
		"an operation never called":    {1 << 60, 500, "p50(cards-get) < 5s", "no data", reports.ExitProvesNone},
		"slow is slow":                 {1 << 60, 500, "p50 < 1us", "failed", reports.ExitGateMissed},
		"fast enough":                  {1 << 60, 500, "p99 < 5s", "passed", reports.ExitPassed},
	} {
		t.Run(name, func(t *testing.T) {
			n.Store(0)
			run := perform(context.Background(), on(t, mock.Options{}, spoil(c.every, c.status)), parse(t, reads+stages+"gates: [\""+c.gate+"\"]\n"))
			require.Equal(t, c.state, run.Plans[0].Gates[0].State, "%+v", run.Plans[0].Gates[0])
			require.Equal(t, c.code, run.ExitCode, run.Reason)
		})
	}
}

func TestAGeneratorThatWasLateProvesNothing(t *testing.T) {
	plan := parse(t, reads+"lag: 1ns\nstages: [{rate: 100, for: 1s}]\ngates: [errors < 50%]\n")
	run := perform(context.Background(), on(t, mock.Options{}, nil), plan)
	require.Equal(t, reports.ExitProvesNone, run.ExitCode)
	require.Contains(t, run.Reason, "the generator itself was late")
}

func TestAStoppedRunEndsSoonAndLeavesNothingRunning(t *testing.T) {
	release := make(chan struct{})
	defer close(release)
	var reached atomic.Bool
	ctx, cancel := context.WithCancel(context.Background())
	target := on(t, mock.Options{}, func(api http.Handler) http.Handler {
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
	go func() { done <- load.Perform(ctx, target, plan, 7, load.Shard{}) }()
	result := <-done // ten minutes of arrivals, and a server that never answers
	require.Less(t, result.Sent, result.Due)
}

func TestAStormFindsARaceAndNeverAccusesTheConformingMock(t *testing.T) {
	plan := func() *load.Plan {
		return parse(t, "id: storm\nkind: idempotency\nsentence: storm\nkeys: 40\ncopies: 8\n")
	}
	for _, style := range mock.Styles() {
		for range 5 {
			run := perform(context.Background(), on(t, mock.Options{Style: style}, nil), plan())
			for _, one := range run.Plans[0].Invariants {
				require.False(t, one.Holds != nil && !*one.Holds, "%s: %s: %v", style, one.Sentence, one.Evidence)
			}
		}
	}
	for _, fault := range []string{"idempotency.race", "idempotency.ignored.transactions-manual-credit"} {
		run := perform(context.Background(), on(t, mock.Options{Faults: []string{fault}}, nil), plan())
		require.Equal(t, reports.ExitFailed, run.ExitCode, "%s: %s", fault, run.Reason)
		require.Contains(t, run.Reason, "IDEMP-")
	}
	run := perform(context.Background(), on(t, mock.Options{Faults: []string{"idempotency.shared-between-clients"}}, nil), plan())
	require.Equal(t, reports.ExitFailed, run.ExitCode, "another client is answered with our card")
}

func TestALedgerFindsLostAndDoubledMoneyAndNeverAccusesTheConformingMock(t *testing.T) {
	plan := func() *load.Plan {
		return parse(t, "id: ledger\nkind: ledger\nsentence: ledger\nwallets: 4\namounts: 9\n")
	}
	for _, style := range mock.Styles() {
		for range 5 {
			run := perform(context.Background(), on(t, mock.Options{Style: style}, nil), plan())
			require.Zero(t, run.ExitCode, run.Reason)
		}
	}
	for fault, requirement := range map[string]string{
		"money.credit-not-booked": "MONEY-06", "money.credit-booked-twice": "MONEY-06", "money.lost-in-transfer": "MONEY-05", "money.fee-in-transfer": "MONEY-05",
		"money.overdraft-allowed": "MONEY-07", "money.total-wrong": "MONEY-02",
	} {
		run := perform(context.Background(), on(t, mock.Options{Faults: []string{fault}}, nil), plan())
		require.NotZero(t, run.ExitCode, fault)
		broken := ""
		for _, one := range run.Plans[0].Invariants {
			if one.Holds != nil && !*one.Holds {
				broken += one.Requirement + " "
			}
		}
		require.Contains(t, broken, requirement, fault)
	}
}

func TestACapacityPlanSaysWhatBrokeFirst(t *testing.T) {
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
	plan := parse(t, "id: c\nkind: capacity\nsentence: c\nsteps: [40, 400]\nstep_for: 1s\nbound: 5s\nmix: {card-programs-list: 1}\n")
	result := perform(context.Background(), on(t, mock.Options{}, narrow), plan).Plans[0]
	require.Len(t, result.Steps, 2)
	require.True(t, result.Steps[0].Held, result.Steps[0].Broke)
	require.False(t, result.Steps[1].Held)
	answer := observed(&result, "load.capacity")
	require.Contains(t, answer, "40/s; at 400/s")
	require.Contains(t, answer, "failed or were throttled")
}

func TestShardsTogetherAreTheWhole(t *testing.T) {
	plan := func() *load.Plan {
		return parse(t, reads+"lag: 1s\nstages: [{rate: 300, for: 1s}]\ngates: [errors < 5%, p99 < 5s]\n")
	}
	on := on(t, mock.Options{}, nil)
	whole := perform(context.Background(), on, plan())
	var parts []*reports.LoadRun
	for i := 1; i <= 3; i++ {
		part := &reports.LoadRun{Seed: 7, StartedAt: time.Now(), Plans: []reports.LoadPlan{*load.Perform(context.Background(), on, plan(), 7, load.Shard{Index: i, Of: 3})}}
		part.Close(time.Now())
		parts = append(parts, part)
	}
	merged, err := load.Merge(parts)
	require.NoError(t, err)
	merged.Close(time.Now())
	require.Equal(t, whole.Plans[0].Due, merged.Plans[0].Due)
	require.Equal(t, whole.Plans[0].Sent, merged.Plans[0].Sent)
	require.Equal(t, whole.Plans[0].Series[0].Count, merged.Plans[0].Series[0].Count)
	require.Equal(t, "passed", merged.Plans[0].Gates[0].State)
	require.Equal(t, whole.Plans[0].Gates[0].Samples, merged.Plans[0].Gates[0].Samples)
	require.Zero(t, merged.ExitCode, merged.Reason)
	_, err = load.Merge(append(parts, parts[0]))
	require.ErrorContains(t, err, "is there twice")
}

func TestLoadElsewhereTakesLeaveAndANotice(t *testing.T) {
	plan := parse(t, reads+"stages: [{rate: 5, for: 10s}]\n")
	fast := parse(t, reads+"stages: [{rate: 500, for: 10s}]\n")
	at := time.Date(2026, 1, 30, 1, 30, 0, 0, time.UTC)
	file := func(host string, allow *target.Load) *target.File {
		return &target.File{Target: target.Target{Name: "x", BaseURL: host}, Load: allow}
	}
	notice := &target.BurstNotice{Reference: "OPS-1", From: "2026-01-30T01:00:00Z", To: "2026-01-30T02:00:00Z"}
	for name, c := range map[string]struct {
		file   *target.File
		plan   *load.Plan
		reason string
		says   string
	}{
		"loopback is free":      {file("http://127.0.0.1:1", nil), fast, "", ""},
		"elsewhere is not":      {file("https://api.example.test", nil), plan, "", "load.allow"},
		"a name is elsewhere":   {file("https://127.0.0.1.example.test", nil), plan, "", "load.allow"},
		"a notice is missing":   {file("https://api.example.test", &target.Load{Allow: true}), plan, "", "burst notice"},
		"one is not needed":     {file("https://api.example.test", &target.Load{Allow: true}), plan, "it is our sandbox", ""},
		"one covers it":         {file("https://api.example.test", &target.Load{Allow: true, BurstNotice: notice}), plan, "", ""},
		"too fast all the same": {file("https://api.example.test", &target.Load{Allow: true, BurstNotice: notice}), fast, "", "at most 25"},
	} {
		_, err := load.Allowed(c.file, c.plan, at, c.reason)
		if c.says == "" {
			require.NoError(t, err, name)
			continue
		}
		var refused *load.Refused
		require.True(t, errors.As(err, &refused), name)
		require.ErrorContains(t, err, c.says, name)
	}
	_, err := load.Allowed(file("https://api.example.test", &target.Load{Allow: true, BurstNotice: notice}), plan, at.Add(time.Hour), "")
	require.ErrorContains(t, err, "covers")
	text := load.Notice(file("https://api.example.test", nil), []*load.Plan{plan}, at)
	for _, part := range []string{"at most 5 requests a second", "2026-01-30T01:30:00Z", "card-programs-list", "reads"} {
		require.Contains(t, text, part)
	}
}

func TestLoadOnAServerThatDiesIsNoVerdictOnMoney(t *testing.T) {
	var requests atomic.Int64
	dies := func(api http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if requests.Add(1) > 60 {
				panic(http.ErrAbortHandler)
			}
			api.ServeHTTP(w, r)
		})
	}
	run := perform(context.Background(), on(t, mock.Options{}, dies), parse(t, "id: l\nkind: ledger\nsentence: l\nwallets: 4\namounts: 9\n"))
	require.Equal(t, reports.ExitInconclusive, run.ExitCode, run.Reason)
	require.False(t, math.IsNaN(run.Plans[0].Asked))
}

func TestALimiterIsFoundOutFromOutside(t *testing.T) {
	plan := func() *load.Plan {
		return parse(t, "id: r\nkind: rate-limit\nsentence: r\nmost: 400\nlongest: 20s\n")
	}
	answers := func(options mock.Options) (map[string]string, *reports.LoadRun) {
		run := perform(context.Background(), on(t, options, nil), plan())
		all := map[string]string{}
		for _, one := range run.Plans[0].Observed {
			all[one.ID] = one.Answer
		}
		require.NotEmpty(t, all, run.Reason)
		return all, run
	}
	free, run := answers(mock.Options{})
	require.Contains(t, free["limit.limiter"], "none up to 400 requests", "no limiter is never called one")
	require.Zero(t, run.ExitCode)
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
		t.Run(string(c.kind), func(t *testing.T) {
			// Where the machine is busy the probe can't tell, and says so: each limiter has three attempts.
			var heard []map[string]string
			for range 3 {
				all, _ := answers(mock.Options{Limit: limit.Config{Kind: c.kind, Requests: 40, Window: 500 * time.Millisecond, Scope: c.scope}})
				heard = append(heard, all)
				right := strings.Contains(all["limit.limiter"], c.called)
				require.False(t, !right && strings.HasPrefix(all["limit.confidence"], "sure"), "sure of the wrong kind: %v", all)
				if right && strings.Contains(all["limit.scope"], c.counted) {
					require.Contains(t, all["limit.answer"], "429 with Retry-After 1 s")
					return
				}
			}
			require.Fail(t, "it was not found out", "%v", heard)
		})
	}
}

func TestAStatedLimitIsHeldAgainstTheOneThatIsFound(t *testing.T) {
	plan := parse(t, "id: r\nkind: rate-limit\nsentence: r\nmost: 400\n")
	limited := on(t, mock.Options{Limit: limit.Config{Kind: limit.TokenBucket, Requests: 40, Window: 400 * time.Millisecond, Scope: "client"}}, nil)
	limited.Stated = &load.Limit{Requests: 1000, Window: time.Second}
	run := perform(context.Background(), limited, plan)
	require.Equal(t, reports.ExitFailed, run.ExitCode, "100 a second is not the 1000 that were stated")
	require.Contains(t, run.Reason, "RATE-04")
}

func TestARaceOfOneInAThousandIsFound(t *testing.T) {
	keys := 1500
	if raceDetector {
		keys = 700 // it slows the mock more than the storm, so that more copies overlap
	}
	plan := parse(t, fmt.Sprintf("id: s\nkind: idempotency\nsentence: s\nkeys: %d\ncopies: 8\n", keys))
	run := perform(context.Background(), on(t, mock.Options{Faults: []string{"idempotency.race-one-in-a-thousand"}}, nil), plan)
	require.Equal(t, reports.ExitFailed, run.ExitCode, run.Reason)
	require.Contains(t, run.Reason, "IDEMP-29")
	require.NotEmpty(t, run.Plans[0].Pictures, "a broken history comes with a picture")
}

func TestStormsAndLedgersNeverAccuseTheConformingMock(t *testing.T) {
	times := 50 // on each of two styles
	if raceDetector {
		times = 3
	}
	for _, style := range mock.Styles() {
		for range times {
			target := on(t, mock.Options{Style: style}, nil) // a key belongs to one storm
			run := perform(context.Background(), target, parse(t, "id: s\nkind: idempotency\nsentence: s\nkeys: 3\ncopies: 8\n"))
			require.Equal(t, reports.Passed, run.Verdict, run.Reason)
			run = perform(context.Background(), target, parse(t, "id: l\nkind: ledger\nsentence: l\nwallets: 3\namounts: 6\n"))
			require.Equal(t, reports.Passed, run.Verdict, run.Reason)
		}
	}
}

func TestAStaleReadIsSeenAlthoughAllMoneyIsThere(t *testing.T) {
	run := perform(context.Background(), on(t, mock.Options{Faults: []string{"money.stale-read"}}, nil), parse(t, "id: l\nkind: ledger\nsentence: l\nwallets: 4\namounts: 12\n"))
	require.Equal(t, reports.ExitFailed, run.ExitCode, run.Reason)
	found := false
	for _, one := range run.Plans[0].Invariants {
		if strings.Contains(one.Sentence, "some order") {
			found = true
			require.False(t, *one.Holds)
			require.NotEmpty(t, one.Evidence)
		}
	}
	require.True(t, found)
}

// observed is the answer to one of a plan's open questions.
func observed(plan *reports.LoadPlan, id string) string {
	for _, one := range plan.Observed {
		if one.ID == id {
			return one.Answer
		}
	}
	return ""
}

func TestTheCanarySaysUpToWhichRateAllHeld(t *testing.T) {
	target := on(t, mock.Options{}, nil)
	var rounds atomic.Int64
	target.CanaryEvery = 100 * time.Millisecond
	target.Canary = func(context.Context) (load.CanaryRound, error) {
		if rounds.Add(1) > 5 {
			return load.CanaryRound{Scenarios: 2, Broken: []reports.LoadFinding{{Requirement: "CARD-13", Operation: "a", Message: "a field is gone"}}}, nil
		}
		return load.CanaryRound{Scenarios: 2}, nil
	}
	run := perform(context.Background(), target, parse(t, reads+"stages: [{rate: 20, for: 1s}, {rate: 200, for: 1s}]\nlag: 1s\n"))
	require.Equal(t, reports.ExitFailed, run.ExitCode)
	require.Contains(t, run.Reason, "CARD-13")
	answer := observed(&run.Plans[0], "load.conformant")
	require.Contains(t, answer, "this broke first: CARD-13 (a field is gone)")
	rounds.Store(-1000)
	run = perform(context.Background(), target, parse(t, reads+"stages: [{rate: 40, for: 1s}]\nlag: 1s\n"))
	require.Zero(t, run.ExitCode, run.Reason)
	require.Contains(t, observed(&run.Plans[0], "load.conformant"), "all of which held")
	target.Canary = func(context.Context) (load.CanaryRound, error) { return load.CanaryRound{}, errors.New("no selection") }
	run = perform(context.Background(), target, parse(t, reads+"stages: [{rate: 40, for: 1s}]\nlag: 1s\n"))
	require.Contains(t, observed(&run.Plans[0], "load.canary"), "no selection")
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
			run := perform(context.Background(), on(t, mock.Options{}, c.wrap), parse(t, reads+stages+c.stop))
			require.Equal(t, reports.ExitSafetyStop, run.ExitCode, run.Reason)
			require.Contains(t, run.Reason, c.says)
			require.Less(t, run.Plans[0].Sent, run.Plans[0].Due)
			require.Equal(t, "not decided", run.Plans[0].Gates[0].State, "what was stopped proves nothing")
		})
	}
}

func TestKeysOfEarlierNightsBracketTheWindow(t *testing.T) {
	file := filepath.Join(t.TempDir(), "nights.json")
	clock := mock.NewVirtualClock(time.Date(2026, 1, 30, 1, 0, 0, 0, time.UTC))
	target := on(t, mock.Options{Clock: clock, TokenLife: 1000 * time.Hour, KeyWindow: 24 * time.Hour}, nil)
	target.KeyNights, target.Now = file, clock.Now
	plan := "id: s\nkind: idempotency\nsentence: s\nkeys: 1\ncopies: 2\n"
	night := 0
	hear := func(later time.Duration) string {
		clock.Advance(later)
		night++
		target.RunID = fmt.Sprint("night-", night)
		run := perform(context.Background(), target, parse(t, plan))
		answer := observed(&run.Plans[0], "idempotency.policy.window")
		require.NotEmpty(t, answer, run.Reason)
		return answer
	}
	require.Contains(t, hear(0), "not seen yet")
	require.Equal(t, "at least 20h0m0s", hear(20*time.Hour))
	require.Equal(t, "at least 20h0m0s, and no longer than 30h0m0s: then it was executed anew", hear(10*time.Hour))
	require.Equal(t, "at least 23h0m0s, and no longer than 30h0m0s: then it was executed anew", hear(13*time.Hour), "bounds of earlier nights are kept")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NotRegexp(t, `"key"`, string(text))
	require.NoError(t, os.WriteFile(file, []byte("{"), 0o600))
	target.RunID = "the-last-night"
	run := perform(context.Background(), target, parse(t, plan))
	require.Equal(t, reports.ExitInconclusive, run.ExitCode)
	require.Contains(t, run.Reason, "--key-nights")
}

func TestManyKeysAtOnceOnOneWalletMakeOneCard(t *testing.T) {
	plan := "id: s\nkind: idempotency\nsentence: s\nkeys: 2\ncopies: 8\n"
	held := func(faults ...string) bool {
		run := perform(context.Background(), on(t, mock.Options{Faults: faults}, nil), parse(t, plan))
		for _, one := range run.Plans[0].Invariants {
			if one.Requirement == "CARD-ORDER-04" {
				require.NotNil(t, one.Holds, one.Sentence)
				return *one.Holds
			}
		}
		require.Fail(t, "nothing was held for check 4", "%s", run.Reason)
		return false
	}
	require.True(t, held())
	require.False(t, held("order.check-4-missing"))
}

func TestAJourneyIsOneArrivalAndNamesTheCallThatBreaksIt(t *testing.T) {
	const plan = "id: j\nkind: mixed\nsentence: j\nmix: {onboarding: 1}\nstages: [{rate: 20, for: 1s}]\nlag: 1s\ncheck_every: 1\ngates: [errors < 20%]\n"
	run := perform(context.Background(), on(t, mock.Options{}, nil), parse(t, plan))
	require.Zero(t, run.ExitCode, run.Reason)
	require.Equal(t, "onboarding", run.Plans[0].Series[0].Operation)
	require.Equal(t, run.Plans[0].Due, run.Plans[0].Series[0].Count)
	run = perform(context.Background(), on(t, mock.Options{Faults: []string{"order.check-1-missing", "status.success-as-202.cards-create"}}, nil), parse(t, plan))
	require.NotZero(t, run.ExitCode)
	for text := range run.Plans[0].Errors {
		require.Contains(t, text, "onboarding: cards-create answered 202")
	}
}
