// Package mutate breaks an API one thing at a time: a proxy stands before any upstream and changes what the
// contract says about its answers, so that the detection power of a suite can be measured on that very API.
//
// What walks in is the contract with its schemas and the address of an upstream; what walks out is a catalogue
// of [Mutation], generated from them, and a [Proxy] that performs those which are switched on. Where none is,
// every answer passes as it came.
package mutate

import (
	"net/http"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
)

// Mutation is one way in which the proxy breaks an API. Its id says where and how, as in
// field.cards-get.status.missing; ids follow from the contract alone.
type Mutation struct {
	ID    string `json:"id"`
	Group string `json:"group"`
	// Operation is the id of the one whose calls are broken.
	Operation string `json:"operation"`
	Sentence  string `json:"sentence"`
	// Requirement is what it breaks; empty where no requirement speaks of it.
	Requirement string `json:"requirement,omitempty"`
	// Mark and Hazard are the weight of what it breaks, as the suite would weigh it.
	Mark   contract.Mark `json:"mark"`
	Hazard string        `json:"hazard,omitempty"`
	// Oracle is the kind of check that would see it.
	Oracle string `json:"oracle"`

	perform performance
}

// Forbidden reports whether a stated fact, a standard or a hazard forbids it. Of any other one an API may do the
// same and conform, so that who does not see it misses nothing.
func (m Mutation) Forbidden() bool {
	return m.Hazard != "" || m.Mark.Gates()
}

// performance performs a mutation on one call and reports whether it made a difference.
type performance func(c *call, next sender) (*answer, bool, error)

// sender sends a call on to the upstream.
type sender func(c *call) (*answer, error)

// builder collects the catalogue.
type builder struct {
	facts  *contract.Contract
	shapes *schemas.Set
	all    []Mutation
}

// Catalogue lists every mutation of the contract by id.
func Catalogue(facts *contract.Contract, shapes *schemas.Set) []Mutation {
	b := &builder{facts: facts, shapes: shapes}
	for _, operation := range facts.Operations {
		b.fields(operation)
		b.bodies(operation)
		b.statuses(operation)
		b.refusals(operation)
		b.heads(operation)
		b.leaks(operation)
		b.lists(operation)
		b.queries(operation)
		b.effects(operation)
		b.rights(operation)
		b.keys(operation)
		b.inputs(operation)
	}
	slices.SortStableFunc(b.all, func(a, b Mutation) int { return strings.Compare(a.ID, b.ID) })
	return b.all
}

// draft is a mutation of an operation that is being written down.
type draft struct {
	operation *contract.Operation
	group     string
	// place and how end the id; place may be empty.
	place, how string
	sentence   string
	oracle     string
	// breaks are the facts that it goes against, none where it goes against nothing.
	breaks  []contract.Fact
	perform performance
}

// add weighs a mutation by the heaviest of the facts that it goes against.
func (b *builder) add(d draft) {
	parts := []string{d.group, d.operation.ID}
	if d.place != "" {
		parts = append(parts, d.place)
	}
	m := Mutation{ID: strings.Join(append(parts, d.how), "."), Group: d.group, Operation: d.operation.ID, Mark: contract.NotFound,
		Sentence: d.operation.Title + ": " + d.sentence + ".", Oracle: d.oracle, perform: d.perform}
	for _, fact := range d.breaks {
		if b.facts.Requirement(fact.Requirement) == nil {
			continue
		}
		fact.Operation, fact.Edition = d.operation.ID, contract.V1
		weight := b.facts.Weigh(fact)
		if m.Requirement == "" || heavier(weight, contract.Weight{Mark: m.Mark, Hazard: m.Hazard}) {
			m.Requirement, m.Mark, m.Hazard = fact.Requirement, weight.Mark, weight.Hazard
		}
	}
	b.all = append(b.all, m)
}

// heavier reports whether one weight carries more than another: a hazard most, then the marks in their order.
func heavier(one, other contract.Weight) bool {
	if (one.Hazard != "") != (other.Hazard != "") {
		return one.Hazard != ""
	}
	for _, mark := range contract.Marks() {
		if (one.Mark == mark) != (other.Mark == mark) {
			return one.Mark == mark
		}
	}
	return false
}

// naming returns a requirement of the operation whose sentence names a word, the best founded of them; "" for none.
func (b *builder) naming(o *contract.Operation, word string) string {
	found := ""
	for _, id := range o.Rules {
		requirement := b.facts.Requirement(id)
		if requirement.Who == contract.API && strings.Contains(requirement.Sentence, word) &&
			(found == "" || heavier(contract.Weight{Mark: requirement.Mark}, contract.Weight{Mark: b.facts.MarkOf(found)})) {
			found = id
		}
	}
	return found
}

// always performs on every answer, onSuccess on successes and onRefusal on client errors.
func always(change func(c *call, a *answer) bool) performance {
	return func(c *call, next sender) (*answer, bool, error) {
		a, err := next(c)
		if err != nil {
			return nil, false, err
		}
		return a, change(c, a), nil
	}
}

func onSuccess(change func(c *call, a *answer) bool) performance {
	return always(func(c *call, a *answer) bool { return a.succeeded() && change(c, a) })
}

func onRefusal(change func(c *call, a *answer) bool) performance {
	return always(func(c *call, a *answer) bool { return a.refused() && change(c, a) })
}

// passed is an answer as the upstream gave it.
func passed(c *call, next sender) (*answer, bool, error) {
	a, err := next(c)
	return a, false, err
}

// served answers what is refused so with an earlier success.
func served(refused func(a *answer) bool) performance {
	return func(c *call, next sender) (*answer, bool, error) {
		a, err := next(c)
		if err != nil || !refused(a) {
			return a, false, err
		}
		return c.memory.success(c, a), true, nil
	}
}

// guarded reports whether an operation is called with an access token.
func guarded(o *contract.Operation) bool { return o.ID != "token" && o.ID != "healthcheck" }

func isList(o *contract.Operation) bool { return o.Success.Shape == "array" }

func reads(o *contract.Operation) bool { return o.Method == http.MethodGet }
