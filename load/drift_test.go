package load

import (
	"math/rand/v2"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/load/arrivals"
)

// secondsOf measures so many seconds of answers whose latency follows from the second.
func secondsOf(t *testing.T, count int, latency func(second int) time.Duration) *arrivals.Measure {
	t.Helper()
	random := rand.New(rand.NewPCG(3, 4))
	m := arrivals.NewMeasure()
	for second := range count {
		for range 20 {
			due := time.Duration(second) * time.Second
			noise := time.Duration(random.ExpFloat64() * float64(2*time.Millisecond))
			m.Add(arrivals.Outcome{Operation: "cards-get", Class: arrivals.Good, Due: due, Began: due, Sent: due,
				Ended: due + latency(second) + noise})
		}
	}
	return m
}

func TestADriftIsTheChangeFromBeginningToEnd(t *testing.T) {
	g, err := parseGate("drift < 25%")
	require.NoError(t, err)
	steady := g.evaluate(secondsOf(t, 60, func(int) time.Duration { return 20 * time.Millisecond }))
	require.Equal(t, "passed", steady.State, "%+v", steady)
	require.InDelta(t, 0, steady.Figure, 10)
	grows := g.evaluate(secondsOf(t, 60, func(second int) time.Duration { return time.Duration(20+second) * time.Millisecond }))
	require.Equal(t, "failed", grows.State, "%+v", grows)
	require.InDelta(t, 118, grows.Figure, 25, "59 ms more, of a median of 50")
	short := g.evaluate(secondsOf(t, 10, func(int) time.Duration { return 20 * time.Millisecond }))
	require.Equal(t, "no data", short.State)
	spike := g.evaluate(secondsOf(t, 60, func(second int) time.Duration {
		if second == 50 {
			return 3 * time.Second
		}
		return 20 * time.Millisecond
	}))
	require.Equal(t, "passed", spike.State, "one bad second is no drift")
}
