package ledger_test

import (
	"maps"
	"math"
	"net/http"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/load/loadtest"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/stage/sample"
)

func TestALedgerFindsLostAndDoubledMoneyAndNeverAccusesTheConformingMock(t *testing.T) {
	t.Parallel()
	const plan = "id: ledger\nkind: ledger\nsentence: ledger\nwallets: 3\namounts: "
	for _, style := range sample.Of(t, mock.Styles(), 2) {
		run := loadtest.Perform(t.Context(), t, loadtest.On(t, mock.Options{Style: style}, nil), plan+"6\n")
		require.Zero(t, run.ExitCode, run.Reason)
	}
	breaks := map[string]string{
		"money.credit-not-booked": "MONEY-06", "money.credit-booked-twice": "MONEY-06", "money.lost-in-transfer": "MONEY-05", "money.fee-in-transfer": "MONEY-05",
		"money.overdraft-allowed": "MONEY-07", "money.total-wrong": "MONEY-02",
	}
	for _, fault := range sample.Of(t, slices.Sorted(maps.Keys(breaks)), 2) {
		requirement := breaks[fault]
		run := loadtest.Perform(t.Context(), t, loadtest.On(t, mock.Options{Faults: []string{fault}}, nil), plan+"3\n") // more take long to find unexplained
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
	t.Parallel()
	var requests atomic.Int64
	dies := func(api http.Handler) http.Handler {
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if requests.Add(1) > 60 {
				panic(http.ErrAbortHandler)
			}
			api.ServeHTTP(w, r)
		})
	}
	run := loadtest.Perform(t.Context(), t, loadtest.On(t, mock.Options{}, dies), "id: l\nkind: ledger\nsentence: l\nwallets: 4\namounts: 9\n")
	require.Equal(t, evidence.ExitInconclusive, run.ExitCode, run.Reason)
	require.False(t, math.IsNaN(run.Plans[0].Asked))
}

func TestFiftyLedgersNeverAccuseTheConformingMock(t *testing.T) {
	t.Parallel()
	times := 25 // on each of two styles
	if loadtest.RaceDetector {
		times = 3
	}
	for _, style := range mock.Styles() {
		target := loadtest.On(t, mock.Options{Style: style}, nil)
		for range times {
			run := loadtest.Perform(t.Context(), t, target, "id: l\nkind: ledger\nsentence: l\nwallets: 3\namounts: 6\n")
			require.NotEqual(t, evidence.Failed, run.Verdict, run.Reason)
		}
	}
}

func TestAStaleReadIsSeenAlthoughAllMoneyIsThere(t *testing.T) {
	t.Parallel()
	run := loadtest.Perform(t.Context(), t, loadtest.On(t, mock.Options{Faults: []string{"money.stale-read"}}, nil),
		"id: l\nkind: ledger\nsentence: l\nwallets: 4\namounts: 5\n")
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
