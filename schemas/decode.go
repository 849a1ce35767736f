package schemas

import (
	"bytes"
	"fmt"
	"unicode/utf8"
)

// Bounds of what is decoded. They protect the harness and say nothing of the API.
const (
	// MaxBody is the longest body, in bytes. A list of 18,000 wallets has that size.
	MaxBody = 8 << 20
	// MaxDepth is how many objects and arrays may lie in one another. Documented answers need three;
	// free metadata may need more.
	MaxDepth = 100
	// MaxValues is how many values a body may hold, counting objects, arrays and what is in them. It
	// is as many as a body of [MaxBody] full of documented objects has, and keeps bodies that are all
	// brackets from costing a hundred times their size in memory.
	MaxValues = 1 << 18
	// MaxNumber is how many characters a number may have. A float64 is exact in 767 digits.
	MaxNumber = 1000
)

// The kinds of a [DecodeError].
const (
	// EmptyBody: there is no JSON value at all.
	EmptyBody = "empty"
	// BadEncoding: not UTF-8, or UTF-8 behind a byte order mark.
	BadEncoding = "encoding"
	// BadSyntax: not the grammar of JSON.
	BadSyntax = "syntax"
	// DuplicateName: an object has a member name twice.
	DuplicateName = "duplicate"
	// TrailingData: something follows the value.
	TrailingData = "trailing"
	// TooLarge: more than [MaxBody] or [MaxValues].
	TooLarge = "size"
	// TooDeep: more than [MaxDepth].
	TooDeep = "depth"
	// BadNumber: more than [MaxNumber], or a number that no float64 can hold.
	BadNumber = "number"
)

// DecodeError says why a body was not decoded. It never quotes more than 40 bytes of the body.
type DecodeError struct {
	// Kind is one of the kinds above.
	Kind string
	// Pointer is the JSON Pointer of the place; it ends in … where it was cut. Empty means the whole body.
	Pointer string
	// Offset is how many bytes precede the place.
	Offset int64
	// Detail is one clause such as "a member name is there twice".
	Detail string
}

func (e *DecodeError) Error() string {
	where := ""
	if e.Pointer != "" {
		where = " (" + e.Pointer + ")"
	}
	return fmt.Sprintf("reading the body as JSON: %s, at byte %d%s", e.Detail, e.Offset, where)
}

// Bound reports whether the body only exceeds a bound of this harness: RFC 8259 §9 lets a reader have
// bounds on size, depth and numbers, so such a body need not be a fault of its sender.
func (e *DecodeError) Bound() bool {
	return e.Kind == TooLarge || e.Kind == TooDeep || e.Kind == BadNumber
}

// space is what RFC 8259 §2 lets stand around a value.
const space = " \t\r\n"

// Decode reads exactly one JSON value by the letter of RFC 8259, and stricter than encoding/json: no member
// name twice, nothing but space after the value, valid UTF-8 without a byte order mark, the bounds above,
// and only numbers that a float64 can hold, for others make gojsonschema panic or stall. Objects come back
// as map[string]any, arrays as []any, numbers as [encoding/json.Number] in the digits that were sent.
// An escaped half of a surrogate pair becomes U+FFFD, as everywhere in Go.
//
// Errors are [*DecodeError].
func Decode(body []byte) (any, error) {
	if failure := encoded(body); failure != nil {
		return nil, failure
	}
	r := newReader(body)
	value, failure := r.value()
	if failure != nil {
		return nil, failure
	}
	rest := bytes.TrimLeft(body[r.tokens.InputOffset():], space)
	if len(rest) > 0 {
		offset := int64(len(body) - len(rest))
		return nil, &DecodeError{Kind: TrailingData, Offset: offset, Detail: "there is something after the JSON value"}
	}
	return value, nil
}

// encoded checks what can be said of a body before it is read.
func encoded(body []byte) *DecodeError {
	switch {
	case len(body) > MaxBody:
		detail := fmt.Sprintf("the body has %d bytes and at most %d are read", len(body), MaxBody)
		return &DecodeError{Kind: TooLarge, Offset: MaxBody, Detail: detail}
	case len(bytes.TrimLeft(body, space)) == 0:
		return &DecodeError{Kind: EmptyBody, Offset: int64(len(body)), Detail: "the body is empty"}
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		return &DecodeError{Kind: BadEncoding, Detail: "the body begins with a byte order mark"}
	case !utf8.Valid(body):
		return &DecodeError{Kind: BadEncoding, Offset: invalid(body), Detail: "the body is not UTF-8"}
	}
	return nil
}

// invalid returns the offset of the first byte that is not UTF-8. The tokenizer would name it only together with
// the escaped halves of surrogate pairs, which are no fault.
func invalid(body []byte) int64 {
	at := 0
	for at < len(body) {
		char, size := utf8.DecodeRune(body[at:])
		if char == utf8.RuneError && size == 1 {
			break
		}
		at += size
	}
	return int64(at)
}
