package nights

import (
	"cmp"
	"errors"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Trend is what many nights show together.
type Trend struct {
	Nights  []*Night
	Skipped []string
	// Last is what changed from the last night but one to the last; nil for a single night.
	Last *Changes
	// Open are the ways of failing of the last night, with how long each has been there without a break.
	Open []OpenFailure
	// Flaky are the scenarios that went from passing to failing and back.
	Flaky []FlakyScenario
	// Ever are the requirements that were broken on any night, each with its status on every night.
	Ever []RequirementRow
	// Trophies are the ways of failing that were caught and are mended, latest first.
	Trophies []Trophy
	// Shifts are operations whose latency changed for good.
	Shifts []LatencyShift
}

// OpenFailure is a way of failing that is still there.
type OpenFailure struct {
	reports.NightFailure
	Since  time.Time
	Nights int
}

// Trophy is a way of failing that the suite caught and that is no longer there.
type Trophy struct {
	reports.NightFailure
	First, Last time.Time
	Nights      int
}

// FlakyScenario is one whose verdict comes and goes.
type FlakyScenario struct {
	ID             string
	Failed, Judged int // nights
	Changes        int // of verdict
}

// RequirementRow is a requirement over the nights; an empty status means that the night did not have it.
type RequirementRow struct {
	ID       string
	Statuses []reports.RequirementStatus
}

// LatencyShift is a change of an operation's median latency from one night on, in milliseconds.
type LatencyShift struct {
	Operation     string
	From          time.Time
	Before, After float64
	// P is how likely a shift as clear as this is among nights without one.
	P      float64
	Series []float64
}

// Changes are what differs between two nights.
type Changes struct {
	Was, Is      *Night
	New, Gone    []reports.NightFailure
	Verdicts     []VerdictChange
	Vanished     []string // scenarios that the first has and the second has not
	Added        []string
	Answers      []reports.ProfileChange
	Undocumented []string
	Documented   []string // undocumented things that are gone
}

// VerdictChange is a scenario with another verdict.
type VerdictChange struct {
	Scenario string
	Was, Is  evidence.Verdict
}

// NewTrend works out what the nights show. They have to be of one target, oldest first.
func NewTrend(nights []*Night, skipped []string) (*Trend, error) {
	if len(nights) == 0 {
		return nil, errors.New("there is no night to look at; run with the format night, or keep run.json")
	}
	t := &Trend{Skipped: skipped}
	target := nights[len(nights)-1].Target
	for _, night := range nights {
		if night.Target != target {
			t.Skipped = append(t.Skipped, fmt.Sprintf("run %s: it is of the target %q, the last night is of %q", night.RunID, night.Target, target))
			continue
		}
		t.Nights = append(t.Nights, night)
	}
	last := t.Nights[len(t.Nights)-1]
	if len(t.Nights) > 1 {
		t.Last = Compare(t.Nights[len(t.Nights)-2], last)
	}
	t.open(last)
	t.flaky()
	t.ever()
	t.trophies(last)
	t.shifts()
	return t, nil
}

func (t *Trend) open(last *Night) {
	for _, failure := range last.Failures {
		one := OpenFailure{NightFailure: failure, Since: last.StartedAt, Nights: 1}
		for i := len(t.Nights) - 2; i >= 0 && t.Nights[i].fails(failure.Fingerprint); i-- {
			one.Since = t.Nights[i].StartedAt
			one.Nights++
		}
		t.Open = append(t.Open, one)
	}
}

// trophies collects what failed on earlier nights and is mended: a failure that comes and goes is none, for it
// may come again.
func (t *Trend) trophies(last *Night) {
	caught := map[string]*Trophy{}
	breaks := map[string]int{}
	for i, night := range t.Nights {
		for _, failure := range night.Failures {
			one := caught[failure.Fingerprint]
			if one == nil {
				one = &Trophy{NightFailure: failure, First: night.StartedAt}
				caught[failure.Fingerprint] = one
			} else if i > 0 && !t.Nights[i-1].fails(failure.Fingerprint) {
				breaks[failure.Fingerprint]++
			}
			one.Last, one.Nights, one.Scenarios = night.StartedAt, one.Nights+1, max(one.Scenarios, failure.Scenarios)
		}
	}
	for fingerprint, one := range caught {
		if !last.fails(fingerprint) && breaks[fingerprint] == 0 && (last.Verdict == evidence.Passed || last.Verdict == evidence.Failed) {
			t.Trophies = append(t.Trophies, *one)
		}
	}
	slices.SortFunc(t.Trophies, func(a, b Trophy) int {
		return cmp.Or(b.Last.Compare(a.Last), cmp.Compare(a.Requirement+a.Message, b.Requirement+b.Message))
	})
}

func (n *Night) fails(fingerprint string) bool {
	for _, failure := range n.Failures {
		if failure.Fingerprint == fingerprint {
			return true
		}
	}
	return false
}

// flaky looks for scenarios that failed, passed and failed again, or passed, failed and passed again. A
// night without a verdict says nothing.
func (t *Trend) flaky() {
	verdicts := map[string][]bool{}
	for _, night := range t.Nights {
		for id, verdict := range night.Scenarios {
			switch verdict {
			case evidence.Passed, evidence.Advisory:
				verdicts[id] = append(verdicts[id], true)
			case evidence.Failed, evidence.Flaky:
				verdicts[id] = append(verdicts[id], false)
			}
		}
	}
	for id, list := range verdicts {
		one := FlakyScenario{ID: id, Judged: len(list)}
		for i, passed := range list {
			if !passed {
				one.Failed++
			}
			if i > 0 && passed != list[i-1] {
				one.Changes++
			}
		}
		if one.Changes > 1 {
			t.Flaky = append(t.Flaky, one)
		}
	}
	slices.SortFunc(t.Flaky, func(a, b FlakyScenario) int {
		return cmp.Or(cmp.Compare(b.Changes, a.Changes), cmp.Compare(a.ID, b.ID))
	})
}

func (t *Trend) ever() {
	broken := map[string]bool{}
	for _, night := range t.Nights {
		for id, status := range night.Requirements {
			if status == reports.RequirementFailed {
				broken[id] = true
			}
		}
	}
	for id := range broken {
		row := RequirementRow{ID: id}
		for _, night := range t.Nights {
			row.Statuses = append(row.Statuses, night.Requirements[id])
		}
		t.Ever = append(t.Ever, row)
	}
	slices.SortFunc(t.Ever, func(a, b RequirementRow) int { return cmp.Compare(a.ID, b.ID) })
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
func shiftsOf(series map[string][]float64, moments map[string][]time.Time) []LatencyShift {
	var shifts []LatencyShift
	for operation, values := range series {
		if len(values) < shiftOver {
			continue
		}
		at, p := pettitt(values)
		before, after := median(values[:at]), median(values[at:])
		if p*float64(len(series)) < shiftAt && before > 0 && math.Abs(after/before-1) >= shiftLeast {
			shifts = append(shifts, LatencyShift{Operation: operation, From: moments[operation][at], Before: before, After: after, P: p,
				Series: values})
		}
	}
	slices.SortFunc(shifts, func(a, b LatencyShift) int { return cmp.Compare(a.Operation, b.Operation) })
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

// Compare says what differs between two nights.
func Compare(was, is *Night) *Changes {
	c := &Changes{Was: was, Is: is}
	for _, failure := range is.Failures {
		if !was.fails(failure.Fingerprint) {
			c.New = append(c.New, failure)
		}
	}
	for _, failure := range was.Failures {
		if !is.fails(failure.Fingerprint) {
			c.Gone = append(c.Gone, failure)
		}
	}
	for id, verdict := range was.Scenarios {
		now, there := is.Scenarios[id]
		switch {
		case !there:
			c.Vanished = append(c.Vanished, id)
		case now != verdict:
			c.Verdicts = append(c.Verdicts, VerdictChange{id, verdict, now})
		}
	}
	for id := range is.Scenarios {
		if _, there := was.Scenarios[id]; !there {
			c.Added = append(c.Added, id)
		}
	}
	for id, answer := range is.Answers {
		if before, there := was.Answers[id]; there && before != answer {
			c.Answers = append(c.Answers, reports.ProfileChange{ID: id, Was: before, Is: answer})
		}
	}
	c.Undocumented, c.Documented = without(is.Undocumented, was.Undocumented), without(was.Undocumented, is.Undocumented)
	slices.Sort(c.Vanished)
	slices.Sort(c.Added)
	slices.SortFunc(c.Verdicts, func(a, b VerdictChange) int { return cmp.Compare(a.Scenario, b.Scenario) })
	slices.SortFunc(c.Answers, func(a, b reports.ProfileChange) int { return cmp.Compare(a.ID, b.ID) })
	return c
}

// without returns what the first list has and the second has not.
func without(list, other []string) []string {
	known := map[string]bool{}
	for _, one := range other {
		known[one] = true
	}
	var out []string
	for _, one := range list {
		if !known[one] {
			out = append(out, one)
		}
	}
	return out
}
