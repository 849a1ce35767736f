package mock

import (
	"encoding/base64"
	"encoding/json"
	"math"
	"net"
	"net/http"
	"strconv"
	"strings"
)

// limited answers 429 where the limiter of the options says so (RATE-04: no page says how a restriction is
// answered; 429 with Retry-After is what HTTP has for it). The token endpoint is not limited.
func (s *Server) limited(r *http.Request) (answer, bool) {
	if s.limiter == nil || strings.HasPrefix(r.URL.Path, "/oauth2/") {
		return answer{}, false
	}
	ok, wait := s.limiter.Allow(s.limitKey(r), s.clock.Now())
	if ok && s.faults.On("limit.counts-double") {
		_, _ = s.limiter.Allow(s.limitKey(r), s.clock.Now())
	}
	if ok {
		return answer{}, false
	}
	return s.refuse(http.StatusTooManyRequests, "Too many requests").with("Retry-After",
		strconv.Itoa(int(math.Ceil(wait.Seconds())))), true
}

// limitKey is what the limiter counts by.
func (s *Server) limitKey(r *http.Request) string {
	switch s.options.Limit.Scope {
	case "address":
		host, _, _ := net.SplitHostPort(r.RemoteAddr)
		return host
	case "token":
		return r.Header.Get("Authorization")
	case "operation":
		return r.Method + " " + r.URL.Path
	case "client":
		// Counting comes before authentication, so the token is read and not yet believed.
		if parts := strings.Split(r.Header.Get("Authorization"), "."); len(parts) == 3 {
			var claims struct {
				Client string `json:"client_id"`
				Sub    string `json:"sub"`
			}
			if text, err := base64.RawURLEncoding.DecodeString(parts[1]); err == nil && json.Unmarshal(text, &claims) == nil {
				return claims.Client + claims.Sub
			}
		}
	}
	return ""
}
