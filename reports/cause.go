package reports

import (
	"cmp"
	"fmt"
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
	// Passing is how often it was met while scenarios were about something else, and Met how it was met first.
	Passing int
	Met     *evidence.Finding
	// Blocks are the ids of the scenarios that its operation blocks.
	Blocks []string
	// Operations are those whose answers show it. Everywhere says that they are most of those that served
	// anything, or show it: it is one deviation of all answers, not one of each operation. Of is how many they are.
	Operations []string
	Everywhere bool
	Of         int
	// Places are where in the answers it shows, without indexes of lists.
	Places []string
	// Further are requirements beside that of the finding that it breaks alike.
	Further []string
	// Fingerprints are the ways in which it shows, that of the finding first.
	Fingerprints []string

	about int
	// common says that no single scenario is about all of it.
	common bool
}

// How much a scenario is about the requirement of a finding. Whoever sends odd inputs to everything meets
// whatever deviates, so that another scenario tells more.
const (
	besideIt = iota
	withOddInputs
	aboutIt
	leadsWithIt
)

func about(s *Scenario, requirement string) int {
	switch at := slices.Index(s.Requirements, requirement); {
	case at < 0:
		return besideIt
	case strings.HasPrefix(s.ID, "derived."):
		return withOddInputs
	case at == 0:
		return leadsWithIt
	}
	return aboutIt
}

// Known reports whether a list of known failures covers the cause.
func (c *Cause) Known() bool { return c.Finding.Verdict == evidence.Known }

// Flaky reports whether another attempt at the same showed nothing of the cause.
func (c *Cause) Flaky() bool { return c.Finding.Verdict == evidence.Flaky }

// Hides reports whether the cause leaves nothing else to judge: answers of all operations deviate so, and nothing can
// be made of them.
func (c *Cause) Hides() bool { return c.Everywhere && len(c.Blocks) > 0 }

// Title is the name of the scenario that is about the cause, else what is wrong.
func (c *Cause) Title() string {
	if c.about == besideIt || c.common || c.Scenario.Name == "" {
		return c.Finding.Message
	}
	return c.Scenario.Name
}

// Exchange is the one that shows the finding; nil for none.
func (c *Cause) Exchange() *evidence.Exchange { return c.Scenario.Exchange(c.Finding.Exchange) }

// Causes returns the findings of the run by cause, gated ones or the others: new ones before known ones, those
// of all answers first, then those that a scenario is about before those met in passing alone, then those that
// block, then those that show most often.
func (r *Run) Causes(gated bool) []Cause {
	l := causes{run: r, by: map[string]*Cause{}, scenarios: map[string]*Scenario{}}
	for i := range r.Scenarios {
		l.scenarios[r.Scenarios[i].ID] = &r.Scenarios[i]
	}
	for i := range r.Scenarios {
		l.scenario(&r.Scenarios[i])
	}
	for i := range r.Passing {
		l.passing(&r.Passing[i])
	}
	l.texts()
	l.everywhere()
	l.alike()
	l.akin()
	l.list = slices.DeleteFunc(l.list, func(one *Cause) bool { return one.Finding.Gated != gated })
	slices.SortStableFunc(l.list, func(a, b *Cause) int {
		return cmp.Or(rank(a.Known(), b.Known()), rank(b.Everywhere, a.Everywhere), rank(b.about > besideIt, a.about > besideIt),
			rank(len(a.Blocks) == 0, len(b.Blocks) == 0), cmp.Compare(len(b.Scenarios), len(a.Scenarios)), cmp.Compare(b.Passing, a.Passing))
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

// check is the name of a check, whoever made it: a sentence of a scenario, or what watches every answer.
func check(f evidence.Finding) string { return strings.TrimPrefix(f.Check, evidence.EveryAnswer) }

// key is what findings of one deviation share, whichever check saw it: requirement, operation and place; where
// there is no place, the check and how it fails.
// What no page shows is one remark of the run, whatever it is and wherever it stands.
func key(f evidence.Finding) string {
	if f.Beyond() {
		return f.Requirement
	}
	return strings.Join([]string{f.Requirement, f.Operation, cmp.Or(evidence.WithoutIndexes(f.Pointer), check(f)), string(f.Verdict),
		fmt.Sprint(f.Gated)}, "\x00")
}

// scenario adds what a scenario found.
func (l *causes) scenario(s *Scenario) {
	for _, f := range s.Findings {
		if f.Gated && f.Verdict == "" && (s.Verdict == evidence.Known || s.Verdict == evidence.Flaky) {
			f.Verdict = s.Verdict // an earlier run.json has it at the scenario alone
			f.Reason = cmp.Or(f.Reason, s.Reason)
		}
		one := l.cause(f, s)
		if !slices.Contains(one.Scenarios, s.ID) {
			one.Scenarios = append(one.Scenarios, s.ID)
		}
	}
}

func (l *causes) passing(f *evidence.Finding) {
	first := l.scenarios[f.Scenario]
	if first == nil {
		first = &Scenario{ID: f.Scenario} // a part of the run that was left out
	}
	one := l.cause(*f, first)
	if one.Met == nil {
		one.Met = f
	}
	one.Passing += f.Count
	if f.Check == evidence.NotServed || f.Check == evidence.OfAnother {
		for _, s := range l.run.Scenarios {
			if s.BlockedBy == f.Operation && !slices.Contains(one.Blocks, s.ID) {
				one.Blocks = append(one.Blocks, s.ID)
			}
		}
	}
}

// cause returns the cause of a finding. The scenario that is most about it gives it its title.
func (l *causes) cause(f evidence.Finding, s *Scenario) *Cause {
	id := key(f)
	one := l.by[id]
	if one == nil {
		one = &Cause{Finding: f, Scenario: s, about: -1}
		l.by[id] = one
		l.list = append(l.list, one)
	}
	rank := about(s, f.Requirement)
	if f.Scenario != "" {
		rank = besideIt // noticed in passing
	}
	shows := &Cause{Finding: f, Scenario: s, about: rank, Fingerprints: []string{f.Fingerprint()}}
	if f.Operation != "" {
		shows.Operations = []string{f.Operation}
	}
	if f.Pointer != "" {
		shows.Places = []string{evidence.WithoutIndexes(f.Pointer)}
	}
	one.join(shows)
	return one
}

// join puts another cause, or what shows one, to a cause. What gates leads, and then what a scenario is most about.
func (c *Cause) join(other *Cause) {
	c.Further = union(union(c.Further, other.Further), []string{c.Finding.Requirement, other.Finding.Requirement})
	first, then := c.Fingerprints, other.Fingerprints
	if !c.Everywhere && cmp.Or(rank(c.Finding.Gated, other.Finding.Gated), rank(c.Finding.Hazard != "", other.Finding.Hazard != ""),
		cmp.Compare(c.about, other.about)) < 0 {
		c.Finding, c.Scenario, c.about = other.Finding, other.Scenario, other.about
		first, then = then, first
	}
	c.Further = without(c.Further, c.Finding.Requirement)
	c.Fingerprints = union(first, then)
	c.Scenarios, c.Blocks = union(c.Scenarios, other.Scenarios), union(c.Blocks, other.Blocks)
	c.Operations, c.Places = union(c.Operations, other.Operations), union(c.Places, other.Places)
	c.common = c.common || other.common || len(c.Further) > 0
	c.Passing += other.Passing
	c.Met = cmp.Or(c.Met, other.Met)
}

// union returns a list with what another has beside it.
func union(list, other []string) []string {
	for _, one := range other {
		if !slices.Contains(list, one) {
			list = append(list[:len(list):len(list)], one)
		}
	}
	return list
}

// without returns a list less one entry.
func without(list []string, entry string) []string {
	return slices.DeleteFunc(slices.Clone(list), func(one string) bool { return one == entry })
}

// A deviation is one of all answers where more than so large a part of the operations that served anything show it,
// and at least so many.
const (
	mostOperations   = 0.8
	fewestOperations = 4
)

// everywhere puts the deviations of all answers together: what most operations show, by requirement and check, is
// one cause. Where such an answer is a success that nothing can be made of, the scenarios that it blocks are
// blocked by that cause.
func (l *causes) everywhere() {
	groups := map[string][]*Cause{}
	for _, one := range l.list {
		groups[one.kind()] = append(groups[one.kind()], one)
	}
	var served []string
	for _, use := range l.run.Operations {
		for status := range use.Statuses {
			if strings.HasPrefix(status, "2") {
				served = union(served, []string{use.ID})
			}
		}
	}
	gone := map[*Cause]bool{}
	for _, one := range l.list {
		group := groups[one.kind()]
		delete(groups, one.kind())
		var operations []string
		for _, part := range group {
			operations = union(operations, part.Operations)
		}
		of := len(union(served, operations))
		if len(operations) < fewestOperations || float64(len(operations)) <= mostOperations*float64(of) {
			continue
		}
		one.Everywhere, one.Of = true, of
		for _, part := range group[1:] {
			one.join(part)
			gone[part] = true
		}
	}
	for _, one := range l.list {
		if gone[one] || one.Everywhere {
			continue
		}
		with := slices.IndexFunc(l.list, func(all *Cause) bool { return all.Everywhere && all != one && !gone[all] && all.holds(one) })
		if with >= 0 {
			l.list[with].join(one)
			gone[one] = true
		}
	}
	for _, one := range l.list {
		if !gone[one] && one.unusable() {
			if all := l.covering(one, gone); all != nil {
				all.join(one)
				gone[one] = true
			}
		}
	}
	l.list = slices.DeleteFunc(l.list, func(one *Cause) bool { return gone[one] })
}

// holds reports whether a deviation of all answers is what another shows: it puts the same at risk, or the same check
// fails of whole answers.
func (c *Cause) holds(other *Cause) bool {
	f, of := c.Finding, other.Finding
	same := f.Hazard != "" && f.Hazard == of.Hazard || check(f) == check(of) && f.Pointer == "" && of.Pointer == ""
	return same && f.Gated == of.Gated && f.Verdict == of.Verdict && f.Check != evidence.NotServed
}

// kind is what a deviation of all answers has in common at each of them.
func (c *Cause) kind() string {
	f := c.Finding
	return strings.Join([]string{f.Requirement, check(f), string(f.Verdict), fmt.Sprint(f.Gated)}, "\x00")
}

// unusable reports whether a cause is that a success holds nothing to go on with.
func (c *Cause) unusable() bool {
	return c.Finding.Check == evidence.NotServed && len(c.Scenarios) == 0 && strings.HasPrefix(c.Finding.Actual, "2")
}

// covering returns the cause of all answers that explains why nothing can be made of an operation's success; nil
// where what is prepared with the operation deviates in a way of its own.
func (l *causes) covering(c *Cause, gone map[*Cause]bool) *Cause {
	var all *Cause
	for _, one := range l.list {
		alike := one.Known() == c.Known() && one.Finding.Gated == c.Finding.Gated
		if gone[one] || one == c || !alike || !slices.Contains(one.Operations, c.Finding.Operation) {
			continue
		}
		switch {
		case one.Everywhere:
			all = cmp.Or(all, one)
		case one.Passing > 0 && one.Finding.Check != evidence.NotServed:
			return nil
		}
	}
	return all
}

// alike puts together what the same scenarios show in several places of one answer by one check: that a repeat
// answers otherwise is one deviation, however many members differ.
func (l *causes) alike() {
	first := map[string]*Cause{}
	l.list = slices.DeleteFunc(l.list, func(one *Cause) bool {
		if len(one.Scenarios) == 0 || one.Passing > 0 || one.Everywhere {
			return false
		}
		id := strings.Join(append([]string{one.kind(), one.Finding.Operation}, one.Scenarios...), "\x00")
		if first[id] == nil {
			first[id] = one
			return false
		}
		first[id].join(one)
		return true
	})
}

// Gathered puts findings that were noticed in passing together: each way in which a cause shows once, as it was
// first met, with how often.
func Gathered(list []evidence.Finding) []evidence.Finding {
	at := map[string]int{}
	var out []evidence.Finding
	order := func(f evidence.Finding) string { return f.Cause() + "\x00" + f.Fingerprint() }
	for _, f := range list {
		id := order(f)
		i, there := at[id]
		if !there {
			at[id] = len(out)
			out = append(out, f)
			continue
		}
		out[i].Count += f.Count
	}
	slices.SortStableFunc(out, func(a, b evidence.Finding) int { return strings.Compare(order(a), order(b)) })
	return out
}
