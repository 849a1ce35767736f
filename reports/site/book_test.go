package site

import (
	"bytes"
	"encoding/xml"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/specimen"
	"github.com/kobcheck/kobcheck/schemas"
)

func shapes(t *testing.T) *schemas.Set {
	t.Helper()
	set, err := schemas.Load()
	require.NoError(t, err)
	return set
}

// written are the pages of a book by file.
func written(t *testing.T, pages []Page) map[string]string {
	t.Helper()
	out := map[string]string{}
	for _, page := range pages {
		var text bytes.Buffer
		require.NoError(t, page.Render(&text), page.File)
		out[page.File] = text.String()
	}
	return out
}

// planned is a scenario of one operation and one of a whole section, as they stand in the features.
func planned() []reports.Scenario {
	var all []reports.Scenario
	for _, requirement := range []string{"CARD-GET-02", "AUTH-29"} {
		one := specimen.Scenario("planned."+strings.ToLower(requirement), "")
		one.Requirements, one.Exchanges, one.Name, one.Rule = []string{requirement}, nil, "what "+requirement+" shows", "The rule of "+requirement
		one.Steps = []reports.Step{{Keyword: "When", Text: `we call "Get card by ID"`}}
		all = append(all, one)
	}
	return all
}

func TestTheDocumentationAloneIsABookWithoutAVerdict(t *testing.T) {
	facts := specimen.Facts(t)
	pages := written(t, Book(facts, shapes(t), reports.Tool{Name: "kobcheck", Version: "1"}, planned()))
	require.Len(t, pages, 3+len(facts.Sections()))
	ids := map[string]bool{}
	for file, page := range pages {
		sound(t, file, page)
		require.NotContains(t, page, "coverage.html", file)
		require.NotContains(t, page, "evidence-", file)
		require.NotContains(t, page, "not observed", "%s: there was nobody who could have", file)
		require.Less(t, len(page), 400<<10, file)
		ids[file] = true
		for _, one := range named.FindAllStringSubmatch(page, -1) {
			ids[file+"#"+one[1]] = true
		}
	}
	for file, page := range pages {
		for _, one := range linked.FindAllStringSubmatch(page, -1) {
			to := one[1]
			if strings.HasPrefix(to, "#") {
				to = file + to
			}
			require.True(t, ids[to] || strings.HasPrefix(to, "https://"), "%s links %s", file, to)
		}
	}
	for _, o := range facts.Operations {
		require.Contains(t, pages[chapterFile(o.Section)], `<h2 id="`+o.ID+`">`)
		require.Contains(t, pages[bookFile], `<li id="`+o.ID+`">`, "an older deep link leads somewhere")
	}
	cards := pages[chapterFile("Cards")]
	_, article, _ := strings.Cut(cards, `<h2 id="cards-get">`)
	article, _, _ = strings.Cut(article, "</article>")
	for _, says := range []string{`<p class="rule">Rule: The rule of CARD-GET-02</p>`, `<b>what CARD-GET-02 shows</b>`, "<b>When</b> we call"} {
		require.Contains(t, article, says, "a scenario stands at its operation")
	}
	_, rest, _ := strings.Cut(cards, `<h2 id="tested">`)
	require.Contains(t, rest, "what AUTH-29 shows", "what is of no single operation stands below all")
	_, guide, _ := strings.Cut(pages[bookFile], `<h2 id="guide">`)
	guide, _, _ = strings.Cut(guide, "</section>")
	require.Equal(t, strings.Count(guide, `<p class="call">`), strings.Count(guide, "curl -sS"), "each step that calls has its call")
	require.Contains(t, guide, "$TOKEN_HOST/oauth2/token", "the first of them asks for a token")
	require.Contains(t, pages[chapterFile("Cards")], "Invalid or dormant wallet")
	require.Contains(t, pages[chapterFile("Cards")], "1111***1111", "the sample as it is printed")
	require.Contains(t, pages[bookFile], `role="img" aria-label="From nothing to an active card: a sequence of 11 steps`)
}

func TestACallOfEachOperationCanBePasted(t *testing.T) {
	facts := specimen.Facts(t)
	for id, want := range map[string]string{
		"cards-get": "curl -sS -X GET \"$KOBBLE/customers/v1/cards/$CARD_ID\" \\\n  -H \"Authorization: Bearer $TOKEN\"",
		"cards-create": "curl -sS -X POST \"$KOBBLE/customers/v1/cards\" \\\n  -H \"Authorization: Bearer $TOKEN\" \\\n" +
			"  -H \"Content-Type: application/json\" \\\n  -H \"idempotency-key: $(uuidgen)\" \\\n  -d '{\n" +
			"    \"program_id\": \"'$PROGRAM_ID'\",\n    \"wallet_id\": \"'$WALLET_ID'\"\n  }'",
		"token": "curl -sS -X POST \"$TOKEN_HOST/oauth2/token\" \\\n  --data-urlencode \"grant_type=client_credentials\" \\\n" +
			"  --data-urlencode \"client_id=$CLIENT_ID\" \\\n  --data-urlencode \"client_secret=$CLIENT_SECRET\" \\\n" +
			"  --data-urlencode \"scope=client/read\"",
		"healthcheck": "",
	} {
		require.Equal(t, want, curl(facts.Operation(id), nil), id)
	}
}

// TestAnExampleIsOfAScenarioThatIsAboutTheOperation has three scenarios with a success of the same operation.
func TestAnExampleIsOfAScenarioThatIsAboutTheOperation(t *testing.T) {
	facts := specimen.Facts(t)
	operation := facts.Operation("cards-get")
	scenario := func(id, body string, requirements ...string) reports.Scenario {
		s := specimen.Scenario(id, evidence.Passed)
		s.Requirements = requirements
		s.Exchanges[0].Response.Body, s.Exchanges[0].Response.BodyBytes = body, len(body)
		return s
	}
	r := &reports.Run{Scenarios: []reports.Scenario{scenario("derived.odd", `{"a":1}`, operation.Requirement),
		scenario("other", `{"b":1}`, "CARD-06"), scenario("row/1", `{"c":1}`, operation.Requirement),
		scenario("about", `{"id":"the one"}`, operation.Requirement)}}
	found, from := newSite(r, facts, shapes(t)).example(operation)
	require.Equal(t, "about", from.ID)
	require.Equal(t, `{"id":"the one"}`, found.Response.Body)
	found, _ = newSite(&reports.Run{Scenarios: r.Scenarios[:2]}, facts, shapes(t)).example(operation)
	require.Nil(t, found)
}

func TestTheStoryIsToldByCallsThatSucceeded(t *testing.T) {
	facts := specimen.Facts(t)
	way := func(id string, status int) reports.Scenario {
		s := specimen.Scenario(id, evidence.Passed)
		for _, call := range []string{"cards-create", "cards-get"} {
			e := s.Exchanges[0]
			e.Operation, e.Request.Method, e.Response = call, facts.Operation(call).Method, &evidence.Response{Status: status}
			if call == "cards-create" && status == 200 {
				e.Response = &evidence.Response{Status: 201}
			}
			s.Exchanges = append(s.Exchanges, e)
		}
		return s
	}
	r := &reports.Run{Scenarios: []reports.Scenario{way("refused", 403), way("served", 200)}}
	s := newSite(r, facts, shapes(t))
	require.Equal(t, "served", s.flow().ID)
	told := 0
	for _, step := range s.start().Steps {
		if step.Exchange != nil {
			told++
			require.True(t, s.succeeded(step.Exchange))
		}
	}
	require.Equal(t, 4, told, "three steps create the card, one reads it")
}

func TestALongBodyIsCutWhereAReaderHasSeenEnough(t *testing.T) {
	require.Equal(t, "[\n  {\n    \"a\": 1\n  }\n]\n… and 2 more", excerpt(`[{"a":1},{"a":2},{"a":3}]`))
	require.Equal(t, "{\n  \"a\": 1\n}", excerpt(`{"a":1}`))
	require.Less(t, len(excerpt(`{"a":"`+strings.Repeat("ä", 4000)+`"}`)), enough+10)
}

func TestAnAnswerToAnOpenQuestionStandsAtItsOperation(t *testing.T) {
	facts := specimen.Facts(t)
	var seen []evidence.Observation
	for i := range 7 {
		seen = append(seen, evidence.Observation{ID: fmt.Sprintf("fields.bad-query/get-all-cards/limit/%d", i), Question: "a limit of that",
			Answer: "400", Gap: "N-20"})
	}
	s := newSite(&reports.Run{Observations: append(seen, evidence.Observation{ID: "cards-create.check-1.status", Answer: "422", Gap: "N-09"})},
		facts, shapes(t))
	first := s.asked(facts.Operation("cards-list"))[0]
	require.Equal(t, "N-20", first.ID)
	require.Len(t, first.Seen, answersShown)
	require.Equal(t, 2, first.More)
	require.Equal(t, "N-09", s.asked(facts.Operation("cards-create"))[0].ID)
	for _, one := range s.asked(facts.Operation("relays-create")) {
		require.Empty(t, one.Seen, one.ID)
	}
}

func TestEvidenceIsDividedAndEachScenarioIsFound(t *testing.T) {
	var list []reports.Scenario
	for i := range 40 {
		one := specimen.Scenario(fmt.Sprintf("s%d", i), evidence.Failed)
		one.Exchanges[0].Response.Body = strings.Repeat("x", 20_000)
		list = append(list, one)
	}
	pages := written(t, Pages(&reports.Run{Scenarios: list}, specimen.Facts(t), shapes(t), t.TempDir()))
	found := 0
	for file, page := range pages {
		require.Less(t, len(page), 400<<10, file)
		if strings.HasPrefix(file, "evidence-") {
			found += strings.Count(page, `<details id="s`)
			require.Contains(t, page, `<a href="evidence-cards-2.html"`, file)
		}
	}
	require.Equal(t, 40, found)
}

func TestTheSequenceOfTheGuideCallsTheTokenHostOnce(t *testing.T) {
	drawn := sequence(specimen.Facts(t))
	toHost := 0
	for _, line := range drawn.Lines {
		if strings.HasPrefix(line.Class, "due") && strings.Contains(line.Points, "200.0,") {
			toHost++
		}
	}
	require.Equal(t, 1, toHost)
	for _, text := range drawn.Texts {
		require.Less(t, len(text.Text), 60, "%q does not fit", text.Text)
	}
}

func TestASitemapNamesEveryPage(t *testing.T) {
	var text bytes.Buffer
	require.NoError(t, Sitemap(&text, "https://x.test/a&b/", []Page{{File: "api.html"}, {File: "api-cards.html"}}))
	var of struct {
		URL []struct {
			Loc string `xml:"loc"`
		} `xml:"url"`
	}
	require.NoError(t, xml.Unmarshal(text.Bytes(), &of))
	require.Equal(t, "https://x.test/a&b/api-cards.html", of.URL[1].Loc)
}
