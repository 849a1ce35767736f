package reports_test

import (
	"bytes"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/format"
	"github.com/kobcheck/kobcheck/reports/specimen"
)

// plan is one that broke an invariant of a requirement; the figures of its sentence differ from night to night.
func planOf(requirement, copies string) reports.LoadPlan {
	not := false
	return reports.LoadPlan{ID: "storm", Kind: "idempotency",
		Invariants: []evidence.Invariant{{Requirement: requirement, Sentence: copies + " copies made one object", Holds: &not,
			Evidence: []string{"two"}}}}
}

func closed(t *testing.T, policy evidence.Policy, known evidence.KnownFailures, plans ...reports.LoadPlan) *reports.LoadRun {
	t.Helper()
	policy.Contract = specimen.Facts(t)
	r := &reports.LoadRun{Plans: plans}
	r.ApplyKnown(known)
	r.Judge(&policy, specimen.Begin)
	return r
}

func TestAPlanIsJudgedByThePolicyOfARun(t *testing.T) {
	danger := specimen.Facts(t).Requirement("AUTH-29")
	before := danger.Hazard
	t.Cleanup(func() { danger.Hazard = before })
	danger.Hazard = "served without a valid token"
	require.Equal(t, contract.Inferred, specimen.Facts(t).MarkOf("GEN-11"))
	for name, c := range map[string]struct {
		policy evidence.Policy
		broken string
		code   int
	}{
		"a stated invariant":            {evidence.Policy{Gate: evidence.DefaultGate()}, "IDEMP-01", evidence.ExitFailed},
		"an inferred one":               {evidence.Policy{Gate: evidence.DefaultGate()}, "GEN-11", evidence.ExitPassed},
		"an inferred one that is gated": {evidence.Policy{Gate: []contract.Mark{contract.Inferred}}, "GEN-11", evidence.ExitFailed},
		"a hazard":                      {evidence.Policy{Gate: evidence.DefaultGate()}, "AUTH-29", evidence.ExitFailed},
		"a hazard that is not gated":    {evidence.Policy{Gate: []contract.Mark{contract.Stated}}, "AUTH-29", evidence.ExitPassed},
		"one that is waived": {evidence.Policy{Gate: evidence.DefaultGate(), Waived: map[string]bool{"IDEMP-01": true}},
			"IDEMP-01", evidence.ExitPassed},
		"one that is not scored": {evidence.Policy{Gate: evidence.DefaultGate(), Scored: map[string]bool{"CARD-01": true}},
			"IDEMP-01", evidence.ExitPassed},
		"one that is stated, nothing gating": {evidence.Policy{}, "IDEMP-01", evidence.ExitPassed},
	} {
		r := closed(t, c.policy, nil, planOf(c.broken, "150"))
		require.Equal(t, c.code, r.ExitCode, name)
		require.Len(t, r.Plans[0].Broken, 1, "it is reported all the same")
		var text bytes.Buffer
		require.NoError(t, format.PrintLoad(&text, r))
		if c.code == evidence.ExitPassed {
			require.Contains(t, text.String(), "advisory", name)
		} else {
			require.Contains(t, text.String(), "BROKEN", name)
		}
	}
}

func TestAFindingUnderLoadWeighsLikeOne(t *testing.T) {
	found := func(requirement string) reports.LoadPlan {
		return reports.LoadPlan{ID: "mixed", Findings: []evidence.Finding{{Requirement: requirement, Operation: "cards-create",
			Message: "the body is not a Card", Count: 3}}}
	}
	policy := evidence.Policy{Gate: evidence.DefaultGate()}
	require.Equal(t, evidence.ExitFailed, closed(t, policy, nil, found("CARD-02")).ExitCode)
	r := closed(t, policy, nil, found("GEN-11"))
	require.Equal(t, evidence.ExitPassed, r.ExitCode)
	require.False(t, r.Plans[0].Findings[0].Gated)
	already := found("CARD-02")
	already.Findings[0].Mark = contract.Inferred
	require.Equal(t, evidence.ExitPassed, closed(t, policy, nil, already).ExitCode, "what was weighed where it was seen keeps its weight")
}

func TestALatencyGateIsTheOperatorsOwn(t *testing.T) {
	missed := reports.LoadPlan{ID: "mixed", Gates: []reports.GateResult{{Gate: "p99 < 1ms", State: "failed"}}}
	require.Equal(t, evidence.ExitGateMissed, closed(t, evidence.Policy{}, nil, missed).ExitCode)
}

func TestAKnownFailureOfAPlanIsHeldToHowItFails(t *testing.T) {
	policy := evidence.Policy{Gate: evidence.DefaultGate()}
	first := closed(t, policy, nil, planOf("IDEMP-01", "150"))
	list := first.NewFailures()
	require.Len(t, list, 1)
	for i := range list {
		list[i].Reason, list[i].Reference, list[i].Owner = "r", "KOB-1", "o"
	}
	list = lasting(t, list)
	again := closed(t, policy, list, planOf("IDEMP-01", "80"))
	require.Equal(t, evidence.ExitPassed, again.ExitCode, "other figures are the same failure")
	require.Empty(t, again.NewFailures())
	require.Equal(t, evidence.ExitFailed, closed(t, policy, list, planOf("IDEMP-05", "80")).ExitCode, "another requirement is another failure")
	mended := planOf("IDEMP-01", "80")
	*mended.Invariants[0].Holds = true
	r := closed(t, policy, list, mended)
	require.Equal(t, evidence.ExitFailed, r.ExitCode)
	require.Contains(t, r.Reason, "no longer fails as KOB-1 says")
	mended.Invariants[0].Holds = nil
	require.NotEqual(t, evidence.ExitFailed, closed(t, policy, list, mended).ExitCode, "nothing was decided")
	require.Equal(t, evidence.ExitPassed, closed(t, policy, list).ExitCode, "another plan says nothing of it")
}
