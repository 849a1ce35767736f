package site

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
)

func TestThePlaceThatAFindingIsAboutIsMarked(t *testing.T) {
	const body = `{"id":"a","list":[{"x":1},{"x":2.50}],"a/b":{"~":null}}`
	for pointer, want := range map[string]string{
		"/id": `  "id": "a"`, "/list/1/x": `      "x": 2.50`, "/a~1b/~0": `    "~": null`, "/list/0": "    {\n    }",
		"/list/2": "", "/nothing": "", "": "",
	} {
		var lines []string
		for _, one := range marked(body, pointer) {
			if one.Marked {
				lines = append(lines, one.Text)
			}
		}
		require.Equal(t, want, strings.Join(lines, "\n"), pointer)
	}
	require.Empty(t, marked("no JSON", "/id"))
	require.Empty(t, marked(`{"id":`, "/id"))
	long := `[` + strings.Repeat(`0,`, 500) + `{"x":1}]`
	lines := marked(long, "/500/x")
	require.Len(t, lines, bodyBound)
	require.Contains(t, lines[len(lines)-3].Text, `"x": 1`, "what is marked is in sight")
}

func FuzzMarked(f *testing.F) {
	f.Add(`{"id":[1,{"a":"b"}]}`, "/id/1/a")
	f.Add(`[[[[`, "/")
	f.Fuzz(func(t *testing.T, body, pointer string) {
		require.LessOrEqual(t, len(marked(body, pointer)), bodyBound)
	})
}

func TestSentencesKeepTheirCodeAndLoseTheirMarkup(t *testing.T) {
	require.Equal(t, "a <code>b</code> &lt;i&gt;", string(prose("a `b` <i>")))
	require.Equal(t, "a <code>&lt;script&gt;</code>", string(prose("a `<script>")))
}

func TestARunOfNothingHasAllItsPages(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	shapes, err := schemas.Load()
	require.NoError(t, err)
	run := &reports.Run{Version: reports.Version, Target: reports.Target{Name: "<b>x</b>"}}
	run.Judge(facts, time.Now())
	pages := Pages(run, facts, shapes, t.TempDir())
	require.Len(t, pages, 4+len(facts.Sections()))
	for _, page := range pages {
		var text bytes.Buffer
		require.NoError(t, page.Render(&text))
		require.Contains(t, text.String(), "&lt;b&gt;x")
		require.NotContains(t, text.String(), "<b>x")
		require.Contains(t, text.String(), "</html>")
	}
}

func TestTheFirstPageHasWhatIsBlockedAndWhatWasNoticedInPassing(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	shapes, err := schemas.Load()
	require.NoError(t, err)
	met := func(requirement, operation, check string) evidence.Finding {
		return evidence.Finding{Requirement: requirement, Mark: contract.Stated, Gated: true, Check: check,
			Message: "it <i>is</i> not so", Expected: "200", Actual: "500",
			Operation: operation, Exchange: 1, Step: -1, Scenario: "a", Count: 654}
	}
	exchange := evidence.Exchange{N: 1, Operation: "endusers-create", Request: evidence.Request{Method: "POST", URL: "/endusers"},
		Curl: "curl -X POST /endusers"}
	run := &reports.Run{Version: reports.Version, Target: reports.Target{Name: "x"},
		Passing: []evidence.Finding{met("ENDUSER-13", "endusers-create", "every answer: success status"),
			met("WALLET-05", "wallets-create", evidence.NotServed)},
		Scenarios: []reports.Scenario{{ID: "a", Section: "cards", Verdict: evidence.Passed, Exchanges: []evidence.Exchange{exchange}},
			{ID: "b", Section: "cards", Verdict: evidence.Blocked, BlockedBy: "wallets-create", Reason: "blocked"}}}
	run.Judge(facts, time.Now())
	texts := map[string]string{}
	for _, page := range Pages(run, facts, shapes, t.TempDir()) {
		var text bytes.Buffer
		require.NoError(t, page.Render(&text))
		texts[page.File] = text.String()
	}
	first := texts[gateFile]
	require.Contains(t, first, "does not conform: 2 causes, shown by 1308 answers in passing; 1 scenario blocked")
	for _, part := range []string{`<h2 id="blocked">Blocked: what the API does not serve</h2>`, `<a href="api-wallets.html#wallets-create">`,
		"<span>blocked</span>",
		`<h2 id="passing">Noticed in passing</h2>`, "<td class=\"n\">654</td>", "curl -X POST /endusers"} {
		require.Contains(t, first, part)
	}
	require.NotContains(t, first, "<i>is</i>")
	require.Contains(t, texts[coverageFile], "in passing, 654 answers of endusers-create")
	book := texts[chapterFile("Endusers")]
	require.Contains(t, book, `Create a new enduser <span class="v failed">1 deviation</span>`, "in the navigation")
	require.Contains(t, book, "654 answers in passing")
	require.NotContains(t, texts[chapterFile("Cards")], "654 answers in passing")
}
