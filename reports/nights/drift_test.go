package nights

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// answered is a run of one scenario whose calls were answered so.
func answered(target string, answers ...*evidence.Response) *reports.Run {
	s := reports.Scenario{ID: "a", Name: "a card is read"}
	for i, answer := range answers {
		s.Exchanges = append(s.Exchanges, evidence.Exchange{N: i + 1, Operation: "cards-get", Request: evidence.Request{Method: "GET"},
			Response: answer})
	}
	return &reports.Run{Target: reports.Target{Name: target}, Scenarios: []reports.Scenario{s}}
}

func answer(status int, body string, headers ...string) *evidence.Response {
	r := &evidence.Response{Status: status, Body: body, BodyBytes: len(body), Headers: map[string][]string{}}
	for _, name := range headers {
		r.Headers[name] = []string{"x"}
	}
	return r
}

func TestAnswersAreComparedByWhatDoesNotChangeFromCallToCall(t *testing.T) {
	cut := answer(200, `{"id":`)
	cut.BodyBytes = 1000
	for name, c := range map[string]struct {
		here, there *evidence.Response
		differ      []string
	}{
		"ids and times":               {answer(200, `{"id":"a","at":"2026"}`), answer(200, `{"id":"b","at":"2027"}`), nil},
		"another status":              {answer(200, `{}`), answer(404, `{}`), []string{"status 200, other 404"}},
		"a member here":               {answer(200, `{"id":"a","x":1}`), answer(200, `{"id":"a"}`), []string{"member /x here only"}},
		"a member there":              {answer(200, `{"a":{"b":1}}`), answer(200, `{"a":{"b":1,"c":2}}`), []string{"member /a/c there only"}},
		"another type":                {answer(200, `{"x":1}`), answer(200, `{"x":"1"}`), []string{"member /x is number, other string"}},
		"null is a type":              {answer(200, `{"x":null}`), answer(200, `{"x":true}`), []string{"member /x is null, other boolean"}},
		"lists by their first entry":  {answer(200, `[{"x":1},{"y":2}]`), answer(200, `[{"x":1}]`), nil},
		"an empty list says nothing":  {answer(200, `[]`), answer(200, `[{"x":1}]`), nil},
		"metadata is what was sent":   {answer(200, `{"metadata":{"a":1}}`), answer(200, `{"metadata":{"b":1}}`), nil},
		"what evidence has cut":       {cut, answer(200, `{"x":1}`), nil},
		"no JSON":                     {answer(200, `<html>`), answer(200, `{"x":1}`), []string{"member / here only", "member /x there only"}},
		"nothing at all":              {answer(204, ``), answer(204, ``), nil},
		"a header":                    {answer(200, `{}`, "Cache-Control"), answer(200, `{}`), []string{"header Cache-Control here only"}},
		"a header there":              {answer(200, `{}`), answer(200, `{}`, "X-Rate"), []string{"header X-Rate there only"}},
		"headers that every call has": {answer(200, `{}`, "Date", "Etag", "X-Request-Id"), answer(200, `{}`), nil},
		"the text of a refusal": {answer(400, `{"message":"too short"}`), answer(400, `{"message":"too long"}`),
			[]string{"the text of the refusal"}},
		"ids in the text of a refusal": {answer(404, `{"message":"no 1b8ecc17-4edd-4b74-ae4f-208aeb78f105"}`),
			answer(404, `{"message":"no 2b8ecc17-4edd-4b74-ae4f-208aeb78f105"}`), nil},
		"the text of a success is none": {answer(200, `{"message":"a"}`), answer(200, `{"message":"b"}`), nil},
	} {
		d := CompareRuns(answered("here", c.here), answered("there", c.there))
		var got []string
		for text := range d.Operations[0].Differences {
			got = append(got, text)
		}
		require.ElementsMatch(t, c.differ, got, name)
		require.Equal(t, 1, d.Operations[0].Compared, name)
		require.Equal(t, len(c.differ) == 0, d.Operations[0].Alike == 1, name)
		require.Empty(t, d.Unmatched, name)
	}
}

func TestAnotherCourseIsNamedAndNotCompared(t *testing.T) {
	ok := answer(200, `{}`)
	other := answered("there", ok, ok)
	other.Scenarios[0].Exchanges[1].Operation = "cards-list"
	tokens := answered("there", ok, ok)
	tokens.Scenarios[0].Exchanges[0].Operation = "token"
	for name, c := range map[string]struct {
		there     *reports.Run
		unmatched int
	}{
		"the same":                       {answered("there", ok), 0},
		"one call more":                  {answered("there", ok, ok), 1},
		"another operation":              {other, 1},
		"a token is asked when it must":  {tokens, 0},
		"a scenario that is not there":   {&reports.Run{}, 1},
		"an answer that was kept away":   {answered("there", nil), 0},
		"a scenario of another name too": {&reports.Run{Scenarios: []reports.Scenario{{ID: "a", Name: "another row"}}}, 1},
	} {
		require.Len(t, CompareRuns(answered("here", ok), c.there).Unmatched, c.unmatched, name)
	}
}

func TestWhichOfCallsAtOnceWasServedFirstIsNoDifference(t *testing.T) {
	ok, refused := answer(200, `{"id":"a"}`), answer(400, `{"message":"too little"}`)
	atOnce := func(run *reports.Run) *reports.Run {
		for i := range run.Scenarios[0].Exchanges {
			run.Scenarios[0].Exchanges[i].DurationMS = 1
		}
		return run
	}
	inTurn := func(run *reports.Run) *reports.Run {
		for i := range run.Scenarios[0].Exchanges {
			run.Scenarios[0].Exchanges[i].StartedAt = run.Scenarios[0].Exchanges[i].StartedAt.Add(time.Duration(i) * time.Second)
		}
		return atOnce(run)
	}
	for name, c := range map[string]struct {
		here, there *reports.Run
		alike       int
	}{
		"another is served first":             {atOnce(answered("here", ok, refused, refused)), atOnce(answered("there", refused, refused, ok)), 3},
		"at once on one side only":            {inTurn(answered("here", ok, refused)), atOnce(answered("there", refused, ok)), 2},
		"one more is served":                  {atOnce(answered("here", ok, refused, refused)), atOnce(answered("there", refused, ok, ok)), 2},
		"in turn, so that the order is known": {inTurn(answered("here", ok, refused)), inTurn(answered("there", refused, ok)), 0},
	} {
		require.Equal(t, c.alike, CompareRuns(c.here, c.there).Operations[0].Alike, name)
	}
}

func TestTheFidelityOfEachOperationIsPrinted(t *testing.T) {
	d := CompareRuns(answered("here", answer(200, `{"x":1}`), answer(200, `{}`)),
		answered("there\x1b[31m", answer(200, `{"x":"1"}`), answer(200, `{}`)))
	var out bytes.Buffer
	require.NoError(t, PrintDrift(&out, d))
	require.NotContains(t, out.String(), "\x1b")
	for _, says := range []string{" 50.0%  cards-get", "1 of 2 answers alike", "1 × member /x is number, other string",
		"fidelity 50.0%", "0 scenarios took another course"} {
		require.Contains(t, out.String(), says)
	}
	many := &Drift{Operations: []operationDrift{{ID: "x", Compared: 9, Differences: map[string]int{}}}}
	for _, letter := range strings.Split("abcdefgh", "") {
		many.Operations[0].Differences[letter] = 1
	}
	out.Reset()
	require.NoError(t, PrintDrift(&out, many))
	require.Contains(t, out.String(), "… and 2 more kinds")
}
