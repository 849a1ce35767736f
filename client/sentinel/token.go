package sentinel

import (
	"cmp"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/match"
)

// token checks what RFC 6749 asks of each answer of the token endpoint.
func (w *watcher) token() {
	switch status := w.exchange.Status; {
	case w.asked():
		w.tokenGiven()
	case status == http.StatusBadRequest, status == http.StatusUnauthorized:
		w.tokenRefused()
	}
}

// tokenGiven is RFC 6749 §5.1. What brings no token is no answer of a token endpoint, and whoever stands there.
func (w *watcher) tokenGiven() {
	body, _ := w.value.(map[string]any)
	if body["access_token"] == nil {
		return
	}
	for _, one := range []struct{ header, directive, whose string }{
		{"Cache-Control", "no-store", "caches"}, {"Pragma", "no-cache", "old caches"}} {
		w.match(match.Directive(one.header, one.directive), client.List(w.exchange.Header, one.header), evidence.Assertion{
			Check: "a token is not stored", Fact: w.fact("STD-15", contract.Head),
			Message: "a token answer may be stored by " + one.whose})
	}
	w.tokenIsJSON()
	form := w.fact("OAUTH-09", contract.Form)
	kind, _ := body["token_type"].(string)
	w.expect(strings.EqualFold(kind, "Bearer"), evidence.Assertion{Check: "the token is for bearers", Fact: form,
		Message: "token_type is not Bearer, which is how the token is used", Pointer: "/token_type",
		Expected: "Bearer, in any letter case", Actual: match.Text(match.Member(body, "token_type"))})
	if life, there := body["expires_in"]; there {
		// A number in quotes is what the documented shape speaks of, and anybody understands it.
		seconds, err := strconv.ParseInt(fmt.Sprint(life), 10, 64)
		w.expect(err == nil && seconds > 0, evidence.Assertion{Check: "the life of the token is a number", Fact: form,
			Message: "expires_in is no whole number of seconds", Pointer: "/expires_in", Expected: "a whole number above 0",
			Actual: match.Text(life)})
	}
	asked, err := url.ParseQuery(string(w.exchange.Request().Body))
	given, told := ScopeGiven(body)
	if err != nil || given == "" || told == "" && asked.Get("scope") == "" {
		return
	}
	expected := cmp.Or(told, asked.Get("scope"))
	w.expect(SameScope(given, expected), evidence.Assertion{
		Check: "the scope of the token is told", Fact: w.fact("OAUTH-10", contract.Form),
		Message: "the token is of another scope than the answer lets believe", Pointer: "/scope", Expected: expected, Actual: given})
}

// tokenIsJSON is the media type of every answer of the endpoint (RFC 6749 §5.1, §5.2).
func (w *watcher) tokenIsJSON() {
	requirement := "OAUTH-09"
	if !w.succeeded() {
		requirement = "OAUTH-11"
	}
	w.match(match.MediaType("application/json"), w.exchange.Header.Get("Content-Type"), evidence.Assertion{
		Check: "a token answer is JSON", Fact: w.fact(requirement, contract.Head), Message: "a token answer is not labelled as JSON"})
}

// tokenCodes are the codes of RFC 6749 §5.2.
var tokenCodes = []string{"invalid_request", "invalid_client", "invalid_grant", "unauthorized_client",
	"unsupported_grant_type", "invalid_scope"}

// tokenRefused is RFC 6749 §5.2.
func (w *watcher) tokenRefused() {
	w.tokenIsJSON()
	body, _ := w.value.(map[string]any)
	codes := tokenCodes
	if w.exchange.Status == http.StatusUnauthorized {
		codes = []string{"invalid_client"}
	}
	w.expect(body != nil && slices.ContainsFunc(codes, func(code string) bool { return body["error"] == code }), evidence.Assertion{
		Check: "a token error has a code", Fact: w.fact("OAUTH-11", contract.Form), Pointer: "/error",
		Message:  fmt.Sprintf("a token error with status %d has no code that goes with it", w.exchange.Status),
		Expected: strings.Join(codes, ", "), Actual: match.Text(match.Member(body, "error"))})
	for _, name := range []string{"error_description", "error_uri"} {
		text, isText := body[name].(string)
		if _, there := body[name]; !there {
			continue
		}
		w.expect(isText && !strings.ContainsFunc(text, unprintable), evidence.Assertion{Check: "a token error is described in ASCII",
			Fact: w.fact("OAUTH-11", contract.Form), Pointer: "/" + name, Message: name + " holds what the standard forbids there",
			Expected: "printable ASCII without quotes and backslashes", Actual: match.Text(body[name])})
	}
}

// unprintable are the characters that RFC 6749 §5.2 forbids in a description.
func unprintable(r rune) bool { return r < ' ' || r > '~' || r == '"' || r == '\\' }

// ScopeGiven is the scope that the token of an answer is for, as far as it tells (RFC 9068 §2.2.3), and the one that the
// answer names; empty for none.
func ScopeGiven(value any) (given, told string) {
	body, _ := value.(map[string]any)
	told, _ = body["scope"].(string)
	var of struct {
		Scope any `json:"scope"`
	}
	if json.Unmarshal([]byte(claims(value)), &of) == nil {
		given, _ = of.Scope.(string)
	}
	return given, told
}

// claims is what a token tells of itself, if it is a JWT.
func claims(value any) string {
	body, _ := value.(map[string]any)
	token, _ := body["access_token"].(string)
	parts := strings.Split(token, ".")
	if len(parts) != 3 {
		return ""
	}
	written, err := base64.RawURLEncoding.DecodeString(parts[1])
	if err != nil {
		return ""
	}
	return string(written)
}

// SameScope compares scopes, in which no order counts (RFC 6749 §3.3).
func SameScope(one, other string) bool {
	sorted := func(scope string) []string {
		return slices.Compact(slices.Sorted(slices.Values(strings.Fields(scope))))
	}
	return slices.Equal(sorted(one), sorted(other))
}
