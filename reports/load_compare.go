package reports

import (
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"sort"
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
func CompareLoad(a, b *LoadRun, seed uint64) []LoadDifference {
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
			for _, figure := range []struct {
				name string
				of   func(LoadSlice) float64
			}{{"p50", func(s LoadSlice) float64 { return s.P50 }}, {"p99", func(s LoadSlice) float64 { return s.P99 }}} {
				out = append(out, bootstrap(one.ID, figure.name, seconds(one, figure.of), seconds(other, figure.of), seed))
			}
		}
	}
	return out
}

func unfit(a, b *LoadPlan) string {
	switch {
	case a.ExitCode == ExitProvesNone || b.ExitCode == ExitProvesNone || a.ExitCode == ExitInconclusive || b.ExitCode == ExitInconclusive:
		return "one of the runs proves nothing"
	case fmt.Sprint(a.Stages) != fmt.Sprint(b.Stages) || a.Arrivals != b.Arrivals:
		return "the arrivals were not the same"
	case len(a.Slices) < leastSlice+warmUp || len(b.Slices) < leastSlice+warmUp:
		return fmt.Sprintf("it takes %d seconds or more of each", leastSlice+warmUp)
	}
	return ""
}

// seconds are the figures of the seconds after the first that had good answers.
func seconds(plan *LoadPlan, of func(LoadSlice) float64) []float64 {
	var out []float64
	for _, slice := range plan.Slices {
		if slice.Second >= warmUp && slice.Good > 0 && slice.Due > 0 {
			out = append(out, of(slice))
		}
	}
	return out
}

// bootstrap draws seconds of both runs with replacement and takes the ratio of their means each time.
func bootstrap(plan, figure string, a, b []float64, seed uint64) LoadDifference {
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
	sort.Float64s(ratios)
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

// PrintLoadDifferences prints what two load runs differ in, and what they could have shown where they do not.
func PrintLoadDifferences(w io.Writer, list []LoadDifference) error {
	p := &printer{out: w}
	if len(list) == 0 {
		p.line("the two runs have no plan in common")
	}
	for _, d := range list {
		change := 100 * (d.Ratio - 1)
		switch {
		case d.Unfit != "":
			p.line("%s: not comparable: %s", d.Plan, d.Unfit)
		case d.Shown():
			p.line("%s %s: %.2f → %.2f ms, %+.1f %% (between %+.1f and %+.1f %%)", d.Plan, d.Figure, d.A, d.B, change, 100*(d.Low-1), 100*(d.High-1))
		default:
			p.line("%s %s: %.2f → %.2f ms, no difference shown; one of %.0f %% would have been", d.Plan, d.Figure, d.A, d.B, math.Ceil(100*d.Detectable()))
		}
	}
	return p.err
}
