package load_test

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/load"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

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
		require.Equal(t, evidence.ExitFailed, run.ExitCode, "%s: %s", fault, run.Reason)
		require.Contains(t, run.Reason, "IDEMP-")
	}
	run := perform(context.Background(), on(t, mock.Options{Faults: []string{"idempotency.shared-between-clients"}}, nil), plan())
	require.Equal(t, evidence.ExitFailed, run.ExitCode, "another client is answered with our card")
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
	require.Equal(t, evidence.ExitInconclusive, run.ExitCode, run.Reason)
	require.False(t, math.IsNaN(run.Plans[0].Asked))
}

func TestARaceOfOneInAThousandIsFound(t *testing.T) {
	keys := 1500
	if raceDetector {
		keys = 700 // it slows the mock more than the storm, so that more copies overlap
	}
	plan := parse(t, fmt.Sprintf("id: s\nkind: idempotency\nsentence: s\nkeys: %d\ncopies: 8\n", keys))
	run := perform(context.Background(), on(t, mock.Options{Faults: []string{"idempotency.race-one-in-a-thousand"}}, nil), plan)
	require.Equal(t, evidence.ExitFailed, run.ExitCode, run.Reason)
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
			require.NotEqual(t, evidence.Failed, run.Verdict, run.Reason) // where no burst overlaps nothing is decided
			run = perform(context.Background(), target, parse(t, "id: l\nkind: ledger\nsentence: l\nwallets: 3\namounts: 6\n"))
			require.NotEqual(t, evidence.Failed, run.Verdict, run.Reason) // where no burst overlaps nothing is decided
		}
	}
}

func TestAStaleReadIsSeenAlthoughAllMoneyIsThere(t *testing.T) {
	run := perform(context.Background(), on(t, mock.Options{Faults: []string{"money.stale-read"}}, nil), parse(t, "id: l\nkind: ledger\nsentence: l\nwallets: 4\namounts: 12\n"))
	require.Equal(t, evidence.ExitFailed, run.ExitCode, run.Reason)
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
	require.Equal(t, evidence.ExitInconclusive, run.ExitCode)
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
