package schemas

import (
	"bytes"
	"encoding/json"
	"path"
	"strconv"
)

// document is a schema file, or a part of one, as far as we read it ourselves: for what a violation should
// say, and for [Set.Fields]. Whether a value is valid is left to gojsonschema.
type document struct {
	ID         string      `json:"$id"`
	Ref        string      `json:"$ref"`
	Title      string      `json:"title"`
	Type       any         `json:"type"`
	Format     string      `json:"format"`
	Enum       []any       `json:"enum"`
	Pattern    string      `json:"pattern"`
	Required   []string    `json:"required"`
	Properties properties  `json:"properties"`
	Items      *document   `json:"items"`
	Then       *document   `json:"then"`
	AllOf      []*document `json:"allOf"`
	AnyOf      []*document `json:"anyOf"`
	// Open is nil or true where further fields are allowed.
	Open *bool `json:"additionalProperties"`

	// Mark, Source and Requirement tell where the fact is known from. Marks and Requirements override
	// them for a facet: type, null, required, enum, format or pattern.
	Mark         string            `json:"x-mark"`
	Source       string            `json:"x-source"`
	Requirement  string            `json:"x-requirement"`
	Marks        map[string]string `json:"x-marks"`
	Requirements map[string]string `json:"x-requirements"`
	// Expected says in words what a pattern, or a choice of forms, asks for.
	Expected string `json:"x-expected"`
	// Secret says that no value of the field may be quoted.
	Secret bool `json:"x-secret"`
}

// properties are the fields of an object in the order of the file, which is that of the documentation.
type properties struct {
	names  []string
	byName map[string]*document
}

// UnmarshalJSON keeps the order of the members.
func (p *properties) UnmarshalJSON(raw []byte) error {
	if err := json.Unmarshal(raw, &p.byName); err != nil {
		return err
	}
	members := json.NewDecoder(bytes.NewReader(raw))
	if _, err := members.Token(); err != nil {
		return err
	}
	for members.More() {
		name, err := members.Token()
		if err != nil {
			return err
		}
		p.names = append(p.names, name.(string))
		var value json.RawMessage
		if err := members.Decode(&value); err != nil {
			return err
		}
	}
	return nil
}

// kind returns the type of a value, and whether null is one as well.
func (d *document) kind() (kind string, nullable bool) {
	switch kind := d.Type.(type) {
	case string:
		return kind, false
	case []any:
		first := ""
		for _, one := range kind {
			if one == "null" {
				nullable = true
			} else if text, ok := one.(string); ok && first == "" {
				first = text
			}
		}
		return first, nullable
	}
	return "", false
}

// founded returns the mark and the requirement of a facet.
func (d *document) founded(facet string) (mark, requirement string) {
	mark, requirement = d.Mark, d.Requirement
	if facet == "null" && d.Marks["null"] == "" && d.Requirements["null"] == "" {
		facet = "type"
	}
	if own := d.Marks[facet]; own != "" {
		mark = own
	}
	if own := d.Requirements[facet]; own != "" {
		requirement = own
	}
	return mark, requirement
}

// at follows a path of member names and indices down from a document. It returns the document of the place,
// and the nearest one at or above it that says where it is known from; the latter is the start where none does.
func (s *Set) at(start *document, path []string) (place, known *document) {
	place, known = start, start
	for _, name := range path {
		below := s.child(place, name)
		if below == nil {
			break
		}
		if place = below; below.Mark != "" {
			known = below
		}
	}
	return place, known
}

// child finds the document of a member or an item, also in what the document refers to.
func (s *Set) child(d *document, name string) *document {
	if below := d.Properties.byName[name]; below != nil {
		return below
	}
	if _, err := strconv.Atoi(name); err == nil && d.Items != nil {
		return d.Items
	}
	for _, also := range s.referred(d) {
		if below := s.child(also, name); below != nil {
			return below
		}
	}
	return nil
}

// referred lists the documents that a document adds to itself; of a choice, each form.
func (s *Set) referred(d *document) []*document {
	return append(s.included(d), d.AnyOf...)
}

// included lists the documents that always hold beside a document.
func (s *Set) included(d *document) []*document {
	var all []*document
	if d.Ref != "" {
		if target := s.byFile[path.Base(d.Ref)]; target != nil {
			all = append(all, target.document)
		}
	}
	if d.Then != nil {
		all = append(all, d.Then)
	}
	return append(all, d.AllOf...)
}

// named returns the name of the schema that a field is an object of, or "".
func (s *Set) named(d *document) string {
	for _, also := range s.included(d) {
		if also.Title != "" {
			return also.Title
		}
		if name := s.named(also); name != "" {
			return name
		}
	}
	return ""
}
