package client

import (
	"cmp"
	"context"
	"encoding/json"
	"errors"
	"math"
	"net/url"
	"strconv"
	"strings"
	"sync"
	"time"
)

// Token is an access token and the moment from which it is no longer used.
type Token struct {
	Value string
	// Until is when a new one is fetched: after four fifths of expires_in, or 30 seconds before its
	// end, whichever is later, and at least a second before it where it lives for two or more.
	Until time.Time
}

// String leaves the token out, so that no print shows it.
func (t Token) String() string {
	return "access token, used until " + t.Until.UTC().Format(time.RFC3339)
}

// GoString does the same for the form with %#v.
func (t Token) GoString() string { return t.String() }

// assumedLife is how long a token is used whose answer does not say how long it lives (RFC 6749
// section 5.1 only recommends expires_in): short enough for any issuer, long enough not to press it.
const assumedLife = 5 * time.Minute

// tokens keeps one token for each client and scope, fetched once however many callers want it.
type tokens struct {
	life    context.Context // ends with the client
	end     context.CancelFunc
	running sync.WaitGroup

	mu      sync.Mutex
	kept    map[tokenID]Token
	holders map[string]tokenID // of every token that was kept
	revoked map[string]bool    // by value
	lives   map[string]*lived  // by value
	fetches map[tokenID]*fetch
}

type tokenID struct{ as, scope string }

// fetch is one token call under way and who waits for it.
type fetch struct {
	done    chan struct{}
	cancel  context.CancelFunc
	waiting int // guarded by tokens.mu
	token   Token
	err     error
}

func newTokens() *tokens {
	life, end := context.WithCancel(context.Background())
	return &tokens{life: life, end: end, kept: map[tokenID]Token{}, holders: map[string]tokenID{}, revoked: map[string]bool{},
		lives: map[string]*lived{}, fetches: map[tokenID]*fetch{}}
}

func (t *tokens) close() {
	t.mu.Lock()
	t.end()
	t.mu.Unlock()
	t.running.Wait()
}

var errClosed = errors.New("the client is closed")

// Token returns an access token of the named client; scope "" means that of the target file. One that
// is kept is used until shortly before its end, even if a call was answered 401, which is the answer
// that a check wants to see. Callers that need one at the same time share a single token call and its
// failure; that call belongs to the scenario that came first, and lasts as long as anyone waits for
// it. Errors are [*TokenError].
func (c *Client) Token(ctx context.Context, as, scope string) (Token, error) {
	id, err := c.tokenID(as, scope)
	if err != nil {
		return Token{}, err
	}
	t := c.tokens
	t.mu.Lock()
	if token, there := t.kept[id]; there && c.config.Now().Before(token.Until) {
		t.mu.Unlock()
		return token, nil
	}
	if ctx.Err() != nil || t.life.Err() != nil {
		t.mu.Unlock()
		return Token{}, c.gaveUp(ctx, id)
	}
	under := t.fetches[id]
	if under == nil {
		under = c.startFetch(ctx, id)
	}
	under.waiting++
	t.mu.Unlock()
	select {
	case <-under.done:
		return under.token, under.err
	case <-ctx.Done():
		t.leave(id, under)
		return Token{}, c.gaveUp(ctx, id)
	}
}

func (c *Client) gaveUp(ctx context.Context, id tokenID) error {
	kind, cause := Canceled, errClosed
	if ctx.Err() != nil {
		cause = context.Cause(ctx)
		kind = kindOf(ctx, cause)
	}
	return &TokenError{Client: id.as, Scope: id.scope, Err: &NoAnswer{Kind: kind, Operation: "token", Err: cause}}
}

// leave counts a caller out that gave up; with the last one the token call ends.
func (t *tokens) leave(id tokenID, under *fetch) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if under.waiting--; under.waiting > 0 {
		return
	}
	under.cancel()
	if t.fetches[id] == under {
		delete(t.fetches, id)
	}
}

// startFetch begins a token call that no single caller's end ends. The caller holds the lock.
func (c *Client) startFetch(ctx context.Context, id tokenID) *fetch {
	t := c.tokens
	detached, cancel := context.WithCancel(context.WithoutCancel(ctx))
	stop := context.AfterFunc(t.life, cancel) //nolint:contextcheck // the call ends with the client, not with one caller
	under := &fetch{done: make(chan struct{}), cancel: cancel}
	t.fetches[id] = under
	t.running.Go(func() {
		defer stop()
		defer cancel()
		under.token, under.err = c.fetch(detached, id)
		t.mu.Lock()
		defer t.mu.Unlock()
		if under.err == nil {
			t.kept[id], t.holders[under.token.Value] = under.token, id
		}
		if t.fetches[id] == under {
			delete(t.fetches, id)
		}
		close(under.done)
	})
	return under
}

// FreshToken fetches a token whether or not one is kept, and keeps nothing. Scope "" means that of the
// target file. Errors are [*TokenError].
func (c *Client) FreshToken(ctx context.Context, as, scope string) (Token, error) {
	id, err := c.tokenID(as, scope)
	if err != nil {
		return Token{}, err
	}
	return c.fetch(ctx, id)
}

var errNoClient = errors.New("the target file has no such client")

func (c *Client) tokenID(as, scope string) (tokenID, error) {
	as = cmp.Or(as, "primary")
	credentials, known := c.config.Clients[as]
	if !known {
		return tokenID{}, &TokenError{Client: as, Scope: scope, Err: errNoClient}
	}
	return tokenID{as, cmp.Or(scope, credentials.Scope)}, nil
}

// fetch performs one token call (RFC 6749 section 4.4, credentials in the form as doc-768364 has it).
func (c *Client) fetch(ctx context.Context, id tokenID) (Token, error) {
	credentials := c.config.Clients[id.as]
	form := url.Values{"grant_type": {"client_credentials"}, "client_id": {credentials.ID}, "client_secret": {credentials.Secret}}
	if id.scope != "" {
		form.Set("scope", id.scope)
	}
	exchange, err := c.Do(ctx, c.config.Contract.Operation("token"), Request{As: id.as, Form: form})
	failed := &TokenError{Client: id.as, Scope: id.scope, Err: err, exchange: exchange}
	if err != nil {
		return Token{}, failed
	}
	failed.Status = exchange.Status
	var answer struct {
		AccessToken any `json:"access_token"`
		ExpiresIn   any `json:"expires_in"`
		Error       any `json:"error"`
	}
	broken := json.Unmarshal(exchange.Body, &answer) != nil
	if exchange.Status/100 == 3 {
		failed.Code = "and leads to " + exchange.LeadsTo()
		return Token{}, failed
	}
	if exchange.Status/100 != 2 {
		if code, ok := answer.Error.(string); ok && len(code) < 80 {
			failed.Code = c.redactor.Text(code)
		}
		return Token{}, failed
	}
	value, _ := answer.AccessToken.(string)
	switch {
	case broken:
		failed.Code = "with a body that is no JSON object"
	case value == "":
		failed.Code = "without an access_token"
	case strings.IndexFunc(value, func(r rune) bool { return r <= ' ' || r > '~' }) >= 0:
		failed.Code = "with an access_token that no header can carry (RFC 6750 section 2.1)"
	default:
		c.tokens.begin(value, exchange, promised(answer.ExpiresIn))
		return Token{Value: value, Until: c.config.Now().Add(usable(answer.ExpiresIn))}, nil
	}
	return Token{}, failed
}

// usable is how long a token is used whose answer says that it lives so many seconds.
func usable(expiresIn any) time.Duration {
	seconds := promised(expiresIn)
	if math.IsNaN(seconds) {
		return assumedLife
	}
	const day = 24 * 60 * 60
	life := time.Duration(min(max(seconds, 0), day) * float64(time.Second))
	until := max(life*4/5, life-30*time.Second)
	if life >= 2*time.Second {
		// The token itself tells its end in whole seconds, so that it may be over almost a second early.
		until = min(until, life-time.Second)
	}
	return until
}

// promised are the seconds that expires_in says. A number in quotes is understood; that it is none is for a check of
// the answer to say.
func promised(expiresIn any) float64 {
	switch value := expiresIn.(type) {
	case float64:
		return value
	case string:
		if number, err := strconv.ParseFloat(value, 64); err == nil {
			return number
		}
	}
	return math.NaN()
}
