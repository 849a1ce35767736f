package mock

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"runtime"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
	"pgregory.net/rapid"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// caller calls a mock without a network.
type caller struct {
	server *Server
	token  string
}

func newCaller(t testing.TB, options Options) *caller {
	t.Helper()
	server, err := New(options)
	require.NoError(t, err)
	c := &caller{server: server}
	c.token = c.issue(t, "primary")
	return c
}

func (c *caller) issue(t testing.TB, name string) string {
	t.Helper()
	one := c.server.Inventory().Clients[name]
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {one.ID}, "client_secret": {one.Secret}, "scope": {one.Scope}}
	r := httptest.NewRequest(http.MethodPost, "/oauth2/token", strings.NewReader(form.Encode()))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	w := httptest.NewRecorder()
	c.server.ServeHTTP(w, r)
	var answer struct {
		AccessToken string `json:"access_token"`
	}
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
	require.NotEmpty(t, answer.AccessToken)
	return answer.AccessToken
}

func (c *caller) do(method, path, key, body string) *httptest.ResponseRecorder {
	r := httptest.NewRequest(method, path, strings.NewReader(body))
	r.Header.Set("Authorization", "Bearer "+c.token)
	if body != "" {
		r.Header.Set("Content-Type", "application/json")
	}
	if key != "" {
		r.Header.Set("Idempotency-Key", key)
	}
	w := httptest.NewRecorder()
	c.server.ServeHTTP(w, r)
	return w
}

func idOf(t require.TestingT, w *httptest.ResponseRecorder) string {
	var object struct{ ID string }
	require.NoError(t, json.Unmarshal(w.Body.Bytes(), &object), w.Body.String())
	require.NotEmpty(t, object.ID, w.Body.String())
	return object.ID
}

const v1 = "/customers/v1"

func (c *caller) wallet(t require.TestingT) string {
	enduser := idOf(t, c.do("POST", v1+"/endusers", "", `{"person":{"first_name":"Jane"}}`))
	return idOf(t, c.do("POST", v1+"/wallets", "", fmt.Sprintf(`{"holder_id":%q,"asset":"AUD","asset_class":"CURRENCY","partner_product":"KOBBLE_AUD_1"}`, enduser)))
}

func (c *caller) balance(t require.TestingT, wallet string) (available, reserved, total json.Number) {
	var object struct {
		Amount   json.Number `json:"amount"`
		Reserved json.Number `json:"reserved_amount"`
		Total    json.Number `json:"total_amount"`
	}
	require.NoError(t, json.Unmarshal(c.do("GET", v1+"/wallets/"+wallet, "", "").Body.Bytes(), &object))
	return object.Amount, object.Reserved, object.Total
}

func TestMoneyIsConservedToTheCentWhateverHappens(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		style := rapid.SampledFrom(Styles()).Draw(t, "style")
		server, err := New(Options{Style: style, Seed: 1})
		require.NoError(t, err)
		c := &caller{server: server}
		primary := server.Inventory().Clients["primary"]
		c.token, err = server.tokens.sign(primary.ID, primary.Scope, time.Now(), time.Hour, 1)
		require.NoError(t, err)
		wallets := []string{c.wallet(t), c.wallet(t), c.wallet(t)}
		held := make([]int64, len(wallets))
		keys := []string{uuid.NewString(), uuid.NewString(), uuid.NewString()}
		done := map[string]bool{}
		for range rapid.IntRange(1, 30).Draw(t, "steps") {
			from, to := rapid.IntRange(0, 2).Draw(t, "from"), rapid.IntRange(0, 2).Draw(t, "to")
			amount := rapid.Int64Range(1, 1000).Draw(t, "amount")
			kind := rapid.SampledFrom([]string{"", "/manual-credit", "/manual-debit"}).Draw(t, "kind")
			key := uuid.NewString()
			if rapid.Bool().Draw(t, "key used before") {
				key = rapid.SampledFrom(keys).Draw(t, "key")
			}
			body := fmt.Sprintf(`{"amount":%d,"reference":"x","metadata":{},"from":%q,"to":%q}`, amount, wallets[from], wallets[to])
			w := c.do("POST", v1+"/transactions"+kind, key, body)
			require.Less(t, w.Code, 500)
			if w.Code/100 != 2 || done[kind+key] {
				continue
			}
			done[kind+key] = true
			if kind != "/manual-credit" {
				held[from] -= amount
			}
			if kind != "/manual-debit" {
				held[to] += amount
			}
		}
		for i, wallet := range wallets {
			require.GreaterOrEqual(t, held[i], int64(0))
			available, reserved, total := c.balance(t, wallet)
			require.Equal(t, server.amountText(cents(held[i])), string(available))
			require.Equal(t, "0", string(reserved))
			require.Equal(t, available, total)
		}
	})
}

func TestParallelDuplicatesCreateOnce(t *testing.T) {
	c := newCaller(t, Options{})
	wallet, key := c.wallet(t), uuid.NewString()
	body := fmt.Sprintf(`{"amount":100,"reference":"","metadata":{},"to":%q}`, wallet)
	answers := make([]string, 32)
	var all sync.WaitGroup
	for i := range answers {
		all.Add(1)
		go func() {
			defer all.Done()
			answers[i] = c.do("POST", v1+"/transactions/manual-credit", key, body).Body.String()
		}()
	}
	all.Wait()
	for _, answer := range answers {
		require.Equal(t, answers[0], answer)
	}
	available, _, _ := c.balance(t, wallet)
	require.Equal(t, "1", string(available))
}

func TestTheWindowOfAKeyEndsOnTheClock(t *testing.T) {
	clock := NewVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	c := newCaller(t, Options{Clock: clock, KeyWindow: time.Hour, TokenLife: 24 * time.Hour})
	wallet, key := c.wallet(t), uuid.NewString()
	credit := func() string {
		return idOf(t, c.do("POST", v1+"/transactions/manual-credit", key, fmt.Sprintf(`{"amount":100,"reference":"","metadata":{},"to":%q}`, wallet)))
	}
	first := credit()
	clock.Advance(59 * time.Minute)
	require.Equal(t, first, credit())
	clock.Advance(2 * time.Minute)
	require.NotEqual(t, first, credit())
}

func TestATokenRunsOutOnTheClock(t *testing.T) {
	clock := NewVirtualClock(time.Date(2026, 1, 1, 0, 0, 0, 0, time.UTC))
	c := newCaller(t, Options{Clock: clock, TokenLife: time.Minute})
	require.Equal(t, http.StatusOK, c.do("GET", v1+"/cards", "", "").Code)
	clock.Advance(61 * time.Second)
	w := c.do("GET", v1+"/cards", "", "")
	require.Equal(t, http.StatusUnauthorized, w.Code)
	require.Contains(t, w.Header().Get("WWW-Authenticate"), `error="invalid_token"`)
}

func TestAnInactiveClientIsNoLongerServed(t *testing.T) {
	c := newCaller(t, Options{})
	primary := c.server.Inventory().Clients["primary"].ID
	admin := &caller{server: c.server, token: c.issue(t, "admin")}
	require.Equal(t, http.StatusOK, admin.do("PATCH", v1+"/clients/"+primary, "", `{"status":"INACTIVE"}`).Code)
	require.Equal(t, http.StatusUnauthorized, c.do("GET", v1+"/cards", "", "").Code)
}

func TestBothStylesRefuseInTheirOwnWay(t *testing.T) {
	for style, want := range map[string]struct {
		malformed, invalid, conflict int
		envelope                     string
	}{"plain": {404, 400, 400, `"message"`}, "strict-http": {400, 422, 409, `"error"`}} {
		c := newCaller(t, Options{Style: style})
		require.Equal(t, want.malformed, c.do("GET", v1+"/wallets/x", "", "").Code)
		w := c.do("POST", v1+"/wallets", "", `{}`)
		require.Equal(t, want.invalid, w.Code)
		require.Contains(t, w.Body.String(), want.envelope)
		stock := c.server.Inventory()
		w = c.do("POST", v1+"/cards", uuid.NewString(), fmt.Sprintf(`{"wallet_id":%q,"program_id":%q}`, stock.Wallets["4"], stock.Programs["ok"]))
		require.Equal(t, want.conflict, w.Code)
		require.Contains(t, w.Body.String(), "Invalid wallet with existing entity association")
	}
}

func TestABodyOverTheLimitIsRefusedAndNotRead(t *testing.T) {
	c := newCaller(t, Options{})
	require.Equal(t, http.StatusRequestEntityTooLarge, c.do("POST", v1+"/endusers", "", `{"metadata":{"x":"`+strings.Repeat("y", maxBody)+`"}}`).Code)
	require.Equal(t, http.StatusBadRequest, c.do("POST", v1+"/endusers", "", strings.Repeat(`{"a":`, 100)+"1"+strings.Repeat("}", 100)).Code)
}

func TestItServesAndStopsCleanly(t *testing.T) {
	server, err := New(Options{})
	require.NoError(t, err)
	listening, err := server.Listen(context.Background(), "127.0.0.1:0")
	require.NoError(t, err)
	response, err := http.Get(listening.URL + "/health")
	require.NoError(t, err)
	require.Equal(t, http.StatusOK, response.StatusCode)
	require.NoError(t, response.Body.Close())
	http.DefaultClient.CloseIdleConnections()
	require.NoError(t, listening.Close())
	_, err = server.Listen(context.Background(), "256.0.0.1:1")
	require.ErrorContains(t, err, "--addr")
}

func TestTheSameSeedGivesTheSameStock(t *testing.T) {
	first, second := newCaller(t, Options{Seed: 5}), newCaller(t, Options{Seed: 5})
	require.Equal(t, first.server.Inventory().Clients, second.server.Inventory().Clients)
}

func FuzzABodyNeverBreaksTheServer(f *testing.F) {
	for _, seed := range []string{`{}`, `{"wallet_id":null}`, `[1]`, `{"person":{"first_name":1}}`, `{"amount":1e400,"to":"x"}`, `{"metadata":[]}`, "\xff", `{"a":{"a":{"a":1}}}`, `{"amount":99999999999999999999}`} {
		f.Add(seed)
	}
	c := newCaller(f, Options{Seed: 1})
	stock := c.server.Inventory()
	paths := map[string]string{"/cards": "POST", "/wallets": "POST", "/endusers": "POST", "/card-programs": "POST", "/beneficiaries": "POST", "/relays": "POST", "/transactions": "POST",
		"/transactions/manual-credit": "POST", "/transactions/manual-debit": "POST", "/clients": "POST", "/wallets/" + stock.Wallets["7"]: "PATCH"}
	f.Fuzz(func(t *testing.T, body string) {
		for path, method := range paths {
			if w := c.do(method, v1+path, uuid.NewString(), body); w.Code >= 500 {
				t.Fatalf("%s %s with %q: %d %s", method, path, body, w.Code, w.Body)
			}
		}
		if c.server.Panics() > 0 {
			t.Fatalf("a panic at %q", body)
		}
	})
}

// client is a keep-alive client on one connection, as the figures ask for.
func benchmarkClient(b *testing.B, options Options) (*caller, *http.Client, string) {
	b.Helper()
	c := newCaller(b, options)
	listening, err := c.server.Listen(context.Background(), "127.0.0.1:0")
	require.NoError(b, err)
	client := &http.Client{Transport: &http.Transport{MaxIdleConnsPerHost: 64}}
	b.Cleanup(func() { client.CloseIdleConnections(); require.NoError(b, listening.Close()) })
	return c, client, listening.URL
}

func BenchmarkGetCardOverLoopback(b *testing.B) {
	c, client, address := benchmarkClient(b, Options{})
	program := c.server.Inventory().Programs["ok"]
	id := idOf(b, c.do("POST", v1+"/cards", uuid.NewString(), fmt.Sprintf(`{"wallet_id":%q,"program_id":%q}`, c.wallet(b), program)))
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			r, _ := http.NewRequest(http.MethodGet, address+v1+"/cards/"+id, nil)
			r.Header.Set("Authorization", "Bearer "+c.token)
			response, err := client.Do(r)
			if err != nil || response.StatusCode != http.StatusOK {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
		}
	})
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}

func BenchmarkGetCardInProcess(b *testing.B) {
	c := newCaller(b, Options{})
	id := idOf(b, c.do("POST", v1+"/cards", uuid.NewString(), fmt.Sprintf(`{"wallet_id":%q,"program_id":%q}`, c.wallet(b), c.server.Inventory().Programs["ok"])))
	for b.Loop() {
		if w := c.do("GET", v1+"/cards/"+id, "", ""); w.Code != http.StatusOK {
			b.Fatal(w.Body)
		}
	}
	b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "requests/s")
}

func BenchmarkCreateCardInProcess(b *testing.B) {
	c := newCaller(b, Options{})
	program := c.server.Inventory().Programs["ok"]
	wallets := make([]string, 0, 200_000)
	holder, _ := parseID(idOf(b, c.do("POST", v1+"/endusers", "", `{"person":{}}`)))
	owner := c.server.Inventory().Clients["primary"].ID
	for range cap(wallets) {
		w := &wallet{id: c.server.store.newID(), holder: holder, owner: owner, status: "ACTIVE"}
		c.server.store.wallets.add(w.id, owner, w)
		wallets = append(wallets, w.id.String())
	}
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	n := 0
	for b.Loop() {
		if n == len(wallets) {
			b.Fatal("more cards than wallets; run it with -benchtime 100000x or less")
		}
		body := bytes.NewBufferString(`{"wallet_id":"` + wallets[n] + `","program_id":"` + program + `"}`)
		n++
		if w := c.do("POST", v1+"/cards", uuid.NewString(), body.String()); w.Code != http.StatusCreated {
			b.Fatal(w.Body)
		}
	}
	elapsed := b.Elapsed()
	runtime.GC()
	runtime.ReadMemStats(&after)
	b.ReportMetric(float64(n)/elapsed.Seconds(), "cards/s")
	b.ReportMetric((float64(after.HeapAlloc)-float64(before.HeapAlloc))/float64(n), "bytes/card")
	runtime.KeepAlive(wallets)
	runtime.KeepAlive(c)
}
