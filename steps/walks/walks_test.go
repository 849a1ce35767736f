package walks_test

import (
	"net/http"
	"slices"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/stage"
)

func TestAWalkHoldsAndWhatDiffersIsASentence(t *testing.T) {
	for _, sentence := range []string{`two clients do 40 things at random`, `two clients do 40 things at random, some of them at once`} {
		good := stage.New(t, mock.Options{}, "HARNESS-30")
		require.NoError(t, good.Say(t, sentence, `the model of the rules allows all that was answered`))
		broke, held := good.Found()
		require.Empty(t, broke)
		require.Contains(t, held, "a walk goes as the model has it")
	}
	faulty := stage.New(t, mock.Options{Faults: []string{"money.credit-drifts"}}, "HARNESS-30")
	require.NoError(t, faulty.Say(t, `two clients do 200 things at random`, `the model of the rules allows all that was answered`))
	findings := faulty.World.Evidence().Findings
	require.Len(t, findings, 1)
	require.Equal(t, "MONEY-06", findings[0].Requirement)
	require.Contains(t, findings[0].Gherkin, "When we credit the wallet with 1")
	require.Positive(t, findings[0].Exchange)
	seen := faulty.World.Evidence()
	require.Less(t, len(seen.Telling()), len(seen.Exchanges)/2, "of shrinking nothing is kept")
	require.True(t, slices.ContainsFunc(seen.Telling(), func(e evidence.Exchange) bool { return e.N == findings[0].Exchange }))
}

func TestAServerErrorThatTheSameWalkDoesNotMeetAgainIsChance(t *testing.T) {
	met := func(when func(read int64) bool) *stage.Stage {
		s, reads := stage.New(t, mock.Options{}, "HARNESS-30"), atomic.Int64{}
		s.Alter("wallets-get", 0, func(a *stage.Answer) {
			if when(reads.Add(1)) {
				stage.Refused(http.StatusInternalServerError, "sorry")(a)
			}
		})
		require.NoError(t, s.Say(t, `two clients do 40 things at random`, `the model of the rules allows all that was answered`))
		return s
	}
	once := met(func(read int64) bool { return read == 9 })
	findings := once.World.Evidence().Findings
	require.Len(t, findings, 1)
	require.Equal(t, evidence.Flaky, findings[0].Verdict)
	require.Equal(t, "wallets-get", findings[0].Operation)
	require.Equal(t, evidence.Unserved, findings[0].Kind)
	_, held := once.Found()
	require.Contains(t, held, "a walk goes as the model has it", "it went on")

	always := met(func(read int64) bool { return read > 9 }).World.Evidence().Findings
	last := always[len(always)-1]
	require.Empty(t, last.Verdict)
	require.Equal(t, "HARNESS-01", last.Requirement)
}

func TestAFieldThatAWalkMissesIsTheFieldThatAScenarioMisses(t *testing.T) {
	s := stage.New(t, mock.Options{}, "HARNESS-30")
	s.Alter("wallets-get", 0, stage.Without("status"))
	require.NoError(t, s.Say(t, `two clients do 40 things at random`, `the model of the rules allows all that was answered`))
	findings := s.World.Evidence().Findings
	require.Len(t, findings, 1)
	require.Equal(t, []string{"WALLET-31", "wallets-get", "/status", "absent"},
		[]string{findings[0].Requirement, findings[0].Operation, findings[0].Pointer, findings[0].Actual})
}
