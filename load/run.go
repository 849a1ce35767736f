package load

import (
	"context"
	"fmt"
	"time"

	"github.com/kobcheck/kobcheck/load/arrivals"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Perform runs a plan against a target. What could not be performed says so in the plan that is returned:
// a load run always has a result.
func Perform(ctx context.Context, on *kind.Target, plan *Plan, seed int64, part kind.Shard) *reports.LoadPlan {
	result := &reports.LoadPlan{ID: plan.ID, Kind: string(plan.Kind), Sentence: plan.Sentence, Arrivals: plan.Arrivals,
		Shard: part.String(), LagBound: kind.Milliseconds(time.Duration(plan.Lag)), Errors: map[string]int{},
		Findings: []evidence.Finding{}, Invariants: []evidence.Invariant{}, Observed: []evidence.Observation{},
		Gates: []reports.GateResult{}}
	var err error
	if result.Content, err = plan.content(); err != nil {
		result.ExitCode, result.Reason = evidence.ExitInconclusive, err.Error()
		return result
	}
	result.StartedAt = time.Now().UTC()
	m, err := plan.own.Perform(ctx, on, kind.Run{Seed: seed, Shard: part}, result)
	if err == nil && m != nil {
		plan.hold(m, result)
		endedEarly(ctx, m, result)
		err = m.Report(result)
	}
	if err != nil {
		result.ExitCode, result.Reason = evidence.ExitInconclusive, err.Error()
	}
	if short := on.Client.Shortage(); short != nil && result.ExitCode == evidence.ExitPassed {
		result.ExitCode, result.Reason = evidence.ExitProvesNone, short.Error()
	}
	if on.Exposed != nil {
		result.Findings = append(result.Findings, on.Exposed(result.Findings...)...)
	}
	plan.keep(result)
	result.EndedAt = time.Now().UTC()
	return result
}

// hold holds the gates against what was measured.
func (p *Plan) hold(m *arrivals.Measure, result *reports.LoadPlan) {
	for _, gate := range p.gates {
		result.Gates = append(result.Gates, gate.evaluate(m))
	}
}

// endedEarly marks the result of a plan that did not come to its end: its gates are no verdict on anything.
func endedEarly(ctx context.Context, m *arrivals.Measure, result *reports.LoadPlan) {
	switch {
	case m.Stopped != "":
		result.ExitCode, result.Reason = evidence.ExitSafetyStop, m.Stopped
	case ctx.Err() != nil:
		result.ExitCode, result.Reason = evidence.ExitProvesNone, fmt.Sprintf("interrupted after %d of %d arrivals", m.Sent, m.Due)
	default:
		return
	}
	for i := range result.Gates {
		result.Gates[i].State = "not decided"
	}
}
