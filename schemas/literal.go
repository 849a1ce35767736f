package schemas

import (
	"encoding/json"
	"fmt"
	"math"
	"strconv"
	"strings"
	"unicode/utf16"
	"unicode/utf8"
)

// text reads a string from its opening quote to behind its closing one.
func (r *reader) text() (string, *DecodeError) {
	r.at++
	begin := r.at
	for ; r.at < len(r.body); r.at++ {
		switch c := r.body[r.at]; {
		case c == '"':
			text := string(r.body[begin:r.at])
			r.at++
			return text, nil
		case c == '\\':
			return r.escaped(begin)
		case c < ' ':
			return "", r.failure(BadSyntax, "a string holds a control character that is not escaped")
		}
	}
	return "", r.ended()
}

// escaped reads on in a string that begins at begin and has its first escape at r.at.
func (r *reader) escaped(begin int) (string, *DecodeError) {
	text := append([]byte(nil), r.body[begin:r.at]...)
	for r.at < len(r.body) {
		switch c := r.body[r.at]; {
		case c == '"':
			r.at++
			return string(text), nil
		case c < ' ':
			return "", r.failure(BadSyntax, "a string holds a control character that is not escaped")
		case c != '\\':
			text = append(text, c)
			r.at++
		default:
			char, failure := r.escape()
			if failure != nil {
				return "", failure
			}
			text = utf8.AppendRune(text, char)
		}
	}
	return "", r.ended()
}

// single are the escapes of one letter.
var single = map[byte]rune{'"': '"', '\\': '\\', '/': '/', 'b': '\b', 'f': '\f', 'n': '\n', 'r': '\r', 't': '\t'}

func (r *reader) escape() (rune, *DecodeError) {
	if r.at+1 == len(r.body) {
		return 0, r.ended()
	}
	if char, known := single[r.body[r.at+1]]; known {
		r.at += 2
		return char, nil
	}
	char, ok := r.hex(r.at)
	if !ok {
		return 0, r.failure(BadSyntax, "a string holds an escape that JSON does not have")
	}
	r.at += 6
	if !utf16.IsSurrogate(char) {
		return char, nil
	}
	if low, ok := r.hex(r.at); ok {
		if pair := utf16.DecodeRune(char, low); pair != utf8.RuneError {
			r.at += 6
			return pair, nil
		}
	}
	return utf8.RuneError, nil
}

// hex reads an escape of the form \u0041 at an offset.
func (r *reader) hex(at int) (rune, bool) {
	if at+6 > len(r.body) || r.body[at] != '\\' || r.body[at+1] != 'u' {
		return 0, false
	}
	var char rune
	for _, c := range r.body[at+2 : at+6] {
		switch {
		case digit(c):
			char = char<<4 + rune(c-'0')
		case 'a' <= c|0x20 && c|0x20 <= 'f':
			char = char<<4 + rune(c|0x20-'a') + 10
		default:
			return 0, false
		}
	}
	return char, true
}

// number reads a number and refuses those that no float64 holds.
func (r *reader) number() (any, *DecodeError) {
	begin := r.at
	r.skip('-')
	if !r.skip('0') && !r.digits() {
		return nil, r.unexpected("a digit")
	}
	if r.skip('.') && !r.digits() {
		return nil, r.unexpected("a digit behind the decimal point")
	}
	if r.skip('e') || r.skip('E') {
		if !r.skip('-') {
			r.skip('+')
		}
		if !r.digits() {
			return nil, r.unexpected("a digit of the exponent")
		}
	}
	number := string(r.body[begin:r.at])
	if len(number) > MaxNumber {
		r.at = begin
		return nil, r.failure(BadNumber, fmt.Sprintf("a number has more than %d characters", MaxNumber))
	}
	if !holdable(number) {
		r.at = begin
		return nil, r.failure(BadNumber, "no float64 can hold the number "+cutBytes(hideCardNumbers(number), quotedNumber))
	}
	return json.Number(number), nil
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
