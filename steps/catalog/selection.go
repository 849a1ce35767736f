package catalog

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
)

// UnderLoad is the tag of the scenarios that put load on the API.
const UnderLoad = "@load"

// Selection says which scenarios are meant. Empty parts mean all.
type Selection struct {
	// Tags is an expression in Cucumber's grammar.
	Tags string
	// Section is a folder of the features, such as cards.
	Section string
	// Requirement is one requirement id.
	Requirement string
	// Operation is the id or title of one operation: what leads with a requirement of it alone, or calls it by its title.
	Operation string
	// IDs are scenario ids; an id of an outline means all of its rows.
	IDs []string
	// Load means the scenarios tagged @load beside the others.
	Load bool
	// Quick means the small part that answers the [Asks] of the contract.
	Quick bool
}

// Everything says that nothing narrows the selection.
func (s Selection) Everything() bool {
	return s.Tags == "" && s.Section == "" && s.Requirement == "" && s.Operation == "" && len(s.IDs) == 0 && !s.Quick
}

// WantsLoad reports whether scenarios tagged @load are meant too.
func (s Selection) WantsLoad() bool { return s.Load || strings.Contains(s.Tags, UnderLoad) }

// UnknownError says that a selection names something that does not exist.
type UnknownError struct{ Kind, Name, Nearest string }

func (e *UnknownError) Error() string {
	text := fmt.Sprintf("there is no %s %q", e.Kind, e.Name)
	if e.Nearest != "" {
		text += fmt.Sprintf("; did you mean %q?", e.Nearest)
	}
	return text
}

func unknown(kind, name string, known []string) error {
	return &UnknownError{Kind: kind, Name: name, Nearest: contract.Nearest(name, known)}
}

// Select returns the scenarios that a selection means, in the order of the features. Scenarios tagged
// @load are left out unless the selection wants them. A tag, section, requirement or scenario that
// does not exist is an [UnknownError]; a selection that is understood may still be empty.
func (c *Catalog) Select(selection Selection, from *contract.Contract) ([]*Scenario, error) {
	expression, err := ParseTags(selection.Tags)
	if err != nil {
		return nil, err
	}
	if err := c.known(selection, expression, from); err != nil {
		return nil, err
	}
	var quick map[*Scenario]bool
	if selection.Quick {
		quick = c.quick(from)
	}
	return c.where(func(s *Scenario) bool {
		return (selection.WantsLoad() || !s.tagged(UnderLoad)) && expression.Holds(s.Tags) && selection.names(s) &&
			selection.calls(s, from) && (quick == nil || quick[s])
	}), nil
}

// calls reports whether a scenario is about the operation that is selected.
func (s Selection) calls(scenario *Scenario, from *contract.Contract) bool {
	if s.Operation == "" {
		return true
	}
	operation := operationOf(from, s.Operation)
	if len(scenario.Requirements) > 0 {
		leading := from.Requirement(scenario.Requirements[0])
		if leading != nil && len(leading.Operations) == 1 && leading.Operations[0] == operation.ID {
			return true
		}
	}
	said := `"` + operation.Title + `"`
	if operation.Creates == "token" {
		said = "ask for an access token"
	}
	return slices.ContainsFunc(scenario.Steps, func(step Step) bool { return strings.Contains(step.Text, said) })
}

// operationOf finds an operation by its id or its title; nil for none.
func operationOf(from *contract.Contract, name string) *contract.Operation {
	if operation := from.Operation(name); operation != nil {
		return operation
	}
	return from.Titled(name)
}

func (s Selection) names(scenario *Scenario) bool {
	if s.Section != "" && scenario.Section != s.Section {
		return false
	}
	if s.Requirement != "" && !slices.Contains(scenario.Requirements, s.Requirement) {
		return false
	}
	return len(s.IDs) == 0 ||
		slices.ContainsFunc(s.IDs, func(id string) bool { return scenario.ID == id || strings.HasPrefix(scenario.ID, id+"/") })
}

func (c *Catalog) known(selection Selection, expression *Expression, from *contract.Contract) error {
	var tags, sections, ids []string
	seen := map[string]bool{}
	note := func(list *[]string, kind, word string) {
		if !seen[kind+word] {
			seen[kind+word] = true
			*list = append(*list, word)
		}
	}
	for _, scenario := range c.Scenarios {
		note(&sections, "section", scenario.Section)
		note(&ids, "id", scenario.ID)
		note(&ids, "id", scenario.idTag)
		for _, tag := range scenario.Tags {
			note(&tags, "tag", tag)
		}
	}
	for _, tag := range expression.tags {
		if !slices.Contains(tags, tag) {
			return unknown("tag", tag, tags)
		}
	}
	if selection.Section != "" && !slices.Contains(sections, selection.Section) {
		return unknown("section", selection.Section, sections)
	}
	if selection.Requirement != "" && from.Requirement(selection.Requirement) == nil {
		return unknown("requirement", selection.Requirement, from.RequirementIDs())
	}
	if selection.Operation != "" && operationOf(from, selection.Operation) == nil {
		var operations []string
		for _, one := range from.Operations {
			operations = append(operations, one.ID, one.Title)
		}
		return unknown("operation", selection.Operation, operations)
	}
	for _, id := range selection.IDs {
		if !slices.Contains(ids, id) {
			return unknown("scenario", id, ids)
		}
	}
	return nil
}

func (s *Scenario) tagged(tag string) bool { return slices.Contains(s.Tags, tag) }

// Has reports whether there is a scenario of that id.
func (c *Catalog) Has(id string) bool {
	return slices.ContainsFunc(c.Scenarios, func(scenario *Scenario) bool { return scenario.ID == id })
}

// Coverage returns the ids of the scenarios that prove each requirement.
func (c *Catalog) Coverage() map[string][]string {
	coverage := map[string][]string{}
	for _, scenario := range c.Scenarios {
		for _, requirement := range scenario.Requirements {
			coverage[requirement] = append(coverage[requirement], scenario.ID)
		}
	}
	return coverage
}
