package openapi

import (
	"encoding/json"
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
)

// components are the schemas of the documentation, with references by name in place of those by file.
func components(shapes *schemas.Set, prose contract.Prose) (object, error) {
	all, files := map[string]object{}, map[string]string{}
	for _, name := range shapes.Names() {
		schema := object{}
		if err := json.Unmarshal(shapes.Raw(name), &schema); err != nil {
			return nil, fmt.Errorf("writing the schema %s as OpenAPI: %w", name, err)
		}
		id, _ := schema["$id"].(string)
		files[id[strings.LastIndex(id, "/")+1:]] = name
		delete(schema, "$schema")
		delete(schema, "$id")
		all[name] = schema
	}
	out := object{}
	for name, schema := range all {
		describe(schema, prose.Schemas[name], "")
		rewrite(schema, files)
		out[componentName(name)] = schema
	}
	return out, nil
}

// renamed are the schemas whose names generators give to something of their own: the client that they make.
var renamed = map[string]string{"Client": "ClientRecord"}

func componentName(name string) string {
	if other := renamed[name]; other != "" {
		return other
	}
	return strings.Map(func(r rune) rune {
		if strings.ContainsRune(" /()", r) {
			return '_'
		}
		return r
	}, name)
}

func reference(name string) object {
	return object{"$ref": "#/components/schemas/" + componentName(name)}
}

// rewrite turns draft-07 into what the tools around OpenAPI understand, in place.
func rewrite(value any, files map[string]string) {
	switch v := value.(type) {
	case object:
		if file, ok := v["$ref"].(string); ok && files[file] != "" {
			v["$ref"] = reference(files[file])["$ref"]
		}
		if pattern, ok := v["pattern"].(string); ok {
			if example := exampleIn(v["x-expected"]); example != "" {
				v["examples"] = []string{example}
			}
			v["pattern"] = ascii(pattern)
		}
		rewriteObject(v)
		for _, one := range v {
			rewrite(one, files)
		}
	case []any:
		for _, one := range v {
			rewrite(one, files)
		}
	}
}

// rewriteObject says outright that an object is open, and writes one that may be null as a choice: generators
// make no type of a list of types.
func rewriteObject(v object) {
	kinds, several := v["type"].([]any)
	switch {
	case v["type"] == "object" && v["additionalProperties"] == nil:
		v["additionalProperties"] = true
	case several && slices.Contains(kinds, any("object")):
		it := any(object{"type": "object"})
		if then, narrowed := v["then"]; narrowed {
			it = then
		}
		v["oneOf"] = []any{it, object{"type": "null"}}
		delete(v, "type")
		delete(v, "if")
		delete(v, "then")
	}
}

// exampleIn is the value at the end of an expectation such as "four digits such as 4242"; empty for none.
// Servers that answer from the document need it: no tool makes a text that fits a pattern.
func exampleIn(expected any) string {
	text, _ := expected.(string)
	_, example, _ := strings.Cut(text, " such as ")
	return example
}

var class = regexp.MustCompile(`\[[^\]]*\]`)

// ascii lets any character beyond ASCII stand where a class of a regular expression names some. Tools put patterns
// into headers, which are ASCII, and there is no escape for such a character that both ECMA-262 and RE2 know.
func ascii(pattern string) string {
	return class.ReplaceAllStringFunc(pattern, func(found string) string {
		known := strings.Map(func(r rune) rune {
			if r >= 0x80 {
				return -1
			}
			return r
		}, found)
		if known == found {
			return found
		}
		return "(?:" + known + `|[^\x00-\x7F])`
	})
}
