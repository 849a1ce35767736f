package mock

import (
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/kobcheck/kobcheck/mock/fault"
)

// tokenFieldNotRequired gives the fault of doing without each field of the form.
var tokenFieldNotRequired = map[string]fault.ID{
	"grant_type": "token.grant-type-not-required", "client_secret": "token.secret-not-required",
	"scope": "token.scope-not-required",
}

// brokenVerdict is what is found of a token, and what is wrong with it, as the faults have it.
func (s *Server) brokenVerdict(found grant, wrong string) (grant, string) {
	if s.faults.On("token.runs-out-early") && !s.clock.Now().Before(found.from.Add(3*time.Second/2)) {
		wrong = tokenExpired
	}
	if s.faults.On("token.reaches-nothing") {
		found.scope = ""
	}
	return found, wrong
}

// brokenMethod is the method that a request is taken to have.
func (s *Server) brokenMethod(r *http.Request) string {
	if r.Method == http.MethodGet && r.URL.Path == "/oauth2/token" && s.faults.On("token.by-get") {
		return http.MethodPost
	}
	return r.Method
}

// brokenForm changes how a form is read; it reports whether it may be one.
func (s *Server) brokenForm(r *http.Request, raw string, form url.Values) bool {
	first, _, _ := strings.Cut(raw, "=")
	if strings.Contains(raw, "%63") && s.faults.On("token.escapes-not-undone") || first != "client_id" && s.faults.On("token.order-matters") {
		return false
	}
	for name, values := range form {
		s.brokenRepeats(name, values, form)
		if !slices.Contains([]string{"grant_type", "client_id", "client_secret", "scope"}, name) &&
			(s.faults.On("token.unknown-field-refused") || values[0] == "" && s.faults.On("token.unknown-empty-field-refused")) {
			return false
		}
	}
	for name, values := range r.URL.Query() {
		if form.Get(name) == "" && (s.faults.On("token.address-read") || name == "scope" && s.faults.On("token.scope-in-address-read") ||
			name == "client_id" && s.faults.On("token.id-in-address-read") ||
			name == "grant_type" && s.faults.On("token.grant-type-in-address-read")) {
			form[name] = values
		}
	}
	if values, there := form["scope"]; there && values[0] == "" && s.faults.On("token.empty-scope-is-any") {
		form.Set("scope", "client/read")
	}
	return true
}

// brokenRepeats takes a field that is sent more than once for one.
func (s *Server) brokenRepeats(name string, values []string, form url.Values) {
	last := len(values) - 1
	if last == 0 {
		return
	}
	switch {
	case values[0] == values[last] && s.faults.On("token.repeated-alike-taken"), s.faults.On("token.repeated-first-taken"):
		form[name] = values[:1]
	case s.faults.On("token.repeated-last-taken"):
		form[name] = values[last:]
	}
	if name == "scope" && s.faults.On("token.repeated-scopes-joined") {
		form.Set(name, values[0])
	}
	if name == "client_secret" && s.faults.On("token.repeated-secret-any-right") {
		form.Set(name, strings.Replace(values[0]+values[last], "kobcheck-wrong-value", "", 1))
	}
}

// brokenEmpty refuses an empty field in another way than one that is left out.
func (s *Server) brokenEmpty(name string, form url.Values) (answer, bool) {
	switch _, there := form[name]; {
	case !there:
	case name == "client_secret" && s.faults.On("token.empty-secret-is-a-wrong-one"):
		return s.unproved(false), true
	case name == "scope" && s.faults.On("token.empty-scope-is-a-wrong-one"):
		return s.tokenError(http.StatusBadRequest, "unauthorized_client"), true
	case name == "grant_type" && s.faults.On("token.empty-grant-type-is-a-wrong-one"):
		return s.tokenError(http.StatusBadRequest, "unsupported_grant_type"), true
	}
	return answer{}, false
}

// forgivenGrant reports whether a grant type that is not the one passes for it.
func (s *Server) forgivenGrant(kind string) bool {
	return strings.EqualFold(kind, "client_credentials") && s.faults.On("token.grant-type-any-case") ||
		strings.Contains(kind, "credential") && s.faults.On("token.grant-type-nearly") ||
		slices.Contains([]string{"password", "refresh_token", "authorization_code"}, kind) && s.faults.On("token.other-grants-taken") ||
		s.faults.On("token.any-grant-type")
}

// forgivenSecret reports whether a secret that is not the client's passes for it.
func (s *Server) forgivenSecret(caller *client, secret string) bool {
	return strings.EqualFold(caller.secret, secret) && s.faults.On("token.secret-any-case") ||
		strings.HasPrefix(caller.secret, secret) && s.faults.On("token.secret-begun-is-enough") ||
		strings.HasPrefix(secret, caller.secret) && s.faults.On("token.secret-may-go-on") ||
		strings.TrimSpace(secret) == caller.secret && s.faults.On("token.secret-trimmed") ||
		s.anybodys(secret) && s.faults.On("token.any-clients-secret") ||
		s.faults.On("token.secret-not-checked")
}

// anybodys reports whether a secret is that of any client.
func (s *Server) anybodys(secret string) bool {
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()
	for _, one := range s.store.clients {
		if one.secret == secret {
			return true
		}
	}
	return false
}

// brokenClaims are those of a token, and the secret of its client where a fault asks for it.
func (s *Server) brokenClaims(claims jwt.MapClaims) jwt.MapClaims {
	if s.faults.On("token.claims-hold-the-secret") {
		s.store.mu.RLock()
		defer s.store.mu.RUnlock()
		claims["client_secret"] = s.store.clients[claims["client_id"].(string)].secret
	}
	return claims
}

// brokenScopes are the scopes that are taken as asked for.
func (s *Server) brokenScopes(caller *client, scopes []string) []string {
	if !s.faults.Any() {
		return scopes
	}
	for i, scope := range scopes {
		if small := strings.ToLower(scope); small != scope && s.faults.On("token.scope-any-case") {
			scopes[i] = small
		}
	}
	switch {
	case len(scopes) > 1 && s.faults.On("token.scope-narrowed"):
		return scopes[:1]
	case len(scopes) == 1 && scopes[0] == "client/read" && s.faults.On("token.scope-widened"):
		return caller.scopes
	}
	return scopes
}

// brokenGrant is what the token endpoint answers, with what the faults make of it.
func (s *Server) brokenGrant(fields map[string]any, seconds int64) map[string]any {
	for id, one := range map[fault.ID]struct {
		name  string
		value any
	}{
		"token.not-a-jwt": {"access_token", "opaque"}, "token.expires-in-wrong": {"expires_in", seconds * 60},
		"token.expires-in-text": {"expires_in", fmt.Sprint(seconds)}, "token.expires-in-fraction": {"expires_in", float64(seconds) + 0.5},
		"token.expires-in-zero": {"expires_in", 0}, "token.refresh-token": {"refresh_token", "mock-refresh"},
		"token.type-mac": {"token_type", "mac"}, "token.type-list": {"token_type", []string{"Bearer"}},
		"token.scope-told-wrong": {"scope", "client/other"}, "token.expires-in-negative": {"expires_in", -seconds},
	} {
		if s.faults.On(id) {
			fields[one.name] = one.value
		}
	}
	if s.faults.OneIn("token.type-missing-at-times", 3) {
		delete(fields, "token_type")
	}
	if s.faults.OneIn("token.expires-in-text-at-times", 3) {
		fields["expires_in"] = fmt.Sprint(seconds)
	}
	if s.faults.On("token.no-expires-in") {
		delete(fields, "expires_in")
	}
	return fields
}

// brokenTokenMedia is another media type where a fault gives one, else empty.
func (s *Server) brokenTokenMedia(id fault.ID) string {
	if s.faults.On(id) || s.faults.OneIn(id+"-at-times", 3) {
		return "text/plain"
	}
	return ""
}

// brokenCode is the code of a refusal of a kind.
func (s *Server) brokenCode(kind, code string) string {
	others := map[string]string{"grant": "invalid_request", "secret": "invalid_grant", "scope": "invalid_client", "form": "invalid_grant",
		"lacking": "unauthorized_client"}
	if s.faults.On(fault.ID("token.code-of-" + kind)) {
		return others[kind]
	}
	return code
}

// brokenTokenError is the status and the body of an error of the token endpoint; no body where it is as it should be.
func (s *Server) brokenTokenError(status int, code, description string) (int, []byte) {
	if code != "invalid_client" {
		status = either(s, status, "token.error-as-401", http.StatusUnauthorized)
	}
	status = instead(s, status, wrong[int]{"token.error-as-500", http.StatusInternalServerError},
		wrong[int]{"token.error-as-200", http.StatusOK})
	if s.faults.OneIn("token.unknown-error-code-at-times", 3) {
		return status, []byte(`{"error":"something_went_wrong"}`)
	}
	return status, instead(s, nil, []wrong[[]byte]{
		{"token.unknown-error-code", []byte(`{"error":"something_went_wrong"}`)},
		{"token.error-without-code", []byte(`{"message":"Something went wrong"}`)},
		{"token.error-in-capitals", fmt.Appendf(nil, `{"error":%q}`, strings.ToUpper(code))},
		{"token.error-object", fmt.Appendf(nil, `{"error":{"code":%q}}`, code)},
		{"token.error-of-two-codes", fmt.Appendf(nil, `{"error":"invalid_request %s"}`, code)},
		{"token.error-quotes", fmt.Appendf(nil, `{"error":%q,"error_description":"the value of \"form\" is wrong. %s"}`, code, description)},
		{"token.error-list-of-descriptions", fmt.Appendf(nil, `{"error":%q,"error_description":["wrong"]}`, code)},
	}...)
}

// challengedBasic names the way to authenticate at the token endpoint.
func (s *Server) challengedBasic(a answer) answer {
	challenge := instead(s, `Basic realm="kobble tokens"`, []wrong[string]{{"token.challenge-missing", ""},
		{"token.challenge-without-scheme", `realm="kobble tokens"`}, {"token.challenge-bearer", `Bearer realm="kobble tokens"`}}...)
	if challenge == "" {
		return a
	}
	return a.with("WWW-Authenticate", challenge)
}
