package limiter

import (
	"maps"
	"math"
	"slices"
)

// roundWindows are the windows that people configure, in seconds.
var roundWindows = []float64{0.1, 0.25, 0.5, 1, 2, 5, 10, 15, 20, 30, 60, 120, 300, 600, 900, 1800, 3600}

// grid is how many windows between two bounds are tried beside round ones.
const grid = 60

// limitsNear are limits that may be behind the numbers that passed at once.
func limitsNear(counts []int) []int {
	return bucketSizes(counts, 0)
}

// bucketSizes are sizes that may be behind them, where so much flowed in meanwhile.
func bucketSizes(counts []int, flowed float64) []int {
	seen := map[int]bool{}
	for _, n := range counts {
		for _, more := range []float64{-1, 0, 1} {
			if size := int(math.Round(float64(n) - flowed + more)); size > 0 {
				seen[size] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// between lists the round windows within two bounds, and a grid for the others.
func between(low, high float64) []float64 {
	if low <= 0 || high < low {
		return nil
	}
	all := slices.DeleteFunc(slices.Clone(roundWindows), func(one float64) bool { return one < low || one > high })
	for i := range grid {
		all = append(all, low*math.Pow(high/low, (float64(i)+0.5)/grid))
	}
	return all
}

// rates lists the rates of a bucket that may be.
func (h hints) rates() []float64 {
	all := between(h.slowest, h.fastest)
	if h.fullRate > 0 {
		for _, factor := range []float64{0.97, 0.98, 0.99, 1, 1.01, 1.02, 1.03} {
			all = append(all, h.fullRate*factor)
		}
	}
	for _, limit := range limitsNear(h.counts) {
		for _, window := range roundWindows {
			if rate := float64(limit) / window; rate >= h.slowest && rate <= h.fastest {
				all = append(all, rate)
			}
		}
	}
	return all
}

// isRound reports whether people configure such a window.
func isRound(window float64) bool {
	return slices.ContainsFunc(roundWindows, func(one float64) bool { return math.Abs(one-window) < 1e-6*one })
}
