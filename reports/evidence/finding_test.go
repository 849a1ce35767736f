package evidence

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/kobcheck/kobcheck/contract"
)

// A list of known failures lives by this: what differs from night to night must not make another failure of one.
func TestAFingerprintIsTheSameOnEveryNight(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		night := func(label string) Finding {
			id := uuid.Must(uuid.FromBytes(rapid.SliceOfN(rapid.Byte(), 16, 16).Draw(t, label+" id")))
			moment := time.Unix(rapid.Int64Range(1.7e9, 1.9e9).Draw(t, label+" moment"), 0).UTC()
			amount := rapid.Float64Range(0.01, 9e5).Draw(t, label+" amount")
			at := rapid.IntRange(0, 400).Draw(t, label+" place")
			return Finding{Requirement: "WALLET-17", Check: "balance", Pointer: fmt.Sprintf("/%d/balance", at),
				Expected: fmt.Sprintf("wallet %s holds %.2f", id, amount),
				Actual:   fmt.Sprintf("200 OK: %.2f at %s", amount+1, moment.Format(time.RFC3339))}
		}
		one, other := night("first"), night("second")
		require.Equal(t, one.Fingerprint(), other.Fingerprint())
		require.Equal(t, one.Cause(), other.Cause())
		changed := other
		changed.Actual = "404 Not Found"
		require.NotEqual(t, one.Fingerprint(), changed.Fingerprint(), "another status is another way to fail")
		changed = other
		changed.Pointer = "/balance"
		require.NotEqual(t, one.Fingerprint(), changed.Fingerprint(), "and so is another place")
	})
}

func TestALeakIsOneUntilItIsKnown(t *testing.T) {
	leak := Finding{Check: EveryAnswer + NoSecret, Gated: true}
	require.True(t, leak.Leaks())
	require.True(t, Finding{Check: NoCardNumber, Gated: true}.Leaks())
	leak.Verdict = Known
	require.False(t, leak.Leaks())
	require.False(t, Finding{Check: EveryAnswer + NoSecret}.Leaks(), "what does not gate is none")
	require.False(t, Finding{Check: "success status", Gated: true}.Leaks())
}

func TestOnlyWhatWeighsAsMuchAsItsRequirementBreaksIt(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	const stated = "CARD-CREATE-08"
	require.Equal(t, contract.Stated, facts.MarkOf(stated))
	for name, c := range map[string]struct {
		finding Finding
		breaks  bool
	}{
		"of the full weight":             {Finding{Requirement: stated, Mark: contract.Stated}, true},
		"of a weaker facet":              {Finding{Requirement: stated, Mark: contract.Inferred}, false},
		"weaker, and gated all the same": {Finding{Requirement: stated, Mark: contract.Inferred, Gated: true}, true},
		"a hazard":                       {Finding{Requirement: stated, Mark: contract.Inferred, Hazard: "money"}, true},
		"a field of no page":             {Finding{Requirement: UndocumentedFields, Mark: facts.MarkOf(UndocumentedFields)}, false},
	} {
		require.Equal(t, c.breaks, c.finding.Breaks(facts), name)
	}
}

func TestTheStrongestExitCodeWins(t *testing.T) {
	order := ExitOrder()
	require.Equal(t, ExitSecretFound, order[0], "a secret that got out is looked at before anything else")
	require.Less(t, slices.Index(order, ExitFailed), slices.Index(order, ExitInconclusive))
	require.NotContains(t, order, ExitPassed)
}
