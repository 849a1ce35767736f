package catalog

import (
	"errors"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/features"
)

func TestARequirementAnOperationAndAScenarioAreExplained(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	scenarios, err := Read(features.Files)
	require.NoError(t, err)
	for id, says := range map[string][]string{
		"CARD-CREATE-15":       {"The checks run in a fixed order", "faults of the mock that break it", "order.swap"},
		"cards-create":         {"POST", "Creates a card on a wallet", "Create a new card", "check 3", "cards-create.created"},
		"cards-create.created": {"Given a wallet", "CARD-CREATE-08: Success is 201 Created.", "kobcheck run --scenario cards-create.created"},
	} {
		var text strings.Builder
		require.NoError(t, scenarios.Explain(&text, facts, map[string][]string{"CARD-CREATE-15": {"order.swap"}}, id))
		for _, said := range says {
			require.Contains(t, text.String(), said)
		}
	}
	var unknown *UnknownError
	require.True(t, errors.As(scenarios.Explain(&strings.Builder{}, facts, nil, "cards-create.creatd"), &unknown))
	require.Equal(t, "cards-create.created", unknown.Nearest)
}
