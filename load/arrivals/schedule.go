package arrivals

import (
	"math"
	"math/rand/v2"
	"time"

	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
)

// Schedule returns the due times of all arrivals, counted from the start: even ones at equal shares of
// the area under the rate, Poisson ones at seeded exponential shares. The same seed gives the same times.
func Schedule(stages []reports.LoadStage, arrivals string, seed int64) []time.Duration {
	random := rand.New(rand.NewPCG(uint64(seed), 0x6b6f62))
	var due []time.Duration
	next := 0.0 // the area under the rate at which the next arrival is due
	if arrivals == "poisson" {
		next = random.ExpFloat64()
	}
	area, offset := 0.0, 0.0
	for _, stage := range stages {
		whole := (stage.From + stage.To) / 2 * stage.Seconds
		for next < area+whole {
			due = append(due, time.Duration((offset+within(stage, next-area))*float64(time.Second)))
			if arrivals == "poisson" {
				next += random.ExpFloat64()
			} else {
				next++
			}
		}
		area += whole
		offset += stage.Seconds
	}
	return due
}

// within returns the time in seconds at which a ramp has brought so many arrivals.
func within(stage reports.LoadStage, count float64) float64 {
	slope := (stage.To - stage.From) / stage.Seconds
	if math.Abs(slope) < 1e-12 {
		return count / stage.From
	}
	return (-stage.From + math.Sqrt(stage.From*stage.From+2*slope*count)) / slope
}

// Shard keeps every so-maniest arrival, so that the shards together are the whole.
func Shard(due []time.Duration, part kind.Shard) (mine []time.Duration, places []int) {
	for i, at := range due {
		if part.Of <= 1 || i%part.Of == part.Index-1 {
			mine = append(mine, at)
			places = append(places, i)
		}
	}
	return mine, places
}
