package arrivals

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"

	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
)

// anyStages draws ramps and constant rates.
func anyStages(t *rapid.T) []reports.LoadStage {
	return rapid.SliceOfN(rapid.Custom(func(t *rapid.T) reports.LoadStage {
		return reports.LoadStage{From: rapid.Float64Range(0, 200).Draw(t, "from"), To: rapid.Float64Range(1, 200).Draw(t, "to"),
			Seconds: rapid.Float64Range(0.1, 5).Draw(t, "seconds")}
	}), 1, 4).Draw(t, "stages")
}

func TestDueTimesRiseAndStayWithinTheStages(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stages := anyStages(t)
		arrivals, seed := rapid.SampledFrom([]string{"even", "poisson"}).Draw(t, "arrivals"), rapid.Int64().Draw(t, "seed")
		due := Schedule(stages, arrivals, seed)
		length := 0.0
		for _, one := range stages {
			length += one.Seconds
		}
		if !slices.IsSorted(due) {
			t.Fatalf("due times go back: %v", due)
		}
		if n := len(due); n > 0 && due[n-1] > time.Duration(length*float64(time.Second))+time.Microsecond {
			t.Fatalf("an arrival is due at %v of %v s", due[n-1], length)
		}
		if !slices.Equal(due, Schedule(stages, arrivals, seed)) {
			t.Fatal("the same seed gave other times")
		}
	})
}

func TestEvenArrivalsAreTheAreaUnderTheRate(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		stages := anyStages(t)
		area := 0.0
		for _, one := range stages {
			area += (one.From + one.To) / 2 * one.Seconds
		}
		if n := float64(len(Schedule(stages, "even", 1))); n < area-1e-6 || n > area+1+1e-6 {
			t.Fatalf("%v arrivals under an area of %v", n, area)
		}
	})
}

func TestShardsTogetherHaveEveryArrivalOnce(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		due, of := Schedule(anyStages(t), "poisson", 3), rapid.IntRange(1, 7).Draw(t, "shards")
		var all []int
		for index := 1; index <= of; index++ {
			mine, places := Shard(due, kind.Shard{Index: index, Of: of})
			for i, place := range places {
				if mine[i] != due[place] {
					t.Fatalf("arrival %d of shard %d is due at %v, not at %v", i, index, mine[i], due[place])
				}
			}
			all = append(all, places...)
		}
		slices.Sort(all)
		if len(all) != len(due) || len(slices.Compact(all)) != len(due) {
			t.Fatalf("%d arrivals in shards of %d", len(all), len(due))
		}
	})
}

func TestAMixIsDrawnByPlaceSoThatShardsDrawWhatTheWholeWould(t *testing.T) {
	mix := map[string]int{"cards-get": 3, "cards-list": 1}
	whole := draw(mix, []int{0, 1, 2, 3, 4, 5, 6, 7}, 5)
	require.Equal(t, []string{whole[1], whole[3], whole[5]}, draw(mix, []int{1, 3, 5}, 5))
	count := map[string]int{}
	places := make([]int, 4000)
	for i := range places {
		places[i] = i
	}
	for _, one := range draw(mix, places, 5) {
		count[one]++
	}
	require.InDelta(t, 3000, count["cards-get"], 150, "weights are kept")
}

func TestStagesSayWhatCanNotBe(t *testing.T) {
	second := kind.Duration(time.Second)
	for says, stages := range map[string]Stages{
		"stages: a plan of this kind needs them":               {},
		"stages: stage 1 has no arrivals or no time":           {{For: second}},
		"stages: stage 2 has no arrivals or no time":           {{Rate: 1, For: second}, {Rate: -1, For: second}},
		"stages: stage 1 has both a rate and a ramp; keep one": {{Rate: 1, To: 2, For: second}},
	} {
		var told []string
		stages.Check(func(key, format string, arguments ...any) {
			told = append(told, key+": "+fmt.Sprintf(format, arguments...))
		})
		require.Equal(t, []string{says}, told)
	}
}

func TestTheCeilingOfStagesFollowsTheirScale(t *testing.T) {
	stages := Stages{{From: 10, To: 30, For: kind.Duration(2 * time.Second)}, {Rate: 50, For: kind.Duration(time.Second)}}
	most := stages.Ceiling()
	require.Equal(t, kind.Ceiling{Rate: 50, Requests: 90, Time: 3 * time.Second}, most)
	stages.Scale(2, 3)
	require.Equal(t, kind.Ceiling{Rate: 100, Requests: 540, Time: 9 * time.Second}, stages.Ceiling())
}
