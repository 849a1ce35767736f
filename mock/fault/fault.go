// Package fault is the catalogue of deliberate faults of the mock: each breaks one requirement on
// purpose, so that the suite can be shown to notice.
//
// What walks in is a list of fault ids; what walks out is a [Set] that the mock asks at the one line
// where a behaviour lives. A fault counts only if that line was reached: every fault has a hit counter.
//
// An id names a behaviour (auth.expired-accepted). Where the behaviour lives at several places, the id
// followed by one of them breaks it there alone: at an operation (auth.expired-accepted.cards-get) or at a
// field of a request (input.null-accepted.cards-create.wallet_id).
package fault

import (
	"fmt"
	"slices"
	"strings"
	"sync/atomic"

	"github.com/kobcheck/kobcheck/contract"
)

// ID names a fault; ids are stable and never used again for something else.
type ID string

// Fault is one entry of the catalogue.
type Fault struct {
	ID    ID     `yaml:"id" json:"id"`
	Group string `yaml:"group" json:"group"`
	// Sentence says what the broken mock does.
	Sentence string `yaml:"sentence" json:"sentence"`
	// Requirement is the id of what it breaks; Mark is that of the requirement.
	Requirement string        `yaml:"requirement" json:"requirement"`
	Mark        contract.Mark `yaml:"-" json:"mark"`
	// Also are further requirements that it breaks, in more general words as a rule: a scenario of each no
	// longer passes.
	Also []string `yaml:"also" json:"also,omitempty"`
	// Style names the only style of the mock in which the fault makes a difference; empty for both.
	Style string `yaml:"style" json:"style,omitempty"`
	// Edition names the only edition in which the fault makes a difference; empty for both.
	Edition contract.Edition `yaml:"edition" json:"edition,omitempty"`
	// Reason says why no scenario can hold the fault against an API; empty for all but a few.
	Reason string `yaml:"reason" json:"reason,omitempty"`
	// Places are where the fault can be switched on alone; empty where there is only one.
	Places []Place `yaml:"-" json:"places,omitempty"`
}

// Place is an operation, or a field of its request (cards-create.wallet_id), with the requirement that the
// fault breaks there.
type Place struct {
	Name        string `json:"name"`
	Requirement string `json:"requirement"`
}

// Alone returns the fault at each of its places as faults of their own; the fault itself where it has none.
func (f Fault) Alone() ([]Fault, error) {
	if len(f.Places) == 0 {
		return []Fault{f}, nil
	}
	facts, err := contract.Load()
	if err != nil {
		return nil, err
	}
	var all []Fault
	for _, place := range f.Places {
		one := f
		one.ID, one.Places = f.ID+"."+ID(place.Name), nil
		one.Sentence = strings.TrimSuffix(f.Sentence, ".") + " (at " + place.Name + " alone)."
		one.Requirement, one.Mark = place.Requirement, facts.MarkOf(place.Requirement)
		all = append(all, one)
	}
	return all, nil
}

// offers reports whether an id names the fault, or the fault at one of its places.
func (f Fault) offers(id ID) bool {
	if f.ID == id {
		return true
	}
	place, under := strings.CutPrefix(string(id), string(f.ID)+".")
	return under && slices.ContainsFunc(f.Places, func(p Place) bool { return p.Name == place })
}

// Set is the faults that are switched on, each with its counters. The zero value has none and costs
// next to nothing to ask.
type Set struct{ on map[ID]*counters }

type counters struct{ hits, asked atomic.Int64 }

// New switches faults on. An id that the catalogue does not have is an error that lists those that
// begin alike.
func New(ids ...string) (*Set, error) {
	if len(ids) == 0 {
		return &Set{}, nil
	}
	known, err := catalogueOnce()
	if err != nil {
		return nil, err
	}
	set := &Set{on: map[ID]*counters{}}
	for _, id := range ids {
		if !slices.ContainsFunc(known, func(f Fault) bool { return f.offers(ID(id)) }) {
			return nil, fmt.Errorf("there is no fault %q%s (kobcheck list faults shows all)", id, alike(known, id))
		}
		set.on[ID(id)] = &counters{}
	}
	return set, nil
}

// alike lists the dozen faults that have the most letters in common with the beginning of a mistyped id, and some at
// least; it is empty where none has.
func alike(known []Fault, id string) string {
	common := func(f Fault) int { return contract.Common(id, string(f.ID)) }
	nearest := slices.DeleteFunc(slices.Clone(known), func(f Fault) bool { return common(f) < 3 })
	slices.SortStableFunc(nearest, func(a, b Fault) int { return common(b) - common(a) })
	var found []string
	for _, f := range nearest[:min(12, len(nearest))] {
		found = append(found, string(f.ID))
	}
	if len(found) == 0 {
		return ""
	}
	return "; those that begin alike: " + strings.Join(found, ", ")
}

// Any reports whether any fault is switched on.
func (s *Set) Any() bool { return s != nil && len(s.on) > 0 }

// On reports whether a fault is switched on, and counts the hit if it is. Ask it last in a condition,
// so that a hit means that the behaviour really differs.
func (s *Set) On(id ID) bool {
	return s.Any() && s.hit(id)
}

// At is [Set.On] for a behaviour that can be broken everywhere or at one operation alone.
func (s *Set) At(id ID, operation string) bool {
	return s.Any() && (s.hit(id) || s.hit(id+"."+ID(operation)))
}

// AtField is [Set.On] for a behaviour that can be broken everywhere or at one field of a request alone.
func (s *Set) AtField(id ID, operation, field string) bool {
	return s.Any() && (s.hit(id) || s.hit(id+"."+ID(operation+"."+field)))
}

// OneIn is [Set.On] for a rare fault: it holds, and counts, once in so many times that it is asked.
func (s *Set) OneIn(id ID, times int64) bool {
	return s.Any() && s.on[id] != nil && s.on[id].asked.Add(1)%times == 0 && s.hit(id)
}

func (s *Set) hit(id ID) bool {
	c := s.on[id]
	if c == nil {
		return false
	}
	c.hits.Add(1)
	return true
}

// Under lists the faults that are on and whose id begins so, in order. It counts no hit: whoever finds
// that a fault made a difference says so with [Set.On].
func (s *Set) Under(prefix string) []ID {
	if !s.Any() {
		return nil
	}
	var ids []ID
	for id := range s.on {
		if strings.HasPrefix(string(id), prefix) {
			ids = append(ids, id)
		}
	}
	slices.Sort(ids)
	return ids
}

// Hits returns how often a fault made a difference.
func (s *Set) Hits(id ID) int64 {
	if s == nil || s.on[id] == nil {
		return 0
	}
	return s.on[id].hits.Load()
}

// Besides lists the requirements that a fault breaks beside its own: in general words, or at single places.
func (f Fault) Besides() []string {
	list := slices.Clone(f.Also)
	for _, place := range f.Places {
		if place.Requirement != f.Requirement {
			list = append(list, place.Requirement)
		}
	}
	return list
}

// ByChance reports whether a fault shows in some requests only.
func (f Fault) ByChance() bool {
	id := string(f.ID)
	return strings.HasPrefix(id, "rare.") || strings.HasPrefix(id, "slow.") || strings.HasPrefix(id, "busy.") ||
		strings.HasPrefix(id, "idempotency.race") || id == "money.lost-update" || id == "idempotency.lost-answer-not-kept"
}

// ByRequirement lists the faults of a catalogue that break a requirement, with the place where one does so there alone.
func ByRequirement(catalogue []Fault) map[string][]string {
	by := map[string][]string{}
	for _, f := range catalogue {
		for _, requirement := range append([]string{f.Requirement}, f.Also...) {
			by[requirement] = append(by[requirement], string(f.ID))
		}
		for _, place := range f.Places {
			if place.Requirement != f.Requirement {
				by[place.Requirement] = append(by[place.Requirement], string(f.ID)+"."+place.Name)
			}
		}
	}
	return by
}
