package torment

import (
	"bytes"
	"context"
	"encoding/base64"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/webhook"
)

// endpoint is an integrator's, with or without a gap.
type endpoint struct {
	// careless are the steps of the verifier that it does not heed.
	careless []string
	// lenient reads JSON as many libraries do: the last of two members counts, and no bound.
	lenient bool
	// fetchesAny confirms whatever address it is given.
	fetchesAny bool
	// refusesAll has a door and no key.
	refusesAll bool
	// onceOnly answers a repeat with a server error.
	onceOnly bool
	// newestOnly refuses what is older than the latest.
	newestOnly bool
	fetch      func(context.Context, string) ([]byte, error)

	mu     sync.Mutex
	host   string
	topic  string
	seen   map[string]bool
	latest string
}

func (e *endpoint) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	body, _ := io.ReadAll(r.Body)
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.refusesAll {
		w.WriteHeader(http.StatusForbidden)
		return
	}
	verifier := &webhook.Verifier{Topic: e.topic, CertificateHost: e.host, Fetch: e.fetch}
	if e.lenient {
		body = rewritten(body)
	}
	m, checks := verifier.Verify(r.Context(), webhook.Delivery{Header: r.Header, Body: body})
	for _, check := range checks {
		if !check.Holds && !slices.Contains(e.careless, check.Step) {
			w.WriteHeader(http.StatusForbidden)
			return
		}
	}
	if m != nil && m.Type == webhook.Confirmation {
		if u, err := url.Parse(m.SubscribeURL); err == nil && (e.fetchesAny || u.Host == e.host) {
			if response, err := http.Get(m.SubscribeURL); err == nil {
				_ = response.Body.Close()
			}
		}
		return
	}
	if m != nil && e.onceOnly && e.seen[m.MessageId] {
		w.WriteHeader(http.StatusInternalServerError)
		return
	}
	if m != nil && e.newestOnly && m.Timestamp < e.latest {
		w.WriteHeader(http.StatusConflict)
		return
	}
	if m != nil {
		e.seen[m.MessageId], e.latest = true, max(e.latest, m.Timestamp)
	}
}

// rewritten has each member once, the signed first Message before the forged one gone from sight.
func rewritten(body []byte) []byte {
	var members map[string]any
	if json.Unmarshal(body, &members) != nil {
		return body
	}
	if m, err := firstMessage(body); err == nil {
		members["Message"] = m
	}
	text, err := json.Marshal(members)
	if err != nil {
		return body
	}
	return text
}

// firstMessage reads the first member Message.
func firstMessage(body []byte) (string, error) {
	decoder := json.NewDecoder(bytes.NewReader(body))
	for {
		token, err := decoder.Token()
		if err != nil {
			return "", err
		}
		if token == "Message" {
			var text string
			err := decoder.Decode(&text)
			return text, err
		}
	}
}

func (e *endpoint) torment(t *testing.T) *Report {
	t.Helper()
	e.seen = map[string]bool{}
	server := httptest.NewServer(e)
	defer server.Close()
	report, err := Run(t.Context(), Options{URL: server.URL + "/webhooks", Linger: 50 * time.Millisecond, Ready: func(host, topic string) {
		e.mu.Lock()
		defer e.mu.Unlock()
		e.host, e.topic = host, topic
	}})
	require.NoError(t, err)
	return report
}

func wrong(report *Report) []string {
	var names []string
	for _, one := range report.Results {
		if one.Verdict == Wrong {
			names = append(names, one.Name)
		}
	}
	return names
}

func TestAnEndpointThatChecksEverythingStandsItAll(t *testing.T) {
	report := (&endpoint{}).torment(t)
	require.Empty(t, wrong(report), "%+v", report.Results)
	require.True(t, report.Trusted)
	require.True(t, report.Confirms)
	require.Equal(t, len(attacks), report.Count(Right))
}

// TestEachGapIsFoundByItsOwnAttack leaves one thing unchecked at a time.
func TestEachGapIsFoundByItsOwnAttack(t *testing.T) {
	anyHost := func(_ context.Context, address string) ([]byte, error) {
		response, err := http.Get(address)
		if err != nil {
			return nil, err
		}
		defer func() { _ = response.Body.Close() }()
		return io.ReadAll(response.Body)
	}
	for name, c := range map[string]struct {
		endpoint *endpoint
		found    []string
	}{
		"no signature is asked for": {&endpoint{careless: []string{"fields", "signature"}},
			[]string{"signature-missing", "signature-of-nothing", "signature-not-base64", "one-byte-altered", "subject-added", "version-swapped",
				"version-unknown"}},
		"the age does not matter":     {&endpoint{careless: []string{"age"}}, []string{"replayed"}},
		"any topic will do":           {&endpoint{careless: []string{"topic"}}, []string{"another-topic"}},
		"any type will do":            {&endpoint{careless: []string{"type", "fields"}}, []string{"type-unknown"}},
		"certificates are redirected": {&endpoint{fetch: anyHost}, []string{"certificate-redirected"}},
		"certificates live for ever":  {&endpoint{careless: []string{"certificate"}}, []string{"certificate-expired"}},
		"the address does not matter": {&endpoint{careless: []string{"certificate address"}},
			[]string{"certificate-of-another-host", "certificate-behind-user-info"}},
		"whatever it is given it asks":   {&endpoint{fetchesAny: true}, []string{"subscribe-url-inside"}},
		"the first of two members":       {&endpoint{lenient: true}, []string{"member-twice"}},
		"any body will do":               {&endpoint{careless: []string{"body"}}, []string{"oversized", "not-json"}},
		"a repeat is an error":           {&endpoint{onceOnly: true}, []string{"duplicate"}},
		"the order is taken for granted": {&endpoint{newestOnly: true}, []string{"reordered"}},
	} {
		t.Run(name, func(t *testing.T) {
			report := c.endpoint.torment(t)
			require.True(t, report.Trusted)
			require.Subset(t, wrong(report), c.found)
		})
	}
}

func TestADoorWithoutAKeyProvesNothing(t *testing.T) {
	report := (&endpoint{refusesAll: true}).torment(t)
	require.False(t, report.Trusted)
	require.Zero(t, report.Count(Right))
	require.NotZero(t, report.Count(Unknown))
}

func TestOnlyThisMachineIsTormentedUnlessAHostIsNamedTwice(t *testing.T) {
	for _, c := range []struct{ url, host, says string }{
		{"http://127.0.0.1:9/x", "", ""},
		{"http://localhost:9/x", "", ""},
		{"https://hooks.example.test/x", "hooks.example.test", ""},
		{"https://hooks.example.test/x", "", "--host hooks.example.test"},
		{"https://hooks.example.test/x", "other.example.test", "both have to name"},
		{"127.0.0.1:9/x", "", "no address"},
		{"ftp://127.0.0.1/x", "", "no address"},
	} {
		err := allowed(c.url, c.host)
		if c.says == "" {
			require.NoError(t, err, c.url)
			continue
		}
		require.ErrorContains(t, err, c.says)
	}
}

func TestAnEndpointThatIsNotThereIsSaidSo(t *testing.T) {
	server := httptest.NewServer(http.NotFoundHandler())
	server.Close()
	_, err := Run(t.Context(), Options{URL: server.URL, Patience: time.Second})
	require.ErrorContains(t, err, "is the endpoint running?")
}

func TestSignaturesHaveTheLengthOfOurKeys(t *testing.T) {
	require.Len(t, base64.StdEncoding.EncodeToString(make([]byte, keyBits/8)), 344)
}
