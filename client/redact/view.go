package redact

import (
	"html"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// view is a text as it reads with escapes undone. At says for each byte, and for the end, where in the text of the
// beginning it came from; nil means at the same place.
type view struct {
	text string
	at   []int32
}

// from is where a place of the view lies in the text of the beginning.
func (v view) from(place int) int {
	if v.at == nil {
		return place
	}
	return int(v.at[place])
}

// rounds bounds how often an escape may be escaped itself: JSON in JSON in a URL takes three.
const rounds = 5

// views are a text as it is, and with the escapes of JSON, URLs and HTML undone once, twice, … until none is left. Forms of
// digits and letters that look alike are those of ASCII from the second on.
func views(text string) []view {
	all := []view{{text: text}}
	for range rounds {
		next, changed := all[len(all)-1].undone()
		if !changed {
			break
		}
		all = append(all, next)
	}
	return all
}

// special are the bytes at which an escape or a rune outside of ASCII begins.
func special(c byte) bool { return c == '\\' || c == '%' || c == '&' || c >= utf8.RuneSelf }

func (v view) undone() (view, bool) {
	first := 0
	for first < len(v.text) && !special(v.text[first]) {
		first++
	}
	if first == len(v.text) {
		return v, false
	}
	text, at := make([]byte, 0, len(v.text)), make([]int32, 0, len(v.text)+1)
	changed := false
	for i := 0; i < len(v.text); {
		c := v.text[i]
		if !special(c) {
			text, at = append(text, c), append(at, int32(v.from(i)))
			i++
			continue
		}
		r, size := unescaped(v.text[i:])
		if size == 0 { // no escape
			if r, size = utf8.DecodeRuneInString(v.text[i:]); r == utf8.RuneError && size == 1 {
				text, at = append(text, c), append(at, int32(v.from(i)))
				i++
				continue
			}
			plain := alike(r)
			changed, r = changed || plain != r, plain
		} else {
			changed = true
		}
		text = utf8.AppendRune(text, r)
		for len(at) < len(text) {
			at = append(at, int32(v.from(i)))
		}
		i += size
	}
	return view{string(text), append(at, int32(v.from(len(v.text))))}, changed
}

// unescaped reads the escape that a text begins with: its rune and its length, 0 for none.
func unescaped(text string) (rune, int) {
	switch text[0] {
	case '\\':
		return ofJSON(text)
	case '%':
		return ofURL(text)
	case '&':
		const longest = 10
		if end := strings.IndexByte(text[:min(len(text), longest)], ';'); end > 2 {
			if plain := html.UnescapeString(text[:end+1]); plain != text[:end+1] {
				r, size := utf8.DecodeRuneInString(plain)
				if size == len(plain) {
					return r, end + 1
				}
			}
		}
	}
	return 0, 0
}

func ofJSON(text string) (rune, int) {
	if len(text) < 2 {
		return 0, 0
	}
	switch c := text[1]; c {
	case '"', '\\', '/':
		return rune(c), 2
	case 'n':
		return '\n', 2
	case 'r':
		return '\r', 2
	case 't':
		return '\t', 2
	case 'b':
		return '\b', 2
	case 'f':
		return '\f', 2
	case 'u', 'x':
		digits := 4
		if c == 'x' {
			digits = 2
		}
		first, ok := hexDigits(text, 2, digits)
		if !ok {
			return 0, 0
		}
		if second, ok := hexDigits(text, 8, 4); ok && strings.HasPrefix(text[6:], `\u`) && first>>10 == 0xD800>>10 && second>>10 == 0xDC00>>10 {
			return (first-0xD800)<<10 + second - 0xDC00 + 0x10000, 12
		}
		return first, 2 + digits
	}
	return 0, 0
}

// ofURL reads the percents that make one rune. Bytes that are no UTF-8, such as the %B4 of a card's track, are none.
func ofURL(text string) (rune, int) {
	var bytes [utf8.UTFMax]byte
	for n := 0; n < len(bytes) && strings.HasPrefix(text[3*n:], "%"); n++ {
		value, ok := hexDigits(text, 3*n+1, 2)
		if !ok {
			break
		}
		bytes[n] = byte(value)
		if r, size := utf8.DecodeRune(bytes[:n+1]); r != utf8.RuneError && size == n+1 {
			return r, 3 * size
		}
	}
	return 0, 0
}

func hexDigits(text string, from, count int) (rune, bool) {
	if len(text) < from+count {
		return 0, false
	}
	value, err := strconv.ParseUint(text[from:from+count], 16, 32)
	return rune(value), err == nil
}

// alike is the ASCII form of a full-width letter or sign, and of any script's digit.
func alike(r rune) rune {
	const wide, wideEnd, shift = 0xFF01, 0xFF5E, 0xFF01 - '!'
	switch {
	case r >= wide && r <= wideEnd:
		return r - shift
	case r < utf8.RuneSelf || !unicode.Is(unicode.Nd, r):
		return r
	}
	// The digits of a script stand in a row, and ranges of such rows begin with a zero.
	for _, one := range unicode.Nd.R16 {
		if r >= rune(one.Lo) && r <= rune(one.Hi) {
			return '0' + (r-rune(one.Lo))%10
		}
	}
	for _, one := range unicode.Nd.R32 {
		if r >= rune(one.Lo) && r <= rune(one.Hi) {
			return '0' + (r-rune(one.Lo))%10
		}
	}
	return r
}

// bone returns what a byte of a text is without regard to case, separators and signs, 0 where it is one of those, and how
// many bytes to go on. By its letters and digits a value is the same with other escapes, in lines, or in another
// alphabet of Base64.
func bone(text string, i int) (byte, int) {
	c := text[i]
	if c < utf8.RuneSelf {
		return bones[c], 1
	}
	if utf8.RuneStart(c) {
		if r, size := utf8.DecodeRuneInString(text[i:]); !unicode.IsLetter(r) {
			return 0, size
		}
	}
	return c, 1
}

var bones = func() (table [utf8.RuneSelf]byte) {
	for c := range byte(utf8.RuneSelf) {
		if isLetter(c) {
			table[c] = c | 0x20
		}
		if isDigit(c) {
			table[c] = c
		}
	}
	return table
}()

// skeleton is what is left of a text without separators and without regard to case.
func skeleton(text string) string {
	var out []byte
	for i := 0; i < len(text); {
		c, size := bone(text, i)
		if c != 0 {
			out = append(out, c)
		}
		i += size
	}
	return string(out)
}
