// Package sample picks which cases of a test are tried where there are many of one kind: a day tries some, a night all.
package sample

import (
	"math/rand/v2"
	"os"
	"strconv"
	"testing"
)

// All says that nothing is sampled: TEST_ALL=1, as make test-all sets it.
func All() bool { return os.Getenv("TEST_ALL") != "" }

// Of returns one in so many of the cases of a test, at least one, picked by TEST_SEED and told in the test's log;
// all of them under TEST_ALL=1. What is sampled is of one kind and many, such as the faults.
func Of[T any](t testing.TB, cases []T, oneIn int) []T {
	t.Helper()
	if All() || oneIn <= 1 {
		return cases
	}
	seed := Seed()
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

// Seed is TEST_SEED, or 1.
func Seed() uint64 {
	seed, err := strconv.ParseUint(os.Getenv("TEST_SEED"), 10, 64)
	if err != nil {
		return 1
	}
	return seed
}
