package format

import (
	"bytes"
	"fmt"
	"os/exec"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/specimen"
)

func TestNoTextOfAnAPIIsMarkup(t *testing.T) {
	for text, want := range map[string]string{
		"plain":                      "plain",
		"*bold* _it_ `code`":         "\\*bold\\* \\_it\\_ \\`code\\`",
		"[link](https://x) #heading": "\\[link](https:&#47;&#47;x) \\#heading",
		"@org/team www.evil.test":    "&#64;org/team www&#46;evil.test",
		"<img src=x> a|b \\":         "&lt;img src=x&gt; a\\|b \\\\",
		"two\nlines\x1b[31m\u202e":   "two lines \\[31m",
	} {
		require.Equal(t, want, escapeMarkdown(text))
	}
	for text, want := range map[string]string{"": "", "a": "`a`", "a`b|c\nd": "`a'b¦c d`"} {
		require.Equal(t, want, code(text))
	}
	require.Equal(t, "a ` ` ` b", inside("a ``` b"))
}

func TestASummaryIsReadInAMinuteHoweverMuchThereIs(t *testing.T) {
	r := rich(t)
	for i := range 90 {
		one := specimen.Red(fmt.Sprintf("many.%d", i), "")
		one.Findings[0].Pointer, one.Findings[0].Actual = "/"+strings.Repeat("x", i+1), strings.Repeat("y", i+1)
		r.Scenarios = append(r.Scenarios, one)
		r.Undocumented = append(r.Undocumented, reports.Undocumented{Operation: "cards-get", Kind: "field", Name: fmt.Sprint("f", i)})
	}
	r.History = &reports.History{Nights: 4, New: []reports.NightFailure{{Requirement: "CARD-02", Message: "it differs"}},
		Gone: []reports.NightFailure{{Requirement: "CARD-03", Message: "it was late"}}}
	r.Judge(specimen.Facts(t), specimen.Begin.Add(2*time.Second))
	var out bytes.Buffer
	require.NoError(t, writeMarkdown(&out, r, specimen.Facts(t)))
	text := out.String()
	require.LessOrEqual(t, strings.Count(text, "\n"), markdownLines)
	require.NotContains(t, text, "```yaml", "entries to paste are in a file of their own")
	for _, want := range []string{"What the API breaks", "more; index.html has them", "- new: CARD-02 it differs",
		"- gone: CARD-03 it was late",
		"Left out, so that this page is read in a minute: ", "new-failures.yaml", " not tested. Operations", "begun 2026-01-30"} {
		require.Contains(t, text, want)
	}
	require.Less(t, strings.Index(text, "What the API breaks"), strings.Index(text, "Since the night before"), "causes first")
}

// rich is a run that has something for every section.
func rich(t *testing.T) *reports.Run {
	r := specimen.Runs(t)["red"]
	flaky, gone := specimen.Red("flaky", ""), specimen.Scenario("gone", evidence.UnexpectedPass)
	flaky.Verdict, flaky.Reason, flaky.Attempts = evidence.Flaky, "failed, then passed", 2
	gone.Reason = "the entry at known.yaml:3 is of no use any more"
	r.Scenarios = append(r.Scenarios, flaky, gone)
	r.Settings.Retries, r.Settings.FlakyFails = 1, true
	r.Waivers = []evidence.Waiver{{Requirement: "HTTP-01", Reason: "the gateway", Owner: "team-x", Until: "2026-12-31", Findings: 3}}
	r.ProfileChanges = []reports.ProfileChange{{ID: "q", Question: "By how much?", Was: "0.01", Is: "1"}}
	r.LeftBehind = []reports.LeftBehind{{Kind: "beneficiary", Count: 2, IDs: []string{"a", "b"}}}
	r.Undocumented = []reports.Undocumented{{Operation: "cards-get", Kind: "field", Name: "/x"}}
	r.Unneeded = []string{"the entry at known.yaml:9 is of no use any more"}
	r.TidyRequests, r.Reason = 4, "a reason"
	r.CardOrder = &reports.OrderProof{Decisions: []reports.Decision{{Failing: []int{1, 2}, Decided: 1, Scenario: "pair/1-2"}}}
	r.Judge(specimen.Facts(t), specimen.Begin.Add(2*time.Second))
	return r
}

func TestEverySectionOfASummaryIsAsItWas(t *testing.T) {
	r := rich(t)
	var page, text bytes.Buffer
	require.NoError(t, writeMarkdown(&page, r, specimen.Facts(t)))
	golden(t, "rich/summary.md", page.String())
	require.NoError(t, PrintSummary(&text, r, specimen.Facts(t), false))
	golden(t, "rich/summary.txt", text.String())
	var painted bytes.Buffer
	require.NoError(t, PrintSummary(&painted, r, specimen.Facts(t), true))
	require.Contains(t, painted.String(), "\x1b[31;1mFAILED\x1b[0m")
}

func TestAnnotationsAreBoundedAndStayOnTheirLine(t *testing.T) {
	r := specimen.Runs(t)["green"]
	for i := range annotationBound + 5 {
		one := specimen.Red(fmt.Sprintf("s%d", i), "")
		one.Findings[0].Message = fmt.Sprintf("way %c%% \r\n::error::forged", 'a'+i)
		one.Findings[0].Pointer = fmt.Sprintf("/%c", 'a'+i)
		one.Findings[0].Check = fmt.Sprintf("check %c", 'a'+i)
		r.Scenarios = append(r.Scenarios, one)
	}
	r.Judge(specimen.Facts(t), specimen.Begin)
	var out bytes.Buffer
	require.NoError(t, writeAnnotations(&out, r, specimen.Facts(t)))
	lines := strings.Split(strings.TrimSpace(out.String()), "\n")
	require.Len(t, lines, annotationBound)
	for _, line := range lines {
		require.True(t, strings.HasPrefix(line, "::error title="), line)
		require.Contains(t, line, "%25", "what begins an escape is escaped")
	}
	out.Reset()
	require.NoError(t, writeAnnotations(&out, specimen.Runs(t)["green"], specimen.Facts(t)))
	require.Contains(t, out.String(), "::notice title=kobcheck::green conforms")
	require.Equal(t, "a%3A b%2C c%25", commandProperty("a: b, c%"))
}

func TestALabelOfAMetricKeepsItsQuotes(t *testing.T) {
	run := specimen.Runs(t)["green"]
	run.Target.Name = "a\"b\\c\nd\xff"
	var out strings.Builder
	require.NoError(t, writeOpenMetrics(&out, run, nil))
	require.Contains(t, out.String(), `target="a\"b\\c\nd`+"\ufffd\"")
	specimen.AcceptedByPromtool(t, out.String())
}

func TestTheScriptOfAScenarioReadsNewIdsAndAsksForTokens(t *testing.T) {
	const old, key = "1b8ecc17-4edd-4b74-ae4f-208aeb78f105", "2b8ecc17-4edd-4b74-ae4f-208aeb78f105"
	s := specimen.Scenario("a", evidence.Failed)
	s.Name = "a card\nrm -rf /"
	bearer := map[string][]string{"Authorization": {"Bearer $TOKEN"}}
	s.Exchanges = []evidence.Exchange{
		{N: 1, Operation: "token", Request: evidence.Request{Body: "client_secret=$KOBCHECK_PRIMARY_SECRET"}},
		{N: 2, Operation: "cards-create", Response: &evidence.Response{Status: 201, Body: `{"card":{"id":"` + old + `"}}`},
			Request: evidence.Request{Method: "POST", URL: "https://x.test/cards",
				Headers: map[string][]string{"Authorization": {"Bearer $TOKEN"}, "Idempotency-Key": {key}}}},
		{N: 3, Operation: "cards-get", Response: &evidence.Response{Status: 404},
			Request: evidence.Request{Method: "GET", URL: "https://x.test/cards/" + old, Headers: bearer}},
	}
	s.Findings = []evidence.Finding{{Exchange: 3, Message: "it is\nnot there", Expected: "200", Actual: "404"}}
	var out bytes.Buffer
	require.NoError(t, WriteScript(&out, &s))
	text := out.String()
	require.NotContains(t, text, old, "ids are new")
	require.NotContains(t, text, key, "so are keys")
	require.NotContains(t, text, "KOBCHECK_PRIMARY_SECRET")
	require.NotContains(t, text, "\nrm -rf", "no name of a scenario is a command")
	for _, says := range []string{`: "${TOKEN:?set it to an access token}"`, "KEY_1=$(fresh)", `"$KEY_1"`, "jq -r '", `"$ID_1"`,
		"# call 3: cards-get, was answered 404", "# finding at call 3: it is not there"} {
		require.Contains(t, text, says)
	}
	check := exec.Command("sh", "-n")
	check.Stdin = strings.NewReader(text)
	complaint, err := check.CombinedOutput()
	require.NoError(t, err, "%s", complaint)
}

func TestTheRegistryNamesEachFormatOnceAndOwnsItsFiles(t *testing.T) {
	require.Equal(t, []string{"json", "junit", "markdown", "html", "known", "night"}, Default())
	seen := map[string]bool{}
	for _, one := range registry() {
		require.False(t, seen[one.name], one.name)
		seen[one.name] = true
		require.NotEmpty(t, one.patterns, "%s: what an earlier run left has to go", one.name)
	}
	require.Len(t, seen, len(All()))
}
