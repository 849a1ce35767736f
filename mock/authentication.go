package mock

import (
	"net/http"
	"strings"
)

// authenticate finds out who calls, and whether the token reaches as far as the operation.
func (s *Server) authenticate(r *http.Request, c *call) (answer, bool) {
	token, sent := s.credentials(r)
	switch {
	case !sent && s.admits(c):
		return answer{}, true
	case !sent:
		refusal := s.challenge(c, http.StatusUnauthorized, "No access token was sent", "")
		return refusal, s.actsAllTheSame(c, refusal, false)
	}
	found, wrong := s.tokens.verify(c, token)
	found, wrong = s.brokenVerdict(found, wrong)
	if wrong != "" {
		refusal := s.challenge(c, http.StatusUnauthorized, wrong, "invalid_token")
		return refusal, s.actsAllTheSame(c, refusal, true)
	}
	named := r.Header.Get("X-Client-Id")
	found.clientID = s.brokenClient(found.clientID, named)
	c.caller, c.scope = s.active(found.clientID), found.scope
	if s.style.ClientHeaderHeld && named != "" && named != found.clientID {
		return s.refuse(http.StatusForbidden, "x-client-id is not the client of the access token"), false
	}
	if c.caller == nil {
		return s.challenge(c, http.StatusUnauthorized, "The client of the access token is not active", "invalid_token"), false
	}
	if !s.reaches(c) {
		return s.challenge(c, http.StatusForbidden, "The access token does not reach as far as this operation",
			"insufficient_scope"), false
	}
	return answer{}, true
}

// credentials returns the token of a request. It comes in the Authorization header alone: one in the
// address would end up in logs, and of two headers nobody knows which counts.
func (s *Server) credentials(r *http.Request) (token string, sent bool) {
	headers := r.Header["Authorization"]
	if len(headers) != 1 {
		return s.brokenCredentials(r)
	}
	scheme, token, _ := strings.Cut(headers[0], " ")
	token = strings.TrimSpace(token)
	switch {
	case token == "":
		return "", false
	case scheme == "Bearer":
		return token, true
	case strings.EqualFold(scheme, "Bearer"):
		return token, !s.faults.On("auth.scheme-case-matters")
	}
	return token, s.faults.On("auth.any-scheme-accepted")
}

// active returns the client of that id, or nil where there is none or it is INACTIVE.
func (s *Server) active(id string) *client {
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()
	if found := s.store.clients[id]; found != nil && found.status == "ACTIVE" {
		return found
	}
	return nil
}

// reaches reports whether the scopes serve the operation: a write scope serves changes and, as an
// integrator saw (AUTH-13), reads; a read scope serves reads (AUTH-12). The style may look at no scope, or keep
// writes from reading (C-08). Whether an operation needs an administrator is up to the style too (N-48).
func (s *Server) reaches(c *call) bool {
	administrators := s.style.Callers[c.operation.ID] == "administrator"
	if s.style.Callers[c.operation.ID] == "nobody" {
		return false
	}
	reading := false
	for _, scope := range strings.Fields(c.scope) {
		side, access, _ := strings.Cut(scope, "/")
		if administrators && side != "administrator" {
			continue
		}
		if s.style.Scopes == "lax" || access == "write" && (s.style.Scopes != "separate" || c.operation.Writes()) {
			return true
		}
		if access == "write" {
			continue
		}
		reading = true
	}
	if !reading {
		return false
	}
	if c.operation.Writes() {
		return s.faulty(c, "auth.scope-ignored")
	}
	return !s.faults.On("auth.read-scope-refused")
}

// challenge is a refusal with the challenge of RFC 6750 §3; without credentials it names no error.
func (s *Server) challenge(c *call, status int, text, code string) answer {
	status, bare := s.brokenDenial(status)
	if outside := !inCards(c.operation) && c.operation.Section != "Clients"; status == http.StatusUnauthorized &&
		outside && s.style.NoToken != status {
		return s.refuse(s.style.NoToken, text)
	}
	refusal := s.refuse(status, text)
	if bare || status == http.StatusUnauthorized && s.faulty(c, "http.401-without-challenge") {
		return refusal
	}
	return refusal.with("WWW-Authenticate", s.brokenChallenge(code))
}

// challengeText is a challenge in the form of the style.
func (s *Server) challengeText(code string) string {
	text := `Bearer realm="kobble"`
	switch s.style.Challenge {
	case "scope":
		text = `Bearer scope="client/read"`
	case "small":
		text = `bearer realm="kobble"`
	case "two":
		text = `DPoP algs="ES256", Bearer realm="kobble"`
	}
	if code != "" {
		text += `, error="` + code + `"`
		if s.style.Challenge == "described" {
			text += `, error_description="The access token does not serve"`
		}
	}
	return text
}
