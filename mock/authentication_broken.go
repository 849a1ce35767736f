package mock

import (
	"errors"
	"net/http"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// admits lets a caller in that sent no token.
func (s *Server) admits(c *call) bool {
	if !s.faulty(c, "auth.no-token-accepted") {
		return false
	}
	open := s.tokens.anyone()
	c.caller, c.scope = s.active(open.clientID), open.scope
	return true
}

// brokenClient is the client of a token: another one that a header names, where a fault trusts that.
func (s *Server) brokenClient(id, named string) string {
	if s.faults.Any() && named != id && s.active(named) != nil && s.faults.On("tenancy.client-header-trusted") {
		return named
	}
	return id
}

// brokenCredentials is the token of a request that has none in the one place for it.
func (s *Server) brokenCredentials(r *http.Request) (token string, sent bool) {
	if !s.faults.Any() || len(r.Header["Authorization"]) > 0 {
		return "", false
	}
	text := r.URL.Query().Get("access_token")
	return text, text != "" && s.faults.On("auth.token-in-address-accepted")
}

// brokenDenial is the status of a denial; bare says that it comes without a challenge.
func (s *Server) brokenDenial(status int) (broken int, bare bool) {
	switch {
	case status == http.StatusUnauthorized && s.faults.On("auth.403-for-401"):
		return http.StatusForbidden, true
	case status == http.StatusForbidden && s.faults.On("auth.401-for-403"):
		return http.StatusUnauthorized, false
	}
	return status, false
}

// brokenChallenge is the challenge for an error with what the faults make of it.
func (s *Server) brokenChallenge(code string) string {
	if s.faults.On("http.challenge-without-parameter") {
		return "Bearer"
	}
	if code == "" && s.faults.On("auth.error-without-credentials") {
		code = "invalid_token"
	} else if code == "invalid_token" && s.faults.On("auth.challenge-without-error") {
		code = ""
	}
	return s.challengeText(code)
}

// forgiven lets a bad token pass where a fault asks for it.
func (i *issuer) forgiven(c *call, token string, err error) (grant, bool) {
	if !i.server.faults.Any() {
		return grant{}, false
	}
	s := i.server
	var claims jwt.MapClaims
	parsed, _, unread := jwt.NewParser().ParseUnverified(token, &claims)
	if unread != nil {
		return i.anyone(), s.faulty(c, "auth.any-text-accepted")
	}
	expired := errors.Is(err, jwt.ErrTokenExpired)
	switch {
	case strings.EqualFold(parsed.Method.Alg(), "none"):
		return grantOf(claims), s.faulty(c, "auth.unsigned-accepted")
	case expired && !errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return grantOf(claims), s.faulty(c, "auth.expired-accepted")
	}
	return grantOf(claims), s.faulty(c, "auth.signature-not-checked")
}

// anyone is what a caller without any credentials gets where a fault lets it in.
func (i *issuer) anyone() grant {
	return grant{clientID: i.server.inventory.Clients["primary"].ID, scope: "client/write administrator/write"}
}
