package client

import (
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/kobcheck/kobcheck/contract"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

const (
	primarySecret = `s3cret/with+odd "signs"\and=more`
	adminSecret   = "admin-secret-0123456789"
)

// received is a request as a server got it.
type received struct {
	Method, URI string
	Header      http.Header
	Body        string
}

// api is a small server that gives out tokens and remembers what it was asked.
type api struct {
	*httptest.Server
	mu  sync.Mutex
	got []received
	// answer answers everything but the token endpoint; nil answers 200 {}.
	answer http.HandlerFunc
	// token answers the token endpoint; nil gives out "access-token-<client id>".
	token http.HandlerFunc
}

func newAPI(t testing.TB) *api {
	t.Helper()
	a := &api{}
	a.Server = httptest.NewServer(http.HandlerFunc(a.serve))
	t.Cleanup(a.Close)
	return a
}

func (a *api) serve(w http.ResponseWriter, r *http.Request) {
	body, err := io.ReadAll(r.Body)
	if err != nil {
		return
	}
	a.mu.Lock()
	a.got = append(a.got, received{r.Method, r.RequestURI, r.Header.Clone(), string(body)})
	a.mu.Unlock()
	handler := a.answer
	if r.URL.Path == "/oauth2/token" {
		handler = a.token
		if handler == nil {
			handler = func(w http.ResponseWriter, _ *http.Request) {
				form, _ := url.ParseQuery(string(body))
				tokenAnswer(w, "access-token-"+form.Get("client_id"), 3600)
			}
		}
	}
	w.Header().Set("Content-Type", "application/json")
	if handler == nil {
		_, _ = io.WriteString(w, "{}")
		return
	}
	handler(w, r)
}

func tokenAnswer(w http.ResponseWriter, token string, expiresIn any) {
	_ = json.NewEncoder(w).Encode(map[string]any{"access_token": token, "expires_in": expiresIn, "token_type": "Bearer"})
}

// calls returns what was asked beside tokens.
func (a *api) calls() []received { return a.of(false) }

func (a *api) tokenCalls() []received { return a.of(true) }

func (a *api) of(tokens bool) []received {
	a.mu.Lock()
	defer a.mu.Unlock()
	var out []received
	for _, one := range a.got {
		if strings.HasPrefix(one.URI, "/oauth2/token") == tokens {
			out = append(out, one)
		}
	}
	return out
}

func facts(t testing.TB) *contract.Contract {
	t.Helper()
	c, err := contract.Load()
	require.NoError(t, err)
	return c
}

func operation(t testing.TB, id string) *contract.Operation {
	t.Helper()
	o := facts(t).Operation(id)
	require.NotNil(t, o, id)
	return o
}

func newClient(t testing.TB, a *api, changes ...func(*Config)) *Client {
	t.Helper()
	config := Config{Contract: facts(t), BaseURL: a.URL, TokenURL: a.URL + "/oauth2/token", RunID: "run-1", Seed: 7, Version: "1.2.3",
		Clients: map[string]Credentials{
			"primary": {ID: "primary-id", Secret: primarySecret, Scope: "client/read client/write"},
			"admin":   {ID: "admin-id", Secret: adminSecret, Scope: "administrator/write"},
		}}
	for _, change := range changes {
		change(&config)
	}
	c, err := New(config)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

// kept keeps the exchanges of a scenario.
type kept struct {
	mu        sync.Mutex
	exchanges []*Exchange
}

func (e *kept) keep(exchange *Exchange) {
	e.mu.Lock()
	defer e.mu.Unlock()
	e.exchanges = append(e.exchanges, exchange)
}

func (e *kept) all() []*Exchange {
	e.mu.Lock()
	defer e.mu.Unlock()
	return append([]*Exchange(nil), e.exchanges...)
}

func inScenario(id string) (context.Context, *kept) {
	kept := &kept{}
	return WithScenario(context.Background(), Scenario{ID: id, Record: kept.keep}), kept
}

func TestACallCarriesTheHeadersOfItsOperation(t *testing.T) {
	a := newAPI(t)
	ctx, _ := inScenario("cards.create")
	for _, edition := range []contract.Edition{contract.V1, contract.Guide} {
		c := newClient(t, a, func(config *Config) { config.Edition = edition })
		_, err := c.Do(ctx, operation(t, "cards-create"), Request{Body: map[string]any{"wallet_id": "w", "note": "a&b<c>"}})
		require.NoError(t, err)
	}
	calls := a.calls()
	require.Len(t, calls, 2)
	v1, guide := calls[0], calls[1]
	assert.Equal(t, "/customers/v1/cards", v1.URI)
	assert.Equal(t, "/api/cards", guide.URI)
	for _, call := range calls {
		assert.Equal(t, "POST", call.Method)
		assert.Equal(t, `{"note":"a&b<c>","wallet_id":"w"}`, call.Body)
		assert.Equal(t, "application/json", call.Header.Get("Content-Type"))
		assert.Equal(t, "application/json", call.Header.Get("Accept"))
		assert.Equal(t, "identity", call.Header.Get("Accept-Encoding"))
		assert.Equal(t, "Bearer access-token-primary-id", call.Header.Get("Authorization"))
		assert.Len(t, call.Header.Values("Idempotency-Key"), 1)
		assert.Equal(t, "kobcheck/1.2.3 (run=run-1; scenario=cards.create)", call.Header.Get("User-Agent"))
		assert.Equal(t, "run-1/cards.create", call.Header.Get("X-Kobcheck-Run"))
		assert.Regexp(t, `^00-[0-9a-f]{32}-[0-9a-f]{16}-01$`, call.Header.Get("Traceparent"))
	}
	assert.Empty(t, v1.Header.Values("x-client-id"), "only the guide lists it")
	assert.Equal(t, "primary-id", guide.Header.Get("x-client-id"))
}

func TestAReadSendsNoBodyAndNoKey(t *testing.T) {
	a := newAPI(t)
	c := newClient(t, a)
	_, err := c.Do(context.Background(), operation(t, "cards-get"), Request{Path: map[string]string{"id": "a/b ../c"},
		Query: url.Values{"x": {"1 2"}}})
	require.NoError(t, err)
	call := a.calls()[0]
	assert.Equal(t, "/customers/v1/cards/a%2Fb%20..%2Fc?x=1+2", call.URI)
	assert.Empty(t, call.Header.Values("Idempotency-Key"))
	assert.Empty(t, call.Header.Values("Transfer-Encoding"))
	assert.Empty(t, call.Body)
}

func TestHeadersAreChangedAndLeftOutWhateverTheirSpelling(t *testing.T) {
	none, odd := "", "bearer odd"
	create := operation(t, "cards-create")
	for name, test := range map[string]struct {
		request Request
		header  string
		want    []string
	}{
		"a key left out by its documented spelling": {Request{Without: []string{"idempotency-key"}}, "Idempotency-Key", nil},
		"a key left out by another spelling":        {Request{Without: []string{"IDEMPOTENCY-KEY"}}, "Idempotency-Key", nil},
		"a key set as a header": {Request{Header: http.Header{"Idempotency-Key": {"mine"}}}, "Idempotency-Key",
			[]string{"mine"}},
		"an empty key": {Request{Header: http.Header{"idempotency-key": {""}}}, "Idempotency-Key", []string{""}},
		"two keys": {Request{Header: http.Header{"idempotency-key": {"a", "b"}}}, "Idempotency-Key",
			[]string{"a", "b"}},
		"a key used again":   {Request{Key: "again"}, "Idempotency-Key", []string{"again"}},
		"no token":           {Request{Authorization: &none}, "Authorization", nil},
		"an exact token":     {Request{Authorization: &odd}, "Authorization", []string{"bearer odd"}},
		"no media type":      {Request{Without: []string{"Content-Type"}, Body: 1}, "Content-Type", nil},
		"another media type": {Request{MediaType: "text/xml", Body: 1}, "Content-Type", []string{"text/xml"}},
		"a form": {Request{Form: url.Values{"a": {"1"}}}, "Content-Type",
			[]string{"application/x-www-form-urlencoded"}},
		"no agent": {Request{Without: []string{"user-agent"}}, "User-Agent", nil},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t)
			_, err := newClient(t, a).Do(context.Background(), create, test.request)
			require.NoError(t, err)
			assert.Equal(t, test.want, a.calls()[0].Header.Values(test.header))
		})
	}
}

func TestTheKeyHeaderLeavesInTheSpellingOfTheOperation(t *testing.T) {
	a := newAPI(t)
	c := newClient(t, a)
	for id, spelling := range map[string]string{"cards-create": "idempotency-key", "transactions-manual-credit": "Idempotency-Key"} {
		o := operation(t, id)
		parameters := map[string]string{}
		for _, parameter := range o.PathParams {
			parameters[parameter.Name] = "x"
		}
		exchange, err := c.Do(context.Background(), o, Request{Path: parameters})
		require.NoError(t, err)
		assert.Contains(t, exchange.Request().Header, spelling)
		assert.Equal(t, []string{exchange.Key}, exchange.Request().Header[spelling])
	}
	exchange, err := c.Do(context.Background(), operation(t, "cards-create"), Request{KeyHeader: "IDEMPOTENCY-KEY"})
	require.NoError(t, err)
	assert.Contains(t, exchange.Request().Header, "IDEMPOTENCY-KEY")
	assert.NotContains(t, exchange.Request().Header, "idempotency-key")
}

func TestAnOperationIsCalledByWhomTheContractNames(t *testing.T) {
	a := newAPI(t)
	c := newClient(t, a)
	for id, as := range map[string]string{"clients-list": "admin", "cards-list": "primary"} {
		exchange, err := c.Do(context.Background(), operation(t, id), Request{})
		require.NoError(t, err)
		assert.Equal(t, as, exchange.As)
		assert.Equal(t, "Bearer access-token-"+as+"-id", exchange.Request().Header.Get("Authorization"))
	}
	without := newClient(t, a, func(config *Config) { delete(config.Clients, "admin") })
	exchange, err := without.Do(context.Background(), operation(t, "clients-list"), Request{})
	require.NoError(t, err)
	assert.Equal(t, "primary", exchange.As)
}

func TestAPathThatNoPageGivesComesFromTheConfiguration(t *testing.T) {
	a := newAPI(t)
	health := operation(t, "healthcheck")
	exchange, err := newClient(t, a).Do(context.Background(), health, Request{})
	var unknown *PathUnknown
	require.ErrorAs(t, err, &unknown)
	assert.Nil(t, exchange)
	assert.Contains(t, err.Error(), "target.paths.healthcheck")

	_, err = newClient(t, a, func(config *Config) { config.Paths = map[string]string{"healthcheck": "up/now"} }).Do(context.Background(),
		health, Request{})
	require.NoError(t, err)
	assert.Equal(t, "/up/now", a.calls()[0].URI)
}

func TestARequestThatCannotBeBuiltIsAnErrorAndNoExchange(t *testing.T) {
	a := newAPI(t)
	c := newClient(t, a)
	ctx, kept := inScenario("x")
	none := ""
	for name, request := range map[string]Request{
		"a missing path parameter": {},
		"a body that is no JSON":   {Path: map[string]string{"id": "1"}, Body: func() {}},
		"a line break in a header": {Path: map[string]string{"id": "1"}, Key: "a\r\nX-Other: b"},
		"a method with a blank":    {Path: map[string]string{"id": "1"}, Method: "GE T"},
	} {
		request.Authorization = &none
		exchange, err := c.Do(ctx, operation(t, "cards-get"), request)
		assert.Error(t, err, name)
		assert.Nil(t, exchange, name)
		var answer *NoAnswer
		assert.NotErrorAs(t, err, &answer, name)
	}
	assert.Empty(t, a.calls())
	assert.Empty(t, kept.all())
}

func TestMethodPathAndRawBodyCanBeReplaced(t *testing.T) {
	a := newAPI(t)
	c := newClient(t, a, func(config *Config) { config.BaseURL += "/base/" })
	exchange, err := c.Do(context.Background(), operation(t, "cards-get"),
		Request{Method: "PUT", RawPath: "/else?a=1", Query: url.Values{"b": {"2"}},
			RawBody: []byte(`{"broken`), Body: "ignored", Header: http.Header{"Host": {"other.example"}}})
	require.NoError(t, err)
	call := a.calls()[0]
	assert.Equal(t, "PUT", call.Method)
	assert.Equal(t, "/base/else?a=1&b=2", call.URI)
	assert.Equal(t, `{"broken`, call.Body)
	assert.Equal(t, `{"broken`, string(exchange.Request().Body))
}

func TestAnAddressOfAnAnswerBecomesAPathOfTheTarget(t *testing.T) {
	a := newAPI(t)
	c := newClient(t, a, func(config *Config) { config.BaseURL += "/base" })
	for address, want := range map[string]string{"/base/cards/1?x=2": "/cards/1?x=2", a.URL + "/base/cards/1": "/cards/1"} {
		path, err := c.Relative(address)
		require.NoError(t, err, address)
		assert.Equal(t, want, path)
	}
	for _, address := range []string{"http://elsewhere.example/base/cards/1", "/cards/1", "://"} {
		_, err := c.Relative(address)
		assert.Error(t, err, address)
	}
}

func TestAConfigurationThatCannotWorkIsRefused(t *testing.T) {
	good := Config{Contract: facts(t), BaseURL: "http://127.0.0.1:1", TokenURL: "http://127.0.0.1:1/t"}
	for want, change := range map[string]func(*Config){
		"target.base_url":      func(c *Config) { c.BaseURL = "ftp://x" },
		"target.token_url":     func(c *Config) { c.TokenURL = "" },
		"contract":             func(c *Config) { c.Contract = nil },
		"target.tls.ca_file":   func(c *Config) { c.CAFile = t.TempDir() + "/none.pem" },
		"target.tls.cert_file": func(c *Config) { c.CertFile, c.KeyFile = "client_test.go", "client_test.go" },
		"holds no certificate": func(c *Config) { c.CAFile = "client_test.go" },
	} {
		config := good
		change(&config)
		_, err := New(config)
		assert.ErrorContains(t, err, want)
	}
}
