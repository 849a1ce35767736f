package nights

import (
	"fmt"
	"io"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"time"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/wording"
)

// LoadDifference is how a latency of a plan differs between two runs. Ratio is the second over the first, with
// the bounds that hold in 99 of 100 cases.
type LoadDifference struct {
	Plan, Figure     string
	A, B             float64 // milliseconds
	Ratio, Low, High float64
	// Unfit says why the two can't be compared; empty where they can.
	Unfit string
}

// Shown reports whether the runs differ by more than chance would have it.
func (d LoadDifference) Shown() bool { return d.Unfit == "" && (d.Low > 1 || d.High < 1) }

// Detectable is the smallest difference that these runs could have shown, as a part of the first.
func (d LoadDifference) Detectable() float64 { return math.Max(d.High-d.Ratio, d.Ratio-d.Low) }

// The bootstrap: so many draws of whole seconds, and the part of them that the bounds leave out on each
// side. Seconds are drawn, not requests: those of one second share what slowed it.
const (
	draws      = 4000
	outside    = 0.005
	leastSlice = 10
	warmUp     = 1 // the first second opens connections
)

// CompareLoad compares the latencies of the plans that two load runs have in common. A plan that proved
// nothing in either run, or was performed otherwise, is unfit and says so.
func CompareLoad(a, b *reports.LoadRun, seed uint64) []LoadDifference {
	var out []LoadDifference
	for i := range a.Plans {
		one := &a.Plans[i]
		for j := range b.Plans {
			other := &b.Plans[j]
			if one.ID != other.ID {
				continue
			}
			if why := unfit(one, other); why != "" {
				out = append(out, LoadDifference{Plan: one.ID, Figure: "p50", Unfit: why})
				continue
			}
			figures := figuresOf(one, other)
			for _, figure := range figures {
				out = append(out, bootstrap(one.ID, figure.name, seconds(one, figure.of), seconds(other, figure.of),
					outside/float64(len(figures)), seed))
			}
		}
	}
	return out
}

// figure is a latency of a second; 0 where the second has none.
type figure struct {
	name string
	of   func(reports.LoadSlice) float64
}

// figuresOf are what two plans are compared by: p50 and p99 of all, and the p50 of each operation that both have.
func figuresOf(a, b *reports.LoadPlan) []figure {
	figures := []figure{{"p50", func(s reports.LoadSlice) float64 { return s.P50 }},
		{"p99", func(s reports.LoadSlice) float64 { return s.P99 }}}
	both := map[string]int{}
	for bit, plan := range []*reports.LoadPlan{a, b} {
		for _, slice := range plan.Slices {
			for operation := range slice.Operations {
				both[operation] |= bit + 1
			}
		}
	}
	for _, operation := range slices.Sorted(maps.Keys(both)) {
		if both[operation] == 3 {
			figures = append(figures, figure{"p50(" + operation + ")", func(s reports.LoadSlice) float64 { return s.Operations[operation].P50 }})
		}
	}
	return figures
}

func unfit(a, b *reports.LoadPlan) string {
	switch {
	case a.ExitCode == evidence.ExitProvesNone || b.ExitCode == evidence.ExitProvesNone || a.ExitCode == evidence.ExitInconclusive ||
		b.ExitCode == evidence.ExitInconclusive:
		return "one of the runs proves nothing"
	case fmt.Sprint(a.Stages) != fmt.Sprint(b.Stages) || a.Arrivals != b.Arrivals:
		return "the arrivals were not the same"
	case len(a.Slices) < leastSlice+warmUp || len(b.Slices) < leastSlice+warmUp:
		return fmt.Sprintf("it takes %d seconds or more of each", leastSlice+warmUp)
	}
	return ""
}

// seconds are the figures of the seconds after the first that had good answers.
func seconds(plan *reports.LoadPlan, of func(reports.LoadSlice) float64) []float64 {
	var out []float64
	for _, slice := range plan.Slices {
		if value := of(slice); slice.Second >= warmUp && slice.Good > 0 && slice.Due > 0 && value > 0 {
			out = append(out, value)
		}
	}
	return out
}

// bootstrap draws seconds of both runs with replacement and takes the ratio of their means each time.
func bootstrap(plan, figure string, a, b []float64, outside float64, seed uint64) LoadDifference {
	d := LoadDifference{Plan: plan, Figure: figure, A: mean(a), B: mean(b)}
	if len(a) < leastSlice || len(b) < leastSlice || d.A <= 0 {
		d.Unfit = "too few seconds had good answers"
		return d
	}
	d.Ratio = d.B / d.A
	random := rand.New(rand.NewPCG(seed, uint64(len(a))<<32|uint64(len(b))))
	ratios := make([]float64, draws)
	for i := range ratios {
		ratios[i] = drawn(random, b) / drawn(random, a)
	}
	slices.Sort(ratios)
	d.Low, d.High = ratios[int(outside*draws)], ratios[draws-1-int(outside*draws)]
	return d
}

func drawn(random *rand.Rand, values []float64) float64 {
	sum := 0.0
	for range values {
		sum += values[random.IntN(len(values))]
	}
	return sum / float64(len(values))
}

func mean(values []float64) float64 {
	sum := 0.0
	for _, value := range values {
		sum += value
	}
	return sum / math.Max(float64(len(values)), 1)
}

// loadShifts looks over many load runs, oldest first, for latencies that changed for good: the p50 and p99 of each
// operation of each plan. Plans that proved nothing are left out; it says how many.
func loadShifts(runs []*reports.LoadRun) (shifts []latencyShift, left int) {
	series := map[string][]float64{}
	moments := map[string][]time.Time{}
	for _, run := range runs {
		for i := range run.Plans {
			plan := &run.Plans[i]
			if plan.ExitCode == evidence.ExitProvesNone || plan.ExitCode == evidence.ExitInconclusive || plan.ExitCode == evidence.ExitSafetyStop {
				left++
				continue
			}
			for _, one := range plan.Series {
				if one.Class != "good" {
					continue
				}
				for name, value := range map[string]float64{"p50": one.FromDue.P50, "p99": one.FromDue.P99} {
					key := plan.ID + " " + name + "(" + one.Operation + ")"
					series[key], moments[key] = append(series[key], value), append(moments[key], run.StartedAt)
				}
			}
		}
	}
	return shiftsOf(series, moments), left
}

// PrintLoadShifts prints what changed for good over many load runs.
func PrintLoadShifts(w io.Writer, runs []*reports.LoadRun) error {
	p := wording.New(w, false)
	shifts, left := loadShifts(runs)
	if left > 0 {
		p.Line("%d plans prove nothing and are left out", left)
	}
	for _, one := range shifts {
		p.Line("%s: %.2f → %.2f ms from %s on", one.Operation, one.Before, one.After, one.From.UTC().Format("2006-01-02 15:04"))
	}
	switch {
	case len(runs) < shiftOver:
		p.Line("a change for good takes %d load runs or more to be seen; these are %d", shiftOver, len(runs))
	case len(shifts) == 0:
		p.Line("no latency changed for good over these %d load runs", len(runs))
	}
	return p.Err()
}

// PrintLoadDifferences prints what two load runs differ in, and what they could have shown where they do not.
func PrintLoadDifferences(w io.Writer, list []LoadDifference) error {
	p := wording.New(w, false)
	if len(list) == 0 {
		p.Line("the two runs have no plan in common")
	}
	for _, d := range list {
		change := 100 * (d.Ratio - 1)
		switch {
		case d.Unfit != "":
			p.Line("%s: not comparable: %s", d.Plan, d.Unfit)
		case d.Shown():
			p.Line("%s %s: %.2f → %.2f ms, %+.1f %% (between %+.1f and %+.1f %%)", d.Plan, d.Figure, d.A, d.B, change,
				100*(d.Low-1), 100*(d.High-1))
		default:
			p.Line("%s %s: %.2f → %.2f ms, no difference shown; one of %.0f %% would have been", d.Plan, d.Figure, d.A, d.B,
				math.Ceil(100*d.Detectable()))
		}
	}
	return p.Err()
}
