package client

import (
	"context"
	"encoding/json"
	"net/url"
	"sync"
	"time"
)

// Token is an access token and the moment from which it is no longer used.
type Token struct {
	Value string
	// Until is when a new one is fetched: after four fifths of expires_in, and at the latest 30 seconds
	// before the end of a longer life.
	Until time.Time
}

// tokens keeps one token for each client and scope, fetched once however many callers want it.
type tokens struct {
	client *Client
	mu     sync.Mutex
	kept   map[tokenID]*slot
}

type tokenID struct{ as, scope string }

// slot is the token of one client and scope; whoever holds the semaphore fetches.
type slot struct {
	fetching chan struct{}
	token    Token
}

func newTokens(c *Client) *tokens { return &tokens{client: c, kept: map[tokenID]*slot{}} }

func (t *tokens) slot(id tokenID) *slot {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.kept[id] == nil {
		t.kept[id] = &slot{fetching: make(chan struct{}, 1)}
	}
	return t.kept[id]
}

// Token returns an access token of the named client; scope "" means that of the target file. A token
// is fetched once for many concurrent callers and used until shortly before its end; a caller that
// gives up leaves the next one to fetch. Errors are [*TokenError].
func (c *Client) Token(ctx context.Context, as, scope string) (Token, error) {
	if as == "" {
		as = "primary"
	}
	credentials, known := c.config.Clients[as]
	if !known {
		return Token{}, &TokenError{Client: as, Scope: scope, Err: errNoClient}
	}
	if scope == "" {
		scope = credentials.Scope
	}
	slot := c.tokens.slot(tokenID{as, scope})
	select {
	case slot.fetching <- struct{}{}:
		defer func() { <-slot.fetching }()
	case <-ctx.Done():
		return Token{}, &TokenError{Client: as, Scope: scope, Err: context.Cause(ctx)}
	}
	if c.config.Now().Before(slot.token.Until) {
		return slot.token, nil
	}
	token, err := c.fetch(ctx, as, scope)
	if err == nil {
		slot.token = token
	}
	return token, err
}

type plainError string

func (e plainError) Error() string { return string(e) }

const errNoClient = plainError("the target file has no such client")

// FreshToken fetches a token whether or not one is kept, and keeps nothing.
func (c *Client) FreshToken(ctx context.Context, as, scope string) (Token, error) {
	if scope == "" {
		scope = c.config.Clients[as].Scope
	}
	return c.fetch(ctx, as, scope)
}

func (c *Client) fetch(ctx context.Context, as, scope string) (Token, error) {
	credentials := c.config.Clients[as]
	exchange, err := c.Do(ctx, c.config.Contract.Operation("token"), Request{As: as, Form: url.Values{
		"grant_type": {"client_credentials"}, "client_id": {credentials.ID}, "client_secret": {credentials.Secret}, "scope": {scope},
	}})
	if err != nil {
		return Token{}, &TokenError{Client: as, Scope: scope, Err: err}
	}
	var answer struct {
		AccessToken string  `json:"access_token"`
		ExpiresIn   float64 `json:"expires_in"`
		Error       string  `json:"error"`
	}
	if err := json.Unmarshal(exchange.Body, &answer); err != nil && exchange.Status == 200 {
		return Token{}, &TokenError{Client: as, Scope: scope, Status: exchange.Status, Code: "with a body that is not JSON"}
	}
	if exchange.Status != 200 || answer.AccessToken == "" {
		return Token{}, &TokenError{Client: as, Scope: scope, Status: exchange.Status, Code: answer.Error}
	}
	life := time.Duration(answer.ExpiresIn * float64(time.Second))
	usable := max(life*4/5, life-30*time.Second)
	return Token{Value: answer.AccessToken, Until: c.config.Now().Add(usable)}, nil
}
