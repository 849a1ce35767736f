package redact

import (
	"html"
	"sort"
	"strconv"
	"strings"
	"unicode"
	"unicode/utf8"
)

// view is a text as it reads with escapes undone. Below is what it was made of, nil for the text of the beginning, and
// stretches say which part of it came from where.
type view struct {
	text      string
	below     *view
	stretches []stretch
}

// stretch is a part of a view that begins at a place, and where it came from: byte by byte as it is, or all of it from
// the one place of an escape.
type stretch struct {
	at, from int32
	escape   bool
}

// from is where a place of the view lies in the text of the beginning.
func (v *view) from(place int) int {
	for ; v.below != nil; v = v.below {
		next := sort.Search(len(v.stretches), func(i int) bool { return int(v.stretches[i].at) > place })
		switch one := v.stretches[next-1]; {
		case one.escape:
			place = int(one.from)
		default:
			place += int(one.from - one.at)
		}
	}
	return place
}

// rounds bounds how often an escape may be escaped itself: JSON in JSON in a URL takes three.
const rounds = 5

// views are a text as it is, and with the escapes of JSON, URLs and HTML undone once, twice, … until none is left. Forms of
// digits and letters that look alike are those of ASCII from the second on.
func views(text string) []*view {
	all := []*view{{text: text}}
	for range rounds {
		next := all[len(all)-1].undone()
		if next == nil {
			break
		}
		all = append(all, next)
	}
	return all
}

// special are the bytes at which an escape or a rune outside of ASCII begins.
var special = func() (table [256]bool) {
	for c := range table {
		table[c] = c == '\\' || c == '%' || c == '&' || c >= utf8.RuneSelf
	}
	return table
}()

// undone is the view with its escapes undone once; nil where it has none.
func (v *view) undone() *view {
	var text strings.Builder
	next := &view{below: v}
	done := 0
	asItIs := func(to int) {
		next.stretches = append(next.stretches, stretch{int32(text.Len()), int32(done), false})
		text.WriteString(v.text[done:to])
	}
	for i := 0; i < len(v.text); {
		if !special[v.text[i]] {
			i++
			continue
		}
		r, size := unescaped(v.text[i:])
		if size == 0 { // no escape
			var plain rune
			plain, size = utf8.DecodeRuneInString(v.text[i:])
			if r = alike(plain); r == plain {
				i += size
				continue
			}
		}
		if text.Len() == 0 {
			text.Grow(len(v.text))
		}
		if i > done {
			asItIs(i)
		}
		next.stretches = append(next.stretches, stretch{int32(text.Len()), int32(i), true})
		text.WriteRune(r)
		i += size
		done = i
	}
	if next.stretches == nil {
		return nil
	}
	asItIs(len(v.text)) // also where that is nothing: the end lies at the end
	next.text = text.String()
	return next
}

// entities are the characters that everybody escapes in HTML.
var entities = map[string]rune{"&amp;": '&', "&lt;": '<', "&gt;": '>', "&quot;": '"', "&#34;": '"', "&#39;": '\'', "&#43;": '+'}

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
			if plain, common := entities[text[:end+1]]; common {
				return plain, end + 1
			}
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
