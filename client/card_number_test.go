package client

import (
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestTheQuickLookFindsWhatTheSlowOneFinds holds the skipping search to one that looks at every byte.
func TestTheQuickLookFindsWhatTheSlowOneFinds(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 11))
	pieces := []string{"4111111111111111", "4111 1111 1111 1111", "5500-0000-0000-0004", "378282246310005", "1", "22", "4111", " ", "-", ".", "x", "\\", "u0020", "\\u0020", "\\n", "%20", "%2F", "\"", ",", "é", "+", "2026-01-14T10:00:00.000Z", "6f1c"}
	found := 0
	for range 30_000 {
		var b strings.Builder
		for range 1 + random.IntN(12) {
			b.WriteString(pieces[random.IntN(len(pieces))])
		}
		text := b.String()
		from := random.IntN(len(text))
		want, wanted := cardNumberBetween(text, from, len(text))
		got, there := nextCardNumber(text, from)
		require.Equal(t, wanted, there, "%q from %d", text, from)
		require.Equal(t, want, got, "%q from %d", text, from)
		if there {
			found++
		}
	}
	require.Greater(t, found, 1000, "texts without numbers show nothing")
}
