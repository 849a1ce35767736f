package walks_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/stage"
)

func TestAWalkHoldsAndWhatDiffersIsASentence(t *testing.T) {
	for _, sentence := range []string{`two clients do 40 things at random`, `two clients do 40 things at random, some of them at once`} {
		good := stage.New(t, mock.Options{}, "HARNESS-30")
		require.NoError(t, good.Say(t, sentence, `the model of the rules allows all that was answered`))
		broke, held := good.Found()
		require.Empty(t, broke)
		require.Contains(t, held, "a walk goes as the model has it")
	}
	faulty := stage.New(t, mock.Options{Faults: []string{"money.credit-drifts"}}, "HARNESS-30")
	require.NoError(t, faulty.Say(t, `two clients do 200 things at random`, `the model of the rules allows all that was answered`))
	findings := faulty.World.Evidence().Findings
	require.Len(t, findings, 1)
	require.Equal(t, "MONEY-06", findings[0].Requirement)
	require.Contains(t, findings[0].Gherkin, "When we credit the wallet with 1")
	require.Positive(t, findings[0].Exchange)
}
