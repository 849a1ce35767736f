package reports_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/specimen"
)

// performed is a load run of plans, judged by the default gate.
func performed(t *testing.T, plans ...reports.LoadPlan) *reports.LoadRun {
	t.Helper()
	r := &reports.LoadRun{Target: reports.Target{Name: "x"}, Plans: plans}
	r.Judge(&evidence.Policy{Contract: specimen.Facts(t), Gate: evidence.DefaultGate()}, specimen.Begin)
	return r
}

func TestAPlanSaysWhyItPassesFailsOrProvesNothing(t *testing.T) {
	yes := true
	passed := reports.GateResult{Gate: "p99 < 1s", State: "passed"}
	for name, c := range map[string]struct {
		plan    reports.LoadPlan
		verdict evidence.Verdict
		code    int
		why     string
	}{
		"nothing went wrong": {reports.LoadPlan{Gates: []reports.GateResult{passed}, Due: 100, Sent: 99,
			Invariants: []evidence.Invariant{{Requirement: "IDEMP-01", Sentence: "s", Holds: &yes}}}, evidence.Passed, 0, ""},
		"a gate is missed": {reports.LoadPlan{Gates: []reports.GateResult{passed, {Gate: "p50 < 1ms", State: "failed"}}},
			evidence.Failed, evidence.ExitGateMissed, "missed p50 < 1ms"},
		"a gate has no data": {reports.LoadPlan{Gates: []reports.GateResult{{Gate: "g", State: "no data"}}},
			evidence.Inconclusive, evidence.ExitProvesNone, "no data for g"},
		"a gate has too few samples": {reports.LoadPlan{Gates: []reports.GateResult{{Gate: "g", State: "inconclusive"}}},
			evidence.Inconclusive, evidence.ExitProvesNone, "inconclusive for g"},
		"a missed gate before one without data": {reports.LoadPlan{Gates: []reports.GateResult{{Gate: "a", State: "no data"},
			{Gate: "b", State: "failed"}}},
			evidence.Failed, evidence.ExitGateMissed, "missed b"},
		"the generator was late": {reports.LoadPlan{LagBound: 10, Lag: reports.Percentiles{P99: 11}}, evidence.Inconclusive,
			evidence.ExitProvesNone, "p99 11.0 ms, bound 10.0 ms"},
		"a gate that a late generator missed proves nothing": {reports.LoadPlan{LagBound: 10, Lag: reports.Percentiles{P99: 11},
			Gates: []reports.GateResult{{Gate: "g", State: "failed"}}}, evidence.Inconclusive, evidence.ExitProvesNone, "was late"},
		"arrivals were not sent": {reports.LoadPlan{Due: 100, Sent: 97}, evidence.Inconclusive, evidence.ExitProvesNone, "97 of 100 arrivals"},
		"what must hold is not decided": {reports.LoadPlan{Invariants: []evidence.Invariant{{Sentence: "no money is lost"}}},
			evidence.Inconclusive, evidence.ExitProvesNone, "not decided: no money is lost"},
		"a shard decides nothing": {reports.LoadPlan{Shard: "1/2", Gates: []reports.GateResult{{Gate: "g", State: "failed"}}}, evidence.Passed, 0,
			"load merge decides"},
		"what could not be performed has said why": {reports.LoadPlan{ExitCode: evidence.ExitSafetyStop, Reason: "stopped"},
			evidence.Inconclusive,
			evidence.ExitSafetyStop, "stopped"},
	} {
		c.plan.ID = "p"
		plan := performed(t, c.plan).Plans[0]
		require.Equal(t, c.verdict, plan.Verdict, name)
		require.Equal(t, c.code, plan.ExitCode, name)
		require.Contains(t, plan.Reason, c.why, name)
	}
}

func TestTheStrongestPlanGivesTheRunItsExitCode(t *testing.T) {
	missed := reports.LoadPlan{ID: "missed", Gates: []reports.GateResult{{Gate: "g", State: "failed"}}}
	nothing := reports.LoadPlan{ID: "nothing", Gates: []reports.GateResult{{Gate: "g", State: "no data"}}}
	stopped := reports.LoadPlan{ID: "stopped", ExitCode: evidence.ExitSafetyStop}
	fine := reports.LoadPlan{ID: "fine"}
	for _, c := range []struct {
		plans   []reports.LoadPlan
		verdict evidence.Verdict
		code    int
	}{
		{nil, evidence.Passed, evidence.ExitPassed},
		{[]reports.LoadPlan{fine}, evidence.Passed, evidence.ExitPassed},
		{[]reports.LoadPlan{fine, nothing}, evidence.Inconclusive, evidence.ExitProvesNone},
		{[]reports.LoadPlan{nothing, stopped}, evidence.Inconclusive, evidence.ExitSafetyStop},
		{[]reports.LoadPlan{nothing, stopped, missed}, evidence.Failed, evidence.ExitGateMissed},
	} {
		r := performed(t, c.plans...)
		require.Equal(t, c.verdict, r.Verdict)
		require.Equal(t, c.code, r.ExitCode)
	}
	interrupted := &reports.LoadRun{ExitCode: evidence.ExitInterrupted, Plans: []reports.LoadPlan{missed}}
	interrupted.Judge(&evidence.Policy{Contract: specimen.Facts(t)}, specimen.Begin)
	require.Equal(t, evidence.Interrupted, interrupted.Verdict)
	exposed := performed(t, fine)
	exposed.Exposed("load.json would have held a secret")
	require.Equal(t, evidence.ExitSecretFound, exposed.ExitCode)
	require.Equal(t, evidence.Failed, exposed.Verdict)
}

func TestTheWordOfADeviationSaysWhatItCarries(t *testing.T) {
	for _, c := range []struct {
		finding   evidence.Finding
		word, why string
	}{
		{evidence.Finding{Gated: true, Mark: contract.Stated}, "FINDING", ""},
		{evidence.Finding{Gated: true, Hazard: "money lost"}, "HAZARD", ""},
		{evidence.Finding{Mark: contract.Inferred}, "advisory", "inferred, which does not gate"},
		{evidence.Finding{Gated: true, Hazard: "money lost", Verdict: evidence.Known, Reason: "OPS-1"}, "known", "OPS-1"},
	} {
		word, why := reports.WeightOf(&c.finding)
		require.Equal(t, c.word, word)
		require.Equal(t, c.why, why)
	}
	yes, no := true, false
	plan := reports.LoadPlan{Broken: []evidence.Finding{{Requirement: "A-1", Message: "not so: s", Mark: contract.Inferred}}}
	for _, c := range []struct {
		one  evidence.Invariant
		want string
	}{
		{evidence.Invariant{}, "NOT DECIDED"}, {evidence.Invariant{Holds: &yes}, "holds"}, {evidence.Invariant{Holds: &no}, "BROKEN"},
		{evidence.Invariant{Requirement: "A-1", Sentence: "s", Holds: &no}, "advisory"},
	} {
		state, _ := plan.Standing(c.one)
		require.Equal(t, c.want, state)
	}
}
