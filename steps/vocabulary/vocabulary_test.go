package vocabulary_test

import (
	"reflect"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/steps/vocabulary"
)

func TestEverySentenceIsDefinedOnceAndTakesItsGroups(t *testing.T) {
	seen := map[string]bool{}
	for _, one := range vocabulary.All() {
		pattern := one.Pattern.String()
		require.False(t, seen[pattern], pattern)
		seen[pattern] = true
		require.NotEmpty(t, one.Area, pattern)
		require.NotEmpty(t, one.Doc, pattern)
		takes := reflect.TypeOf(one.Guarded())
		below := takes.NumIn() - 1 - one.Pattern.NumSubexp() // a table or a text
		require.Contains(t, []int{0, 1}, below, "%s: the groups are not what the handler takes", pattern)
	}
}

func TestTheVocabularyIsSortedByAreaAndPattern(t *testing.T) {
	var names []string
	for _, one := range vocabulary.All() {
		names = append(names, one.Area+"\x00"+one.Pattern.String())
	}
	require.True(t, slices.IsSorted(names))
}
