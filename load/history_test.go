package load

import (
	"math/big"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

func judged(t *testing.T, h *history, money bool) (evidence.Invariant, *reports.LoadPlan) {
	t.Helper()
	result := &reports.LoadPlan{}
	model := creation
	if money {
		model = account(big.NewRat(1, 100))
	}
	h.judge(model, "MONEY-06", "%d calls on %d things", result)
	require.Len(t, result.Invariants, 1)
	return result.Invariants[0], result
}

const ms = time.Millisecond

func TestOneKeyMakesOneObjectWhateverTheOrder(t *testing.T) {
	h := &history{}
	h.add(0, event{thing: "k", what: "create"}, answer{done: true, id: "a"}, 0, 4*ms)
	h.add(1, event{thing: "k", what: "create"}, answer{done: true, id: "a"}, 1*ms, 2*ms)
	h.add(2, event{thing: "k", what: "create"}, answer{}, 1*ms, 3*ms) // refused: still under way
	h.add(3, event{thing: "k", what: "create"}, answer{unknown: true}, 0, forever)
	h.add(0, event{thing: "other", what: "create"}, answer{done: true, id: "b"}, 0, 1*ms)
	one, result := judged(t, h, false)
	require.True(t, *one.Holds)
	require.Equal(t, "5 calls on 2 things", one.Sentence)
	require.Empty(t, result.Pictures)
	h.add(1, event{thing: "k", what: "create"}, answer{done: true, id: "c"}, 5*ms, 6*ms)
	one, result = judged(t, h, false)
	require.False(t, *one.Holds)
	require.Len(t, one.Evidence, 1)
	require.Contains(t, one.Evidence[0], "create: c…")
	require.NotContains(t, one.Evidence[0], "refused", "what is not needed to see it is left out")
	require.Len(t, result.Pictures, 1)
	require.Contains(t, string(result.Pictures[0].Data), "<html")
}

func TestABalanceShowsWhatWasBookedBeforeIt(t *testing.T) {
	read := func(cents int64) answer { return answer{done: true, units: big.NewRat(cents, 100)} }
	h := &history{}
	h.add(0, event{thing: "w", what: "in", units: 100}, answer{done: true}, 0, 2*ms)
	h.add(0, event{thing: "w", what: "read"}, read(0), 1*ms, 3*ms) // the credit was still under way
	h.add(0, event{thing: "w", what: "out", units: 60}, answer{done: true}, 4*ms, 6*ms)
	h.add(0, event{thing: "w", what: "out", units: 60}, answer{}, 4*ms, 6*ms) // refused
	h.add(0, event{thing: "w", what: "read"}, read(40), 5*ms, 7*ms)
	one, _ := judged(t, h, true)
	require.True(t, *one.Holds, one.Evidence)
	h.add(0, event{thing: "w", what: "read"}, read(100), 8*ms, 9*ms) // a stale read: 40 was shown before
	one, _ = judged(t, h, true)
	require.False(t, *one.Holds)
	require.Contains(t, one.Evidence[0], "read: 1")
	overdrawn := &history{}
	overdrawn.add(0, event{thing: "w", what: "in", units: 100}, answer{done: true}, 0, 2*ms)
	overdrawn.add(0, event{thing: "w", what: "out", units: 60}, answer{done: true}, 3*ms, 5*ms)
	overdrawn.add(1, event{thing: "w", what: "out", units: 60}, answer{done: true}, 3*ms, 5*ms)
	one, _ = judged(t, overdrawn, true)
	require.False(t, *one.Holds, "two of sixty don't leave a wallet of a hundred")
}
