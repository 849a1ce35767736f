package arrivals

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"time"

	hdr "github.com/HdrHistogram/hdrhistogram-go"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Percentiles reads those of a histogram in microseconds.
func Percentiles(h *hdr.Histogram) reports.Percentiles {
	at := func(quantile float64) float64 { return float64(h.ValueAtQuantile(quantile)) / 1000 }
	return reports.Percentiles{P50: at(50), P90: at(90), P95: at(95), P99: at(99), P999: at(99.9), Max: float64(h.Max()) / 1000}
}

// Report fills in what was measured.
func (m *Measure) Report(into *reports.LoadPlan) error {
	m.look(1)
	m.mu.Lock()
	defer m.mu.Unlock()
	into.Due, into.Sent, into.Checked, into.Errors = m.Due, m.Sent, m.checked, m.errors
	if m.Asked > 0 {
		into.Asked = float64(m.Due) / m.Asked.Seconds()
		into.Reached = m.reached()
	}
	into.Lag = Percentiles(m.Lag)
	for id, one := range m.series {
		due, err1 := one.due.EncodeV2()
		send, err2 := one.send.EncodeV2()
		if err := errors.Join(err1, err2); err != nil {
			return fmt.Errorf("packing the latencies of %s: %w", id.operation, err)
		}
		into.Series = append(into.Series, reports.LoadSeries{Operation: id.operation, Class: id.class,
			Count:   int(one.due.TotalCount()),
			FromDue: Percentiles(one.due), FromSend: Percentiles(one.send), DueHDR: due, SendHDR: send})
	}
	slices.SortFunc(into.Series, func(a, b reports.LoadSeries) int {
		return cmp.Compare(a.Operation+a.Class, b.Operation+b.Class)
	})
	for n, one := range m.slices {
		if one.open != nil {
			one.close()
		}
		packed, err := one.latency.EncodeV2()
		if err != nil {
			return fmt.Errorf("packing the latencies of second %d: %w", n, err)
		}
		into.Slices = append(into.Slices, reports.LoadSlice{Second: n, Due: one.due, Good: one.good, Throttled: one.throttled,
			Failed: one.failed,
			P50:    float64(one.latency.ValueAtQuantile(50)) / 1000, P99: float64(one.latency.ValueAtQuantile(99)) / 1000,
			SendP99: float64(one.send.ValueAtQuantile(99)) / 1000, HDR: packed, Operations: one.closed})
	}
	slices.SortFunc(into.Slices, func(a, b reports.LoadSlice) int { return cmp.Compare(a.Second, b.Second) })
	for _, finding := range m.findings {
		into.Findings = append(into.Findings, *finding)
	}
	slices.SortFunc(into.Findings, func(a, b evidence.Finding) int { return cmp.Compare(a.Message, b.Message) })
	return nil
}

// reached is how many arrivals a second were sent, over the time that the plan asks for or, where the last one left
// later, until then.
func (m *Measure) reached() float64 { return float64(m.Sent) / max(m.last, m.Asked).Seconds() }

// InTime is the share of the arrivals that were sent, made smaller by as much as the last one left later than a second
// after the plan's end: what leaves long after its time is no rate.
func (m *Measure) InTime() float64 {
	if m.Due == 0 || m.Asked == 0 {
		return 0
	}
	return float64(m.Sent) / float64(m.Due) * m.Asked.Seconds() / max(m.Asked, m.last-time.Second).Seconds()
}

// Absorb adds what a shard measured, bucket by bucket. The lag of a shard is known by its percentiles only, so that
// of the whole is the largest.
func (m *Measure) Absorb(part *reports.LoadPlan) error {
	m.Due, m.Sent, m.checked = m.Due+part.Due, m.Sent+part.Sent, m.checked+part.Checked
	if part.Asked > 0 {
		m.Asked = max(m.Asked, time.Duration(float64(part.Due)/part.Asked*float64(time.Second)))
	}
	if part.Reached > 0 {
		m.last = max(m.last, time.Duration(float64(part.Sent)/part.Reached*float64(time.Second)))
	}
	for text, n := range part.Errors {
		m.errors[text] += n
	}
	for _, one := range part.Series {
		due, err1 := hdr.Decode(one.DueHDR)
		send, err2 := hdr.Decode(one.SendHDR)
		if err := errors.Join(err1, err2); err != nil {
			return fmt.Errorf("unpacking the latencies of %s: %w", one.Operation, err)
		}
		sum := m.of(one.Operation, one.Class)
		sum.due.Merge(due)
		sum.send.Merge(send)
	}
	for _, one := range part.Slices {
		latency, err := hdr.Decode(one.HDR)
		if err != nil {
			return fmt.Errorf("unpacking the latencies of second %d: %w", one.Second, err)
		}
		sum := m.second(time.Duration(one.Second) * time.Second)
		sum.due, sum.good = sum.due+one.Due, sum.good+one.Good
		sum.throttled, sum.failed = sum.throttled+one.Throttled, sum.failed+one.Failed
		sum.latency.Merge(latency)
		sum.open = nil
		sum.together(one)
	}
	return nil
}

// together adds the operations of a shard's second. Medians can't be added: the mean of those of the shards,
// weighed by their answers, stands for them, and so does the larger p99 from the moment of sending.
func (s *slice) together(part reports.LoadSlice) {
	for operation, one := range part.Operations {
		sum := s.closed[operation]
		all := sum.Count + one.Count
		s.closed[operation] = reports.OperationSecond{Count: all,
			P50: (sum.P50*float64(sum.Count) + one.P50*float64(one.Count)) / float64(max(all, 1))}
	}
	_ = s.send.RecordValue(int64(1000 * part.SendP99)) // it is in range: it was recorded before
}
