package schemas

import (
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"math"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/go-json-experiment/json/jsontext"

	"github.com/kobcheck/kobcheck/schemas/redact"
)

// reader makes a value of the tokens of a body. The grammar and the repeated names are the tokenizer's, the
// bounds are ours.
type reader struct {
	tokens *jsontext.Decoder
	values int
}

// newReader reads a body that is known to be UTF-8. What the tokenizer then calls invalid UTF-8 is an escaped
// half of a surrogate pair, which the grammar of RFC 8259 allows.
func newReader(body []byte) *reader {
	return &reader{tokens: jsontext.NewDecoder(bytes.NewBuffer(body), jsontext.AllowInvalidUTF8(true))}
}

func (r *reader) value() (any, *DecodeError) {
	if r.values++; r.values > MaxValues {
		return nil, r.failure(TooLarge, fmt.Sprintf("the body holds more than %d values", MaxValues))
	}
	if kind := r.tokens.PeekKind(); (kind == '{' || kind == '[') && r.tokens.StackDepth() >= MaxDepth {
		return nil, r.failure(TooDeep, fmt.Sprintf("the body is nested deeper than %d", MaxDepth))
	}
	token, failure := r.token()
	if failure != nil {
		return nil, failure
	}
	switch token.Kind() {
	case '{':
		return r.object()
	case '[':
		return r.array()
	case '"':
		return token.String(), nil
	case '0':
		return r.number(token.String())
	case 't', 'f':
		return token.Bool(), nil
	}
	return nil, nil
}

func (r *reader) object() (any, *DecodeError) {
	object := map[string]any{}
	for r.tokens.PeekKind() != '}' {
		name, failure := r.token()
		if failure != nil {
			return nil, failure
		}
		key := name.String() // before the next token, which voids this one
		if object[key], failure = r.value(); failure != nil {
			return nil, failure
		}
	}
	_, failure := r.token()
	return object, failure
}

func (r *reader) array() (any, *DecodeError) {
	array := []any{}
	for r.tokens.PeekKind() != ']' {
		item, failure := r.value()
		if failure != nil {
			return nil, failure
		}
		array = append(array, item)
	}
	_, failure := r.token()
	return array, failure
}

// number refuses the numbers that no float64 holds.
func (r *reader) number(number string) (any, *DecodeError) {
	var detail string
	switch {
	case len(number) > MaxNumber:
		detail = fmt.Sprintf("a number has more than %d characters", MaxNumber)
	case !holdable(number):
		detail = "no float64 can hold the number " + cutBytes(redact.CardNumbers(number), quotedNumber)
	default:
		return json.Number(number), nil
	}
	failure := r.failure(BadNumber, detail)
	failure.Offset -= int64(len(number))
	return nil, failure
}

// holdable reports whether a float64 holds the number, with rounding but neither as infinity nor as a zero
// that it is not. An exponent of more than six digits is refused even beside a zero, since big.Rat, which
// gojsonschema uses, does not take it.
func holdable(number string) bool {
	mantissa, exponent, _ := strings.Cut(strings.ReplaceAll(number, "E", "e"), "e")
	if len(exponent) > 7 {
		return false
	}
	value, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsInf(value, 0) {
		return false
	}
	return value != 0 || !strings.ContainsAny(mantissa, "123456789")
}

// token reads the next token, or says why there is none.
func (r *reader) token() (jsontext.Token, *DecodeError) {
	token, err := r.tokens.ReadToken()
	if err != nil {
		return token, r.explained(err)
	}
	return token, nil
}

func (r *reader) explained(err error) *DecodeError {
	var broken *jsontext.SyntacticError
	switch {
	case !errors.As(err, &broken):
		return r.failure(BadSyntax, err.Error())
	case errors.Is(err, jsontext.ErrDuplicateName):
		return failed(DuplicateName, "a member name is there twice", broken.JSONPointer, broken.ByteOffset)
	case errors.Is(err, io.ErrUnexpectedEOF):
		return failed(BadSyntax, "the body ends in the middle of the JSON value", broken.JSONPointer, broken.ByteOffset)
	}
	return failed(BadSyntax, broken.Err.Error(), broken.JSONPointer, broken.ByteOffset)
}

// What is quoted of a body, in bytes: together no more than the 40 that [DecodeError] promises.
const (
	quotedPointer = 30
	quotedNumber  = 10
)

// failure is one at the place that was read last.
func (r *reader) failure(kind, detail string) *DecodeError {
	return failed(kind, detail, r.tokens.StackPointer(), r.tokens.InputOffset())
}

func failed(kind, detail string, at jsontext.Pointer, offset int64) *DecodeError {
	var pointer jsontext.Pointer
	for name := range at.Tokens() {
		if pointer = pointer.AppendToken(cutBytes(redact.CardNumbers(name), quotedPointer)); len(pointer) > quotedPointer {
			break
		}
	}
	return &DecodeError{Kind: kind, Pointer: cutBytes(string(pointer), quotedPointer), Offset: offset, Detail: detail}
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
