package reports

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
)

// Decision is one card creation that fails several of the eight checks, and the check whose message came
// back; 0 for none.
type Decision struct {
	Failing []int `json:"failing"`
	Decided int   `json:"decided"`
	// Provider says that none of the messages came back, and the words were taken for the card provider's own.
	Provider bool   `json:"provider,omitempty"`
	Scenario string `json:"scenario"`
	Example  string `json:"example,omitempty"` // the scenario's name, which tells the rows of an outline apart
}

// OrderProof says which orders of the checks the evidence leaves. A request that fails several checks is
// answered by the first of them, so that each decision puts one check before some others.
type OrderProof struct {
	Decisions []Decision `json:"decisions"`
	// Possible counts the orders of all checks, Remaining those that no decision contradicts.
	Possible  int `json:"possible"`
	Remaining int `json:"remaining"`
	// Documented says that the documented order is among those that remain.
	Documented bool `json:"documented_remains"`
	// Before are the pairs that follow from no others, with the requests that show them.
	Before []OrderedPair `json:"before"`
	// Inverted are pairs that were seen in another order than the documented one.
	Inverted []OrderedPair `json:"inverted,omitempty"`
	// Contradictory are pairs that were seen in both orders.
	Contradictory []OrderedPair `json:"contradictory,omitempty"`
	// Open are the pairs whose order nothing shows, and why.
	Open []openPair `json:"open,omitempty"`
	// Fewest are the decisions that together prove as much, as few as there can be.
	Fewest []Decision `json:"fewest"`
}

// OrderedPair says that First was seen to run before Second.
type OrderedPair struct {
	First  int      `json:"first"`
	Second int      `json:"second"`
	By     []string `json:"by"`
}

// openPair is a pair of checks whose order the run did not show.
type openPair struct {
	First  int    `json:"first"`
	Second int    `json:"second"`
	Why    string `json:"why"`
}

// ProveOrder works out what the decisions show. It returns nil where none of them says anything of an order, and where
// no message was ever recognised: words of a provider can be told from others only where those of the checks are known.
func ProveOrder(order contract.CardOrder, decisions []Decision) *OrderProof {
	n := len(order.Checks)
	telling := telling(decisions, n)
	recognised := slices.ContainsFunc(decisions, func(d Decision) bool { return d.Decided > 0 && !d.Provider })
	if len(telling) == 0 || !recognised {
		return nil
	}
	p := &OrderProof{Decisions: telling, Possible: 1, Before: []OrderedPair{}, Fewest: []Decision{}}
	for i := range n {
		p.Possible *= i + 1
	}
	direct := seenBefore(telling, n)
	closed := closure(direct)
	p.Remaining = extensions(closed)
	p.Documented = p.Remaining > 0
	for i := range n {
		for j := range n {
			before, after := closed[i]>>j&1 == 1, closed[j]>>i&1 == 1
			pair := OrderedPair{First: i + 1, Second: j + 1, By: shownBy(telling, i+1, j+1)}
			switch {
			case i == j:
			case before && after && i < j:
				p.Contradictory = append(p.Contradictory, pair)
				p.Documented = false
			case before && !after && i > j && direct[i]>>j&1 == 1:
				p.Inverted = append(p.Inverted, pair)
				p.Documented = false
			}
			if before && !after && covers(closed, i, j) {
				p.Before = append(p.Before, pair)
			}
			if i < j && !before && !after {
				p.Open = append(p.Open, openPair{i + 1, j + 1, whyOpen(order, i+1, j+1)})
			}
		}
	}
	p.Fewest = fewest(telling, p.Before)
	return p
}

// seenBefore gives for each check those that it was seen to run before.
func seenBefore(telling []Decision, n int) []uint {
	direct := make([]uint, n)
	for _, d := range telling {
		for _, other := range d.Failing {
			if other != d.Decided {
				direct[d.Decided-1] |= 1 << (other - 1)
			}
		}
	}
	return direct
}

// telling keeps the decisions that put one check before another, in a stable order.
func telling(decisions []Decision, n int) []Decision {
	var out []Decision
	for _, d := range decisions {
		inRange := !slices.ContainsFunc(d.Failing, func(check int) bool { return check < 1 || check > n })
		if len(d.Failing) > 1 && inRange && slices.Contains(d.Failing, d.Decided) {
			out = append(out, d)
		}
	}
	slices.SortStableFunc(out, func(a, b Decision) int {
		return cmp.Or(slices.Compare(a.Failing, b.Failing), cmp.Compare(a.Scenario+a.Example, b.Scenario+b.Example))
	})
	return out
}

func closure(direct []uint) []uint {
	closed := slices.Clone(direct)
	for k := range closed {
		for i := range closed {
			if closed[i]>>k&1 == 1 {
				closed[i] |= closed[k]
			}
		}
	}
	return closed
}

// covers reports whether i runs before j and nothing is known to run between them.
func covers(closed []uint, i, j int) bool {
	for k := range closed {
		if k != i && k != j && closed[i]>>k&1 == 1 && closed[k]>>j&1 == 1 {
			return false
		}
	}
	return true
}

// extensions counts the orders of all checks in which each runs after all that are before it: it places the
// checks one by one, and counts for each set of placed ones the ways to get there.
func extensions(closed []uint) int {
	n := len(closed)
	after := make([]uint, n) // for each check those that must be placed before it
	for i := range closed {
		for j := range closed {
			if closed[i]>>j&1 == 1 {
				after[j] |= 1 << i
			}
		}
	}
	ways := make([]int, 1<<n)
	ways[0] = 1
	for placed := range uint(1) << n {
		for next := range n {
			if placed>>next&1 == 0 && after[next]&^placed == 0 {
				ways[placed|1<<next] += ways[placed]
			}
		}
	}
	return ways[1<<n-1]
}

func shownBy(decisions []Decision, first, second int) []string {
	var by []string
	for _, d := range decisions {
		if d.Decided == first && slices.Contains(d.Failing, second) && !slices.Contains(by, d.Scenario) {
			by = append(by, d.Scenario)
		}
	}
	return by
}

func whyOpen(order contract.CardOrder, first, second int) string {
	for _, pair := range order.Pairs {
		switch {
		case pair.First != first || pair.Second != second:
		case !pair.Possible:
			return strings.TrimSuffix(pair.Why, ".")
		default:
			return fmt.Sprintf("no request of this run failed both; it takes fixtures.programs.%q and fixtures.wallets.%q", pair.Program,
				pair.Wallet)
		}
	}
	return "no request of this run failed both"
}

// fewest picks as few decisions as show every pair of the graph: what follows from no other pair has to be
// shown by itself, so that nothing less would do. The pairs are at most a dozen, and all picks are tried.
func fewest(decisions []Decision, pairs []OrderedPair) []Decision {
	best := make([][]int, 1<<len(pairs)) // for each set of pairs the fewest decisions that show it
	best[0] = []int{}
	for i, d := range decisions {
		shows := 0
		for bit, pair := range pairs {
			if d.Decided == pair.First && slices.Contains(d.Failing, pair.Second) {
				shows |= 1 << bit
			}
		}
		for set := len(best) - 1; set >= 0 && shows != 0; set-- {
			if picked, joined := best[set], set|shows; picked != nil && (best[joined] == nil || len(best[joined]) > len(picked)+1) {
				best[joined] = append(slices.Clone(picked), i)
			}
		}
	}
	out := []Decision{}
	for _, i := range best[len(best)-1] {
		out = append(out, decisions[i])
	}
	return out
}

// Sentence says in one line what the evidence leaves.
func (p *OrderProof) Sentence() string {
	switch {
	case p.Remaining == 0:
		return fmt.Sprintf("the evidence contradicts itself: %d pairs of checks were seen in both orders", len(p.Contradictory))
	case !p.Documented:
		return fmt.Sprintf("not in the documented order: %s (the answers fit %s)", inversions(p.Inverted), p.orders())
	case p.Remaining == 1:
		return "in the documented order, which is the only one of " + strconv.Itoa(p.Possible) + " that the answers fit"
	}
	return "no answer speaks against the documented order; the answers fit " + p.orders()
}

// orders says in words how many of the orders in which the checks may run the answers leave.
func (p *OrderProof) orders() string {
	return fmt.Sprintf("%d of the %d orders in which the eight checks may run", p.Remaining, p.Possible)
}

func inversions(pairs []OrderedPair) string {
	var words []string
	for _, pair := range pairs {
		words = append(words, fmt.Sprintf("check %d runs before check %d", pair.First, pair.Second))
	}
	return strings.Join(words, ", ")
}

// Chains writes the pairs as chains, longest first: each pair is in one of them.
func (p *OrderProof) Chains() []string {
	left := map[edge]bool{}
	next := map[int][]int{}
	for _, pair := range p.Before {
		left[edge{pair.First, pair.Second}] = true
		next[pair.First] = append(next[pair.First], pair.Second)
	}
	var lines []string
	for _, pair := range p.Before {
		if !left[edge{pair.First, pair.Second}] {
			continue
		}
		at := pair.First
		line := fmt.Sprint(at)
		for {
			to := 0
			for _, candidate := range next[at] {
				if left[edge{at, candidate}] {
					to = candidate // of several the last, which leads on for longest in a list that is sorted
				}
			}
			if to == 0 {
				break
			}
			delete(left, edge{at, to})
			line += fmt.Sprintf(" → %d", to)
			at = to
		}
		lines = append(lines, line)
	}
	return lines
}

// edge names a pair by its two checks.
type edge struct{ First, Second int }
