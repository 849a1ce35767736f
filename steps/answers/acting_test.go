package answers_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/stage"
)

func TestWhatIsRefusedAndDoneAllTheSameIsAHazard(t *testing.T) {
	const refused = `the call is refused as a fault of the caller`
	for fault, sentences := range map[string][]any{
		"refusal.acts-without-a-token": says(`a wallet`, `we call "Update wallet" with no token`, refused),
		"refusal.acts-on-bad-data": says(`a valid request to "Create manual credit transaction"`,
			`the request's "amount" is left out`, `the request is sent`, refused),
		"refusal.acts-without-a-key": says(`a valid request to "Create a new card"`, `the request's key is left out`,
			`the request is sent`, refused),
		"refusal.touches-the-thing": says(`a valid request to "Update wallet"`, `the request's "status" is set to "NO"`,
			`the request is sent`, refused),
		"tenancy.refused-and-done": says(`a wallet of another client`, `we call "Update wallet" for the foreign wallet`, refused),
	} {
		for _, faults := range [][]string{nil, {fault}} {
			s := stage.New(t, mock.Options{Faults: faults}, "CARD-01")
			s.World.Scenario.Refuses, s.World.Session.Depth = true, 40
			require.NoError(t, s.Say(t, sentences...), fault)
			broke, held := s.Found()
			if faults == nil {
				require.Empty(t, broke, fault)
				require.Contains(t, held, "a refused request changes nothing", fault)
				continue
			}
			require.Contains(t, broke, "a refused request changes nothing", fault)
			require.NotEmpty(t, s.World.Evidence().Findings[0].Hazard)
		}
	}
}

func TestAShallowRunLooksIntoAPartOfTheRefusals(t *testing.T) {
	looked := 0
	for seed := range int64(60) {
		s := stage.New(t, mock.Options{})
		s.World.Scenario.Refuses, s.World.Session.Seed = true, seed
		require.NoError(t, s.Say(t, `a wallet`, `we call "Update wallet" with no token`, `the call is refused as a fault of the caller`))
		for _, call := range s.World.Evidence().Exchanges {
			if call.Operation == "wallets-get" {
				looked++
				break
			}
		}
	}
	require.Greater(t, looked, 5)
	require.Less(t, looked, 30)
}
