package redact

import (
	"bytes"
	"math/rand/v2"
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

// TestNoUUIDIsACardNumber draws UUIDs as an API makes them, each a million times likelier to have only digits where a
// card number would stand.
func TestNoUUIDIsACardNumber(t *testing.T) {
	random := rand.New(rand.NewPCG(7, 7))
	for range 200_000 {
		id := []byte("00000000-0000-4000-8000-000000000000")
		for i := range id {
			switch {
			case id[i] == '-' || i == 14:
			case random.IntN(12) == 0:
				id[i] = "abcdef"[random.IntN(6)]
			default:
				id[i] = '0' + byte(random.IntN(10))
			}
		}
		for _, text := range []string{`{"id":"` + string(id) + `"}`, "/cards/" + string(id) + "?a=1", string(id)} {
			require.Empty(t, CardNumber(text), text)
		}
	}
	require.NotEmpty(t, CardNumber(`{"id":"d3388400-1111-4254-aefb-27c12cc37d54","n":"4111 1111 1111 1111"}`))
}
