package limiter

import (
	"math"
	"testing"

	"github.com/stretchr/testify/require"
)

// passes asks a model at moments, as it would decide itself, and returns what it let through.
func passes(m model, moments ...float64) []bool {
	var out []bool
	for _, at := range moments {
		ok := m.allows(at)
		m.take(at, ok)
		out = append(out, ok)
	}
	return out
}

func TestEachFamilyLetsThroughWhatItsNameSays(t *testing.T) {
	never := math.Inf(-1)
	for name, c := range map[string]struct {
		model model
		at    []float64
		want  []bool
	}{
		"a window from the first request on opens after it": {&fixedFirst{limit: 2, window: 1, start: never},
			[]float64{0.3, 0.4, 0.5, 1.2, 1.3, 1.4}, []bool{true, true, false, false, true, true}},
		"a window of the clock opens with the clock": {&fixedClock{limit: 2, window: 1, index: never},
			[]float64{0.3, 0.4, 0.5, 1.01, 1.02, 1.03}, []bool{true, true, false, true, true, false}},
		"a log frees what is a window old": {&slidingLog{limit: 2, window: 1},
			[]float64{0, 0.9, 0.95, 1.1, 1.2, 1.95}, []bool{true, true, false, true, false, true}},
		"a log that counts refusals never recovers under fire": {&slidingLog{limit: 1, window: 1, refused: true},
			[]float64{0, 0.6, 1.2, 1.8, 2.4, 3.5}, []bool{true, false, false, false, false, true}},
		"a counter weighs the window before": {&slidingCounter{limit: 2, window: 1, index: never},
			[]float64{0.1, 0.2, 0.3, 1.1, 1.6}, []bool{true, true, false, true, true}},
		"a bucket fills at its rate": {&bucket{size: 2, rate: 1},
			[]float64{0, 0, 0, 0.5, 1.1, 1.2, 5, 5, 5}, []bool{true, true, false, false, true, false, true, true, false}},
		"a penalty box blocks after an excess": {&penaltyBox{limit: 2, window: 1},
			[]float64{0, 0.1, 0.2, 1.15, 1.21, 1.22}, []bool{true, true, false, false, true, true}},
	} {
		require.Equal(t, c.want, passes(c.model, c.at...), name)
	}
}

func TestWhatIsTooCloseToTellContradictsNothing(t *testing.T) {
	full := &bucket{size: 1, rate: 1}
	full.take(0, true)
	require.True(t, full.unsure(0.99, 0.05), "a token is nearly there")
	require.False(t, full.unsure(0.5, 0.05))
	trace := []Seen{{From: 0, To: 0.001, Passed: true}, {From: 0.99, To: 0.995, Passed: true}, {From: 1.2, To: 1.201}}
	require.Zero(t, contradictions(trace, &bucket{size: 1, rate: 1}, 0.05, math.MaxInt))
	require.Equal(t, 2, contradictions(trace, &fixedFirst{limit: 1, window: 1, start: math.Inf(-1)}, 0.05, math.MaxInt))
	require.Equal(t, 2, contradictions([]Seen{{Passed: true}, {From: 0.1, Passed: true}, {From: 0.2, Passed: true}, {From: 0.3, Passed: true}},
		&fixedFirst{limit: 1, window: 1, start: math.Inf(-1)}, 0, 1), "counting ends beyond the bound")
}

func TestRequestsAreOrderedAsALimiterDecidedOnThem(t *testing.T) {
	ordered := inOrder([]Seen{{From: 3, To: 4, Passed: true}, {From: 1, To: 5}, {From: 0, To: 0.5, Passed: true}})
	require.Equal(t, []Seen{{From: 0, To: 0.5, Passed: true}, {From: 3, To: 4, Passed: true}, {From: 1, To: 5}}, ordered,
		"what passed while another was under way came before its refusal")
}

func TestAGridHasRoundWindowsAndWhatLiesBetween(t *testing.T) {
	all := between(0.4, 12)
	for _, round := range []float64{0.5, 1, 2, 5, 10} {
		require.Contains(t, all, round)
	}
	for _, one := range all {
		require.True(t, one >= 0.4 && one <= 12, "%v", one)
	}
	require.Empty(t, between(0, 1))
	require.Empty(t, between(2, 1))
	require.Equal(t, []int{1, 2, 3, 4, 9, 10, 11}, limitsNear([]int{1, 2, 3, 10}))
	require.Equal(t, []int{7, 8, 9}, bucketSizes([]int{10}, 2))
	require.True(t, isRound(60))
	require.False(t, isRound(61))
}

func TestKindsAreFamiliesWithoutTheirVariants(t *testing.T) {
	found := &Found{Best: []Fit{{Family: FixedFirst}, {Family: FixedClock}, {Family: SlidingRefused}, {Family: Bucket}}}
	require.Equal(t, []string{"fixed window", "sliding log", string(Bucket)}, found.Kinds())
}
