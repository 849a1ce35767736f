package tokens_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/stage"
)

var says = stage.Says

const refused = `the call is refused as not authenticated`

func TestWhatIsNoTokenOpensNothingOrDoes(t *testing.T) {
	cases := map[string]stage.Case{}
	for _, how := range []string{"no token", "an empty token", "a token that is no token", "a token with one letter changed",
		"a token whose content was changed",
		"a token that has expired", "a token signed by a stranger", "a token that is not signed", "the token in the address"} {
		cases[how] = stage.Case{Sentences: says(`we call "Get all cards" with `+how, refused), Call: "cards-list",
			Change: stage.Status(200), Breaks: "not served"}
	}
	stage.Play(t, cases)
}

func TestAskingForATokenHoldsAndBreaks(t *testing.T) {
	stage.Play(t, map[string]stage.Case{
		"a token": {Sentences: says(`we ask for an access token`, `the call succeeds`),
			Call: "token", Change: stage.Refused(400, "no"), Breaks: "success status"},
		"a missing field": {Sentences: says(`we ask for an access token with the "grant_type" left out`, `the call is refused as bad credentials`),
			Call: "token", Change: stage.Status(200), Breaks: "not served"},
		"a wrong secret": {Sentences: says(`we ask for an access token with the "client_secret" wrong`, `the call is refused as bad credentials`),
			Call: "token", Change: stage.Status(200), Breaks: "not served"},
		"a field twice": {Sentences: says(`we ask for an access token with the "grant_type" sent twice`,
			`the call is refused as a fault of the caller`),
			Call: "token", Change: stage.Status(200), Breaks: "not served"},
		"a JSON body": {Sentences: says(`we ask for an access token with a JSON body`, `the call is refused as a fault of the caller`),
			Call: "token", Change: stage.Status(200), Breaks: "not served"},
		"no JWT": {Sentences: says(`we ask for an access token`, `the access token is a JWT that lives as long as "expires_in" says`),
			Call: "token", Change: stage.Member("access_token", "opaque"), Breaks: "token is a JWT"},
		"another life": {Sentences: says(`we ask for an access token`, `the access token is a JWT that lives as long as "expires_in" says`),
			Call: "token", Change: stage.Member("expires_in", 7), Breaks: "expires_in agrees with the token"},
		"an empty field": {Sentences: says(`we ask for an access token with the "client_secret" left out`,
			`we ask for an access token with the "client_secret" empty`, `the refusal is that of the call before`),
			Call: "token", From: 1, Change: stage.Status(401), Breaks: "an empty field is one left out"},
		"a token by GET": {Sentences: says(`we ask for an access token by GET`, `the answer brings no access token`),
			Faults: []string{"token.by-get"}, Breaks: "no token"},
		"a form with escapes": {Sentences: says(`we ask for an access token by a form in which every letter is escaped`, `the call succeeds`),
			Call: "token", Change: stage.Refused(400, "no"), Breaks: "success status"},
		"a scope that is not told": {Sentences: says(`we ask for an access token with the "scope" "client/read client/write"`,
			`no token is given, or the answer says for which scope`), Call: "token", Change: stage.Member("scope", "client/read"), Breaks: "the scope is told"},
		"another challenge": {Sentences: says(`we ask for an access token with wrong credentials in a header`,
			`the challenge, where there is one, is for the header that was sent`),
			Call: "token", Change: stage.Header("WWW-Authenticate", "Bearer realm=x"), Breaks: "the challenge is of the same scheme"},
		"a scope of ours": {Sentences: says(`we call "Get all cards" with a token of the scope "client/read"`, `the call succeeds`),
			Call: "cards-list", Change: stage.Refused(500, "oh"), Breaks: "success status"},
		"a scheme in small letters": {Sentences: says(`we call "Get all cards" with the scheme "bearer"`, `the call succeeds`),
			Call: "cards-list", Change: stage.Refused(500, "oh"), Breaks: "success status"},
	})
}

func TestEveryOperationHasACellInTheRowOfAScope(t *testing.T) {
	s := stage.New(t, mock.Options{})
	s.Alter("cards-list", 0, stage.Refused(403, "not for this scope"))
	s.Alter("wallets-list", 0, stage.Refused(500, "oh"))
	require.NoError(t, s.Say(t, `we call every operation with a token of the scope "client/read"`, `which operations it opens is recorded`))
	cells := map[string]string{}
	for _, one := range s.World.Evidence().Observations {
		cells[one.ID] = one.Answer
	}
	require.Len(t, cells, len(s.World.Session.Contract.Operations)-1, "all but the token itself")
	require.Equal(t, "deny", cells["scope.client/read.cards-list"])
	require.Equal(t, "unknown", cells["scope.client/read.wallets-list"])
	require.Equal(t, "allow", cells["scope.client/read.endusers-list"])
	broke, _ := s.Found()
	require.Equal(t, []string{"no server error"}, broke)
}

func TestATokenThatIsNotToBeHadIsNotTestable(t *testing.T) {
	var untestable *scene.NotTestable
	s := stage.New(t, mock.Options{})
	s.World.Session.ExpiredToken = ""
	require.ErrorAs(t, s.Say(t, `we call "Get all cards" with a token that has expired`), &untestable)
	require.Equal(t, "fixtures.expired_token_env", untestable.Key)

	opaque := stage.New(t, mock.Options{})
	opaque.Alter("token", 0, stage.Member("access_token", "opaque"))
	require.ErrorAs(t, opaque.Say(t, `we call "Get all cards" with a token that is not signed`), &untestable)

	none := stage.New(t, mock.Options{})
	require.ErrorAs(t, none.Say(t, `we call "Get all cards" with a token of the scope "no/such"`), &untestable)
	require.Equal(t, "target.clients.primary.scope", untestable.Key)
}
