package mock

import (
	"bytes"
	"encoding/json"
	"errors"
	"io"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"
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
	if err := strict(text, depth); err != nil {
		return nil, err
	}
	var members map[string]json.RawMessage
	if json.Unmarshal(text, &members) != nil || members == nil {
		return nil, errNotObject
	}
	return members, nil
}

// strict says why a text is not one JSON value of that many levels.
func strict(text []byte, depth int) error {
	if !utf8.Valid(text) {
		return errNotUTF8
	}
	// Invalid is then only an escaped half of a surrogate pair, which the grammar allows.
	tokens := jsontext.NewDecoder(bytes.NewBuffer(text), jsontext.AllowInvalidUTF8(true))
	for begun := false; !begun || tokens.StackDepth() > 0; begun = true {
		_, err := tokens.ReadToken()
		switch {
		case errors.Is(err, jsontext.ErrDuplicateName):
			return errRepeated
		case err != nil:
			return errNotJSON
		case tokens.StackDepth() > depth:
			return errTooDeep
		}
	}
	if _, err := tokens.ReadToken(); !errors.Is(err, io.EOF) {
		return errNotJSON
	}
	return nil
}
