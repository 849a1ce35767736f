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
	if revoked, judged := c.tokens.judged(sent); judged {
		return revoked // another scenario found it out
	}
	operation := c.otherList(refused)
	if operation == nil {
		return false
	}
	answer := func(token string) int {
		exchange, err := c.Do(ctx, operation, Request{As: refused.As, Authorization: new("Bearer " + token)})
		if err != nil {
			return 0
		}
		return exchange.Status
	}
	if answer(sent) != http.StatusUnauthorized {
		return false
	}
	c.tokens.forget(id, sent)
	token, err := c.Token(ctx, id.as, id.scope)
	if err != nil {
		return false
	}
	status := answer(token.Value)
	if status == 0 {
		return false
	}
	c.tokens.judge(sent, status != http.StatusUnauthorized, refused)
	return status != http.StatusUnauthorized
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

// bearer is the token that a request carries as the pages have it, however the scheme is written; empty for none.
func bearer(header http.Header) string {
	scheme, token, _ := strings.Cut(header.Get("Authorization"), " ")
	if !strings.EqualFold(scheme, "Bearer") {
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

// judged says whether a token that was refused is known to have been revoked, or known not to be.
func (t *tokens) judged(value string) (revoked, known bool) {
	t.mu.Lock()
	defer t.mu.Unlock()
	revoked, known = t.revoked[value]
	return revoked, known
}

// judge remembers whether a token was revoked, and how old it was.
func (t *tokens) judge(value string, revoked bool, refused *Exchange) {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.revoked[value] = revoked
	if one := t.lives[value]; one != nil && revoked {
		one.refused = refused.StartedAt.Add(refused.Duration).Sub(one.asked)
	}
}

// forget drops a token, so that the next caller fetches a new one.
func (t *tokens) forget(id tokenID, value string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.kept[id].Value == value {
		delete(t.kept, id)
	}
}
