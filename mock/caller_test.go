package mock

import (
	"bytes"
	"crypto/md5" //nolint:gosec // for keys that repeat, not for safety
	"encoding/json"
	"fmt"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
)

// nowhere is a UUID that names nothing.
const nowhere = "00000000-0000-4000-8000-000000000000"

// start is what the virtual clocks of the tests show first.
var start = time.Date(2026, 1, 30, 10, 0, 0, 0, time.UTC)

// reply is what came back.
type reply struct {
	t *testing.T
	// lenient replies hold nothing: a walk goes on whatever comes back.
	lenient bool

	status int
	header http.Header
	text   []byte
}

func (r reply) object() map[string]any {
	r.t.Helper()
	var object map[string]any
	require.NoError(r.t, json.Unmarshal(r.text, &object), "the answer %d %s is no object", r.status, r.text)
	return object
}

func (r reply) list() []map[string]any {
	r.t.Helper()
	var list []map[string]any
	require.NoError(r.t, json.Unmarshal(r.text, &list), "the answer %d %s is no list", r.status, r.text)
	return list
}

func (r reply) id() string {
	r.t.Helper()
	if r.lenient {
		var object struct{ ID string }
		if json.Unmarshal(r.text, &object) != nil || object.ID == "" {
			return nowhere
		}
		return object.ID
	}
	id, _ := r.object()["id"].(string)
	require.NotEmpty(r.t, id, "the answer %d %s has no id", r.status, r.text)
	return id
}

// message is the text of an error in the envelope of either style.
func (r reply) message() string {
	r.t.Helper()
	object := r.object()
	if text, ok := object["message"].(string); ok {
		return text
	}
	text, _ := object["error"].(string)
	return text
}

func (r reply) succeeds() reply {
	r.t.Helper()
	require.True(r.t, r.lenient || r.status >= 200 && r.status < 300, "expected a success, got %d %s", r.status, r.text)
	return r
}

func (r reply) is(status int) reply {
	r.t.Helper()
	require.True(r.t, r.lenient || r.status == status, "expected %d, got %d %s", status, r.status, r.text)
	return r
}

func (r reply) isOneOf(statuses ...int) reply {
	r.t.Helper()
	require.Contains(r.t, statuses, r.status, "%s", r.text)
	return r
}

// isRefused holds an answer to be a clean client error with a text.
func (r reply) isRefused() reply {
	r.t.Helper()
	require.True(r.t, r.status >= 400 && r.status < 500, "expected a client error, got %d %s", r.status, r.text)
	require.NotEmpty(r.t, r.message())
	return r
}

// caller calls one mock as one client.
type caller struct {
	t      *testing.T
	server *Server
	clock  *virtualClock
	token  string
	prefix string
	extra  http.Header // sent with every request, over what the caller sends itself
	keys   *atomic.Int64
	// lenient and heard are for walks: nothing is held, and each request is told.
	lenient bool
	heard   func(method, path string, got reply)
	// done ends a walk early: nothing is sent any more.
	done *bool
}

// key makes the next idempotency key: a UUID v4, the same ones in every test.
func (c *caller) key() string {
	id := identity(md5.Sum(fmt.Append(nil, c.keys.Add(1)))) //nolint:gosec // nothing secret
	id[6], id[8] = id[6]&0x0f|0x40, id[8]&0x3f|0x80
	return id.String()
}

// newCaller starts a mock on a virtual clock and returns its primary client.
func newCaller(t *testing.T, options Options) *caller {
	t.Helper()
	c := newCallerOf(t, options)
	t.Cleanup(c.neverPanicked)
	return c.as("primary")
}

// newCallerOf is newCaller without a token yet, and without the look for panics at the test's end: until then
// that would keep the whole mock in memory, of which some tests start thousands.
func newCallerOf(t *testing.T, options Options) *caller {
	t.Helper()
	clock := newVirtualClock(start)
	options.Clock = clock
	server, err := New(options)
	require.NoError(t, err)
	return &caller{t: t, server: server, clock: clock, prefix: "/customers/v1", keys: &atomic.Int64{}}
}

func (c *caller) neverPanicked() {
	c.t.Helper()
	count, latest := c.server.Panics()
	require.Zero(c.t, count, latest)
}

// inBothStyles runs a test on a mock of each style.
func inBothStyles(t *testing.T, test func(*testing.T, *caller)) {
	t.Helper()
	for _, style := range Styles() {
		t.Run(style, func(t *testing.T) { test(t, newCaller(t, Options{Style: style})) })
	}
}

func (c *caller) as(name string) *caller {
	c.t.Helper()
	one := *c
	one.token = one.tokenFor(name, one.server.Inventory().Clients[name].Scope)
	return &one
}

// scoped is the same client with a token of another scope.
func (c *caller) scoped(name, scope string) *caller {
	c.t.Helper()
	one := *c
	one.token = one.tokenFor(name, scope)
	return &one
}

func (c *caller) with(name, value string) *caller {
	one := *c
	one.extra = c.extra.Clone()
	if one.extra == nil {
		one.extra = http.Header{}
	}
	one.extra.Set(name, value)
	return &one
}

func (c *caller) without(name string) *caller { return c.with(name, "") }

func (c *caller) tokenFor(name, scope string) string {
	c.t.Helper()
	known := c.server.Inventory().Clients[name]
	got := c.askToken(url.Values{"grant_type": {"client_credentials"}, "client_id": {known.ID},
		"client_secret": {known.Secret}, "scope": {scope}}).succeeds()
	var answered struct {
		AccessToken string `json:"access_token"`
	}
	require.True(c.t, json.Unmarshal(got.text, &answered) == nil && answered.AccessToken != "" || c.lenient, "%s",
		got.text)
	return answered.AccessToken
}

func (c *caller) askToken(form url.Values) reply {
	c.t.Helper()
	return c.with("Content-Type", "application/x-www-form-urlencoded").without("Authorization").send("POST",
		"/oauth2/token", form.Encode())
}

// send sends a text as it is. A path that begins with ./ is under the prefix of the edition.
func (c *caller) send(method, path, body string) reply {
	c.t.Helper()
	if c.done != nil && *c.done {
		return reply{t: c.t, lenient: true}
	}
	if rest, under := strings.CutPrefix(path, "./"); under {
		path = c.prefix + "/" + rest
	}
	var reader io.Reader = http.NoBody
	if body != "" {
		reader = strings.NewReader(body)
	}
	r, err := http.NewRequestWithContext(c.t.Context(), method, path, reader)
	require.NoError(c.t, err)
	r.Header.Set("Authorization", "Bearer "+c.token)
	if method != http.MethodGet && method != http.MethodHead {
		r.Header.Set("Content-Type", "application/json")
		r.Header.Set("Idempotency-Key", c.key())
	}
	for name, values := range c.extra {
		r.Header[name] = values
		if len(values) == 1 && values[0] == "" {
			r.Header.Del(name)
		}
	}
	w := httptest.NewRecorder()
	c.server.ServeHTTP(w, r)
	got := reply{t: c.t, lenient: c.lenient, status: w.Code, header: w.Header(), text: bytes.Clone(w.Body.Bytes())}
	if c.heard != nil {
		c.heard(method, path, got)
	}
	return got
}

func (c *caller) get(path string) reply { c.t.Helper(); return c.send("GET", path, "") }

// call performs an operation with a value as its body, and parameters for the braces of its path.
func (c *caller) call(operation string, body any, parameters ...string) reply {
	c.t.Helper()
	method, path := c.addressOf(operation, parameters...)
	text := ""
	if body != nil {
		raw, err := json.Marshal(body)
		require.NoError(c.t, err)
		text = string(raw)
	}
	return c.send(method, path, text)
}

func (c *caller) addressOf(operation string, parameters ...string) (method, path string) {
	c.t.Helper()
	edition := contract.V1
	if c.prefix == "/api" {
		edition = contract.Guide
	}
	facts, err := contract.Load()
	require.NoError(c.t, err)
	known := facts.Operation(operation)
	require.NotNil(c.t, known, operation)
	path, ok := known.PathIn(edition)
	if !ok {
		path = PlaceholderPaths(edition)[operation]
	}
	for i := 0; strings.Contains(path, "{"); i++ {
		from, to := strings.Index(path, "{"), strings.Index(path, "}")
		parameter := nowhere
		if i < len(parameters) {
			parameter = parameters[i]
		} else if path[from:to] == "{action" {
			parameter = "renew"
		}
		path = path[:from] + parameter + path[to+1:]
	}
	return known.Method, path
}

// The things that tests need, made through the API.

type body = map[string]any

func person() body {
	return body{"first_name": "Jane", "last_name": "Doe", "email": "jane.doe@example.test", "phone_number": "+61400000000"}
}

func (c *caller) enduser() string {
	c.t.Helper()
	return c.call("endusers-create", body{"person": person(), "metadata": body{}}).succeeds().id()
}

func (c *caller) wallet() string {
	c.t.Helper()
	return c.call("wallets-create", body{"holder_id": c.enduser(), "asset": "AUD", "asset_class": "CURRENCY",
		"partner_product": "KOBBLE_AUD_1"}).succeeds().id()
}

func (c *caller) funded(amount int) string {
	c.t.Helper()
	id := c.wallet()
	c.call("transactions-manual-credit", body{"amount": amount, "reference": "top-up", "metadata": body{},
		"to": id}).succeeds()
	return id
}

func (c *caller) card() string {
	c.t.Helper()
	return c.call("cards-create", body{"wallet_id": c.wallet(), "program_id": c.program("ok")}).is(http.StatusCreated).id()
}

func (c *caller) program(checks string) string { return c.server.Inventory().Programs[checks] }

// held is what a wallet holds, in the unit of transactions.
func (c *caller) held(wallet string) cents {
	c.t.Helper()
	c.server.store.mu.RLock()
	defer c.server.store.mu.RUnlock()
	id, ok := parseID(wallet)
	require.True(c.t, ok)
	return c.server.store.wallets.byID[id].available
}
