package mock

import (
	"fmt"
	"net/http"
	"strings"
)

// refuse is an error answer in the form of the style: its text stands somewhere in the body (ERR-08, N-08).
func (s *Server) refuse(status int, text string) answer {
	text = s.worded(text)
	code := strings.ToLower(strings.ReplaceAll(http.StatusText(status), " ", "_"))
	a := answer{status: status}
	switch s.style.ErrorShape {
	case "error":
		a.body = fmt.Appendf(nil, `{"error":%s,"code":"%s","request_id":"%s"}`, quote(text), http.StatusText(status),
			s.requestID())
	case "detail":
		a.body = fmt.Appendf(nil, `{"detail":%s}`, quote(text))
	case "described":
		a.body = fmt.Appendf(nil, `{"error":"%s","error_description":%s}`, code, quote(text))
	case "texts":
		a.body = fmt.Appendf(nil, `{"errors":[%s]}`, quote(text))
	case "objects":
		a.body = fmt.Appendf(nil, `{"errors":[{"code":"%s","message":%s}]}`, code, quote(text))
	case "nested":
		a.body = fmt.Appendf(nil, `{"error":{"code":"%s","message":%s}}`, code, quote(text))
	case "deep":
		a.body = fmt.Appendf(nil, `{"fault":{"detail":{"reasons":[{"text":%s}]}}}`, quote(text))
	case "array":
		a.body = fmt.Appendf(nil, `[{"message":%s}]`, quote(text))
	case "problem":
		a.media = "application/problem+json"
		a.body = fmt.Appendf(nil, `{"type":"about:blank","title":"%s","status":%d,"detail":%s}`, http.StatusText(status),
			status, quote(text))
	default:
		a.body = fmt.Appendf(nil, `{"statusCode":%d,"message":%s}`, status, quote(text))
	}
	return s.brokenError(a)
}

// worded is a text in the letter case of the style, with its prefix or final stop.
func (s *Server) worded(text string) string {
	switch s.style.Wording {
	case "small":
		return strings.ToLower(text)
	case "capitals":
		return strings.ToUpper(text)
	case "stop":
		return text + "."
	case "prefix":
		return "KOBBLE-1001: " + text
	}
	return text
}

// invalid refuses data that is missing or wrong.
func (s *Server) invalid(c *call, text string) answer {
	if broken, breaks := s.brokenInvalid(c, text); breaks {
		return broken
	}
	return s.refuse(s.invalidStatus(c), text)
}

func (s *Server) invalidStatus(c *call) int {
	if inCards(c.operation) {
		return s.style.InvalidCard
	}
	return s.style.Invalid
}

// forbiddenByState refuses what the state of a thing does not allow.
func (s *Server) forbiddenByState(text string) answer { return s.refuse(s.style.Conflict, text) }

// missing refuses an id that names nothing: 404 in the Cards section (ERR-05), else by style.
func (s *Server) missing(c *call, what string) answer {
	if inCards(c.operation) {
		return s.notFound(c, what, http.StatusNotFound)
	}
	return s.notFound(c, what, s.style.Unknown)
}

func (s *Server) notFound(c *call, what string, status int) answer {
	if broken, breaks := s.brokenMissing(c); breaks {
		return broken
	}
	return s.refuse(status, what+" not found")
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
