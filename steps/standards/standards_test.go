package standards_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/stage"
)

const strict = "strict-http"

var says = stage.Says

func TestWhatHTTPAndOAuthAskOfAnAnswerHoldsAndBreaks(t *testing.T) {
	unauthorized := `we call "Get all cards" with no token`
	forged := `we call "Get all cards" with a token with one letter changed`
	stage.Play(t, map[string]stage.Case{
		"a 401 without a challenge": {Style: strict, Sentences: says(unauthorized, `the challenge is there`),
			Call: "cards-list", Change: stage.Header("WWW-Authenticate"), Breaks: "a 401 has a challenge"},
		"a challenge without the error": {Style: strict, Sentences: says(forged, `the challenge says that the token is invalid`),
			Call: "cards-list", Change: stage.Header("WWW-Authenticate", `Bearer realm="api"`), Breaks: "the challenge names the error"},
		"a challenge of another scheme": {Style: strict, Sentences: says(forged, `the challenge says that the token is invalid`),
			Call: "cards-list", Change: stage.Header("WWW-Authenticate", `Basic error="invalid_token"`), Breaks: "the challenge names the error"},
		"an error where nothing was shown": {Style: strict, Sentences: says(unauthorized, `the challenge names no error`),
			Call: "cards-list", Change: stage.Header("WWW-Authenticate", `Bearer error="invalid_token"`), Breaks: "no error without credentials"},
		"an error with another status": {Style: strict, Sentences: says(forged,
			`the challenge goes with the status`),
			Call: "cards-list", Change: stage.Header("WWW-Authenticate", `Bearer error="insufficient_scope"`), Breaks: "status of the challenge"},
		"a 405 without Allow": {Style: strict, Sentences: says(`we call "Get all wallets" with the method DELETE`,
			`the refusal says which methods are allowed`),
			Call: "", Change: stage.Header("Allow"), Breaks: "a 405 has Allow"},
		"a token that caches may keep": {Style: strict, Sentences: says(`we ask for an access token`, `the answer is not to be kept`),
			Call: "token", Change: stage.Header("Cache-Control", "max-age=60"), Breaks: "not to be stored"},
		"no date": {Sentences: says(`we call "Get all cards"`, `the answer's header "Date" is a date`),
			Call: "cards-list", Change: stage.Header("Date", "today"), Breaks: "a valid Date"},
		"a coding that is none of the body's": {Sentences: says(`we call "Get all cards"`, `the answer is coded as it says`),
			Call: "cards-list", Change: stage.Header("Content-Encoding", "gzip"), Breaks: "the body has its coding"},
		"an error code of one's own": {Sentences: says(`we ask for an access token with the "grant_type" "password"`,
			`the error is one of invalid_grant, unsupported_grant_type`),
			Call: "token", Change: stage.Member("error", "no_such_code"), Breaks: "error code of RFC 6749"},
		"a refresh token": {Sentences: says(`we ask for an access token`, `the answer brings no refresh token`),
			Call: "token", Change: stage.Member("refresh_token", "one"), Breaks: "no refresh token"},
		"a Location that leads nowhere": {Freedoms: []string{"F-03=path"},
			Sentences: says(`we call "Create a new card"`, `the new thing is where "Location" says, if anywhere`),
			Call:      "cards-create", Change: stage.Header("Location", "/nowhere"), Breaks: "Location resolves"},
		"a Location that leads elsewhere": {Freedoms: []string{"F-03=path"},
			Sentences: says(`we call "Create a new card"`, `the new thing is where "Location" says, if anywhere`),
			Call:      "cards-create", Change: stage.Header("Location", "https://elsewhere.example.test/a"), Breaks: "Location resolves"},
		"an answer that ends early": {Sentences: says(`we read the answer of "Get all cards" to its end`, `the answer is as long as it says`),
			Call: "cards-list", Change: stage.Cut, Breaks: "length of the answer"},
	})
}

func TestWhatATargetDoesNotDoIsNotTestable(t *testing.T) {
	for name, c := range map[string]struct {
		call      string
		change    stage.Change
		sentences []any
	}{
		"another refusal than 401": {"cards-list", stage.Status(http.StatusForbidden),
			says(`we call "Get all cards" with no token`, `the challenge is there`)},
		"another refusal than 405": {"", stage.Status(http.StatusNotFound),
			says(`we call "Get all wallets" with the method DELETE`, `the refusal says which methods are allowed`)},
		"an answer that is no 204": {"cards-list", stage.Status(http.StatusOK), says(`we call "Get all cards"`, `the answer is empty, as 204 says`)},
		"no Location": {"cards-create", stage.Header("Location"),
			says(`we call "Create a new card"`, `the new thing is where "Location" says, if anywhere`)},
		"a challenge without error": {"cards-list", stage.Header("WWW-Authenticate", `Bearer realm="api"`),
			says(`we call "Get all cards" with no token`, `the challenge goes with the status`)},
	} {
		t.Run(name, func(t *testing.T) {
			s := stage.New(t, mock.Options{Style: strict})
			s.Alter(c.call, 0, c.change)
			var untestable *scene.NotTestable
			require.ErrorAs(t, s.Say(t, c.sentences...), &untestable)
		})
	}
}
