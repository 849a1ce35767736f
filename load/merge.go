package load

import (
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/kobcheck/kobcheck/load/arrivals"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Merge puts the shards of one load run together: counts, slices and errors are added, histograms merged
// bucket by bucket, and gates evaluated again on the whole. A set that is not whole, or not of one run, is refused.
func Merge(parts []*reports.LoadRun) (*reports.LoadRun, error) {
	if len(parts) == 0 {
		return nil, errors.New("there is no load run to merge")
	}
	whole := *parts[0]
	whole.Plans, whole.ExitCode, whole.Reason = nil, 0, ""
	for _, part := range parts {
		if part.Masked() {
			whole.ExitCode, whole.Reason = part.ExitCode, part.Reason
		}
		if err := sameRun(parts[0], part); err != nil {
			return nil, err
		}
		if part.StartedAt.Before(whole.StartedAt) {
			whole.StartedAt = part.StartedAt
		}
	}
	for i := range parts[0].Plans {
		var same []*reports.LoadPlan
		for _, part := range parts {
			same = append(same, &part.Plans[i])
		}
		if err := overlapping(parts, i); err != nil {
			return nil, err
		}
		plan, err := mergePlan(same)
		if err != nil {
			return nil, err
		}
		whole.Plans = append(whole.Plans, *plan)
	}
	return &whole, nil
}

// sameRun returns an error where a part is not of the run of the first: another version, seed, target or plans.
func sameRun(first, part *reports.LoadRun) error {
	differs := func(what string, one, other any) error {
		return fmt.Errorf("run %s has %s %v and run %s %v: they are no shards of one run", part.RunID, what, one, first.RunID, other)
	}
	switch {
	case part.Tool.Version != first.Tool.Version:
		return differs("version", part.Tool.Version, first.Tool.Version)
	case part.Seed != first.Seed:
		return differs("seed", part.Seed, first.Seed)
	case !reports.SameTarget(part.Target, first.Target):
		return differs("the target", targetOf(part), targetOf(first))
	case len(part.Plans) != len(first.Plans):
		return differs("so many plans:", len(part.Plans), len(first.Plans))
	}
	for i := range part.Plans {
		one, other := &part.Plans[i], &first.Plans[i]
		if one.ID != other.ID || one.Content != other.Content {
			return differs(fmt.Sprintf("as plan %d", i+1), planOf(one), planOf(other))
		}
	}
	return nil
}

func targetOf(r *reports.LoadRun) string {
	return fmt.Sprintf("%s (%s, %s)", r.Target.Name, r.Target.BaseURL, r.Target.Edition)
}

func planOf(p *reports.LoadPlan) string { return fmt.Sprintf("%s (content %s)", p.ID, p.Content) }

// overlapping returns an error where the parts of a plan were not performed at one time: what did not overlap put no
// common load on anything.
func overlapping(parts []*reports.LoadRun, plan int) error {
	began := func(r *reports.LoadRun) time.Time {
		if at := r.Plans[plan].StartedAt; !at.IsZero() {
			return at
		}
		return r.StartedAt
	}
	ended := func(r *reports.LoadRun) time.Time {
		if at := r.Plans[plan].EndedAt; !at.IsZero() {
			return at
		}
		return r.EndedAt
	}
	latest := slices.MaxFunc(parts, func(a, b *reports.LoadRun) int { return began(a).Compare(began(b)) })
	earliest := slices.MinFunc(parts, func(a, b *reports.LoadRun) int { return ended(a).Compare(ended(b)) })
	if began(latest).After(ended(earliest)) {
		return fmt.Errorf("%s of run %s had ended before that of run %s began: shards that do not overlap are no common load; "+
			"start them together",
			parts[0].Plans[plan].ID, earliest.RunID, latest.RunID)
	}
	return nil
}

// mergePlan puts the shards of one plan together.
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
	}
	lag := whole.Lag
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
	whole.Verdict = ""
	whole.ExitCode, whole.Reason = notPerformed(parts)
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

// notPerformed keeps what a shard could not perform to its end; everything else is judged again on the whole.
func notPerformed(parts []*reports.LoadPlan) (code int, why string) {
	for _, part := range parts {
		if part.ExitCode != evidence.ExitPassed && part.ExitCode != evidence.ExitFailed {
			return part.ExitCode, fmt.Sprintf("shard %s: %s", part.Shard, part.Reason)
		}
	}
	return evidence.ExitPassed, ""
}
