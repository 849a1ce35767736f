package things_test

import (
	"fmt"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/stage"
)

var says = stage.Says

func drop(entries []any) []any { return entries[:0] }

func TestWhatWasMadeReadsBackOrIsMissed(t *testing.T) {
	stage.Play(t, map[string]stage.Case{
		"a field that differs": {Sentences: says(`a card`, `the card reads back equal`),
			Call: "cards-get", Change: stage.Member("type", "OTHER"), Breaks: "reads back equal"},
		"a field that is gone, which its shape tells": {Sentences: says(`a card`, `the card reads back equal`),
			Call: "cards-get", Change: stage.Without("m_pan"), Breaks: "every answer: the body has its documented shape", Holds: "reads back equal"},
		"a card that only the answer knows": {Sentences: says(`an active card`, `we call "Replace or renew card"`,
			`the card of the answer reads back equal`),
			Call: "cards-get", Change: stage.Refused(404, "no card"), Breaks: "can be read", Holds: "reads back equal"},
		"a thing that is gone": {Sentences: says(`a card`, `the card reads back equal`),
			Call: "cards-get", Change: stage.Refused(404, "no card"), Breaks: "can be read", Holds: "reads back equal"},
		"one field with another value": {Sentences: says(`a card`, `the card reads back with the "type" "VIRTUAL"`),
			Call: "cards-get", Change: stage.Member("type", "PHYSICAL"), Breaks: "value of type"},
		"a thing that no list has": {Sentences: says(`a card`, `the card is in the list`),
			Call: "cards-list", Change: stage.List(drop), Breaks: "is in the list"},
		"a thing that no list without pages has": {Sentences: says(`a wallet`, `the wallet is in the list`),
			Call: "wallets-list", Change: stage.List(drop), Breaks: "is in the list"},
		"an entry that tells otherwise": {Sentences: says(`a card`, `the card is in the list`),
			Call: "cards-list", Change: stage.Member("type", "PHYSICAL"), Breaks: "list entry agrees with the thing itself"},
	})
}

func TestAThingThatIsStillListedIsFound(t *testing.T) {
	s := stage.New(t, mock.Options{})
	require.NoError(t, s.Say(t, `a card`, `the card is not in the list`))
	broke, _ := s.Found()
	require.Equal(t, []string{"is not in the list"}, broke)
}

func TestWhatARequestMadeIsKnownByItsMark(t *testing.T) {
	for _, operation := range []string{"Create a new enduser", "Create beneficiary", "Create a new program", "Create a webhook", "Create a new wallet"} {
		s := stage.New(t, mock.Options{})
		prepared := says(`a valid request to "`+operation+`"`, `the request has a mark of its own`)
		require.NoError(t, s.Say(t, append(prepared, `the request is sent with no token`, `nothing with that mark is listed`)...))
		broke, _ := s.Found()
		require.Empty(t, broke, operation)
		require.NoError(t, s.Say(t, append(prepared, `the request is sent`, `nothing with that mark is listed`)...))
		broke, _ = s.Found()
		require.Equal(t, []string{"a refused request makes nothing"}, broke, operation)
	}
}

func TestListsOfTwoClientsAreHeldApart(t *testing.T) {
	stage.Play(t, map[string]stage.Case{
		"an entry on both lists": {Sentences: says(`a wallet`, `a wallet of another client`,
			`we and another client call "Get all wallets"`, `neither list has an entry of the other`),
			Call: "wallets-list", Change: stage.Member("id", "13655985-8198-4fde-7afe-6abc661df281"), Breaks: "lists of two clients have " +
				"nothing in common"},
	})
}

func TestAnEffectIsSeenOrMissed(t *testing.T) {
	stage.Play(t, map[string]stage.Case{
		"a refused request that changed something": {Sentences: says(`a card`, `the card is noted`, `the card is as it was`),
			Call: "cards-get", From: 1, Change: stage.Member("status", "CLOSED"), Breaks: "a refused request changes nothing"},
		"another client's thing that changed": {Sentences: says(`a wallet of another client`, `the wallet is noted`,
			`the foreign wallet is as it was`),
			Call: "wallets-get", From: 1, Change: stage.Member("status", "CLOSED"), Breaks: "a refused request changes nothing"},
		"another client's thing without a field, which its shape tells": {Sentences: says(`a wallet of another client`,
			`the wallet is noted`, `the foreign wallet is as it was`),
			Call: "wallets-get", From: 1, Change: stage.Without("status"), Breaks: "every answer: the body has its documented shape",
			Holds: "a refused request changes nothing"},
		"a wallet whose link is no text, which its shape tells": {Sentences: says(`a wallet`, `a card`, `the wallet is linked to the card`),
			Call: "wallets-get", Change: stage.Member("external_id", 4711), Breaks: "every answer: the body has its documented shape"},
		"a time that stands still": {Sentences: says(`a card`, `a moment passes`, `the card's status is changed to "ACTIVE"`,
			`the card's "updated_at" is later than before`),
			Call: "cards-get", Change: stage.Member("updated_at", "2020-01-01T00:00:00.000Z"), Breaks: "updated_at moves on"},
		"a change before the beginning": {Sentences: says(`a card`, `the card's "updated_at" is not before its "created_at"`),
			Call: "cards-get", Change: stage.Member("updated_at", "2020-01-01T00:00:00.000Z"), Breaks: "updated_at is not before created_at"},
		"a wallet without a link": {Sentences: says(`a wallet`, `a card`, `the wallet is linked to the card`),
			Call: "wallets-get", Change: stage.Member("external_id", " "), Breaks: "the wallet is linked"},
	})
}

func TestWhatBelongsToAnotherClientStaysThere(t *testing.T) {
	var theirs map[string]any
	theirList := stage.List(func([]any) []any { return []any{theirs} })
	theirHolder := func(a *stage.Answer) { stage.Member("message", fmt.Sprint("not yours: ", theirs["holder_id"]))(a) }
	for name, c := range map[string]struct {
		sentences []any
		call      string
		change    stage.Change
		breaks    string
	}{
		"their thing in our list": {says(`the foreign wallet is not in our list`), "wallets-list", theirList, "is not in the list"},
		"their data in a refusal": {says(`the wallet is noted`, `a valid request to "Get wallet by ID"`,
			`the request's "id" in the address is unknown`, `the request is sent`,
			`the answer shows nothing of the foreign wallet`), "wallets-get", theirHolder, "shows nothing of another client's"},
	} {
		t.Run(name, func(t *testing.T) {
			for _, altered := range []bool{false, true} {
				s := stage.New(t, mock.Options{}, "OWN-07")
				require.NoError(t, s.Say(t, `a wallet of another client`))
				theirs = s.World.Things["foreign wallet"].Body
				if altered {
					s.Alter(c.call, 0, c.change)
				}
				require.NoError(t, s.Say(t, c.sentences...))
				broke, held := s.Found()
				require.Equal(t, altered, slices.Contains(broke, c.breaks))
				require.Equal(t, !altered, slices.Contains(held, c.breaks))
			}
		})
	}
}

func TestAWordThatOnlyNamesAKindIsNotTheirData(t *testing.T) {
	for value, broken := range map[string]bool{"stored_value": false, "stored-value-77": true} {
		s := stage.New(t, mock.Options{}, "OWN-07")
		require.NoError(t, s.Say(t, `a wallet of another client`))
		s.World.Things["foreign wallet"].Body["object"] = value
		s.Alter("wallets-get", 0, stage.Member("message", "there is no such "+value))
		require.NoError(t, s.Say(t, `a valid request to "Get wallet by ID"`, `the request's "id" in the address is unknown`,
			`the request is sent`, `the answer shows nothing of the foreign wallet`))
		broke, _ := s.Found()
		require.Equal(t, broken, slices.Contains(broke, "shows nothing of another client's"), value)
	}
}

func TestAThingWithoutTimesHasNoOrderToLookAt(t *testing.T) {
	for name, sentence := range map[string]string{
		"moving on": `the card's "updated_at" is later than before`, "order": `the card's "updated_at" is not before its "created_at"`,
	} {
		t.Run(name, func(t *testing.T) {
			s := stage.New(t, mock.Options{})
			s.Alter("cards-get", 0, stage.Without("updated_at"))
			require.NoError(t, s.Say(t, `a card`, sentence))
			require.NotEmpty(t, s.World.Evidence().NoData)
		})
	}
}

func TestEachKindOfThingIsAmongThoseOfTheScenario(t *testing.T) {
	s := stage.New(t, mock.Options{})
	require.NoError(t, s.Say(t, `an active card`, `another card`, `a company enduser`, `an enduser with the metadata`, stage.Text(`{"a":1}`),
		`a wallet of a company`, `a funded wallet`, `a beneficiary of another client`))
	for _, name := range []string{"enduser", "wallet", "card", "other card", "foreign beneficiary"} {
		require.NotNil(t, s.World.Things[name], name)
	}
	require.NotEqual(t, s.World.Things["card"].ID, s.World.Things["other card"].ID)
}

func TestAStatusThatIsRefusedIsNotTestable(t *testing.T) {
	s := stage.New(t, mock.Options{})
	s.Alter("cards-update-status", 0, stage.Refused(409, "not now"))
	var untestable *scene.NotTestable
	require.ErrorAs(t, s.Say(t, `a card`, `the card's status is changed to "ACTIVE"`), &untestable)
}
