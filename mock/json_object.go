package mock

import (
	"bytes"
	"encoding/json"
	"errors"
	"unicode/utf8"
)

// The ways in which a body is no strict JSON object. Callers get these texts.
var (
	errNotJSON   = errors.New("it can't be parsed")
	errNotUTF8   = errors.New("it is not UTF-8")
	errTooDeep   = errors.New("it is nested too deeply")
	errRepeated  = errors.New("it repeats a member name")
	errNotObject = errors.New("it must be an object")
)

// readObject reads one JSON object by the letter of RFC 8259, with no member name repeated at any depth
// and no deeper than so many levels. The values come back as they were written, so that free metadata is
// kept to the byte.
func readObject(text []byte, depth int) (map[string]json.RawMessage, error) {
	if !utf8.Valid(text) {
		return nil, errNotUTF8
	}
	r := objectReader{text: text, left: depth}
	r.space()
	isObject := r.peek() == '{'
	var members map[string]json.RawMessage
	if isObject {
		members = make(map[string]json.RawMessage, 4)
	}
	if err := r.value(members); err != nil {
		return nil, err
	}
	r.space()
	switch {
	case r.at < len(text):
		return nil, errNotJSON
	case !isObject:
		return nil, errNotObject
	}
	return members, nil
}

// objectReader walks over a JSON text once. Left is how many levels it may still descend.
type objectReader struct {
	text []byte
	at   int
	left int
}

func (r *objectReader) peek() byte {
	if r.at < len(r.text) {
		return r.text[r.at]
	}
	return 0
}

func (r *objectReader) space() {
	for r.at < len(r.text) {
		switch r.text[r.at] {
		case ' ', '\t', '\n', '\r':
			r.at++
		default:
			return
		}
	}
}

func (r *objectReader) take(c byte) bool {
	if r.peek() != c {
		return false
	}
	r.at++
	return true
}

// value steps over one value. Where it is an object, into gets its members unless it is nil.
func (r *objectReader) value(into map[string]json.RawMessage) error {
	switch c := r.peek(); {
	case c == '{':
		return r.object(into)
	case c == '[':
		return r.array()
	case c == '"':
		_, err := r.string()
		return err
	case c == '-' || c >= '0' && c <= '9':
		return r.number()
	}
	for _, word := range []string{"true", "false", "null"} {
		if bytes.HasPrefix(r.text[r.at:], []byte(word)) {
			r.at += len(word)
			return nil
		}
	}
	return errNotJSON
}

func (r *objectReader) object(into map[string]json.RawMessage) error {
	if r.left--; r.left < 0 {
		return errTooDeep
	}
	defer func() { r.left++ }()
	r.at++
	r.space()
	if r.take('}') {
		return nil
	}
	seen := into
	if seen == nil {
		seen = map[string]json.RawMessage{}
	}
	for {
		r.space()
		if r.peek() != '"' {
			return errNotJSON
		}
		name, err := r.string()
		if err != nil {
			return err
		}
		if _, repeated := seen[name]; repeated {
			return errRepeated
		}
		r.space()
		if !r.take(':') {
			return errNotJSON
		}
		r.space()
		from := r.at
		if err := r.value(nil); err != nil {
			return err
		}
		seen[name] = json.RawMessage(r.text[from:r.at:r.at])
		r.space()
		if r.take('}') {
			return nil
		}
		if !r.take(',') {
			return errNotJSON
		}
	}
}

func (r *objectReader) array() error {
	if r.left--; r.left < 0 {
		return errTooDeep
	}
	defer func() { r.left++ }()
	r.at++
	r.space()
	if r.take(']') {
		return nil
	}
	for {
		r.space()
		if err := r.value(nil); err != nil {
			return err
		}
		r.space()
		if r.take(']') {
			return nil
		}
		if !r.take(',') {
			return errNotJSON
		}
	}
}

// string steps over a string and returns what it says.
func (r *objectReader) string() (string, error) {
	from := r.at
	r.at++
	escaped := false
	for r.at < len(r.text) {
		switch c := r.text[r.at]; {
		case c == '"':
			r.at++
			if !escaped {
				return string(r.text[from+1 : r.at-1]), nil
			}
			var said string
			if json.Unmarshal(r.text[from:r.at], &said) != nil {
				return "", errNotJSON
			}
			return said, nil
		case c == '\\':
			escaped = true
			r.at += 2
		case c < ' ':
			return "", errNotJSON
		default:
			r.at++
		}
	}
	return "", errNotJSON
}

// number steps over a number of any size; how large it may be is for the field to say.
func (r *objectReader) number() error {
	r.take('-')
	if !r.take('0') && !r.digits() {
		return errNotJSON
	}
	if r.take('.') && !r.digits() {
		return errNotJSON
	}
	if r.take('e') || r.take('E') {
		if !r.take('+') {
			r.take('-')
		}
		if !r.digits() {
			return errNotJSON
		}
	}
	return nil
}

func (r *objectReader) digits() bool {
	from := r.at
	for c := r.peek(); c >= '0' && c <= '9'; c = r.peek() {
		r.at++
	}
	return r.at > from
}
