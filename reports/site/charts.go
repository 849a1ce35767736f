package site

import (
	"fmt"
	"math"
	"slices"

	hdr "github.com/HdrHistogram/hdrhistogram-go"
	"github.com/kobcheck/kobcheck/reports"
)

// charts are the pictures that a plan's figures allow.
func charts(one reports.LoadPlan) []chart {
	p := &one
	var all []chart
	if len(p.Slices) > 0 {
		all = append(all, answersChart(p), latencyChart(p))
	}
	if curve, ok := curveChart(p); ok {
		all = append(all, curve)
	}
	if len(p.Asks) > 0 {
		all = append(all, limiterChart(p))
	}
	if len(p.Bursts) > 0 {
		all = append(all, burstsChart(p))
	}
	if len(p.Wallets) > 0 {
		all = append(all, walletsChart(p))
	}
	return all
}

// walletsChart are the balances of a ledger's wallets: what was answered with success as an outline, what is held as a
// bar, red where the two differ.
func walletsChart(p *reports.LoadPlan) chart {
	c := &canvas{}
	top, wrong := 1.0, 0
	for _, one := range p.Wallets {
		top = max(top, one.Answered, one.Held)
	}
	at := c.scale(top, "")
	var rows [][]string
	width := min(60, (chartWidth-chartLeft)/float64(len(p.Wallets))*0.7)
	for i, one := range p.Wallets {
		x, class := along(i, len(p.Wallets)), "good"
		if one.Held != one.Answered {
			class = "failed"
			wrong++
		}
		c.bar(class, x-width/2, at(one.Held), width, at(0)-at(one.Held))
		c.bar("outline", x-width/2, at(one.Answered), width, at(0)-at(one.Answered))
		c.text(x, chartHeight-4, "middle", fmt.Sprintf("wallet %d", one.Wallet))
		rows = append(rows, []string{fmt.Sprint(one.Wallet), fmt.Sprintf("%.0f", one.Answered), fmt.Sprintf("%.0f", one.Held),
			fmt.Sprintf("%+.0f", one.Held-one.Answered)})
	}
	title := fmt.Sprintf("All %d wallets hold what was answered with success", len(p.Wallets))
	if wrong > 0 {
		title = fmt.Sprintf("%d of %d wallets hold something else than was answered with success", wrong, len(p.Wallets))
	}
	return chart{ID: "wallets", Title: title, Picture: c.done(chartHeight, title),
		Head: []string{"wallet", "credits answered", "held", "difference"}, Rows: rows}
}

// answersChart are the answers of each second by class, with the arrivals that were due as a line.
func answersChart(p *reports.LoadPlan) chart {
	c := &canvas{}
	top, bad := 1.0, 0
	for _, one := range p.Slices {
		top = max(top, float64(one.Due), float64(one.Good+one.Throttled+one.Failed))
		bad += one.Throttled + one.Failed
	}
	at := c.scale(top, "")
	width := max((chartWidth-chartLeft)/float64(len(p.Slices))-1, 0.8)
	var xs, ys []float64
	var rows [][]string
	for i, one := range p.Slices {
		x, floor := along(i, len(p.Slices)), 0.0
		for _, part := range []struct {
			class string
			count int
		}{{"good", one.Good}, {"throttled", one.Throttled}, {"failed", one.Failed}} {
			if part.count > 0 {
				c.bar(part.class, x-width/2, at(floor+float64(part.count)), width, at(floor)-at(floor+float64(part.count)))
				floor += float64(part.count)
			}
		}
		xs, ys = append(xs, x), append(ys, at(float64(one.Due)))
		rows = append(rows, []string{fmt.Sprint(one.Second), fmt.Sprint(one.Due), fmt.Sprint(one.Good), fmt.Sprint(one.Throttled),
			fmt.Sprint(one.Failed)})
	}
	c.line("due", xs, ys)
	c.text(chartLeft, chartHeight-4, "start", "second 0")
	c.text(chartWidth, chartHeight-4, "end", fmt.Sprintf("second %d", p.Slices[len(p.Slices)-1].Second))
	title := fmt.Sprintf("All %d answers were good", p.Sent)
	if bad > 0 {
		title = fmt.Sprintf("%d of %d answers were throttled or failed", bad, p.Sent)
	}
	if p.Sent < p.Due {
		title += fmt.Sprintf("; %d of %d arrivals were not sent", p.Due-p.Sent, p.Due)
	}
	return chart{ID: "answers", Title: title, Picture: c.done(chartHeight,
		title+"; answers by class in each second, and the arrivals that were due as a line"),
		Head: []string{"second", "due", "good", "throttled", "failed"}, Rows: rows}
}

// latencyChart are p50 and p99 of each second from the due time, and p99 from the moment of sending.
func latencyChart(p *reports.LoadPlan) chart {
	c := &canvas{}
	top, worst := 0.1, 0
	for i, one := range p.Slices {
		top = max(top, one.P99, one.SendP99)
		if one.P99 > p.Slices[worst].P99 {
			worst = i
		}
	}
	at := c.scale(top, " ms")
	var xs, p50, p99, send []float64
	var rows [][]string
	for i, one := range p.Slices {
		xs = append(xs, along(i, len(p.Slices)))
		p50, p99, send = append(p50, at(one.P50)), append(p99, at(one.P99)), append(send, at(one.SendP99))
		rows = append(rows, []string{fmt.Sprint(one.Second), fmt.Sprintf("%.2f", one.P50), fmt.Sprintf("%.2f", one.P99),
			fmt.Sprintf("%.2f", one.SendP99)})
	}
	c.line("send", xs, send)
	c.line("p50", xs, p50)
	c.line("p99", xs, p99)
	title := fmt.Sprintf("p99 was highest in second %d: %.1f ms from the due time, %.1f ms from the moment of sending",
		p.Slices[worst].Second, p.Slices[worst].P99, p.Slices[worst].SendP99)
	return chart{ID: "latency", Title: title, Picture: c.done(chartHeight, title+"; p50 and p99 of each second"),
		Toggle: "p99 from the moment of sending",
		Head:   []string{"second", "p50 from due, ms", "p99 from due, ms", "p99 from send, ms"}, Rows: rows}
}

// curveAt are the percentiles of the curve.
var curveAt = []float64{50, 75, 90, 95, 99, 99.5, 99.9, 99.95, 99.99}

// curveChart is the latency of the good answers by percentile, with bounds from the order of the answers (95 % on
// each side). A percentile that takes more answers than there are is left out.
func curveChart(p *reports.LoadPlan) (chart, bool) {
	sum := hdr.New(1, 120_000_000, 3)
	for _, one := range p.Series {
		if one.Class != "good" {
			continue
		}
		if due, err := hdr.Decode(one.DueHDR); err == nil {
			sum.Merge(due)
		}
	}
	n := float64(sum.TotalCount())
	var rows [][]string
	var xs, middle, low, high []float64
	top := 0.1
	for _, q := range curveAt {
		if n*(1-q/100) < 3 {
			break
		}
		share := q / 100
		spread := 1.6449 * math.Sqrt(n*share*(1-share))
		value := func(rank float64) float64 {
			return float64(sum.ValueAtQuantile(100*min(max(rank/n, 0), 1))) / 1000
		}
		middle, low, high = append(middle, value(n*share)), append(low, value(math.Floor(n*share-spread))),
			append(high, value(math.Ceil(n*share+spread)))
		xs = append(xs, math.Log10(1/(1-share)))
		top = max(top, high[len(high)-1])
		rows = append(rows, []string{fmt.Sprintf("p%v", q), fmt.Sprintf("%.2f", middle[len(middle)-1]),
			fmt.Sprintf("%.2f", low[len(low)-1]), fmt.Sprintf("%.2f", high[len(high)-1])})
	}
	if len(rows) < 3 {
		return chart{}, false
	}
	c := &canvas{}
	at := c.scale(top, " ms")
	first, last := xs[0], xs[len(xs)-1]
	for i := range xs {
		xs[i] = chartLeft + 20 + (xs[i]-first)/(last-first)*(chartWidth-chartLeft-60)
		c.text(xs[i], chartHeight-4, "middle", rows[i][0])
	}
	edge, heights := slices.Clone(xs), []float64{}
	for i := range xs {
		heights = append(heights, at(high[i]))
	}
	for i := len(xs) - 1; i >= 0; i-- {
		edge, heights = append(edge, xs[i]), append(heights, at(low[i]))
	}
	c.Areas = append(c.Areas, points{"bounds", drawn(edge, heights)})
	for i := range middle {
		middle[i] = at(middle[i])
	}
	c.line("p99", xs, middle)
	end := rows[len(rows)-1]
	title := fmt.Sprintf("Half of %.0f good answers took %s ms or less; %s was %s ms, between %s and %s", n, rows[0][1], end[0],
		end[1], end[2], end[3])
	return chart{ID: "curve", Title: title, Picture: c.done(chartHeight, title),
		Head: []string{"percentile", "ms from due", "at least", "at most"}, Rows: rows}, true
}

// limiterChart is every request of a probe on a time axis, those that passed above those that were refused, with the
// windows that were found drawn in.
func limiterChart(p *reports.LoadPlan) chart {
	c := &canvas{}
	const height, up, down = 150.0, 45.0, 95.0
	last := max(p.Asks[len(p.Asks)-1].AtMS, 1)
	at := func(ms float64) float64 { return chartLeft + ms/last*(chartWidth-chartLeft-10) }
	passed := 0
	if p.WindowMS > 0 && last/p.WindowMS < 200 {
		for ms := 0.0; ms <= last; ms += p.WindowMS {
			c.Grid = append(c.Grid, gridLine{at(ms), at(ms), 15, height - 30})
		}
	}
	for _, ask := range p.Asks {
		class, y := "failed", down
		if ask.Passed {
			class, y = "good", up
			passed++
		}
		c.Dots = append(c.Dots, dot{class, at(ask.AtMS), y})
	}
	c.text(chartLeft-6, up+4, "end", "passed")
	c.text(chartLeft-6, down+4, "end", "refused")
	c.text(chartLeft, height-8, "start", "0 s")
	c.text(chartWidth, height-8, "end", fmt.Sprintf("%.1f s", last/1000))
	title := fmt.Sprintf("%d of %d requests passed", passed, len(p.Asks))
	for _, one := range p.Observed {
		if one.ID == "limit.limiter" {
			title += ": " + one.Answer
		}
	}
	var rows [][]string
	for i := 0; i < len(p.Asks); {
		j := i
		for j < len(p.Asks) && p.Asks[j].Passed == p.Asks[i].Passed {
			j++
		}
		rows = append(rows, []string{fmt.Sprintf("%.3f", p.Asks[i].AtMS/1000), fmt.Sprintf("%.3f", p.Asks[j-1].AtMS/1000),
			fmt.Sprint(j - i), map[bool]string{true: "passed", false: "refused"}[p.Asks[i].Passed]})
		i = j
	}
	return chart{ID: "limiter", Title: title, Picture: c.done(height, title),
		Head: []string{"from, s", "to, s", "requests in a row", "what came of them"}, Rows: rows}
}

// burstsChart are the copies of some keys, each from its release to its answer.
func burstsChart(p *reports.LoadPlan) chart {
	c := &canvas{}
	y, wrong := 8.0, 0
	var rows [][]string
	for _, burst := range p.Bursts {
		last := 0.001
		objects := map[string]bool{}
		for _, one := range burst.Copies {
			last = max(last, one.ToMS)
			if one.ID != "" {
				objects[one.ID] = true
			}
		}
		if len(objects) > 1 {
			wrong++
		}
		y += 16
		c.text(chartLeft, y, "start", fmt.Sprintf("key %s of %s: %d copies, %d object(s), %.2f ms", burst.Key, burst.Operation,
			len(burst.Copies), len(objects), last))
		for _, one := range burst.Copies {
			y += 8
			class := "good"
			switch {
			case one.Status/100 != 2:
				class = "throttled"
			case len(objects) > 1:
				class = "failed"
			}
			from := chartLeft + one.FromMS/last*(chartWidth-chartLeft-10)
			to := chartLeft + one.ToMS/last*(chartWidth-chartLeft-10)
			c.bar(class, from, y, max(to-from, 1.5), 6)
			rows = append(rows, []string{burst.Key, fmt.Sprintf("%.3f", one.FromMS), fmt.Sprintf("%.3f", one.ToMS), fmt.Sprint(one.Status), one.ID})
		}
		y += 12
	}
	title := fmt.Sprintf("Each of these %d keys made one object", len(p.Bursts))
	if wrong > 0 {
		title = fmt.Sprintf("%d of these %d keys made more than one object", wrong, len(p.Bursts))
	}
	return chart{ID: "bursts", Title: title, Picture: c.done(y+8, title+"; the copies of each key from release to answer"),
		Head: []string{"key", "released, ms", "answered, ms", "status", "object"}, Rows: rows}
}
