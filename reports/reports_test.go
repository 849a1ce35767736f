package reports

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"github.com/xeipuuv/gojsonschema"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

var update = flag.Bool("update", false, "write the golden files anew")

func facts(t testing.TB) *contract.Contract {
	t.Helper()
	c, err := contract.Load()
	require.NoError(t, err)
	return c
}

var begin = time.Date(2026, 1, 30, 3, 14, 34, 0, time.UTC)

func scenario(id string, verdict evidence.Verdict) Scenario {
	return Scenario{ID: id, Section: "cards", Feature: "Get card by ID", Rule: "R", Name: "a card is read", Tags: []string{"@stated"}, URI: "cards/get_card_by_id.feature", Line: 7,
		Verdict: verdict, Requirements: []string{"CARD-GET-02"}, Proves: proved(verdict), Mark: contract.Stated, StartedAt: begin, DurationMS: 12,
		Steps: []Step{{Keyword: "When", Text: `we call "Get card by ID"`, Status: "passed", Line: 8}}, Checks: []evidence.Check{{Name: "success status", Outcome: "held"}},
		Findings: []evidence.Finding{}, Exchanges: []evidence.Exchange{{N: 1, Operation: "cards-get", StartedAt: begin, DurationMS: 3, Request: evidence.Request{Method: "GET", URL: "http://127.0.0.1/cards/x", Headers: map[string][]string{}}, Response: &evidence.Response{Status: 200, Headers: map[string][]string{}, Body: `{"id":"x"}`, BodyBytes: 10}, Curl: "curl -sS 'http://127.0.0.1/cards/x'"}}}
}

func proved(verdict evidence.Verdict) []string {
	if verdict == evidence.Passed {
		return []string{"CARD-GET-02"}
	}
	return nil
}

// inPassing is a finding that was noticed while a scenario was about something else.
func inPassing(requirement, operation, check string, gated bool, count int) evidence.Finding {
	return evidence.Finding{Requirement: requirement, Mark: contract.Stated, Gated: gated, Check: check, Message: "it is not so", Expected: "200", Actual: "201 Created",
		Operation: operation, Exchange: 1, Step: -1, Scenario: "a", Count: count}
}

func red(id, hostile string) Scenario {
	s := scenario(id, evidence.Failed)
	s.Findings = []evidence.Finding{{Requirement: "CARD-GET-02", Mark: contract.Stated, Gated: true, Check: "reads back equal", Message: "it differs " + hostile, Pointer: "/status", Expected: `"ACTIVE"` + hostile, Actual: `"INACTIVE"` + hostile, Exchange: 1, Operation: "cards-get"}}
	return s
}

const hostile = "<script>alert(1)</script> </pre>| `x` \u202e\x1b[31m\x00 ]]> ${x}"

// miniatures are small runs, each named by what is special about it.
func miniatures(t testing.TB) map[string]*Run {
	missing := scenario("d", evidence.NotTestable)
	missing.Reason, missing.Missing = "no program is known", "fixtures.programs.ok"
	away := scenario("e", evidence.Inconclusive)
	away.Reason = "cards-get got no answer (connection refused)"
	read := red("f", "")
	read.Verdict, read.Findings[0].Gated, read.Findings[0].Requirement = evidence.Advisory, false, "CARD-GET-04"
	later := scenario("g", evidence.NotRun)
	later.Reason = "the run was stopped before its turn"
	blocked := scenario("h", evidence.Blocked)
	blocked.BlockedBy, blocked.Reason = "wallets-create", `blocked: "Create a wallet" does not serve a valid request: 500`
	refused := inPassing("WALLET-05", "wallets-create", evidence.NotServed, false, 1)
	refused.Actual = "500 Internal Server Error"
	danger := red("i", "")
	danger.Findings[0].Hazard, danger.Findings[0].Requirement = "card data shown", "CARD-20"
	runs := map[string]*Run{
		"blocked": {Scenarios: []Scenario{scenario("a", evidence.Passed), blocked}, Passing: []evidence.Finding{refused}},
		"passing": {Scenarios: []Scenario{scenario("a", evidence.Passed), danger}, Passing: []evidence.Finding{inPassing("ENDUSER-13", "endusers-create", "every answer: success status", true, 654),
			inPassing("HARNESS-16", "cards-get", "every answer: shape", false, 3)}},
		"part":              {Scenarios: []Scenario{scenario("a", evidence.Passed)}, Settings: Settings{Of: 9}},
		"green":             {Scenarios: []Scenario{scenario("a", evidence.Passed), scenario("b", evidence.Passed)}},
		"red":               {Scenarios: []Scenario{scenario("a", evidence.Passed), red("b", ""), red("c", ""), missing, away, read}},
		"inconclusive":      {Scenarios: []Scenario{scenario("a", evidence.Passed), away}},
		"not-testable-only": {Scenarios: []Scenario{missing}},
		"hostile":           {Scenarios: []Scenario{red("b", hostile)}},
		"interrupted":       {Scenarios: []Scenario{scenario("a", evidence.Passed), later}, Signal: "interrupt"},
		"empty":             {},
	}
	for name, r := range runs {
		r.Version, r.Tool, r.Target, r.RunID, r.Seed, r.StartedAt = Version, Tool{Name: "kobcheck", Version: "test"}, Target{Name: name, Edition: contract.V1}, "run-1", 7, begin
		r.Operations = []OperationUse{{ID: "cards-get", Requests: 2, Statuses: map[string]int{"200": 2}}}
		r.Census = []CheckCount{{Name: "success status", Evaluated: 2}}
		r.Observations = []evidence.Observation{{ID: "money.unit", Question: "By how much?", Answer: "0.01", Scenario: "a"}}
		if r.Scenarios == nil {
			r.Scenarios = []Scenario{}
		}
		r.Close(facts(t), begin.Add(2*time.Second))
	}
	return runs
}

func TestTheVerdictFollowsFromTheScenarios(t *testing.T) {
	runs := miniatures(t)
	for name, want := range map[string]struct {
		verdict evidence.Verdict
		code    int
	}{"green": {evidence.Passed, 0}, "red": {evidence.Failed, 1}, "inconclusive": {evidence.Inconclusive, 4}, "not-testable-only": {evidence.Inconclusive, 3}, "hostile": {evidence.Failed, 1}, "interrupted": {evidence.Interrupted, 130}, "empty": {evidence.Inconclusive, 3},
		"blocked": {evidence.Inconclusive, 4}, "passing": {evidence.Failed, 1}, "part": {evidence.Passed, 0}} {
		require.Equal(t, want.verdict, runs[name].Verdict, name)
		require.Equal(t, want.code, runs[name].ExitCode, name)
		c := runs[name].Summary.Scenarios
		total := 0
		for _, part := range c.parts() {
			total += part.n
		}
		require.Equal(t, c.Total, total, name)
	}
}

func TestARequirementIsProvedFailedOrNotTested(t *testing.T) {
	status := func(r *Run, id string) RequirementStatus {
		for _, one := range r.Requirements {
			if one.ID == id {
				return one.Status
			}
		}
		return ""
	}
	runs := miniatures(t)
	require.Equal(t, Proved, status(runs["green"], "CARD-GET-02"))
	require.Equal(t, RequirementFailed, status(runs["red"], "CARD-GET-02"))
	require.Equal(t, RequirementFailed, status(runs["passing"], "ENDUSER-13"), "what is noticed in passing breaks its requirement")
	require.Equal(t, NotTested, status(runs["not-testable-only"], "CARD-GET-02"))
	require.Equal(t, NotTested, status(runs["green"], "CARD-CREATE-08"))
}

func TestEveryRunMatchesItsPublishedSchema(t *testing.T) {
	schema, err := os.ReadFile("run.schema.json")
	require.NoError(t, err)
	compiled, err := gojsonschema.NewSchema(gojsonschema.NewBytesLoader(schema))
	require.NoError(t, err)
	for name, r := range miniatures(t) {
		var text bytes.Buffer
		require.NoError(t, WriteJSON(&text, r))
		result, err := compiled.Validate(gojsonschema.NewBytesLoader(text.Bytes()))
		require.NoError(t, err)
		require.Empty(t, result.Errors(), name)
		again, err := ReadRun(&text)
		require.NoError(t, err)
		require.Equal(t, r.Summary, again.Summary)
	}
}

func TestAnotherVersionIsRefused(t *testing.T) {
	for _, text := range []string{`{"version":2}`, `{}`, `[]`, `not JSON`, ``} {
		_, err := ReadRun(strings.NewReader(text))
		require.Error(t, err, text)
	}
}

func TestEachFormatSurvivesEachRunAndHostileText(t *testing.T) {
	for name, r := range miniatures(t) {
		folder := t.TempDir()
		paths, err := WriteAll(folder, r, facts(t), Formats(), nil, nil)
		require.NoError(t, err, name)
		require.Len(t, paths, len(Formats())-1, "the pages are those that the caller brings")
		junit, err := os.ReadFile(filepath.Join(folder, "junit.xml"))
		require.NoError(t, err)
		decoder := xml.NewDecoder(bytes.NewReader(junit))
		for err == nil {
			_, err = decoder.Token()
		}
		require.ErrorIs(t, err, io.EOF, name)
		markdown, err := os.ReadFile(filepath.Join(folder, "summary.md"))
		require.NoError(t, err)
		require.NotContains(t, regexp.MustCompile("`[^`]*`").ReplaceAllString(string(markdown), ""), "<script>", "markup stays inside of code")
		leftover, err := filepath.Glob(filepath.Join(folder, ".kobcheck-*"))
		require.NoError(t, err)
		require.Empty(t, leftover)
	}
}

func TestOneFormatThatFailsDoesNotTakeTheOthersAlong(t *testing.T) {
	folder := t.TempDir()
	paths, err := WriteAll(folder, miniatures(t)["green"], facts(t), []string{"pdf", "json"}, nil, nil)
	require.ErrorContains(t, err, `no report format "pdf"`)
	require.Equal(t, []string{filepath.Join(folder, "run.json")}, paths)
}

func TestTheSummaryOnTheTerminal(t *testing.T) {
	for name, r := range miniatures(t) {
		var text bytes.Buffer
		require.NoError(t, PrintSummary(&text, r, facts(t), false))
		require.NotContains(t, text.String(), "\x1b", "an answer can't steer the terminal")
		golden := filepath.Join("testdata", name+".summary.txt")
		if *update {
			require.NoError(t, os.MkdirAll("testdata", 0o755))
			require.NoError(t, os.WriteFile(golden, text.Bytes(), 0o644))
		}
		want, err := os.ReadFile(golden)
		require.NoError(t, err)
		require.Equal(t, string(want), text.String(), name)
	}
}

func TestJUnitCountsAgreeWithItsElements(t *testing.T) {
	var text bytes.Buffer
	require.NoError(t, writeJUnit(&text, miniatures(t)["red"], facts(t)))
	require.Equal(t, 2, strings.Count(text.String(), "<failure "))
	require.Equal(t, 1, strings.Count(text.String(), "<error "))
	require.Equal(t, 1, strings.Count(text.String(), "<skipped "))
	require.Contains(t, text.String(), `tests="6" failures="2" errors="1" skipped="1"`)
}

func BenchmarkWriteAll(b *testing.B) {
	r := &Run{Version: Version, Scenarios: []Scenario{}}
	for range 1000 {
		s := scenario("x", evidence.Passed)
		for range 4 {
			s.Exchanges = append(s.Exchanges, s.Exchanges[0])
		}
		r.Scenarios = append(r.Scenarios, s)
	}
	r.Close(facts(b), begin)
	raw, err := json.Marshal(r)
	require.NoError(b, err)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if _, err := WriteAll(b.TempDir(), r, facts(b), Formats(), nil, nil); err != nil {
			b.Fatal(err)
		}
	}
}

func TestWhatIsLeftBehindIsCountedInPlainWords(t *testing.T) {
	for word, want := range map[string]string{"card": "cards", "beneficiary": "beneficiaries", "relay": "relays"} {
		require.Equal(t, want, plural(word, 2))
		require.Equal(t, word, plural(word, 1))
	}
}
