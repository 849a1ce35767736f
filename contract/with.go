package contract

import (
	"errors"
	"fmt"
	"maps"
	"slices"
)

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
