package steps

import (
	"hash/fnv"
	"math/rand/v2"
)

// DefaultDepth is how many of the cases of a general check a run performs.
const DefaultDepth = 10

// Depth is how many of the cases of a general check this run performs.
func (w *World) Depth() int {
	if w.Session.Depth > 0 {
		return w.Session.Depth
	}
	return DefaultDepth
}

// Random is the source of chance of a scenario: the same for the same seed, whatever else runs.
func (w *World) Random() *rand.Rand {
	name := fnv.New64a()
	_, _ = name.Write([]byte(w.Scenario.ID)) // a hash takes everything
	return rand.New(rand.NewPCG(uint64(w.Session.Seed), name.Sum64()))
}

// Sampled returns so many of the cases, picked by the seed.
func Sampled[T any](w *World, cases []T, count int) []T {
	w.Random().Shuffle(len(cases), func(i, j int) { cases[i], cases[j] = cases[j], cases[i] })
	return cases[:min(count, len(cases))]
}
