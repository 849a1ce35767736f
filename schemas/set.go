package schemas

import (
	"embed"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"slices"
	"sync"

	"github.com/xeipuuv/gojsonreference"
	"github.com/xeipuuv/gojsonschema"
)

//go:embed *.json
var files embed.FS

// Set holds the compiled schemas. It never changes and is safe for concurrent use.
type Set struct {
	byName map[string]*schema
	byFile map[string]*schema
	names  []string
}

// schema is one compiled file.
type schema struct {
	name     string
	raw      []byte
	document *document
	compiled *gojsonschema.Schema
}

// Load returns the embedded schemas; every caller gets the same set. An error means that a file is broken or
// refers to one that is not there, which a test of this package rules out.
func Load() (*Set, error) { return loadOnce() }

var loadOnce = sync.OnceValues(func() (*Set, error) { return load(files) })

func load(fsys fs.FS) (*Set, error) {
	registerFormats()
	paths, err := fs.Glob(fsys, "*.json")
	if err != nil {
		return nil, fmt.Errorf("listing the schema files: %w", err)
	}
	// Validate stays false: with true, compiling the metaschema gives the pool a loader that fetches, and
	// an unknown $ref would go to the network.
	loader := gojsonschema.NewSchemaLoader()
	loader.AutoDetect, loader.Draft = false, gojsonschema.Draft7
	set := &Set{byName: map[string]*schema{}, byFile: map[string]*schema{}}
	for _, path := range paths {
		one, err := read(fsys, path)
		if err != nil {
			return nil, err
		}
		if one.name == "" || set.byName[one.name] != nil {
			return nil, fmt.Errorf("the schema file %s needs a title of its own, and %q is none", path, one.name)
		}
		if err := loader.AddSchemas(gojsonschema.NewBytesLoader(one.raw)); err != nil {
			return nil, fmt.Errorf("adding the schema file %s: %w", path, err)
		}
		set.byName[one.name], set.byFile[path] = one, one
		set.names = append(set.names, one.name)
	}
	slices.Sort(set.names)
	for _, name := range set.names {
		one := set.byName[name]
		if one.compiled, err = loader.Compile(embedded{one.document.ID}); err != nil {
			return nil, fmt.Errorf("compiling the schema %s: %w", name, err)
		}
	}
	return set, nil
}

func read(fsys fs.FS, path string) (*schema, error) {
	raw, err := fs.ReadFile(fsys, path)
	if err != nil {
		return nil, fmt.Errorf("reading the schema file %s: %w", path, err)
	}
	if _, err := Decode(raw); err != nil {
		return nil, fmt.Errorf("the schema file %s: %w", path, err)
	}
	one := &schema{raw: raw, document: &document{}}
	if err := json.Unmarshal(raw, one.document); err != nil {
		return nil, fmt.Errorf("the schema file %s is not written like a schema: %w", path, err)
	}
	one.name = one.document.Title
	return one, nil
}

// Names lists the schemas by their names in the documentation, in the order of the alphabet.
func (s *Set) Names() []string { return slices.Clone(s.names) }

// Has reports whether there is a schema of that name.
func (s *Set) Has(name string) bool { return s.byName[name] != nil }

// Raw returns a copy of the file of a schema, or nil where there is no schema of that name.
func (s *Set) Raw(name string) []byte {
	one := s.byName[name]
	if one == nil {
		return nil
	}
	return slices.Clone(one.raw)
}

// embedded is a reference to a schema by its id. It reaches neither disk nor network.
type embedded struct{ id string }

type embeddedFactory struct{}

func (embeddedFactory) New(id string) gojsonschema.JSONLoader { return embedded{id} }

// JsonSource returns the id.
func (e embedded) JsonSource() any { return e.id }

// LoaderFactory makes more loaders like this one.
func (e embedded) LoaderFactory() gojsonschema.JSONLoaderFactory { return embeddedFactory{} }

// JsonReference returns the id as a reference.
func (e embedded) JsonReference() (gojsonreference.JsonReference, error) {
	return gojsonreference.NewJsonReference(e.id)
}

// LoadJSON is reached only for an id that no embedded file has.
func (e embedded) LoadJSON() (any, error) {
	return nil, errors.New("the schema " + e.id + " is not embedded, and nothing is ever fetched")
}
