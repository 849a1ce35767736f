package schemas

import (
	"cmp"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"github.com/xeipuuv/gojsonschema"

	"github.com/kobcheck/kobcheck/schemas/redact"
)

// expected says in words what the schema asks for.
func (s *Set) expected(kind string, d *document, failure gojsonschema.ResultError) string {
	switch kind {
	case Missing:
		words := s.valueWords(d)
		if d.Format != "" {
			words = strings.Replace(words, "a string", formatWords(d.Format), 1)
		}
		return words + ", always present"
	case Type:
		if words := s.valueWords(d); words != "a value" {
			return words
		}
		return fmt.Sprint(failure.Details()["expected"])
	case Enum:
		return enumWords(d, failure)
	case Format:
		return formatWords(d.Format)
	case Pattern:
		return cmp.Or(d.Expected, "a text that matches "+d.Pattern)
	}
	return cmp.Or(d.Expected, failure.Description())
}

// valueWords says what a field holds: "a string", "an object (Person) or null", "a list".
func (s *Set) valueWords(d *document) string {
	kind, nullable := d.kind()
	words := "a value"
	switch kind {
	case "":
	case "integer":
		words = "a whole number"
	case "object":
		words = "an object"
		if name := s.named(d); name != "" {
			words += " (" + name + ")"
		}
	case "array":
		words = "a list"
	default:
		words = "a " + kind
	}
	if nullable {
		words += " or null"
	}
	return words
}

func enumWords(d *document, failure gojsonschema.ResultError) string {
	if len(d.Enum) == 0 {
		return fmt.Sprintf("one of %v", failure.Details()["allowed"])
	}
	var values []string
	for _, value := range d.Enum {
		if value == nil {
			value = "null"
		}
		values = append(values, fmt.Sprint(value))
	}
	if len(values) == 1 {
		return values[0]
	}
	return "one of " + strings.Join(values, ", ")
}

// describe renders a value for a finding. Objects and lists are told by their size alone: what lies in them
// is in the recorded exchange, redacted.
func describe(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case bool:
		return strconv.FormatBool(value)
	case json.Number:
		return cut(redact.CardNumbers(value.String()))
	case string:
		const enough = 4 * 80 // More bytes than 80 characters have, so that a huge text is not quoted whole.
		return cut(strconv.Quote(redact.CardNumbers(cutBytes(value, enough))))
	}
	return shape(value)
}

// shape tells of a value what it is without a word of it.
func shape(value any) string {
	switch value := value.(type) {
	case nil:
		return "null"
	case bool:
		return "a boolean"
	case json.Number:
		return "a number"
	case string:
		return "a string of " + count(len(value), "byte")
	case []any:
		return "a list of " + count(len(value), "item")
	case map[string]any:
		return "an object of " + count(len(value), "field")
	}
	return "a value that is not JSON"
}

func count(n int, noun string) string {
	if n == 1 {
		return "1 " + noun
	}
	return strconv.Itoa(n) + " " + noun + "s"
}

// cut shortens a text to 80 characters, the last of them an ellipsis.
func cut(text string) string {
	const most = 80
	if len(text) <= most {
		return text
	}
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most-1]) + "…"
	}
	return text
}
