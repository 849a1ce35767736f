package suite

import (
	"cmp"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/steps/catalog"
)

// Shard is one of several parts of a selection: Index counts from 1 to Of. The zero value is the whole.
type Shard struct{ Index, Of int }

// ParseShard reads a form such as 2/5, or 1of5, which counts from 0.
func ParseShard(text string) (Shard, error) {
	if text == "" {
		return Shard{}, nil
	}
	index, of, found := strings.Cut(text, "/")
	first := 0
	if !found { // 0of4 counts from zero, as the Indexed Jobs of Kubernetes do
		index, of, found = strings.Cut(text, "of")
		first = 1
	}
	i, err1 := strconv.Atoi(index)
	i += first
	n, err2 := strconv.Atoi(of)
	if !found || err1 != nil || err2 != nil || i < 1 || n < 1 || i > n {
		return Shard{}, fmt.Errorf("--shard: %q is no shard; write I/N with I from 1 to N, such as 2/5, or IofN with I from 0", text)
	}
	return Shard{Index: i, Of: n}, nil
}

// String gives the form that [ParseShard] reads; the whole is empty.
func (s Shard) String() string {
	if s.Of == 0 {
		return ""
	}
	return fmt.Sprintf("%d/%d", s.Index, s.Of)
}

// of returns the scenarios of the shard. Every scenario is in exactly one shard; the dearest are dealt
// first, each to the shard that has least to do, so that the shards end at about the same time.
func (s Shard) of(selected []*catalog.Scenario) []*catalog.Scenario {
	if s.Of <= 1 {
		return selected
	}
	order := slices.SortedStableFunc(slices.Values(selected), func(a, b *catalog.Scenario) int {
		return cmp.Or(cmp.Compare(cost(b), cost(a)), cmp.Compare(a.Key, b.Key))
	})
	loads, mine := make([]int, s.Of), map[string]bool{}
	for _, scenario := range order {
		least := slices.Index(loads, slices.Min(loads))
		loads[least] += cost(scenario)
		if least == s.Index-1 {
			mine[scenario.Key] = true
		}
	}
	return slices.DeleteFunc(slices.Clone(selected), func(scenario *catalog.Scenario) bool { return !mine[scenario.Key] })
}

// cost estimates how long a scenario takes: most steps are a request or two.
func cost(scenario *catalog.Scenario) int { return 1 + len(scenario.Steps) }
