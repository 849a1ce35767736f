package mock

import (
	"encoding/base64"
	"encoding/json"
	"errors"
	"net/http"
	"strings"

	"github.com/golang-jwt/jwt/v5"
)

// admits lets a caller in that sent no token.
func (s *Server) admits(c *call) bool {
	if !s.faults.Any() {
		return false
	}
	line := c.header.Get("Authorization")
	empty := strings.TrimSpace(line) == "Bearer" && s.faults.On("auth.empty-bearer-accepted")
	basic := strings.HasPrefix(line, "Basic ") && s.faults.On("auth.basic-accepted")
	if !empty && !basic && !s.faulty(c, "auth.no-token-accepted") {
		return false
	}
	s.welcome(c)
	return true
}

// welcome takes a caller for one who may do everything.
func (s *Server) welcome(c *call) {
	open := s.tokens.anyone()
	c.caller, c.scope = s.active(open.clientID), open.scope
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
	if i.forgivenForm(token) {
		return i.anyone(), true
	}
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

// forgivenForm reports whether a fault takes a token for its form alone.
func (i *issuer) forgivenForm(token string) bool {
	faults := i.server.faults
	if token == "null" {
		return faults.On("auth.word-null-accepted")
	}
	parts := strings.Split(token, ".")
	if len(parts) < 2 {
		return false
	}
	var head struct {
		Alg string `json:"alg"`
		JWK any    `json:"jwk"`
	}
	raw, err := base64.RawURLEncoding.DecodeString(parts[0])
	if err != nil || json.Unmarshal(raw, &head) != nil {
		return false
	}
	signature := ""
	if len(parts) > 2 {
		signature = parts[2]
	}
	switch {
	case strings.EqualFold(head.Alg, "none"):
		return head.Alg != "none" && faults.On("auth.unsigned-in-capitals-accepted")
	case strings.HasPrefix(head.Alg, "HS"):
		return faults.On("auth.symmetric-accepted")
	case head.JWK != nil:
		return faults.On("auth.embedded-key-trusted")
	case signature == "":
		return faults.On("auth.missing-signature-accepted")
	}
	return len(signature) < signatureLength && faults.On("auth.cut-token-accepted")
}

// signatureLength is how many letters the signature of ES256 has.
const signatureLength = 86

// anyone is what a caller without any credentials gets where a fault lets it in.
func (i *issuer) anyone() grant {
	return grant{clientID: i.server.inventory.Clients["primary"].ID, scope: "client/write administrator/write"}
}
