package nights

import (
	"cmp"
	"slices"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Changes are what differs between two nights.
type Changes struct {
	Was, Is      *Night
	New, Gone    []reports.NightFailure
	Verdicts     []verdictChange
	Vanished     []string // scenarios that the first has and the second has not
	Added        []string
	Answers      []reports.ProfileChange
	Undocumented []string
	Documented   []string // undocumented things that are gone
}

// verdictChange is a scenario with another verdict.
type verdictChange struct {
	Scenario string
	Was, Is  evidence.Verdict
}

// Compare says what differs between two nights.
func Compare(was, is *Night) *Changes {
	c := &Changes{Was: was, Is: is}
	for _, failure := range is.Failures {
		if !was.fails(failure.Fingerprint) {
			c.New = append(c.New, failure)
		}
	}
	for _, failure := range was.Failures {
		if !is.fails(failure.Fingerprint) {
			c.Gone = append(c.Gone, failure)
		}
	}
	for id, verdict := range was.Scenarios {
		now, there := is.Scenarios[id]
		switch {
		case !there:
			c.Vanished = append(c.Vanished, id)
		case now != verdict:
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

// without returns what the first list has and the second has not.
func without(list, other []string) []string {
	known := map[string]bool{}
	for _, one := range other {
		known[one] = true
	}
	var out []string
	for _, one := range list {
		if !known[one] {
			out = append(out, one)
		}
	}
	return out
}
