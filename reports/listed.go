package reports

import (
	"fmt"
	"slices"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

// NotServed is an operation that does not serve a valid request, with the scenarios that it blocks.
type NotServed struct {
	Operation string
	Scenarios []*Scenario
	// Finding is what it answered; nil where an earlier run.json does not say.
	Finding *evidence.Finding
}

// Blocking lists the operations that block scenarios, those that block most first. What a list knows is not among
// them.
func (r *Run) Blocking() []NotServed {
	var out []NotServed
	for _, blocked := range r.grouped(evidence.Blocked, func(s *Scenario) string { return s.BlockedBy }) {
		one := NotServed{Operation: blocked[0].BlockedBy, Scenarios: blocked}
		for i := range r.Passing {
			f := &r.Passing[i]
			if f.Operation == one.Operation && f.Check == evidence.NotServed && (one.Finding == nil || f.Count > one.Finding.Count) {
				one.Finding = f
			}
		}
		out = append(out, one)
	}
	return out
}

// grouped are the scenarios of a verdict by what they have in common, those of most scenarios first.
func (r *Run) grouped(verdict evidence.Verdict, key func(*Scenario) string) [][]*Scenario {
	at := map[string]int{}
	var out [][]*Scenario
	for i := range r.Scenarios {
		s := &r.Scenarios[i]
		if s.Verdict != verdict {
			continue
		}
		place, there := at[key(s)]
		if !there {
			place = len(out)
			at[key(s)] = place
			out = append(out, nil)
		}
		out[place] = append(out[place], s)
	}
	slices.SortStableFunc(out, func(a, b []*Scenario) int { return len(b) - len(a) })
	return out
}

// Reason is why scenarios have their verdict, with those that have it for the same.
type Reason struct {
	Why       string
	Scenarios []*Scenario
}

// Reasons lists why scenarios have a verdict, each reason once, those of most scenarios first. Reasons that
// differ in ids and amounts alone are one.
func (r *Run) Reasons(verdict evidence.Verdict) []Reason {
	var out []Reason
	told := map[string]bool{}
	if verdict == evidence.Flaky {
		out = r.byChance(told)
	}
	for _, alike := range r.grouped(verdict, func(s *Scenario) string { return evidence.Normalised(s.Reason) }) {
		alike = slices.DeleteFunc(alike, func(s *Scenario) bool { return told[s.ID] })
		if len(alike) > 0 {
			out = append(out, Reason{Why: alike[0].Reason, Scenarios: alike})
		}
	}
	slices.SortStableFunc(out, func(a, b Reason) int { return len(b.Scenarios) - len(a.Scenarios) })
	return out
}

// byChance gives each cause that comes and goes with the scenarios that met it, and notes which these are.
func (r *Run) byChance(told map[string]bool) []Reason {
	var out []Reason
	for _, c := range Flaky(r.Causes(true)) {
		one := Reason{Why: fmt.Sprintf("%s %s: %s; expected %s, was %s", c.Requirement(), c.Where(), c.Finding.Message, c.Finding.Expected,
			c.Finding.Actual)}
		for _, id := range c.Scenarios {
			if at := slices.IndexFunc(r.Scenarios, func(s Scenario) bool { return s.ID == id }); at >= 0 {
				one.Scenarios = append(one.Scenarios, &r.Scenarios[at])
				told[id] = true
			}
		}
		out = append(out, one)
	}
	return out
}

// New lists the causes that stand and that no list knows.
func New(causes []Cause) []Cause { return chosen(causes, "") }

// Listed lists the causes that a list of known failures covers.
func Listed(causes []Cause) []Cause { return chosen(causes, evidence.Known) }

// Flaky lists the causes that another attempt did not show.
func Flaky(causes []Cause) []Cause { return chosen(causes, evidence.Flaky) }

func chosen(causes []Cause, verdict evidence.Verdict) []Cause {
	return slices.DeleteFunc(slices.Clone(causes), func(one Cause) bool { return one.Finding.Verdict != verdict })
}

// InPassing lists the causes, gated ones and others, that were met while scenarios were about something else. What
// is not served has a list of its own: [Run.Blocking].
func (r *Run) InPassing() []Cause {
	return slices.DeleteFunc(append(r.Causes(true), r.Causes(false)...),
		func(one Cause) bool { return one.Passing == 0 || one.Finding.Check == evidence.NotServed })
}

// MetBy is the exchange that showed the cause first in passing; nil where the run does not have it any more.
func (r *Run) MetBy(c Cause) *evidence.Exchange {
	if c.Met == nil {
		return nil
	}
	for i := range r.Scenarios {
		if s := &r.Scenarios[i]; s.ID == c.Met.Scenario {
			if e := s.Exchange(c.Met.Exchange); e != nil && e.Operation == c.Met.Operation {
				return e
			}
		}
	}
	return nil
}

// PassingAlone lists the causes that fail the run and that no scenario shows: reports of scenarios have a case of
// its own for each, so that whoever reads only those sees why the run fails.
func (r *Run) PassingAlone() []Cause {
	return slices.DeleteFunc(New(r.Causes(true)), func(one Cause) bool { return len(one.Scenarios) > 0 })
}

// Leading is the finding that tells most of why a scenario failed: a new one that gates, on what the scenario is
// about before others; nil where none gates.
func (s *Scenario) Leading() *evidence.Finding {
	var best *evidence.Finding
	for i := range s.Findings {
		f := &s.Findings[i]
		if f.Gated && (best == nil || rank(f.Verdict != "", best.Verdict != "") < 0 ||
			f.Verdict == best.Verdict && about(s, f.Requirement) > about(s, best.Requirement)) {
			best = f
		}
	}
	return best
}
