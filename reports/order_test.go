package reports

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
)

// decide answers a set of failing checks as a service with an order of its own would.
func decide(order []int, failing ...int) Decision {
	for _, check := range order {
		if slices.Contains(failing, check) {
			return Decision{Failing: failing, Decided: check, Scenario: fmt.Sprint(failing)}
		}
	}
	return Decision{Failing: failing}
}

var documentedOrder = []int{1, 2, 3, 4, 5, 6, 7, 8}

func cardOrder(t *testing.T) contract.CardOrder {
	t.Helper()
	facts, err := contract.Load()
	require.NoError(t, err)
	return facts.CardOrder
}

func pairsOf(order []int, pairs ...[2]int) []Decision {
	var out []Decision
	for _, pair := range pairs {
		out = append(out, decide(order, pair[0], pair[1]))
	}
	return out
}

func TestWhatTheEvidenceLeavesOfTheOrders(t *testing.T) {
	order := cardOrder(t)
	var every [][2]int
	for _, pair := range order.Pairs {
		if pair.Possible {
			every = append(every, [2]int{pair.First, pair.Second})
		}
	}
	needed := [][2]int{{1, 2}, {2, 3}, {3, 4}, {4, 5}, {4, 6}, {5, 8}, {6, 7}, {7, 8}}
	swapped := []int{1, 2, 4, 3, 5, 6, 7, 8}
	for name, c := range map[string]struct {
		decisions  []Decision
		remaining  int
		documented bool
		fewest     int
	}{
		"every pair that can exist":         {pairsOf(documentedOrder, every...), 3, true, 8},
		"the eight that are needed":         {pairsOf(documentedOrder, needed...), 3, true, 8},
		"one of the eight is missing":       {pairsOf(documentedOrder, needed[:7]...), 6, true, 7},
		"a single pair":                     {pairsOf(documentedOrder, [2]int{3, 4}), 20160, true, 1},
		"all at once":                       {[]Decision{decide(documentedOrder, documentedOrder...)}, 5040, true, 1},
		"two checks the other way round":    {pairsOf(swapped, every...), 3, false, 8},
		"evidence that contradicts itself":  {append(pairsOf(documentedOrder, [2]int{3, 4}), pairsOf(swapped, [2]int{3, 4})...), 0, false, 0},
		"only what fails one check besides": {append(pairsOf(documentedOrder, [2]int{1, 2}), decide(documentedOrder, 5)), 20160, true, 1},
	} {
		t.Run(name, func(t *testing.T) {
			p := ProveOrder(order, c.decisions)
			require.Equal(t, 40320, p.Possible)
			require.Equal(t, c.remaining, p.Remaining)
			require.Equal(t, c.documented, p.Documented)
			require.Len(t, p.Fewest, c.fewest)
			if c.remaining > 0 {
				require.Equal(t, c.remaining, ProveOrder(order, p.Fewest).Remaining, "the fewest prove as much")
			}
		})
	}
	require.Nil(t, ProveOrder(order, []Decision{decide(documentedOrder, 1), {Failing: []int{1, 2}}, {Failing: []int{1, 9}, Decided: 1}}))
	full := ProveOrder(order, pairsOf(documentedOrder, every...))
	require.Equal(t, []string{"1 → 2 → 3 → 4 → 6 → 7 → 8", "4 → 5 → 8"}, full.Chains())
	require.Len(t, full.Open, 2)
	require.Contains(t, full.Open[0].Why, "was another client's")
	less := ProveOrder(order, pairsOf(documentedOrder, needed[:7]...))
	require.Contains(t, fmt.Sprint(less.Open), `fixtures.programs."8" and fixtures.wallets."7"`)
	wrong := ProveOrder(order, pairsOf(swapped, every...))
	require.Equal(t, []OrderedPair{{First: 4, Second: 3, By: []string{"[3 4]"}}}, wrong.Inverted)
}

// TestOrdersAreCountedRight counts by trying every order of five checks.
func TestOrdersAreCountedRight(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	for range 200 {
		direct := make([]uint, 5)
		for range random.IntN(6) {
			direct[random.IntN(5)] |= 1 << random.IntN(5)
		}
		for i := range direct {
			direct[i] &^= 1 << i
		}
		want := 0
		var try func(placed []int)
		try = func(placed []int) {
			if len(placed) == 5 {
				want++
				return
			}
			for next := range 5 {
				fits := !slices.Contains(placed, next)
				for _, earlier := range placed {
					fits = fits && direct[next]>>earlier&1 == 0
				}
				if fits {
					try(append(slices.Clone(placed), next))
				}
			}
		}
		try(nil)
		require.Equal(t, want, extensions(closure(direct)), "%v", direct)
	}
}
