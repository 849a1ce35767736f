package load

import (
	"fmt"
	"math"
	"regexp"
	"sort"
	"sync"
	"time"

	hdr "github.com/HdrHistogram/hdrhistogram-go"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// The classes of answers. An answer that the operation documents is good, whatever its status.
const (
	good      = "good"
	throttled = "throttled"
	failed    = "failed"
	// delivered is not of answers but of webhooks: from an event to the try that was taken, and to the first.
	delivered = "delivered"
)

// The range and precision of the histograms: microseconds up to two minutes, three digits.
const (
	longest   = int64(2 * time.Minute / time.Microsecond)
	precision = 3
)

// outcome is what came of one arrival.
type outcome struct {
	operation, class, failure string
	findings                  []evidence.Finding
	checked                   bool
	// due, began and ended are counted from the start of the plan; sent is when the request left the queue.
	due, began, sent, ended time.Duration
}

type seriesID struct{ operation, class string }

type series struct{ due, send *hdr.Histogram }

// measure takes the outcomes of a plan. It is safe for concurrent use and its size does not grow with the
// number of requests.
type measure struct {
	mu       sync.Mutex
	due      int
	sent     int
	asked    time.Duration
	lag      *hdr.Histogram
	series   map[seriesID]*series
	slices   map[int]*slice
	errors   map[string]int
	checked  int
	findings map[string]*evidence.Finding
	// watch is what went on beside the arrivals; stopped is why they ended early, empty where they did not.
	watch   *watch
	stopped string
}

type slice struct {
	due, good, throttled, failed int
	latency, send                *hdr.Histogram
	// open are the latencies by operation while the second may still get answers; closed is what is kept.
	open   map[string]*hdr.Histogram
	closed map[string]reports.OperationSecond
}

// close keeps the medians of the operations of a second and lets go of their histograms.
func (s *slice) close() {
	if s.closed == nil {
		s.closed = map[string]reports.OperationSecond{}
	}
	for operation, one := range s.open {
		s.closed[operation] = reports.OperationSecond{Count: int(one.TotalCount()), P50: float64(one.ValueAtQuantile(50)) / 1000}
	}
	s.open = nil
}

func newMeasure() *measure {
	return &measure{lag: hdr.New(1, longest, precision), series: map[seriesID]*series{}, slices: map[int]*slice{}, errors: map[string]int{}, findings: map[string]*evidence.Finding{}}
}

// slicePrecision is two digits: a second of a plan takes 20 kB, not 140.
const slicePrecision = 2

func (m *measure) second(at time.Duration) *slice {
	n := int(at / time.Second)
	if m.slices[n] == nil {
		m.slices[n] = &slice{latency: hdr.New(1, longest, slicePrecision), send: hdr.New(1, longest, slicePrecision), open: map[string]*hdr.Histogram{}}
		if old := m.slices[n-openSeconds]; old != nil && old.open != nil {
			old.close()
		}
	}
	return m.slices[n]
}

// openSeconds is how many seconds keep histograms by operation.
const openSeconds = 3

// errorBound bounds the number of error texts that are told apart.
const errorBound = 100

// add takes one outcome.
func (m *measure) add(o outcome) {
	m.mu.Lock()
	defer m.mu.Unlock()
	m.sent++
	record(m.lag, o.began-o.due)
	id := seriesID{o.operation, o.class}
	if m.series[id] == nil {
		m.series[id] = &series{due: hdr.New(1, longest, precision), send: hdr.New(1, longest, precision)}
	}
	record(m.series[id].due, o.ended-o.due)
	record(m.series[id].send, o.ended-o.sent)
	m.second(o.due).due++
	second := m.second(o.ended)
	record(second.latency, o.ended-o.due)
	record(second.send, o.ended-o.sent)
	if o.class == good && second.open != nil {
		if second.open[o.operation] == nil {
			second.open[o.operation] = hdr.New(1, longest, slicePrecision)
		}
		record(second.open[o.operation], o.ended-o.due)
	}
	switch o.class {
	case good:
		second.good++
	case throttled:
		second.throttled++
	default:
		second.failed++
	}
	if o.failure != "" {
		text := o.operation + ": " + withoutIDs(o.failure)
		if len(m.errors) >= errorBound && m.errors[text] == 0 {
			text = "further errors"
		}
		m.errors[text]++
	}
	if o.checked {
		m.checked++
	}
	for _, finding := range o.findings {
		key := finding.Cause() + finding.Message
		if m.findings[key] == nil {
			one := finding
			one.Count = 0
			m.findings[key] = &one
		}
		m.findings[key].Count++
	}
}

// deliver takes one webhook: how long after its event the first try came, and the one that was taken.
func (m *measure) deliver(name string, first, taken time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	id := seriesID{name, delivered}
	if m.series[id] == nil {
		m.series[id] = &series{due: hdr.New(1, longest, precision), send: hdr.New(1, longest, precision)}
	}
	record(m.series[id].due, taken)
	record(m.series[id].send, first)
}

func record(h *hdr.Histogram, d time.Duration) {
	_ = h.RecordValue(min(max(d.Microseconds(), 0), longest)) // it is in range by construction
}

var ids = regexp.MustCompile(`[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|:\d{4,5}\b`)

// withoutIDs takes out what would make every error its own kind.
func withoutIDs(text string) string { return ids.ReplaceAllString(text, "…") }

// fromDue returns the latencies of the good answers of an operation, or of all, from their due times.
func (m *measure) fromDue(operation string) *hdr.Histogram {
	sum := hdr.New(1, longest, precision)
	for id, one := range m.series {
		if id.class == good && (operation == "" || id.operation == operation) || id.class == delivered && id.operation == operation {
			sum.Merge(one.due)
		}
	}
	return sum
}

// count returns how many answers of an operation, or of all, are of a class, and how many there are.
func (m *measure) count(operation, class string) (hits, all int) {
	for id, one := range m.series {
		if operation != "" && id.operation != operation || id.class == delivered {
			continue
		}
		n := int(one.due.TotalCount())
		all += n
		if id.class == class {
			hits += n
		}
	}
	return hits, all
}

func percentiles(h *hdr.Histogram) reports.Percentiles {
	at := func(quantile float64) float64 { return float64(h.ValueAtQuantile(quantile)) / 1000 }
	return reports.Percentiles{P50: at(50), P90: at(90), P95: at(95), P99: at(99), P999: at(99.9), Max: float64(h.Max()) / 1000}
}

// report fills in what was measured.
func (m *measure) report(into *reports.LoadPlan, wall time.Duration) error {
	m.mu.Lock()
	defer m.mu.Unlock()
	into.Due, into.Sent, into.Checked, into.Errors = m.due, m.sent, m.checked, m.errors
	if m.asked > 0 {
		into.Asked = float64(m.due) / m.asked.Seconds()
		into.Reached = float64(m.sent) / math.Max(wall.Seconds(), m.asked.Seconds())
	}
	into.Lag = percentiles(m.lag)
	for id, one := range m.series {
		due, err := one.due.EncodeV2()
		if err != nil {
			return fmt.Errorf("packing the latencies of %s: %w", id.operation, err)
		}
		send, err := one.send.EncodeV2()
		if err != nil {
			return fmt.Errorf("packing the latencies of %s: %w", id.operation, err)
		}
		into.Series = append(into.Series, reports.LoadSeries{Operation: id.operation, Class: id.class, Count: int(one.due.TotalCount()),
			FromDue: percentiles(one.due), FromSend: percentiles(one.send), DueHDR: due, SendHDR: send})
	}
	sort.Slice(into.Series, func(i, j int) bool {
		a, b := into.Series[i], into.Series[j]
		return a.Operation+a.Class < b.Operation+b.Class
	})
	for n, one := range m.slices {
		if one.open != nil {
			one.close()
		}
		packed, err := one.latency.EncodeV2()
		if err != nil {
			return fmt.Errorf("packing the latencies of second %d: %w", n, err)
		}
		into.Slices = append(into.Slices, reports.LoadSlice{Second: n, Due: one.due, Good: one.good, Throttled: one.throttled, Failed: one.failed,
			P50: float64(one.latency.ValueAtQuantile(50)) / 1000, P99: float64(one.latency.ValueAtQuantile(99)) / 1000,
			SendP99: float64(one.send.ValueAtQuantile(99)) / 1000, HDR: packed, Operations: one.closed})
	}
	sort.Slice(into.Slices, func(i, j int) bool { return into.Slices[i].Second < into.Slices[j].Second })
	for _, finding := range m.findings {
		into.Findings = append(into.Findings, *finding)
	}
	sort.Slice(into.Findings, func(i, j int) bool { return into.Findings[i].Message < into.Findings[j].Message })
	return nil
}
