package nights

import (
	"cmp"
	"fmt"
	"maps"
	"math"
	"slices"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Changes are what differs between two nights.
type Changes struct {
	Was, Is   *Night
	New, Gone []reports.NightFailure
	// Unseen stood before, and the second did not look for it; Unlooked fails in the second, and no night before had
	// looked for it; Still stood before and does so.
	Unseen, Unlooked, Still []reports.NightFailure
	Verdicts                []verdictChange
	Vanished                []string // scenarios that the first has and the second has not
	Added                   []string
	Answers                 []reports.ProfileChange
	Undocumented            []string
	Documented              []string // undocumented things that are gone
}

// verdictChange is a scenario with another verdict.
type verdictChange struct {
	Scenario string
	Was, Is  evidence.Verdict
}

// Compare says what differs between two nights.
func Compare(was, is *Night) *Changes { return changes([]*Night{was}, is) }

// changes says what differs between a night and those before it, oldest first: its failures from all of them, the rest
// from the latest.
func changes(earlier []*Night, is *Night) *Changes {
	was := earlier[len(earlier)-1]
	c := &Changes{Was: was, Is: is}
	c.failures(earlier)
	for id, verdict := range was.Scenarios {
		now, there := is.Scenarios[id]
		switch {
		case !there:
			c.Vanished = append(c.Vanished, id)
		case now != verdict && judges(now) && judges(verdict):
			c.Verdicts = append(c.Verdicts, verdictChange{id, verdict, now})
		}
	}
	for id := range is.Scenarios {
		if _, there := was.Scenarios[id]; !there {
			c.Added = append(c.Added, id)
		}
	}
	for id, answer := range is.Answers {
		if before, there := was.Answers[id]; there && before != answer {
			c.Answers = append(c.Answers, reports.ProfileChange{ID: id, Was: before, Is: answer})
		}
	}
	c.Undocumented, c.Documented = without(is.Undocumented, was.Undocumented), without(was.Undocumented, is.Undocumented)
	slices.Sort(c.Vanished)
	slices.Sort(c.Added)
	slices.SortFunc(c.Verdicts, func(a, b verdictChange) int { return cmp.Compare(a.Scenario, b.Scenario) })
	slices.SortFunc(c.Answers, func(a, b reports.ProfileChange) int { return cmp.Compare(a.ID, b.ID) })
	return c
}

// failures parts what fails, or failed, by what the nights looked for.
func (c *Changes) failures(earlier []*Night) {
	stood := standing(earlier)
	for _, one := range stood {
		switch {
		case c.Is.fails(one.NightFailure):
		case c.Is.judged(one.NightFailure):
			gone := one.NightFailure
			gone.Nights = one.Nights
			c.Gone = append(c.Gone, gone)
		default:
			c.Unseen = append(c.Unseen, one.NightFailure)
		}
	}
	for _, failure := range c.Is.Failures {
		switch {
		case slices.ContainsFunc(stood, func(one *openFailure) bool { return one.Same(failure) }):
			c.Still = append(c.Still, failure)
		case failure.Flaky:
		case slices.ContainsFunc(earlier, func(n *Night) bool { return n.judged(failure) }):
			c.New = append(c.New, failure)
		default:
			c.Unlooked = append(c.Unlooked, failure)
		}
	}
}

// latencies are the operations whose median latency is another one by a quarter or more, in words: of two nights alone, so
// that it may be chance.
func (c *Changes) latencies() []string {
	const least = 0.25
	var lines []string
	for _, operation := range slices.Sorted(maps.Keys(c.Is.P50)) {
		was, is := c.Was.P50[operation], c.Is.P50[operation]
		if was > 0 && math.Abs(is/was-1) >= least {
			lines = append(lines, latencyShift{Operation: operation, Before: was, After: is}.change())
		}
	}
	return lines
}

// Upgrade says that another version of the program made the second night; empty where the same did, or one does not say.
func (c *Changes) Upgrade() string {
	if c.Was.Tool == c.Is.Tool || c.Was.Tool == "" || c.Is.Tool == "" {
		return ""
	}
	return fmt.Sprintf("kobcheck is %s, was %s: what differs in scenarios may be its change and not the API's", c.Is.Tool, c.Was.Tool)
}

// without returns what the first list has and the second has not.
func without(list, other []string) []string {
	known := map[string]bool{}
	for _, one := range other {
		known[one] = true
	}
	return slices.DeleteFunc(slices.Clone(list), func(one string) bool { return known[one] })
}
