package mutate

import (
	"cmp"
	"encoding/json"
	"regexp"
	"strings"

	"github.com/tidwall/gjson"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
)

// The kinds of oracle that see what is wrong with a body.
const (
	oracleSchema = "schema of the answer"
	oracleEcho   = "what was sent against what is shown, in the answer and read back"
	oracleStrict = "strict JSON"
	oracleLeak   = "no card data or credential in any place of any answer"
)

// fields breaks each documented field of a success, in every way that its documentation can be missed.
func (b *builder) fields(o *contract.Operation) {
	b.fieldsOf(o, "", b.shapes.Fields(o.Success.Schema), true)
}

// fieldsOf breaks the fields of an object at a path. There is one only where the objects above are required.
func (b *builder) fieldsOf(o *contract.Operation, above string, fields []schemas.FieldInfo, there bool) {
	for _, field := range fields {
		path := joined(above, field.Name)
		for _, way := range ways(field) {
			fact := founded(o, field, way.facet, way.of)
			fact.Field = path
			b.add(draft{operation: o, group: "field", place: path, how: way.how, sentence: "the field " + path + " " + way.words,
				oracle: oracleSchema, breaks: []contract.Fact{fact},
				perform: onSuccess(func(c *call, a *answer) bool { return a.change(c.operation, path, way) })})
		}
		if way, can := another(field); can {
			b.add(draft{operation: o, group: "value", place: path, how: "another", oracle: oracleEcho,
				sentence: "the field " + path + " shows another value, of the right form", breaks: b.shown(o, path),
				perform: onSuccess(func(c *call, a *answer) bool { return a.change(c.operation, path, way) })})
		}
		inner := field.Fields
		if len(inner) == 0 && field.Type == "object" {
			inner = b.shapes.Fields(field.Of)
		}
		if above == "" {
			b.fieldsOf(o, path, inner, there && field.Required)
		}
	}
}

// change performs a way of being wrong on a field of each thing in the answer.
func (a *answer) change(o *contract.Operation, path string, way way) bool {
	if way.how == "renamed" {
		return a.rename(o, path)
	}
	return a.edit(o, path, way.change)
}

// rename gives a member another name.
func (a *answer) rename(o *contract.Operation, path string) bool {
	renamed := false
	var value string
	return a.edit(o, path, func(was gjson.Result) (string, bool) { value, renamed = was.Raw, true; return "", true }) &&
		renamed && a.put(o, path+"_", value)
}

// founded is the fact that a field's documentation gives for one facet of it.
func founded(o *contract.Operation, field schemas.FieldInfo, facet contract.Facet, of string) contract.Fact {
	return contract.Fact{Requirement: cmp.Or(field.Requirements[of], field.Requirement, o.Requirement), Facet: facet,
		Mark: contract.Mark(cmp.Or(field.Marks[of], field.Mark))}
}

// shown are the facts that say which value a field has: the requirements of the operation that speak of what was
// sent and of the very thing that was asked for, and that what was made reads back equal.
func (b *builder) shown(o *contract.Operation, path string) []contract.Fact {
	facts := []contract.Fact{{Requirement: "HARNESS-12", Facet: contract.Link, Field: path}}
	if path == "id" && reads(o) {
		for _, id := range o.Rules {
			if sentence := b.facts.Requirement(id).Sentence; strings.Contains(sentence, "that has that id") ||
				strings.Contains(sentence, "details of that") {
				facts = append(facts, contract.Fact{Requirement: id, Facet: contract.Link, Field: path})
			}
		}
	}
	if strings.HasPrefix(path, "metadata") && o.Section == "Endusers" {
		facts = append(facts, contract.Fact{Requirement: "META-02", Facet: contract.Link, Field: path})
	}
	if id := b.naming(o, "`"+path+"`"); id != "" && o.Field(path) != nil && strings.Contains(b.facts.Requirement(id).Sentence, "sent") {
		facts = append(facts, contract.Fact{Requirement: id, Facet: contract.Link, Field: path})
	}
	return facts
}

// way is one way in which a field can be wrong: how it reads, which facet of the documentation it misses, and what
// becomes of the value.
type way struct {
	how, words string
	facet      contract.Facet
	of         string
	change     func(was gjson.Result) (string, bool)
}

// ways are the ways in which a field can miss what is documented of it.
func ways(field schemas.FieldInfo) []way {
	to := func(text string) func(gjson.Result) (string, bool) {
		return func(was gjson.Result) (string, bool) { return text, was.Raw != text }
	}
	var out []way
	if field.Required {
		out = append(out, way{"missing", "is missing", contract.FieldThere, "required", to("")},
			way{"renamed", "has another name", contract.FieldThere, "required", nil})
	}
	if !field.Nullable {
		out = append(out, way{"null", "is null", contract.FieldType, "null", to("null")})
	}
	if field.Type != "" {
		out = append(out, way{"mistyped", "has another type", contract.FieldType, "type", mistyped})
	}
	if len(field.Enum) > 0 {
		out = append(out, way{"off-list", "has a value outside its list", contract.Values, "enum", to(`"SOMETHING_ELSE"`)},
			way{"lower-case", "has a value of its list in small letters", contract.Values, "enum", lowered})
	}
	if field.Format != "" || field.Pattern != "" {
		of := "format"
		if field.Format == "" {
			of = "pattern"
		}
		out = append(out, way{"malformed", "is malformed", contract.FieldType, of, malformed(field)},
			way{"empty", "is empty", contract.FieldType, of, to(`""`)})
	}
	if field.Type == "string" && field.Format == "" && field.Pattern == "" && len(field.Enum) == 0 {
		out = append(out, way{"blank", "is an empty text", contract.Values, "blank", to(`""`)})
	}
	return out
}

func mistyped(was gjson.Result) (string, bool) {
	switch {
	case was.Type == gjson.Null:
		return "4711", true
	case was.Type == gjson.String && number.MatchString(was.Str):
		return was.Str, true
	case was.Type == gjson.String:
		return "4711", true
	case was.Type == gjson.JSON:
		return `"` + strings.Repeat("x", 4) + `"`, true
	}
	return `"` + was.Raw + `"`, true
}

var number = regexp.MustCompile(`^[1-9][0-9]{0,14}$`)

func lowered(was gjson.Result) (string, bool) {
	return quoted(strings.ToLower(was.Str)), was.Type == gjson.String && strings.ToLower(was.Str) != was.Str
}

// malformed breaks a text of a format by little: a letter that is none of its alphabet, a time without its zone.
func malformed(field schemas.FieldInfo) func(gjson.Result) (string, bool) {
	return func(was gjson.Result) (string, bool) {
		if was.Type != gjson.String || was.Str == "" {
			return "", false
		}
		switch field.Format {
		case "uuid":
			return quoted("g" + was.Str[1:]), true
		case "date-time":
			return quoted(strings.TrimSuffix(was.Str, "Z")), strings.HasSuffix(was.Str, "Z")
		case "date":
			return quoted(strings.ReplaceAll(was.Str, "-", "/")), true
		case "email":
			return quoted(strings.ReplaceAll(was.Str, "@", " at ")), true
		case "uri":
			return quoted("no address"), true
		}
		return quoted("?" + was.Str + "?"), true
	}
}

// another is the way of showing a value that has the right form and is not the right one.
func another(field schemas.FieldInfo) (way, bool) {
	w := way{how: "another"}
	switch {
	case len(field.Enum) > 1:
		w.change = func(was gjson.Result) (string, bool) {
			for i, one := range field.Enum {
				if one == was.Str {
					return quoted(field.Enum[(i+1)%len(field.Enum)]), true
				}
			}
			return "", false
		}
	case len(field.Enum) == 1, field.Pattern != "":
		return w, false
	case field.Format == "uuid":
		w.change = func(was gjson.Result) (string, bool) { return quoted(nextID(was.Str)), was.Type == gjson.String }
	case field.Format == "date-time", field.Format == "date":
		w.change = func(was gjson.Result) (string, bool) {
			return quoted(otherYear.ReplaceAllString(was.Str, "2019")), was.Type == gjson.String
		}
	case field.Type == "number" || field.Type == "integer":
		w.change = func(was gjson.Result) (string, bool) {
			raw, err := json.Marshal(was.Num + 1)
			return string(raw), err == nil && was.Type == gjson.Number
		}
	case field.Type == "boolean":
		w.change = func(was gjson.Result) (string, bool) {
			return map[bool]string{true: "false", false: "true"}[was.Bool()], true
		}
	case field.Type == "string" && !field.Secret:
		w.change = func(was gjson.Result) (string, bool) {
			return quoted(swapped(was.Str)), was.Type == gjson.String && was.Str != ""
		}
	case field.Type == "object" && field.Name == "metadata":
		w.change = otherObject
	default:
		return w, false
	}
	return w, true
}

var otherYear = regexp.MustCompile(`^\d{4}`)

// nextID is an id that differs in its last digit.
func nextID(id string) string {
	if id == "" {
		return id
	}
	last := id[len(id)-1:]
	if last == "0" {
		return id[:len(id)-1] + "1"
	}
	return id[:len(id)-1] + "0"
}

// swapped is a text with one character changed.
func swapped(text string) string {
	if strings.HasPrefix(text, "Z") {
		return "Y" + text[1:]
	}
	runes := []rune(text)
	runes[0] = 'Z'
	return string(runes)
}

// otherObject loses the first member of a free object, or adds one where it has none.
func otherObject(was gjson.Result) (string, bool) {
	if !was.IsObject() {
		return "", false
	}
	members := map[string]json.RawMessage{}
	if json.Unmarshal([]byte(was.Raw), &members) != nil {
		return "", false
	}
	if len(members) == 0 {
		return `{"added":true}`, true
	}
	was.ForEach(func(name, _ gjson.Result) bool { delete(members, name.String()); return false })
	raw, err := json.Marshal(members)
	return string(raw), err == nil
}

func quoted(text string) string {
	raw, _ := json.Marshal(text) // a string always has a JSON form
	return string(raw)
}
