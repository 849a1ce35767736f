package load

import (
	"math"
	"slices"

	"github.com/kobcheck/kobcheck/load/arrivals"
	"github.com/kobcheck/kobcheck/reports"
)

// driftSeconds is how many seconds with answers a drift takes: fewer show weather, not climate.
const driftSeconds = 20

// drift measures by how many per cent of its median the p50 of the seconds of a plan changed from beginning to
// end: the median of the slopes between all pairs of seconds (Theil and Sen), with bounds from the ranks of
// those slopes (one-sided 95 %).
func drift(m *arrivals.Measure, r *reports.GateResult) {
	at, value := m.Medians()
	r.Samples, r.Needed = len(at), driftSeconds
	if len(at) < 3 {
		return
	}
	var slopes []float64
	first, last := math.Inf(1), math.Inf(-1)
	for i := range at {
		first, last = min(first, at[i]), max(last, at[i])
		for j := range i {
			slopes = append(slopes, (value[i]-value[j])/(at[i]-at[j]))
		}
	}
	slices.Sort(slopes)
	slices.Sort(value)
	n := float64(len(at))
	spread := z * math.Sqrt(n*(n-1)*(2*n+5)/18)
	rank := func(place float64) float64 {
		return slopes[int(min(max(math.Round(place), 0), float64(len(slopes)-1)))]
	}
	whole := 100 * (last - first) / max(value[len(value)/2], 1)
	half := float64(len(slopes)-1) / 2
	r.Figure, r.Low, r.High = whole*rank(half), whole*rank(half-spread/2), whole*rank(half+spread/2)
}
