package reports

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Merge puts the runs of shards together into one. All must be of one target, seed and gate, and no two
// may hold the same scenario. Latencies are computed again from the exchanges, so that percentiles are
// those of the whole. Call [Run.Judge] on the result.
func Merge(parts []*Run) (*Run, error) {
	if len(parts) == 0 {
		return nil, fmt.Errorf("there is no run to merge")
	}
	whole := *parts[0]
	whole.TidyRequests, whole.CardOrder = 0, nil
	whole.Scenarios, whole.Census, whole.Observations, whole.Undocumented, whole.LeftBehind = nil, nil, nil, nil, nil
	whole.Settings.Shard, whole.RunID, whole.ExitCode, whole.Reason, whole.Unneeded, whole.Removable = "", "", 0, "", nil, nil
	m := merging{whole: &whole, scenarios: map[string]string{}, census: Census{}, left: map[string]*LeftBehind{},
		undocumented: map[Undocumented]bool{}}
	var ids, shards []string
	for _, part := range parts {
		shards = append(shards, part.Settings.Shard)
		if part.Tool.Version != whole.Tool.Version {
			return nil, fmt.Errorf("run %s is of version %s and run %s of %s: shards of one run are made by one version", part.RunID,
				part.Tool.Version, parts[0].RunID, whole.Tool.Version)
		}
		if !SameTarget(part.Target, whole.Target) || part.Seed != whole.Seed || fmt.Sprint(part.Gate) != fmt.Sprint(whole.Gate) {
			return nil, fmt.Errorf("run %s is not a shard of the same run as %s: target, seed and gate must be equal", part.RunID, parts[0].RunID)
		}
		if err := m.add(part); err != nil {
			return nil, err
		}
		ids = append(ids, part.RunID)
	}
	if err := evidence.WholeSet(shards); err != nil {
		return nil, fmt.Errorf("merging %d runs: %w", len(parts), err)
	}
	if err := sameDay(parts); err != nil {
		return nil, err
	}
	whole.RunID = strings.Join(ids, "+")
	if len(m.decisions) > 0 {
		whole.CardOrder = &OrderProof{Decisions: m.decisions} // what they prove together is worked out by [Run.Judge]
	}
	whole.Passing = Gathered(m.passing)
	whole.ReportWaivers(evidence.Waivers(whole.Waivers))
	m.finish()
	return &whole, nil
}

// sameDay returns an error where parts began a day apart or more: what a target was on another day is no part of a run.
// Within a day they may come one after the other, since scenarios stand for themselves.
func sameDay(parts []*Run) error {
	began := func(a, b *Run) int { return a.StartedAt.Compare(b.StartedAt) }
	first, last := slices.MinFunc(parts, began), slices.MaxFunc(parts, began)
	if apart := last.StartedAt.Sub(first.StartedAt); apart >= 24*time.Hour {
		return fmt.Errorf("run %s began %v after run %s: shards of one run are performed on one day; perform them again",
			last.RunID, apart.Round(time.Minute), first.RunID)
	}
	return nil
}

// SameTarget compares targets; each process has a mock inside of its own, on a port of its own.
func SameTarget(a, b Target) bool {
	if a.Embedded && b.Embedded {
		a.BaseURL = b.BaseURL
	}
	return a == b
}

type merging struct {
	whole        *Run
	scenarios    map[string]string // id to the run that brought it
	census       Census
	left         map[string]*LeftBehind
	decisions    []Decision
	passing      []evidence.Finding
	undocumented map[Undocumented]bool
}

func (m *merging) add(part *Run) error {
	w := m.whole
	if part.StartedAt.Before(w.StartedAt) {
		w.StartedAt = part.StartedAt
	}
	if part.EndedAt.After(w.EndedAt) {
		w.EndedAt = part.EndedAt
	}
	if part.Signal != "" {
		w.Signal = part.Signal
	}
	if part.ExitCode == evidence.ExitSecretFound {
		w.ExitCode, w.Reason = evidence.ExitSecretFound, part.Reason
	}
	for _, scenario := range part.Scenarios {
		key := scenario.ID + "\x00" + scenario.Name
		if other, there := m.scenarios[key]; there {
			return fmt.Errorf("scenario %s is in run %s and in run %s; shards never share one", scenario.ID, other, part.RunID)
		}
		m.scenarios[key] = part.RunID
		w.Scenarios = append(w.Scenarios, scenario)
	}
	for _, check := range part.Census {
		m.census.sum(check)
	}
	m.passing = append(m.passing, part.Passing...)
	w.Observations = append(w.Observations, part.Observations...)
	for _, one := range part.Undocumented {
		m.undocumented[one] = true
	}
	w.TidyRequests += part.TidyRequests
	if part.CardOrder != nil {
		m.decisions = append(m.decisions, part.CardOrder.Decisions...)
	}
	for _, one := range part.LeftBehind {
		if m.left[one.Kind] == nil {
			m.left[one.Kind] = &LeftBehind{Kind: one.Kind}
		}
		sum := m.left[one.Kind]
		sum.Count, sum.IDs = sum.Count+one.Count, append(sum.IDs, one.IDs...)
	}
	return nil
}

func (m *merging) finish() {
	w := m.whole
	slices.SortStableFunc(w.Scenarios, func(a, b Scenario) int {
		return cmp.Or(cmp.Compare(a.URI, b.URI), cmp.Compare(a.Line, b.Line))
	})
	w.Census = m.census.Counts()
	w.Observations = SettledObservations(w.Observations)
	w.Undocumented = slices.AppendSeq(w.Undocumented, maps.Keys(m.undocumented))
	SortUndocumented(w.Undocumented)
	for _, one := range m.left {
		slices.Sort(one.IDs)
		w.LeftBehind = append(w.LeftBehind, *one)
	}
	slices.SortFunc(w.LeftBehind, func(a, b LeftBehind) int { return cmp.Compare(a.Kind, b.Kind) })
	uses := Uses{}
	for i := range w.Scenarios {
		uses.Add(w.Scenarios[i].Exchanges)
	}
	operations := make([]OperationUse, 0, len(w.Operations))
	for _, one := range w.Operations {
		operations = append(operations, uses.Of(one.ID))
	}
	w.Operations = operations
}

// LatencyOf returns percentiles of samples in milliseconds, at the nearest rank; zeros where there are none.
func LatencyOf(samples []float64) Latency {
	slices.Sort(samples)
	rank := func(quantile float64) float64 {
		if len(samples) == 0 {
			return 0
		}
		return samples[max(0, int(math.Ceil(quantile*float64(len(samples))))-1)]
	}
	return Latency{P50: rank(0.5), P95: rank(0.95), Max: rank(1)}
}

// SettledObservations sorts observations by id; one answer given several times is one observation.
func SettledObservations(list []evidence.Observation) []evidence.Observation {
	slices.SortFunc(list, func(a, b evidence.Observation) int {
		return cmp.Or(cmp.Compare(a.ID, b.ID), cmp.Compare(a.Answer, b.Answer), cmp.Compare(a.Scenario, b.Scenario))
	})
	out := []evidence.Observation{}
	for _, o := range list {
		if n := len(out); n > 0 && out[n-1].ID == o.ID && out[n-1].Answer == o.Answer {
			continue
		}
		out = append(out, o)
	}
	return out
}

// SortUndocumented puts what was answered beyond the documentation into its order.
func SortUndocumented(list []Undocumented) {
	slices.SortFunc(list, func(a, b Undocumented) int {
		return cmp.Or(cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Kind, b.Kind), cmp.Compare(a.Name, b.Name))
	})
}
