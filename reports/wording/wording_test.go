package wording

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestWhatIsLeftBehindIsCountedInPlainWords(t *testing.T) {
	for word, want := range map[string]string{"card": "cards", "beneficiary": "beneficiaries", "relay": "relays"} {
		require.Equal(t, "2 "+want, Count(2, word))
		require.Equal(t, "1 "+word, Count(1, word))
	}
}

func TestNoTextSteersTheTerminal(t *testing.T) {
	const hostile = "a\x1b[31m\u202e\u2066\x00\u009b b\nforged: passed"
	var out strings.Builder
	p := New(&out, true)
	p.Line("%s %d %s", hostile, 7, p.Paint("31;1", hostile))
	p.Line("%s", Wrap(hostile, 2))
	require.NoError(t, p.Err())
	require.Equal(t, 2, p.Lines())
	text := strings.NewReplacer("\x1b[31;1m", "", "\x1b[0m", "").Replace(out.String())
	for _, steering := range []string{"\x1b", "\u202e", "\u2066", "\x00", "\u009b"} {
		require.NotContains(t, text, steering)
	}
	require.Equal(t, "a [31m b forged: passed", Wrap(hostile, 0), "what is wrapped begins no line of its own")
}

func TestLongTextsAreBrokenUnderTheirIndent(t *testing.T) {
	for _, line := range strings.Split(Wrap(strings.Repeat("word ", 100), 8), "\n")[1:] {
		require.True(t, strings.HasPrefix(line, "        word"))
		require.LessOrEqual(t, len(line), width)
	}
	require.Equal(t, strings.Repeat("x", 200), Wrap(strings.Repeat("x", 200), 4), "a word is not broken")
}

func TestAFigureHasThreeDigitsAndNoExponent(t *testing.T) {
	for figure, text := range map[float64]string{0: "0", 9: "9", 1960.4: "1960", 4.5678: "4.57", 0.012345: "0.0123", 250: "250",
		12.04: "12", 1e9: "1000000000", -3.25: "-3.25"} {
		require.Equal(t, text, Figure(figure))
	}
}
