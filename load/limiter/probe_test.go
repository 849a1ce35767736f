package limiter_test

import (
	"context"
	"fmt"
	"math"
	"math/rand/v2"
	"os"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/load/limiter"
	"github.com/kobcheck/kobcheck/load/loadtest"
	"github.com/kobcheck/kobcheck/mock/limit"
)

// virtual is an API behind a limiter on a clock of its own: each request takes some milliseconds, and several
// are under way at once in a burst.
type virtual struct {
	limiter *limit.Limiter
	random  *rand.Rand
	now     float64
	asked   int
}

func (v *virtual) Now() float64 { return v.now }

func (v *virtual) Wait(ctx context.Context, seconds float64) error {
	v.now += seconds + v.random.ExpFloat64()*0.0005 // timers are late
	return ctx.Err()
}

func (v *virtual) Burst(ctx context.Context, most, refusals int) ([]limiter.Seen, error) {
	var seen []limiter.Seen
	for refused := 0; len(seen) < most && refused < refusals; {
		from := v.now
		decided := from + v.random.Float64()*0.004
		ok := true
		if v.limiter != nil {
			ok, _ = v.limiter.Allow("a", time.Unix(0, int64(decided*1e9)))
		}
		if !ok {
			refused++
		}
		v.asked++
		seen = append(seen, limiter.Seen{From: from, To: decided + v.random.Float64()*0.004, Passed: ok})
		v.now = decided + 0.0003
	}
	return seen, ctx.Err()
}

// kindOf is what a kind of the mock is called from outside.
var kindOf = map[limit.Kind]string{limit.FixedWindow: "fixed window", limit.FirstWindow: "fixed window",
	limit.SlidingLog: "sliding log", limit.SlidingCounter: "sliding counter",
	limit.TokenBucket: string(limiter.Bucket), limit.GCRA: string(limiter.Bucket), limit.PenaltyBox: string(limiter.PenaltyBox)}

// TestLimitersOfAllKindsAndSizesAreFoundOut probes seeded limiters and counts how often kind and limit are right.
func TestLimitersOfAllKindsAndSizesAreFoundOut(t *testing.T) {
	each := 5
	switch {
	case loadtest.RaceDetector:
		each = 1 // one goroutine probes: there is no race to find
	case os.Getenv("TEST_ALL") != "":
		each = 20
	}
	kinds := limit.Kinds()
	confusion := map[string]map[string]int{}
	right, exact, all := 0, 0, 0
	var cost []float64
	for k, kind := range kinds {
		for n := range each {
			random := rand.New(rand.NewPCG(uint64(k), uint64(n)))
			requests := 5 + random.IntN(120)
			window := []float64{0.5, 1, 2, 5, 10, 30, 60, 300}[random.IntN(8)]
			config := limit.Config{Kind: limit.Kind(kind), Requests: requests, Window: time.Duration(window * float64(time.Second))}
			api := &virtual{limiter: limit.New(config), random: random, now: 1_700_000_000 + random.Float64()*1000}
			found, err := limiter.Find(t.Context(), api, limiter.Bounds{Most: 400, Longest: 3 * 300})
			require.NoError(t, err)
			require.True(t, found.Present, "%s %d in %v s", kind, requests, window)
			all++
			named := strings.Join(found.Kinds(), " / ")
			if named == kindOf[limit.Kind(kind)] {
				right++
			} else {
				t.Logf("%s %d in %v s was taken for %q: %+v %v", kind, requests, window, named, found.Best, found.Unknown)
			}
			if confusion[kind] == nil {
				confusion[kind] = map[string]int{}
			}
			confusion[kind][named]++
			if len(found.Best) > 0 && math.Abs(float64(found.Best[0].Limit-requests)) <= 0.02*float64(requests) {
				exact++
			} else {
				t.Logf("%s %d in %v s: limit %+v", kind, requests, window, found.Best)
			}
			cost = append(cost, float64(found.Spent)/float64(requests))
		}
	}
	for _, kind := range kinds {
		t.Logf("%-16s %v", kind, confusion[kind])
	}
	slices.Sort(cost)
	t.Logf("kind right in %d of %d, limit within 2 %% in %d; requests for each of the limit: median %.1f", right, all, exact,
		cost[len(cost)/2])
	require.GreaterOrEqual(t, float64(right), 0.95*float64(all), fmt.Sprint(confusion))
	require.GreaterOrEqual(t, float64(exact), 0.98*float64(all))
}

func TestWhatIsNoLimiterIsNeverCalledOne(t *testing.T) {
	for seed := range 100 {
		api := &virtual{random: rand.New(rand.NewPCG(9, uint64(seed))), now: 1000}
		found, err := limiter.Find(t.Context(), api, limiter.Bounds{Most: 400, Longest: 60})
		require.NoError(t, err)
		require.False(t, found.Present)
		require.Equal(t, 400, found.Tried)
		require.Empty(t, found.Best)
	}
}
