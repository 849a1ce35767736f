package explore

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

func TestAWalkThatIsStoppedSaysHowFarItCame(t *testing.T) {
	difference := &Difference{Finding: evidence.Finding{Requirement: "MONEY-06", Check: "balance",
		Message: "a wallet does not hold what was moved"}}
	for says, result := range map[string]*Result{
		"before the first step": nil,
		"stopped after 7 steps and 30 requests without a difference (seed 3); --seed 3 walks": {Steps: 7, Requests: 30, Seed: 3},
		"a wallet does not hold what was moved":                                               {Steps: 7, Difference: difference},
	} {
		var text strings.Builder
		require.NoError(t, result.PrintStopped(&text))
		require.Contains(t, text.String(), says)
	}
}
