package yamlfile

import (
	"fmt"
	"reflect"
	"strings"

	"github.com/goccy/go-yaml"
	"github.com/goccy/go-yaml/ast"

	"github.com/kobcheck/kobcheck/contract"
)

// walk holds the nodes of a file against the types that they are read into.
type walk struct {
	Definition
	document *Document
	anchors  map[string]ast.Node
	faults   []error
}

func (w *walk) form(name string) Form {
	if own, there := w.Forms[name]; there {
		return own
	}
	return common[name]
}

// at tells a fault at a node.
func (w *walk) at(node ast.Node, path, format string, arguments ...any) {
	fault := &Error{File: w.document.path, What: fmt.Sprintf(format, arguments...)}
	if path != "" {
		fault.What = path + ": " + fault.What
	}
	if token := node.GetToken(); token != nil && token.Position != nil {
		fault.Line, fault.Column = token.Position.Line, token.Position.Column
	}
	w.faults = append(w.faults, fault)
}

// plain takes anchors, aliases and tags from a node.
func (w *walk) plain(node ast.Node) ast.Node {
	switch n := node.(type) {
	case *ast.AnchorNode:
		w.anchors[n.Name.String()] = n.Value
		return w.plain(n.Value)
	case *ast.AliasNode:
		if meant := w.anchors[n.Value.String()]; meant != nil {
			return w.plain(meant)
		}
	case *ast.TagNode:
		return w.plain(n.Value)
	}
	return node
}

// value holds a node against a type; form is the name of that of its text.
func (w *walk) value(node ast.Node, t reflect.Type, form, path string) {
	node = w.plain(node)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	if _, empty := node.(*ast.NullNode); empty && t.Kind() != reflect.Struct || t.Kind() == reflect.Interface {
		return
	}
	if kind := kindOf(t); kind != wanted(node, kind) {
		w.at(node, path, "this is %s; %s belongs here", wanted(node, ""), kind)
		return
	}
	switch {
	case isText(t):
		w.text(node, form, path)
	case t.Kind() == reflect.Struct:
		w.fields(node, t, path)
	case t.Kind() == reflect.Map:
		for _, pair := range pairs(node) {
			w.entry(pair, t, form, path)
		}
	case t.Kind() == reflect.Slice:
		for i, one := range node.(*ast.SequenceNode).Values {
			below := fmt.Sprintf("%s[%d]", path, i+1)
			w.document.places[below] = one.GetToken()
			if pairs := pairs(one); len(pairs) > 0 {
				w.document.places[below] = pairs[0].Key.GetToken()
			}
			w.value(one, t.Elem(), form, below)
		}
	}
}

// entry is one of a map, of which [keyed] says what its keys look like.
func (w *walk) entry(pair *ast.MappingValueNode, t reflect.Type, form, path string) {
	keys, values, _ := strings.Cut(form, ":")
	key := pair.Key.String()
	below := join(path, unquoted(key))
	w.document.places[below] = pair.Key.GetToken()
	if wrong := w.form(keys).wrong(unquoted(key)); wrong != "" {
		w.at(pair.Key, path, "%s", wrong)
		return
	}
	w.value(pair.Value, t.Elem(), values, below)
}

// fields holds the keys of a mapping against those of a struct.
func (w *walk) fields(node ast.Node, t reflect.Type, path string) {
	fields, seen := fieldsOf(t), map[string]bool{}
	for _, pair := range pairs(node) {
		key := unquoted(pair.Key.String())
		if key == "<<" {
			continue
		}
		below := join(path, key)
		field, known := find(fields, key)
		switch {
		case seen[key]:
			w.at(pair.Key, path, "the key %q is there twice", key)
		case !known && secretLike(key):
			w.at(pair.Key, path, "the key %q would hold a secret; name an environment variable with secret_env or a "+
				"file with secret_file", key)
		case !known:
			w.at(pair.Key, path, "there is no key %q%s", key, contract.Meant(key, names(fields)))
		default:
			w.document.places[below] = pair.Key.GetToken()
			if _, scalar := w.plain(pair.Value).(ast.ScalarNode); scalar {
				w.document.places[below] = pair.Value.GetToken()
			}
			w.value(pair.Value, field.of, field.form, below)
			if field.need != "" && empty(w.plain(pair.Value)) {
				continue // nothing stands there: it is missing
			}
		}
		seen[key] = true
	}
	for _, field := range fields {
		if field.need != "" && !seen[field.key] {
			fault := w.document.Fault(path, "%s is missing; %s", field.key, field.need)
			if fault.Line == 0 {
				fault.Line, fault.Column = 1, 1
			}
			w.faults = append(w.faults, fault)
		}
	}
}

// empty reports whether a node says nothing.
func empty(node ast.Node) bool {
	if _, null := node.(*ast.NullNode); null {
		return true
	}
	text, is := node.(*ast.StringNode)
	return is && strings.TrimSpace(text.Value) == ""
}

// text holds the text of a scalar against its form. A number that YAML would write another way is not the text that
// stands there, as an id with a leading zero.
func (w *walk) text(node ast.Node, form, path string) {
	value, raw := fmt.Sprint(node.(ast.ScalarNode).GetValue()), node.GetToken().Value
	switch n := node.(type) {
	case *ast.IntegerNode, *ast.FloatNode:
		if value != raw {
			w.at(node, path, "YAML reads %s as the number %s; write it in quotes: %q", raw, value, raw)
			return
		}
	case *ast.LiteralNode:
		value = n.Value.Value
	}
	if wrong := w.form(form).wrong(value); wrong != "" && (form != "" && value != "") {
		w.at(node, path, "%s", wrong)
	}
}

// field is a key of a struct.
type field struct {
	key, need, form, doc string
	of                   reflect.Type
}

// fieldsOf are the keys of a struct, with those of what it embeds.
func fieldsOf(t reflect.Type) []field {
	var out []field
	for i := range t.NumField() {
		f := t.Field(i)
		key, more, _ := strings.Cut(f.Tag.Get("yaml"), ",")
		switch {
		case strings.Contains(more, "inline"):
			out = append(out, fieldsOf(f.Type)...)
		case f.IsExported() && key != "" && key != "-":
			form := f.Tag.Get("form")
			if keys := f.Tag.Get("keys"); f.Type.Kind() == reflect.Map {
				form = keys + ":" + form
			}
			out = append(out, field{key, f.Tag.Get("need"), form, f.Tag.Get("doc"), f.Type})
		}
	}
	return out
}

func find(fields []field, key string) (field, bool) {
	for _, one := range fields {
		if one.key == key {
			return one, true
		}
	}
	return field{}, false
}

func names(fields []field) []string {
	var out []string
	for _, one := range fields {
		out = append(out, one.key)
	}
	return out
}

// The kinds of what can stand in a file, as sentences name them.
const (
	aMapping, aList, aText, aSwitch = "a mapping of keys", "a list", "a text", "true or false"
	aNumber, aWhole                 = "a number", "a whole number"
)

// isText reports whether a type is read from text: a string, or what reads itself.
func isText(t reflect.Type) bool {
	return t.Kind() == reflect.String || reflect.PointerTo(t).Implements(reflect.TypeFor[yaml.BytesUnmarshaler]())
}

func kindOf(t reflect.Type) string {
	switch {
	case isText(t):
		return aText
	case t.Kind() == reflect.Struct || t.Kind() == reflect.Map:
		return aMapping
	case t.Kind() == reflect.Slice:
		return aList
	case t.Kind() == reflect.Bool:
		return aSwitch
	case t.Kind() == reflect.Float64:
		return aNumber
	}
	return aWhole
}

// wanted is the kind of a node: the one that is wanted, where the node can be taken for it.
func wanted(node ast.Node, kind string) string {
	switch node.(type) {
	case *ast.MappingNode, *ast.MappingValueNode:
		return aMapping
	case *ast.SequenceNode:
		return aList
	case *ast.NullNode:
		return aMapping // one without keys: those that are needed are told
	case *ast.BoolNode:
		if kind == aText {
			return aText
		}
		return aSwitch
	case *ast.IntegerNode:
		if kind == aText || kind == aWhole {
			return kind
		}
		return aNumber
	case *ast.FloatNode, *ast.InfinityNode, *ast.NanNode:
		if kind == aText {
			return aText
		}
		return aNumber
	}
	return aText
}

func pairs(node ast.Node) []*ast.MappingValueNode {
	switch n := node.(type) {
	case *ast.MappingNode:
		return n.Values
	case *ast.MappingValueNode:
		return []*ast.MappingValueNode{n}
	}
	return nil
}

func join(path, key string) string {
	if path == "" {
		return key
	}
	return path + "." + key
}

func unquoted(key string) string {
	if len(key) > 1 && (key[0] == '"' || key[0] == '\'') {
		return key[1 : len(key)-1]
	}
	return key
}

// secretLike are keys that somebody would write a secret under.
func secretLike(key string) bool {
	switch strings.ToLower(key) {
	case "secret", "client_secret", "password", "token", "access_token", "expired_token":
		return true
	}
	return false
}
