package answers_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/stage"
)

var says = stage.Says

// of looks at the card that was read, or at the list of cards.
const (
	aCard = `a card`
	read  = `we call "Get card by ID"`
	list  = `we call "Get all cards"`
)

func TestTheStatusAndTheShapeOfAnAnswerHoldAndBreak(t *testing.T) {
	stage.Play(t, map[string]stage.Case{
		"a call that is not served": {Sentences: says(list, `the call succeeds`),
			Call: "cards-list", Change: stage.Refused(400, "no"), Breaks: "success status"},
		"a success with nothing to use": {Sentences: says(`we call "Create a new card"`, `the call succeeds`),
			Call: "cards-create", Change: stage.Without("id"), Breaks: "a usable success", Holds: "success status"},
		"another success": {Sentences: says(list, `the answer is 200 OK`),
			Call: "cards-list", Change: stage.Status(202), Breaks: "every answer: success status"},
		"another refusal": {Sentences: says(`we call "Get all cards" with no token`, `the answer is 401 Unauthorized`),
			Call: "cards-list", Change: stage.Status(400), Breaks: "status 401"},
		"an object of another shape": {Requirement: "CARD-17", Sentences: says(aCard, read, `the answer is a Card`),
			Call: "cards-get", From: 0, Change: stage.Member("m_pan", 7), Breaks: "every answer: the body has its documented shape"},
		"no object": {Requirement: "CARD-17", Sentences: says(aCard, read, `the answer is a Card`),
			Call: "cards-get", Change: stage.Raw(`"a card"`), Breaks: "every answer: the body has its documented " +
				"form", Holds: "the answer is a Card"},
		"a list of another shape": {Requirement: "CARD-17", Sentences: says(aCard, list, `the answer is a list of Cards`),
			Call: "cards-list", Change: stage.Member("status", 7), Breaks: "every answer: the body has its documented shape"},
		"an operation that is not there": {Sentences: says(list, `the API knows the operation`),
			Call: "cards-list", Change: stage.Refused(404, "no such path"), Breaks: "the operation exists"},
		"an open question that ends in a server error": {Sentences: says(list, `what the target does here is recorded`),
			Call: "cards-list", Change: stage.Refused(500, "oh"), Breaks: "no server error"},
		"a header that is no number": {Sentences: says(`we call "Get all cards"`,
			`the answer's header "X-Total-Count", where there is one, is a whole number`),
			Style: "strict-http", Call: "cards-list", Change: stage.Header("X-Total-Count", "many"), Breaks: "header X-Total-Count"},
	})
}

func TestTheMembersOfAnAnswerHoldAndBreak(t *testing.T) {
	for name, c := range map[string]struct {
		sentence string
		breaks   stage.Change
		member   string
	}{
		"a value":              {`the answer's "type" is "VIRTUAL"`, stage.Member("type", "X"), "type"},
		"the id of a thing":    {`the answer's "wallet_id" is the wallet`, stage.Member("wallet_id", "another"), "wallet_id"},
		"there":                {`the answer has "status"`, stage.Member("status", nil), "status"},
		"an object or nothing": {`the answer's "metadata" is an object, null or left out`, stage.Member("metadata", "text"), "metadata"},
		"there or null":        {`the answer's "status" is there, or null`, stage.Without("status"), "status"},
		"there or left out":    {`the answer's "status" is there, or left out`, stage.Member("status", nil), "status"},
		"four digits": {`the answer's "last_four_digit" is four digits`,
			stage.Member("last_four_digit", "12x4"), "last_four_digit"},
		"a mask": {`the answer's "m_pan" is a masked card number`,
			stage.Member("m_pan", "123456789***1"), "m_pan"},
		"a date-time": {`the answer's "created_at" is a date-time of RFC 3339`,
			stage.Member("created_at", "today"), "created_at"},
		"UTC with milliseconds": {`the answer's "created_at" is a time in UTC with milliseconds`,
			stage.Member("created_at", "2025-01-02T03:04:05Z"), "created_at"},
		"plain text": {`the answer's "status" is a plain text, not empty`, stage.Member("status", "  "),
			"status"},
		"an identifier": {`the answer's "id" is an identifier in 8-4-4-4-12 form`,
			stage.Member("id", "1"), "id"},
		"in the future, which none was": {`the answer's "created_at" is in the future`, nil, "created_at"},
	} {
		t.Run(name, func(t *testing.T) {
			sentences := says(`a wallet`, aCard, read, c.sentence)
			good := stage.New(t, mock.Options{})
			require.NoError(t, good.Say(t, sentences...))
			broke, held := good.Found()
			if c.breaks == nil {
				require.Contains(t, broke, "value of "+c.member)
				return
			}
			require.Contains(t, held, "value of "+c.member, "%v", broke)
			bad := stage.New(t, mock.Options{})
			bad.Alter("cards-get", 0, c.breaks)
			require.NoError(t, bad.Say(t, sentences...))
			broke, _ = bad.Found()
			require.Contains(t, broke, "value of "+c.member)
		})
	}
}

func TestWhatWasSentAndWhatIsInTheListHoldAndBreak(t *testing.T) {
	stage.Play(t, map[string]stage.Case{
		"another value than was sent": {Sentences: says(`we call "Create a new wallet"`, `the answer holds what was sent`),
			Call: "wallets-create", Change: stage.Member("asset_class", "OTHER"), Breaks: "value of asset_class"},
		"one member that was sent": {Sentences: says(`we call "Create a new wallet"`, `the answer's "asset_class" is what was sent`),
			Call: "wallets-create", Change: stage.Without("asset_class"), Breaks: "value of asset_class"},
		"a refusal of what was sent": {Sentences: says(`we call "Create a new wallet"`, `the answer's "asset_class" is what was sent`),
			Call: "wallets-create", Change: stage.Refused(400, "no"), Breaks: "success status"},
		"a field of the table": {Sentences: says(aCard, read, `the answer has "id", "status" and "expiry"`),
			Call: "cards-get", Change: stage.Without("status"), Breaks: "value of status"},
		"a member of each entry": {Sentences: says(aCard, list, `everything in the list has "status"`),
			Call: "cards-list", Change: stage.Without("status"), Breaks: "member is in each entry"},
	})
}

func TestHowARefusalReadsHoldsAndBreaks(t *testing.T) {
	missing := says(`a valid request to "Get card by ID"`, `the request's "id" in the address is unknown`, `the request is sent`)
	stage.Play(t, map[string]stage.Case{
		"a call that should have been refused": {Sentences: append(missing, `the call is refused as not found`),
			Call: "cards-get", Change: stage.Status(200), Breaks: "not served"},
		"another code": {Sentences: append(missing, `the call is refused as not found`),
			Call: "cards-get", Change: stage.Status(418), Breaks: "refused as not found"},
		"a server error": {Sentences: append(missing, `the call is refused as not found`),
			Call: "cards-get", Change: stage.Status(500), Breaks: "no server error", Holds: "refused as not found"},
		"no text": {Sentences: append(missing, `the refusal has a text for people`),
			Call: "cards-get", Change: stage.Body(map[string]any{}), Breaks: "text of the error"},
		"nothing told": {Sentences: append(missing, `the refusal has a text for people`),
			Call: "cards-get", Change: stage.Body(map[string]any{"code": 4}), Breaks: "text of the error"},
		"other words": {Sentences: says(`a card program that fails check 1: it is gone or inactive`, `a wallet`,
			`a card is asked for on that wallet under that program`, `the refusal says "Invalid program id"`),
			Call: "cards-create", Change: stage.Member("message", "no"), Breaks: "message of the refusal"},
	})
}
