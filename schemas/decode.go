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
)

// MaxBody is the longest body that is decoded, in bytes: far beyond any documented answer.
const MaxBody = 8 << 20

// maxDepth is the deepest nesting that is decoded: deep enough for any metadata that makes sense.
const maxDepth = 100

// DecodeError says why a body is not JSON as RFC 8259 has it. Kind is one of size, encoding, syntax,
// duplicate, trailing, depth, number and empty. Offset is in bytes.
type DecodeError struct {
	Kind    string
	Pointer string
	Offset  int64
	Detail  string
}

func (e *DecodeError) Error() string {
	where := ""
	if e.Pointer != "" {
		where = " at " + e.Pointer
	}
	return e.Detail + where
}

// Decode reads exactly one JSON value, stricter than encoding/json: no repeated member names, nothing
// after the value, valid UTF-8 without a byte order mark, bounded size and depth, and only numbers that
// a float64 can hold. Numbers come back as [json.Number]. Errors are [*DecodeError].
func Decode(body []byte) (any, error) {
	switch {
	case len(body) > MaxBody:
		return nil, &DecodeError{Kind: "size", Detail: fmt.Sprintf("the body is longer than %d bytes", MaxBody)}
	case len(bytes.TrimSpace(body)) == 0:
		return nil, &DecodeError{Kind: "empty", Detail: "the body is empty"}
	case bytes.HasPrefix(body, []byte("\xef\xbb\xbf")):
		return nil, &DecodeError{Kind: "encoding", Detail: "the body begins with a byte order mark"}
	case !utf8.Valid(body):
		return nil, &DecodeError{Kind: "encoding", Detail: "the body is not valid UTF-8"}
	}
	d := &decoder{json.NewDecoder(bytes.NewReader(body))}
	d.UseNumber()
	value, err := d.value(0)
	if err != nil {
		return nil, err
	}
	if _, err := d.Token(); !errors.Is(err, io.EOF) {
		return nil, &DecodeError{Kind: "trailing", Offset: d.InputOffset(), Detail: "there is something after the JSON value"}
	}
	return value, nil
}

type decoder struct{ *json.Decoder }

func (d *decoder) value(depth int) (any, error) {
	if depth > maxDepth {
		return nil, &DecodeError{Kind: "depth", Offset: d.InputOffset(), Detail: fmt.Sprintf("the body is nested deeper than %d", maxDepth)}
	}
	token, err := d.Token()
	if err != nil {
		return nil, d.syntax(err)
	}
	switch token := token.(type) {
	case json.Delim:
		if token == '{' {
			return d.object(depth)
		}
		return d.array(depth)
	case json.Number:
		if !holdable(string(token)) {
			return nil, &DecodeError{Kind: "number", Offset: d.InputOffset(), Detail: fmt.Sprintf("the number %.40s is out of range", token)}
		}
	}
	return token, nil
}

func (d *decoder) object(depth int) (any, error) {
	object := make(map[string]any, 12)
	for d.More() {
		token, err := d.Token()
		if err != nil {
			return nil, d.syntax(err)
		}
		name, _ := token.(string)
		if _, there := object[name]; there {
			return nil, below(name, &DecodeError{Kind: "duplicate", Offset: d.InputOffset(), Detail: "a member name is there twice"})
		}
		if object[name], err = d.value(depth + 1); err != nil {
			return nil, below(name, err)
		}
	}
	_, err := d.Token()
	return object, d.syntax(err)
}

func (d *decoder) array(depth int) (any, error) {
	array := []any{}
	for d.More() {
		item, err := d.value(depth + 1)
		if err != nil {
			return nil, below(strconv.Itoa(len(array)), err)
		}
		array = append(array, item)
	}
	_, err := d.Token()
	return array, d.syntax(err)
}

// below puts a name before the pointer of an error on its way up, so that a good body costs no pointers.
func below(name string, err error) error {
	var broken *DecodeError
	if errors.As(err, &broken) {
		broken.Pointer = cutText("/" + escape(name) + broken.Pointer)
	}
	return err
}

func (d *decoder) syntax(err error) error {
	if err == nil {
		return nil
	}
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return &DecodeError{Kind: "syntax", Offset: d.InputOffset(), Detail: "the body ends in the middle of the JSON value"}
	}
	return &DecodeError{Kind: "syntax", Offset: d.InputOffset(), Detail: fmt.Sprintf("the body is not JSON near byte %d", d.InputOffset())}
}

// holdable reports whether a float64 can hold the number: gojsonschema panics on others, and even
// reading a great exponent costs it seconds.
func holdable(number string) bool {
	if len(number) > 64 {
		return false
	}
	value, err := strconv.ParseFloat(number, 64)
	if err != nil || math.IsInf(value, 0) {
		return false
	}
	mantissa, _, _ := strings.Cut(strings.ToLower(number), "e")
	return value != 0 || !strings.ContainsAny(mantissa, "123456789")
}

// escape writes a name as a part of a JSON Pointer (RFC 6901).
func escape(name string) string {
	if !strings.ContainsAny(name, "~/") {
		return name
	}
	return strings.ReplaceAll(strings.ReplaceAll(name, "~", "~0"), "/", "~1")
}

func cutText(text string) string {
	if runes := []rune(text); len(runes) > 80 {
		return string(runes[:80]) + "…"
	}
	return text
}
