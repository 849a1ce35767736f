package derived_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/stage"
)

const (
	inputs   = `inputs with nothing in them, derived from every operation's fields`
	areSent  = `a sample of them is sent`
	answered = `each of them is answered cleanly`
)

func TestADerivedInputIsAnsweredCleanly(t *testing.T) {
	for _, where := range []string{"fields", "parameters", "headers"} {
		s := stage.New(t, mock.Options{})
		s.World.Session.Depth = 3
		require.NoError(t, s.Say(t, `inputs with very long text, derived from every operation's `+where, areSent, answered))
		broke, held := s.Found()
		require.Empty(t, broke)
		require.Contains(t, held, "a derived input is answered cleanly")
	}
}

func TestARunGoesAsDeepAsItIsTold(t *testing.T) {
	s := stage.New(t, mock.Options{})
	s.World.Session.Depth = 4
	require.NoError(t, s.Say(t, inputs, areSent, answered))
	checks := 0
	for _, check := range s.World.Evidence().Checks {
		if check.Name == "a derived input is answered cleanly" {
			checks++
		}
	}
	require.Equal(t, 4, checks)
}

func TestAServerErrorIsNoCleanAnswer(t *testing.T) {
	s := stage.New(t, mock.Options{})
	s.World.Session.Depth = 200
	s.Alter("relays-create", 0, stage.Refused(500, "oh"))
	s.World.Session.Contract = only(s.World.Session.Contract, "relays-create")
	require.NoError(t, s.Say(t, inputs, areSent, `we call "Get all cards"`, answered))
	broke, _ := s.Found()
	require.Contains(t, broke, "a derived input is answered cleanly")
	for _, f := range s.World.Evidence().Findings {
		require.Equal(t, "relays-create", f.Operation, "the operation that failed, whatever was called after it")
	}
}

// only is the contract with some operations to derive inputs for.
func only(facts *contract.Contract, ids ...string) *contract.Contract {
	narrow := *facts
	narrow.Operations = nil
	for _, id := range ids {
		narrow.Operations = append(narrow.Operations, facts.Operation(id))
	}
	return &narrow
}

func TestInputsAreOfAClassThatThereIs(t *testing.T) {
	require.ErrorContains(t, stage.New(t, mock.Options{}).Say(t, `inputs with no such thing, derived from every operation's fields`),
		"there is no class of inputs")
	require.ErrorContains(t, stage.New(t, mock.Options{}).Say(t, areSent), "before this step")
	require.ErrorContains(t, stage.New(t, mock.Options{}).Say(t, answered), "before this step")
}

func TestWhatIsTakenIsReadAndHeldToItsShape(t *testing.T) {
	for breaks, c := range map[string]struct {
		call   string
		change stage.Change
	}{
		"every answer: the body has its documented shape": {"endusers-create", stage.Member("metadata", 7)},
		"what is taken can be read":                       {"endusers-get", stage.Refused(404, "no")},
	} {
		s := stage.New(t, mock.Options{})
		s.World.Session.Depth = 40
		s.Alter(c.call, 0, c.change)
		s.World.Session.Contract = only(s.World.Session.Contract, "endusers-create", "endusers-get")
		require.NoError(t, s.Say(t, `inputs with unusual letters, derived from every operation's fields`, areSent, answered))
		broke, _ := s.Found()
		require.Contains(t, broke, breaks)
	}
}

func TestWhatCannotBePreparedCostsItsOperationAlone(t *testing.T) {
	s := stage.New(t, mock.Options{})
	s.World.Session.Depth = 300
	s.Alter("transactions-manual-credit", 0, stage.Refused(403, "not for you"))
	require.NoError(t, s.Say(t, `inputs with unusual letters, derived from every operation's fields`, areSent, answered))
	sent := map[string]bool{}
	for _, call := range s.World.Calls {
		sent[call.Operation] = true
	}
	require.True(t, sent["beneficiaries-create"], "others are tried all the same: %v", sent)
}
