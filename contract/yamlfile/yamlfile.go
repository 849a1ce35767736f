// Package yamlfile reads the YAML files that people write for kobcheck: target files, known failures, waivers, plans.
//
// What walks in is a file and a struct whose tags say what may stand there; what walks out is the struct filled in, or
// every fault of the file at once, each with its line and the nearest right key. The same tags make the JSON Schema
// that editors check the file by:
//
//	yaml:"base_url"   the key
//	need:"why"        the key has to be there; the words end the sentence of its absence
//	form:"address"    what the text of the value, or of the values of a map, looks like: a name of [Form]
//	keys:"uuid"       what the keys of a map look like
//	doc:"…"           what it is for, shown by editors
package yamlfile

import (
	"bytes"
	"errors"
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"
	"github.com/goccy/go-yaml/parser"
	"github.com/goccy/go-yaml/token"

	"github.com/kobcheck/kobcheck/contract"
)

// Error says what is wrong with a file and where.
type Error struct {
	File string
	// Line and Column count from 1; 0 where the fault has no place.
	Line, Column int
	What         string
}

func (e *Error) Error() string {
	if e.Line == 0 {
		return fmt.Sprintf("%s: %s", e.File, e.What)
	}
	return fmt.Sprintf("%s:%d:%d: %s", e.File, e.Line, e.Column, e.What)
}

// Definition says what a kind of file holds beyond its struct.
type Definition struct {
	// Name is what the file is called in a sentence: a target file.
	Name string
	// Forms are those of its own.
	Forms map[string]Form
}

// Document is a file that was read, and knows where its keys stand.
type Document struct {
	path   string
	places map[string]*token.Token
}

// Fault is a fault at a path of keys such as target.base_url: found only when the whole is known.
func (d *Document) Fault(path, format string, arguments ...any) *Error {
	e := &Error{File: d.path, What: fmt.Sprintf(format, arguments...)}
	if path != "" {
		e.What = path + ": " + e.What
	}
	for at := path; ; at = at[:max(strings.LastIndex(at, "."), 0)] {
		if place := d.places[at]; place != nil {
			e.Line, e.Column = place.Position.Line, place.Position.Column
			return e
		}
		if at == "" {
			return e
		}
	}
}

// Line is the line of a path of keys, or 0.
func (d *Document) Line(path string) int {
	if place := d.places[path]; place != nil {
		return place.Position.Line
	}
	return 0
}

// Read reads a file strictly. The document is there also where there are faults, which are all returned at once.
func (of Definition) Read(path string, data []byte, into any) (*Document, error) {
	d := &Document{path: path, places: map[string]*token.Token{}}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf")) // a byte order mark may begin a file (YAML 1.2, 5.2)
	if bytes.HasPrefix(data, []byte("\xff\xfe")) || bytes.HasPrefix(data, []byte("\xfe\xff")) {
		return d, &Error{path, 1, 1, "the file is UTF-16; save it as UTF-8"}
	}
	if why := tooMuch(data); why != "" {
		return d, &Error{File: path, What: why}
	}
	parsed, err := parser.ParseBytes(data, 0)
	if err != nil {
		return d, d.explain(err)
	}
	var root ast.Node
	for _, document := range parsed.Docs {
		switch {
		case document.Body == nil: // a closing --- says nothing more
		case root == nil:
			root = document.Body
		default:
			place := document.Body.GetToken().Position
			return d, &Error{path, place.Line, place.Column, "a second YAML document begins; " + of.Name + " is one"}
		}
	}
	if root == nil {
		root = &ast.NullNode{}
	}
	if expanded(root, map[string]int{}) > mostValues {
		return d, &Error{File: path, What: fmt.Sprintf("the file stands for more than %d values, by aliases of what has aliases", mostValues)}
	}
	w := &walk{Definition: of, document: d, anchors: map[string]ast.Node{}}
	w.value(root, reflect.TypeOf(into).Elem(), "", "")
	if len(w.faults) > 0 {
		return d, errors.Join(w.faults...)
	}
	if err := yaml.UnmarshalWithOptions(data, into, yaml.Strict()); err != nil && root.GetToken() != nil {
		return d, d.explain(err)
	}
	return d, nil
}

// The bounds of a file that a person writes.
const (
	mostDepth   = 500
	mostIndents = 1000
	mostValues  = 100_000 // with its aliases put in
)

// tooMuch says which bound a file goes beyond, "" for none: a reader of YAML takes minutes for what is nested deeply.
func tooMuch(data []byte) string {
	if len(data) > contract.MostBytes {
		return fmt.Sprintf("the file has more than %d bytes, which nobody writes", contract.MostBytes)
	}
	depth := 0
	for line := range bytes.Lines(data) {
		text := bytes.TrimLeft(line, " ")
		nested := 0
		for bytes.HasPrefix(text, []byte("- ")) || bytes.HasPrefix(text, []byte("? ")) {
			text, nested = bytes.TrimLeft(text[2:], " "), nested+1
		}
		quote := byte(0) // a bracket in quotes nests nothing
		for _, c := range text {
			switch {
			case quote != 0 && c == quote:
				quote = 0
			case quote != 0:
			case c == '"', c == '\'':
				quote = c
			case c == '[', c == '{':
				depth++
			case c == ']', c == '}':
				depth = max(0, depth-1)
			}
			if depth > mostDepth || nested > mostDepth || len(line)-len(text) > mostIndents {
				return fmt.Sprintf("the file is nested deeper than %d", mostDepth)
			}
		}
	}
	return ""
}

// expanded is how many values a node stands for with its aliases put in, counted to a little beyond the bound.
func expanded(node ast.Node, anchors map[string]int) int {
	size := 1
	add := func(below ast.Node) { size = min(size+expanded(below, anchors), mostValues+1) }
	switch n := node.(type) {
	case *ast.AnchorNode:
		add(n.Value)
		anchors[n.Name.String()] = size
	case *ast.AliasNode:
		size = max(size, anchors[n.Value.String()])
	case *ast.TagNode:
		add(n.Value)
	case *ast.MappingValueNode:
		add(n.Value)
	case *ast.MappingNode:
		for _, one := range n.Values {
			add(one)
		}
	case *ast.SequenceNode:
		for _, one := range n.Values {
			add(one)
		}
	}
	return size
}

// explain turns an error of the YAML reader into ours.
func (d *Document) explain(err error) error {
	out := &Error{File: d.path, What: strings.SplitN(yaml.FormatError(err, false, false), "\n", 2)[0]}
	if located, is := errors.AsType[yaml.Error](err); is {
		if token := located.GetToken(); token != nil && token.Position != nil {
			out.Line, out.Column = token.Position.Line, token.Position.Column
		}
		out.What = located.GetMessage()
	}
	return out
}
