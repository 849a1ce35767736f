package answers_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/stage"
)

func TestWhatAnAnswerHoldsAndShowsHoldsAndBreaks(t *testing.T) {
	missing := says(`a valid request to "Get card by ID"`, `the request's "id" in the address is unknown`, `the request is sent`)
	stage.Play(t, map[string]stage.Case{
		"another label": {Sentences: says(list, `the answer's header "Content-Type" is JSON`),
			Call: "cards-list", Change: stage.Header("Content-Type", "text/html"), Breaks: "media type"},
		"a name that is there twice": {Sentences: says(list, `the answer is strict JSON`),
			Call: "cards-list", Change: stage.Raw(`[{"a":1,"a":2}]`), Breaks: "strict JSON"},
		"a stack trace": {Requirement: "HARNESS-10", Sentences: append(missing, `the answer shows nothing of the inside of the server`),
			Call: "cards-get", Change: stage.Member("message", "TypeError\n    at handler "+
				"(/app/cards.js:10:3)"), Breaks: "every answer: no inside of the server"},
		"a card number": {Sentences: says(aCard, read, `the answer shows no full card number`),
			Call: "cards-get", Change: stage.Member("m_pan", "4111111111111111"), Breaks: "no full card number"},
		"a time to come": {Requirement: "HARNESS-20", Sentences: says(aCard, read, `the answer shows nothing that is yet to come`),
			Call: "cards-get", Change: stage.Member("created_at", "2199-01-01T00:00:00.000Z"), Breaks: "every answer: created_at is not in " +
				"the future"},
		"a verification value": {Requirement: "HARNESS-15", Sentences: says(aCard, read, `the answer shows no verification value`),
			Call: "cards-get", Change: stage.Member("cvv", "123"), Breaks: "every answer: no verification value"},
		"an operation that neither works nor says why": {Sentences: says(`we call "Create a new client"`,
			`the call succeeds`),
			Call: "clients-create", Change: stage.Refused(500, "oh"), Breaks: "success status"},
		"one secret twice": {Sentences: says(aCard, `we call "Generate card secret"`, `a moment passes`, `we call "Generate card secret"`, `the two secrets differ`),
			Call: "cards-generate-secret", Change: stage.Member("secret", "the same"), Breaks: "secrets differ"},
		"a secret that is no strict JSON": {Sentences: says(aCard, `we call "Generate card secret" 10 times`, `each of them is strict JSON`),
			Call: "cards-generate-secret", From: 9, Change: stage.Raw(`{"secret":"a"} ` + "\x00"), Breaks: "every answer: the body is strict JSON"},
		"a program with unfit metadata": {Sentences: says(`a valid request to "Create a new program"`,
			`the request's "metadata" is set to {}`, `the request is sent`, `a card is asked for with what it makes`,
			`the program is refused or issues no card`),
			Call: "card-programs-create", Change: stage.Made, Breaks: "unfit metadata are refused"},
	})
}

// Programs may belong to who made them: what the administrator made is then no program of the client that asks for cards.
func TestACardIsAskedForWithTheProgramThatWasMade(t *testing.T) {
	sentences := says(`a valid request to "Create a new program"`, `the request's "metadata" is set to {}`, `the request is sent`,
		`a card is asked for with what it makes`, `the program is refused or issues no card`)
	made := 0
	s := stage.New(t, mock.Options{}, "CARD-PRE-16")
	s.Alter("card-programs-create", 0, func(a *stage.Answer) {
		if made++; made > 1 {
			stage.Refused(403, "not yours to make")(a)
			return
		}
		stage.Made(a)
	})
	var untestable *scene.NotTestable
	require.ErrorAs(t, s.Say(t, sentences...), &untestable)
	require.Equal(t, "target.clients.primary.scope", untestable.Key)
	asked := s.World.Calls[len(s.World.Calls)-1]
	require.Contains(t, string(asked.Request().Body), s.World.Things["program"].ID)
}

func TestSomeOfFourFieldsAreNoneOfThem(t *testing.T) {
	sentences := says(`a wallet`, `we call "Get all wallets"`, `everything in the list has "account_number", "bank_code_type", "bank_code" and "owner", or none of them`)
	none := stage.New(t, mock.Options{})
	for _, name := range []string{"account_number", "bank_code_type", "bank_code", "owner"} {
		none.Alter("wallets-list", 0, stage.Without(name))
	}
	var untestable *scene.NotTestable
	require.ErrorAs(t, none.Say(t, sentences...), &untestable)

	some := stage.New(t, mock.Options{})
	some.Alter("wallets-list", 0, stage.Member("owner", "us"))
	some.Alter("wallets-list", 0, stage.Without("bank_code"))
	require.NoError(t, some.Say(t, sentences...))
	broke, _ := some.Found()
	require.Contains(t, broke, "all four fields or none")
}

func TestWhatATargetDoesNotShowIsNotTestable(t *testing.T) {
	for name, sentence := range map[string]string{
		"a field whose place no page gives": `the answer's "no_such_member" is there, or left out`,
		"our client id":                     `the answer's "no_such_member" is our client id`,
		"a header":                          `the answer's header "X-Nothing", where there is one, is a whole number`,
		"a time to wait":                    `the answer's header "Retry-After", where there is one, is seconds or a date`,
	} {
		t.Run(name, func(t *testing.T) {
			var untestable *scene.NotTestable
			require.ErrorAs(t, stage.New(t, mock.Options{}).Say(t, aCard, read, sentence), &untestable)
		})
	}
}
