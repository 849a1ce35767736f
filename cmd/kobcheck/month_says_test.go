package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/nights"
)

// What the mornings of a month must say.

// newAlone: one cause, and it is new.
func newAlone(t *testing.T, _ *month, a *morning) {
	require.Len(t, reports.New(a.run.Causes(true)), 1)
	require.Equal(t, []string{"CARD-CREATE-08"}, changed(a.run.History.New))
	require.Empty(t, a.run.History.Gone)
	require.Contains(t, a.output, "CARD-CREATE-08")
}

// sinceDay: what fails has done so since the night of that day, whatever the nights between could see.
func sinceDay(day int, requirement string) func(*testing.T, *month, *morning) {
	return func(t *testing.T, m *month, a *morning) {
		require.Empty(t, a.run.History.New, "nothing is new")
		for _, one := range a.night.Failures {
			if requirement == "" || one.Requirement == requirement {
				require.Equal(t, m.date(day), a.run.History.Since[one.Fingerprint].First, "%s %s", one.Requirement, one.Message)
			}
		}
	}
}

// mended: the entry has to go, and the run passes all the same.
func mended(t *testing.T, _ *month, a *morning) {
	require.Contains(t, a.output, "remove the entry")
	require.Contains(t, a.brief(), "conforms")
	require.NotContains(t, a.brief(), "does not conform")
	require.Equal(t, []string{"CARD-CREATE-08"}, changed(a.run.History.Gone))
}

// noVerdict: it is the environment's fault, nobody is accused, and nothing is new or gone.
func noVerdict(t *testing.T, _ *month, a *morning) {
	require.Equal(t, evidence.Inconclusive, a.run.Verdict)
	require.Zero(t, a.run.Summary.Scenarios.Blocked)
	require.Empty(t, a.run.History.New)
	require.Empty(t, a.run.History.Gone)
}

// goneAgain: what came, stayed and was mended is gone, and not flaky.
func goneAgain(t *testing.T, m *month, a *morning) {
	require.NotEmpty(t, a.run.History.Gone)
	list, skipped, err := nights.Read(m.history)
	require.NoError(t, err)
	trend, err := nights.NewTrend(list, skipped)
	require.NoError(t, err)
	require.Empty(t, trend.Flaky, "it stayed")
}

// otherWords: that refusals have another form is one finding, and of the order of checks nothing is said.
func otherWords(t *testing.T, _ *month, a *morning) {
	require.Len(t, reports.New(a.run.Causes(true)), 1)
	require.NotContains(t, a.output, "check 8 decides")
	if a.run.CardOrder != nil {
		require.Empty(t, a.run.CardOrder.Inverted)
		require.Empty(t, a.run.CardOrder.Contradictory)
	}
}

// notTestable: fixtures that are not there are named by their keys, and nothing fails for them.
func notTestable(t *testing.T, _ *month, a *morning) {
	require.Zero(t, a.run.Summary.Scenarios.Failed)
	require.Contains(t, a.output, "fixtures.wallets")
	require.Contains(t, a.output, "fixtures.programs")
}

// toolsChange: an upgrade is told as such, and the list may be older than the program.
func toolsChange(t *testing.T, _ *month, a *morning) {
	require.Equal(t, "v9.9.9", a.night.Tool)
	require.Contains(t, a.output, "v9.9.9")
	require.Contains(t, a.output, "no scenario")
}

// newFirst: what is new stands before what is known, and in no block with it.
func newFirst(t *testing.T, m *month, a *morning) {
	causes := a.run.Causes(true)
	fresh := reports.New(causes)
	require.NotEmpty(t, fresh)
	require.NotEmpty(t, reports.Listed(causes))
	missing := a.cause("CARD-14")
	require.NotNil(t, missing)
	require.False(t, missing.Known())
	crash := a.cause("HARNESS-01")
	require.NotNil(t, crash)
	page := m.page(a.day)
	first, _, _ := strings.Cut(page[strings.Index(page, `<article class="finding"`):], "</h3>")
	require.Contains(t, first, fresh[0].Finding.Requirement)
	require.Contains(t, a.output, missing.Finding.Requirement)
	require.Contains(t, a.output, crash.Finding.Requirement)
	require.Contains(t, crash.Finding.Actual, "500")
}

// slowdownTold: from the third night on that called the operation its slowdown is told, before the lists that grow.
func slowdownTold(t *testing.T, m *month) {
	list, skipped, err := nights.Read(m.history)
	require.NoError(t, err)
	slow := 0
	for i, one := range list {
		if _, called := one.P50[slowed]; called && !one.StartedAt.Before(m.date(firstSlowDay)) {
			slow++
		}
		if slow < 3 {
			continue
		}
		trend, err := nights.NewTrend(list[:i+1], skipped)
		require.NoError(t, err)
		require.NotEmpty(t, trend.Shifts, "by %s", one.RunID)
		require.Equal(t, slowed, trend.Shifts[0].Operation, "by %s", one.RunID)
	}
}

// What happens at night, beside what a mutation is.

// gone answers all requests after so many with a status of a gateway.
func gone(after int64, status int) func(http.Handler) http.Handler {
	return func(api http.Handler) http.Handler {
		var seen atomic.Int64
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if seen.Add(1) < after {
				api.ServeHTTP(w, r)
				return
			}
			page(status)(w, r)
		})
	}
}

// otherForm gives refusals the form of RFC 9457, with words of their own.
func otherForm(api http.Handler) http.Handler {
	return changedAnswers(api, func(answer *httptest.ResponseRecorder) {
		ofTokens := answer.Header().Get("Cache-Control") == "no-store"
		if answer.Code < 400 || ofTokens || !strings.Contains(answer.Header().Get("Content-Type"), "json") {
			return
		}
		body, _ := json.Marshal(map[string]any{"type": "about:blank", "title": http.StatusText(answer.Code)})
		answer.Body = bytes.NewBuffer(body)
		answer.Header().Del("Content-Length")
	})
}

// clockOff answers with a Date ten minutes ahead, and times of things with it.
func clockOff(api http.Handler) http.Handler {
	const off = 10 * time.Minute
	return changedAnswers(api, func(answer *httptest.ResponseRecorder) {
		answer.Header().Set("Date", time.Now().Add(off).UTC().Format(http.TimeFormat))
	})
}

// changedAnswers lets a change be made to every answer.
func changedAnswers(api http.Handler, change func(*httptest.ResponseRecorder)) http.Handler {
	return altered(func(answer *httptest.ResponseRecorder, _ *http.Request) { change(answer) })(api)
}

var anyID = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}`)

// wiped names fixtures that are not there any more.
func wiped(m *month) {
	text, err := os.ReadFile(m.config)
	require.NoError(m.t, err)
	head, fixtures, _ := bytes.Cut(text, []byte("\nfixtures:"))
	fixtures = anyID.ReplaceAllFunc(fixtures, func(id []byte) []byte { return append([]byte("00000000"), id[8:]...) })
	m.config += ".wiped"
	require.NoError(m.t, os.WriteFile(m.config, bytes.Join([][]byte{head, fixtures}, []byte("\nfixtures:")), 0o600))
}

// upgraded makes the night before one of another version with other scenarios, and lists one that is no more.
func upgraded(m *month) {
	m.list(`- scenario: cards-create.as-it-was-called
  requirement: CARD-CREATE-08
  check: success status
  fingerprint: abcdef012345
  reason: it is told so
  reference: KOB-2
  owner: cards
  until: 2099-12-31
`)
}

// listed lists what failed last night; in the short month what was listed before.
func listed(m *month) {
	if wholeMonth() {
		require.Equal(m.t, 1, m.listLast())
	}
	m.list(m.listed)
}

// listLastIfNone lists what failed last night where no night before did.
func (m *month) listLastIfNone() {
	if !wholeMonth() {
		require.Equal(m.t, 1, m.listLast())
	}
}
