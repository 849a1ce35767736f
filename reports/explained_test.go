package reports_test

import (
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/specimen"
)

// hazard puts money at risk.
func hazard(f evidence.Finding) evidence.Finding { f.Hazard = "money lost"; return f }

// runOf is a run in which each finding fails a scenario that is about its requirement.
func runOf(findings ...evidence.Finding) *reports.Run {
	r := &reports.Run{}
	for i, f := range findings {
		s := specimen.Scenario(fmt.Sprintf("s.%d", i), evidence.Failed)
		s.Requirements, s.Findings = []string{f.Requirement}, []evidence.Finding{f}
		r.Scenarios = append(r.Scenarios, s)
	}
	return r
}

func TestWhatOneDeviationExplainsIsTheSameCause(t *testing.T) {
	seen := func(f evidence.Finding, by string) evidence.Finding { f.Through = by; return f }
	code := func(requirement, operation, check, expected, actual string) evidence.Finding {
		f := found(requirement, operation, "", check, actual)
		f.Check, f.Expected = check, expected
		return f
	}
	at := func(place string, f evidence.Finding) evidence.Finding { f.Pointer = place; return f }
	says := func(requirement, check, text, actual string) evidence.Finding {
		return code(requirement, "cards-create", check, `a refusal that says "`+text+`"`, actual)
	}
	crash := func(requirement, operation, text string) evidence.Finding {
		return code(requirement, operation, "no server error", "a client error (4xx)", "500 Internal Server Error: "+text)
	}
	part := func(requirement, operation string) evidence.Finding {
		f := found(requirement, operation, "", "the list of "+operation+" by "+requirement, "[]")
		f.Check, f.Kind = "a part of a list is that part of the whole", evidence.Queried
		return f
	}
	shape := func(f evidence.Finding) evidence.Finding { f.Check = evidence.DocumentedShape; return f }
	walk := func(requirement, operation string) evidence.Finding {
		f := found(requirement, operation, "", "a walk met it at "+operation, "409 Conflict")
		f.Gherkin = "Scenario: x"
		return f
	}
	lacks := func(requirement, operation string) evidence.Finding {
		return code(requirement, operation, "is in the list", "an entry", "none of "+operation)
	}
	for name, c := range map[string]struct {
		findings []evidence.Finding
		causes   int
		leads    string
	}{
		"one failure to refuse, of three operations": {[]evidence.Finding{crash("HARNESS-01", "cards-create", "sorry"),
			crash("ERR-02", "wallets-create", "sorry"), crash("BENEF-06", "beneficiaries-create", "sorry")}, 1, ""},
		"failures to refuse of two operations": {[]evidence.Finding{crash("HARNESS-01", "cards-create", "sorry"),
			crash("ERR-02", "wallets-create", "sorry")}, 2, ""},
		"failures to refuse odd inputs, each said in its own words": {[]evidence.Finding{
			code("HARNESS-01", "cards-create", "a derived input is answered cleanly", "a success, or an error of the caller", "500 Internal Server Error: sorry"),
			crash("HARNESS-01", "wallets-create", "sorry"), crash("HARNESS-01", "beneficiaries-create", "sorry")}, 1, ""},
		"a field of another type, and what is compared of it": {[]evidence.Finding{
			shape(found("WALLET-22", "wallets-get", "/amount", "a text", `"0"`)), found("WALLET-27", "wallets-list", "/amount", "as it reads", "0"),
			found("WALLET-10", "wallets-create", "/amount", "as it was made", `"4711"`)}, 1, "WALLET-22"},
		"a field of another type, and another field": {[]evidence.Finding{
			shape(found("WALLET-22", "wallets-get", "/amount", "a text", `"0"`)), found("WALLET-27", "wallets-list", "/status", "as it reads", "0")}, 2, ""},
		"what was made and can't be read": {[]evidence.Finding{
			code("PROG-18", "card-programs-get", "can be read", "the program", "404 Not Found"),
			code("PROG-12", "card-programs-get", evidence.NotServed, "a success", "404 Not Found")}, 1, ""},
		"parts of two lists":                  {[]evidence.Finding{part("CARD-LIST-05", "cards-list"), part("TXN-03", "transactions-list")}, 1, ""},
		"two parameters of one list":          {[]evidence.Finding{part("CARD-LIST-05", "cards-list"), part("CARD-LIST-03", "cards-list")}, 2, ""},
		"what walks met by one requirement":   {[]evidence.Finding{walk("IDEMP-05", "cards-create"), walk("IDEMP-05", "transactions-create")}, 1, ""},
		"what walks met by two requirements":  {[]evidence.Finding{walk("IDEMP-05", "cards-create"), walk("MONEY-06", "transactions-create")}, 2, ""},
		"three lists that lack what was made": {[]evidence.Finding{lacks("WALLET-27", "wallets-list"), lacks("ENDUSER-21", "endusers-list"), lacks("HOOK-02", "webhooks-list")}, 1, ""},
		"answers without an id, of which nothing can be made": {[]evidence.Finding{
			shape(found("ENDUSER-14", "endusers-create", "/id", "a uuid", "absent")),
			code("META-02", "endusers-create", "a usable success", "a success with an id", "200 OK without an id")}, 1, "ENDUSER-14"},
		"answers without an id, and what is refused": {[]evidence.Finding{
			shape(found("ENDUSER-14", "endusers-create", "/id", "a uuid", "null")),
			code("META-02", "endusers-create", "success status", "a success", "422 Unprocessable Entity")}, 2, ""},
		"an id of another form, and what comes of asking with it": {[]evidence.Finding{
			at("/id", shape(code("WALLET-11", "wallets-create", "", "a uuid", `"2025-01-14"`))),
			code("WALLET-27", "wallets-list", "is in the list", "an entry with the id 2025-01-14", "118 entries")}, 1, "WALLET-11"},
		"an id of another form, and what is asked with another": {[]evidence.Finding{
			at("/id", shape(code("WALLET-11", "wallets-create", "", "a uuid", `"2025-01-14"`))),
			code("WALLET-27", "wallets-list", "is in the list", "an entry with the id 4711", "118 entries")}, 2, ""},
		"a word in place of an id, and what is asked with that word": {[]evidence.Finding{
			at("/id", shape(code("WALLET-11", "wallets-create", "", "a uuid", `"wallets"`))),
			code("WALLET-27", "wallets-list", "is in the list", "an entry with the id wallets", "118 entries")}, 2, ""},
		"two lists that lack what was made":   {[]evidence.Finding{lacks("WALLET-27", "wallets-list"), lacks("ENDUSER-21", "endusers-list")}, 2, ""},
		"who calls, in three sentences":       {[]evidence.Finding{hazard(found("AUTH-29", "cards-list", "", "x", "200")), hazard(found("AUTH-28", "wallets-list", "", "y", "201")), hazard(found("AUTH-29", "cards-get", "", "z", "202"))}, 1, ""},
		"who calls, and whose the things are": {[]evidence.Finding{hazard(found("AUTH-29", "cards-list", "", "x", "200")), hazard(found("OWN-06", "wallets-list", "", "y", "201"))}, 2, ""},
		"one code in place of another, by two checks": {[]evidence.Finding{code("ERR-01", "cards-get", "a", "200", "202 Accepted"),
			code("CARD-GET-02", "cards-get", "b", "200 OK", "202 Accepted")}, 1, ""},
		"another code for each of two codes": {[]evidence.Finding{code("ERR-01", "cards-get", "a", "200", "202 Accepted"),
			code("CARD-GET-02", "cards-get", "b", "404", "400 Bad Request")}, 2, ""},
		"a requirement as a whole, and a field by it": {[]evidence.Finding{found("META-02", "endusers-get", "", "any object", "absent"),
			found("META-02", "endusers-create", "/metadata", "as it was sent", "{}")}, 1, ""},
		"two requirements of one kind of things": {[]evidence.Finding{found("META-02", "endusers-get", "", "any object", "absent"),
			found("META-03", "endusers-create", "", "as it was sent", "{}")}, 2, ""},
		"a check of the order that lets cards through, and one whose words are another's": {[]evidence.Finding{
			says("CARD-ORDER-03", "check 3 refuses", "the wallet", "201 Created"),
			says("CARD-CREATE-15", "check 3 decides", "the wallet", "400"+evidence.OtherCheck+"4"),
			says("CARD-ORDER-04", "check 4 decides", "the card", "400 Bad Request")}, 2, ""},
		"what a wrong list counts": {[]evidence.Finding{
			seen(hazard(found("IDEMP-29", "cards-create", "", "done once", "2")), "cards-list"),
			found("CARD-LIST-05", "cards-list", "", "the pages put together are not the whole", "3 entries")}, 1, "CARD-LIST-05"},
		"what a list counts of which one field is wrong": {[]evidence.Finding{
			seen(hazard(found("IDEMP-29", "cards-create", "", "done once", "2")), "cards-list"),
			found("CARD-08", "cards-list", "/0/status", "shape", "null")}, 2, ""},
		"effects that one operation shows, by three requirements": {[]evidence.Finding{
			seen(hazard(found("HARNESS-11", "cards-create", "", "changed", "2")), "wallets-get"),
			seen(hazard(found("MONEY-06", "transactions-create", "", "moved", "3")), "wallets-get"),
			seen(found("IDEMP-11", "cards-create", "", "again", "4"), "wallets-get")}, 1, "MONEY-06"},
		"effects that one operation shows, by two": {[]evidence.Finding{
			seen(hazard(found("HARNESS-11", "cards-create", "", "changed", "2")), "wallets-get"),
			seen(found("IDEMP-11", "transactions-create", "", "again", "4"), "wallets-get")}, 2, ""},
		"three parameters of a list": {[]evidence.Finding{found("CARD-LIST-05", "cards-list", "", "pages", "a"),
			found("CARD-LIST-06", "cards-list", "", "limit", "b"), found("CARD-LIST-07", "cards-list", "", "order", "c")}, 1, ""},
		"one form that is asked for in two words": {[]evidence.Finding{
			at("/created_at", code("WALLET-13", "wallets-get", "a", "a date-time such as x", "now")), at("/created_at", code("STD-19", "wallets-get", "b", "a date-time of RFC 3339", "now"))}, 1, ""},
		"two parameters of a list": {[]evidence.Finding{found("CARD-LIST-05", "cards-list", "", "pages", "a"),
			found("CARD-LIST-06", "cards-list", "", "limit", "b")}, 2, ""},
		"a delivery and an answer by one requirement": {[]evidence.Finding{found("HOOK-09", "", "", "is told", "told"),
			found("HOOK-09", "webhooks-delete", "", "is listed", "listed")}, 1, ""},
		"two hazards of one operation": {[]evidence.Finding{hazard(found("IDEMP-29", "cards-create", "", "done once", "2")),
			hazard(found("IDEMP-30", "cards-create", "", "another", "3"))}, 1, ""},
	} {
		causes := runOf(c.findings...).Causes(true)
		require.Len(t, causes, c.causes, name)
		if c.leads != "" {
			require.Equal(t, c.leads, causes[0].Finding.Requirement, name)
		}
	}
}

func TestWhatAWalkMetGoesWithTheCallThatShowsIt(t *testing.T) {
	walked := found("WALLET-31", "wallets-get", "/status", "a wallet has another status", `"SUSPENDED"`)
	walked.Gherkin, walked.Exchange = "Scenario: a walk", 3
	r := runOf(walked, hazard(found("OWN-07", "wallets-update", "/status", "something changed", `"SUSPENDED"`)))
	for i, method := range []string{"POST", "PATCH", "GET"} {
		r.Scenarios[0].Exchanges = append(r.Scenarios[0].Exchanges, evidence.Exchange{N: i + 1, Request: evidence.Request{Method: method},
			Operation: []string{"wallets-create", "wallets-update", "wallets-get"}[i]})
	}
	causes := r.Causes(true)
	require.Len(t, causes, 1)
	require.Equal(t, "OWN-07", causes[0].Finding.Requirement)
	require.Len(t, causes[0].Scenarios, 2)
	r.Scenarios[1].Findings[0].Operation = "wallets-create"
	require.Len(t, r.Causes(true), 2, "another call made the wallet")
}

func TestWhatIsRefusedForAnIdOfAnotherFormGoesWithTheAnswerThatGaveIt(t *testing.T) {
	shape := found("WALLET-11", "wallets-create", "/id", "a uuid", "")
	shape.Check, shape.Actual = evidence.DocumentedShape, `"2025-01-14"`
	refused := found("WALLET-23", "wallets-get", "", "was not served", "404 Not Found")
	refused.Exchange = 1
	for status, causes := range map[int]int{404: 1, 200: 2} {
		r := runOf(shape, refused)
		r.Scenarios[1].Exchanges = []evidence.Exchange{{N: 1, Operation: "wallets-get", Request: evidence.Request{Method: "GET",
			URL: "https://api.example.test/wallets/2025-01-14"}, Response: &evidence.Response{Status: status}}}
		require.Len(t, r.Causes(true), causes, status)
		r.Scenarios[1].Exchanges[0].Request.URL = "https://api.example.test/wallets/8f1b7a52-93c4-4a2e-9d5e-0a6c1f2b3d4e"
		require.Len(t, r.Causes(true), 2, "another was asked for")
	}
}

func TestADeviationOfAllAnswersHoldsWhatPutsTheSameAtRisk(t *testing.T) {
	r := runOf()
	for i := range 6 {
		operation := fmt.Sprint("operation-", i)
		r.Operations = append(r.Operations, reports.OperationUse{ID: operation, Requests: 1, Statuses: map[string]int{"200": 1}})
		r.Scenarios = append(r.Scenarios, runOf(hazard(found("AUTH-29", operation, "", "served", "200 OK"))).Scenarios...)
	}
	r.Scenarios = append(r.Scenarios, runOf(hazard(found("AUTH-28", "operation-2", "", "serves for half a token", "200 OK")),
		found("CARD-08", "operation-3", "/status", "shape", "null")).Scenarios...)
	causes := r.Causes(true)
	require.Len(t, causes, 2)
	require.True(t, causes[0].Everywhere)
	require.Contains(t, causes[0].Further, "AUTH-28")
}
