package load

import (
	"errors"
	"fmt"
	"sort"
	"time"

	hdr "github.com/HdrHistogram/hdrhistogram-go"

	"github.com/kobcheck/kobcheck/reports"
)

// Merge puts the shards of one load run together: counts, slices and errors are added, histograms merged
// bucket by bucket, and gates evaluated again on the whole.
func Merge(parts []*reports.LoadRun) (*reports.LoadRun, error) {
	if len(parts) == 0 {
		return nil, errors.New("there is no load run to merge")
	}
	whole := *parts[0]
	whole.Plans, whole.ExitCode, whole.Reason = nil, 0, ""
	for i := range parts[0].Plans {
		var same []*reports.LoadPlan
		for _, part := range parts {
			if part.Seed != whole.Seed || len(part.Plans) != len(parts[0].Plans) || part.Plans[i].ID != parts[0].Plans[i].ID {
				return nil, fmt.Errorf("run %s is no shard of the same run as %s: seed and plans must be equal", part.RunID, parts[0].RunID)
			}
			if part.StartedAt.Before(whole.StartedAt) {
				whole.StartedAt = part.StartedAt
			}
			same = append(same, &part.Plans[i])
		}
		plan, err := mergePlan(same)
		if err != nil {
			return nil, err
		}
		whole.Plans = append(whole.Plans, *plan)
	}
	return &whole, nil
}

func mergePlan(parts []*reports.LoadPlan) (*reports.LoadPlan, error) {
	whole := *parts[0]
	m := newMeasure()
	seen := map[string]bool{}
	wall := 0.0
	whole.Series, whole.Slices, whole.Findings, whole.Invariants, whole.Observed, whole.Shard = nil, nil, nil, nil, nil, ""
	seconds := map[int]*reports.LoadSlice{}
	for _, part := range parts {
		if seen[part.Shard] {
			return nil, fmt.Errorf("shard %s of %s is there twice", part.Shard, part.ID)
		}
		seen[part.Shard] = true
		m.due, m.sent, m.checked = m.due+part.Due, m.sent+part.Sent, m.checked+part.Checked
		wall = max(wall, float64(part.Due)/max(part.Asked, 1e-9))
		whole.Lag.P99, whole.Lag.Max = max(whole.Lag.P99, part.Lag.P99), max(whole.Lag.Max, part.Lag.Max)
		for text, n := range part.Errors {
			m.errors[text] += n
		}
		for _, one := range part.Series {
			due, err1 := hdr.Decode(one.DueHDR)
			send, err2 := hdr.Decode(one.SendHDR)
			if err := errors.Join(err1, err2); err != nil {
				return nil, fmt.Errorf("unpacking the latencies of %s: %w", one.Operation, err)
			}
			id := seriesID{one.Operation, one.Class}
			if m.series[id] == nil {
				m.series[id] = &series{due: hdr.New(1, longest, precision), send: hdr.New(1, longest, precision)}
			}
			m.series[id].due.Merge(due)
			m.series[id].send.Merge(send)
		}
		for _, one := range part.Slices {
			sum := seconds[one.Second]
			if sum == nil {
				sum = &reports.LoadSlice{Second: one.Second}
				seconds[one.Second] = sum
			}
			sum.Due, sum.Good, sum.Throttled, sum.Failed = sum.Due+one.Due, sum.Good+one.Good, sum.Throttled+one.Throttled, sum.Failed+one.Failed
			sum.P50, sum.P99 = max(sum.P50, one.P50), max(sum.P99, one.P99)
		}
		whole.Findings = append(whole.Findings, part.Findings...)
		whole.Invariants = append(whole.Invariants, part.Invariants...)
		whole.Observed = append(whole.Observed, part.Observed...)
		if part.ExitCode == reports.ExitInconclusive && whole.ExitCode == 0 {
			whole.ExitCode, whole.Reason = part.ExitCode, part.Reason
		}
	}
	lag := whole.Lag
	m.asked = time.Duration(wall * float64(time.Second))
	gates := whole.Gates
	whole.Gates = []reports.GateResult{}
	if err := m.report(&whole, m.asked); err != nil {
		return nil, err
	}
	whole.Lag = lag
	for _, was := range gates {
		gate, err := parseGate(was.Gate)
		if err != nil {
			return nil, err
		}
		if gate.figure == "lag" {
			was.Figure, was.Low, was.High = lag.P99, lag.P99, lag.P99
			was.State = gate.state(was)
			whole.Gates = append(whole.Gates, was)
			continue
		}
		whole.Gates = append(whole.Gates, gate.evaluate(m))
	}
	whole.ExitCode, whole.Verdict, whole.Reason = exitOf(parts), "", ""
	whole.Slices = nil
	for _, one := range seconds {
		whole.Slices = append(whole.Slices, *one)
	}
	sort.Slice(whole.Slices, func(i, j int) bool { return whole.Slices[i].Second < whole.Slices[j].Second })
	return &whole, nil
}

// exitOf keeps only what a shard could not perform; everything else is judged again on the whole.
func exitOf(parts []*reports.LoadPlan) int {
	for _, part := range parts {
		if part.ExitCode == reports.ExitInconclusive {
			return part.ExitCode
		}
	}
	return 0
}
