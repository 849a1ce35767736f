package main

import (
	"bytes"
	"context"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// behind starts a mock behind something that stands between it and the harness, and returns a target
// file for it.
func behind(t *testing.T, options mock.Options, between func(http.Handler) http.Handler) string {
	t.Helper()
	options.RetryWait = workbench.RetryWait
	server, err := mock.New(options)
	require.NoError(t, err)
	listening, err := server.Listen(context.Background(), "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, listening.Close()) })
	front := httptest.NewServer(between(server))
	t.Cleanup(front.Close)
	return writeTarget(t, server, front.URL, listening.URL)
}

// hangUp closes the connection in place of an answer.
func hangUp() { panic(http.ErrAbortHandler) }

func TestAFailureThatPassesWithFreshDataIsFlakyAndTheGateHasARuleForIt(t *testing.T) {
	t.Parallel()
	var mu sync.Mutex
	seen := map[string]bool{}
	path := behind(t, mock.Options{}, func(api http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			key := r.Header.Get("X-Kobcheck-Run")
			first := r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/cards/") && !seen[key]
			seen[key] = seen[key] || first
			mu.Unlock()
			if first {
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusInternalServerError)
				_, _ = w.Write([]byte(`{"message":"out of luck"}`))
				return
			}
			api.ServeHTTP(w, r)
		})
	})
	arguments := []string{"run", "--config", path, "--requirement", "CARD-GET-02", "--out", t.TempDir()}
	_, code := kobcheck(t, append(arguments, "--run-id", "a")...)
	require.Equal(t, evidence.ExitFailed, code, "without retries it is a failure")
	folder := t.TempDir()
	output, code := kobcheck(t, append(arguments, "--run-id", "b", "--retries", "1", "--out", folder)...)
	require.Zero(t, code, output)
	require.Contains(t, output, "scenarios that fail and then pass pass the gate")
	result := readRun(t, folder)
	require.Positive(t, result.Summary.Scenarios.Flaky)
	for _, scenario := range result.Scenarios {
		if scenario.Verdict == evidence.Flaky {
			require.Equal(t, 2, scenario.Attempts)
			require.NotEmpty(t, scenario.Findings, "the first evidence is kept")
		}
	}
	output, code = kobcheck(t, append(arguments, "--run-id", "c", "--retries", "1", "--flaky-fails")...)
	require.Equal(t, evidence.ExitFailed, code, output)
}

func TestKnownFailuresAreHeldToHowTheyFail(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	select1 := []string{"run", "--requirement", "CARD-CREATE-08", "--seed", "7"}
	run := func(more ...string) (string, int) {
		return kobcheck(t, append(append(append([]string{}, select1...), "--out", folder), more...)...)
	}
	_, code := run("--fault", "status.card-created-200")
	require.Equal(t, evidence.ExitFailed, code)
	entries, err := os.ReadFile(filepath.Join(folder, "new-failures.yaml"))
	require.NoError(t, err)
	require.Contains(t, string(entries), "fingerprint: ")
	// Narrowed to one scenario, an entry speaks of that scenario alone, in a part of the suite too.
	entries = bytes.ReplaceAll(entries, []byte("- requirement: "), []byte("- scenario: cards-create.created\n  requirement: "))
	list := filepath.Join(t.TempDir(), "known-failures.yaml")
	fill := func(until string) {
		text := strings.NewReplacer(`reason: ""`, "reason: answers 200", `reference: ""`, "reference: OPS-7", `owner: ""`, "owner: cards",
			`until: ""`, "until: "+until).Replace(string(entries))
		require.NoError(t, os.WriteFile(list, []byte(text), 0o600))
	}
	fill("2999-12-31")
	output, code := run("--fault", "status.card-created-200", "--known", list)
	require.Zero(t, code, output)
	require.Contains(t, output, "known until 2999-12-31: answers 200 (OPS-7, cards)")
	require.Positive(t, readRun(t, folder).Summary.Scenarios.Known)

	output, code = run("--known", list)
	require.Zero(t, code, "a pass asks for the removal of the entry, and until its date it only asks")
	require.Contains(t, output, list+":3")

	output, code = run("--fault", "status.card-created-200", "--fault", "field.cards-create.status.missing", "--known", list)
	require.Equal(t, evidence.ExitFailed, code, "something else deviates too")
	require.Contains(t, output, "CARD-11")

	fill("2020-01-01")
	output, code = run("--fault", "status.card-created-200", "--known", list)
	require.Equal(t, evidence.ExitFailed, code)
	require.Contains(t, output, "was to be mended by 2020-01-01")
	output, code = run("--known", list)
	require.Equal(t, evidence.ExitFailed, code, output)
	require.Positive(t, readRun(t, folder).Summary.Scenarios.UnexpectedPass)

	entries = bytes.ReplaceAll(entries, []byte("scenario: "), []byte("scenario: no-such-"))
	fill("2999-12-31")
	output, code = run("--known", list)
	require.Zero(t, code, "an entry of a scenario that is no more is told, and no night is lost for it")
	require.Contains(t, strings.Join(strings.Fields(output), " "), list+":3, or name another")
}

func TestAWaiverIsForStandardsAndUntilADate(t *testing.T) {
	t.Parallel()
	list := filepath.Join(t.TempDir(), "waivers.yaml")
	entry := func(requirement, until string) string {
		return "- requirement: " + requirement + "\n  reason: the gateway answers 401 itself\n  owner: platform\n  until: " + until + "\n"
	}
	write := func(requirement, until string) {
		// A challenge that is not there can't be well formed either: STD-03 is waived beside.
		require.NoError(t, os.WriteFile(list, []byte("# gateways\n"+entry(requirement, until)+entry("STD-03", "2999-12-31")), 0o600))
	}
	folder := t.TempDir()
	run := func(more ...string) (string, int) {
		return kobcheck(t, append([]string{"run", "--section", "authorization", "--seed", "7", "--out", folder, "--waivers", list}, more...)...)
	}
	const broken = "http.401-without-challenge"
	write("STD-02", "2999-12-31")
	output, code := run("--fault", broken)
	require.Zero(t, code, output)
	require.Regexp(t, `findings put up with until 2999-12-31: the gateway\s+answers 401 itself`, output)
	result := readRun(t, folder)
	require.Len(t, result.Waivers, 2)
	require.Positive(t, result.Waivers[0].Findings)
	require.Positive(t, result.Summary.Scenarios.Advisory, "what is put up with is still to be read")

	output, code = run()
	require.Zero(t, code, output)
	require.Contains(t, output, "nothing was found that needs it; remove it (platform)")

	write("STD-02", "2020-01-01")
	output, code = run("--fault", broken)
	require.Equal(t, evidence.ExitFailed, code, output)
	require.Contains(t, output, "ended on 2020-01-01 and gates again")

	for _, bad := range []struct{ requirement, until, says string }{
		{"CARD-CREATE-08", "2999-12-31", "only standards can be waived"},
		{"STD-99", "2999-12-31", `no requirement "STD-99"`},
		{"STD-02", "soon", `"soon" is no date`},
		{"STD-02", "2999-12-31\n  because: x", "because"},
	} {
		write(bad.requirement, bad.until)
		output, code = run()
		require.Equal(t, evidence.ExitUsage, code, output)
		require.Contains(t, output, bad.says)
		require.Contains(t, output, "waivers.yaml")
	}
}

func TestATargetThatIsDownEndsTheRunOnceAndEarly(t *testing.T) {
	t.Parallel()
	var requests atomic.Int64
	path := behind(t, mock.Options{}, func(http.Handler) http.Handler {
		return http.HandlerFunc(func(http.ResponseWriter, *http.Request) {
			requests.Add(1)
			hangUp()
		})
	})
	folder := t.TempDir()
	output, code := kobcheck(t, "run", "--config", path, "--out", folder, "--patience", "0s")
	require.Equal(t, evidence.ExitInconclusive, code, output)
	require.Equal(t, 1, strings.Count(output, "the target is down"), output)
	result := readRun(t, folder)
	require.Less(t, int(requests.Load()), 100, "a thousand scenarios are not tried one by one")
	require.Positive(t, result.Summary.Scenarios.NotRun)
	require.Zero(t, result.Summary.Scenarios.Failed)
}

func TestAnOutageThatEndsLeavesNothingBehind(t *testing.T) {
	t.Parallel()
	path := behind(t, mock.Options{}, outage(100, 400*time.Millisecond))
	folder := t.TempDir()
	output, code := kobcheck(t, "run", "--config", path, "--section", "cards", "--out", folder, "--patience", "1m")
	require.Zero(t, code, output)
	again := 0
	for _, scenario := range readRun(t, folder).Scenarios {
		if scenario.Attempts > 1 {
			again++
			require.NotEmpty(t, scenario.Earlier)
		}
	}
	require.Positive(t, again, "some scenarios were spoilt and tried again")
}

func TestAListThatDoesNotHeedTheOffsetIsNotWalkedForEver(t *testing.T) {
	t.Parallel()
	path := behind(t, mock.Options{}, func(api http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if query := r.URL.Query(); query.Has("offset") {
				query.Set("offset", "0")
				r.URL.RawQuery = query.Encode()
			}
			api.ServeHTTP(w, r)
		})
	})
	folder := t.TempDir()
	_, code := kobcheck(t, "run", "--config", path, "--scenario", "idempotency.no-second-effect", "--scenario", "transactions-list.pages",
		"--out", folder)
	require.Equal(t, evidence.ExitFailed, code, "the scenario on pages sees it")
	require.Less(t, readRun(t, folder).Summary.Requests, 500)
}

func TestAGatewayInPlaceOfTheApiIsNobodysFinding(t *testing.T) {
	t.Parallel()
	path := behind(t, mock.Options{}, func(api http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if strings.HasSuffix(r.URL.Path, "/relays") {
				w.Header().Set("Content-Type", "text/html")
				w.WriteHeader(http.StatusBadGateway)
				return
			}
			api.ServeHTTP(w, r)
		})
	})
	output, code := kobcheck(t, "run", "--config", path, "--section", "relays", "--out", t.TempDir())
	require.Equal(t, evidence.ExitInconclusive, code, output)
	require.Contains(t, output, "a gateway answered 502")
}

// windowed lets so many requests through in each second of the wall clock and answers 429 to the rest.
func windowed(limit int) func(http.Handler) http.Handler {
	var mu sync.Mutex
	var window int64
	var count int
	return func(api http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			mu.Lock()
			if now := time.Now().Unix(); now != window {
				window, count = now, 0
			}
			count++
			refused := count > limit
			mu.Unlock()
			if refused {
				w.Header().Set("Retry-After", "1")
				w.Header().Set("Content-Type", "application/json")
				w.WriteHeader(http.StatusTooManyRequests)
				_, _ = w.Write([]byte(`{"message":"slow down"}`))
				return
			}
			api.ServeHTTP(w, r)
		})
	}
}

func TestALimitOfTheTargetIsLearntAndFailsNothing(t *testing.T) {
	t.Parallel()
	path := behind(t, mock.Options{}, windowed(60))
	folder := t.TempDir()
	output, code := kobcheck(t, "run", "--config", path, "--section", "endusers", "--out", folder)
	require.Zero(t, code, output)
	result := readRun(t, folder)
	require.Zero(t, result.Summary.Scenarios.Failed)
	require.Greater(t, result.Summary.Requests, 60, "else the limit was never met")
}

func TestShardsTogetherAreTheWhole(t *testing.T) {
	t.Parallel()
	arguments := []string{"run", "--section", "wallets", "--seed", "7"}
	whole := t.TempDir()
	_, code := kobcheck(t, append(arguments, "--out", whole)...)
	require.Zero(t, code)
	merge := []string{"report", "merge"}
	for i := 1; i <= 3; i++ {
		folder := t.TempDir()
		output, code := kobcheck(t, append(arguments, "--shard", strconv.Itoa(i)+"/3", "--out", folder)...)
		require.Zero(t, code, output)
		merge = append(merge, filepath.Join(folder, "run.json"))
	}
	merged := t.TempDir()
	output, code := kobcheck(t, append(merge, "--out", merged)...)
	require.Zero(t, code, output)
	a, b := readRun(t, whole), readRun(t, merged)
	require.Equal(t, a.Summary.Scenarios, b.Summary.Scenarios)
	require.Equal(t, a.Summary.Requirements, b.Summary.Requirements)
	require.Equal(t, verdicts(a), verdicts(b))

	output, code = kobcheck(t, append(merge, merge[2], "--out", merged)...)
	require.Equal(t, evidence.ExitUsage, code)
	require.Contains(t, output, "shards never share one")
	for _, bad := range []string{"0/3", "4/3", "x", "1/0"} {
		_, code = kobcheck(t, append(arguments, "--shard", bad)...)
		require.Equal(t, evidence.ExitUsage, code, bad)
	}
}

func verdicts(r *reports.Run) map[string]evidence.Verdict {
	out := map[string]evidence.Verdict{}
	for _, scenario := range r.Scenarios {
		out[scenario.ID] = scenario.Verdict
	}
	return out
}

func TestAChangeOfTheProfileIsAFinding(t *testing.T) {
	t.Parallel()
	profile := filepath.Join(t.TempDir(), "profile.json")
	run := func(style string) *reports.Run {
		folder := t.TempDir()
		output, code := kobcheck(t, "run", "--section", "cards", "--style", style, "--profile", profile, "--out", folder)
		require.Zero(t, code, output)
		return readRun(t, folder)
	}
	require.Empty(t, run("plain").ProfileChanges, "a first answer is no change")
	require.Empty(t, run("plain").ProfileChanges, "the same target answers the same")
	require.NotEmpty(t, run("strict-http").ProfileChanges)
}

func TestOnlyScoredRequirementsGate(t *testing.T) {
	t.Parallel()
	list := filepath.Join(t.TempDir(), "scored.txt")
	run := func(ids string) (string, int) {
		require.NoError(t, os.WriteFile(list, []byte(ids), 0o600))
		return kobcheck(t, "run", "--requirement", "CARD-CREATE-08", "--fault", "status.card-created-200", "--scored", list, "--out", t.TempDir())
	}
	output, code := run("CARD-GET-02\n")
	require.Zero(t, code, output)
	require.Contains(t, output, "CARD-CREATE-08", "it is shown all the same")
	_, code = run("CARD-CREATE-08 # since release 4\n")
	require.Equal(t, evidence.ExitFailed, code)
	output, code = run("CARD-CREATE-08\nCARD-CREATE-99\n")
	require.Equal(t, evidence.ExitUsage, code)
	require.Contains(t, output, "scored.txt:2: ")
	_, code = run("# none\n")
	require.Equal(t, evidence.ExitUsage, code)
}

func TestWhatARunMadeIsTakenAwayOrListed(t *testing.T) {
	t.Parallel()
	path := serve(t, mock.Options{})
	folder := t.TempDir()
	_, code := kobcheck(t, "run", "--config", path, "--section", "webhooks", "--out", folder)
	require.Zero(t, code)
	for _, one := range readRun(t, folder).LeftBehind {
		require.NotEqual(t, "webhook", one.Kind, "subscriptions can be deleted")
	}
	_, code = kobcheck(t, "run", "--config", path, "--section", "wallets", "--out", folder)
	require.Zero(t, code)
	kinds := map[string]int{}
	for _, one := range readRun(t, folder).LeftBehind {
		kinds[one.Kind] = one.Count
	}
	require.Positive(t, kinds["wallet"], "no operation deletes a wallet, so it is said")
}
