package contract

import (
	"errors"
	"fmt"
	"maps"
	"regexp"
	"slices"
)

var braces = regexp.MustCompile(`\{([^{}]+)\}`)

// At returns the contract as it is on a target whose owner gives paths that no page has, by operation id. What stands
// there in braces is a parameter like those of the pages: the id of a thing of the kind that other operations of the
// section name in theirs, or that its name says, such as {wallet_id}.
func (c *Contract) At(paths map[string]string) *Contract {
	there := *c
	there.Operations = slices.Clone(c.Operations)
	there.operations, there.titles = maps.Clone(c.operations), maps.Clone(c.titles)
	for i, operation := range c.Operations {
		parameters := c.given(operation, paths[operation.ID])
		if len(parameters) == 0 {
			continue
		}
		own := *operation
		own.PathParams = parameters
		there.Operations[i], there.operations[own.ID], there.titles[own.Title] = &own, &own, &own
	}
	return &there
}

// given are the parameters of a path that the owner gives for an operation of which no page has one.
func (c *Contract) given(operation *Operation, path string) []Parameter {
	if operation.Path != "" || len(operation.PathParams) > 0 {
		return nil
	}
	var parameters []Parameter
	for _, found := range braces.FindAllStringSubmatch(path, -1) {
		parameters = append(parameters, Parameter{Name: found[1], Type: "string", Required: Yes, Fixture: c.kindOf(operation.Section, found[1]),
			Marked: Marked{Mark: Inferred}})
	}
	return parameters
}

// kindOf is the kind of the things whose id a parameter takes; empty where neither its name nor the section tells.
func (c *Contract) kindOf(section, name string) string {
	kind := ""
	for _, operation := range c.Operations {
		for _, parameter := range operation.PathParams {
			switch {
			case parameter.Fixture == "":
			case name == parameter.Fixture || name == parameter.Fixture+"_id":
				return parameter.Fixture
			case operation.Section == section && kind == "":
				kind = parameter.Fixture
			}
		}
	}
	return kind
}

// With returns the contract with requirements of a user's own beside those of the documentation. An id that is there
// already is an error.
func (c *Contract) With(own []*Requirement) (*Contract, error) {
	all := *c
	all.Requirements, all.requirements = slices.Clone(c.Requirements), maps.Clone(c.requirements)
	var failed []error
	for _, one := range own {
		if all.requirements[one.ID] != nil {
			failed = append(failed, fmt.Errorf("%s: the requirement %s is there already; choose another id", one.Origin, one.ID))
			continue
		}
		all.Requirements, all.requirements[one.ID] = append(all.Requirements, one), one
	}
	return &all, errors.Join(failed...)
}
