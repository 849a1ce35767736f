package limiter

import (
	"cmp"
	"math"
	"slices"
)

// Seen is one request of a probe and whether it was let through. From and To are when it left and when its
// answer was there, in seconds of one clock: the limiter decided somewhere between.
type Seen struct {
	From, To float64
	Passed   bool
}

// Fit is a family with figures, and how much of what was seen contradicts it.
type Fit struct {
	Family Family
	// Limit is how many requests pass at once; Window is in seconds: for a bucket the time that it takes to fill.
	Limit  int
	Window float64
	// Contradictions counts the requests of which the family says otherwise.
	Contradictions int

	phase float64
}

// hints are what the probe saw directly: numbers that passed at once, the bounds of a window or of a rate, and
// moments at which a window may have begun.
type hints struct {
	counts             []int
	shortest, longest  float64      // bounds of a window that begins with its first request
	longestByClock     float64      // the same for windows by the clock, of which only the end was seen
	slowest, fastest   float64      // bounds of a bucket's rate, per second
	resets             [][2]float64 // between which moments requests began to pass again
	burstFor, fullRate float64      // how long the first burst took; a rate that was measured, 0 for none
}

// fitAll returns the best fit of each family, the best first.
func fitAll(trace []Seen, h hints) []Fit {
	f := &fitting{trace: inOrder(trace), spread: spreadOf(trace), hints: h, best: map[Family]*choice{}}
	f.coarsely()
	for range refinements {
		f.finely()
	}
	var out []Fit
	for _, one := range f.best {
		out = append(out, one.pick())
	}
	slices.SortFunc(out, func(a, b Fit) int {
		return cmp.Or(cmp.Compare(a.Contradictions, b.Contradictions), cmp.Compare(a.Family, b.Family))
	})
	return out
}

// inOrder puts requests in the order in which a limiter most likely decided on them: by when they left, but of
// two that were under way at once one that passed comes before one that was refused.
func inOrder(trace []Seen) []Seen {
	sorted := slices.Clone(trace)
	slices.SortStableFunc(sorted, func(a, b Seen) int { return cmp.Compare(a.From, b.From) })
	for i := range sorted {
		for j := i; j > 0 && sorted[j].Passed && !sorted[j-1].Passed && sorted[j].From < sorted[j-1].To; j-- {
			sorted[j], sorted[j-1] = sorted[j-1], sorted[j]
		}
	}
	return sorted
}

// fitting is a search for figures under way.
type fitting struct {
	trace  []Seen
	spread float64
	hints  hints
	best   map[Family]*choice
	step   float64 // how far apart the windows of the last grid were, as a factor
}

// refinements is how often the grid is laid anew around the best figures.
const refinements = 3

func (f *fitting) try(family Family, limit int, window, phase float64) {
	fit := Fit{Family: family, Limit: limit, Window: window, phase: phase}
	known := f.best[family]
	bound := math.MaxInt
	if known != nil {
		bound = known.contradictions
	}
	fit.Contradictions = contradictions(f.trace, modelOf(fit), f.spread, bound)
	if known == nil || fit.Contradictions < known.contradictions {
		f.best[family] = &choice{contradictions: fit.Contradictions, all: []Fit{fit}}
	} else if fit.Contradictions == known.contradictions {
		known.all = append(known.all, fit)
	}
}

// modelOf makes the model of a fit.
func modelOf(fit Fit) model {
	limit, window, never := fit.Limit, fit.Window, math.Inf(-1)
	switch fit.Family {
	case FixedFirst:
		return &fixedFirst{limit: limit, window: window, start: never}
	case FixedClock:
		return &fixedClock{limit: limit, window: window, phase: fit.phase, index: never}
	case SlidingLog:
		return &slidingLog{limit: limit, window: window}
	case SlidingRefused:
		return &slidingLog{limit: limit, window: window, refused: true}
	case SlidingCounter:
		return &slidingCounter{limit: limit, window: window, phase: fit.phase, index: never}
	case PenaltyBox:
		return &penaltyBox{limit: limit, window: window}
	}
	return &bucket{size: float64(limit), rate: float64(limit) / window}
}

func (f *fitting) coarsely() {
	h := f.hints
	windows, byClock := between(h.shortest, h.longest), between(h.shortest, h.longestByClock)
	for _, limit := range limitsNear(h.counts) {
		for _, window := range windows {
			for _, family := range []Family{FixedFirst, SlidingLog, SlidingRefused, PenaltyBox} {
				f.try(family, limit, window, 0)
			}
		}
		for _, window := range byClock {
			for _, phase := range h.phasesOf() {
				f.try(FixedClock, limit, window, phase)
			}
		}
		// A counter gives way soon after the clock's next window begins, which says little of its length. With a
		// window and a beginning of any kind it would explain a bucket too, so only round windows of the clock are
		// tried: they are what counters are kept by.
		for _, window := range roundWindows {
			if window >= h.shortest && window <= 30*h.longest {
				f.try(SlidingCounter, limit, window, 0)
			}
		}
	}
	for _, rate := range h.rates() {
		for _, limit := range bucketSizes(h.counts, rate*h.burstFor) {
			f.try(Bucket, limit, float64(limit)/rate, 0)
		}
	}
	f.step = math.Pow(max(h.longest/h.shortest, h.fastest/h.slowest, 2), 1.0/grid)
}

// finely lays a finer grid around the best figures of each family.
func (f *fitting) finely() {
	for _, family := range []Family{FixedFirst, FixedClock, SlidingLog, SlidingRefused, Bucket, PenaltyBox} {
		known := f.best[family]
		if known == nil || known.contradictions == 0 {
			continue
		}
		around := known.pick()
		for i := range 17 {
			window := around.Window * math.Pow(f.step, float64(i-8)/8)
			for _, limit := range []int{around.Limit - 1, around.Limit, around.Limit + 1} {
				if limit < 1 {
					continue
				}
				f.try(family, limit, window, around.phase)
				if family == FixedClock {
					for _, shift := range []float64{-0.04, -0.02, -0.01, 0.01, 0.02, 0.04} {
						f.try(family, limit, window, around.phase+shift*window)
					}
				}
			}
		}
	}
	f.step = math.Pow(f.step, 0.25)
}

// phasesOf are moments at which windows may begin: those of the clock, and those around which
// requests were seen to pass again.
func (h hints) phasesOf() []float64 {
	phases := []float64{0}
	for _, reset := range h.resets {
		for i := range 9 {
			phases = append(phases, reset[0]+(reset[1]-reset[0])*float64(i)/8)
		}
	}
	return phases
}

// choice is the fits of a family that contradict equally little.
type choice struct {
	contradictions int
	all            []Fit
}

// pick takes a round window where one fits, else the middle of those that do.
func (c *choice) pick() Fit {
	round := slices.DeleteFunc(slices.Clone(c.all), func(one Fit) bool { return !isRound(one.Window) })
	if len(round) > 0 {
		return round[len(round)/2]
	}
	slices.SortStableFunc(c.all, func(a, b Fit) int { return cmp.Compare(a.Window, b.Window) })
	return c.all[len(c.all)/2]
}

// contradictions counts of how many requests a model says otherwise, up to a bound. Spread is the usual doubt
// about the time of a decision, in seconds.
func contradictions(trace []Seen, m model, spread float64, bound int) int {
	unclear, doubts := m.(doubtful)
	count := 0
	for _, one := range trace {
		at := one.From
		switch {
		case m.allows(one.From) == one.Passed:
		case m.allows(one.To) == one.Passed:
			at = one.To
		case doubts && (unclear.unsure(one.From, spread) || unclear.unsure(one.To, spread)):
		default:
			at = (one.From + one.To) / 2
			if count++; count > bound {
				return count
			}
		}
		m.take(at, one.Passed)
	}
	return count
}

// spreadOf is the median of the times between request and answer.
func spreadOf(trace []Seen) float64 {
	all := make([]float64, len(trace))
	for i, one := range trace {
		all[i] = one.To - one.From
	}
	slices.Sort(all)
	return all[len(all)/2]
}
