package reports

import (
	"bytes"
	"math/rand/v2"
	"testing"

	"github.com/stretchr/testify/require"
)

// loadOf generates a run of a minute whose seconds scatter by a tenth around a latency.
func loadOf(random *rand.Rand, latency float64) *LoadRun {
	plan := LoadPlan{ID: "mixed", Arrivals: "poisson", Stages: []LoadStage{{From: 100, To: 100, Seconds: 60}}}
	for second := range 60 {
		p50 := latency * (1 + 0.1*random.NormFloat64())
		plan.Slices = append(plan.Slices, LoadSlice{Second: second, Due: 100, Good: 100, P50: p50, P99: 4 * p50 * (1 + 0.2*random.NormFloat64())})
	}
	return &LoadRun{Plans: []LoadPlan{plan}}
}

// TestTwoRunsDifferWhereTheyDo holds the comparison to its figures: of 100 pairs that are alike at most five
// seem to differ, of 100 pairs of which one is a tenth slower at least ninety do.
func TestTwoRunsDifferWhereTheyDo(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 5))
	falsely, rightly := 0, 0
	for pair := range uint64(100) {
		if CompareLoad(loadOf(random, 20), loadOf(random, 20), pair)[0].Shown() {
			falsely++
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
	late.Plans[0].ExitCode = ExitProvesNone
	short := loadOf(random, 20)
	short.Plans[0].Slices = short.Plans[0].Slices[:5]
	for says, run := range map[string]*LoadRun{"the arrivals were not the same": other, "proves nothing": late, "seconds or more": short} {
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
