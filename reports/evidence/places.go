package evidence

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// Places bounds in how many places one deviation is listed, by requirement, operation and check: an API can make up any
// number of names. The zero value lists none.
type Places struct {
	Most int
	by   map[string]*places
}

type places struct {
	listed map[string]bool
	rest   *Finding
	more   int
}

// Lists reports whether a finding is to be listed; else it is counted among the rest.
func (p *Places) Lists(f Finding) bool {
	kind, place := strings.Join([]string{f.Requirement, f.Operation, f.Check, string(f.Verdict)}, "\x00"), WithoutIndexes(f.Pointer)
	known := p.by[kind]
	if known == nil {
		if p.by == nil {
			p.by = map[string]*places{}
		}
		known = &places{listed: map[string]bool{}}
		p.by[kind] = known
	}
	if known.listed[place] || len(known.listed) < p.Most {
		known.listed[place] = true
		return true
	}
	if known.rest == nil {
		known.rest = &f
	}
	known.more += max(1, f.Count)
	return false
}

// Rest are the findings that stand for those that are not listed, one for each deviation, with their count.
func (p *Places) Rest() []Finding {
	var out []Finding
	for _, kind := range slices.Sorted(maps.Keys(p.by)) {
		known := p.by[kind]
		if known.rest == nil {
			continue
		}
		one := *known.rest
		one.Message += fmt.Sprintf(" … and %d more that are not listed", known.more)
		one.Pointer, one.Expected, one.Actual = "", "no more places than are listed", "further places"
		if one.Count > 0 {
			one.Count = known.more
		}
		out = append(out, one)
	}
	return out
}
