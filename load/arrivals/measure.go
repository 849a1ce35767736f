package arrivals

import (
	"regexp"
	"runtime"
	"sync"
	"time"

	hdr "github.com/HdrHistogram/hdrhistogram-go"

	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// The classes of answers. An answer that the operation documents is good, whatever its status.
const (
	Good      = "good"
	Throttled = "throttled"
	Failed    = "failed"
	// Delivered is not of answers but of webhooks: from an event to the try that was taken, and to the first.
	Delivered = "delivered"
)

// The range and precision of the histograms: microseconds up to two minutes, three digits.
const (
	longest   = int64(2 * time.Minute / time.Microsecond)
	precision = 3
)

// Outcome is what came of one arrival.
type Outcome struct {
	Operation, Class, Failure string
	Findings                  []evidence.Finding
	// Checked says that its answer is looked at closely; Later does that, or is empty where it was done.
	Checked bool
	Later   []func() []evidence.Finding
	// Due, Began and Ended are counted from the start of the plan; Sent is when the request left the queue.
	Due, Began, Sent, Ended time.Duration
}

type seriesID struct{ operation, class string }

type series struct{ due, send *hdr.Histogram }

// Measure takes the outcomes of a plan. It is safe for concurrent use and its size does not grow with the
// number of requests.
type Measure struct {
	mu sync.Mutex
	// Due and Sent count arrivals, Asked is how long they were to take.
	Due, Sent int
	Asked     time.Duration
	// Lag is how late the generator itself began arrivals, in microseconds.
	Lag *hdr.Histogram
	// last is when the last request left the queue.
	last     time.Duration
	series   map[seriesID]*series
	slices   map[int]*slice
	errors   map[string]int
	checked  int
	findings map[string]*evidence.Finding
	// later are the answers that are still to be looked at.
	later []func() []evidence.Finding
	// Stopped is why the arrivals ended early; empty where they did not.
	Stopped string
	// live hears of every answer; nil for none.
	live kind.Live
	// watch is what went on beside the arrivals.
	watch *watch
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
	for operation, one := range s.open {
		s.closed[operation] = reports.OperationSecond{Count: int(one.TotalCount()), P50: float64(one.ValueAtQuantile(50)) / 1000}
	}
	s.open = nil
}

// MeasureOf has measured nothing yet, and lets who listens to a target hear of every answer.
func MeasureOf(on *kind.Target) *Measure {
	m := NewMeasure()
	m.live = on.Live
	return m
}

// NewMeasure has measured nothing yet.
func NewMeasure() *Measure {
	return &Measure{Lag: hdr.New(1, longest, precision), series: map[seriesID]*series{}, slices: map[int]*slice{},
		errors: map[string]int{}, findings: map[string]*evidence.Finding{}}
}

// slicePrecision is two digits: a second of a plan takes 20 kB, not 140.
const slicePrecision = 2

func (m *Measure) second(at time.Duration) *slice {
	n := int(at / time.Second)
	if m.slices[n] == nil {
		m.slices[n] = &slice{latency: hdr.New(1, longest, slicePrecision), send: hdr.New(1, longest, slicePrecision),
			open: map[string]*hdr.Histogram{}, closed: map[string]reports.OperationSecond{}}
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

// lookAtOnce is how many answers are looked at one after the other. The traffic between two looks pushes their code and
// data out of the processor's own memory: alone each takes some 200 µs, of which 30 are its own.
const lookAtOnce = 16

// Add takes one outcome.
func (m *Measure) Add(o Outcome) {
	m.add(o)
	m.look(lookAtOnce)
}

// look looks at the answers that wait for it, if they are so many.
func (m *Measure) look(enough int) {
	m.mu.Lock()
	if len(m.later) < enough {
		m.mu.Unlock()
		return
	}
	looks := m.later
	m.later = nil
	m.mu.Unlock()
	var found []evidence.Finding
	for _, look := range looks {
		found = append(found, look()...)
		runtime.Gosched() // arrivals that are due go first
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.keep(found)
}

func (m *Measure) add(o Outcome) {
	if m.live != nil {
		m.live.Answered(kind.Answer{Operation: o.Operation, Class: o.Class, Due: o.Due, Began: o.Began, Sent: o.Sent, Ended: o.Ended})
	}
	m.mu.Lock()
	defer m.mu.Unlock()
	m.Sent++
	m.last = max(m.last, o.Sent)
	record(m.Lag, o.Began-o.Due)
	all := m.of(o.Operation, o.Class)
	record(all.due, o.Ended-o.Due)
	record(all.send, o.Ended-o.Sent)
	m.second(o.Due).due++
	second := m.second(o.Ended)
	record(second.latency, o.Ended-o.Due)
	record(second.send, o.Ended-o.Sent)
	if o.Class == Good && second.open != nil {
		if second.open[o.Operation] == nil {
			second.open[o.Operation] = hdr.New(1, longest, slicePrecision)
		}
		record(second.open[o.Operation], o.Ended-o.Due)
	}
	switch o.Class {
	case Good:
		second.good++
	case Throttled:
		second.throttled++
	default:
		second.failed++
	}
	if o.Failure != "" {
		text := o.Operation + ": " + withoutIDs(o.Failure)
		if len(m.errors) >= errorBound && m.errors[text] == 0 {
			text = "further errors"
		}
		m.errors[text]++
	}
	if o.Checked {
		m.checked++
	}
	m.later = append(m.later, o.Later...)
	m.keep(o.Findings)
}

// keep counts findings by their causes. The caller holds the lock.
func (m *Measure) keep(found []evidence.Finding) {
	for _, finding := range found {
		key := finding.Cause() + finding.Message
		if m.findings[key] == nil {
			m.findings[key] = new(finding)
			m.findings[key].Count = 0
		}
		m.findings[key].Count++
	}
}

// Deliver takes one webhook: how long after its event the first try came, and the one that was taken.
func (m *Measure) Deliver(name string, first, taken time.Duration) {
	m.mu.Lock()
	defer m.mu.Unlock()
	one := m.of(name, Delivered)
	record(one.due, taken)
	record(one.send, first)
}

// of is the series of an operation and class. The caller holds the lock.
func (m *Measure) of(operation, class string) *series {
	id := seriesID{operation, class}
	if m.series[id] == nil {
		m.series[id] = &series{due: hdr.New(1, longest, precision), send: hdr.New(1, longest, precision)}
	}
	return m.series[id]
}

// Medians are the seconds that have answers, and their medians in microseconds.
func (m *Measure) Medians() (seconds, medians []float64) {
	for second, one := range m.slices {
		if one.latency.TotalCount() > 0 {
			seconds, medians = append(seconds, float64(second)), append(medians, float64(one.latency.ValueAtQuantile(50)))
		}
	}
	return seconds, medians
}

func record(h *hdr.Histogram, d time.Duration) {
	_ = h.RecordValue(min(max(d.Microseconds(), 0), longest)) // it is in range by construction
}

var ids = regexp.MustCompile(`[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}|:\d{4,5}\b`)

// withoutIDs takes out what would make every error its own kind.
func withoutIDs(text string) string { return ids.ReplaceAllString(text, "…") }

// FromDue returns the latencies of the good answers of an operation, or of all, from their due times.
func (m *Measure) FromDue(operation string) *hdr.Histogram {
	sum := hdr.New(1, longest, precision)
	for id, one := range m.series {
		if id.class == Good && (operation == "" || id.operation == operation) || id.class == Delivered && id.operation == operation {
			sum.Merge(one.due)
		}
	}
	return sum
}

// Count returns how many answers of an operation, or of all, are of a class, and how many there are.
func (m *Measure) Count(operation, class string) (hits, all int) {
	for id, one := range m.series {
		if operation != "" && id.operation != operation || id.class == Delivered {
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
