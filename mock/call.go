package mock

import (
	"encoding/json"
	"net/http"
	"net/url"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock/fault"
)

// call is one request on its way through the mock: who calls which operation with what.
type call struct {
	operation *contract.Operation
	route     *route
	parts     []string // of the address
	host      string
	header    http.Header
	query     url.Values
	caller    *client
	scope     string
	raw       []byte // the body as it came
	body      map[string]json.RawMessage
	// arrived is the number of the request in the order of arrival, see [Server.meanwhile].
	arrived int64
	events  []Event
	// hide is set where a fault does the work of a call that is refused: it makes the answer that is shown.
	hide func(done answer) answer
}

// parameter returns a parameter of the path.
func (c *call) parameter(name string) string { return c.route.parameter(c.parts, name) }

// text returns a text field of the body, or "" where there is none.
func (c *call) text(name string) string {
	text, _ := textOf(c.body[name])
	return text
}

// textOf reads a JSON string.
func textOf(raw json.RawMessage) (string, bool) {
	if len(raw) < 2 || raw[0] != '"' {
		return "", false
	}
	inside := raw[1 : len(raw)-1]
	for _, b := range inside {
		if b == '\\' {
			var text string
			return text, json.Unmarshal(raw, &text) == nil
		}
	}
	return string(inside), true
}

// has reports whether a field of the body is there and not null.
func (c *call) has(name string) bool {
	raw, there := c.body[name]
	return there && string(raw) != "null"
}

// objectOr returns an object of the body as it was written, or {} where there is none.
func (c *call) objectOr(name string) json.RawMessage {
	if !c.has(name) {
		return json.RawMessage("{}")
	}
	return c.body[name]
}

// faulty reports whether a fault is on, everywhere or at the operation of the call.
func (s *Server) faulty(c *call, id fault.ID) bool { return s.faults.At(id, c.operation.ID) }

// answer takes a request through the stages before and after the work: address, token, scope, body, key.
func (s *Server) answer(r *http.Request) answer {
	found, parts, allowed := s.router.find(s.brokenMethod(r), r.URL.EscapedPath())
	if found == nil {
		return s.dress(r, s.unrouted(r.Method, allowed))
	}
	c := &call{operation: found.operation, route: found, parts: parts, host: r.Host, header: r.Header,
		arrived: s.arrivals.Add(1)}
	a := s.dress(r, s.stages(r, c))
	if s.faults.Any() {
		a = s.spoil(c, a)
	}
	return a
}

func (s *Server) stages(r *http.Request, c *call) answer {
	if c.operation.ID == "token" {
		return s.issueToken(r)
	}
	if broken, breaks := s.brokenReading(r, c); breaks {
		return broken
	}
	if r.Method == http.MethodHead && s.style.Head != http.StatusOK {
		return s.refuse(s.style.Head, "HEAD is not offered here").with("Allow", http.MethodGet)
	}
	takesBody := c.operation.Body != nil
	if takesBody && s.faults.Any() && s.faults.On("auth.after-the-body") {
		takesBody = false
		if refusal, ok := s.readBody(r, c); !ok {
			return refusal
		}
	}
	if kept, ok := s.replayWithoutToken(c); ok {
		return kept
	}
	if c.operation.ID != "healthcheck" || s.style.HealthNeedsToken {
		if refusal, ok := s.authenticate(r, c); !ok {
			return refusal
		}
	}
	if r.URL.RawQuery != "" {
		query, err := url.ParseQuery(r.URL.RawQuery)
		if err != nil {
			return s.badQuery(c, "string")
		}
		c.query = query
	}
	if takesBody {
		if refusal, ok := s.readBody(r, c); !ok {
			return refusal
		}
	}
	if text := s.untaken(c); text != "" {
		return s.invalid(c, text)
	}
	return s.perform(c)
}

// perform runs the work of an operation and then tells what happened.
func (s *Server) perform(c *call) answer {
	a := s.locked(c)
	if c.hide != nil {
		a = c.hide(a)
	}
	for _, e := range c.events {
		if s.options.OnEvent != nil {
			s.options.OnEvent(e)
		}
		s.postman.tell(e.ClientID, e)
	}
	return a
}

// locked runs the work under the lock that it needs: a change sees and leaves a store that nobody else
// touches meanwhile.
func (s *Server) locked(c *call) answer {
	if !c.operation.Writes() {
		if s.readActivates(c) {
			s.activateRead(c)
		}
		s.store.mu.RLock()
		defer s.store.mu.RUnlock()
		return c.route.handle(c)
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	if c.operation.NeedsKey() {
		return s.rippled(c, s.once(c))
	}
	return s.rippled(c, s.again(c, c.route.handle(c)))
}

// meanwhile reports whether a call was under way already when some work ended. Ended is what
// s.arrivals showed at that moment.
func (c *call) meanwhile(ended int64) bool { return c.arrived <= ended }
