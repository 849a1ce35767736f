package reports_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/specimen"
)

func TestOneRemarkOnManyOperationsIsOneCauseWhateverRequirementEachHas(t *testing.T) {
	remark := func(gated bool, requirements ...string) *reports.Run {
		r := &reports.Run{}
		for _, id := range requirements {
			f := specimen.InPassing(id, id+"-list", "every answer: shape", gated, 2)
			r.Passing = append(r.Passing, f)
		}
		s := specimen.Scenario("wallets-list.bare", evidence.Advisory)
		s.Requirements = []string{requirements[1]}
		s.Findings = []evidence.Finding{r.Passing[1]}
		s.Findings[0].Scenario, s.Findings[0].Count = "", 0
		r.Scenarios = []reports.Scenario{s}
		r.Judge(specimen.Facts(t), specimen.Begin)
		return r
	}
	causes := remark(false, "TXN-01", "WALLET-29", "HOOK-02", "CLIENT-02").Causes(false)
	require.Len(t, causes, 1)
	require.Equal(t, "WALLET-29 and 3 more", causes[0].Requirement(), "what a scenario is about comes first")
	require.Len(t, causes[0].Operations, 4)
	require.Equal(t, 8, causes[0].Passing)
	require.Len(t, causes[0].Fingerprints, 4, "one entry covers all of it")
	require.Len(t, remark(false, "TXN-01", "WALLET-29").Causes(false), 1)
	require.Len(t, remark(true, "TXN-01", "WALLET-29", "HOOK-02", "CLIENT-02").Causes(true), 1)
	require.Len(t, remark(true, "TXN-01", "WALLET-29").Causes(true), 2, "two may be two faults")
}

// found is a finding that gates, with what matters of it.
func found(requirement, operation, pointer, message, actual string) evidence.Finding {
	return evidence.Finding{Requirement: requirement, Gated: true, Check: "check of " + requirement, Message: message, Pointer: pointer,
		Expected: "another", Actual: actual, Operation: operation, Count: 1, Step: -1}
}

// queried is a list that is not what a parameter asks for.
func queried(requirement, message, actual string) evidence.Finding {
	f := found(requirement, "transactions-list", "", message, actual)
	f.Kind = evidence.Queried
	return f
}

// mistyped is a field that shows a number in place of a text.
func mistyped(requirement, pointer string) evidence.Finding {
	f := found(requirement, "wallets-create", pointer, "the shape at "+pointer, "12345")
	f.Check, f.Expected = "every answer: shape", "a string"
	return f
}

func TestOneFaultIsOneCauseWhateverLooksForIt(t *testing.T) {
	read := func(f evidence.Finding) evidence.Finding { f.Gated = false; return f }
	known := func(f evidence.Finding) evidence.Finding { f.Verdict = evidence.Known; return f }
	for name, c := range map[string]struct {
		findings []evidence.Finding
		gated    int
		read     int
		where    string
	}{
		"a field that is missing": {[]evidence.Finding{found("WALLET-18", "wallets-get", "/status", "the shape", "absent"),
			found("WALLET-31", "wallets-get", "/status", "the value", "absent"), found("WALLET-27", "wallets-list", "/3/status", "the entry",
				"absent"),
			read(found("WALLET-10", "wallets-create", "/status", "differs", "absent"))}, 1, 0,
			"wallets-get, wallets-list, wallets-create /status, /*/status"},
		"fields of two kinds of things": {[]evidence.Finding{found("WALLET-18", "wallets-get", "/status", "the shape", "absent"),
			found("CARD-08", "cards-get", "/status", "the shape", "absent")}, 2, 0, "wallets-get /status"},
		"a field that is missing and one of another value": {[]evidence.Finding{found("WALLET-18", "wallets-get", "/status", "the shape",
			"absent"),
			found("WALLET-31", "wallets-get", "/status", "the value", `"ACTIVE"`)}, 2, 0, "wallets-get /status"},
		"a crash for whatever is wrong": {[]evidence.Finding{found("ERR-02", "cards-create", "", "a", "500 Internal Server Error: x"),
			found("ERR-03", "cards-create", "", "b", "500 Internal Server Error: y"),
			read(found("ERR-09", "cards-create", "", "c", "500 Internal Server Error"))}, 1, 0, "cards-create"},
		"crashes of two operations": {[]evidence.Finding{found("ERR-02", "cards-create", "", "a", "500 Internal Server Error"),
			found("ERR-03", "cards-get", "", "b", "500 Internal Server Error")}, 2, 0, "cards-create"},
		"a hazard beside it": {[]evidence.Finding{found("ERR-02", "cards-create", "", "a", "500 Internal Server Error"),
			hazard(found("MONEY-05", "cards-create", "", "b", "500 Internal Server Error"))}, 2, 0, "cards-create"},
		"a new one beside the known": {[]evidence.Finding{known(found("ERR-02", "cards-create", "", "a", "500 Internal Server Error")),
			found("ERR-03", "cards-create", "", "b", "500 Internal Server Error")}, 2, 0, "cards-create"},
		"two rules that one operation breaks, one of them beside another": {[]evidence.Finding{found("AUTH-12", "cards-create", "", "served", "a"),
			found("IDEMP-10", "cards-create", "", "served", "b"), found("AUTH-12", "cards-get", "", "served", "a")}, 2, 0,
			"cards-create, cards-get"},
		"a hazard of one rule, seen in an amount and in a count": {[]evidence.Finding{
			hazard(found("IDEMP-30", "transactions-create", "/amount", "another amount", "12")),
			hazard(found("IDEMP-30", "transactions-manual-credit", "", "not done once", "20"))}, 1, 0,
			"transactions-create, transactions-manual-credit /amount"},
		"hazards of one rule at two kinds of things": {[]evidence.Finding{hazard(found("AUTH-28", "cards-get", "", "served", "a")),
			hazard(found("AUTH-28", "wallets-get", "", "shown", "b"))}, 2, 0, "cards-get"},
		"one value of another type in two fields": {[]evidence.Finding{mistyped("WALLET-15", "/holder_id"), mistyped("WALLET-16", "/asset")},
			1, 0, "wallets-create /holder_id, /asset"},
		"two fields that are not there": {[]evidence.Finding{found("WALLET-15", "wallets-get", "/holder_id", "the shape", "absent"),
			found("WALLET-16", "wallets-get", "/asset", "the shape", "absent")}, 2, 0, "wallets-get /holder_id"},
		"a parameter of a list that does nothing, seen in two ways": {[]evidence.Finding{queried("TXN-06", "a", "1"), queried("TXN-06", "b", "2"),
			queried("TXN-07", "c", "3")}, 2, 0, "transactions-list"},
		"the same words and figures": {[]evidence.Finding{read(found("CARD-LIST-10", "cards-list", "", "total", "30")),
			read(found("CARD-LIST-15", "cards-list", "", "total", "30"))}, 0, 1, "cards-list"},
		"fields that no page shows": {[]evidence.Finding{read(found("HARNESS-16", "cards-get", "/labels", "shape of a card", "a list")),
			read(found("HARNESS-16", "wallets-list", "/0/revision", "shape of a wallet", "a number")),
			read(found("CARD-CREATE-10", "cards-get", "/labels", "differs", "absent"))}, 0, 1, "cards-get, wallets-list"},
	} {
		r := &reports.Run{Passing: c.findings}
		require.Len(t, r.Causes(true), c.gated, name)
		require.Len(t, r.Causes(false), c.read, name)
		first := append(r.Causes(true), r.Causes(false)...)[0]
		require.Equal(t, c.where, first.Where(), name)
		require.Contains(t, first.Finding.Message, first.Title(), name)
	}
}

func TestARefusalThatIsMissedIsOneCauseWhereverItsTextIsAskedFor(t *testing.T) {
	served := found("CARD-PRE-10", "cards-create", "", "served", "201 Created")
	other := found("CARD-CREATE-15", "cards-create", "", "another", "400 Bad Request")
	served.Check, served.Expected = "not served", `a refusal that says "Invalid or dormant wallet"`
	other.Check, other.Expected = "check 3 decides", served.Expected
	require.Len(t, (&reports.Run{Passing: []evidence.Finding{served, other}}).Causes(true), 1)
	other.Expected = `a refusal that says "Invalid program id"`
	require.Len(t, (&reports.Run{Passing: []evidence.Finding{served, other}}).Causes(true), 2)
}

func TestAFieldThatNoPageShowsTouchesNoScenarioAndBreaksNothing(t *testing.T) {
	f := found("HARNESS-16", "cards-get", "/labels", "shape of a card", "a list")
	f.Mark = contract.Inferred
	require.True(t, f.Breaks(specimen.Facts(t)), "in a strict run")
	f.Gated = false
	require.False(t, f.Breaks(specimen.Facts(t)))
	r := &reports.Run{Passing: []evidence.Finding{f}, Scenarios: []reports.Scenario{specimen.Scenario("a", evidence.Passed)}}
	r.Judge(specimen.Facts(t), specimen.Begin)
	require.Zero(t, r.Summary.Requirements.Failed)
	require.Contains(t, r.Causes(false)[0].Sentence(), "cards-get: answers have fields that no page shows: expected documented fields only, was labels")
}

func TestThatNoTextIsFoundIsOneCauseWithWhatOnlyRemarksIt(t *testing.T) {
	var list []evidence.Finding
	for i := range 4 {
		f := found(fmt.Sprintf("CARD-ORDER-0%d", i+1), "cards-create", "", "the refusal is not that of the check", "400 Bad Request")
		f.Check, f.Expected = fmt.Sprintf("check %d decides", i+1), fmt.Sprintf("a refusal that says \"text %d\"", i+1)
		list = append(list, f)
	}
	remark := found("CARD-CREATE-20", "cards-create", "", "the refusal does not say why in the documented words", "400 Bad Request")
	remark.Check, remark.Expected, remark.Gated = evidence.RefusalMessage, `"text 4"`, false
	r := &reports.Run{}
	for i, f := range append(list, remark) {
		s := specimen.Scenario(fmt.Sprintf("s.%d", i), evidence.Failed)
		s.Findings = []evidence.Finding{f}
		r.Scenarios = append(r.Scenarios, s)
	}
	causes := r.Causes(true)
	require.Len(t, causes, 1)
	require.Contains(t, causes[0].Finding.Message, "4 are missing")
	require.Empty(t, r.Causes(false))
	r.Scenarios = r.Scenarios[2:]
	require.Len(t, r.Causes(false), 1, "two texts are no form")
}
