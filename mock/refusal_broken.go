package mock

import "net/http"

// brokenError is an error that says too much or nothing, where a fault asks for it.
func (s *Server) brokenError(a answer) answer {
	if s.faults.On("error.stack-trace") {
		a.body = setMember(a.body, "stack",
			quote("Error\n    at CardsService.create (/usr/src/app/dist/cards.service.js:42:13)"))
	}
	if s.faults.On("error.statement") {
		a.body = setMember(a.body, "detail", quote(`SELECT * FROM "cards" WHERE "id" = $1`))
	}
	if s.faults.On("error.no-text") {
		a.body = []byte(`{"ok":false}`)
	}
	return a
}

// brokenInvalid answers bad data as no API should.
func (s *Server) brokenInvalid(c *call, text string) (answer, bool) {
	if s.faulty(c, "error.500-on-bad-input") {
		return s.refuse(http.StatusInternalServerError, "Internal server error"), true
	}
	if s.faulty(c, "error.200-on-bad-input") {
		return s.refuse(http.StatusOK, text), true
	}
	return answer{}, false
}

// brokenMissing answers an id that names nothing as no API should.
func (s *Server) brokenMissing(c *call) (answer, bool) {
	if s.faulty(c, "input.unknown-id-500") {
		return s.refuse(http.StatusInternalServerError, "Cannot read properties of null"), true
	}
	if s.faulty(c, "input.unknown-id-null") {
		return answer{status: http.StatusOK, body: []byte("null")}, true
	}
	return answer{}, false
}
