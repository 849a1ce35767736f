package mock

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"crypto/subtle"
	"encoding/json"
	"errors"
	"fmt"
	"mime"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"time"

	"github.com/golang-jwt/jwt/v5"
)

// issuer makes and checks access tokens.
type issuer struct {
	server *Server
	key    *ecdsa.PrivateKey
	parser *jwt.Parser
	// seen keeps verified tokens, since a signature costs more than all the rest of a request.
	seen sync.Map // token → verified
}

type verified struct {
	clientID string
	scope    string
	until    time.Time
}

const issuerName = "https://tokens.kobble.test/pool"

func newIssuer(s *Server) (*issuer, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return nil, fmt.Errorf("making the key that signs tokens: %w", err)
	}
	i := &issuer{server: s, key: key}
	i.parser = jwt.NewParser(jwt.WithValidMethods([]string{"ES256"}), jwt.WithIssuer(issuerName), jwt.WithExpirationRequired(),
		jwt.WithTimeFunc(func() time.Time { return s.clock.Now() }))
	return i, nil
}

// sign makes a token for a client that lives from a time on.
func (i *issuer) sign(clientID, scope string, from time.Time, life time.Duration, serial int64) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims{
		"iss": issuerName, "sub": clientID, "client_id": clientID, "scope": scope, "token_use": "access",
		"iat": from.Unix(), "exp": from.Add(life).Unix(), "jti": fmt.Sprintf("%s-%d", clientID, serial),
	})
	token.Header["kid"] = "mock-1"
	return token.SignedString(i.key)
}

// verify checks signature, issuer and time. The error says in a word what is wrong.
func (i *issuer) verify(token string) (verified, error) {
	now := i.server.clock.Now()
	if kept, ok := i.seen.Load(token); ok {
		known := kept.(verified)
		if now.Before(known.until) || i.server.faults.On("auth.expired-accepted") {
			return known, nil
		}
		return verified{}, errors.New("The access token expired")
	}
	var claims jwt.MapClaims
	_, err := i.parser.ParseWithClaims(token, &claims, func(*jwt.Token) (any, error) { return &i.key.PublicKey, nil })
	if err != nil && !i.forgiven(token, &claims, err) {
		if errors.Is(err, jwt.ErrTokenExpired) {
			return verified{}, errors.New("The access token expired")
		}
		return verified{}, errors.New("The access token is not valid")
	}
	known := verified{}
	known.clientID, _ = claims["client_id"].(string)
	known.scope, _ = claims["scope"].(string)
	if expires, err := claims.GetExpirationTime(); err == nil && expires != nil {
		known.until = expires.Time
	}
	if err == nil {
		i.seen.Store(token, known)
	}
	return known, nil
}

// forgiven lets a bad token pass where a fault asks for it.
func (i *issuer) forgiven(token string, claims *jwt.MapClaims, err error) bool {
	faults := i.server.faults
	if !faults.Any() {
		return false
	}
	if _, _, parse := jwt.NewParser().ParseUnverified(token, claims); parse != nil {
		return false
	}
	unsigned := strings.HasSuffix(token, ".")
	switch {
	case errors.Is(err, jwt.ErrTokenExpired) && !errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return faults.On("auth.expired-accepted")
	case unsigned:
		return faults.On("auth.unsigned-accepted")
	case errors.Is(err, jwt.ErrTokenSignatureInvalid):
		return faults.On("auth.signature-not-checked")
	}
	return false
}

// authenticate finds out who calls and whether the token reaches as far as the operation.
func (s *Server) authenticate(r *http.Request, c *call) (answer, bool) {
	header := r.Header.Get("Authorization")
	scheme, token, _ := strings.Cut(header, " ")
	token = strings.TrimSpace(token)
	if token == "" && r.URL.Query().Get("access_token") != "" && s.faults.On("auth.token-in-address-accepted") {
		scheme, token = "Bearer", r.URL.Query().Get("access_token")
	}
	if !strings.EqualFold(scheme, "Bearer") || token == "" {
		if s.faults.On("auth.no-token-accepted") {
			s.store.mu.RLock()
			c.caller, c.scopes = s.store.clients[s.inventory.Clients["primary"].ID], "client/write administrator/write"
			s.store.mu.RUnlock()
			return answer{}, true
		}
		return s.challenge(http.StatusUnauthorized, "No access token was sent", ""), false
	}
	if scheme != "Bearer" && s.faults.On("auth.scheme-case-matters") {
		return s.challenge(http.StatusUnauthorized, "No access token was sent", ""), false
	}
	known, err := s.tokens.verify(token)
	if err != nil {
		return s.challenge(http.StatusUnauthorized, err.Error(), "invalid_token"), false
	}
	s.store.mu.RLock()
	caller := s.store.clients[known.clientID]
	inactive := caller != nil && caller.status != "ACTIVE"
	s.store.mu.RUnlock()
	if caller == nil || inactive {
		return s.challenge(http.StatusUnauthorized, "The client of the access token is not active", "invalid_token"), false
	}
	c.caller, c.scopes = caller, known.scope
	if !s.reaches(c) && !s.faults.On("auth.scope-ignored") {
		return s.challenge(http.StatusForbidden, "The access token does not reach as far as this operation", "insufficient_scope"), false
	}
	return answer{}, true
}

// reaches reports whether the scopes serve the operation: a write scope serves changes and, as an
// integrator saw (AUTH-13), reads; a read scope serves reads (AUTH-12).
func (s *Server) reaches(c *call) bool {
	administrators := s.style.AdministratorOnly && (strings.HasPrefix(c.operation.ID, "clients-") || c.operation.ID == "card-programs-create")
	for _, scope := range strings.Fields(c.scopes) {
		side, access, _ := strings.Cut(scope, "/")
		if administrators && side != "administrator" {
			continue
		}
		if access == "write" || !c.operation.Writes() {
			return true
		}
	}
	return false
}

// challenge is a refusal with the challenge of RFC 6750; without credentials it names no error.
func (s *Server) challenge(status int, message, code string) answer {
	if s.faults.On("auth.403-for-401") && status == http.StatusUnauthorized {
		return s.refuse(http.StatusForbidden, message)
	}
	refusal := s.refuse(status, message)
	if s.faults.On("http.401-without-challenge") {
		return refusal
	}
	challenge := `Bearer realm="kobble"`
	if code != "" {
		challenge += `, error="` + code + `"`
	}
	return refusal.with("WWW-Authenticate", challenge)
}

// issueToken is the token endpoint: the client-credentials flow of RFC 6749 §4.4.
func (s *Server) issueToken(r *http.Request) answer {
	raw, short := drain(r.Body)
	if !short {
		return s.tokenError(http.StatusBadRequest, "invalid_request")
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if err != nil || media != "application/x-www-form-urlencoded" {
		return s.tokenError(http.StatusBadRequest, "invalid_request")
	}
	form, err := url.ParseQuery(string(raw))
	if err != nil {
		return s.tokenError(http.StatusBadRequest, "invalid_request")
	}
	for name, values := range form {
		if len(values) > 1 {
			return s.tokenError(http.StatusBadRequest, "invalid_request")
		}
		if values[0] == "" {
			form.Del(name) // a parameter without a value counts as left out (RFC 6749 §3.2)
		}
	}
	for _, name := range []string{"grant_type", "client_id", "client_secret", "scope"} {
		if form.Get(name) == "" && (name != "scope" || !s.faults.On("token.scope-not-required")) {
			return s.tokenError(http.StatusBadRequest, "invalid_request")
		}
	}
	if form.Get("grant_type") != "client_credentials" && !s.faults.On("token.any-grant-type") {
		return s.tokenError(http.StatusBadRequest, "unsupported_grant_type")
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	caller := s.store.clients[form.Get("client_id")]
	if caller == nil || subtle.ConstantTimeCompare([]byte(caller.secret), []byte(form.Get("client_secret"))) != 1 && !s.faults.On("token.secret-not-checked") {
		return s.tokenError(http.StatusUnauthorized, "invalid_client")
	}
	for _, scope := range strings.Fields(form.Get("scope")) {
		if !oneOf(strings.Fields(caller.allowed), scope) && !s.faults.On("token.any-scope") {
			return s.tokenError(http.StatusBadRequest, "invalid_scope")
		}
	}
	return s.grant(caller, form.Get("scope"))
}

func (s *Server) grant(caller *client, scope string) answer {
	s.store.serial++
	life := s.options.TokenLife
	token, err := s.tokens.sign(caller.id, scope, s.clock.Now(), life, s.store.serial)
	if err != nil {
		return s.tokenError(http.StatusInternalServerError, "server_error")
	}
	if s.faults.On("token.not-a-jwt") {
		token = "opaque"
	}
	seconds := int64(life / time.Second)
	if s.faults.On("token.expires-in-wrong") {
		seconds *= 60
	}
	fields := map[string]any{"access_token": token, "expires_in": seconds, "token_type": "Bearer"}
	if s.faults.On("token.no-expires-in") {
		delete(fields, "expires_in")
	}
	if s.faults.On("token.refresh-token") {
		fields["refresh_token"] = "mock-refresh"
	}
	body, err := json.Marshal(fields)
	if err != nil {
		return s.tokenError(http.StatusInternalServerError, "server_error")
	}
	a := answer{status: http.StatusOK, body: body}
	if s.faults.On("token.may-be-stored") {
		return a
	}
	return a.with("Cache-Control", "no-store").with("Pragma", "no-cache")
}

func (s *Server) tokenError(status int, code string) answer {
	if s.faults.On("token.error-as-500") {
		status = http.StatusInternalServerError
	}
	if s.faults.On("token.unknown-error-code") {
		code = "something_went_wrong"
	}
	a := answer{status: status, body: fmt.Appendf(nil, `{"error":%q}`, code)}
	return a.with("Cache-Control", "no-store").with("Pragma", "no-cache")
}
