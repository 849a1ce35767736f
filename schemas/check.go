package schemas

import (
	"encoding/json"
	"fmt"
	"sort"
	"strconv"
	"strings"

	"github.com/xeipuuv/gojsonschema"
)

// Violation is one place where a body is not as documented.
type Violation struct {
	// Schema is the name of the schema in the documentation.
	Schema  string
	Pointer string
	// Kind is missing, type, enum, format, pattern, undocumented, json or other.
	Kind             string
	Expected, Actual string
	// Mark and Requirement are those of the fact that is broken; empty where the schema does not say.
	Mark, Requirement string
}

// Check decodes a body strictly and checks it. A body that is no JSON is one violation of the kind json.
// The error is for a schema that does not exist, and for a validator that broke down.
func (s *Set) Check(name string, body []byte) ([]Violation, error) {
	value, err := Decode(body)
	if err != nil {
		return notJSON(name, err), nil
	}
	return s.CheckValue(name, value)
}

// CheckList is [Set.Check] for a bare array whose items have the schema.
func (s *Set) CheckList(name string, body []byte) ([]Violation, error) {
	value, err := Decode(body)
	if err != nil {
		return notJSON(name, err), nil
	}
	return s.CheckListValue(name, value)
}

func notJSON(name string, err error) []Violation {
	return []Violation{{Schema: name, Kind: "json", Expected: "one JSON value", Actual: err.Error()}}
}

// CheckValue checks a value that [Decode] returned.
func (s *Set) CheckValue(name string, value any) ([]Violation, error) {
	one := s.compiled[name]
	if one == nil {
		return nil, fmt.Errorf("there is no schema %q; the documentation's names are %s", name, strings.Join(s.names, ", "))
	}
	return one.check("", value)
}

// CheckListValue checks an array that [Decode] returned, item by item.
func (s *Set) CheckListValue(name string, value any) ([]Violation, error) {
	one := s.compiled[name]
	if one == nil {
		return nil, fmt.Errorf("there is no schema %q; the documentation's names are %s", name, strings.Join(s.names, ", "))
	}
	items, ok := value.([]any)
	if !ok {
		return []Violation{{Schema: name, Kind: "type", Expected: "a bare list of " + name, Actual: describe(value)}}, nil
	}
	var all []Violation
	for i, item := range items {
		violations, err := one.check("/"+strconv.Itoa(i), item)
		if err != nil {
			return all, err
		}
		all = append(all, violations...)
		if len(all) > listBound {
			break
		}
	}
	return all, nil
}

// listBound is how many violations of a list are reported: enough to see a pattern.
const listBound = 50

func (s *schema) check(at string, value any) (violations []Violation, err error) {
	// Decode keeps away what is known to make the validator panic; this is the belt for what is not.
	defer func() {
		if cause := recover(); cause != nil {
			violations, err = nil, fmt.Errorf("the validator of %s broke down: %v", s.name, cause)
		}
	}()
	result, err := s.compiled.Validate(gojsonschema.NewRawLoader(value))
	if err != nil {
		return nil, fmt.Errorf("validating against %s: %w", s.name, err)
	}
	for _, failure := range result.Errors() {
		violations = append(violations, s.violation(at, failure))
	}
	sort.Slice(violations, func(i, j int) bool {
		if violations[i].Pointer != violations[j].Pointer {
			return violations[i].Pointer < violations[j].Pointer
		}
		return violations[i].Kind < violations[j].Kind
	})
	return violations, nil
}

// kinds names the library's error types in our words, with the facet whose mark counts.
var kinds = map[string]struct{ kind, facet string }{
	"required":                        {"missing", "required"},
	"invalid_type":                    {"type", "type"},
	"enum":                            {"enum", "enum"},
	"format":                          {"format", "format"},
	"pattern":                         {"pattern", "pattern"},
	"additional_property_not_allowed": {"undocumented", ""},
}

func (s *schema) violation(at string, failure gojsonschema.ResultError) Violation {
	named, known := kinds[failure.Type()]
	if !known {
		named.kind = "other"
	}
	path := strings.Split(failure.Context().String("\x00"), "\x00")[1:]
	if name, ok := failure.Details()["property"].(string); ok && (named.kind == "missing" || named.kind == "undocumented") {
		path = append(path, name)
	}
	v := Violation{Schema: s.name, Kind: named.kind, Pointer: at}
	for _, name := range path {
		v.Pointer += "/" + escape(name)
	}
	p := s.propertyAt(path)
	v.Mark, v.Requirement = p.Mark, p.Requirement
	if mark := p.Marks[named.facet]; mark != "" {
		v.Mark = mark
	}
	if requirement := p.Requirements[named.facet]; requirement != "" {
		v.Requirement = requirement
	}
	v.Expected, v.Actual = expected(named.kind, p, failure), describe(failure.Value())
	switch named.kind {
	case "missing":
		v.Actual = "absent"
	case "undocumented":
		v.Actual = "there"
	}
	return v
}

func (s *schema) propertyAt(path []string) property {
	if len(path) == 0 {
		return property{}
	}
	return s.document.Properties[path[0]]
}

// expected says in words what the schema asks for.
func expected(kind string, p property, failure gojsonschema.ResultError) string {
	typed, nullable := p.kind()
	words := article(typed)
	if nullable {
		words += " or null"
	}
	switch kind {
	case "missing":
		return words + ", always present"
	case "undocumented":
		return "no field of that name"
	case "enum":
		var values []string
		for _, value := range p.Enum {
			values = append(values, fmt.Sprint(value))
		}
		return "one of " + strings.ReplaceAll(strings.Join(values, ", "), "<nil>", "null")
	case "format":
		return formatWords(p.Format)
	case "pattern":
		return "a text that matches " + p.Pattern
	case "type":
		if typed == "" {
			return cutText(fmt.Sprint(failure.Details()["expected"]))
		}
		return words
	}
	return cutText(failure.Description())
}

func article(kind string) string {
	switch kind {
	case "":
		return "a value"
	case "integer", "object", "array":
		return "an " + kind
	}
	return "a " + kind
}

func formatWords(format string) string {
	switch format {
	case "date-time":
		return "a date-time such as 2025-01-14T16:56:58.947Z"
	case "uuid":
		return "a uuid (8-4-4-4-12 hexadecimal digits)"
	}
	return "a " + format
}

// describe renders a value for a finding: compact JSON, cut short.
func describe(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return "a value that is not JSON"
	}
	return cutText(string(text))
}
