package openapi

import (
	"maps"
	"slices"
	"strings"
)

// older turns a document of OpenAPI 3.1 into one of 3.0, in place. What 3.0 can't say is left out, and webhooks become
// an extension.
func older(document object) {
	document["openapi"] = "3.0.3"
	document["x-webhooks"] = document["webhooks"]
	delete(document, "webhooks")
	olderValue(document)
}

// values are the keys below which a document has no schema but examples, and what is ours.
func values(key string) bool {
	return key == "example" || key == "value" || key == "enum" || strings.HasPrefix(key, "x-") && key != "x-webhooks"
}

func olderValue(value any) {
	switch v := value.(type) {
	case object:
		olderSchema(v)
		for key, one := range v {
			if !values(key) {
				olderValue(one)
			}
		}
	case []object:
		for _, one := range v {
			olderValue(one)
		}
	case []any:
		for _, one := range v {
			olderValue(one)
		}
	case map[string]object:
		for _, one := range v {
			olderValue(one)
		}
	}
}

func olderSchema(v object) {
	if list, ok := v["type"].([]any); ok {
		kinds := slices.DeleteFunc(slices.Clone(list), func(kind any) bool { return kind == "null" })
		v["type"] = kinds[0]
		v["nullable"] = len(kinds) < len(list)
		if len(kinds) > 1 {
			delete(v, "type")
		}
	}
	if choice, ok := v["oneOf"].([]any); ok && len(choice) == 2 {
		if other, isObject := choice[1].(object); isObject && other["type"] == "null" {
			delete(v, "oneOf")
			v["nullable"] = true
			maps.Copy(v, choice[0].(object))
		}
	}
	switch list := v["examples"].(type) {
	case []any:
		v["example"] = list[0]
		delete(v, "examples")
	case []string:
		v["example"] = list[0]
		delete(v, "examples")
	}
	for _, newer := range []string{"if", "then", "else", "$comment"} {
		delete(v, newer)
	}
	// Beside a reference nothing is read in 3.0.
	if to, ok := v["$ref"]; ok && len(v) > 1 {
		delete(v, "$ref")
		v["allOf"] = []any{object{"$ref": to}}
	}
}
