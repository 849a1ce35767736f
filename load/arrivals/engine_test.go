package arrivals

import (
	"cmp"
	"context"
	"runtime"
	"slices"
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

// overloaded are the outcomes of many arrivals that are due at once, over so many connections.
func overloaded(t *testing.T, connections int, perform Hit) (out []Outcome, goroutines int) {
	t.Helper()
	plan := kind.Usual()
	plan.Connections = connections
	var mu sync.Mutex
	Attack(t.Context(), make([]time.Duration, 20*connections), &plan, perform, func(o Outcome) {
		mu.Lock()
		defer mu.Unlock()
		out = append(out, o)
		goroutines = max(goroutines, runtime.NumGoroutine())
	})
	require.Len(t, out, 20*connections)
	return out, goroutines
}

func TestAWaitForAConnectionIsTheAPIsAndCostsNoGoroutines(t *testing.T) {
	synctest.Test(t, func(t *testing.T) {
		before := runtime.NumGoroutine()
		out, most := overloaded(t, 10, func(ctx context.Context, _ int) Outcome {
			require.NoError(t, kind.Wait(ctx, time.Second))
			return Outcome{Class: Good}
		})
		require.Less(t, most-before, 60)
		last := slices.MaxFunc(out, func(a, b Outcome) int { return cmp.Compare(a.Sent, b.Sent) })
		require.Equal(t, 19*time.Second, last.Sent, "ten at a time, a second each")
		for _, o := range out {
			require.Zero(t, o.Began)
		}
	})
}

func TestAWaitForOurOwnProcessorsIsTheGeneratorsLag(t *testing.T) {
	out, _ := overloaded(t, 16*runtime.GOMAXPROCS(0), func(context.Context, int) Outcome {
		for began := time.Now(); time.Since(began) < time.Millisecond; {
			continue
		}
		runtime.Gosched()
		return Outcome{Class: Good}
	})
	latest := slices.MaxFunc(out, func(a, b Outcome) int { return cmp.Compare(a.Began, b.Began) })
	usual := kind.Usual()
	require.Greater(t, latest.Began, time.Duration(usual.Lag), "a plan is not decided then")
}
