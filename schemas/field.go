package schemas

import (
	"fmt"
	"maps"
	"slices"
	"strings"
)

// FieldInfo is what the documentation says of one field of a schema.
type FieldInfo struct {
	Name string
	// Type is the JSON type; empty where it is not known. Of is the schema of an object or of the items
	// of a list, or the type of those items.
	Type, Of string
	// Format is date-time, date, uuid, email or uri.
	Format string
	// Pattern is a regular expression; Words says the same for people.
	Pattern, Words     string
	Enum               []string
	Required, Nullable bool
	// Secret says that a value must never be shown.
	Secret bool
	// Mark, Requirement and Source are those of the field as a whole. Marks and Requirements override
	// the former two for a facet: type, null, required, enum, format or pattern.
	Mark, Requirement, Source string
	Marks, Requirements       map[string]string
	// Fields are those of an object that has no schema of its own.
	Fields []FieldInfo
}

// Fields lists the fields of a schema in the order of the documentation; none for a schema whose object is
// not found there, and for an unknown name.
func (s *Set) Fields(name string) []FieldInfo {
	one := s.byName[name]
	if one == nil {
		return nil
	}
	return s.fields(one.document)
}

func (s *Set) fields(d *document) []FieldInfo {
	var fields []FieldInfo
	for _, name := range d.Properties.names {
		p := d.Properties.byName[name]
		kind, nullable := p.kind()
		field := FieldInfo{
			Name: name, Type: kind, Of: s.named(p), Format: p.Format, Pattern: p.Pattern, Words: p.Expected,
			Required: slices.Contains(d.Required, name), Nullable: nullable, Secret: p.Secret,
			Mark: p.Mark, Requirement: p.Requirement, Source: p.Source,
			Marks: maps.Clone(p.Marks), Requirements: maps.Clone(p.Requirements),
			Fields: s.fields(p),
		}
		if p.Items != nil && field.Of == "" {
			field.Of, _ = p.Items.kind()
		}
		for _, value := range p.Enum {
			field.Enum = append(field.Enum, fmt.Sprint(value))
		}
		fields = append(fields, field)
	}
	return fields
}

// MarkOf returns how well the documentation founds that a member of a schema is there, by its name or its path with
// dots; not-found where it has none of that name.
func (s *Set) MarkOf(schema, path string) string {
	one := s.byName[schema]
	if one == nil {
		return "not-found"
	}
	at := one.document
	for _, name := range strings.Split(path, ".") {
		if at = s.child(at, name); at == nil {
			return "not-found"
		}
	}
	mark, _ := at.founded("required")
	return mark
}
