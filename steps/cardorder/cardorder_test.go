package cardorder_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/cardorder"
	"github.com/kobcheck/kobcheck/steps/stage"
)

const asked = `a card is asked for on that wallet under that program`

var says = stage.Says

// messages are those of the checks, as the features quote them.
func decides(t *testing.T, number int) string {
	t.Helper()
	checks := stage.New(t, mock.Options{}).World.Session.Contract.CardOrder.Checks
	return `check ` + string(rune('0'+number)) + ` decides: "` + checks[number-1].Message + `"`
}

func TestWhatACheckDecidesHoldsAndBreaks(t *testing.T) {
	first, third := decides(t, 1), decides(t, 3)
	stage.Play(t, map[string]stage.Case{
		"a card in spite of it": {Sentences: says(`a card program that fails check 1: it is gone or inactive`, `a wallet`, asked, first),
			Call: "cards-create", Change: stage.Made, Breaks: "check 1 refuses"},
		"another check decided": {Sentences: says(`a card program that does not exist`, `a wallet that fails check 3: it is not active`, asked, first),
			Call: "cards-create", Change: stage.Member("message", "Wallet is not active"), Breaks: "check 1 decides"},
		"no word of it": {Sentences: says(`a program`, `a wallet that fails check 3: it is not active`, asked, third),
			Call: "cards-create", Change: stage.Member("message", "no"), Breaks: "check 3 decides"},
		"a server error": {Sentences: says(`a program`, `a wallet that fails check 3: it is not active`, asked, third),
			Call: "cards-create", Change: stage.Status(500), Breaks: "class User is a client error"},
		"a card that is left": {Sentences: says(`a program`, `a wallet that fails check 3: it is not active`, asked, `that has left no card, and the wallet as it was`),
			Faults: []string{"effect.card-after-refusal"}, Breaks: "a refused creation leaves no card"},
		"a wallet that was touched": {Sentences: says(`a program`, `a wallet that fails check 3: it is not active`, asked, `that has left no card, and the wallet as it was`),
			Call: "wallets-get", From: 1, Change: stage.Member("status", "ACTIVE"), Breaks: "a refused request changes nothing"},
	})
}

func TestACardThatAnotherScenarioGotIsNoTraceOfARefusal(t *testing.T) {
	third, traces := `a wallet that fails check 3: it is not active`, `that has left no card, and the wallet as it was`
	made := stage.New(t, mock.Options{Faults: []string{"order.check-3-missing"}})
	require.NoError(t, made.Say(t, `a program`, third, asked))
	require.True(t, made.World.Scene.Spoilt(made.World.Things["wallet"].ID))

	refused := stage.New(t, mock.Options{Faults: []string{"effect.card-after-refusal"}})
	require.NoError(t, refused.Say(t, `a program`, third, asked))
	refused.World.Scene.Spoil(refused.World.Things["wallet"].ID)
	require.NoError(t, refused.Say(t, traces))
	require.Empty(t, refused.World.Evidence().Findings)
}

func TestADecisionIsKeptWithTheChecksThatFailed(t *testing.T) {
	s := stage.New(t, mock.Options{})
	require.NoError(t, s.Say(t, `a card program that does not exist`, `a wallet that does not exist`, asked, decides(t, 1)))
	require.Equal(t, []cardorder.Decision{{Failing: []int{1, 3}, Decided: 1}}, cardorder.Decisions(s.World))

	wrong := stage.New(t, mock.Options{})
	require.NoError(t, wrong.Say(t, `a card program that fails no check: it is in order`, `a wallet that fails checks 3 and 4: it is not active, linked already`, asked, decides(t, 3)))
	require.Equal(t, []int{3, 4}, cardorder.Decisions(wrong.World)[0].Failing)
}

func TestWhoRefusesAPersonIsOnlyRecorded(t *testing.T) {
	for name, c := range map[string]struct {
		call   string
		change stage.Change
		says   string
	}{
		"nobody": {"", nil, "no check: 201 Created"},
		"its creation": {"endusers-create", stage.Refused(400, "too young"),
			`"Create a new enduser" refuses the person: 400 Bad Request: too young`},
		"the last call": {"cards-create", stage.Refused(400, "Card already linked"), "400 Bad Request"},
	} {
		t.Run(name, func(t *testing.T) {
			s := stage.New(t, mock.Options{})
			if c.change != nil {
				s.Alter(c.call, 0, c.change)
			}
			require.NoError(t, s.Say(t, `we call "Create a new enduser"`, `a card is asked for with what it makes`, `who refuses a card for that person is recorded`))
			observed := s.World.Evidence().Observations
			require.Len(t, observed, 1)
			require.Contains(t, observed[0].Answer, c.says)
		})
	}
}

func TestAThingThatNobodyCanMakeIsForTheTargetFile(t *testing.T) {
	for sentence, key := range map[string]string{
		`a card program that fails check 2: it is of metadata that do not fit`:                     `fixtures.programs."2"`,
		`a wallet that fails checks 5 and 8: it is without a holder, refused by the card provider`: `fixtures.wallets."5+8"`,
	} {
		var untestable *scene.NotTestable
		s := stage.New(t, mock.Options{})
		s.World.Scene.Given = scene.Given{}
		require.ErrorAs(t, s.Say(t, sentence), &untestable)
		require.Equal(t, key, untestable.Key)
	}
}

func TestAMessageThatTheContractDoesNotHaveIsTheFeaturesFault(t *testing.T) {
	s := stage.New(t, mock.Options{})
	require.ErrorContains(t, s.Say(t, `a card program that fails check 1: it is gone or inactive`, `a wallet`, asked, `check 1 decides: "No such words"`),
		"in the feature")
}
