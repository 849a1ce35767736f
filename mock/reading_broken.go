package mock

import (
	"net/http"
	"strings"
)

// longHeader is the length from which a header or an id is too much for a broken server.
const longHeader = 250

// brokenReading is what a fault makes of reading a request, before anything of it is understood.
func (s *Server) brokenReading(r *http.Request, c *call) (answer, bool) {
	trouble := func() (answer, bool) {
		return s.refuse(http.StatusInternalServerError, "Internal server error"), true
	}
	if strings.HasPrefix(r.URL.Path, "/api/") && s.faults.On("route.guide-prefix-gone") {
		return s.refuse(http.StatusNotFound, "Cannot "+r.Method+" "+r.URL.Path), true
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
	return answer{}, false
}

func beyondASCII(query map[string][]string) bool {
	for _, values := range query {
		for _, value := range values {
			for _, r := range value {
				if r > 0x7e {
					return true
				}
			}
		}
	}
	return false
}
