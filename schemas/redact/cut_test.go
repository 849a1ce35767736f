package redact

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestACutGoesThroughNoID(t *testing.T) {
	const id = "ab624895-1232-4234-9545-0a6c1f2b3d4e"
	text := `{"id":"` + id + `","a":"é"}`
	for most := range len(text) + 2 {
		cut, less := strings.CutSuffix(Cut(text, most, "…"), "…")
		require.Equal(t, most < len(text), less)
		require.LessOrEqual(t, len(cut), most)
		require.True(t, strings.HasPrefix(text, cut))
		if _, after, within := strings.Cut(cut, `:"`); within && after != "" {
			require.True(t, strings.HasPrefix(after, id), "cut at %d: %s", most, cut)
		}
	}
	require.Len(t, Cut(strings.Repeat("a", 1000), 500, ""), 500, "a word that is longer than any id is cut where it is")
}
