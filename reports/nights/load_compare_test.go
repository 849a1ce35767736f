package nights

import (
	"bytes"
	"math/rand/v2"
	"slices"
	"testing"
	"time"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/stretchr/testify/require"
)

// loadOf generates a run of a minute whose seconds scatter by a tenth around a latency.
func loadOf(random *rand.Rand, latency float64) *reports.LoadRun {
	plan := reports.LoadPlan{ID: "mixed", Arrivals: "poisson", Stages: []reports.LoadStage{{From: 100, To: 100, Seconds: 60}}}
	for second := range 60 {
		p50 := latency * (1 + 0.1*random.NormFloat64())
		reads, writes := latency*(1+0.1*random.NormFloat64()), 2*latency*(1+0.1*random.NormFloat64())
		plan.Slices = append(plan.Slices, reports.LoadSlice{Second: second, Due: 100, Good: 100, P50: p50,
			P99:        4 * p50 * (1 + 0.2*random.NormFloat64()),
			Operations: map[string]reports.OperationSecond{"cards-get": {Count: 60, P50: reads}, "cards-create": {Count: 40, P50: writes}}})
	}
	return &reports.LoadRun{Plans: []reports.LoadPlan{plan}}
}

// TestTwoRunsDifferWhereTheyDo holds the comparison to its figures: of 100 pairs that are alike at most five
// seem to differ, of 100 pairs of which one is a tenth slower at least ninety do.
func TestTwoRunsDifferWhereTheyDo(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 5))
	falsely, rightly := 0, 0
	for pair := range uint64(100) {
		if slices.ContainsFunc(CompareLoad(loadOf(random, 20), loadOf(random, 20), pair), LoadDifference.Shown) {
			falsely++ // in whichever of its figures
		}
		if d := CompareLoad(loadOf(random, 20), loadOf(random, 22), pair)[0]; d.Shown() && d.Low > 1 {
			rightly++
		}
	}
	require.LessOrEqual(t, falsely, 5)
	require.GreaterOrEqual(t, rightly, 90)
}

func TestWhatCannotBeComparedSaysSo(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	other := loadOf(random, 20)
	other.Plans[0].Stages[0].To = 200
	late := loadOf(random, 20)
	late.Plans[0].ExitCode = evidence.ExitProvesNone
	short := loadOf(random, 20)
	short.Plans[0].Slices = short.Plans[0].Slices[:5]
	for says, run := range map[string]*reports.LoadRun{"the arrivals were not the same": other, "proves nothing": late,
		"seconds or more": short} {
		list := CompareLoad(loadOf(random, 20), run, 1)
		require.False(t, list[0].Shown())
		require.Contains(t, list[0].Unfit, says)
		var text bytes.Buffer
		require.NoError(t, PrintLoadDifferences(&text, list))
		require.Contains(t, text.String(), says)
	}
	var text bytes.Buffer
	require.NoError(t, PrintLoadDifferences(&text, CompareLoad(loadOf(random, 20), loadOf(random, 20), 1)))
	require.Contains(t, text.String(), "no difference shown; one of")
	require.NoError(t, PrintLoadDifferences(&text, nil))
	require.Contains(t, text.String(), "no plan in common")
}

func TestTheDifferenceIsToldByOperation(t *testing.T) {
	random := rand.New(rand.NewPCG(8, 8))
	a, b := loadOf(random, 20), loadOf(random, 20)
	for i := range b.Plans[0].Slices {
		one := b.Plans[0].Slices[i].Operations["cards-create"]
		one.P50 *= 1.5
		b.Plans[0].Slices[i].Operations["cards-create"] = one
	}
	var shown []string
	for _, one := range CompareLoad(a, b, 1) {
		if one.Shown() {
			shown = append(shown, one.Figure)
		}
	}
	require.Equal(t, []string{"p50(cards-create)"}, shown)
}

func TestAChangeForGoodIsFoundOverManyLoadRuns(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 4))
	night := func(n int, latency float64, code int) *reports.LoadRun {
		value := latency * (1 + 0.05*random.NormFloat64())
		return &reports.LoadRun{StartedAt: time.Date(2026, 1, n+1, 2, 0, 0, 0, time.UTC), Plans: []reports.LoadPlan{{ID: "mixed", ExitCode: code,
			Series: []reports.LoadSeries{{Operation: "cards-get", Class: "good", FromDue: reports.Percentiles{P50: value, P99: 4 * value}}}}}}
	}
	var runs []*reports.LoadRun
	for n := range 24 {
		latency := 20.0
		if n >= 15 {
			latency = 26
		}
		runs = append(runs, night(n, latency, 0))
	}
	runs = append(runs, night(24, 900, evidence.ExitProvesNone))
	shifts, left := loadShifts(runs)
	require.Len(t, shifts, 2, "p50 and p99")
	require.Equal(t, 16, shifts[0].From.Day())
	require.Equal(t, 1, left)
	var text bytes.Buffer
	require.NoError(t, PrintLoadShifts(&text, runs))
	require.Contains(t, text.String(), "mixed p50(cards-get): ")
	require.Contains(t, text.String(), "from 2026-01-16")
	text.Reset()
	require.NoError(t, PrintLoadShifts(&text, runs[:15]))
	require.Contains(t, text.String(), "no latency changed for good over these 15 load runs")
}
