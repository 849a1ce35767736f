package nights

import (
	"cmp"
	"math"
	"slices"
	"time"
)

// latencyShift is a change of an operation's median latency from one night on, in milliseconds.
type latencyShift struct {
	Operation     string
	From          time.Time
	Before, After float64
	// P is how likely a shift as clear as this is among nights without one.
	P      float64
	Series []float64
}

// The rule of a shift: Pettitt's test at one in a hundred, divided by the number of operations that are
// looked at, and a change of the median by a tenth or more.
const (
	shiftAt    = 0.01
	shiftLeast = 0.10
	shiftOver  = 8 // nights
)

func (t *Trend) shifts() {
	series := map[string][]float64{}
	for _, night := range t.Nights {
		for operation := range night.P50 {
			series[operation] = nil
		}
	}
	moments := map[string][]time.Time{}
	for _, night := range t.Nights {
		for operation := range series {
			if value, there := night.P50[operation]; there {
				series[operation] = append(series[operation], value)
				moments[operation] = append(moments[operation], night.StartedAt)
			}
		}
	}
	t.Shifts = shiftsOf(series, moments)
}

// shiftsOf tests each series for a change.
func shiftsOf(series map[string][]float64, moments map[string][]time.Time) []latencyShift {
	var shifts []latencyShift
	for operation, values := range series {
		if len(values) < shiftOver {
			continue
		}
		at, p := pettitt(values)
		before, after := median(values[:at]), median(values[at:])
		if p*float64(len(series)) < shiftAt && before > 0 && math.Abs(after/before-1) >= shiftLeast {
			shifts = append(shifts, latencyShift{Operation: operation, From: moments[operation][at], Before: before, After: after, P: p,
				Series: values})
		}
	}
	slices.SortFunc(shifts, func(a, b latencyShift) int { return cmp.Compare(a.Operation, b.Operation) })
	return shifts
}

// pettitt tests a series for a change of its level and returns how likely one as clear is by chance
// (A. N. Pettitt, A non-parametric approach to the change-point problem, 1979). At is the index of the first
// value after the change: the split that leaves the values nearest to the medians of their sides.
func pettitt(values []float64) (at int, p float64) {
	n := len(values)
	best, u := 0.0, 0.0
	for k := range n - 1 {
		for j := range n {
			u += sign(values[k] - values[j])
		}
		best = math.Max(best, math.Abs(u))
	}
	at = 1
	least := math.Inf(1)
	for k := 1; k < n; k++ {
		if far := spread(values[:k]) + spread(values[k:]); far < least {
			least, at = far, k
		}
	}
	size := float64(n)
	return at, math.Min(1, 2*math.Exp(-6*best*best/(size*size*size+size*size)))
}

// spread sums how far values are from their median.
func spread(values []float64) float64 {
	middle, sum := median(values), 0.0
	for _, value := range values {
		sum += math.Abs(value - middle)
	}
	return sum
}

func sign(x float64) float64 {
	switch {
	case x > 0:
		return 1
	case x < 0:
		return -1
	}
	return 0
}

func median(values []float64) float64 {
	sorted := append([]float64{}, values...)
	slices.Sort(sorted)
	if len(sorted) == 0 {
		return 0
	}
	if middle := len(sorted) / 2; len(sorted)%2 == 0 {
		return (sorted[middle-1] + sorted[middle]) / 2
	}
	return sorted[len(sorted)/2]
}
