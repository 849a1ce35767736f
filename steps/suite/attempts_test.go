package suite

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
)

func attemptOf(verdict evidence.Verdict, found ...string) *reports.Scenario {
	s := &reports.Scenario{ID: "one", Verdict: verdict, Attempts: 1, Proves: []string{string(verdict)}}
	for _, actual := range found {
		s.Findings = append(s.Findings, evidence.Finding{Requirement: "CARD-01", Gated: true, Actual: actual, Exchange: 3})
	}
	return s
}

func TestWhatOneAttemptAloneFoundIsChance(t *testing.T) {
	const stays, chance = "it stays", "it comes"
	verdicts := func(s *reports.Scenario) map[string]evidence.Verdict {
		all := map[string]evidence.Verdict{}
		for _, f := range s.Findings {
			all[f.Actual] = f.Verdict
		}
		return all
	}
	for name, c := range map[string]struct {
		first, later *reports.Scenario
		verdict      evidence.Verdict
		found        map[string]evidence.Verdict
	}{
		"it passed then": {attemptOf(evidence.Failed, chance), attemptOf(evidence.Passed), evidence.Flaky,
			map[string]evidence.Verdict{chance: evidence.Flaky}},
		"it can't be tested then": {attemptOf(evidence.Blocked), attemptOf(evidence.NotTestable), evidence.Flaky,
			map[string]evidence.Verdict{}},
		"it had passed before": {attemptOf(evidence.Passed), attemptOf(evidence.Failed, chance), evidence.Flaky,
			map[string]evidence.Verdict{chance: evidence.Flaky}},
		"it stays": {attemptOf(evidence.Failed, stays), attemptOf(evidence.Failed, stays), evidence.Failed,
			map[string]evidence.Verdict{stays: ""}},
		"one of two stays": {attemptOf(evidence.Failed, stays, chance), attemptOf(evidence.Failed, stays), evidence.Failed,
			map[string]evidence.Verdict{stays: "", chance: evidence.Flaky}},
		"chance hid what stays": {attemptOf(evidence.Failed, chance), attemptOf(evidence.Failed, stays), evidence.Failed,
			map[string]evidence.Verdict{stays: "", chance: evidence.Flaky}},
		"chance blocked what stays": {attemptOf(evidence.Blocked), attemptOf(evidence.Failed, stays), evidence.Failed,
			map[string]evidence.Verdict{stays: ""}},
		"the environment kept the later one away": {attemptOf(evidence.Failed, stays), attemptOf(evidence.Inconclusive), evidence.Failed,
			map[string]evidence.Verdict{stays: ""}},
	} {
		t.Run(name, func(t *testing.T) {
			both := combined(c.first, c.later)
			require.Equal(t, c.verdict, both.Verdict)
			require.Equal(t, c.found, verdicts(both))
			require.Equal(t, 2, both.Attempts)
			if c.verdict == evidence.Flaky {
				require.NotContains(t, both.Proves, string(evidence.Failed), "what the other attempt proved is proved")
			}
		})
	}
}

func TestWhatDidNotComeAgainAtOnceIsChance(t *testing.T) {
	for _, c := range []struct {
		found   []evidence.Finding
		failure error
		verdict evidence.Verdict
	}{
		{[]evidence.Finding{{Gated: true, Verdict: evidence.Flaky}}, &steps.Broken{}, evidence.Flaky},
		{[]evidence.Finding{{Gated: true, Verdict: evidence.Flaky}}, nil, evidence.Flaky},
		{[]evidence.Finding{{Gated: true, Verdict: evidence.Flaky}}, &steps.Environment{}, evidence.Inconclusive},
		{[]evidence.Finding{{Gated: true, Verdict: evidence.Flaky}, {Gated: true}}, &steps.Broken{}, evidence.Failed},
	} {
		s := &reports.Scenario{Findings: c.found}
		judge(s, steps.Evidence{}, c.failure, nil, nil)
		require.Equal(t, c.verdict, s.Verdict, "%v", c)
	}
}

func TestACallThatWasNotServedOnceInPassingIsChance(t *testing.T) {
	r := &runner{passing: map[string][]evidence.Finding{}, places: evidence.Places{Most: mostPlaces}}
	unserved := evidence.Finding{Requirement: "WALLET-23", Gated: true, Check: evidence.NotServed, Operation: "wallets-get", Actual: "500"}
	other := evidence.Finding{Requirement: "WALLET-31", Gated: true, Check: "shape", Operation: "wallets-get"}
	first, later := attemptOf(evidence.Passed), attemptOf(evidence.Passed)
	r.notice("one", first, first, []evidence.Finding{unserved, other})
	require.Len(t, r.passing["one"], 2)
	both := combined(first, later)
	r.notice("one", both, later, nil)
	require.Equal(t, evidence.Flaky, both.Verdict)
	require.Len(t, r.passing["one"], 1, "what a served call shows stays")
	require.Equal(t, evidence.Flaky, both.Findings[0].Verdict)
}
