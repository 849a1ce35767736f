package redact

import (
	"bytes"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestNothingIsCutWhereTwoWindowsMeet(t *testing.T) {
	const secret, card = "a-very-secret-value-Zx81", "4111111111111111"
	r := New()
	r.AddSecret(secret)
	text := bytes.Repeat([]byte(`{"a":"b c","n":12},`), 2*window/19)
	for _, planted := range []string{secret, card, `\u0034111 1111 1111 1111`, strings.ReplaceAll(secret, "-", "%2D")} {
		for before := 0; before < len(planted)+2; before += 5 {
			data := bytes.Clone(text)
			copy(data[window-before:], " "+planted+" ")
			masked, said := r.Mask(data)
			require.Len(t, said, 1, "%q, %d bytes before the second window", planted, before)
			require.NotContains(t, string(masked), planted)
			require.Equal(t, string(data[:window-before]), string(masked[:window-before]), "what stands beside it stays")
		}
	}
	same, said := r.Mask(text)
	require.Empty(t, said)
	require.Equal(t, text, same)
}
