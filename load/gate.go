package load

import (
	"fmt"
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"

	hdr "github.com/HdrHistogram/hdrhistogram-go"

	"github.com/kobcheck/kobcheck/load/arrivals"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
)

// gate is a bound on a figure: p99(cards-create) < 250ms, errors < 0.1%, throttled < 1%, rate >= 99%,
// lag p99 < 5ms.
type gate struct {
	text      string
	figure    string // quantile, max, errors, throttled, rate, drift or lag
	quantile  float64
	operation string
	below     bool
	none      bool    // not a single one, of those that were sent
	bound     float64 // milliseconds or per cent
}

var gateForm = regexp.MustCompile(`^(?:(p\d+(?:\.\d+)?|max)(?:\(([a-z-]+)\))?|(errors|throttled)(?:\(([a-z-]+)\))?|(rate|drift)|` +
	`lag (p\d+(?:\.\d+)?))\s*(<|<=|>|>=|=)\s*([0-9.]+)\s*(ms|s|us|µs|%)$`)

func parseGate(text string) (gate, error) {
	found := gateForm.FindStringSubmatch(strings.TrimSpace(text))
	if found == nil {
		return gate{}, fmt.Errorf("%q is no gate; write it like p99(cards-create) < 250ms, errors < 0.1%%, throttled < 1%%, rate >= 99%%, "+
			"drift < 20%% or lag p99 < 5ms", text)
	}
	g := gate{text: text, below: found[7][0] == '<'}
	quantile := found[1] + found[6]
	switch {
	case found[5] != "":
		g.figure = found[5]
	case found[3] != "":
		g.figure, g.operation = found[3], found[4]
	case quantile == "max":
		g.figure, g.operation, g.quantile = "max", found[2], 1
	default:
		g.figure, g.operation = "quantile", found[2]
		if found[6] != "" {
			g.figure = "lag"
		}
		percent, err := strconv.ParseFloat(quantile[1:], 64)
		if err != nil || percent <= 0 || percent >= 100 {
			return gate{}, fmt.Errorf("%q: %s is no percentile between p0 and p100", text, quantile)
		}
		g.quantile = percent / 100
	}
	share := g.figure == "errors" || g.figure == "throttled" || g.figure == "rate" || g.figure == "drift"
	if share != (found[9] == "%") {
		return gate{}, fmt.Errorf("%q: shares are bounded in per cent, latencies in ms or s", text)
	}
	var err error
	if share {
		g.bound, err = strconv.ParseFloat(found[8], 64)
	} else {
		var d time.Duration
		d, err = time.ParseDuration(found[8] + found[9])
		g.bound = kind.Milliseconds(d)
	}
	if err != nil {
		return gate{}, fmt.Errorf("%q: %w", text, err)
	}
	if g.none = found[7] == "="; g.none {
		if found[3] == "" || g.bound != 0 {
			return gate{}, fmt.Errorf("%q: only errors and throttled can be bounded by = 0%%", text)
		}
		return g, nil
	}
	if g.below == (g.figure == "rate") {
		return gate{}, fmt.Errorf("%q: a rate is bounded from below, everything else from above", text)
	}
	return g, nil
}

// z is the quantile of the normal distribution for one-sided bounds at 95 %.
const z = 1.6449

// evaluate holds a gate against what was measured. It passes only where the whole confidence interval is on
// the right side, and never without the samples that the figure takes: 299 for a p99, 2,995 for a p99.9.
func (g gate) evaluate(m *arrivals.Measure) reports.GateResult {
	r := reports.GateResult{Gate: g.text, Bound: g.bound, Unit: "ms"}
	switch g.figure {
	case "errors", "throttled":
		r.Unit = "%"
		g.share(m, &r)
	case "rate":
		r.Unit = "%"
		r.Samples, r.Needed = m.Due, 1
		r.Figure = 100 * m.InTime()
		r.Low, r.High = r.Figure, r.Figure
	case "drift":
		r.Unit = "%"
		drift(m, &r)
	case "lag":
		g.percentile(m.Lag, &r)
	default:
		g.percentile(m.FromDue(g.operation), &r)
	}
	r.State = g.state(r)
	return r
}

func (g gate) state(r reports.GateResult) string {
	switch {
	case r.Samples < r.Needed || r.Samples == 0:
		return "no data"
	case g.none && r.Figure == 0:
		return "passed"
	case g.none:
		return "failed"
	case g.below && r.High < g.bound, !g.below && r.Low >= g.bound:
		return "passed"
	case g.below && r.Low >= g.bound, !g.below && r.High < g.bound:
		return "failed"
	}
	return "inconclusive"
}

// percentile takes a quantile with the order statistics that bound it.
func (g gate) percentile(h *hdr.Histogram, r *reports.GateResult) {
	n := float64(h.TotalCount())
	r.Samples = int(n)
	if g.figure == "max" {
		r.Needed = 1
		r.Figure = float64(h.Max()) / 1000
		r.Low, r.High = r.Figure, r.Figure
		return
	}
	r.Needed = int(math.Ceil(math.Log(0.05) / math.Log(g.quantile)))
	if n == 0 {
		return
	}
	spread := z * math.Sqrt(n*g.quantile*(1-g.quantile))
	at := func(rank float64) float64 {
		return float64(h.ValueAtQuantile(100*min(max(rank/n, 0), 1))) / 1000
	}
	r.Figure, r.Low, r.High = at(n*g.quantile), at(math.Floor(n*g.quantile-spread)), at(math.Ceil(n*g.quantile+spread))
}

// share takes a part of the answers with Wilson's bounds.
func (g gate) share(m *arrivals.Measure, r *reports.GateResult) {
	hits, all := m.Count(g.operation, map[string]string{"errors": arrivals.Failed, "throttled": arrivals.Throttled}[g.figure])
	n := float64(all)
	r.Samples = all
	if r.Needed = 1; !g.none {
		r.Needed = int(math.Ceil(z * z * (100/g.bound - 1))) // below it not even no error at all would pass
	}
	if all == 0 {
		return
	}
	p := float64(hits) / n
	middle, half := (p+z*z/(2*n))/(1+z*z/n), z*math.Sqrt(p*(1-p)/n+z*z/(4*n*n))/(1+z*z/n)
	r.Figure, r.Low, r.High = 100*p, 100*max(middle-half, 0), 100*(middle+half)
	if hits == 0 {
		r.Low = 0
	}
}

// HoldGate holds one more gate against a plan that was performed.
func HoldGate(plan *reports.LoadPlan, text string) (reports.GateResult, error) {
	one, err := parseGate(text)
	if err != nil {
		return reports.GateResult{}, err
	}
	m := arrivals.NewMeasure()
	if err := m.Absorb(plan); err != nil {
		return reports.GateResult{}, err
	}
	return one.evaluate(m), nil
}
