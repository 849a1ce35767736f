package mock

import (
	"crypto/subtle"
	"encoding/json"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"
)

// issueToken is the token endpoint: the client-credentials flow of RFC 6749 §4.4, with the form fields
// that doc-768364 requires.
func (s *Server) issueToken(r *http.Request) answer {
	form, ok := s.tokenForm(r)
	if !ok {
		return s.tokenError(http.StatusBadRequest, "invalid_request")
	}
	for _, name := range []string{"grant_type", "client_id", "client_secret", "scope"} {
		if form.Get(name) == "" && !s.faults.On(tokenFieldNotRequired[name]) {
			return s.tokenError(http.StatusBadRequest, "invalid_request")
		}
	}
	if kind := form.Get("grant_type"); kind != "" && kind != "client_credentials" && !s.faults.On("token.any-grant-type") {
		return s.tokenError(http.StatusBadRequest, "unsupported_grant_type")
	}
	caller := s.active(form.Get("client_id"))
	if caller == nil || !s.secretHolds(caller, form.Get("client_secret")) {
		return s.tokenError(s.style.BadCredentials, "invalid_client")
	}
	scopes := strings.Fields(form.Get("scope"))
	if len(scopes) == 0 && form.Get("scope") != "" || len(scopes) > 1 && s.style.Scopes == "single" {
		return s.tokenError(http.StatusBadRequest, "invalid_scope")
	}
	for _, scope := range scopes {
		if !slices.Contains(caller.scopes, scope) && !s.faults.On("token.any-scope") {
			return s.tokenError(http.StatusBadRequest, "invalid_scope")
		}
	}
	return s.grantToken(caller, strings.Join(scopes, " "))
}

// secretHolds compares secrets in constant time. An empty one gets this far only where a fault does not
// ask for it.
func (s *Server) secretHolds(caller *client, secret string) bool {
	return subtle.ConstantTimeCompare([]byte(caller.secret), []byte(secret)) == 1 || secret == "" ||
		s.faults.On("token.secret-not-checked")
}

// tokenForm reads the form. A parameter without a value counts as left out, and none may be repeated
// (RFC 6749 §3.2).
func (s *Server) tokenForm(r *http.Request) (url.Values, bool) {
	raw, fits := s.drain(r)
	if !fits {
		return nil, false
	}
	media, _, err := mime.ParseMediaType(r.Header.Get("Content-Type"))
	if (err != nil || media != "application/x-www-form-urlencoded") && !s.faults.On("token.any-media-type") {
		return nil, false
	}
	form, err := url.ParseQuery(string(raw))
	if err != nil {
		return nil, false
	}
	for _, given := range form {
		if len(given) > 1 {
			return nil, false
		}
	}
	return form, true
}

func (s *Server) grantToken(caller *client, scope string) answer {
	token, err := s.tokens.sign(caller.id, scope, s.brokenStart(s.clock.Now()), s.options.TokenLife, s.requests.Add(1))
	if err != nil {
		return s.tokenError(http.StatusInternalServerError, "server_error")
	}
	seconds := int64(s.options.TokenLife / time.Second)
	fields := map[string]any{"access_token": token, "expires_in": seconds, "token_type": s.style.TokenType}
	if s.style.ShowScope {
		fields["scope"] = scope
	}
	body, err := json.Marshal(s.brokenGrant(fields, seconds))
	if err != nil {
		return s.tokenError(http.StatusInternalServerError, "server_error")
	}
	a := answer{status: http.StatusOK, body: body}
	if s.faults.On("token.may-be-stored") {
		return a
	}
	return a.with("Cache-Control", "no-store").with("Pragma", "no-cache")
}

// tokenError is an error of RFC 6749 §5.2.
func (s *Server) tokenError(status int, code string) answer {
	status, body := s.brokenTokenError(status, code)
	a := answer{status: status, body: body}
	if status == http.StatusUnauthorized {
		a = a.with("WWW-Authenticate", `Basic realm="kobble tokens"`)
	}
	return a.with("Cache-Control", "no-store").with("Pragma", "no-cache")
}
