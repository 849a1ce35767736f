package storm_test

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/load/loadtest"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/stage/sample"
)

func TestAStormFindsARaceAndNeverAccusesTheConformingMock(t *testing.T) {
	t.Parallel()
	const plan = "id: storm\nkind: idempotency\nsentence: storm\nkeys: 3\ncopies: 8\nstages: [{rate: 100, for: 200ms}]\n"
	for _, style := range sample.Of(t, mock.Styles(), 2) {
		run := loadtest.Perform(t.Context(), t, loadtest.On(t, mock.Options{Style: style}, nil), plan)
		for _, one := range run.Plans[0].Invariants {
			require.False(t, one.Holds != nil && !*one.Holds, "%s: %s: %v", style, one.Sentence, one.Evidence)
		}
	}
	for _, fault := range sample.Of(t, []string{"idempotency.race", "idempotency.ignored.transactions-manual-credit"}, 2) {
		run := loadtest.Perform(t.Context(), t, loadtest.On(t, mock.Options{Faults: []string{fault}}, nil), plan)
		require.Equal(t, evidence.ExitFailed, run.ExitCode, "%s: %s", fault, run.Reason)
		require.Contains(t, run.Reason, "IDEMP-")
	}
	run := loadtest.Perform(t.Context(), t, loadtest.On(t, mock.Options{Faults: []string{"idempotency.shared-between-clients"}}, nil), plan)
	require.Equal(t, evidence.ExitFailed, run.ExitCode, "another client is answered with our card")
}

func TestDuplicatesAtARateShowWhatASecondEffectLeaves(t *testing.T) {
	t.Parallel()
	const plan = "id: d\nkind: idempotency\nsentence: d\nkeys: 1\ncopies: 5\nparts: [at-a-rate]\nstages: [{rate: 100, for: 600ms}]\n"
	run := loadtest.Perform(t.Context(), t, loadtest.On(t, mock.Options{}, nil), plan)
	require.Zero(t, run.ExitCode, run.Reason)
	require.Equal(t, run.Plans[0].Due, run.Plans[0].Sent)
	once, there := loadtest.Held(&run.Plans[0], "IDEMP-01")
	require.True(t, there && *once.Holds, once.Sentence)
	run = loadtest.Perform(t.Context(), t, loadtest.On(t, mock.Options{Faults: []string{"idempotency.ignored.transactions-manual-credit"}},
		nil), plan)
	require.Equal(t, evidence.ExitFailed, run.ExitCode, run.Reason)
}

func TestARaceOfOneInAThousandIsFound(t *testing.T) {
	t.Parallel()
	const plan = "id: s\nkind: idempotency\nsentence: s\nkeys: 250\ncopies: 8\noperations: [transactions-manual-credit]\nparts: [at-once]\n"
	run := loadtest.Perform(t.Context(), t, loadtest.On(t, mock.Options{Faults: []string{"idempotency.race-one-in-a-thousand"}}, nil), plan)
	require.Equal(t, evidence.ExitFailed, run.ExitCode, run.Reason)
	require.Contains(t, run.Reason, "IDEMP-29")
	require.NotEmpty(t, run.Plans[0].Pictures, "a broken history comes with a picture")
}

func TestFiftyStormsNeverAccuseTheConformingMock(t *testing.T) {
	t.Parallel()
	times := 25 // on each of two styles
	if loadtest.RaceDetector {
		times = 2
	}
	for _, style := range mock.Styles() {
		target := loadtest.On(t, mock.Options{Style: style}, nil)
		for n := range times {
			target.RunID = fmt.Sprint(style, n) // a key belongs to one storm
			parts := "at-once"
			if n%8 == 0 {
				parts += ", lost-answers" // which wait
			}
			run := loadtest.Perform(t.Context(), t, target, "id: s\nkind: idempotency\nsentence: s\nkeys: 3\ncopies: 8\nparts: ["+parts+"]\n")
			require.NotEqual(t, evidence.Failed, run.Verdict, run.Reason) // where no burst overlaps nothing is decided
		}
	}
}

// clock is one that a test moves on, in nanoseconds; nobody waits for it.
type clock struct{ atomic.Int64 }

func (c *clock) Now() time.Time { return time.Unix(0, c.Load()).UTC() }

func (c *clock) Wait(context.Context, time.Duration) {}

func TestKeysOfEarlierNightsBracketTheWindow(t *testing.T) {
	t.Parallel()
	file := filepath.Join(t.TempDir(), "nights.json")
	clock := new(clock)
	clock.Store(time.Date(2026, 1, 30, 1, 0, 0, 0, time.UTC).UnixNano())
	target := loadtest.On(t, mock.Options{Clock: clock, TokenLife: 1000 * time.Hour, KeyWindow: 24 * time.Hour}, nil)
	target.KeyNights, target.Now = file, clock.Now
	target.Keep = func(path string, render func(io.Writer) error) error {
		var text bytes.Buffer
		return errors.Join(render(&text), os.WriteFile(path, text.Bytes(), 0o600))
	}
	const plan = "id: s\nkind: idempotency\nsentence: s\nkeys: 1\ncopies: 2\nparts: [policy]\n"
	night := 0
	hear := func(later time.Duration) string {
		clock.Add(int64(later))
		night++
		target.RunID = fmt.Sprint("night-", night)
		run := loadtest.Perform(t.Context(), t, target, plan)
		answer := loadtest.Observed(&run.Plans[0], "idempotency.policy.window")
		require.NotEmpty(t, answer, run.Reason)
		return answer
	}
	require.Contains(t, hear(0), "not seen yet")
	require.Equal(t, "at least 20h0m0s", hear(20*time.Hour))
	require.Equal(t, "at least 20h0m0s, and no longer than 30h0m0s: then it was executed anew", hear(10*time.Hour))
	require.Equal(t, "at least 23h0m0s, and no longer than 30h0m0s: then it was executed anew", hear(13*time.Hour),
		"bounds of earlier nights are kept")
	text, err := os.ReadFile(file)
	require.NoError(t, err)
	require.NotRegexp(t, `"key"`, string(text))
	require.NoError(t, os.WriteFile(file, []byte("{"), 0o600))
	target.RunID = "the-last-night"
	run := loadtest.Perform(t.Context(), t, target, plan)
	require.Equal(t, evidence.ExitInconclusive, run.ExitCode)
	require.Contains(t, run.Reason, "--key-nights")
}

func TestManyKeysAtOnceOnOneWalletMakeOneCard(t *testing.T) {
	t.Parallel()
	plan := "id: s\nkind: idempotency\nsentence: s\nkeys: 2\ncopies: 8\nparts: [rivals]\n"
	held := func(faults ...string) bool {
		run := loadtest.Perform(t.Context(), t, loadtest.On(t, mock.Options{Faults: faults}, nil), plan)
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
