package load

import (
	"errors"
	"fmt"

	"github.com/kobcheck/kobcheck/load/arrivals"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Merge puts the shards of one load run together: counts, slices and errors are added, histograms merged
// bucket by bucket, and gates evaluated again on the whole.
func Merge(parts []*reports.LoadRun) (*reports.LoadRun, error) {
	if len(parts) == 0 {
		return nil, errors.New("there is no load run to merge")
	}
	whole := *parts[0]
	whole.Plans, whole.ExitCode, whole.Reason = nil, 0, ""
	if err := overlapping(parts); err != nil {
		return nil, err
	}
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

// overlapping returns an error where parts were not performed at one time by one version: what did not overlap put no
// common load on anything.
func overlapping(parts []*reports.LoadRun) error {
	latest, earliest := parts[0], parts[0]
	for _, part := range parts {
		if part.Tool.Version != parts[0].Tool.Version {
			return fmt.Errorf("run %s is of version %s and run %s of %s: shards of one run are made by one version",
				part.RunID, part.Tool.Version, parts[0].RunID, parts[0].Tool.Version)
		}
		if part.StartedAt.After(latest.StartedAt) {
			latest = part
		}
		if part.EndedAt.Before(earliest.EndedAt) {
			earliest = part
		}
	}
	if latest.StartedAt.After(earliest.EndedAt) {
		return fmt.Errorf("run %s had ended before run %s began: shards that do not overlap are no common load; start them together",
			earliest.RunID, latest.RunID)
	}
	return nil
}

func mergePlan(parts []*reports.LoadPlan) (*reports.LoadPlan, error) {
	whole := *parts[0]
	m := arrivals.NewMeasure()
	var shards []string
	for _, part := range parts {
		shards = append(shards, part.Shard)
	}
	if err := evidence.WholeSet(shards); err != nil {
		return nil, fmt.Errorf("merging %s: %w", whole.ID, err)
	}
	whole.Series, whole.Slices, whole.Findings, whole.Invariants, whole.Observed, whole.Shard = nil, nil, nil, nil, nil, ""
	for _, part := range parts {
		if err := m.Absorb(part); err != nil {
			return nil, err
		}
		whole.Lag.P99, whole.Lag.Max = max(whole.Lag.P99, part.Lag.P99), max(whole.Lag.Max, part.Lag.Max)
		whole.Findings = append(whole.Findings, part.Findings...)
		whole.Invariants = append(whole.Invariants, part.Invariants...)
		whole.Observed = append(whole.Observed, part.Observed...)
		if part.ExitCode == evidence.ExitInconclusive && whole.ExitCode == 0 {
			whole.ExitCode, whole.Reason = part.ExitCode, part.Reason
		}
	}
	lag := whole.Lag
	m.Wall = m.Asked
	gates := whole.Gates
	whole.Gates = []reports.GateResult{}
	if err := m.Report(&whole); err != nil {
		return nil, err
	}
	whole.Lag = lag
	for _, was := range gates {
		gate, err := parseGate(was.Gate)
		if err != nil {
			return nil, err
		}
		if gate.figure == "lag" {
			was.Figure, was.Low, was.High, was.Samples = lag.P99, lag.P99, lag.P99, samples(parts, was.Gate)
			was.State = gate.state(was)
			whole.Gates = append(whole.Gates, was)
			continue
		}
		whole.Gates = append(whole.Gates, gate.evaluate(m))
	}
	whole.ExitCode, whole.Verdict, whole.Reason = exitOf(parts), "", ""
	return &whole, nil
}

// samples are those of a gate over all the parts.
func samples(parts []*reports.LoadPlan, gate string) int {
	n := 0
	for _, part := range parts {
		for _, one := range part.Gates {
			if one.Gate == gate {
				n += one.Samples
			}
		}
	}
	return n
}

// exitOf keeps only what a shard could not perform; everything else is judged again on the whole.
func exitOf(parts []*reports.LoadPlan) int {
	for _, part := range parts {
		if part.ExitCode == evidence.ExitInconclusive {
			return part.ExitCode
		}
	}
	return 0
}
