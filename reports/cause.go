package reports

import (
	"cmp"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Cause is one deviation of the API with all that shows it: the scenario that is about it gives the title,
// the others, what was noticed in passing and what it blocks are counted below.
type Cause struct {
	Finding evidence.Finding
	// Scenario is one that is about the broken requirement, else the first that met the deviation.
	Scenario *Scenario
	// Scenarios are the ids of those that fail for it.
	Scenarios []string
	// Passing is how often it was met while scenarios were about something else.
	Passing int
	// Blocks are the ids of the scenarios that its operation blocks.
	Blocks []string

	about bool
}

// Known reports whether a list of known failures covers the cause wherever it shows.
func (c *Cause) Known() bool { return c.Finding.Verdict == evidence.Known }

// Causes returns the findings of the run by cause, gated ones or the others: new ones before known ones,
// those that a scenario is about before those met in passing alone, then those that show most often.
func (r *Run) Causes(gated bool) []Cause {
	l := causes{run: r, by: map[string]*Cause{}, scenarios: map[string]*Scenario{}}
	for i := range r.Scenarios {
		l.scenarios[r.Scenarios[i].ID] = &r.Scenarios[i]
	}
	for i := range r.Scenarios {
		l.scenario(&r.Scenarios[i], gated)
	}
	for _, f := range r.Passing {
		if f.Gated == gated {
			l.passing(f)
		}
	}
	slices.SortStableFunc(l.list, func(a, b *Cause) int {
		return cmp.Or(rank(a.Known(), b.Known()), rank(b.about, a.about), rank(len(a.Blocks) == 0, len(b.Blocks) == 0),
			cmp.Compare(len(b.Scenarios), len(a.Scenarios)))
	})
	out := make([]Cause, len(l.list))
	for i, one := range l.list {
		out[i] = *one
	}
	return out
}

// rank puts what is true after what is not.
func rank(a, b bool) int {
	switch {
	case a == b:
		return 0
	case a:
		return 1
	}
	return -1
}

type causes struct {
	run       *Run
	list      []*Cause
	by        map[string]*Cause
	scenarios map[string]*Scenario
}

// key is what findings of one deviation share, whichever check saw it: requirement, operation and place; where
// there is no place, the check and how it fails.
func key(f evidence.Finding) string {
	place := evidence.WithoutIndexes(f.Pointer)
	if place == "" {
		place = strings.TrimPrefix(f.Check, "every answer: ")
	}
	return strings.Join([]string{f.Requirement, f.Operation, place}, "\x00")
}

// scenario adds what a scenario found. One that lists know counts apart from what is new.
func (l *causes) scenario(s *Scenario, gated bool) {
	seen := map[string]bool{}
	for _, f := range s.Findings {
		if s.Verdict == evidence.Known {
			f.Verdict = evidence.Known
		}
		id := key(f) + "\x00" + string(f.Verdict)
		if f.Gated != gated || seen[id] {
			continue
		}
		seen[id] = true
		one := l.cause(id, f, s)
		one.Scenarios = append(one.Scenarios, s.ID)
		if about := slices.Contains(s.Requirements, f.Requirement); about && !one.about {
			one.about, one.Finding, one.Scenario = true, f, s
		}
	}
}

func (l *causes) passing(f evidence.Finding) {
	first := l.scenarios[f.Scenario]
	if first == nil {
		return // a part of a run that was left out
	}
	one := l.cause(key(f)+"\x00"+string(f.Verdict), f, first)
	one.Passing += f.Count
	if f.Check != evidence.NotServed {
		return
	}
	for _, s := range l.run.Scenarios {
		if s.BlockedBy == f.Operation {
			one.Blocks = append(one.Blocks, s.ID)
		}
	}
}

func (l *causes) cause(id string, f evidence.Finding, s *Scenario) *Cause {
	if l.by[id] == nil {
		l.by[id] = &Cause{Finding: f, Scenario: s}
		l.list = append(l.list, l.by[id])
	}
	return l.by[id]
}

// Gathered puts findings that were noticed in passing together: each cause once, as it was first met, with
// how often.
func Gathered(list []evidence.Finding) []evidence.Finding {
	at := map[string]int{}
	var out []evidence.Finding
	for _, f := range list {
		i, there := at[f.Cause()]
		if !there {
			at[f.Cause()] = len(out)
			out = append(out, f)
			continue
		}
		out[i].Count += f.Count
	}
	slices.SortStableFunc(out, func(a, b evidence.Finding) int { return strings.Compare(a.Cause(), b.Cause()) })
	return out
}
