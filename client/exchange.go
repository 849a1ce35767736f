package client

import (
	"encoding/json"
	"net/http"
	"net/url"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/schemas/redact"
)

// Exchange is one request and what came of it, as it was on the wire. It holds secrets: checks look at
// it while the scenario runs, and only what [Exchange.Record] returns is kept.
type Exchange struct {
	// N counts the exchanges of the scenario from 1; 0 outside of a scenario.
	N         int
	Operation string
	// As names the client that called, Key is the idempotency key that was sent.
	As, Key string
	// Kept says that the call carried an access token that the client keeps.
	Kept      bool
	StartedAt time.Time
	// Duration is from the start of the request to the whole answer read. Waiting for a token or for
	// our own pace is no part of it.
	Duration time.Duration
	// Status is 0 where no answer came; then Err says why.
	Status int
	Header http.Header
	Body   []byte
	// Beyond is the bound of this client that the answer went beyond, and was not read further; empty for none.
	Beyond string
	// Octets is how long the body was, however much of it is kept.
	Octets int
	// Listed is how many entries the list had of which so many were Left out here: it was too long to keep whole.
	Listed, Left int
	// Err is a [*NoAnswer] where no whole answer came, else nil. Status, Header and Body then hold
	// what came before the end.
	Err error

	// ours counts the entries of a long list that show a text of ours.
	ours int
	// gateways says that the body, JSON or not, is not this API's own.
	gateways bool
	// token says which of the tokens that are kept was sent.
	token    tokenID
	sent     Sent
	redactor *redact.Redactor
}

// Sent is the request of an exchange as it left. It is not to be changed.
type Sent struct {
	Method, URL string
	Header      http.Header
	Body        []byte
}

// Request returns the request as it left.
func (e *Exchange) Request() Sent { return e.sent }

// CardNumberShown returns the masked form of the first full card number in the answer, or "".
func (e *Exchange) CardNumberShown() string {
	if number := redact.CardNumber(string(e.Body)); number != "" {
		return number
	}
	for name, values := range e.Header {
		if opaque(name) {
			continue
		}
		for _, value := range values {
			if number := redact.CardNumber(value); number != "" {
				return number
			}
		}
	}
	return ""
}

// opaque reports whether a header holds random or hashed hexadecimal text, some of which has digits alone and
// passes for a card number by chance: validators and the ids of requests.
func opaque(header string) bool {
	name := strings.ToLower(header)
	return name == "etag" || strings.HasSuffix(name, "-id") || strings.Contains(name, "trace") || strings.HasSuffix(name, "-ray")
}

// SecretShown says in words which credential of the caller, or secret of a card, the answer repeats in its body or
// headers, or in a text beside it, or "". What the member named holds is what was asked for, unless the caller has sent it;
// empty for none.
func (e *Exchange) SecretShown(but, beside string) string {
	if what := e.redactor.Shown(beside); what != "" {
		return what
	}
	if e.sentBack(but) {
		return "what the caller sent as its credential, as " + but
	}
	if what := e.redactor.Shown(string(without(e.Body, but))); what != "" {
		return what
	}
	for _, values := range e.Header {
		for _, value := range values {
			if what := e.redactor.Shown(value); what != "" {
				return what
			}
		}
	}
	return ""
}

// sentBack reports whether a member of the answer is a credential of the request.
func (e *Exchange) sentBack(member string) bool {
	var object map[string]json.RawMessage
	var text string
	if member == "" || json.Unmarshal(e.Body, &object) != nil || json.Unmarshal(object[member], &text) != nil {
		return false
	}
	if len(text) < shortestCredential {
		return false
	}
	form, err := url.ParseQuery(string(e.sent.Body))
	return strings.Contains(e.sent.Header.Get("Authorization"), text) || err == nil && form.Get("client_secret") == text
}

// shortestCredential is how long a text is at least that is taken for a credential.
const shortestCredential = 6

// without is a JSON object without one of its members; what is none stays as it is.
func without(body []byte, member string) []byte {
	var object map[string]json.RawMessage
	if member == "" || json.Unmarshal(body, &object) != nil {
		return body
	}
	delete(object, member)
	rest, err := json.Marshal(object)
	if err != nil {
		return body
	}
	return rest
}
