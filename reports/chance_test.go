package reports

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheChanceOfARareFaultIsToldForARunAndForAMonth(t *testing.T) {
	require.Equal(t, "20% in one run, 99.9% in 30 nights, of 10 runs", FaultResult{Probability: 0.2, UnderLoad: 0.2, Tries: 10}.Chance())
	require.Equal(t, "in none of 10 runs, so in at most 26% of them; 50% with load beside", FaultResult{UnderLoad: 0.5, Tries: 10}.Chance(),
		"that nobody saw it in ten runs says little")
	require.Equal(t, "in none of 100 runs, so in at most 3% of them", FaultResult{Tries: 100}.Chance())
}
