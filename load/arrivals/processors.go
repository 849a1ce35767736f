package arrivals

import (
	"math"
	"runtime/metrics"
	"sync/atomic"
	"time"
)

// processors tells whether calls take long because this machine has too few processors for them. The pacer asks; those
// that call tell of themselves.
type processors struct {
	count, took atomic.Int64 // of calls that are over; nanoseconds

	asked            time.Duration
	answer           bool
	before           [2]int64
	waits, waitsFrom float64
}

// askedEach is how long an answer of [processors.short] holds.
const askedEach = 20 * time.Millisecond

// The share of their time that calls wait for a processor is some 22 % where a machine with two is at its end, and up to
// 4 % where the API is what takes long.
const tooLong = 0.1

// turns is how often a call waits for a processor at least: with what writes it, what reads its answer and itself.
const turns = 3

// begin leaves out what was before.
func (p *processors) begin(now time.Duration) {
	p.asked = now
	p.waits, p.waitsFrom = readyWaits()
}

// called tells of a call that is over.
func (p *processors) called(took time.Duration) {
	p.took.Add(int64(took))
	p.count.Add(1)
}

// calls is how many are over.
func (p *processors) calls() int { return int(p.count.Load()) }

// short reports whether calls spend much of their time waiting for a processor.
func (p *processors) short(now time.Duration) bool {
	count, took := p.count.Load(), p.took.Load()
	if now-p.asked < askedEach || count == p.before[0] {
		return p.answer
	}
	sum, number := readyWaits()
	if number > p.waitsFrom {
		each := float64(took-p.before[1]) / float64(count-p.before[0])
		wait := (sum - p.waits) / (number - p.waitsFrom) * float64(time.Second)
		p.answer = turns*wait > tooLong*each
	}
	p.asked, p.before, p.waits, p.waitsFrom = now, [2]int64{count, took}, sum, number
	return p.answer
}

// readyWaits are the waits of goroutines that could go on for a processor, of a sample of them that the runtime takes:
// their sum in seconds, and their number.
func readyWaits() (sum, number float64) {
	sample := []metrics.Sample{{Name: "/sched/latencies:seconds"}}
	metrics.Read(sample)
	if sample[0].Value.Kind() != metrics.KindFloat64Histogram {
		return 0, 0
	}
	waits := sample[0].Value.Float64Histogram()
	for i, count := range waits.Counts {
		low, high := max(waits.Buckets[i], 0), waits.Buckets[i+1]
		if math.IsInf(high, 1) {
			high = low
		}
		sum, number = sum+float64(count)*(low+high)/2, number+float64(count)
	}
	return sum, number
}
