package steps

import (
	"encoding/json"
	"strings"
)

// Object is a thing that the scenario made or was given: its kind, its id and the answer that showed it.
type Object struct {
	Kind string
	ID   string
	// Body is the decoded answer with numbers as json.Number; nil for a thing that came from the target file.
	Body map[string]any
	// Sent is the request body that made it; nil for a thing that came from the target file.
	Sent map[string]any
	// As names the client that it belongs to.
	As string
	// born says that the scenario's own call made it, so that nobody activated it yet.
	born bool
}

// text returns a member of the body as text, stepping into objects at dots; false where it is absent.
func member(body map[string]any, path string) (any, bool) {
	var value any = body
	for _, name := range strings.Split(path, ".") {
		object, ok := value.(map[string]any)
		if !ok {
			return nil, false
		}
		if value, ok = object[name]; !ok {
			return nil, false
		}
	}
	return value, true
}

// setMember writes a member of the body, stepping into objects at dots and making them as needed.
func setMember(body map[string]any, path string, value any) {
	names := strings.Split(path, ".")
	for _, name := range names[:len(names)-1] {
		inner, ok := body[name].(map[string]any)
		if !ok {
			inner = map[string]any{}
			body[name] = inner
		}
		body = inner
	}
	body[names[len(names)-1]] = value
}

// removeMember takes a member out of the body.
func removeMember(body map[string]any, path string) {
	names := strings.Split(path, ".")
	for _, name := range names[:len(names)-1] {
		inner, ok := body[name].(map[string]any)
		if !ok {
			return
		}
		body = inner
	}
	delete(body, names[len(names)-1])
}

// asJSON renders a value for a person: compact JSON.
func asJSON(value any) string {
	text, err := json.Marshal(value)
	if err != nil {
		return "a value that is not JSON"
	}
	return string(text)
}

// copyOf returns a deep copy of a JSON value.
func copyOf(value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(value))
		for k, v := range value {
			out[k] = copyOf(v)
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i, v := range value {
			out[i] = copyOf(v)
		}
		return out
	}
	return value
}
