package objects

import (
	"encoding/json"
	"math/rand/v2"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/schemas/match"
	"github.com/kobcheck/kobcheck/schemas/redact"
)

func TestTheObjectsOfARunHoldEveryEdgeBetweenThem(t *testing.T) {
	for _, count := range []int{1, 4, 10} {
		names, leaves := map[string]bool{}, map[any]bool{}
		for _, object := range deal(rand.New(rand.NewPCG(uint64(count), 1)), count) {
			gather(object, names, leaves)
		}
		for _, one := range keys {
			require.True(t, names[one], "the name %q", one)
		}
		for _, one := range numbers {
			require.True(t, leaves[one], one)
		}
		for _, one := range texts {
			require.True(t, leaves[one], "the text %q", one)
		}
	}
}

func gather(value any, names map[string]bool, leaves map[any]bool) {
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			names[name] = true
			gather(inner, names, leaves)
		}
	case []any:
		for _, inner := range value {
			gather(inner, names, leaves)
		}
	default:
		leaves[value] = true
	}
}

func TestObjectsAreStrictJSONWithoutCardNumbersAndFollowFromTheSeed(t *testing.T) {
	for seed := range uint64(50) {
		all := deal(rand.New(rand.NewPCG(seed, 7)), 5)
		again := deal(rand.New(rand.NewPCG(seed, 7)), 5)
		for i, object := range all {
			require.True(t, match.Equal(object).Holds(again[i]))
			written, err := json.Marshal(object)
			require.NoError(t, err)
			require.True(t, utf8.Valid(written))
			require.Equal(t, string(written), redact.CardNumbers(string(written)))
			read, err := schemas.Decode(written)
			require.NoError(t, err)
			require.True(t, match.Equal(object).Holds(read), "seed %d", seed)
		}
	}
}

func TestADifferenceIsShrunkToWhatCarriesIt(t *testing.T) {
	object := deal(rand.New(rand.NewPCG(3, 3)), 1)[0]
	object["list"] = []any{"a", map[string]any{"in": []any{json.Number("1"), "a long text with a needle in it", nil}}}
	tries := 0
	smallest, err := shrink(object, 500, func(candidate map[string]any) (bool, error) {
		tries++
		written, err := json.Marshal(candidate)
		return strings.Contains(string(written), "needle"), err
	})
	require.NoError(t, err)
	require.Less(t, tries, 200)
	written, err := json.Marshal(smallest)
	require.NoError(t, err)
	require.LessOrEqual(t, len(written), len(`{"abcd":"needle"}`), string(written))
	kept, err := shrink(object, 0, func(map[string]any) (bool, error) { return true, nil })
	require.NoError(t, err)
	require.Equal(t, object, kept, "without a try the object stays")
}

func TestALeftOutEntryLeavesAnEmptyListAndNotNull(t *testing.T) {
	for candidate := range smaller(map[string]any{"a": []any{"x"}}) {
		written, err := json.Marshal(candidate)
		require.NoError(t, err)
		require.NotContains(t, string(written), "null")
	}
}
