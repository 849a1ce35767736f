package mock

import (
	"bytes"
	"encoding/json"
	"regexp"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/mock/fault"
)

// rewrites are what becomes of metadata on its way through a language, a database or a library that has its own idea
// of names and values: of the name of a member, which may go, and of a value so many levels down.
var rewrites = map[fault.ID]struct {
	name  func(string) (string, bool)
	value func(value any, level int) any
}{
	"metadata.special-names-lost": {name: func(name string) (string, bool) {
		return name, name != "__proto__" && name != "constructor" && name != "prototype"
	}},
	"metadata.empty-name-lost":        {name: func(name string) (string, bool) { return name, name != "" }},
	"metadata.names-in-small-letters": {name: func(name string) (string, bool) { return strings.ToLower(name), true }},
	"metadata.big-numbers-rounded": {value: func(value any, _ int) any {
		number, isNumber := value.(json.Number)
		float, err := number.Float64()
		if !isNumber || err != nil {
			return value
		}
		return json.Number(strconv.FormatFloat(float, 'g', -1, 64))
	}},
	"metadata.long-text-cut": {value: ofText(func(text string) any {
		if letters := []rune(text); len(letters) > 255 {
			return string(letters[:255])
		}
		return text
	})},
	"metadata.texts-trimmed": {value: ofText(func(text string) any { return strings.TrimSpace(text) })},
	"metadata.numeric-texts-become-numbers": {value: ofText(func(text string) any {
		if number, err := strconv.Atoi(text); err == nil {
			return number
		}
		return text
	})},
	"metadata.dates-become-times": {value: ofText(func(text string) any {
		if onlyDate.MatchString(text) {
			return text + "T00:00:00Z"
		}
		return text
	})},
	"metadata.emoji-lost": {value: ofText(func(text string) any {
		return strings.Map(func(r rune) rune {
			if r > 0xffff {
				return 0xfffd
			}
			return r
		}, text)
	})},
	"metadata.accents-composed": {value: ofText(func(text string) any { return strings.ReplaceAll(text, "e\u0301", "é") })},
	"metadata.markup-escaped":   {value: ofText(func(text string) any { return strings.ReplaceAll(text, "<", "&lt;") })},
	"metadata.deep-values-as-text": {value: func(value any, level int) any {
		if _, isObject := value.(map[string]any); isObject && level > 6 {
			return "[object Object]"
		}
		return value
	}},
	"metadata.empty-lists-become-null": {value: func(value any, _ int) any {
		if list, isList := value.([]any); isList && len(list) == 0 {
			return nil
		}
		return value
	}},
}

var onlyDate = regexp.MustCompile(`^\d{4}-\d{2}-\d{2}$`)

func ofText(change func(string) any) func(any, int) any {
	return func(value any, _ int) any {
		if text, isText := value.(string); isText {
			return change(text)
		}
		return value
	}
}

// rewrittenMetadata is the metadata of an enduser with what the faults make of it.
func (s *Server) rewrittenMetadata(e enduser, metadata json.RawMessage) json.RawMessage {
	for _, id := range s.faults.Under("metadata.") {
		company := strings.HasSuffix(string(id), companyAlone)
		rewrite, known := rewrites[fault.ID(strings.TrimSuffix(string(id), companyAlone))]
		if !known || company && e.company == nil {
			continue
		}
		value := number(metadata)
		before := encoded(value, metadata)
		if rewrite.name == nil {
			rewrite.name = func(name string) (string, bool) { return name, true }
		}
		if rewrite.value == nil {
			rewrite.value = func(value any, _ int) any { return value }
		}
		after := encoded(rewritten(value, 0, rewrite.name, rewrite.value), metadata)
		if !bytes.Equal(before, after) && s.faults.On(id) {
			metadata = after
		}
	}
	return metadata
}

// companyAlone ends the id of a fault that is made of companies and not of people.
const companyAlone = "-of-companies"

// number decodes a JSON text and keeps the digits of its numbers.
func number(text json.RawMessage) (value any) {
	decoder := json.NewDecoder(bytes.NewReader(text))
	decoder.UseNumber()
	_ = decoder.Decode(&value) // it was checked when it came
	return value
}

func rewritten(value any, level int, name func(string) (string, bool), change func(any, int) any) any {
	value = change(value, level)
	switch value := value.(type) {
	case map[string]any:
		out := map[string]any{}
		for old, inner := range value {
			if made, kept := name(old); kept {
				out[made] = rewritten(inner, level+1, name, change)
			}
		}
		return out
	case []any:
		out := make([]any, len(value))
		for i, inner := range value {
			out[i] = rewritten(inner, level+1, name, change)
		}
		return out
	}
	return value
}

// refuses reports whether a fault refuses metadata: for the spelling of a name, or for how many there are.
func refuses(metadata json.RawMessage, wrong func(object map[string]any, name string) bool) (refused bool) {
	rewritten(number(metadata), 0, func(name string) (string, bool) { return name, true }, func(value any, _ int) any {
		object, _ := value.(map[string]any)
		for name := range object {
			refused = refused || wrong(object, name)
		}
		return value
	})
	return refused
}

func noAddress(object map[string]any, name string) bool {
	address, _ := object[name].(string)
	return name == "email" && !strings.Contains(address, "@")
}

func dollarOrDot(_ map[string]any, name string) bool { return strings.ContainsAny(name, "$.") }

func beyondFifty(object map[string]any, _ string) bool { return len(object) > 50 }
