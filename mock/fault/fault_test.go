package fault

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
)

func TestEachFaultBreaksAKnownRequirementAndSaysHow(t *testing.T) {
	faults, err := Catalogue()
	require.NoError(t, err)
	require.Greater(t, len(faults), 250)
	seen := map[ID]bool{}
	for _, one := range faults {
		require.False(t, seen[one.ID], one.ID)
		seen[one.ID] = true
		require.NotEmpty(t, one.Sentence, one.ID)
		require.NotEmpty(t, one.Group, one.ID)
		require.NotEqual(t, contract.NotFound, one.Mark, "%s breaks %s, which is no requirement", one.ID, one.Requirement)
	}
}

func TestAFaultCountsItsHits(t *testing.T) {
	set, err := New("order.reversed")
	require.NoError(t, err)
	require.False(t, set.On("order.provider-first"))
	require.True(t, set.On("order.reversed"))
	require.EqualValues(t, 1, set.Hits("order.reversed"))
	var none *Set
	require.False(t, none.On("order.reversed"))
	_, err = New("order.nonsense")
	require.ErrorContains(t, err, "order.reversed")
}
