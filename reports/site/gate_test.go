package site

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/specimen"
)

func TestTheFirstPageHasASectionForWhateverTheRunHas(t *testing.T) {
	for name, c := range map[string]struct {
		change    func(*reports.Run)
		says, not string
	}{
		"a green run": {nil, "Nothing that gates", "What the environment"},
		"a reason":    {func(r *reports.Run) { r.Reason = "a reason of its own" }, "a reason of its own", ""},
		"a secret": {func(r *reports.Run) { r.Exposed("run.json would have held a secret") },
			"a secret or card number was found", "conforms"},
		"a failure":               {func(r *reports.Run) { r.Scenarios = append(r.Scenarios, specimen.Red("b", "")) }, "it differs", ""},
		"a failure that is known": {func(r *reports.Run) { known(r) }, "OPS-1", ""},
		"the environment": {func(r *reports.Run) {
			r.Scenarios[0].Verdict, r.Scenarios[0].Reason = evidence.Inconclusive, "got no answer (connection refused)"
		}, "connection refused", ""},
		"a key that is missing": {func(r *reports.Run) {
			r.Scenarios[0].Verdict, r.Scenarios[0].Reason, r.Scenarios[0].Missing = evidence.NotTestable, "no program", "fixtures.programs.ok"
		}, "fixtures.programs.ok", ""},
		"what was noticed in passing": {func(r *reports.Run) {
			r.Passing = []evidence.Finding{specimen.InPassing("CARD-20", "cards-get", "every answer: shape", false, 7)}
		}, "Noticed in passing", ""},
		"what is blocked": {func(r *reports.Run) {
			r.Scenarios[0].Verdict, r.Scenarios[0].BlockedBy = evidence.Blocked, "wallets-create"
		}, "Blocked: what the API does not serve", ""},
		"earlier nights": {func(r *reports.Run) {
			r.History = &reports.History{Nights: 3, Previous: "last",
				New: []reports.NightFailure{{Requirement: "CARD-01", Message: "new today"}}, Skipped: []string{"x: broken"}}
		}, "new today", ""},
	} {
		t.Run(name, func(t *testing.T) {
			r := specimen.Runs(t)["green"]
			r.ExitCode, r.Reason = 0, ""
			if c.change != nil {
				c.change(r)
			}
			r.Judge(specimen.Facts(t), specimen.Begin.Add(time.Second))
			page := rendered(t, r, t.TempDir())["index.html"]
			require.Contains(t, page, c.says)
			if c.not != "" {
				require.NotContains(t, page[:strings.Index(page, "<h2")], c.not)
			}
		})
	}
}

// known adds a failure that a list covers.
func known(r *reports.Run) {
	one := specimen.Red("b", "")
	one.Verdict, one.Reason = evidence.Known, "OPS-1"
	one.Findings[0].Verdict, one.Findings[0].Reason = evidence.Known, "OPS-1"
	r.Scenarios = append(r.Scenarios, one)
}

func TestTheBookShowsTheShortestAnswerThatTeachesSomething(t *testing.T) {
	r := specimen.Runs(t)["green"]
	answer := func(id, body string, status int) reports.Scenario {
		one := specimen.Scenario(id, evidence.Passed)
		one.Exchanges[0].Response.Body, one.Exchanges[0].Response.BodyBytes, one.Exchanges[0].Response.Status = body, len(body), status
		return one
	}
	r.Scenarios = []reports.Scenario{answer("long", `{"id":"a long one that nobody wants to read"}`, 200), answer("empty", `[]`, 200),
		answer("refused", `{}`, 404), answer("short", `{"id":"the-example"}`, 200)}
	failed := answer("failed", `{"i":1}`, 200)
	failed.Verdict = evidence.Failed
	r.Scenarios = append(r.Scenarios, failed)
	r.Undocumented = []reports.Undocumented{{Operation: "cards-get", Kind: "field", Name: "/extra"}}
	for i := range r.Scenarios {
		r.Scenarios[i].Requirements = []string{"CARD-GET-01"}
	}
	_, from := newSite(r, specimen.Facts(t), nil).example(specimen.Facts(t).Operation("cards-get"))
	require.Equal(t, "short", from.ID)
	page := rendered(t, r, t.TempDir())["api-cards.html"]
	require.Contains(t, page, "the-example")
	require.Contains(t, page, "/extra")
}

func TestAnExchangeIsTextWhateverItHolds(t *testing.T) {
	one := specimen.Red("b", "")
	one.Exchanges[0].Response.Body, one.Exchanges[0].Error = specimen.Hostile, specimen.Hostile
	one.Exchanges[0].Request.URL = "https://x.test/" + specimen.Hostile
	text := string(exchanges(&one))
	require.NotContains(t, text, "<script>")
	require.Equal(t, strings.Count(text, "<details>"), strings.Count(text, "</details>"))
	require.Contains(t, text, "→ 200")
	require.Contains(t, text, "curl -sS", "what failed can be repeated")
	passed := specimen.Scenario("a", evidence.Passed)
	require.NotContains(t, string(exchanges(&passed)), "curl -sS")
}

func TestScenariosStandInTheOrderOfTheirFeatures(t *testing.T) {
	r := &reports.Run{}
	for _, place := range [][3]string{{"cards", "a.feature", "R1"}, {"cards", "a.feature", "R1"}, {"cards", "a.feature", "R2"},
		{"cards", "b.feature", "R1"}, {"wallets", "c.feature", ""}} {
		r.Scenarios = append(r.Scenarios, reports.Scenario{Section: place[0], URI: place[1], Rule: place[2], Feature: place[1]})
	}
	sections := sectionsOf(r)
	require.Len(t, sections, 2)
	require.Len(t, sections[0].Features, 2)
	require.Len(t, sections[0].Features[0].Rules, 2)
	require.Len(t, sections[0].Features[0].Rules[0].Scenarios, 2)
	require.Equal(t, "wallets", sections[1].Name)
}
