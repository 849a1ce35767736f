package wording

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatIsLeftBehindIsCountedInPlainWords(t *testing.T) {
	for word, want := range map[string]string{"card": "cards", "beneficiary": "beneficiaries", "relay": "relays"} {
		require.Equal(t, want, Plural(word, 2))
		require.Equal(t, word, Plural(word, 1))
	}
}
