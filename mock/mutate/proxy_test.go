package mutate

import (
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
)

func facts(t *testing.T) (*contract.Contract, *schemas.Set) {
	t.Helper()
	c, err := contract.Load()
	require.NoError(t, err)
	s, err := schemas.Load()
	require.NoError(t, err)
	return c, s
}

// before puts a proxy with mutations before an upstream and returns both addresses.
func before(t *testing.T, upstream http.HandlerFunc, when When, mutations ...string) (through, direct string, proxy *Proxy) {
	t.Helper()
	api := httptest.NewServer(upstream)
	t.Cleanup(api.Close)
	base, err := url.Parse(api.URL)
	require.NoError(t, err)
	c, s := facts(t)
	proxy, err = New(Config{Contract: c, Schemas: s, Upstream: base, Edition: contract.V1,
		Mutations: mutations, When: when, Delay: time.Nanosecond})
	require.NoError(t, err)
	server := httptest.NewServer(proxy)
	t.Cleanup(server.Close)
	return server.URL, api.URL, proxy
}

// seen is all that a caller sees of an answer.
type seen struct {
	status   int
	header   http.Header
	body     string
	trailer  http.Header
	length   int64
	encoding []string
}

func ask(t *testing.T, method, address, body string, head ...string) seen {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), method, address, strings.NewReader(body))
	require.NoError(t, err)
	for i := 0; i+1 < len(head); i += 2 {
		request.Header.Set(head[i], head[i+1])
	}
	response, err := (&http.Transport{DisableCompression: true, DisableKeepAlives: true}).RoundTrip(request)
	require.NoError(t, err)
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	require.NoError(t, err)
	response.Header.Del("Connection") // of the connection, not of the answer
	return seen{response.StatusCode, response.Header, string(read), response.Trailer, response.ContentLength, response.TransferEncoding}
}

func TestAProxyWithoutMutationsPassesEveryAnswerAsItIs(t *testing.T) {
	answers := map[string]http.HandlerFunc{
		"/plain": func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"a": 1.0 }`) },
		"/bare": func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Date"], w.Header()["Content-Type"] = nil, nil
			_, _ = io.WriteString(w, "<p>")
		},
		"/none": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusNoContent) },
		"/lines": func(w http.ResponseWriter, _ *http.Request) {
			w.Header()["Set-Cookie"] = []string{"a=1", "b=2"}
			w.Header().Set("Date", "soon")
			w.WriteHeader(http.StatusTeapot)
		},
		"/coded": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Encoding", "gzip")
			_, _ = w.Write([]byte("not gzip at all"))
		},
		"/parts": func(w http.ResponseWriter, _ *http.Request) {
			for range 3 {
				_, _ = io.WriteString(w, "part")
				w.(http.Flusher).Flush()
			}
		},
		"/echo": func(w http.ResponseWriter, r *http.Request) {
			body, _ := io.ReadAll(r.Body)
			r.Header.Del("Connection")
			_, _ = io.WriteString(w, r.Method+" "+r.RequestURI+" "+string(body)+" "+strings.Join(r.TransferEncoding, ","))
			_ = r.Header.Write(w)
		},
	}
	through, direct, _ := before(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header()["Date"] = []string{"Wed, 14 Jan 2026 16:56:58 GMT"} // one that does not run on between two calls
		answers["/"+strings.Split(r.URL.Path, "/")[1]](w, r)
	}, When{})
	for _, request := range []struct{ method, address, body string }{
		{"GET", "/plain", ""}, {"HEAD", "/plain", ""}, {"GET", "/bare", ""}, {"GET", "/none", ""}, {"GET", "/lines", ""}, {"GET", "/coded", ""},
		{"GET", "/parts", ""}, {"POST", "/echo/a%2Fb//c/../d;e?x=%zz&y=a;b&&z", `{"a":1}`}, {"DELETE", "/echo/", ""}, {"BREW", "/echo/?", "tea"},
	} {
		head := []string{"X-Forwarded-For", "192.0.2.1", "Accept", "application/json"}
		require.Equal(t, ask(t, request.method, direct+request.address, request.body, head...),
			ask(t, request.method, through+request.address, request.body, head...), "%s %s", request.method, request.address)
	}
}

func TestAMutationThatIsUnknownIsRefusedWithTheNearest(t *testing.T) {
	c, s := facts(t)
	_, err := New(Config{Contract: c, Schemas: s, Upstream: &url.URL{}, Mutations: []string{"field.cards-get.status.mising"}})
	require.ErrorContains(t, err, `did you mean "field.cards-get.status.missing"?`)
}

func TestTheCatalogueIsWhole(t *testing.T) {
	c, s := facts(t)
	all := Catalogue(c, s)
	ids := map[string]bool{}
	forbidden := 0
	for _, m := range all {
		require.False(t, ids[m.ID], m.ID)
		ids[m.ID] = true
		require.NotEmpty(t, m.Oracle, m.ID)
		require.NotNil(t, m.perform, m.ID)
		require.False(t, m.Requirement == "" && m.Forbidden(), m.ID)
		if m.Forbidden() {
			forbidden++
		}
	}
	require.Greater(t, forbidden, 1500)
	require.Equal(t, all[0].ID, Catalogue(c, s)[0].ID)
	for _, operation := range c.Operations {
		require.True(t, ids["status."+operation.ID+".refusal.500"], operation.ID)
	}
}

func TestARareMutationShowsInItsShareOfTheRequests(t *testing.T) {
	api := func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"id":"x","status":"ACTIVE"}`) }
	count := func(when When) (shown []int) {
		through, _, _ := before(t, api, when, "field.cards-get.status.missing")
		for i := range 100 {
			if !strings.Contains(ask(t, "GET", through+"/customers/v1/cards/x", "").body, "status") {
				shown = append(shown, i)
			}
		}
		return shown
	}
	rare := count(When{OneIn: 10, Seed: 3})
	require.NotEmpty(t, rare)
	require.Less(t, len(rare), 40)
	require.Equal(t, rare, count(When{OneIn: 10, Seed: 3}), "the seed decides")
	require.Equal(t, []int{4, 5}, count(When{After: 4, Until: 6}))
}
