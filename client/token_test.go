package client

import (
	"context"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// clock is a clock that a test sets.
type clock struct{ at atomic.Int64 }

func (c *clock) now() time.Time { return time.Unix(0, c.at.Load()) }

func (c *clock) advance(d time.Duration) { c.at.Add(int64(d)) }

func TestATokenIsAskedForAsTheDocumentationSays(t *testing.T) {
	a := newAPI(t)
	c := newClient(t, a)
	ctx, kept := inScenario("first")
	_, err := c.Do(ctx, operation(t, "cards-list"), Request{})
	require.NoError(t, err)
	calls := a.tokenCalls()
	require.Len(t, calls, 1)
	form, err := url.ParseQuery(calls[0].Body)
	require.NoError(t, err)
	assert.Equal(t, url.Values{"grant_type": {"client_credentials"}, "client_id": {"primary-id"}, "client_secret": {primarySecret},
		"scope": {"client/read client/write"}}, form)
	assert.Equal(t, "POST", calls[0].Method)
	assert.Equal(t, "application/x-www-form-urlencoded", calls[0].Header.Get("Content-Type"))
	assert.Equal(t, "run-1/first", calls[0].Header.Get("X-Kobcheck-Run"))
	exchanges := kept.all()
	require.Len(t, exchanges, 2, "the token call is evidence of the scenario that triggered it")
	assert.Equal(t, []string{"token", "cards-list"}, []string{exchanges[0].Operation, exchanges[1].Operation})
	assert.Equal(t, []int{1, 2}, []int{exchanges[0].N, exchanges[1].N})
}

func TestATokenIsUsedUntilShortlyBeforeItsEnd(t *testing.T) {
	for name, test := range map[string]struct {
		expiresIn any
		life      time.Duration
	}{
		"an hour: 30 s before":    {3600, 3570 * time.Second},
		"a minute: four fifths":   {60, 48 * time.Second},
		"a number in quotes":      {"3600", 3570 * time.Second},
		"no expires_in":           {nil, assumedLife},
		"a word":                  {"soon", assumedLife},
		"beyond all bounds":       {1e300, 24*time.Hour - 30*time.Second},
		"an infinite text":        {"1e999", assumedLife},
		"none":                    {0, 0},
		"less than none":          {-5, 0},
		"a fraction of a second":  {0.5, 400 * time.Millisecond},
		"exactly 150 s, the bend": {150, 120 * time.Second},
	} {
		t.Run(name, func(t *testing.T) {
			var given atomic.Int32
			a := newAPI(t)
			a.token = func(w http.ResponseWriter, _ *http.Request) {
				tokenAnswer(w, fmt.Sprintf("token-number-%d", given.Add(1)), test.expiresIn)
			}
			at := &clock{}
			c := newClient(t, a, func(config *Config) { config.Now = at.now })
			get := func() string {
				token, err := c.Token(context.Background(), "primary", "")
				require.NoError(t, err)
				return token.Value
			}
			require.Equal(t, "token-number-1", get())
			if test.life > 0 {
				at.advance(test.life - 1)
				require.Equal(t, "token-number-1", get())
				at.advance(1)
			}
			require.Equal(t, "token-number-2", get())
		})
	}
}

func TestClientsAndScopesHaveTokensOfTheirOwn(t *testing.T) {
	var given atomic.Int32
	a := newAPI(t)
	a.token = func(w http.ResponseWriter, _ *http.Request) {
		tokenAnswer(w, fmt.Sprintf("token-number-%d", given.Add(1)), 3600)
	}
	c := newClient(t, a)
	ctx := context.Background()
	seen := map[string]bool{}
	for range 2 {
		for _, id := range [][2]string{{"primary", ""}, {"primary", "client/read"}, {"admin", ""}} {
			token, err := c.Token(ctx, id[0], id[1])
			require.NoError(t, err)
			seen[token.Value] = true
		}
	}
	assert.Len(t, seen, 3)
	same, err := c.Token(ctx, "", "client/read client/write")
	require.NoError(t, err)
	assert.True(t, seen[same.Value], "the scope of the target file is the default one")
	fresh, err := c.FreshToken(ctx, "primary", "")
	require.NoError(t, err)
	assert.False(t, seen[fresh.Value])
	kept, err := c.Token(ctx, "primary", "")
	require.NoError(t, err)
	assert.Equal(t, same, kept, "a fresh token is not kept")
}

// wait returns when so many callers wait for a token of the primary client.
func (c *Client) wait(t *testing.T, callers int) {
	t.Helper()
	id, err := c.tokenID("primary", "")
	require.NoError(t, err)
	require.Eventually(t, func() bool {
		c.tokens.mu.Lock()
		defer c.tokens.mu.Unlock()
		under := c.tokens.fetches[id]
		return under != nil && under.waiting == callers
	}, 10*time.Second, time.Millisecond)
}

func TestATokenIsFetchedOnceForManyCallers(t *testing.T) {
	const callers = 50
	for name, status := range map[string]int{"when it is given": 200, "when it is refused": 500} {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t)
			release := make(chan struct{})
			a.token = func(w http.ResponseWriter, _ *http.Request) {
				<-release
				w.WriteHeader(status)
				tokenAnswer(w, "the-one-token", 3600)
			}
			c := newClient(t, a)
			var done sync.WaitGroup
			values, failures := make([]string, callers), make([]error, callers)
			for i := range callers {
				done.Go(func() {
					token, err := c.Token(context.Background(), "primary", "")
					values[i], failures[i] = token.Value, err
				})
			}
			c.wait(t, callers)
			close(release)
			done.Wait()
			for i := range callers {
				if status == 200 {
					require.NoError(t, failures[i])
					require.Equal(t, "the-one-token", values[i])
				} else {
					require.Error(t, failures[i])
				}
			}
			assert.Len(t, a.tokenCalls(), 1)
		})
	}
}

func TestATokenCallOutlivesTheCallerThatBeganIt(t *testing.T) {
	a := newAPI(t)
	release := make(chan struct{})
	a.token = func(w http.ResponseWriter, _ *http.Request) { <-release; tokenAnswer(w, "the-one-token", 3600) }
	c := newClient(t, a)
	first, cancel := context.WithCancel(context.Background())
	gone, served := make(chan error, 1), make(chan error, 1)
	go func() { _, err := c.Token(first, "primary", ""); gone <- err }()
	c.wait(t, 1)
	go func() {
		token, err := c.Token(context.Background(), "primary", "")
		if err == nil && token.Value != "the-one-token" {
			err = fmt.Errorf("got %q", token.Value)
		}
		served <- err
	}()
	c.wait(t, 2)
	cancel()
	err := <-gone
	var failed *TokenError
	require.ErrorAs(t, err, &failed)
	require.ErrorIs(t, err, context.Canceled)
	close(release)
	require.NoError(t, <-served)
	assert.Len(t, a.tokenCalls(), 1)
}

func TestATokenCallEndsWithItsLastCallerAndTheNextBeginsAnother(t *testing.T) {
	a := newAPI(t)
	var asked atomic.Int32
	ended := make(chan struct{})
	a.token = func(w http.ResponseWriter, r *http.Request) {
		if asked.Add(1) == 1 {
			<-r.Context().Done()
			close(ended)
			return
		}
		tokenAnswer(w, "the-second-token", 3600)
	}
	c := newClient(t, a)
	ctx, cancel := context.WithCancel(context.Background())
	gone := make(chan error, 1)
	go func() { _, err := c.Token(ctx, "primary", ""); gone <- err }()
	require.Eventually(t, func() bool { return asked.Load() == 1 }, 10*time.Second, time.Millisecond)
	cancel()
	require.Error(t, <-gone)
	<-ended // the server saw it end
	token, err := c.Token(context.Background(), "primary", "")
	require.NoError(t, err)
	assert.Equal(t, "the-second-token", token.Value)
}

func TestClosingTheClientEndsATokenCall(t *testing.T) {
	a := newAPI(t)
	asked := make(chan struct{})
	a.token = func(_ http.ResponseWriter, r *http.Request) { close(asked); <-r.Context().Done() }
	c := newClient(t, a)
	gone := make(chan error, 1)
	go func() { _, err := c.Token(context.Background(), "primary", ""); gone <- err }()
	<-asked
	c.Close()
	require.Error(t, <-gone)
	_, err := c.Token(context.Background(), "primary", "")
	require.ErrorIs(t, err, errClosed)
}

func TestARefusedTokenSaysWhoAndWhatToDoAndHidesTheSecret(t *testing.T) {
	for name, test := range map[string]struct {
		status     int
		body, code string
		says       string
	}{
		"bad credentials":  {400, `{"error":"invalid_client"}`, "invalid_client", "check target.token_url and target.clients.primary"},
		"a gateway's page": {502, `<html>bad gateway</html>`, "", "answered 502"},
		"an error that echoes": {401, `{"error":"` + "bad secret s3cret/with+odd \\\"signs\\\"\\\\and=more" + `"}`,
			"bad secret $KOBCHECK_PRIMARY_SECRET", "target.clients.primary"},
		"a page with status 200": {200, `<html>hello</html>`, "with a body that is no JSON object", ""},
		"no token in the answer": {200, `{"token_type":"Bearer"}`, "without an access_token", ""},
		"a token that is none":   {200, `{"access_token":17}`, "without an access_token", ""},
		"a token with line break": {200, `{"access_token":"a\r\nX-Injected: 1"}`,
			"with an access_token that no header can carry (RFC 6750 section 2.1)", ""},
	} {
		t.Run(name, func(t *testing.T) {
			a := newAPI(t)
			a.token = func(w http.ResponseWriter, _ *http.Request) {
				w.WriteHeader(test.status)
				_, _ = io.WriteString(w, test.body)
			}
			ctx, kept := inScenario("refused")
			exchange, err := newClient(t, a).Do(ctx, operation(t, "cards-list"), Request{})
			var failed *TokenError
			require.ErrorAs(t, err, &failed)
			assert.Equal(t, "primary", failed.Client)
			assert.Equal(t, test.status, failed.Status)
			assert.Equal(t, test.code, failed.Code)
			assert.Contains(t, err.Error(), `"primary"`)
			assert.Contains(t, err.Error(), test.says)
			assert.NotContains(t, err.Error(), "s3cret")
			assert.NotContains(t, fmt.Sprintf("%+v %#v", failed, *failed), "s3cret")
			require.Equal(t, []*Exchange{exchange}, kept.all(), "the token call is the evidence")
			assert.Equal(t, "token", exchange.Operation)
			assert.Empty(t, a.calls(), "without a token nothing is called")
		})
	}
}

func TestAnUnreachableTokenEndpointIsATokenErrorWithItsCause(t *testing.T) {
	a := newAPI(t)
	c := newClient(t, a, func(config *Config) { config.TokenURL = "http://127.0.0.1:1/none" })
	_, err := c.Do(context.Background(), operation(t, "cards-list"), Request{})
	var failed *TokenError
	var answer *NoAnswer
	require.ErrorAs(t, err, &failed)
	require.ErrorAs(t, err, &answer)
	assert.Equal(t, Refused, answer.Kind)
	assert.Equal(t, "token", answer.Operation)
}

func TestAClientThatTheTargetLacksIsATokenError(t *testing.T) {
	c := newClient(t, newAPI(t))
	for _, get := range []func() (Token, error){
		func() (Token, error) { return c.Token(context.Background(), "second", "") },
		func() (Token, error) { return c.FreshToken(context.Background(), "second", "") },
	} {
		_, err := get()
		var failed *TokenError
		require.ErrorAs(t, err, &failed)
		assert.ErrorContains(t, err, `"second"`)
	}
}

func TestA401DoesNotHideItselfBehindANewToken(t *testing.T) {
	a := newAPI(t)
	a.answer = func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusUnauthorized) }
	c := newClient(t, a)
	for range 3 {
		exchange, err := c.Do(context.Background(), operation(t, "cards-list"), Request{})
		require.NoError(t, err)
		require.Equal(t, http.StatusUnauthorized, exchange.Status)
	}
	assert.Len(t, a.tokenCalls(), 1)
	assert.Len(t, a.calls(), 3)
}

func TestATokenThatIsRefusedEverywhereWhileANewOneIsServedIsRevokedOfWhicheverScope(t *testing.T) {
	var given atomic.Int32
	var refused atomic.Value // a token, or what every token begins with
	refused.Store("none")
	a := newAPI(t)
	a.token = func(w http.ResponseWriter, _ *http.Request) {
		tokenAnswer(w, fmt.Sprintf("token-number-%d", given.Add(1)), 3600)
	}
	a.answer = func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.Header.Get("Authorization"), "Bearer "+refused.Load().(string)) {
			w.WriteHeader(http.StatusUnauthorized)
		}
	}
	ctx := context.Background()
	for scope, every := range map[string]bool{"": false, "client/read": false, "client/write": true} {
		c := newClient(t, a)
		token, err := c.Token(ctx, "primary", scope)
		require.NoError(t, err)
		refused.Store(token.Value)
		if every {
			refused.Store("token-")
		}
		header := "Bearer " + token.Value
		exchange, err := c.Do(ctx, operation(t, "cards-list"), Request{Authorization: &header})
		require.NoError(t, err)
		require.True(t, exchange.Kept)
		require.Equal(t, !every, c.Revoked(ctx, exchange), "scope %q", scope)
		require.Equal(t, !every, c.Revoked(ctx, exchange), "and so for whoever asks later, though another token is kept by now")
		strange := "Bearer of-nobody"
		exchange, err = c.Do(ctx, operation(t, "cards-list"), Request{Authorization: &strange})
		require.NoError(t, err)
		require.False(t, exchange.Kept, "a forged token was never kept")
	}
}
