package client

import (
	"bytes"
	"context"
	"errors"
	"io"
	"net"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// dying is a server that reads the second request of each connection and then closes without an answer.
func dying(t *testing.T) (*httptest.Server, *atomic.Int32) {
	t.Helper()
	var asked atomic.Int32
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		_, err := io.Copy(io.Discard, r.Body)
		if err != nil || r.URL.Path != "/die" {
			return
		}
		asked.Add(1)
		connection, _, err := http.NewResponseController(w).Hijack()
		if err == nil {
			_ = connection.Close()
		}
	}))
	t.Cleanup(server.Close)
	return server, &asked
}

func TestARequestWhoseConnectionDiesIsNotSentTwice(t *testing.T) {
	none := ""
	for name, test := range map[string]struct {
		operation string
		request   Request
	}{
		"a POST with a body and an idempotency key": {"transactions-manual-credit", Request{Body: map[string]any{"amount": 1}}},
		"a POST without a body but with a key":      {"transactions-manual-credit", Request{}},
		"a GET":                                     {"cards-get", Request{}},
		"a DELETE with a key":                       {"webhooks-delete", Request{Key: "k"}},
	} {
		t.Run(name, func(t *testing.T) {
			server, asked := dying(t)
			bare(t, server.URL, operation(t, test.operation).Method, test.request.Body != nil)
			require.EqualValues(t, 2, asked.Swap(0), "plain net/http sends it twice")

			c, err := New(Config{Contract: facts(t), BaseURL: server.URL, TokenURL: server.URL})
			require.NoError(t, err)
			defer c.Close()
			test.request.Authorization = &none
			warm, die := test.request, test.request
			warm.RawPath, die.RawPath = "/warm", "/die"
			_, err = c.Do(context.Background(), operation(t, test.operation), warm)
			require.NoError(t, err)
			ctx, kept := inScenario("dies")
			exchange, err := c.Do(ctx, operation(t, test.operation), die)
			var answer *NoAnswer
			require.ErrorAs(t, err, &answer)
			assert.Contains(t, []Kind{Cut, Reset}, answer.Kind, err.Error())
			assert.EqualValues(t, 1, asked.Load())
			assert.Equal(t, []*Exchange{exchange}, kept.all(), "the attempt is on record")
			assert.Same(t, answer, exchange.Err)
		})
	}
}

// bare sends what plain net/http would, over a connection used before.
func bare(t *testing.T, address, method string, body bool) {
	t.Helper()
	transport := &http.Transport{}
	defer transport.CloseIdleConnections()
	plain := &http.Client{Transport: transport}
	for _, path := range []string{"/warm", "/die"} {
		var payload io.Reader
		if body {
			payload = bytes.NewReader([]byte("{}"))
		}
		r, err := http.NewRequestWithContext(context.Background(), method, address+path, payload)
		require.NoError(t, err)
		r.Header.Set("Idempotency-Key", "k")
		response, err := plain.Do(r)
		if err == nil {
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
		}
	}
}

func TestARedirectIsAnAnswerAndTheTokenDoesNotFollowIt(t *testing.T) {
	var elsewhere atomic.Int32
	other := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { elsewhere.Add(1) }))
	defer other.Close()
	for _, location := range []string{other.URL, "http://no address", ""} {
		a := newAPI(t)
		a.answer = func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Location", location)
			w.WriteHeader(http.StatusTemporaryRedirect)
		}
		exchange, err := newClient(t, a).Do(context.Background(), operation(t, "cards-create"), Request{})
		require.NoError(t, err, location)
		assert.Equal(t, http.StatusTemporaryRedirect, exchange.Status)
		assert.Equal(t, location, exchange.Header.Get("Location"))
	}
	assert.Zero(t, elsewhere.Load())
}

func TestNoProxyIsUsedForLoopback(t *testing.T) {
	for host, direct := range map[string]bool{"127.0.0.1": true, "127.8.8.8": true, "::1": true, "localhost": true, "LocalHost": true,
		"api.example": false, "10.0.0.1": false, "localhost.example": false} {
		assert.Equal(t, direct, OnThisMachine(host), host)
	}
	through, err := proxy(&http.Request{URL: &url.URL{Scheme: "http", Host: "127.0.0.1:1"}})
	require.NoError(t, err)
	assert.Nil(t, through)
}

func TestABodyOverTheBoundIsCutAndSaysSo(t *testing.T) {
	const bound = 1000
	for name, test := range map[string]struct {
		size      int
		announced bool
		truncated bool
	}{
		"at the bound": {bound, true, false}, "at the bound, in chunks": {bound, false, false},
		"one over": {bound + 1, true, true}, "one over, in chunks": {bound + 1, false, true},
		"far over": {1 << 20, false, true}, "none": {0, true, false},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t)
			a.answer = func(w http.ResponseWriter, _ *http.Request) {
				if !test.announced {
					w.(http.Flusher).Flush()
				}
				_, _ = io.WriteString(w, strings.Repeat("x", test.size))
			}
			c := newClient(t, a, func(config *Config) { config.MaxBody = bound })
			exchange, err := c.Do(context.Background(), operation(t, "cards-list"), Request{})
			require.NoError(t, err)
			assert.Equal(t, test.truncated, exchange.Beyond != "")
			assert.Len(t, exchange.Body, min(test.size, bound))
			assert.Equal(t, test.truncated, strings.Contains(exchange.Record().Response.Body, "the answer went on"))
		})
	}
}

func TestAnEndlessBodyIsReadUpToTheBoundOnly(t *testing.T) {
	a := newAPI(t)
	a.answer = func(w http.ResponseWriter, _ *http.Request) {
		for err := error(nil); err == nil; {
			_, err = w.Write(bytes.Repeat([]byte("y"), 1<<12))
		}
	}
	c := newClient(t, a, func(config *Config) { config.MaxBody = 1 << 16 })
	exchange, err := c.Do(context.Background(), operation(t, "cards-list"), Request{})
	require.NoError(t, err)
	assert.Equal(t, "65536 bytes", exchange.Beyond)
	assert.Len(t, exchange.Body, 16<<10)
}

func TestConnectionsAreKeptForAsManyRequestsAsThereAreAtATime(t *testing.T) {
	const width, rounds = 16, 8
	a := newAPI(t)
	var connections atomic.Int32
	server := httptest.NewUnstartedServer(http.HandlerFunc(a.serve))
	server.Config.ConnContext = func(ctx context.Context, _ net.Conn) context.Context { connections.Add(1); return ctx }
	server.Start()
	defer server.Close()
	a.answer = nil
	c := newClient(t, a, func(config *Config) { config.BaseURL, config.Connections = server.URL, width })
	_, err := c.Token(context.Background(), "primary", "")
	require.NoError(t, err)
	for range rounds {
		var done sync.WaitGroup
		failures := make([]error, width)
		for i := range width {
			done.Go(func() { _, failures[i] = c.Do(context.Background(), operation(t, "cards-list"), Request{}) })
		}
		done.Wait()
		require.NoError(t, errors.Join(failures...))
	}
	assert.Less(t, connections.Load(), int32(width*rounds/2), "without a pool of that size nearly every request would open one")
}
