package main

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// everything says that nothing is sampled: TEST_ALL=1, as make test-all sets it.
func everything() bool { return os.Getenv("TEST_ALL") != "" }

// sampled returns one in so many of the cases of a test, at least one, picked by TEST_SEED and told in the test's log;
// all of them under TEST_ALL=1. What is sampled is of one kind and many, such as the faults: a night tries them all.
func sampled[T any](t *testing.T, cases []T, oneIn int) []T {
	t.Helper()
	if everything() || oneIn <= 1 {
		return cases
	}
	seed, err := strconv.ParseUint(os.Getenv("TEST_SEED"), 10, 64)
	if err != nil {
		seed = 1
	}
	// Everyone is in the sample of some seed: the cases are dealt out as cards are, one heap a seed.
	order := rand.New(rand.NewPCG(seed/uint64(oneIn), 7)).Perm(len(cases))
	var some []T
	for i, at := range order {
		if i%oneIn == int(seed%uint64(oneIn))%max(len(cases), 1) {
			some = append(some, cases[at])
		}
	}
	t.Logf("%d of %d cases, by TEST_SEED=%d; TEST_ALL=1 tries all", len(some), len(cases), seed)
	return some
}

func TestTheSamplesOfSeedsInARowHoldEveryCase(t *testing.T) {
	t.Setenv("TEST_ALL", "")
	cases := []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}
	seen := map[int]int{}
	for seed := 8; seed < 12; seed++ { // the four heaps of one dealing
		t.Setenv("TEST_SEED", strconv.Itoa(seed))
		for _, one := range sampled(t, cases, 4) {
			seen[one]++
		}
	}
	for _, one := range cases {
		if seen[one] != 1 {
			t.Errorf("case %d stands in %d samples of one dealing", one, seen[one])
		}
	}
	t.Setenv("TEST_ALL", "1")
	if got := sampled(t, cases, 4); len(got) != len(cases) {
		t.Errorf("TEST_ALL tries %d of %d", len(got), len(cases))
	}
}
