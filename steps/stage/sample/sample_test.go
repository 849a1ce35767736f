package sample

import (
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestTheSamplesOfSeedsInARowHoldEveryCase(t *testing.T) {
	t.Setenv("TEST_ALL", "")
	cases := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	seen := map[int]int{}
	for seed := 8; seed < 12; seed++ { // the four heaps of one dealing
		t.Setenv("TEST_SEED", strconv.Itoa(seed))
		for _, one := range Of(t, cases, 4) {
			seen[one]++
		}
	}
	for _, one := range cases {
		require.Equal(t, 1, seen[one], "case %d stands in so many samples of one dealing", one)
	}
	t.Setenv("TEST_ALL", "1")
	require.Len(t, Of(t, cases, 4), len(cases), "a night tries all")
}
