package nights

import (
	"cmp"
	"maps"
	"math"
	"runtime"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"
)

// latencyShift is a change of an operation's median latency from one night on, in milliseconds.
type latencyShift struct {
	Operation     string
	From          time.Time
	Before, After float64
	// P is how likely a shift as clear as this is among nights without one.
	P float64
	// Grows says that it came little by little, as where lists grow, and on no night of its own.
	Grows  bool
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

// shiftsOf tests each series for a change: those that came in one night first, the greatest before others.
func shiftsOf(series map[string][]float64, moments map[string][]time.Time) []latencyShift {
	operations := slices.Sorted(maps.Keys(series))
	found := make([]latencyShift, len(operations))
	var all errgroup.Group
	all.SetLimit(runtime.GOMAXPROCS(0))
	for i, operation := range operations {
		all.Go(func() error {
			if one, at := shiftOf(series[operation], len(series)); at > 0 {
				one.Operation, one.From = operation, moments[operation][at]
				found[i] = one
			}
			return nil
		})
	}
	_ = all.Wait() // none of them fails
	shifts := slices.DeleteFunc(found, func(one latencyShift) bool { return one.Operation == "" })
	size := func(one latencyShift) float64 { return math.Abs(one.After/one.Before - 1) }
	slices.SortFunc(shifts, func(a, b latencyShift) int {
		grows := map[bool]int{true: 1}
		return cmp.Or(grows[a.Grows]-grows[b.Grows], cmp.Compare(size(b), size(a)), cmp.Compare(a.Operation, b.Operation))
	})
	return shifts
}

// shiftOf tests one of so many series for a change, and returns where it came; 0 for none.
func shiftOf(values []float64, of int) (one latencyShift, at int) {
	if len(values) < shiftOver {
		return one, 0
	}
	at, p := stepped(values)
	steps := at > 0
	if !steps {
		if p = pettitt(values) * float64(of); p < shiftAt {
			at = split(values)
		}
	}
	before, after := median(values[:at]), median(values[at:])
	if p >= shiftAt || before <= 0 || math.Abs(after/before-1) < shiftLeast {
		return one, 0
	}
	return latencyShift{Before: before, After: after, P: p, Grows: !steps && straighter(values, at), Series: values}, at
}

// pettitt tests a series for a change of its level and returns how likely one as clear is by chance
// (A. N. Pettitt, A non-parametric approach to the change-point problem, 1979).
func pettitt(values []float64) (p float64) {
	n := len(values)
	best, u := 0.0, 0.0
	for k := range n - 1 {
		for j := range n {
			u += sign(values[k] - values[j])
		}
		best = math.Max(best, math.Abs(u))
	}
	size := float64(n)
	return math.Min(1, 2*math.Exp(-6*best*best/(size*size*size+size*size)))
}

// split is the index of the first value after a change: that which leaves the values nearest to the medians of their sides.
func split(values []float64) (at int) {
	at, least := 1, math.Inf(1)
	for k := 1; k < len(values); k++ {
		if far := spread(values[:k]) + spread(values[k:]); far < least {
			least, at = far, k
		}
	}
	return at
}

// spread sums how far values are from their median.
func spread(values []float64) float64 {
	middle, sum := median(values), 0.0
	for _, value := range values {
		sum += math.Abs(value - middle)
	}
	return sum
}

// The rule of a step: so many nights in a row lie beyond what the nights before them lead to expect, by more than any of
// those and by so many times their spread. What stood before is looked at in a window, so that a step is told as soon
// in a long history as in a short one.
const (
	stepNights = 3
	stepLeast  = 8  // nights before
	stepWindow = 28 // nights before
	stepBeyond = 7.0
)

// stepped returns where a series took its clearest step, and how likely one is by the order of the nights alone; 0 for
// none. Nights before are continued by their line, so that a list that grows takes none.
func stepped(values []float64) (at int, p float64) {
	clearest, p := 0.0, 1.0
	for from := stepLeast; from <= len(values)-stepNights; from++ {
		before := values[max(0, from-stepWindow):from]
		slope, level := line(before)
		var usual []float64
		most := 0.0
		for i, value := range before {
			off := math.Abs(value - level - slope*float64(i))
			usual, most = append(usual, off), math.Max(most, off)
		}
		least, side := math.Inf(1), 0.0
		for i, value := range values[from : from+stepNights] {
			expected := level + slope*float64(len(before)+i)
			off := value - expected
			if math.Abs(off) < shiftLeast*expected || side != 0 && sign(off) != side {
				least = 0
				break
			}
			side, least = sign(off), math.Min(least, math.Abs(off))
		}
		if by := least - math.Max(most, stepBeyond*median(usual)); by > clearest {
			clearest, at, p = by, from, 2/choose(len(before)+stepNights, stepNights)
		}
	}
	return at, p
}

// choose is how many ways there are to take k of n.
func choose(n, k int) float64 {
	ways := 1.0
	for i := range k {
		ways *= float64(n-i) / float64(i+1)
	}
	return ways
}

// line is the straight line through a series that half of its pairs rise more steeply than, and half less (H. Theil,
// P. K. Sen, 1968): one night that stands out does not turn it.
func line(values []float64) (slope, level float64) {
	slopes, levels := make([]float64, 0, len(values)*(len(values)-1)/2), make([]float64, 0, len(values))
	for i := range values {
		for j := range i {
			slopes = append(slopes, (values[i]-values[j])/float64(i-j))
		}
	}
	slope = median(slopes)
	for i, value := range values {
		levels = append(levels, value-slope*float64(i))
	}
	return slope, median(levels)
}

// straighter reports whether a line tells a series better than a step does.
func straighter(values []float64, at int) bool {
	slope, level := line(values)
	off := 0.0
	for i, value := range values {
		off += math.Abs(value - level - slope*float64(i))
	}
	return off < spread(values[:at])+spread(values[at:])
}

func sign(x float64) float64 { return float64(cmp.Compare(x, 0)) }

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
