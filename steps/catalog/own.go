package catalog

import (
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path"
	"path/filepath"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/contract/yamlfile"
)

// OwnSection is the section of the scenarios that a user adds.
const OwnSection = "own"

// With returns the catalog with the features of a folder beside its own, each under its path as it is written here, in
// the section [OwnSection]. Errors name the file.
func (c *Catalog) With(folder string) (*Catalog, error) {
	all := &Catalog{Scenarios: slices.Clone(c.Scenarios), Sources: maps.Clone(c.Sources), byID: maps.Clone(c.byID), byKey: maps.Clone(c.byKey)}
	var failed []error
	found := false
	err := fs.WalkDir(os.DirFS(folder), ".", func(name string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || path.Ext(name) != ".feature" {
			return err
		}
		data, err := fs.ReadFile(os.DirFS(folder), name)
		if err != nil {
			return err
		}
		found = true
		uri := path.Join(filepath.ToSlash(folder), name)
		all.Sources[uri] = data
		failed = append(failed, all.readFeature(uri, data))
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("reading the features in %s: %w", folder, err)
	}
	if !found {
		return nil, fmt.Errorf("there is no file with the ending .feature in %s", folder)
	}
	for _, one := range all.Scenarios[len(c.Scenarios):] {
		one.Section = OwnSection
		if c.byID[one.ID] != nil {
			failed = append(failed, fmt.Errorf("%s:%d: the id %s is that of a scenario of the suite; choose another", one.URI, one.Line, one.ID))
		}
	}
	return all, errors.Join(failed...)
}

// ownRequirement is one entry of a file of requirements.
type ownRequirement struct {
	ID       string `yaml:"id" need:"scenarios name it by a tag" form:"requirement" doc:"as the tag of a scenario has it, such as ACME-01"`
	Sentence string `yaml:"sentence" need:"reports tell what is broken by it" doc:"what the API owes, in one sentence; the Rule says the same"`
	Mark     string `yaml:"mark" need:"it decides what gates" form:"mark" doc:"how strong the source is"`
	Source   string `yaml:"source" need:"somebody has to be able to look it up" doc:"the page, ticket or contract that says so"`
}

// ReadRequirements reads requirements of a user's own. Every fault of the file is told, with its line.
func ReadRequirements(file string) ([]*contract.Requirement, error) {
	data, err := contract.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("reading the requirements: %w", err)
	}
	var marks []string
	for _, mark := range contract.Marks() {
		if mark != contract.NotFound {
			marks = append(marks, string(mark))
		}
	}
	of := yamlfile.Definition{Name: "a file of requirements", Forms: map[string]yamlfile.Form{
		"mark":        {OneOf: marks, Words: "is no mark; it is one of " + strings.Join(marks, ", ")},
		"requirement": {Pattern: `^[A-Z][A-Z-]*-[0-9]+$`, Words: "is no id of a requirement; write it like ACME-01"},
	}}
	var list []ownRequirement
	if _, err := of.Read(file, data, &list); err != nil {
		return nil, err
	}
	own := make([]*contract.Requirement, 0, len(list))
	for _, one := range list {
		own = append(own, &contract.Requirement{ID: one.ID, Sentence: one.Sentence, Mark: contract.Mark(one.Mark), Source: one.Source,
			Who: contract.API, Own: true, Section: OwnSection, Origin: file})
	}
	return own, nil
}
