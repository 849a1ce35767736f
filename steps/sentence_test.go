package steps_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/vocabulary"
)

func TestASentenceIsReadWithoutItsPattern(t *testing.T) {
	for pattern, read := range map[string]string{
		`we call "([^"]+)" (\d+) times( at once)?`:                                 `we call "…" N times[ at once]`,
		`the answer's header "([^"]+)"(?:, where there is one,)? is (JSON|a date)`: `the answer's header "…"[, where there is one,] is (JSON|a date)`,
		`it is ("[^"]*"|-?\d[\d.]*|\{.*\})`:                                        `it is ("…"|N|{…})`,
		`fails (no check|checks? [0-9 and,]+): it is (.+)`:                         `fails (no check|check[s] …): it is …`,
		`(credits are made at (?:\d+) a second)`:                                   `credits are made at N a second`,
		`nothing else`:                                                             `nothing else`,
	} {
		require.Equal(t, read, steps.Define("area", pattern, "", func() {}).Sentence())
	}
	for _, d := range vocabulary.All() {
		require.NotRegexp(t, `\\|\?:|\[\^|\.[+*]`, d.Sentence(), d.Pattern.String())
	}
}
