// Package specimen has small finished runs, each named by what is special about it, for the tests of whoever renders
// or judges runs.
package specimen

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Facts is the contract.
func Facts(t testing.TB) *contract.Contract {
	t.Helper()
	c, err := contract.Load()
	require.NoError(t, err)
	return c
}

// Begin is when each run and scenario began.
var Begin = time.Date(2026, 1, 30, 3, 14, 34, 0, time.UTC)

// Scenario is one with an exchange, as its verdict has it.
func Scenario(id string, verdict evidence.Verdict) reports.Scenario {
	return reports.Scenario{ID: id, Section: "cards", Feature: "Get card by ID", Rule: "R", Name: "a card is read",
		Tags: []string{"@stated"}, URI: "cards/get_card_by_id.feature", Line: 7,
		Verdict: verdict, Requirements: []string{"CARD-GET-02"}, Proves: proved(verdict), Mark: contract.Stated, StartedAt: Begin, DurationMS: 12,
		Steps:    []reports.Step{{Keyword: "When", Text: `we call "Get card by ID"`, Status: "passed", Line: 8}},
		Checks:   []evidence.Check{{Name: "success status", Outcome: "held"}},
		Findings: []evidence.Finding{}, Exchanges: []evidence.Exchange{{N: 1, Operation: "cards-get", StartedAt: Begin, DurationMS: 3,
			Request:  evidence.Request{Method: "GET", URL: "http://127.0.0.1/cards/x", Headers: map[string][]string{}},
			Response: &evidence.Response{Status: 200, Headers: map[string][]string{}, Body: `{"id":"x"}`, BodyBytes: 10},
			Curl:     "curl -sS 'http://127.0.0.1/cards/x'"}}}
}

func proved(verdict evidence.Verdict) []string {
	if verdict == evidence.Passed {
		return []string{"CARD-GET-02"}
	}
	return nil
}

// InPassing is a finding that was noticed while a scenario was about something else.
func InPassing(requirement, operation, check string, gated bool, count int) evidence.Finding {
	return evidence.Finding{Requirement: requirement, Mark: contract.Stated, Gated: gated, Check: check, Message: "it is not so",
		Expected: "200", Actual: "201 Created",
		Operation: operation, Exchange: 1, Step: -1, Scenario: "a", Count: count}
}

// Red is a scenario whose finding has a text of the API in each of its parts.
func Red(id, hostile string) reports.Scenario {
	s := Scenario(id, evidence.Failed)
	s.Findings = []evidence.Finding{{Requirement: "CARD-GET-02", Mark: contract.Stated, Gated: true, Check: "reads back equal",
		Message: "it differs " + hostile, Pointer: "/status", Expected: `"ACTIVE"` + hostile, Actual: `"INACTIVE"` + hostile,
		Exchange: 1, Operation: "cards-get"}}
	return s
}

// Hostile tries to get out of whatever it is put into.
const Hostile = "<script>alert(1)</script> </pre>| `x` \u202e\x1b[31m\x00 ]]> ${x}"

// Runs are small runs, each named by what is special about it.
func Runs(t testing.TB) map[string]*reports.Run {
	missing := Scenario("d", evidence.NotTestable)
	missing.Reason, missing.Missing = "no program is known", "fixtures.programs.ok"
	away := Scenario("e", evidence.Inconclusive)
	away.Reason = "cards-get got no answer (connection refused)"
	read := Red("f", "")
	read.Verdict, read.Findings[0].Gated, read.Findings[0].Requirement = evidence.Advisory, false, "CARD-GET-04"
	read.Findings[0].Pointer, read.Findings[0].Expected, read.Findings[0].Actual = "/nickname", `"Fuel"`, `"FUEL"`
	later := Scenario("g", evidence.NotRun)
	later.Reason = "the run was stopped before its turn"
	blocked := Scenario("h", evidence.Blocked)
	blocked.BlockedBy, blocked.Reason = "wallets-create", `blocked: "Create a wallet" does not serve a valid request: 500`
	refused := InPassing("WALLET-05", "wallets-create", evidence.NotServed, false, 1)
	refused.Actual = "500 Internal Server Error"
	danger := Red("i", "")
	danger.Findings[0].Hazard, danger.Findings[0].Requirement = "card data shown", "CARD-20"
	runs := map[string]*reports.Run{
		"blocked": {Scenarios: []reports.Scenario{Scenario("a", evidence.Passed), blocked}, Passing: []evidence.Finding{refused}},
		"passing": {Scenarios: []reports.Scenario{Scenario("a", evidence.Passed), danger},
			Passing: []evidence.Finding{InPassing("ENDUSER-13", "endusers-create", "every answer: success status", true, 654),
				InPassing("HARNESS-16", "cards-get", "every answer: shape", false, 3)}},
		"part":              {Scenarios: []reports.Scenario{Scenario("a", evidence.Passed)}, Settings: reports.Settings{Of: 9}},
		"green":             {Scenarios: []reports.Scenario{Scenario("a", evidence.Passed), Scenario("b", evidence.Passed)}},
		"red":               {Scenarios: []reports.Scenario{Scenario("a", evidence.Passed), Red("b", ""), Red("c", ""), missing, away, read}},
		"inconclusive":      {Scenarios: []reports.Scenario{Scenario("a", evidence.Passed), away}},
		"not-testable-only": {Scenarios: []reports.Scenario{missing}},
		"hostile":           {Scenarios: []reports.Scenario{Red("b", Hostile)}},
		"interrupted":       {Scenarios: []reports.Scenario{Scenario("a", evidence.Passed), later}, Signal: "interrupt"},
		"empty":             {},
	}
	for name, r := range runs {
		r.Version, r.Tool, r.Target, r.RunID, r.Seed, r.StartedAt = reports.Version, reports.Tool{Name: "kobcheck", Version: "test"},
			reports.Target{Name: name, Edition: contract.V1}, "run-1", 7, Begin
		r.Operations = []reports.OperationUse{{ID: "cards-get", Requests: 2, Statuses: map[string]int{"200": 2}}}
		r.Census = []reports.CheckCount{{Name: "success status", Evaluated: 2}}
		r.Observations = []evidence.Observation{{ID: "money.unit", Question: "By how much?", Answer: "0.01", Scenario: "a"}}
		if r.Scenarios == nil {
			r.Scenarios = []reports.Scenario{}
		}
		r.Judge(Facts(t), Begin.Add(2*time.Second))
	}
	return runs
}

// Features are the features of the specimens, by URI: the scenario stands on the line that each of them names.
func Features() map[string][]byte {
	return map[string][]byte{"cards/get_card_by_id.feature": []byte("Feature: Get card by ID\n\n  It is read.\n\n  Rule: R\n\n" +
		"    Scenario: a card is read\n      When we call \"Get card by ID\"\n")}
}
