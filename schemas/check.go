package schemas

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"

	"github.com/xeipuuv/gojsonschema"
)

// Check decodes a body strictly and checks it. A body that cannot be decoded is one violation of the kind
// [JSON]. The violations are sorted by pointer and kind; of more than ten that break the same fact, such as
// items of one list, ten are listed and the others counted in the last of them.
//
// The error is for a schema that does not exist, and for a validator that broke down.
func (s *Set) Check(name string, body []byte) ([]Violation, error) {
	return s.decoded(name, body, s.CheckValue)
}

// CheckValue is [Set.Check] for a value that [Decode] returned.
func (s *Set) CheckValue(name string, value any) ([]Violation, error) {
	of, err := s.schema(name)
	if err != nil {
		return nil, err
	}
	found := findings{}
	err = found.add(s.check(of, "", value))
	return found.list, err
}

// CheckListValue is [Set.CheckValue] for a bare array whose items have the schema. The violations are sorted by item,
// and a pointer begins with the item's index. A list with more than 100,000 violations is given up, and says so.
func (s *Set) CheckListValue(name string, value any) ([]Violation, error) {
	of, err := s.schema(name)
	if err != nil {
		return nil, err
	}
	items, ok := value.([]any)
	if !ok {
		actual := describe(value)
		if of.keepsSecrets() {
			actual = shape(value)
		}
		return []Violation{{Schema: name, Kind: Type, Expected: "a bare list of " + name, Actual: actual}}, nil
	}
	found := findings{}
	for i, item := range items {
		at := "/" + strconv.Itoa(i)
		if found.seen > listBound {
			return append(found.list, Violation{Schema: name, Pointer: at, Kind: Other,
				Expected: "a list that can be checked to its end", Actual: fmt.Sprintf("given up after %d violations",
					found.seen)}), nil
		}
		if err := found.add(s.check(of, at, item)); err != nil {
			return found.list, err
		}
	}
	return found.list, nil
}

func (s *Set) schema(name string) (*schema, error) {
	if one := s.byName[name]; one != nil {
		return one, nil
	}
	return nil, fmt.Errorf("checking a body: there is no schema %q; the documentation's names are %s", name,
		strings.Join(s.names, ", "))
}

func (s *Set) decoded(name string, body []byte, check func(string, any) ([]Violation, error)) ([]Violation, error) {
	value, err := Decode(body)
	if err == nil {
		return check(name, value)
	}
	if _, err := s.schema(name); err != nil {
		return nil, err
	}
	v := Violation{Schema: name, Kind: JSON, Expected: "one JSON value in UTF-8, no member name twice",
		Actual: "a body that could not be read"}
	if broken, is := errors.AsType[*DecodeError](err); is {
		v.Pointer, v.Actual = broken.Pointer, fmt.Sprintf("%s, at byte %d", broken.Detail, broken.Offset)
		if !broken.Bound() {
			v.Mark, v.Requirement = "standard", "STD-12"
		}
	}
	return []Violation{v}, nil
}

// check validates one value that lies at a pointer.
func (s *Set) check(of *schema, at string, value any) (violations []Violation, err error) {
	// Decode keeps away what is known to make the validator panic; this is the belt for what is not.
	defer func() {
		if cause := recover(); cause != nil {
			violations, err = nil, fmt.Errorf("checking a %s at %q: the validator broke down: %v", of.name, at, cause)
		}
	}()
	value, violations = documented(of, at, value)
	result, err := of.compiled.Validate(gojsonschema.NewRawLoader(value))
	if err != nil {
		return nil, fmt.Errorf("checking a %s at %q: %w", of.name, at, err)
	}
	for _, failure := range plain(result.Errors()) {
		violations = append(violations, s.violation(of, at, failure))
	}
	slices.SortFunc(violations, func(a, b Violation) int {
		return cmp.Or(strings.Compare(a.Pointer, b.Pointer), strings.Compare(a.Kind, b.Kind))
	})
	return violations, nil
}

// documented takes the undocumented fields out of an object that the documentation has whole. The validator would
// find them too, but spends a microsecond and a kilobyte on each, and a body can hold a hundred thousand.
func documented(of *schema, at string, value any) (any, []Violation) {
	object, ok := value.(map[string]any)
	if !ok || of.document.Open == nil || *of.document.Open {
		return value, nil
	}
	known := make(map[string]any, len(of.document.Properties.names))
	for _, name := range of.document.Properties.names {
		if field, there := object[name]; there {
			known[name] = field
		}
	}
	if len(known) == len(object) {
		return value, nil
	}
	var unknown []string
	for name := range object {
		if _, there := known[name]; !there {
			unknown = append(unknown, name)
		}
	}
	slices.Sort(unknown)
	var violations []Violation
	for _, name := range unknown[:min(len(unknown), listedNames)] {
		violations = append(violations, undocumented(of, pointer(at, []string{name}), object[name]))
	}
	violations[len(violations)-1].More = len(unknown) - len(violations)
	return known, violations
}

// plain leaves out the errors that only say that another one follows from a branch of the schema. Where no form
// of a choice fits, the fields that the nearest form misses are left out instead, since another form would not
// have them.
func plain(failures []gojsonschema.ResultError) []gojsonschema.ResultError {
	choice := false
	onlyMissing := true
	for _, failure := range failures {
		switch failure.Type() {
		case "number_any_of", "number_one_of":
			choice = true
		case "number_all_of", "condition_then", "condition_else", "required":
		default:
			onlyMissing = false
		}
	}
	return slices.DeleteFunc(slices.Clone(failures), func(failure gojsonschema.ResultError) bool {
		switch failure.Type() {
		case "number_all_of", "condition_then", "condition_else":
			return true
		case "number_any_of", "number_one_of":
			return !onlyMissing
		case "required":
			return choice && onlyMissing
		}
		return false
	})
}
