package selftest_test

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/selftest"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const features = `Feature: Cards
  @CARD-LIST-01 @stated
  Rule: Cards are listed
    @id:a.list
    Scenario: Cards are listed
      When we call "Get all cards"
      Then the call succeeds

  @CARD-LIST-08 @stated
  Rule: Success is 200
    @id:a.status
    Scenario: The status is the documented one
      When we call "Get all cards"
      Then the answer is 200 OK
`

// stub is an API that lists no cards, broken in the ways that are named.
type stub struct {
	broken []string
	hits   atomic.Int64
	seen   func(r *http.Request)
}

func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if s.seen != nil {
		s.seen(r)
	}
	w.Header().Set("Content-Type", "application/json")
	w.Header().Set("Cache-Control", "no-store")
	w.Header().Set("Pragma", "no-cache")
	if strings.HasSuffix(r.URL.Path, "/token") {
		_, _ = io.WriteString(w, `{"access_token":"aGVhZGVy.cGF5bG9hZA.c2ln","token_type":"Bearer","expires_in":3600}`)
		return
	}
	on := func(id string) bool {
		if !slices.Contains(s.broken, id) {
			return false
		}
		s.hits.Add(1)
		return true
	}
	switch {
	case on("refuses"):
		w.WriteHeader(http.StatusNotFound)
		_, _ = io.WriteString(w, `{"message":"no"}`)
	case on("accepted"):
		w.WriteHeader(http.StatusAccepted)
		_, _ = io.WriteString(w, `[]`)
	case on("in-an-envelope"):
		_, _ = io.WriteString(w, `{"data":[]}`)
	default:
		on("unseen")
		_, _ = io.WriteString(w, `[]`)
	}
}

// measure holds the features against a stub with each of the faults.
func measure(t *testing.T, ctx context.Context, faults []selftest.Fault, change func(*selftest.Config)) (*reports.Selftest, error) {
	t.Helper()
	facts, err := contract.Load()
	require.NoError(t, err)
	shapes, err := schemas.Load()
	require.NoError(t, err)
	scenarios, err := catalog.Read(fstest.MapFS{"cards/f.feature": {Data: []byte(features)}})
	require.NoError(t, err)
	config := selftest.Config{Contract: facts, Schemas: shapes, Catalog: scenarios, Faults: faults, Styles: []string{""},
		Editions: []contract.Edition{contract.V1}, Parallel: 2, Seed: 7, Tool: reports.Tool{Name: "kobcheck"},
		Receiver: func(context.Context, *target.File) (*webhook.Receiver, error) { return nil, nil },
		Start:    start(nil)}
	if change != nil {
		change(&config)
	}
	result, err := selftest.Run(ctx, config)
	if result != nil {
		result.Judge(time.Now())
	}
	return result, err
}

// start starts stubs; always are faults that each of them has.
func start(seen func(*http.Request), always ...string,
) func(context.Context, string, contract.Edition, ...string) (*selftest.Subject, error) {
	return func(_ context.Context, _ string, edition contract.Edition, faults ...string) (*selftest.Subject, error) {
		api := &stub{broken: append(slices.Clone(faults), always...), seen: seen}
		server := httptest.NewServer(api)
		file := target.File{Target: target.Target{Name: "stub", BaseURL: server.URL, TokenURL: server.URL + "/oauth2/token", Edition: edition,
			Clients: map[string]target.Client{"primary": {ID: "us", Scope: "client/read"}}}}
		return &selftest.Subject{File: file.WithSecrets(map[string]string{"primary": "a-secret-of-the-stub"}, ""), Hits: api.hits.Load,
			Close: func() error { server.Close(); return nil }}, nil
	}
}

func of(id, requirement string, mark contract.Mark) selftest.Fault {
	return selftest.Fault{ID: id, Group: "g", Requirement: requirement, Mark: mark}
}

func TestTheMatrixSaysWhoNoticedWhat(t *testing.T) {
	result, err := measure(t, t.Context(), []selftest.Fault{
		of("refuses", "CARD-LIST-01", contract.Stated), of("accepted", "CARD-LIST-08", contract.Stated),
		of("unseen", "CARD-LIST-01", contract.Stated), of("never", "CARD-LIST-01", contract.Stated)}, nil)
	require.NoError(t, err)
	require.Zero(t, result.Baseline[0].Findings)
	require.Equal(t, 2, result.Baseline[0].Passed)
	var lines []string
	for _, one := range result.Faults {
		lines = append(lines, fmt.Sprintf("%s %t %t %v %t", one.ID, one.Killed, one.RightRequirement, one.By, one.Hits > 0))
	}
	require.Equal(t, []string{"refuses true true [{a.list CARD-LIST-01 success status}] true", "accepted true true [{a.status CARD-LIST-08 every answer: success status}] true",
		"unseen false false [] true", "never false false [] false"}, lines)
	require.Equal(t, reports.Killed{Faults: 4, Killed: 2, Right: 2}, result.Summary.ByGroup["g"])
	require.Equal(t, evidence.ExitFailed, result.Judge(time.Now()), "what lives fails")
}

func TestAQuickRunIsHeldAgainstWhatIsCaught(t *testing.T) {
	result, err := measure(t, t.Context(), []selftest.Fault{of("refuses", "CARD-LIST-01", contract.Stated)},
		func(c *selftest.Config) { c.Quick = true })
	require.NoError(t, err)
	require.True(t, result.Faults[0].Quick)
	require.Equal(t, 1, result.Summary.QuickKilled)
	require.Zero(t, result.Judge(time.Now()))
	result.Faults[0].Quick = false
	require.Equal(t, evidence.ExitFailed, result.Judge(time.Now()), "a gate that notices nothing is none")
}

func TestAFaultThatIsNoticedForAnotherReasonIsNotRight(t *testing.T) {
	result, err := measure(t, t.Context(), []selftest.Fault{of("accepted", "CARD-LIST-01", contract.Stated)}, nil)
	require.NoError(t, err)
	require.True(t, result.Faults[0].Killed)
	require.False(t, result.Faults[0].RightRequirement)
	require.Equal(t, "CARD-LIST-08", result.Faults[0].By[0].Requirement)
}

// made is a fault as one that was made from the contract.
func made(f selftest.Fault) selftest.Fault {
	f.Generated, f.Operation, f.Oracle = true, "cards-list", "an oracle"
	return f
}

func TestOfAFaultMadeFromTheContractAnyFindingThatGatesWillDo(t *testing.T) {
	result, err := measure(t, t.Context(), []selftest.Fault{made(of("accepted", "CARD-LIST-01", contract.Stated)),
		made(of("unseen", "", contract.NotFound)),
		made(of("unseen", "CARD-LIST-01", contract.Stated)), made(of("never", "CARD-LIST-01", contract.Stated))}, nil)
	require.NoError(t, err)
	require.True(t, result.Faults[0].Caught() && result.Faults[0].Gated)
	require.False(t, result.Faults[1].Lives(), "nothing forbids it")
	require.True(t, result.Faults[2].Lives())
	require.False(t, result.Faults[3].Lives(), "it never showed")
	require.Equal(t, reports.Killed{Faults: 4, Killed: 1, Reached: 3, Forbidden: 2, Gated: 1}, result.Summary.ByGroup["g"])
	require.Equal(t, result.Faults[2:3], result.Survivors())
}

func TestAnApiThatIsNotGreenIsRefusedAndWhatMayDeviateIsNotHeldAgainstAMutation(t *testing.T) {
	conform := func(always ...string) func(*selftest.Config) {
		return func(c *selftest.Config) { c.MustConform, c.Upstream, c.Start = true, "stub", start(nil, always...) }
	}
	_, err := measure(t, t.Context(), nil, conform("accepted"))
	var broken *selftest.NotGreenError
	require.ErrorAs(t, err, &broken)
	require.ErrorContains(t, err, "breaks 2 gated facts already, such as CARD-LIST-08 of cards-list")
	result, err := measure(t, t.Context(), nil, conform())
	require.NoError(t, err)
	require.Len(t, result.Baseline, 2, "before and afterwards")
}

func TestAnApiThatTheRunsBrokeIsToldAfterwards(t *testing.T) {
	var starts atomic.Int64
	good, bad := start(nil), start(nil, "accepted")
	result, err := measure(t, t.Context(), nil, func(c *selftest.Config) {
		c.MustConform, c.Upstream = true, "stub"
		c.Start = func(ctx context.Context, style string, edition contract.Edition, faults ...string) (*selftest.Subject, error) {
			if starts.Add(1) > 1 {
				return bad(ctx, style, edition, faults...)
			}
			return good(ctx, style, edition, faults...)
		}
	})
	require.NoError(t, err)
	require.Positive(t, result.Baseline[1].Gated)
	require.Equal(t, evidence.ExitFailed, result.Judge(time.Now()))
}

func TestRunsOnAnApiThatStaysHaveNamesOfTheirOwn(t *testing.T) {
	var mu sync.Mutex
	names := map[string]bool{}
	seen := func(r *http.Request) {
		mu.Lock()
		defer mu.Unlock()
		name, _, _ := strings.Cut(r.Header.Get("X-Kobcheck-Run"), "/")
		names[name] = true
	}
	_, err := measure(t, t.Context(), []selftest.Fault{made(of("accepted", "CARD-LIST-08", contract.Stated))},
		func(c *selftest.Config) { c.RunID, c.Start = "night", start(seen) })
	require.NoError(t, err)
	require.Contains(t, names, "night-1")
	require.Contains(t, names, "night-2")
}

func TestWhatIsStoppedSaysHowManyWereTried(t *testing.T) {
	ctx, stop := context.WithCancel(t.Context())
	defer stop()
	faults := []selftest.Fault{of("refuses", "CARD-LIST-01", contract.Stated), of("accepted", "CARD-LIST-08", contract.Stated),
		of("unseen", "CARD-LIST-01", contract.Stated)}
	result, err := measure(t, ctx, faults, func(c *selftest.Config) {
		c.Parallel = 1
		c.Progress = func(done, _ int) {
			if done == 2 {
				stop()
			}
		}
	})
	require.NoError(t, err)
	require.Equal(t, 3, result.Selected)
	require.Len(t, result.Faults, 2, "what was under way shows nothing")
	require.True(t, result.Faults[1].RightRequirement)
}
