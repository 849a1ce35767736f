package schemas

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"sort"
	"sync"

	"github.com/xeipuuv/gojsonreference"
	"github.com/xeipuuv/gojsonschema"
)

//go:embed *.json
var files embed.FS

// Set holds the compiled schemas by their name in the documentation. It never changes and is safe for
// concurrent use.
type Set struct {
	compiled map[string]*schema
	names    []string
}

// schema is one compiled schema with the facts about its fields.
type schema struct {
	name     string
	compiled *gojsonschema.Schema
	document document
	raw      []byte
}

// document is the part of a schema file that we read ourselves.
type document struct {
	ID         string              `json:"$id"`
	Title      string              `json:"title"`
	Required   []string            `json:"required"`
	Properties map[string]property `json:"properties"`
}

// property is one field with where it is known from. Marks and Requirements override for a facet:
// type, required, enum, format or pattern.
type property struct {
	Type         any               `json:"type"`
	Format       string            `json:"format"`
	Enum         []any             `json:"enum"`
	Pattern      string            `json:"pattern"`
	Mark         string            `json:"x-mark"`
	Source       string            `json:"x-source"`
	Requirement  string            `json:"x-requirement"`
	Marks        map[string]string `json:"x-marks"`
	Requirements map[string]string `json:"x-requirements"`
}

// Load returns the embedded schemas; every caller gets the same set. An error means that a file is
// broken, which a test of this package rules out.
func Load() (*Set, error) { return loadOnce() }

var loadOnce = sync.OnceValues(func() (*Set, error) { return load(files) })

func load(fsys fs.FS) (*Set, error) {
	registerFormats()
	names, err := fs.Glob(fsys, "*.json")
	if err != nil {
		return nil, err
	}
	// Validate stays false: with true, compiling the metaschema would give the pool its own loader back,
	// and an unknown $ref would be fetched from the network.
	loader := gojsonschema.NewSchemaLoader()
	loader.AutoDetect, loader.Draft = false, gojsonschema.Draft7
	set := &Set{compiled: map[string]*schema{}}
	for _, name := range names {
		raw, err := fs.ReadFile(fsys, name)
		if err != nil {
			return nil, err
		}
		s := &schema{raw: raw}
		if err := json.Unmarshal(raw, &s.document); err != nil {
			return nil, fmt.Errorf("the schema %s is not JSON: %w", name, err)
		}
		s.name = s.document.Title
		if s.name == "" || set.compiled[s.name] != nil {
			return nil, fmt.Errorf("the schema %s needs a title of its own", name)
		}
		if err := loader.AddSchemas(gojsonschema.NewBytesLoader(raw)); err != nil {
			return nil, fmt.Errorf("adding the schema %s: %w", name, err)
		}
		set.compiled[s.name] = s
		set.names = append(set.names, s.name)
	}
	sort.Strings(set.names)
	for _, s := range set.compiled {
		if s.compiled, err = loader.Compile(embedded{s.document.ID}); err != nil {
			return nil, fmt.Errorf("compiling the schema %s: %w", s.name, err)
		}
	}
	return set, nil
}

// Names lists the schemas by their names in the documentation.
func (s *Set) Names() []string { return append([]string(nil), s.names...) }

// Has reports whether there is a schema of that name.
func (s *Set) Has(name string) bool { return s.compiled[name] != nil }

// Raw returns the file of a schema, or nil.
func (s *Set) Raw(name string) []byte {
	if one := s.compiled[name]; one != nil {
		return one.raw
	}
	return nil
}

// FieldInfo is what the documentation says of one field of a schema.
type FieldInfo struct {
	Name, Type, Format string
	Enum               []string
	Required, Nullable bool
	Mark, Requirement  string
	Source             string
}

// Fields lists the fields of a schema by name.
func (s *Set) Fields(name string) []FieldInfo {
	one := s.compiled[name]
	if one == nil {
		return nil
	}
	required := map[string]bool{}
	for _, field := range one.document.Required {
		required[field] = true
	}
	var fields []FieldInfo
	for field, p := range one.document.Properties {
		kind, nullable := p.kind()
		info := FieldInfo{Name: field, Type: kind, Nullable: nullable, Format: p.Format, Required: required[field], Mark: p.Mark, Requirement: p.Requirement, Source: p.Source}
		for _, value := range p.Enum {
			if text, ok := value.(string); ok {
				info.Enum = append(info.Enum, text)
			}
		}
		fields = append(fields, info)
	}
	sort.Slice(fields, func(i, j int) bool { return fields[i].Name < fields[j].Name })
	return fields
}

// kind returns the type of a property, and whether null is one as well.
func (p property) kind() (string, bool) {
	switch kind := p.Type.(type) {
	case string:
		return kind, false
	case []any:
		first, nullable := "", false
		for _, one := range kind {
			if one == "null" {
				nullable = true
			} else if text, ok := one.(string); ok {
				first = text
			}
		}
		return first, nullable
	}
	return "", false
}

// embedded is a loader that knows the ids of the embedded files and reaches neither disk nor network.
type embedded struct{ id string }

type embeddedFactory struct{}

func (embeddedFactory) New(id string) gojsonschema.JSONLoader { return embedded{id} }

func (e embedded) JsonSource() any                               { return e.id }
func (e embedded) LoaderFactory() gojsonschema.JSONLoaderFactory { return embeddedFactory{} }
func (e embedded) JsonReference() (gojsonreference.JsonReference, error) {
	return gojsonreference.NewJsonReference(e.id)
}

// LoadJSON is reached only for an id that no embedded file has.
func (e embedded) LoadJSON() (any, error) {
	return nil, errors.New("the schema " + e.id + " is not embedded, and nothing is ever fetched")
}
