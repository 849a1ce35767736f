package contract

import (
	"errors"
	"fmt"
	"strings"
)

// ReadRequirementList reads a file with one requirement id a line; blank lines and what follows a # are
// left out. An id that does not exist is an error that names file and line.
func (c *Contract) ReadRequirementList(path string) (map[string]bool, error) {
	data, err := ReadFile(path)
	if err != nil {
		return nil, fmt.Errorf("reading the list of requirements: %w", err)
	}
	list := map[string]bool{}
	var faults []error
	for i, line := range strings.Split(string(data), "\n") {
		id, _, _ := strings.Cut(line, "#")
		if id = strings.TrimSpace(id); id == "" {
			continue
		}
		if c.Requirement(id) == nil {
			faults = append(faults, fmt.Errorf("%s:%d: there is no requirement %.80q; kobcheck list requirements shows them", path,
				i+1, id))
			continue
		}
		list[id] = true
	}
	if len(list) == 0 && len(faults) == 0 {
		return nil, fmt.Errorf("%s: no requirement is listed, so nothing would gate; leave --scored out if all are meant to",
			path)
	}
	return list, errors.Join(faults...)
}
