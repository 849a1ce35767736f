package schemas

import (
	"bytes"
	"fmt"
	"strconv"
	"strings"
	"unicode/utf8"
)

// reader walks over a body that is known to be UTF-8, following the grammar of RFC 8259.
type reader struct {
	body   []byte
	at     int
	values int
	// trail is the way from the root to the value being read. The pointer is made of it only where
	// there is something to report: made for every value, it would cost the square of the body.
	trail []step
}

// step is one step down: into a member, or into an item where index is not negative.
type step struct {
	name  string
	index int
}

func (r *reader) value() (any, *DecodeError) {
	if r.values++; r.values > MaxValues {
		return nil, r.failure(TooLarge, fmt.Sprintf("the body holds more than %d values", MaxValues))
	}
	if r.at == len(r.body) {
		return nil, r.ended()
	}
	switch c := r.body[r.at]; {
	case c == '{' || c == '[':
		if len(r.trail) >= MaxDepth {
			return nil, r.failure(TooDeep, fmt.Sprintf("the body is nested deeper than %d", MaxDepth))
		}
		if c == '{' {
			return r.object()
		}
		return r.array()
	case c == '"':
		return r.text()
	case c == '-' || digit(c):
		return r.number()
	case c == 't':
		return true, r.word("true")
	case c == 'f':
		return false, r.word("false")
	case c == 'n':
		return nil, r.word("null")
	}
	return nil, r.unexpected("a value")
}

func (r *reader) object() (any, *DecodeError) {
	object := map[string]any{}
	r.at++
	r.space()
	if r.skip('}') {
		return object, nil
	}
	for {
		begin := r.at
		if r.at == len(r.body) || r.body[r.at] != '"' {
			return nil, r.unexpected("a member name in quotes")
		}
		name, failure := r.text()
		if failure != nil {
			return nil, failure
		}
		r.trail = append(r.trail, step{name, -1})
		if _, there := object[name]; there {
			r.at = begin
			return nil, r.failure(DuplicateName, "a member name is there twice")
		}
		r.space()
		if !r.skip(':') {
			return nil, r.unexpected("a colon")
		}
		r.space()
		if object[name], failure = r.value(); failure != nil {
			return nil, failure
		}
		r.trail = r.trail[:len(r.trail)-1]
		r.space()
		if r.skip('}') {
			return object, nil
		}
		if !r.skip(',') {
			return nil, r.unexpected("a comma or a closing brace")
		}
		r.space()
	}
}

func (r *reader) array() (any, *DecodeError) {
	array := []any{}
	r.at++
	r.space()
	if r.skip(']') {
		return array, nil
	}
	for {
		r.trail = append(r.trail, step{index: len(array)})
		item, failure := r.value()
		if failure != nil {
			return nil, failure
		}
		array = append(array, item)
		r.trail = r.trail[:len(r.trail)-1]
		r.space()
		if r.skip(']') {
			return array, nil
		}
		if !r.skip(',') {
			return nil, r.unexpected("a comma or a closing bracket")
		}
		r.space()
	}
}

func (r *reader) word(word string) *DecodeError {
	if !bytes.HasPrefix(r.body[r.at:], []byte(word)) {
		return r.failure(BadSyntax, "a word is there that is neither true, false nor null")
	}
	r.at += len(word)
	return nil
}

func (r *reader) space() {
	for r.at < len(r.body) {
		switch r.body[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

func (r *reader) skip(c byte) bool {
	if r.at < len(r.body) && r.body[r.at] == c {
		r.at++
		return true
	}
	return false
}

// digits skips digits and reports whether there was one.
func (r *reader) digits() bool {
	begin := r.at
	for r.at < len(r.body) && digit(r.body[r.at]) {
		r.at++
	}
	return r.at > begin
}

func digit(c byte) bool { return '0' <= c && c <= '9' }

func (r *reader) ended() *DecodeError {
	return r.failure(BadSyntax, "the body ends in the middle of the JSON value")
}

func (r *reader) unexpected(expected string) *DecodeError {
	if r.at >= len(r.body) {
		return r.ended()
	}
	char, _ := utf8.DecodeRune(r.body[r.at:])
	return r.failure(BadSyntax, fmt.Sprintf("%s was expected and %q is there", expected, char))
}

// What is quoted of a body, in bytes: together no more than the 40 that [DecodeError] promises.
const (
	quotedPointer = 30
	quotedNumber  = 10
)

func (r *reader) failure(kind, detail string) *DecodeError {
	var pointer strings.Builder
	for _, step := range r.trail {
		pointer.WriteByte('/')
		if step.index >= 0 {
			pointer.WriteString(strconv.Itoa(step.index))
		} else {
			pointer.WriteString(escapeName(cutBytes(hideCardNumbers(step.name), quotedPointer)))
		}
		if pointer.Len() > quotedPointer {
			break
		}
	}
	return &DecodeError{Kind: kind, Pointer: cutBytes(pointer.String(), quotedPointer), Offset: int64(r.at), Detail: detail}
}

// cutBytes shortens a text to a number of bytes, never within a character, and says so with an ellipsis.
func cutBytes(text string, most int) string {
	if len(text) <= most {
		return text
	}
	for most > 0 && !utf8.RuneStart(text[most]) {
		most--
	}
	return text[:most] + "…"
}

// escapeName writes a member name as a part of a JSON Pointer (RFC 6901 §3).
func escapeName(name string) string {
	if !strings.ContainsAny(name, "~/") {
		return name
	}
	return strings.NewReplacer("~", "~0", "/", "~1").Replace(name)
}
