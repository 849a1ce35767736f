package mock

import (
	"bytes"
	"context"
	"io"
	"net"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"go.uber.org/goleak"
)

func TestMain(m *testing.M) { goleak.VerifyTestMain(m) }

// served starts a mock on loopback and returns it with a client for it.
func served(t *testing.T, options Options) (*Server, *Listening, *http.Client) {
	t.Helper()
	server, err := New(options)
	require.NoError(t, err)
	listening, err := server.Listen(t.Context(), "")
	require.NoError(t, err)
	transport := &http.Transport{}
	t.Cleanup(func() {
		transport.CloseIdleConnections()
		require.NoError(t, listening.Close())
	})
	return server, listening, &http.Client{Transport: transport, Timeout: 10 * time.Second}
}

func ask(t *testing.T, client *http.Client, method, url string, header map[string]string,
	body io.Reader) *http.Response {
	t.Helper()
	r, err := http.NewRequestWithContext(t.Context(), method, url, body)
	require.NoError(t, err)
	for name, value := range header {
		r.Header.Set(name, value)
	}
	response, err := client.Do(r)
	require.NoError(t, err)
	t.Cleanup(func() { _ = response.Body.Close() })
	return response
}

func TestTheMockServesOnLoopbackWithDateAndLength(t *testing.T) {
	_, listening, client := served(t, Options{})
	require.True(t, strings.HasPrefix(listening.URL, "http://127.0.0.1:"), listening.URL)
	got := ask(t, client, "GET", listening.URL+"/health", nil, nil)
	require.Equal(t, http.StatusOK, got.StatusCode)
	require.Equal(t, int64(len(`{"status":"ok"}`)), got.ContentLength)
	_, err := http.ParseTime(got.Header.Get("Date"))
	require.NoError(t, err)
}

func TestAMockStopsWhenItsContextEnds(t *testing.T) {
	server, err := New(Options{})
	require.NoError(t, err)
	ctx, cancel := context.WithCancel(t.Context())
	listening, err := server.Listen(ctx, ":0")
	require.NoError(t, err)
	address := strings.TrimPrefix(listening.URL, "http://")
	require.True(t, strings.HasPrefix(address, "127.0.0.1:"), "an address without a host means loopback")
	cancel()
	<-listening.done
	_, err = (&net.Dialer{}).DialContext(t.Context(), "tcp", address)
	require.Error(t, err)
	require.NoError(t, listening.Close())
	require.NoError(t, listening.Close(), "closing again does no harm")
}

func TestAnAddressThatCanNotBeServedIsAnError(t *testing.T) {
	server, listening, _ := served(t, Options{})
	_, err := server.Listen(t.Context(), strings.TrimPrefix(listening.URL, "http://"))
	require.ErrorContains(t, err, "choose another address")
	_, err = server.Listen(t.Context(), "nonsense")
	require.ErrorContains(t, err, "127.0.0.1:8080")
}

func TestACallerOfAHugeBodySeesTheRefusal(t *testing.T) {
	server, listening, client := served(t, Options{})
	token, err := server.tokens.sign(server.Inventory().Clients["primary"].ID, "client/write", time.Now(), time.Hour, 1)
	require.NoError(t, err)
	header := map[string]string{"Authorization": "Bearer " + token, "Content-Type": "application/json"}
	for name, body := range map[string]io.Reader{"told": bytes.NewReader(make([]byte, 20<<20)),
		"chunked": io.LimitReader(endless{}, 20<<20)} {
		got := ask(t, client, "POST", listening.URL+"/customers/v1/endusers", header, body)
		require.Equal(t, http.StatusRequestEntityTooLarge, got.StatusCode, name)
	}
}

// endless is a body of blanks.
type endless struct{}

func (endless) Read(p []byte) (int, error) {
	for i := range p {
		p[i] = ' '
	}
	return len(p), nil
}

func TestAPanicInsideIsAnsweredAndCounted(t *testing.T) {
	server, err := New(Options{})
	require.NoError(t, err)
	for _, routes := range server.router.byLength {
		for _, one := range routes {
			if one.operation.ID == "healthcheck" {
				one.handle = func(*call) answer { panic("a bug") }
			}
		}
	}
	c := &caller{t: t, server: server, keys: nil}
	got := c.get("/health").is(http.StatusInternalServerError)
	require.Equal(t, "Internal server error", got.message())
	require.NotContains(t, string(got.text), "a bug")
	count, latest := server.Panics()
	require.Equal(t, int64(1), count)
	require.Equal(t, "GET /health: a bug", latest)
}

func TestEveryRequestIsLoggedOnDemand(t *testing.T) {
	var mu sync.Mutex
	var lines []string
	c := newCaller(t, Options{Log: func(method, path string, status int, took time.Duration) {
		mu.Lock()
		defer mu.Unlock()
		require.GreaterOrEqual(t, took, time.Duration(0))
		lines = append(lines, method+" "+path+" "+http.StatusText(status))
	}})
	c.get("./cards?limit=1").succeeds()
	require.Equal(t, []string{"POST /oauth2/token OK", "GET /customers/v1/cards OK"}, lines,
		"neither query nor headers are logged")
}

func TestLatencyIsWaitedForWhileSomebodyWaits(t *testing.T) {
	server, err := New(Options{Latency: 20 * time.Millisecond})
	require.NoError(t, err)
	require.Equal(t, 20*time.Millisecond, server.latency())
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	pause(ctx, time.Hour) // nobody waits for the answer any more
}

func TestManyCallersAtOnceAreServedAndNothingIsLost(t *testing.T) {
	c := newCaller(t, Options{})
	var all sync.WaitGroup
	for range 8 {
		all.Go(func() {
			for range 10 {
				id := c.card()
				c.call("cards-update-status", body{"status": "ACTIVE"}, id).succeeds()
				c.call("cards-get", nil, id).succeeds()
				c.get("./cards?limit=5").succeeds()
				c.call("wallets-list", nil).succeeds()
				c.credit(c.wallet(), 5)
				c.as("second").call("cards-list", nil).succeeds()
			}
		})
	}
	all.Wait()
	require.Equal(t, "80", c.get("./cards?limit=1").header.Get("X-Total-Count"))
}

func TestTheStylesAreListedAndEmptyMeansPlain(t *testing.T) {
	require.Equal(t, []string{"plain", "strict-http"}, Styles())
	style, err := StyleNamed("")
	require.NoError(t, err)
	require.Equal(t, Plain, style.Name)
}
