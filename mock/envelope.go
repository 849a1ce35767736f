package mock

import (
	"encoding/json"
	"net/http"
	"strconv"
)

// answer is what goes back to the caller. Media is the Content-Type where it is not JSON.
type answer struct {
	status int
	header []pair
	body   []byte
	media  string
}

// pair is one header of an answer.
type pair struct{ name, value string }

// with adds a header. The answer that it is called on stays as it was.
func (a answer) with(name, value string) answer {
	a.header = append(a.header[:len(a.header):len(a.header)], pair{name, value})
	return a
}

func (a answer) succeeded() bool { return a.status >= 200 && a.status < 300 }

// refuse is an error answer in the envelope of the style: the text stands in message or in error.
func (s *Server) refuse(status int, text string) answer {
	body := append(make([]byte, 0, 160), '{')
	if s.style.ErrorMember == "message" {
		body = append(body, `"statusCode":`...)
		body = strconv.AppendInt(body, int64(status), 10)
		body = append(body, `,"message":`...)
		body = append(body, quote(text)...)
	} else {
		body = append(body, `"error":`...)
		body = append(body, quote(text)...)
		body = append(body, `,"code":"`...)
		body = append(body, http.StatusText(status)...)
		body = append(body, `","request_id":"`...)
		body = append(body, s.requestID()...)
		body = append(body, '"')
	}
	if s.faults.On("error.stack-trace") {
		body = append(body, `,"stack":"Error\n    at CardsService.create (/usr/src/app/dist/cards.service.js:42:13)"`...)
	}
	if s.faults.On("error.statement") {
		body = append(body, `,"detail":"SELECT * FROM \"cards\" WHERE \"id\" = $1"`...)
	}
	body = append(body, '}')
	if s.faults.On("error.no-text") {
		body = []byte(`{"ok":false}`)
	}
	return answer{status: status, body: body}
}

// requestID numbers the errors of the style that shows a request id.
func (s *Server) requestID() string { return "req-" + strconv.FormatInt(s.requests.Add(1), 36) }

// invalid refuses data that is missing or wrong: 400 in the Cards section (ERR-02), else by style.
func (s *Server) invalid(c *call, text string) answer {
	if s.faults.At("error.500-on-bad-input", c.operation.ID) {
		return s.refuse(http.StatusInternalServerError, "Internal server error")
	}
	if s.faults.At("error.200-on-bad-input", c.operation.ID) {
		return s.refuse(http.StatusOK, text)
	}
	if inCards(c.operation) {
		return s.refuse(http.StatusBadRequest, text)
	}
	return s.refuse(s.style.Invalid, text)
}

// forbiddenByState refuses what the state of a thing does not allow.
func (s *Server) forbiddenByState(text string) answer { return s.refuse(s.style.Conflict, text) }

// missing refuses an id that names nothing.
func (s *Server) missing(c *call, what string) answer {
	if s.faults.At("input.unknown-id-500", c.operation.ID) {
		return s.refuse(http.StatusInternalServerError, "Cannot read properties of null")
	}
	if s.faults.At("input.unknown-id-null", c.operation.ID) {
		return answer{status: http.StatusOK, body: []byte("null")}
	}
	return s.refuse(http.StatusNotFound, what+" not found")
}

// foreign refuses an id that names another client's thing, without saying anything of it.
func (s *Server) foreign(what string) answer {
	if s.faults.On("auth.foreign-as-bad-request") {
		return s.refuse(http.StatusBadRequest, "Bad request")
	}
	if s.style.Foreign == http.StatusForbidden {
		return s.refuse(http.StatusForbidden, "Access denied")
	}
	return s.refuse(s.style.Foreign, what+" not found")
}

// quote writes a text as JSON.
func quote(text string) []byte {
	plain := true
	for i := range len(text) {
		if c := text[i]; c < ' ' || c >= 0x7f || c == '"' || c == '\\' || c == '<' || c == '>' || c == '&' {
			plain = false
			break
		}
	}
	if plain {
		return append(append(append(make([]byte, 0, len(text)+2), '"'), text...), '"')
	}
	raw, err := json.Marshal(text)
	if err != nil {
		return []byte(`""`) // unreachable: every string can be written as JSON
	}
	return raw
}
