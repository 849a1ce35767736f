package reports_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/specimen"
)

// ended is a run of scenarios with these verdicts.
func ended(t *testing.T, change func(*reports.Run), verdicts ...evidence.Verdict) *reports.Run {
	r := &reports.Run{Version: reports.Version, Target: reports.Target{Name: "x"}, StartedAt: specimen.Begin}
	for i, verdict := range verdicts {
		one := specimen.Scenario(string(rune('a'+i)), verdict)
		if verdict == evidence.Failed {
			one = specimen.Red(one.ID, "")
		}
		r.Scenarios = append(r.Scenarios, one)
	}
	if change != nil {
		change(r)
	}
	r.Judge(specimen.Facts(t), specimen.Begin.Add(time.Second))
	return r
}

func TestTheStrongestReasonGivesTheExitCode(t *testing.T) {
	interrupted := func(r *reports.Run) { r.Signal = "interrupt" }
	for name, c := range map[string]struct {
		verdicts []evidence.Verdict
		change   func(*reports.Run)
		verdict  evidence.Verdict
		code     int
	}{
		"all passed":                       {[]evidence.Verdict{evidence.Passed, evidence.Advisory}, nil, evidence.Passed, 0},
		"known failures pass":              {[]evidence.Verdict{evidence.Known}, nil, evidence.Passed, 0},
		"a failure before the environment": {[]evidence.Verdict{evidence.Failed, evidence.Inconclusive}, nil, evidence.Failed, 1},
		"a pass that nobody expected":      {[]evidence.Verdict{evidence.Passed, evidence.UnexpectedPass}, nil, evidence.Failed, 1},
		"an entry that nothing needs": {[]evidence.Verdict{evidence.Passed},
			func(r *reports.Run) { r.Unneeded = []string{"x"} }, evidence.Failed, 1},
		"flaky passes":           {[]evidence.Verdict{evidence.Flaky}, nil, evidence.Passed, 0},
		"flaky fails where told": {[]evidence.Verdict{evidence.Flaky}, func(r *reports.Run) { r.Settings.FlakyFails = true }, evidence.Failed, 1},
		"something in passing gates": {[]evidence.Verdict{evidence.Passed},
			func(r *reports.Run) {
				r.Passing = []evidence.Finding{specimen.InPassing("ENDUSER-13", "x", "y", true, 1)}
			}, evidence.Failed, 1},
		"something in passing to read": {[]evidence.Verdict{evidence.Passed},
			func(r *reports.Run) {
				r.Passing = []evidence.Finding{specimen.InPassing("ENDUSER-13", "x", "y", false, 1)}
			}, evidence.Passed, 0},
		"what is blocked is no pass": {[]evidence.Verdict{evidence.Passed, evidence.Blocked}, nil, evidence.Inconclusive, 4},
		"nothing could be tested":    {[]evidence.Verdict{evidence.NotTestable}, nil, evidence.Inconclusive, 3},
		"nothing at all":             {nil, nil, evidence.Inconclusive, 3},
		"an interrupt says so":       {[]evidence.Verdict{evidence.Failed}, interrupted, evidence.Interrupted, 130},
		"a termination says so": {[]evidence.Verdict{evidence.Passed}, func(r *reports.Run) { r.Signal = "terminate" },
			evidence.Interrupted, 143},
		"a secret before all of these": {[]evidence.Verdict{evidence.Failed}, func(r *reports.Run) { interrupted(r); r.Exposed("x") },
			evidence.Failed, 8},
		"a card number in an answer":    {[]evidence.Verdict{evidence.Passed}, leaking(true, ""), evidence.Failed, 8},
		"a secret that was there once":  {[]evidence.Verdict{evidence.Passed}, leaking(true, evidence.Flaky), evidence.Failed, 8},
		"a known leak":                  {[]evidence.Verdict{evidence.Passed}, leaking(true, evidence.Known), evidence.Passed, 0},
		"a leak that does not gate":     {[]evidence.Verdict{evidence.Passed}, leaking(false, ""), evidence.Passed, 0},
		"an unknown verdict is no pass": {[]evidence.Verdict{"odd"}, nil, evidence.Inconclusive, 4},
	} {
		r := ended(t, c.change, c.verdicts...)
		require.Equal(t, c.verdict, r.Verdict, name)
		require.Equal(t, c.code, r.ExitCode, name)
	}
}

// leaking is a run with an answer that showed a card number, noticed in passing.
func leaking(gated bool, verdict evidence.Verdict) func(*reports.Run) {
	return func(r *reports.Run) {
		f := specimen.InPassing("CARD-20", "cards-get", "y", gated, 1)
		f.Check, f.Hazard, f.Verdict = evidence.EveryAnswer+evidence.NoCardNumber, "card data shown", verdict
		r.Passing = []evidence.Finding{f}
	}
}

func TestTheHeadlineNeedsNoExplanation(t *testing.T) {
	for want, r := range map[string]*reports.Run{
		"x conforms: 2 of 2 scenarios passed, none broke a gated requirement": ended(t, nil, evidence.Passed, evidence.Passed),
		"x conforms in part: 1 of 1 selected scenarios passed, none broke a gated requirement; 8 not selected": ended(t,
			func(r *reports.Run) { r.Settings.Of = 9 }, evidence.Passed),
		"x does not conform: 1 cause, shown by 1 of 2 scenarios": ended(t, nil, evidence.Failed, evidence.Passed),
		"x does not conform: 1 hazard, shown by 3 answers in passing": ended(t, func(r *reports.Run) {
			f := specimen.InPassing("CARD-20", "cards-get", "y", true, 3)
			f.Hazard = "card data shown"
			r.Passing = []evidence.Finding{f}
		}, evidence.Passed),
		"x does not conform: 1 hazard, shown by 1 answer in passing":          ended(t, leaking(true, ""), evidence.Passed),
		"x does not conform: 1 known failure no longer there":                 ended(t, nil, evidence.UnexpectedPass),
		"x: no verdict; the environment kept 1 of 2 scenarios from an answer": ended(t, nil, evidence.Passed, evidence.Inconclusive),
		"x: nothing could be tested":                                          ended(t, nil, evidence.NotTestable),
		"x: the run was interrupted; 1 of 2 scenarios did not come to their turn": ended(t,
			func(r *reports.Run) { r.Signal = "interrupt" }, evidence.Passed, evidence.NotRun),
		"x: a secret or card number was found in a report": ended(t, func(r *reports.Run) { r.Exposed("x") },
			evidence.Passed),
		"x conforms: 1 of 1 scenarios passed, none broke a gated requirement; 1 deviation to read, not gated": ended(t, func(r *reports.Run) {
			r.Passing = []evidence.Finding{specimen.InPassing("CARD-20", "cards-get", "y", false, 3)}
		}, evidence.Passed),
	} {
		require.Equal(t, want, reports.Headline(r))
	}
}

func TestWhatIsMissingIsCountedByItsKey(t *testing.T) {
	r := ended(t, func(r *reports.Run) {
		for i, missing := range []string{"fixtures.a", "fixtures.b", "fixtures.b", ""} {
			r.Scenarios[i].Missing, r.Scenarios[i].Reason = missing, "no "+missing
		}
	}, evidence.NotTestable, evidence.NotTestable, evidence.NotTestable, evidence.NotTestable, evidence.Passed)
	require.Equal(t, []reports.MissingKey{{Key: "fixtures.b", Why: "no fixtures.b", Scenarios: 2},
		{Key: "fixtures.a", Why: "no fixtures.a", Scenarios: 1}, {Why: "no ", Scenarios: 1}}, r.Missing())
}

func TestAReasonIsListedOnceWhateverIdsItNames(t *testing.T) {
	r := ended(t, func(r *reports.Run) {
		r.Scenarios[0].Reason = "cards/1b8ecc17-4edd-4b74-ae4f-208aeb78f105 got no answer"
		r.Scenarios[1].Reason = "another thing"
		r.Scenarios[2].Reason = "cards/2b8ecc17-4edd-4b74-ae4f-208aeb78f105 got no answer"
	}, evidence.Inconclusive, evidence.Inconclusive, evidence.Inconclusive)
	reasons := r.Reasons(evidence.Inconclusive)
	require.Len(t, reasons, 2)
	require.Len(t, reasons[0].Scenarios, 2)
	require.Equal(t, "another thing", reasons[1].Why)
	require.Empty(t, r.Reasons(evidence.Flaky))
}

func TestAnOperationThatIsNotServedIsListedWithWhatItAnswered(t *testing.T) {
	little, much := specimen.InPassing("WALLET-05", "wallets-create", evidence.NotServed, false, 1),
		specimen.InPassing("WALLET-05", "wallets-create", evidence.NotServed, false, 9)
	much.Actual = "500 Internal Server Error"
	r := ended(t, func(r *reports.Run) {
		r.Scenarios[0].BlockedBy, r.Scenarios[1].BlockedBy, r.Scenarios[2].BlockedBy = "cards-create", "wallets-create", "wallets-create"
		r.Passing = []evidence.Finding{little, much}
	}, evidence.Blocked, evidence.Blocked, evidence.Blocked)
	blocking := r.Blocking()
	require.Len(t, blocking, 2)
	require.Equal(t, "wallets-create", blocking[0].Operation, "those that block most first")
	require.Contains(t, blocking[0].Said(), "it was answered 500 Internal Server Error")
	require.Empty(t, blocking[1].Said(), "an earlier file does not say")
	require.Empty(t, r.InPassing(), "what is not served has a list of its own")
}

func TestAnswersOfNoUseAloneProveNothing(t *testing.T) {
	status := func(unserved ...bool) reports.RequirementStatus {
		r := ended(t, func(r *reports.Run) {
			for i := range r.Scenarios {
				s := &r.Scenarios[i]
				s.Requirements, s.Proves, s.Findings = []string{"STD-12"}, []string{"STD-12"}, nil
				if unserved[i] {
					s.Verdict = evidence.Failed
					s.Findings = []evidence.Finding{{Requirement: "CARD-GET-01", Gated: true, Kind: evidence.Unserved}}
				}
			}
		}, make([]evidence.Verdict, len(unserved))...)
		for _, one := range r.Requirements {
			if one.ID == "STD-12" {
				return one.Status
			}
		}
		return ""
	}
	require.Equal(t, reports.Proved, status(false))
	require.Equal(t, reports.Proved, status(false, true))
	require.Equal(t, reports.NotTested, status(true, true))
}

func TestTheFindingThatTellsMostLeads(t *testing.T) {
	known := evidence.Finding{Requirement: "A-1", Gated: true, Verdict: evidence.Known}
	other := evidence.Finding{Requirement: "B-1", Gated: true}
	about := evidence.Finding{Requirement: "C-1", Gated: true}
	read := evidence.Finding{Requirement: "D-1"}
	for want, list := range map[string][]evidence.Finding{"": {read}, "A-1": {read, known}, "B-1": {known, other},
		"C-1": {known, other, about}} {
		s := reports.Scenario{Requirements: []string{"C-1"}, Findings: list}
		if got := s.Leading(); want == "" {
			require.Nil(t, got)
		} else {
			require.Equal(t, want, got.Requirement)
		}
	}
}

func TestWhatWasMetFirstIsShownByItsExchange(t *testing.T) {
	r := ended(t, func(r *reports.Run) {
		f := specimen.InPassing("CARD-20", "cards-get", "every answer: shape", true, 3)
		f.Scenario = "b"
		r.Passing = []evidence.Finding{f}
	}, evidence.Passed, evidence.Passed)
	alone := r.PassingAlone()
	require.Len(t, alone, 1)
	require.Equal(t, &r.Scenarios[1].Exchanges[0], r.MetBy(alone[0]))
	require.Nil(t, r.MetBy(reports.Cause{}))
	require.Nil(t, r.MetBy(reports.Cause{Met: &evidence.Finding{Scenario: "b", Exchange: 1, Operation: "other"}}))
	require.Nil(t, r.Scenarios[0].Exchange(9))
}

func TestASelftestFailsForASurvivorOrAFalseAlarm(t *testing.T) {
	caught := reports.FaultResult{ID: "a", Group: "g", Mark: contract.Stated, Killed: true, RightRequirement: true,
		By: []reports.Killer{{Scenario: "x"}}}
	survivor := reports.FaultResult{ID: "b", Group: "g", Mark: contract.Stated, Hits: 1}
	for name, c := range map[string]struct {
		faults   []reports.FaultResult
		baseline []reports.Baseline
		code     int
	}{
		"all are caught":                     {[]reports.FaultResult{caught}, nil, 0},
		"one survives":                       {[]reports.FaultResult{caught, survivor}, nil, 1},
		"one is noticed as another":          {[]reports.FaultResult{{Killed: true, Mark: contract.Standard}}, nil, 1},
		"one survives with a reason":         {[]reports.FaultResult{{Mark: contract.Stated, Reason: "nobody can see it"}}, nil, 0},
		"one shows by chance":                {[]reports.FaultResult{{Mark: contract.Stated, ByChance: true}}, nil, 0},
		"one breaks what nobody states":      {[]reports.FaultResult{{Mark: contract.Inferred}}, nil, 0},
		"the conforming mock is found wrong": {[]reports.FaultResult{caught}, []reports.Baseline{{Findings: 1}}, 1},
	} {
		s := &reports.Selftest{StartedAt: specimen.Begin, Faults: c.faults, Baseline: c.baseline}
		require.Equal(t, c.code, s.Judge(specimen.Begin.Add(time.Second)), name)
	}
	s := &reports.Selftest{Faults: []reports.FaultResult{caught, survivor}}
	s.Judge(specimen.Begin)
	require.Equal(t, 0.5, s.Summary.Power)
	require.Equal(t, reports.Killed{Faults: 2, Killed: 1, Right: 1}, s.Summary.ByGroup["g"])
	require.Equal(t, []reports.FaultResult{survivor}, s.Survivors())
	require.Equal(t, []reports.FaultResult{caught}, s.Single(), "caught by one scenario alone")
}

func TestALoadRunIsReadInItsVersionOnly(t *testing.T) {
	for text, says := range map[string]string{
		`{"version":1,"plans":[]}`: "", `{"version":2,"plans":[]}`: "version 1", `{"version":1}`: "version 1", `[]`: "no load.json",
		``: "no load.json",
	} {
		_, err := reports.ReadLoad(strings.NewReader(text))
		if says == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, says, text)
		}
	}
}
