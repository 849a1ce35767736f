package client

import (
	"bufio"
	"context"
	"encoding/base64"
	"encoding/json"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"os/exec"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"

	"github.com/kobcheck/kobcheck/contract"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

func facts(t testing.TB) *contract.Contract {
	t.Helper()
	c, err := contract.Load()
	require.NoError(t, err)
	return c
}

// api returns a client for a server, with its token endpoint at /oauth2/token.
func api(t testing.TB, address string, change func(*Config)) *Client {
	t.Helper()
	config := Config{Contract: facts(t), BaseURL: address, TokenURL: address + "/oauth2/token", Edition: contract.V1, RunID: "run-1", Seed: 7, Version: "test",
		Clients: map[string]Credentials{"primary": {ID: "client-1", Secret: "the-primary-secret", Scope: "client/write"}}}
	if change != nil {
		change(&config)
	}
	c, err := New(config)
	require.NoError(t, err)
	t.Cleanup(c.Close)
	return c
}

func serve(t testing.TB, handle http.HandlerFunc) *httptest.Server {
	t.Helper()
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth2/token" {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.WriteString(w, `{"access_token":"token-of-the-test","expires_in":3600}`)
			return
		}
		handle(w, r)
	}))
	t.Cleanup(server.Close)
	return server
}

// dying serves keep-alive connections that answer one request and die on the second, before any byte of
// an answer. It counts the requests that reached it.
func dying(t *testing.T) (address string, requests *atomic.Int64) {
	t.Helper()
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	requests = new(atomic.Int64)
	var open sync.WaitGroup
	open.Add(1)
	go func() {
		defer open.Done()
		for {
			connection, err := listener.Accept()
			if err != nil {
				return
			}
			open.Add(1)
			go func() {
				defer open.Done()
				defer func() { _ = connection.Close() }()
				reader := bufio.NewReader(connection)
				for n := 0; ; n++ {
					request, err := http.ReadRequest(reader)
					if err != nil {
						return
					}
					_, _ = io.Copy(io.Discard, request.Body)
					requests.Add(1)
					if n == 1 {
						return
					}
					_, _ = io.WriteString(connection, "HTTP/1.1 201 Created\r\nContent-Type: application/json\r\nContent-Length: 2\r\n\r\n{}")
				}
			}()
		}
	}()
	t.Cleanup(func() { _ = listener.Close(); open.Wait() })
	return "http://" + listener.Addr().String(), requests
}

func TestNetHTTPSendsAPostWithAKeyTwiceAndThisClientDoesNot(t *testing.T) {
	post := func(address string) *http.Request {
		r, err := http.NewRequest(http.MethodPost, address, strings.NewReader("{}"))
		require.NoError(t, err)
		r.Header.Set("Idempotency-Key", uuid.NewString())
		return r
	}
	address, requests := dying(t)
	plain := &http.Client{Transport: &http.Transport{}}
	for range 2 {
		response, err := plain.Do(post(address))
		require.NoError(t, err, "net/http hides that the connection died")
		_, err = io.Copy(io.Discard, response.Body)
		require.NoError(t, err)
		require.NoError(t, response.Body.Close())
	}
	plain.CloseIdleConnections()
	require.EqualValues(t, 3, requests.Load(), "two calls, three requests")

	address, requests = dying(t)
	c := api(t, address, nil)
	bearer := "Bearer x"
	call := func(operation string) error {
		_, err := c.Do(context.Background(), c.config.Contract.Operation(operation), Request{Authorization: &bearer, Body: map[string]any{}})
		return err
	}
	for _, operation := range []string{"cards-create", "cards-list"} {
		before := requests.Load()
		require.NoError(t, call(operation))
		var none *NoAnswer
		require.ErrorAs(t, call(operation), &none, operation)
		require.Contains(t, []Kind{Cut, Reset}, none.Kind)
		require.EqualValues(t, 2, requests.Load()-before, "two calls, two requests")
	}
}

func TestARedirectIsAnAnswer(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) { http.Redirect(w, r, "/elsewhere", http.StatusFound) })
	exchange, err := api(t, server.URL, nil).Do(context.Background(), facts(t).Operation("cards-list"), Request{})
	require.NoError(t, err)
	require.Equal(t, http.StatusFound, exchange.Status)
}

func TestATokenIsFetchedOnceForManyAndAgainAfterItsTime(t *testing.T) {
	var fetched atomic.Int64
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/oauth2/token" {
			fetched.Add(1)
			if r.FormValue("grant_type") != "client_credentials" || r.Header.Get("Content-Type") != "application/x-www-form-urlencoded" {
				w.WriteHeader(http.StatusBadRequest)
			}
			_, _ = io.WriteString(w, `{"access_token":"token-1234567","expires_in":100}`)
		}
	}))
	defer server.Close()
	now := time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC)
	var mu sync.Mutex
	c := api(t, server.URL, func(config *Config) {
		config.Now = func() time.Time { mu.Lock(); defer mu.Unlock(); return now }
	})
	var callers sync.WaitGroup
	for range 50 {
		callers.Add(1)
		go func() {
			defer callers.Done()
			_, err := c.Token(context.Background(), "primary", "")
			if err != nil {
				t.Error(err)
			}
		}()
	}
	callers.Wait()
	require.EqualValues(t, 1, fetched.Load())
	mu.Lock()
	now = now.Add(79 * time.Second)
	mu.Unlock()
	_, err := c.Token(context.Background(), "primary", "")
	require.NoError(t, err)
	require.EqualValues(t, 1, fetched.Load())
	mu.Lock()
	now = now.Add(2 * time.Second)
	mu.Unlock()
	_, err = c.Token(context.Background(), "primary", "")
	require.NoError(t, err)
	require.EqualValues(t, 2, fetched.Load())
}

func TestACallerThatGivesUpDoesNotTakeTheTokenAlong(t *testing.T) {
	release := make(chan struct{})
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		<-release
		_, _ = io.WriteString(w, `{"access_token":"token-1234567","expires_in":100}`)
	}))
	defer server.Close()
	c := api(t, server.URL, nil)
	gone, giveUp := context.WithCancel(context.Background())
	first := make(chan error, 1)
	go func() { _, err := c.Token(gone, "primary", ""); first <- err }()
	giveUp()
	var failed *TokenError
	require.ErrorAs(t, <-first, &failed)
	close(release)
	_, err := c.Token(context.Background(), "primary", "")
	require.NoError(t, err)
}

func TestATokenErrorTellsWhatToDoAndHoldsNoSecret(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.WriteHeader(http.StatusUnauthorized)
		_, _ = io.WriteString(w, `{"error":"invalid_client"}`)
	}))
	defer server.Close()
	_, err := api(t, server.URL, nil).Do(context.Background(), facts(t).Operation("cards-list"), Request{})
	var failed *TokenError
	require.ErrorAs(t, err, &failed)
	require.Equal(t, "invalid_client", failed.Code)
	require.Contains(t, err.Error(), "check target.clients.primary")
	require.NotContains(t, err.Error(), "the-primary-secret")
}

func TestEachWayOfNotAnsweringHasItsKind(t *testing.T) {
	bearer := "Bearer x"
	do := func(address string, change func(*Config)) error {
		_, err := api(t, address, change).Do(context.Background(), facts(t).Operation("cards-list"), Request{Authorization: &bearer})
		return err
	}
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	closed := "http://" + listener.Addr().String()
	require.NoError(t, listener.Close())
	silent := make(chan struct{})
	slow := serve(t, func(http.ResponseWriter, *http.Request) { <-silent })
	defer close(silent)
	secure := httptest.NewTLSServer(http.NotFoundHandler())
	defer secure.Close()
	secure.Config.ErrorLog = nil
	half := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Length", "100")
		_, _ = io.WriteString(w, "{")
	})
	for name, c := range map[string]struct {
		address string
		kind    Kind
	}{"a closed port": {closed, Refused}, "a server that hangs": {slow.URL, TimedOut}, "an unknown authority": {secure.URL, TLS}, "half an answer": {half.URL, Cut}} {
		t.Run(name, func(t *testing.T) {
			var none *NoAnswer
			require.ErrorAs(t, do(c.address, func(config *Config) {
				if c.kind == TimedOut {
					config.Timeout = 50 * time.Millisecond
				}
			}), &none)
			require.Equal(t, c.kind, none.Kind, none.Error())
		})
	}
}

func TestEveryRequestNamesItsOwnScenario(t *testing.T) {
	var wrong atomic.Int64
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		if id := r.URL.Query().Get("id"); r.Header.Get("X-Kobcheck-Run") != "run-1/"+id || !strings.Contains(r.Header.Get("User-Agent"), "scenario="+id+")") {
			wrong.Add(1)
		}
	})
	c := api(t, server.URL, nil)
	var all sync.WaitGroup
	for i := range 20 {
		all.Add(1)
		go func() {
			defer all.Done()
			id := "scenario-" + string(rune('a'+i))
			ctx := WithScenario(context.Background(), Scenario{ID: id})
			for range 10 {
				if _, err := c.Do(ctx, c.config.Contract.Operation("cards-list"), Request{Query: url.Values{"id": {id}}}); err != nil {
					t.Error(err)
				}
			}
		}()
	}
	all.Wait()
	require.Zero(t, wrong.Load())
}

func TestKeysAreFreshValidAndFollowFromRunSeedAndScenario(t *testing.T) {
	key := func(runID string, seed int64, scenario string, n int) string {
		ctx := WithScenario(context.Background(), Scenario{ID: scenario})
		k := newKeys(runID, seed)
		for range n - 1 {
			k.next(ctx)
		}
		return k.next(ctx)
	}
	first := key("run", 7, "a", 1)
	parsed, err := uuid.Parse(first)
	require.NoError(t, err)
	require.EqualValues(t, 4, parsed.Version())
	require.Equal(t, uuid.RFC4122, parsed.Variant())
	require.Equal(t, first, key("run", 7, "a", 1))
	for _, other := range []string{key("run", 7, "a", 2), key("run", 7, "b", 1), key("run", 8, "a", 1), key("run-2", 7, "a", 1)} {
		require.NotEqual(t, first, other)
	}
}

func TestHeadersAreThoseOfTheOperationAndEdition(t *testing.T) {
	var got http.Header
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) { got = r.Header.Clone() })
	for edition, want := range map[contract.Edition]string{contract.V1: "", contract.Guide: "client-1"} {
		c := api(t, server.URL, func(config *Config) { config.Edition = edition })
		_, err := c.Do(context.Background(), c.config.Contract.Operation("cards-create"), Request{Body: map[string]any{}})
		require.NoError(t, err)
		require.Equal(t, want, got.Get("x-client-id"))
		require.Equal(t, "application/json", got.Get("Content-Type"))
		require.Equal(t, "Bearer token-of-the-test", got.Get("Authorization"))
		require.Len(t, got.Get("Idempotency-Key"), 36)
	}
	c := api(t, server.URL, nil)
	_, err := c.Do(context.Background(), c.config.Contract.Operation("cards-create"), Request{Body: map[string]any{}, Without: []string{"Idempotency-Key", "Content-Type"}})
	require.NoError(t, err)
	require.Empty(t, got.Values("Idempotency-Key"))
	require.Empty(t, got.Values("Content-Type"))
}

func TestAPathThatNoPageGivesComesFromTheTarget(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, r *http.Request) { _, _ = io.WriteString(w, r.URL.Path) })
	_, err := api(t, server.URL, nil).Do(context.Background(), facts(t).Operation("healthcheck"), Request{})
	var unknown *PathUnknown
	require.ErrorAs(t, err, &unknown)
	require.Contains(t, err.Error(), "target.paths.healthcheck")
	c := api(t, server.URL, func(config *Config) { config.Paths = map[string]string{"healthcheck": "/alive"} })
	exchange, err := c.Do(context.Background(), facts(t).Operation("healthcheck"), Request{})
	require.NoError(t, err)
	require.Equal(t, "/alive", string(exchange.Body))
}

func TestAnAnswerLongerThanTheBoundIsCutAndSaysSo(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, strings.Repeat("x", 100)) })
	bearer := "Bearer x"
	exchange, err := api(t, server.URL, func(config *Config) { config.MaxBody = 50 }).Do(context.Background(), facts(t).Operation("cards-list"), Request{Authorization: &bearer})
	require.NoError(t, err)
	require.True(t, exchange.Truncated)
	require.Len(t, exchange.Body, 50)
}

func TestWhatIsRecordedHoldsNoSecretInAnySpelling(t *testing.T) {
	const secret, card = `p$\w"9/zebra+key`, "4111 1111 1111 1111"
	spellings := []string{secret, url.QueryEscape(secret), base64.StdEncoding.EncodeToString([]byte(secret)), jsonEscaped(secret)}
	server := serve(t, func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Echo", r.Header.Get("Authorization"))
		w.Header().Set("Set-Cookie", "session=abcdefgh")
		_, _ = io.WriteString(w, `{"echo":"`+strings.Join(spellings[1:], " ")+`","cvv":"123","password":"hunter2","card":"`+card+`","token":"token-of-the-test"}`)
	})
	c := api(t, server.URL, func(config *Config) {
		config.Clients["primary"] = Credentials{ID: "client-1", Secret: secret, Scope: "client/write"}
	})
	var recorded []Recorded
	ctx := WithScenario(context.Background(), Scenario{ID: "s", Record: func(e *Exchange) { recorded = append(recorded, e.Record()) }})
	exchange, err := c.Do(ctx, c.config.Contract.Operation("wallets-create"), Request{Body: map[string]any{"note": secret, "number": "5555555555554444"}})
	require.NoError(t, err)
	require.Equal(t, "411111******1111", exchange.CardNumberShown())
	require.NotEmpty(t, exchange.SecretShown())
	require.Len(t, recorded, 2, "the token call is evidence of the scenario that caused it")
	text, err := json.Marshal(recorded)
	require.NoError(t, err)
	for _, leak := range append(spellings, "token-of-the-test", card, "5555555555554444", "hunter2", `\"123\"`, "abcdefgh") {
		require.NotContains(t, string(text), leak)
		require.NotContains(t, recorded[1].Response.Body+recorded[1].Request.Body+recorded[1].Curl, leak)
	}
	require.Contains(t, recorded[1].Response.Body, "411111******1111")
}

func TestASecretThatCrossesTheCutOfTheEvidenceIsTakenOutWhole(t *testing.T) {
	server := serve(t, func(w http.ResponseWriter, _ *http.Request) {
		_, _ = io.WriteString(w, strings.Repeat("x", evidenceBound-8)+"the-primary-secret")
	})
	exchange, err := api(t, server.URL, nil).Do(context.Background(), facts(t).Operation("cards-list"), Request{})
	require.NoError(t, err)
	require.NotContains(t, exchange.Record().Response.Body, "the-prim")
}

func TestIdsAndTimesAreNoCardNumbers(t *testing.T) {
	for _, text := range []string{"41111111-1111-4111-8111-111111111111", "1736873818947", "4111111111111112", "x4111111111111111", "4111111111111111.5", "+61400000000", "2025-01-14T16:56:58.947Z"} {
		require.Equal(t, text, maskCardNumbers(text), text)
	}
	require.Equal(t, `{"m_pan":"411111******1111"}`, maskCardNumbers(`{"m_pan":"4111111111111111"}`))
	require.Equal(t, "5555 411111******1111", maskCardNumbers("5555 411111******1111"))
}

func TestTheCurlLineRepeatsTheRequest(t *testing.T) {
	if _, err := exec.LookPath("curl"); err != nil {
		t.Fatal("this test needs curl, which every machine with git has:", err)
	}
	type seen struct{ method, path, body, authorization string }
	var requests []seen
	server := serve(t, func(_ http.ResponseWriter, r *http.Request) {
		body, _ := io.ReadAll(r.Body)
		requests = append(requests, seen{r.Method, r.URL.RequestURI(), string(body), r.Header.Get("Authorization")})
	})
	c := api(t, server.URL, nil)
	exchange, err := c.Do(context.Background(), c.config.Contract.Operation("wallets-create"), Request{Body: map[string]any{"it's": `a "quoted" $HOME`}, Query: url.Values{"q": {"a b&c"}}})
	require.NoError(t, err)
	command := exec.Command("sh", "-c", exchange.Record().Curl)
	command.Env = []string{"TOKEN=token-of-the-test", "PATH=/usr/bin:/bin"}
	output, err := command.CombinedOutput()
	require.NoError(t, err, string(output))
	require.Len(t, requests, 2)
	require.Equal(t, requests[0], requests[1])
}

func TestACancelledCallEndsAtOnce(t *testing.T) {
	started, silent := make(chan struct{}), make(chan struct{})
	server := serve(t, func(http.ResponseWriter, *http.Request) { close(started); <-silent })
	defer close(silent)
	ctx, cancel := context.WithCancel(context.Background())
	go func() { <-started; cancel() }()
	_, err := api(t, server.URL, nil).Do(ctx, facts(t).Operation("cards-list"), Request{})
	var none *NoAnswer
	require.ErrorAs(t, err, &none)
	require.Equal(t, Canceled, none.Kind)
	require.True(t, errors.Is(err, context.Canceled))
}

func FuzzRedact(f *testing.F) {
	f.Add(`{"secret":"x","m_pan":"4111111111111111"}`)
	f.Add(`client_secret=the-primary-secret&x=4111 1111 1111 1111`)
	r := NewRedactor()
	r.AddSecret("the-primary-secret")
	f.Fuzz(func(t *testing.T, text string) {
		out := r.Text(text)
		if strings.Contains(out, "the-primary-secret") || firstCardNumber([]byte(out)) != "" && firstCardNumber([]byte(text)) == "" {
			t.Fatalf("%q became %q", text, out)
		}
	})
}

func BenchmarkDo(b *testing.B) {
	server := serve(b, func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, `{"id":"x"}`) })
	b.Run("kobcheck", func(b *testing.B) {
		c := api(b, server.URL, nil)
		ctx := WithScenario(context.Background(), Scenario{ID: "s", Record: func(e *Exchange) { _ = e.Record() }})
		for b.Loop() {
			if _, err := c.Do(ctx, c.config.Contract.Operation("cards-get"), Request{Path: map[string]string{"id": "x"}}); err != nil {
				b.Fatal(err)
			}
		}
	})
	b.Run("net-http", func(b *testing.B) {
		plain := &http.Client{Transport: &http.Transport{}}
		for b.Loop() {
			response, err := plain.Get(server.URL + "/customers/v1/cards/x")
			if err != nil {
				b.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
		}
		plain.CloseIdleConnections()
	})
}
