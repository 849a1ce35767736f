package mock

import (
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
)

// longHeader is the length from which a header or an id is too much for a broken server.
const longHeader = 250

// brokenReading is what a fault makes of reading a request, before anything of it is understood.
func (s *Server) brokenReading(r *http.Request, c *call) (answer, bool) {
	if !s.faults.Any() {
		return answer{}, false
	}
	if s.faulty(c, "route.moved") || strings.HasPrefix(r.URL.Path, "/api/") && s.faults.On("route.guide-prefix-gone") {
		return s.refuse(http.StatusNotFound, "Cannot "+r.Method+" "+r.URL.Path), true
	}
	trouble := func() (answer, bool) {
		return s.refuse(http.StatusInternalServerError, "Internal server error"), true
	}
	if beyondASCII(r.URL.Query()) && s.faults.On("input.odd-query-500") {
		return trouble()
	}
	for name, values := range c.header {
		if name != "Authorization" && len(values) > 0 && len(values[0]) > longHeader && s.faults.On("input.odd-header-500") {
			return trouble()
		}
	}
	if len(c.parameter("id")) > longHeader && s.faults.On("input.odd-id-500") {
		return trouble()
	}
	if r.Method == http.MethodHead && s.faults.On("http.head-refused") {
		return s.unrouted(r.Method, []string{http.MethodGet}), true
	}
	return answer{}, false
}

// brokenHealth is a health check that fails.
func (s *Server) brokenHealth() (answer, bool) {
	if s.faults.On("health.always-500") {
		return s.refuse(http.StatusInternalServerError, "Internal server error"), true
	}
	if s.faults.On("health.gone") {
		return s.refuse(http.StatusNotFound, "Nothing is found at this address"), true
	}
	return answer{}, false
}

var (
	longText   = regexp.MustCompile(`"(?:[^"\\]|\\.){250}`)
	oddControl = regexp.MustCompile(`\\u00[01][0-9a-f]|\\t\\r\\n`)
	oddNumber  = regexp.MustCompile(`[:\[,]-?(?:\d[\d.]*[eE][-+]?\d+|\d{20})`)
)

// tripped reports whether a fault makes the mock stumble over an odd body.
func (s *Server) tripped(raw []byte) bool {
	return s.faults.On("input.long-text-500") && longText.Match(raw) ||
		s.faults.On("input.control-characters-500") && oddControl.Match(raw) ||
		s.faults.On("input.edge-number-500") && oddNumber.Match(raw)
}

func beyondASCII(query url.Values) bool {
	for _, values := range query {
		if slices.ContainsFunc(values, func(value string) bool { return strings.ContainsFunc(value, func(r rune) bool { return r > 0x7e }) }) {
			return true
		}
	}
	return false
}
