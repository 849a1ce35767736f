package contract

import (
	"embed"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"slices"
	"sync"

	"github.com/goccy/go-yaml"
)

//go:embed conflicts.yaml card_order.yaml descriptions.yaml freedoms.yaml untestable.yaml operations requirements
var files embed.FS

// Contract is everything that the documentation says. It is never changed after [Load].
type Contract struct {
	Operations   []*Operation
	Requirements []*Requirement
	Conflicts    []*Conflict
	Gaps         []*Gap
	CardOrder    CardOrder
	Prose        Prose
	// Freedoms are the axes of what is left open, PointNames the points that have names.
	Freedoms   []*Freedom
	PointNames []string

	points       map[string]Point
	operations   map[string]*Operation
	titles       map[string]*Operation
	requirements map[string]*Requirement
}

// Load returns the embedded contract; every caller gets the same one. An error means that the
// embedded data is broken, which a test of this package rules out.
func Load() (*Contract, error) { return loadOnce() }

var loadOnce = sync.OnceValues(func() (*Contract, error) { return read(files) })

func read(fsys fs.FS) (*Contract, error) {
	c := &Contract{operations: map[string]*Operation{}, titles: map[string]*Operation{},
		requirements: map[string]*Requirement{}, points: map[string]Point{}}
	if err := c.readOperations(fsys); err != nil {
		return nil, err
	}
	if err := c.readRequirements(fsys); err != nil {
		return nil, err
	}
	var open struct {
		Conflicts []*Conflict `yaml:"conflicts"`
		Gaps      []*Gap      `yaml:"gaps"`
	}
	if err := decode(fsys, "conflicts.yaml", &open); err != nil {
		return nil, err
	}
	c.Conflicts, c.Gaps = open.Conflicts, open.Gaps
	if err := decode(fsys, "card_order.yaml", &c.CardOrder); err != nil {
		return nil, err
	}
	if err := c.readReasons(fsys); err != nil {
		return nil, err
	}
	if err := c.readDescriptions(fsys); err != nil {
		return nil, err
	}
	if err := c.readFreedoms(fsys); err != nil {
		return nil, err
	}
	return c, c.link()
}

// readReasons notes why no scenario proves some requirements.
func (c *Contract) readReasons(fsys fs.FS) error {
	var file struct {
		Untestable []struct {
			Reason string   `yaml:"reason"`
			IDs    []string `yaml:"ids"`
		} `yaml:"untestable"`
	}
	if err := decode(fsys, "untestable.yaml", &file); err != nil {
		return err
	}
	for _, group := range file.Untestable {
		for _, id := range group.IDs {
			requirement := c.requirements[id]
			if requirement == nil || group.Reason == "" || requirement.Reason != "" {
				return fmt.Errorf("untestable.yaml: %s is no requirement, is there twice, or has no reason", id)
			}
			requirement.Reason = group.Reason
		}
	}
	return nil
}

func (c *Contract) readOperations(fsys fs.FS) error {
	names, err := fs.Glob(fsys, "operations/*.yaml")
	if err != nil {
		return err
	}
	for _, name := range names {
		var file struct {
			Operations []*Operation `yaml:"operations"`
		}
		if err := decode(fsys, name, &file); err != nil {
			return err
		}
		for _, operation := range file.Operations {
			if c.operations[operation.ID] != nil {
				return fmt.Errorf("%s: operation %s is there twice", name, operation.ID)
			}
			c.operations[operation.ID] = operation
			c.titles[operation.Title] = operation
			c.Operations = append(c.Operations, operation)
		}
	}
	return nil
}

func (c *Contract) readRequirements(fsys fs.FS) error {
	names, err := fs.Glob(fsys, "requirements/*.yaml")
	if err != nil {
		return err
	}
	for _, name := range names {
		var file struct {
			Section      string         `yaml:"section"`
			Origin       string         `yaml:"origin"`
			Requirements []*Requirement `yaml:"requirements"`
		}
		if err := decode(fsys, name, &file); err != nil {
			return err
		}
		for _, requirement := range file.Requirements {
			if c.requirements[requirement.ID] != nil {
				return fmt.Errorf("%s: requirement %s is there twice", name, requirement.ID)
			}
			requirement.Section, requirement.Origin = file.Section, file.Origin
			if file.Origin == "" {
				requirement.Origin = "documentation"
			}
			c.requirements[requirement.ID] = requirement
			c.Requirements = append(c.Requirements, requirement)
		}
	}
	return nil
}

// link joins requirements to the operations that name them.
func (c *Contract) link() error {
	var missing []error
	for _, operation := range c.Operations {
		for _, id := range operation.Rules {
			requirement := c.requirements[id]
			if requirement == nil {
				missing = append(missing, fmt.Errorf("operation %s names the unknown requirement %s", operation.ID, id))
				continue
			}
			requirement.Operations = append(requirement.Operations, operation.ID)
		}
	}
	return errors.Join(missing...)
}

func decode(fsys fs.FS, name string, into any) error {
	data, err := fs.ReadFile(fsys, name)
	if err != nil {
		return err
	}
	if err := yaml.UnmarshalWithOptions(data, into); err != nil {
		return fmt.Errorf("reading %s of the contract: %w", name, err)
	}
	return nil
}

// Operation returns the operation of that id, or nil.
func (c *Contract) Operation(id string) *Operation { return c.operations[id] }

// Titled returns the operation of that title of the documentation, such as "Get all cards", or nil.
func (c *Contract) Titled(title string) *Operation { return c.titles[title] }

// Requirement returns the requirement of that id, or nil.
func (c *Contract) Requirement(id string) *Requirement { return c.requirements[id] }

// MarkOf returns the mark of a requirement; [NotFound] where there is no such requirement.
func (c *Contract) MarkOf(id string) Mark {
	if requirement := c.requirements[id]; requirement != nil {
		return requirement.Mark
	}
	return NotFound
}

// HasOpen reports whether id is that of a conflict or of a gap.
func (c *Contract) HasOpen(id string) bool {
	return slices.ContainsFunc(c.Conflicts, func(one *Conflict) bool { return one.ID == id }) ||
		slices.ContainsFunc(c.Gaps, func(one *Gap) bool { return one.ID == id })
}

// Sections lists the sections of the documentation in its own order.
func (c *Contract) Sections() []string {
	var sections []string
	for _, operation := range c.Operations {
		if !slices.Contains(sections, operation.Section) {
			sections = append(sections, operation.Section)
		}
	}
	return sections
}

// Creator returns the operation that makes an object of a kind, such as card, or nil.
func (c *Contract) Creator(kind string) *Operation {
	for _, operation := range c.Operations {
		if operation.Creates == kind {
			return operation
		}
	}
	return nil
}

// RequirementIDs returns all requirement ids in alphabetical order.
func (c *Contract) RequirementIDs() []string {
	return slices.Sorted(maps.Keys(c.requirements))
}
