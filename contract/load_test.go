package contract

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheWholeFactBaseIsThere(t *testing.T) {
	c, err := Load()
	require.NoError(t, err)
	require.Len(t, c.Operations, 37)
	documented := 0
	for _, r := range c.Requirements {
		if r.Origin == "documentation" {
			documented++
		}
	}
	require.Equal(t, 467, documented)
	require.Len(t, c.Conflicts, 54)
	require.Len(t, c.Gaps, 54)
	require.Len(t, c.CardOrder.Checks, 8)
	require.Len(t, c.CardOrder.Pairs, 28)
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := read(files); err != nil {
			b.Fatal(err)
		}
	}
}
