package schemas

import (
	"strconv"
	"strings"
)

const (
	// listedPerFact is how many items of a list are named for one broken fact: enough to see a pattern.
	listedPerFact = 10
	// listedNames is how many undocumented names are facts of their own; a list can make up any number.
	listedNames = 50
	// listBound is how many violations are looked at before a list is given up, a second's work.
	listBound = 100_000
)

// fact is what violations of several items have in common.
type fact struct{ kind, field string }

// findings gathers the violations of a list, a bounded number for each broken fact, so that a frequent
// deviation that matters little hides no rare one that matters.
type findings struct {
	list []Violation
	seen int
	// facts tells for each broken fact how many violations are listed, and the place of the last of them.
	facts map[fact]*struct{ listed, last int }
}

// add takes what [Set.check] returned.
func (f *findings) add(violations []Violation, err error) error {
	for _, v := range violations {
		f.seen++
		key := fact{v.Kind, field(v.Pointer)}
		if f.facts == nil {
			f.facts = map[fact]*struct{ listed, last int }{}
		}
		if v.Kind == Undocumented && f.facts[key] == nil && len(f.facts) >= listedNames {
			key.field = ""
		}
		known := f.facts[key]
		if known == nil {
			known = &struct{ listed, last int }{}
			f.facts[key] = known
		}
		if known.listed == listedPerFact {
			f.list[known.last].More += 1 + v.More
			continue
		}
		known.listed++
		known.last = len(f.list)
		f.list = append(f.list, v)
	}
	return err
}

// field takes the indices out of a pointer.
func field(pointer string) string {
	var names []string
	for _, part := range strings.Split(pointer, "/") {
		if _, err := strconv.Atoi(part); err != nil {
			names = append(names, part)
		}
	}
	return strings.Join(names, "/")
}
