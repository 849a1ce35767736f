package client

import (
	"context"
	"encoding/json"
	"errors"
	"net/url"
	"time"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas/redact"
)

var errTooLate = errors.New("no whole answer in time")

// perform sends the request, reads the answer and records both.
func (c *Client) perform(ctx context.Context, operation *contract.Operation, request Request, b built) (*Exchange, error) {
	exchange := c.exchange(operation, request, b)
	bounded, end := context.WithCancelCause(ctx)
	defer end(nil)
	defer time.AfterFunc(c.config.Timeout, func() { end(errTooLate) }).Stop()
	if b.request.Body == nil {
		bounded = onlyOnce(bounded, end)
	}
	var counted int64
	exchange.StartedAt = time.Now()
	response, err := c.http.RoundTrip(b.request.WithContext(bounded))
	if err == nil {
		exchange.Status, exchange.Header = response.StatusCode, response.Header
		counted, err = c.read(response, exchange)
		_ = response.Body.Close() // it says nothing beyond what reading said
	}
	exchange.Duration = time.Since(exchange.StartedAt)
	if err != nil {
		exchange.Err = noAnswer(bounded, operation.ID, b.request.URL.Host, err)
	}
	c.heard(ctx, operation, exchange)
	c.hold(ctx, counted)
	return exchange, exchange.Err
}

// exchange is the evidence of a request about to leave.
func (c *Client) exchange(operation *contract.Operation, request Request, b built) *Exchange {
	token, kept := c.tokens.holder(bearer(b.request.Header))
	return &Exchange{N: b.number, Operation: operation.ID, As: request.As, Key: b.key, Kept: kept, token: token, redactor: c.redactor,
		sent: Sent{Method: b.request.Method, URL: b.request.URL.String(), Header: b.request.Header, Body: b.body}}
}

// heard learns from an exchange that is over and hands it to whoever keeps it.
func (c *Client) heard(ctx context.Context, operation *contract.Operation, exchange *Exchange) {
	c.learn(operation, exchange)
	c.tokens.hear(exchange)
	exchange.gateways = c.errors.hear(operation.ID, exchange.Status, exchange.Body)
	if operation.Creates != "" && operation.ID != "token" && exchange.Status/100 == 2 {
		c.made.Add(1)
		c.known.learn(exchange.Body)
		// An id that holds a secret is not written down.
		if id := madeID(exchange.Body); c.config.Made != nil && id != "" && c.redactor.Text(id) == id {
			c.config.Made(operation.Creates, id, exchange.As)
		}
	}
	if !c.config.Unpaced {
		c.pace.hear(exchange.Status, exchange.Header, exchange.StartedAt)
	}
	if c.config.Hear != nil {
		c.config.Hear(operation, exchange)
	}
	record(ctx, exchange)
}

// madeID is the id of the thing that an answer tells of, whatever wraps it; empty for none.
func madeID(body []byte) string {
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) != nil {
		return ""
	}
	var id string
	if json.Unmarshal(object["id"], &id) == nil {
		return id
	}
	for _, inner := range object {
		var wrapped struct {
			ID string `json:"id"`
		}
		if json.Unmarshal(inner, &wrapped) == nil && wrapped.ID != "" {
			return wrapped.ID
		}
	}
	return ""
}

// learn remembers the secrets of an answer before it is recorded, so that they never reach a report,
// wherever they turn up later.
func (c *Client) learn(operation *contract.Operation, exchange *Exchange) {
	switch operation.ID {
	case "token":
		c.redactor.Add(member(exchange.Body, "access_token"), c.tokenVariable(exchange))
	case "cards-generate-secret":
		if secret := member(exchange.Body, "secret"); !c.printed(secret) {
			c.redactor.AddSecret(secret)
		}
	}
}

// member returns a text of a JSON object, or "".
func member(body []byte, name string) string {
	var object map[string]json.RawMessage
	var text string
	if json.Unmarshal(body, &object) != nil || json.Unmarshal(object[name], &text) != nil {
		return ""
	}
	return text
}

// tokenVariable names the token that a token call got, for the curl lines: $TOKEN is that of the
// primary client, others tell the client, and the scope where it is not the client's own.
func (c *Client) tokenVariable(exchange *Exchange) string {
	name := redact.Token
	if exchange.As != "primary" {
		name += "_" + redact.VariableName(exchange.As)
	}
	form, err := url.ParseQuery(string(exchange.sent.Body))
	if scope := form.Get("scope"); err == nil && scope != "" && scope != c.config.Clients[exchange.As].Scope {
		name += "_" + redact.VariableName(scope)
	}
	return name
}

// printed reports whether a secret is the one that a page prints: a server of examples answers with it, and everybody
// may read it.
func (c *Client) printed(secret string) bool {
	shape := c.config.Contract.Prose.Schemas["CardSecret"]
	return shape != nil && shape.Sample["secret"] == secret
}
