package match

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Text is a member of an answer as it reads in a feature: a string without its quotes, else JSON.
func Text(value any) string {
	if value, ok := value.(string); ok {
		return strconv.Quote(value)
	}
	written, err := json.Marshal(value)
	if err != nil {
		return "a value that is not JSON"
	}
	return string(written)
}

func OrAbsent(value string) string {
	if value == "" {
		return "absent"
	}
	return value
}

func Present(value any, there bool) string {
	if !there {
		return "absent"
	}
	return Text(value)
}

// Texts are the texts of an error body at any depth, those in message and error first.
func Texts(value any) []string {
	switch value := value.(type) {
	case string:
		return []string{value}
	case []any:
		var texts []string
		for _, item := range value {
			texts = append(texts, Texts(item)...)
		}
		return texts
	case map[string]any:
		var texts []string
		for _, name := range []string{"message", "error"} {
			texts = append(texts, Texts(value[name])...)
		}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if name != "message" && name != "error" {
				texts = append(texts, Texts(value[name])...)
			}
		}
		return texts
	}
	return nil
}

// Says reports whether a documented message stands in one of the texts, whatever its letter case, final stop or
// prefix (ERR-08 calls the messages typical).
func Says(texts []string, message string) bool {
	wanted := strings.ToLower(strings.TrimRight(message, "."))
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(strings.ToLower(text), wanted) })
}
