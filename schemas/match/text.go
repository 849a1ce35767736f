package match

import (
	"cmp"
	"encoding/json"
	"maps"
	"regexp"
	"slices"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/schemas/redact"
)

const absent = "absent"

// secret are the names of members whose values are for their owner alone.
var secret = regexp.MustCompile(`(?i)(^|/)(\w*_)?(secret|token|password|cvv2?|cvc2?|pin)$`)

// Text is a value as it reads in a feature: a string within quotes, else JSON; without card numbers and secrets.
func Text(value any) string {
	if value == any(Absent{}) {
		return absent
	}
	if value, ok := value.(string); ok {
		return redact.CardNumbers(strconv.Quote(value))
	}
	written, err := json.Marshal(shown(value))
	if err != nil {
		return "a value that is not JSON"
	}
	return redact.CardNumbers(string(written))
}

// shown is a value without the secrets in it.
func shown(value any) any {
	switch value := value.(type) {
	case map[string]any:
		out := make(map[string]any, len(value))
		for name, inner := range value {
			if out[name] = shown(inner); secret.MatchString(name) {
				out[name] = "(not shown)"
			}
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i, inner := range value {
			out[i] = shown(inner)
		}
		return out
	}
	return value
}

// OrAbsent is a line of a head, or the word for there being none.
func OrAbsent(line string) string {
	return cmp.Or(line, absent)
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

// Says asks that a documented message stands in one of the texts of a value, whatever its letter case, final stop or
// prefix (ERR-08 calls the messages typical).
func Says(message string) Matcher {
	wanted := strings.ToLower(strings.TrimRight(message, "."))
	return is(strconv.Quote(message), func(value any) bool {
		return slices.ContainsFunc(Texts(value), func(text string) bool { return strings.Contains(strings.ToLower(text), wanted) })
	})
}

// Form asks for a text of a form, in the words of the feature.
func Form(expected string, holds func(text string) bool) Matcher {
	return is(expected, func(value any) bool { text, isText := value.(string); return isText && holds(text) })
}
