package client

import (
	"context"
	"net/http"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
)

// Revoked reports whether the token that an exchange was refused with is refused everywhere while a new one is
// served, and forgets it then: somebody revoked it, or rotated the keys that it is signed with. It asks for two lists
// at most. Where the token is served elsewhere, or a new one is refused too, the refusal is the API's own.
func (c *Client) Revoked(ctx context.Context, refused *Exchange) bool {
	c.controls.Lock()
	defer c.controls.Unlock()
	id, sent := refused.token, bearer(refused.sent.Header)
	if kept, known := c.tokens.now(id, sent); known || kept != sent {
		return known || kept != "" // another scenario found it out, or a new one is there
	}
	operation := c.otherList(refused)
	if operation == nil {
		return false
	}
	answer := func() int {
		token, err := c.Token(ctx, id.as, id.scope)
		if err != nil {
			return 0
		}
		header := "Bearer " + token.Value
		exchange, err := c.Do(ctx, operation, Request{As: refused.As, Authorization: &header})
		if err != nil {
			return 0
		}
		return exchange.Status
	}
	if answer() != http.StatusUnauthorized {
		return false
	}
	c.tokens.forget(id, sent)
	if status := answer(); status == 0 || status == http.StatusUnauthorized {
		return false
	}
	c.tokens.revoke(sent)
	return true
}

// otherList is a list that the client of a refused call may ask for, other than what was refused: one that is its own
// to ask for by default, else one of the primary client's; nil for none.
func (c *Client) otherList(refused *Exchange) *contract.Operation {
	for _, as := range []string{refused.As, "primary"} {
		for _, one := range c.config.Contract.Operations {
			if strings.HasSuffix(one.ID, "-list") && one.ID != refused.Operation && c.Caller(one) == as {
				return one
			}
		}
	}
	return nil
}

// bearer is the token that a request carries as the pages have it; empty for none.
func bearer(header http.Header) string {
	token, carried := strings.CutPrefix(header.Get("Authorization"), "Bearer ")
	if !carried {
		return ""
	}
	return token
}

// holder says whose a token is that is kept, or was until somebody revoked it, and of which scope.
func (t *tokens) holder(value string) (id tokenID, kept bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	id, kept = t.holders[value]
	return id, kept
}

// now is the token that is kept, and whether another is known to have been revoked.
func (t *tokens) now(id tokenID, other string) (kept string, revoked bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.kept[id].Value, t.revoked[other]
}

// revoke remembers that a token was revoked.
func (t *tokens) revoke(value string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.revoked[value] = true
}

// forget drops a token, so that the next caller fetches a new one.
func (t *tokens) forget(id tokenID, value string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.kept[id].Value == value {
		delete(t.kept, id)
	}
}
