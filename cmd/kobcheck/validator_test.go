package main

import (
	"bytes"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/sentinel"
	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/contract/openapi"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/mock/mutate"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/stage/sample"
)

// mutationsSampled is the part of the mutations of shapes that a test run feeds to both.
const mutationsSampled = 12

// leastRefused is the part of the changed answers that the validator refuses at least, or it was not asked.
const leastRefused = 0.5

// replayed answers each request with one answer that was given before.
type replayed struct{ given *client.Exchange }

func (a replayed) RoundTrip(r *http.Request) (*http.Response, error) {
	return &http.Response{StatusCode: a.given.Status, Header: a.given.Header.Clone(), Body: io.NopCloser(bytes.NewReader(a.given.Body)),
		ContentLength: int64(len(a.given.Body)), Request: r, Proto: "HTTP/1.1", ProtoMajor: 1, ProtoMinor: 1}, nil
}

// TestWhatAValidatorRefusesTheSuiteFinds feeds the same answers, with one thing of each changed, to a validator that has
// the OpenAPI document that we export, and to the sentinels, which look at every answer.
func TestWhatAValidatorRefusesTheSuiteFinds(t *testing.T) {
	t.Parallel()
	server, err := mock.New(mock.Options{Seed: 1})
	require.NoError(t, err)
	var behind atomic.Pointer[http.Handler]
	api := http.Handler(server)
	behind.Store(&api)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) { (*behind.Load()).ServeHTTP(w, r) }))
	t.Cleanup(front.Close)
	b, err := workbench.New(newRoot())
	require.NoError(t, err)
	file := workbench.Described(server, front.URL, contract.V1)
	caller, err := b.Client(file, client.Config{RunID: "validator"})
	require.NoError(t, err)
	t.Cleanup(caller.Close)
	session := steps.NewSession(&evidence.Policy{Contract: b.Facts, Gate: evidence.DefaultGate()}, b.Shapes, file, caller)
	checker := validatorOf(t, b)
	drafts, err := session.Scene.Drafts(t.Context())
	require.NoError(t, err)
	upstream, err := url.Parse(front.URL)
	require.NoError(t, err)

	given := map[string]*client.Exchange{}
	for id, draft := range drafts {
		exchange, err := caller.Do(t.Context(), draft.Operation, draft.Ready())
		require.NoError(t, err, id)
		if given[id] = exchange; exchange.Status/100 == 2 && !refuses(t, checker, exchange) {
			continue
		}
		delete(given, id)
	}
	require.Greater(t, len(given), 25, "operations whose answers both take")
	mutations := slices.DeleteFunc(mutate.Catalogue(b.Facts, b.Shapes), func(m mutate.Mutation) bool {
		return given[m.Operation] == nil || m.Group != "field" && m.Group != "body"
	})
	changed, refused := 0, 0
	for _, m := range sample.Of(t, mutations, mutationsSampled) {
		proxy, err := mutate.New(mutate.Config{Contract: b.Facts, Schemas: b.Shapes, Upstream: upstream, Edition: contract.V1,
			Transport: replayed{given[m.Operation]}, Mutations: []string{m.ID}})
		require.NoError(t, err)
		through := http.Handler(proxy)
		behind.Store(&through)
		draft := drafts[m.Operation]
		exchange, err := caller.Do(t.Context(), draft.Operation, draft.Ready())
		require.NoError(t, err, m.ID)
		if proxy.Hits(m.ID) == 0 {
			continue
		}
		if changed++; !refuses(t, checker, exchange) {
			continue
		}
		refused++
		results, _ := sentinel.Watch(b.Shapes, draft.Operation, exchange, contract.V1)
		broken := slices.DeleteFunc(results, func(a evidence.Assertion) bool { return a.Holds })
		require.NotEmpty(t, broken, "%s: the validator refuses it", m.ID)
		gated := slices.ContainsFunc(broken, func(a evidence.Assertion) bool { return session.Policy.Finding(a).Gated })
		require.True(t, gated || !m.Forbidden(), "%s: the validator refuses what a %s fact forbids, and nothing gates", m.ID, m.Mark)
	}
	t.Logf("%d answers were changed, and the validator refused %d of them", changed, refused)
	require.Greater(t, float64(refused), leastRefused*float64(changed))
}

func validatorOf(t *testing.T, b *workbench.Bench) validator.Validator {
	t.Helper()
	text, err := openapi.Document(b.Facts, b.Shapes, openapi.Target{Edition: contract.V1, Server: "https://api.example.test", Version: "1"})
	require.NoError(t, err)
	document, err := libopenapi.NewDocument(text)
	require.NoError(t, err)
	checker, faults := validator.NewValidator(document)
	require.Empty(t, faults)
	return checker
}

// refuses reports whether the validator refuses an answer.
func refuses(t *testing.T, checker validator.Validator, exchange *client.Exchange) bool {
	t.Helper()
	sent := exchange.Request()
	request, err := http.NewRequestWithContext(t.Context(), sent.Method, sent.URL, strings.NewReader(""))
	require.NoError(t, err)
	valid, _ := checker.ValidateHttpResponse(request, &http.Response{StatusCode: exchange.Status, Header: exchange.Header,
		Body: io.NopCloser(bytes.NewReader(exchange.Body)), Request: request})
	return !valid
}
