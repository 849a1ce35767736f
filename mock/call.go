package mock

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"mime"
	"net/http"
	"net/url"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
)

// call is one request on its way through the mock: who calls which operation with what.
type call struct {
	operation *contract.Operation
	route     route
	caller    *client
	scopes    string
	address   string
	query     url.Values
	header    http.Header
	raw       []byte
	body      map[string]json.RawMessage
}

// parameter returns a parameter of the path.
func (c *call) parameter(name string) string { return c.route.parameter(c.address, name) }

// text returns a text field of the body; the contract's checks have seen to its type.
func (c *call) text(name string) string {
	var value string
	if json.Unmarshal(c.body[name], &value) != nil {
		return ""
	}
	return value
}

// has reports whether a field of the body is there and not null.
func (c *call) has(name string) bool {
	raw, there := c.body[name]
	return there && string(raw) != "null"
}

// answer takes a request through the stages that come before any work: address, token, scope, body, key.
func (s *Server) answer(r *http.Request) answer {
	found, pattern := s.mux.Handler(r)
	way, ok := found.(route)
	if pattern == "" || !ok {
		return s.unrouted(r, found)
	}
	if way.operation.ID == "token" {
		return s.issueToken(r)
	}
	c := &call{operation: way.operation, route: way, address: r.URL.EscapedPath(), header: r.Header}
	if r.URL.RawQuery != "" {
		c.query = r.URL.Query()
	}
	if way.operation.ID != "healthcheck" {
		if refusal, ok := s.authenticate(r, c); !ok {
			return refusal
		}
	}
	if way.operation.Body != nil {
		if refusal, ok := s.readBody(r, c); !ok {
			return refusal
		}
	}
	a := s.perform(c)
	if s.faults.Any() {
		a = s.spoil(c, a)
	}
	return a
}

// perform runs the work of an operation under the lock that it needs: changes see and leave a store
// that nobody else touches meanwhile.
func (s *Server) perform(c *call) answer {
	if !c.operation.Writes() {
		s.store.mu.RLock()
		defer s.store.mu.RUnlock()
		return c.route.handle(c)
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	if c.operation.NeedsKey() {
		return s.once(c)
	}
	return c.route.handle(c)
}

// refuse is an error answer in the envelope of the style.
func (s *Server) refuse(status int, message string) answer {
	text, err := json.Marshal(message)
	if err != nil {
		text = []byte(`"error"`)
	}
	var body []byte
	if s.style.ErrorInMessage {
		body = fmt.Appendf(nil, `{"statusCode":%d,"message":%s}`, status, text)
	} else {
		body = fmt.Appendf(nil, `{"error":%s,"code":%d,"retryable":%t}`, text, status, status >= 500)
	}
	if s.faults.On("error.stack-trace") {
		body = fmt.Appendf(nil, `{"statusCode":%d,"message":%s,"stack":"Error\n    at CardsService.create (/usr/src/app/cards.service.js:42:13)"}`, status, text)
	}
	if s.faults.On("error.no-text") {
		body = []byte(`{"ok":false}`)
	}
	return answer{status: status, body: body}
}

// invalid refuses data that is missing or wrong: 400 in the Cards section (ERR-02), else by style.
func (s *Server) invalid(c *call, message string) answer {
	if s.faults.On("error.500-on-bad-input") {
		return s.refuse(http.StatusInternalServerError, "Internal server error")
	}
	if inCards(c.operation) {
		return s.refuse(http.StatusBadRequest, message)
	}
	return s.refuse(s.style.Invalid, message)
}

// missing refuses an id that names nothing, and foreign one that names another client's thing.
func (s *Server) missing(what string) answer {
	return s.refuse(http.StatusNotFound, what+" not found")
}

func (s *Server) foreign(what string) answer {
	if s.style.Foreign == http.StatusForbidden {
		return s.refuse(http.StatusForbidden, "Access denied")
	}
	return s.missing(what)
}

// identify reads the id in the path; a malformed one is refused by style (N-20).
func (s *Server) identify(c *call, what string) (identity, answer, bool) {
	written := c.parameter("id")
	id, ok := parseID(written)
	if !ok {
		if s.faults.On("input.malformed-id-500") {
			return id, s.refuse(http.StatusInternalServerError, "Internal server error"), false
		}
		if s.style.MalformedID == http.StatusNotFound {
			return id, s.missing(what), false
		}
		return id, s.refuse(s.style.MalformedID, "The id is not a UUID"), false
	}
	return id, answer{}, true
}

// readBody reads a JSON body and checks it against the fields of the contract.
func (s *Server) readBody(r *http.Request, c *call) (answer, bool) {
	raw, short := drain(r.Body)
	if !short {
		return s.refuse(http.StatusRequestEntityTooLarge, "The body is too long"), false
	}
	c.raw = raw
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if (err != nil || media != "application/json") && len(raw) > 0 && !s.faults.On("input.any-media-type") {
		return s.refuse(s.mediaStatus(c), "Content-Type must be application/json"), false
	}
	if len(bytes.TrimSpace(raw)) == 0 {
		raw = []byte("{}")
	}
	if err := shallow(raw); err != nil {
		if s.faults.On("input.bad-json-500") {
			return s.refuse(http.StatusInternalServerError, "Unexpected token in JSON"), false
		}
		return s.invalid(c, "The body is not valid JSON: "+err.Error()), false
	}
	if json.Unmarshal(raw, &c.body) != nil || c.body == nil {
		return s.invalid(c, "The body must be a JSON object"), false
	}
	if message := s.checkFields(c); message != "" {
		return s.invalid(c, message), false
	}
	return answer{}, true
}

func (s *Server) mediaStatus(c *call) int {
	if inCards(c.operation) && s.style.WrongMedia != http.StatusUnsupportedMediaType {
		return http.StatusBadRequest
	}
	return s.style.WrongMedia
}

// shallow refuses what is not one JSON value, and nesting that only an attacker sends.
func shallow(raw []byte) error {
	decoder := json.NewDecoder(bytes.NewReader(raw))
	decoder.UseNumber()
	depth := 0
	values := 0
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			if depth != 0 {
				return errors.New("it ends too early")
			}
			return nil
		}
		if err != nil {
			return errors.New("it can't be parsed")
		}
		switch token {
		case json.Delim('{'), json.Delim('['):
			if depth++; depth > maxDepth {
				return errors.New("it is nested too deeply")
			}
		case json.Delim('}'), json.Delim(']'):
			depth--
		}
		if depth == 0 {
			if values++; values > 1 {
				return errors.New("there is more than one value")
			}
		}
	}
}

// checkFields holds the body against the contract's table of fields and returns what is wrong, or "".
func (s *Server) checkFields(c *call) string {
	for i := range c.operation.Body.Fields {
		field := &c.operation.Body.Fields[i]
		if strings.Contains(field.Name, ".") || c.operation.ID == "endusers-create" && (field.Name == "person" || field.Name == "company") {
			continue // endusers have a rule of their own for their two forms
		}
		raw, there := c.body[field.Name]
		required := field.Required == contract.Yes || s.reallyRequired(c.operation.ID, field.Name)
		if !there {
			if required && !s.faults.On("input.required-not-checked") {
				return field.Name + " is required"
			}
			continue
		}
		if message := s.checkField(field, raw, required); message != "" {
			return message
		}
	}
	return ""
}

// reallyRequired names fields that the tables leave open and without which the operation makes no sense.
func (s *Server) reallyRequired(operation, field string) bool {
	switch operation {
	case "transactions-create":
		return field == "from" || field == "to"
	case "transactions-manual-credit":
		return field == "amount" || field == "to"
	case "transactions-manual-debit":
		return field == "amount" || field == "from"
	case "wallets-update", "clients-update-status":
		return field == "status"
	}
	return false
}

func (s *Server) checkField(field *contract.Field, raw json.RawMessage, required bool) string {
	if string(raw) == "null" {
		if (required || field.Nullable == contract.No) && !s.faults.On("input.null-accepted") {
			return field.Name + " must not be null"
		}
		return ""
	}
	switch field.Type {
	case "string":
		var text string
		if json.Unmarshal(raw, &text) != nil {
			if s.faults.On("input.type-not-checked") {
				return ""
			}
			return field.Name + " must be a string"
		}
		return s.checkText(field, text, required)
	case "object":
		if len(raw) == 0 || raw[0] != '{' {
			if s.faults.On("input.type-not-checked") || field.Name == "metadata" && s.faults.On("metadata.any-type-accepted") {
				return ""
			}
			return field.Name + " must be an object"
		}
	case "integer":
		if !isWhole(raw) {
			if s.faults.On("input.type-not-checked") {
				return ""
			}
			return field.Name + " must be a whole number"
		}
	}
	return ""
}

func (s *Server) checkText(field *contract.Field, text string, required bool) string {
	if required && strings.TrimSpace(text) == "" && !s.faults.On("input.empty-accepted") {
		return field.Name + " must not be empty"
	}
	if len(field.Enum) > 0 && !oneOf(field.Enum, text) && !s.faults.On("input.enum-not-checked") {
		return fmt.Sprintf("%s must be one of %s", field.Name, strings.Join(field.Enum, ", "))
	}
	if field.Format == "uuid" {
		if _, ok := parseID(text); !ok {
			return field.Name + " must be a UUID"
		}
	}
	if field.Pattern == "^[A-Z]{3}$" && (len(text) != 3 || strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != "") {
		return field.Name + " must be three capital letters"
	}
	if field.Format == "uri" {
		if u, err := url.Parse(text); err != nil || u.Scheme != "https" && u.Scheme != "http" || u.Host == "" {
			return field.Name + " must be an http address"
		}
	}
	return ""
}

func oneOf(list []string, text string) bool {
	for _, one := range list {
		if one == text {
			return true
		}
	}
	return false
}
