package main

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"regexp"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

// What happens at night, beside what a mutation is.

// oneIn answers one request in so many with a server error of the API's own.
func oneIn(n int64) func(http.Handler) http.Handler {
	return func(api http.Handler) http.Handler {
		var seen atomic.Int64
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !isTokenCall(r) && seen.Add(1)%n == 0 {
				refusal(http.StatusInternalServerError, `{"message":"Internal Server Error"}`)(w, r)
				return
			}
			api.ServeHTTP(w, r)
		})
	}
}

// revokedEvery refuses, time and again, all tokens that were seen by then.
func revokedEvery(n int) func(http.Handler) http.Handler {
	return func(api http.Handler) http.Handler {
		var mu sync.Mutex
		requests, old := 0, map[string]int{}
		refused := func(token string) bool {
			mu.Lock()
			defer mu.Unlock()
			requests++
			since, known := old[token]
			if !known {
				since = requests / n
				old[token] = since
			}
			return token != "" && since < requests/n
		}
		return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
			if !isTokenCall(r) && refused(r.Header.Get("Authorization")) {
				refusal(http.StatusUnauthorized, `{"message":"Unauthorized"}`)(w, r)
				return
			}
			api.ServeHTTP(w, r)
		})
	}
}

// newField gives every object of every success a field that no page has.
func newField(api http.Handler) http.Handler {
	return changedAnswers(api, func(answer *httptest.ResponseRecorder) {
		var value any
		exactly := json.NewDecoder(bytes.NewReader(answer.Body.Bytes()))
		exactly.UseNumber()
		if answer.Code/100 != 2 || exactly.Decode(&value) != nil {
			return
		}
		for _, one := range things(value) {
			one["trace_ref"] = "t-1"
		}
		body, _ := json.Marshal(value)
		answer.Body = bytes.NewBuffer(body)
		answer.Header().Del("Content-Length")
	})
}

// things are the things of an answer: itself, or the entries of its list.
func things(value any) (all []map[string]any) {
	switch value := value.(type) {
	case map[string]any:
		all = append(all, value)
	case []any:
		for _, one := range value {
			all = append(all, things(one)...)
		}
	}
	return all
}

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
	last := m.mornings[len(m.mornings)-1].day
	night := m.night(last)
	night.Scenarios["cards-create.as-it-was-called"] = evidence.Passed
	delete(night.Scenarios, "cards-create.created")
	m.keep(last, night)
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
