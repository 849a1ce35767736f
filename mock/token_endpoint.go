package mock

import (
	"crypto/subtle"
	"encoding/json"
	"fmt"
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
		return s.tokenError(http.StatusBadRequest, s.brokenCode("form", "invalid_request"))
	}
	tried := s.basic(r, form)
	for _, name := range []string{"grant_type", "client_id", "client_secret", "scope"} {
		if form.Get(name) == "" && !s.faults.On(tokenFieldNotRequired[name]) {
			return s.lacking(name, form)
		}
	}
	if kind := form.Get("grant_type"); kind != "" && kind != "client_credentials" && !s.forgivenGrant(kind) {
		return s.tokenError(http.StatusBadRequest, s.brokenCode("grant", "unsupported_grant_type"))
	}
	caller := s.active(form.Get("client_id"))
	if caller == nil || !s.secretHolds(caller, form.Get("client_secret")) {
		return s.unproved(tried)
	}
	scopes, ok := s.scopesFor(caller, form.Get("scope"))
	if !ok {
		return s.tokenError(http.StatusBadRequest, s.brokenCode("scope", s.style.NoScope))
	}
	return s.grantToken(caller, strings.Join(scopes, " "))
}

// basic puts the credentials of a header into the form (RFC 6749 §2.3.1), and reports whether there were some.
func (s *Server) basic(r *http.Request, form url.Values) bool {
	id, secret, tried := r.BasicAuth()
	if !tried || s.style.BasicUntaken {
		return false
	}
	for name, value := range map[string]string{"client_id": id, "client_secret": secret} {
		if plain, err := url.QueryUnescape(value); err == nil && form.Get(name) == "" {
			form.Set(name, plain)
		}
	}
	return true
}

// lacking refuses a form without a field.
func (s *Server) lacking(name string, form url.Values) answer {
	if broken, breaks := s.brokenEmpty(name, form); breaks {
		return broken
	}
	code := "invalid_request"
	if strings.HasPrefix(name, "client_") {
		code = s.style.NoCredentials
	}
	return s.tokenError(http.StatusBadRequest, s.brokenCode("lacking", code))
}

// unproved refuses whoever is not the client. Who tried by a header is answered 401 (RFC 6749 §5.2).
func (s *Server) unproved(byHeader bool) answer {
	status := s.style.BadCredentials
	if byHeader {
		status = http.StatusUnauthorized
	}
	return s.tokenError(status, s.brokenCode("secret", "invalid_client"))
}

// scopesFor are the scopes that a client gets for those it asked for, and false where it gets none.
func (s *Server) scopesFor(caller *client, asked string) ([]string, bool) {
	scopes := s.brokenScopes(caller, strings.Fields(asked))
	if len(scopes) == 0 && asked != "" || len(scopes) > 1 && s.style.Scopes == "single" {
		return nil, false
	}
	for _, scope := range scopes {
		if !slices.Contains(caller.scopes, scope) && !s.faults.On("token.any-scope") {
			return nil, false
		}
	}
	return scopes, true
}

// secretHolds compares secrets in constant time. An empty one gets this far only where a fault does not
// ask for it.
func (s *Server) secretHolds(caller *client, secret string) bool {
	return subtle.ConstantTimeCompare([]byte(caller.secret), []byte(secret)) == 1 || secret == "" ||
		s.forgivenSecret(caller, secret)
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
	if err != nil || s.faults.Any() && !s.brokenForm(r, string(raw), form) {
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
	from := either(s, s.clock.Now(), "token.expired-when-given", s.clock.Now().Add(-s.options.TokenLife-time.Minute))
	token, err := s.tokens.sign(caller.id, scope, from, s.options.TokenLife, s.requests.Add(1))
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
	a := answer{status: http.StatusOK, body: body, media: s.brokenTokenMedia("token.answer-as-text")}
	if s.faults.On("token.may-be-stored") || s.faults.OneIn("token.may-be-stored-at-times", 3) {
		return a
	}
	if a = a.with("Cache-Control", "no-store"); s.faults.On("token.kept-by-old-caches") {
		return a
	}
	return a.with("Pragma", "no-cache")
}

// tokenError is an error of RFC 6749 §5.2.
func (s *Server) tokenError(status int, code string) answer {
	description := ""
	if s.style.Described {
		description = "The token request can not be served: " + code
	}
	status, body := s.brokenTokenError(status, code, description)
	if body == nil && description == "" {
		body = fmt.Appendf(nil, `{"error":%q}`, code)
	} else if body == nil {
		body = fmt.Appendf(nil, `{"error":%q,"error_description":%q}`, code, description)
	}
	a := answer{status: status, body: body, media: s.brokenTokenMedia("token.error-as-text")}
	if status == http.StatusUnauthorized {
		a = s.challengedBasic(a)
	}
	return a.with("Cache-Control", "no-store").with("Pragma", "no-cache")
}
