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
	id, err := c.tokenID(refused.As, "")
	if err != nil {
		return false
	}
	c.tokens.mu.Lock()
	kept := c.tokens.kept[id].Value
	c.tokens.mu.Unlock()
	if header := refused.sent.Header.Get("Authorization"); strings.TrimPrefix(header, "Bearer ") != kept {
		return kept != "" // another scenario found it out, and a new one is there
	}
	operation := c.otherList(refused)
	if operation == nil {
		return false
	}
	answer := func() int {
		exchange, err := c.Do(ctx, operation, Request{As: refused.As})
		if err != nil {
			return 0
		}
		return exchange.Status
	}
	if answer() != http.StatusUnauthorized {
		return false
	}
	c.tokens.forget(id, kept)
	return answer()/100 == 2
}

// otherList is a list that the client of a refused call may ask for, other than what was refused; nil for none.
func (c *Client) otherList(refused *Exchange) *contract.Operation {
	for _, one := range c.config.Contract.Operations {
		if strings.HasSuffix(one.ID, "-list") && one.ID != refused.Operation && c.Caller(one) == refused.As {
			return one
		}
	}
	return nil
}

// forget drops a token, so that the next caller fetches a new one.
func (t *tokens) forget(id tokenID, value string) {
	t.mu.Lock()
	defer t.mu.Unlock()
	if t.kept[id].Value == value {
		delete(t.kept, id)
	}
}
