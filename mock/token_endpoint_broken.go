package mock

import (
	"fmt"
	"net/http"
	"time"

	"github.com/kobcheck/kobcheck/mock/fault"
)

// tokenFieldNotRequired gives the fault of doing without each field of the form.
var tokenFieldNotRequired = map[string]fault.ID{
	"grant_type": "token.grant-type-not-required", "client_secret": "token.secret-not-required",
	"scope": "token.scope-not-required",
}

// brokenStart is from when a token lives.
func (s *Server) brokenStart(now time.Time) time.Time {
	if s.faults.On("token.expired-when-given") {
		return now.Add(-s.options.TokenLife - time.Minute)
	}
	return now
}

// brokenGrant is what the token endpoint answers, with what the faults make of it.
func (s *Server) brokenGrant(fields map[string]any, seconds int64) map[string]any {
	if s.faults.On("token.not-a-jwt") {
		fields["access_token"] = "opaque"
	}
	if s.faults.On("token.expires-in-wrong") {
		fields["expires_in"] = seconds * 60
	}
	if s.faults.On("token.expires-in-text") {
		fields["expires_in"] = fmt.Sprint(seconds)
	}
	if s.faults.On("token.no-expires-in") {
		delete(fields, "expires_in")
	}
	if s.faults.On("token.refresh-token") {
		fields["refresh_token"] = "mock-refresh"
	}
	return fields
}

// brokenTokenError is the status and the body of an error of the token endpoint.
func (s *Server) brokenTokenError(status int, code string) (int, []byte) {
	switch {
	case s.faults.On("token.error-as-500"):
		status = http.StatusInternalServerError
	case s.faults.On("token.error-as-200"):
		status = http.StatusOK
	}
	if s.faults.On("token.unknown-error-code") {
		code = "something_went_wrong"
	}
	if s.faults.On("token.error-without-code") {
		return status, []byte(`{"message":"Something went wrong"}`)
	}
	return status, fmt.Appendf(nil, `{"error":%q}`, code)
}
