// Package fault is the catalogue of deliberate faults of the mock: each breaks one requirement on
// purpose, so that the suite can be shown to notice.
//
// What walks in is a list of fault ids; what walks out is a [Set] that the mock asks at the one line
// where a behaviour lives. A fault counts only if that line was reached: every fault has a hit counter.
package fault

import (
	_ "embed"
	"fmt"
	"sort"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/goccy/go-yaml"

	"github.com/kobcheck/kobcheck/contract"
)

// ID names a fault; ids are stable.
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
}

//go:embed catalogue.yaml
var catalogue []byte

// Catalogue lists all faults by id. An error means that the embedded file is broken, which a test of
// this package rules out.
func Catalogue() ([]Fault, error) { return catalogueOnce() }

var catalogueOnce = sync.OnceValues(func() ([]Fault, error) {
	var file struct {
		Faults []Fault `yaml:"faults"`
	}
	if err := yaml.UnmarshalWithOptions(catalogue, &file, yaml.DisallowUnknownField()); err != nil {
		return nil, fmt.Errorf("reading the catalogue of faults: %w", err)
	}
	facts, err := contract.Load()
	if err != nil {
		return nil, err
	}
	for i := range file.Faults {
		file.Faults[i].Mark = facts.MarkOf(file.Faults[i].Requirement)
	}
	sort.Slice(file.Faults, func(i, j int) bool { return file.Faults[i].ID < file.Faults[j].ID })
	return file.Faults, nil
})

// Set is the faults that are switched on. The zero value has none and costs next to nothing to ask.
type Set struct{ hits map[ID]*atomic.Int64 }

// New switches faults on. An id that the catalogue does not have is an error that lists those that
// begin alike.
func New(ids ...string) (*Set, error) {
	known, err := Catalogue()
	if err != nil {
		return nil, err
	}
	set := &Set{hits: map[ID]*atomic.Int64{}}
	for _, id := range ids {
		found := false
		var alike []string
		for _, fault := range known {
			found = found || string(fault.ID) == id
			if group, _, _ := strings.Cut(id, "."); strings.HasPrefix(string(fault.ID), group) {
				alike = append(alike, string(fault.ID))
			}
		}
		if !found {
			return nil, fmt.Errorf("there is no fault %q; those that begin alike: %s (kobcheck list faults shows all)", id, strings.Join(alike, ", "))
		}
		set.hits[ID(id)] = new(atomic.Int64)
	}
	return set, nil
}

// On reports whether a fault is switched on, and counts the hit if it is.
func (s *Set) On(id ID) bool {
	if s == nil || len(s.hits) == 0 {
		return false
	}
	hits := s.hits[id]
	if hits == nil {
		return false
	}
	hits.Add(1)
	return true
}

// Any reports whether any fault is switched on.
func (s *Set) Any() bool { return s != nil && len(s.hits) > 0 }

// WithPrefix lists the faults that are on and whose id begins so.
func (s *Set) WithPrefix(prefix string) []ID {
	if !s.Any() {
		return nil
	}
	var ids []ID
	for id := range s.hits {
		if strings.HasPrefix(string(id), prefix) {
			ids = append(ids, id)
		}
	}
	return ids
}

// Hits returns how often the line of a fault was reached.
func (s *Set) Hits(id ID) int64 {
	if s == nil || s.hits[id] == nil {
		return 0
	}
	return s.hits[id].Load()
}
