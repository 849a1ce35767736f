package arrivals

import (
	"context"
	"sync"
	"testing"
	"testing/synctest"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/load/kind"
)

// performed are the outcomes of arrivals that are due so far from each other.
func performed(ctx context.Context, precise bool, apart time.Duration, count int) []Outcome {
	plan := kind.Usual()
	plan.Precise = precise
	due := make([]time.Duration, count)
	for i := range due {
		due[i] = time.Duration(i) * apart
	}
	var mu sync.Mutex
	var out []Outcome
	Attack(ctx, due, &plan, func(context.Context, int) Outcome { return Outcome{Class: Good} }, func(o Outcome) {
		mu.Lock()
		defer mu.Unlock()
		out = append(out, o)
	})
	return out
}

func TestEachArrivalLeavesOnceAndNoneBeforeItIsDue(t *testing.T) {
	t.Parallel()
	for _, precise := range []bool{false, true} {
		for _, apart := range []time.Duration{0, 100 * time.Microsecond, 3 * time.Millisecond} {
			seen := map[time.Duration]int{}
			for _, o := range performed(t.Context(), precise, apart, 50) {
				require.GreaterOrEqual(t, o.Sent, o.Due)
				seen[o.Due]++
			}
			for due, times := range seen {
				require.True(t, times == 1 || apart == 0 && times == 50, "%v: %d", due, times)
			}
			require.True(t, len(seen) == 50 || apart == 0 && len(seen) == 1)
		}
	}
}

func TestOnAVirtualClockArrivalsLeaveWhenTheyAreDueAndEndWithTheirContext(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		for _, precise := range []bool{false, true} {
			for _, o := range performed(t.Context(), precise, 7*time.Second, 20) {
				require.Equal(t, o.Due, o.Sent)
			}
			short, end := context.WithTimeout(t.Context(), time.Minute)
			require.Len(t, performed(short, precise, 7*time.Second, 20), 9)
			end()
		}
	})
}
