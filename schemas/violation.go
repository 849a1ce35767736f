package schemas

import (
	"strings"

	"github.com/go-json-experiment/json/jsontext"
	"github.com/xeipuuv/gojsonschema"

	"github.com/kobcheck/kobcheck/schemas/redact"
)

// The kinds of a [Violation].
const (
	// Missing: a field that is always present is not.
	Missing = "missing"
	// Type: a value of another JSON type, null where it is not allowed included.
	Type = "type"
	// Enum: a value outside the documented list.
	Enum = "enum"
	// Format: a text that is no date-time, date, uuid, email or uri where one is documented.
	Format = "format"
	// Pattern: a text of another form than the documented one.
	Pattern = "pattern"
	// Undocumented: a field that the documentation does not have, in an object that it has whole.
	Undocumented = "undocumented"
	// JSON: the body could not be decoded.
	JSON = "json"
	// Range: too large, too small, too long or too many.
	Range = "range"
	// Other: whatever else a schema can ask for.
	Other = "other"
)

// Violation is one place where a body is not as documented.
type Violation struct {
	// Schema is the name of the schema in the documentation.
	Schema string
	// Pointer is the JSON Pointer of the place; of a field that is missing, where it would be.
	Pointer string
	// Kind is one of the kinds above.
	Kind string
	// Expected and Actual are for people: "one of ACTIVE, INACTIVE" and "\"CLOSED\"". Actual has at most
	// 80 characters, and neither a secret nor a full card number.
	Expected, Actual string
	// Mark and Requirement are those of the fact that is broken, which need not be those of its field as
	// a whole: Mark is stated, standard, example, third-party or inferred, and only the first two may
	// fail a run. Both are empty where no page has the fact.
	Mark, Requirement string
	// More is how many further items of a list break the same fact and are left out.
	More int
}

// kinds gives the library's error types in our words, with the facet whose mark counts.
var kinds = map[string]struct{ kind, facet string }{
	"required":                        {Missing, "required"},
	"invalid_type":                    {Type, "type"},
	"enum":                            {Enum, "enum"},
	"const":                           {Enum, "enum"},
	"format":                          {Format, "format"},
	"pattern":                         {Pattern, "pattern"},
	"additional_property_not_allowed": {Undocumented, ""},
	"number_gte":                      {Range, ""},
	"number_gt":                       {Range, ""},
	"number_lte":                      {Range, ""},
	"number_lt":                       {Range, ""},
	"multiple_of":                     {Range, ""},
	"string_gte":                      {Range, ""},
	"string_lte":                      {Range, ""},
	"array_min_items":                 {Range, ""},
	"array_max_items":                 {Range, ""},
}

// violation puts an error of the library into our words. The value that was checked lies at the pointer.
func (s *Set) violation(of *schema, at string, failure gojsonschema.ResultError) Violation {
	named, known := kinds[failure.Type()]
	if !known {
		named.kind = Other
	}
	// The context is the path in documented names, since gojsonschema goes no deeper; NUL is in none.
	path := strings.Split(failure.Context().String("\x00"), "\x00")[1:]
	if name, ok := failure.Details()["property"].(string); ok && (named.kind == Missing || named.kind == Undocumented) {
		path = append(path, name)
	}
	if named.kind == Undocumented {
		return undocumented(of, pointer(at, path), failure.Value())
	}
	v := Violation{Schema: of.name, Pointer: pointer(at, path), Kind: named.kind}
	if v.Kind == Type && failure.Value() == nil {
		named.facet = "null"
	}
	place, source := s.at(of.document, path)
	v.Mark, v.Requirement = source.founded(named.facet)
	v.Expected = cut(s.expected(v.Kind, place, failure))
	switch {
	case v.Kind == Missing:
		v.Actual = "absent"
	case source.Secret || len(path) == 0 && of.keepsSecrets():
		v.Actual = shape(failure.Value())
	default:
		v.Actual = describe(failure.Value())
	}
	return v
}

// undocumented is the violation of a field that the documentation does not have. Its value is never quoted:
// nobody knows what it may hold.
func undocumented(of *schema, pointer string, value any) Violation {
	return Violation{Schema: of.name, Pointer: pointer, Kind: Undocumented, Expected: "no field of that name",
		Actual: shape(value)}
}

func pointer(at string, path []string) string {
	place := jsontext.Pointer(at)
	for _, name := range path {
		place = place.AppendToken(cut(redact.CardNumbers(name)))
	}
	return string(place)
}

// keepsSecrets reports whether a schema has a field that must not be shown; whatever comes in place of the
// whole object may then hold it too.
func (s *schema) keepsSecrets() bool {
	for _, property := range s.document.Properties.byName {
		if property.Secret {
			return true
		}
	}
	return false
}
