package redact

import (
	"math"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"github.com/google/uuid"
)

// The lengths of card numbers, and of the groups of digits in which they are written but for the last.
const (
	shortestCard = 13
	longestCard  = 19
	leastGroup   = 4
	groupsOfOne  = 5
	longestRow   = 64
)

// group is a run of digits, and the separator between it and the group before: a blank, one of - . / _ +, a quote
// between items of a list or members of an object, 0 for none.
type group struct {
	from, to int
	before   byte
}

func (g group) size() int { return g.to - g.from }

// cardNumbers finds the full card numbers of a text, given as its views: 13 to 19 digits that begin like an issuer's
// (2 to 6 and 81; of those with 2 only 22 to 27, so that times such as 20260114… are none) and pass the Luhn check,
// in one piece or in groups of four and more, parted by blanks or signs, glued to a word or with decimals.
//
// Ids, UUIDs, fractions and telephone numbers are left alone: digits among letters and other digits are part of those.
func cardNumbers(all []*view) []span { return someCardNumbers(all, math.MaxInt) }

// someCardNumbers finds so many at most. It looks at each byte a bounded number of times.
func someCardNumbers(all []*view, most int) []span {
	v := all[len(all)-1]
	text, raw := v.text, &jsonText{text: all[0].text}
	var found []span
	var groups []group
	// A number has four digits in a row, so that every fourth byte shows whether there may be one.
	for at, end := leastGroup-1, 0; at < len(text) && len(found) < most; {
		if !isDigit(text[at]) {
			at += leastGroup
			continue
		}
		from := at
		for from > end && isDigit(text[from-1]) {
			from--
		}
		groups, end = digitGroups(text, from, groups[:0])
		starts := len(groups)
		if starts == longestRow { // the last ones are looked at again with what follows them
			starts -= groupsOfOne
			end = groups[starts-1].to
		}
		for i := range starts {
			if last, ok := cardNumberFrom(text, groups, i); ok && !withinUUID(text, groups[i].from, groups[last].to) {
				found, end = append(found, spansOf(raw, v, groups[i:last+1])...), groups[last].to
				break
			}
			if mask, to := exponentForm(text, groups[i]); to > 0 && !withinUUID(text, groups[i].from, to) {
				found, end = append(found, bareNumber(raw, span{from: v.from(groups[i].from - 2), to: v.from(to), put: mask, card: mask})), to
				break
			}
		}
		at = end + leastGroup - 1
	}
	return found
}

// digitGroups returns the groups of digits that begin at a place, and where they end. What follows a group that is too
// short to be followed by another one of the same number is left for the next look, but for blanks and signs in between.
func digitGroups(text string, at int, groups []group) ([]group, int) {
	before := byte(0)
	for {
		from := at
		for at < len(text) && isDigit(text[at]) {
			at++
		}
		groups = append(groups, group{from, at, before})
		size, kind := separator(text, from, at)
		if size == 0 || len(groups) == longestRow {
			return groups, at
		}
		before = kind
		at += size
	}
}

// separator returns the length and kind of what stands between a group of digits and the next; 0 for none.
func separator(text string, from, at int) (int, byte) {
	if at == len(text) || isLetter(text[at]) {
		return 0, 0
	}
	if text[at] == '"' {
		return itemSeparator(text, from, at), '"'
	}
	end, kind := at, byte(' ')
	for range 3 {
		if end == len(text) {
			break
		}
		r, size := rune(text[end]), 1
		if r >= utf8.RuneSelf {
			r, size = utf8.DecodeRuneInString(text[end:])
		}
		switch {
		case r == ' ' || r == '\t' || r >= utf8.RuneSelf && (unicode.IsSpace(r) || unicode.Is(unicode.Cf, r)):
		case r >= utf8.RuneSelf && unicode.Is(unicode.Pd, r):
			kind = '_' // unlike a hyphen, these are in no id
		case kind == ' ' && strings.IndexByte("-./_+", byte(min(r, utf8.RuneSelf))) >= 0:
			kind = byte(r)
		case isDigit(byte(min(r, utf8.RuneSelf))) && end > at:
			return end - at, kind
		default:
			return 0, 0
		}
		end += size
	}
	if end < len(text) && end > at && isDigit(text[end]) {
		return end - at, kind
	}
	return 0, 0
}

// itemSeparator is the length of what stands between the digits of two strings that follow each other in a list, or
// in an object under names that differ in their digits alone.
func itemSeparator(text string, from, at int) int {
	if from == 0 || text[from-1] != '"' {
		return 0
	}
	blanks := func(i int) int {
		for i < len(text) && (isBlank(text[i]) || text[i] == '\n' || text[i] == '\r') {
			i++
		}
		return i
	}
	next := blanks(at + 1)
	if next == len(text) || text[next] != ',' {
		return 0
	}
	next = blanks(next + 1)
	if next+1 >= len(text) || text[next] != '"' {
		return 0
	}
	if isDigit(text[next+1]) {
		return next + 1 - at
	}
	length := strings.IndexByte(text[next+1:min(len(text), next+longestName)], '"')
	if length < 1 {
		return 0
	}
	name, value := text[next+1:next+1+length], blanks(next+length+2)
	if value == len(text) || text[value] != ':' {
		return 0
	}
	value = blanks(value + 1)
	earlier := strings.TrimRight(text[max(0, from-longestName):from-1], " \t\r\n:")
	if value+1 >= len(text) || text[value] != '"' || !isDigit(text[value+1]) || !strings.HasSuffix(earlier, `"`) ||
		strings.Trim(name, "0123456789") == name || withoutDigits(earlier[strings.LastIndexByte(earlier[:len(earlier)-1],
		'"')+1:len(earlier)-1]) != withoutDigits(name) {
		return 0
	}
	return value + 1 - at
}

func withoutDigits(text string) string {
	return strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return -1
		}
		return r
	}, text)
}

// cardNumberFrom looks for a number that begins with a group, the longest first, and returns its last group. Between
// groups that do not belong to it and its own there is no hyphen, which would make it a piece of an id, and no dot.
func cardNumberFrom(text string, groups []group, first int) (int, bool) {
	if !issued(text[groups[first].from:]) || stuckBefore(text, groups, first) {
		return 0, false
	}
	for last := first + reach(groups[first:]); last >= first; last-- {
		if holdsCard(text, groups[first:last+1]) && !stuckAfter(text, groups, last) {
			return last, true
		}
	}
	return 0, false
}

// holdsCard reports whether groups have as many digits as a card number and the right check digit, and whether their
// separators are not those of a decimal number or of things that only stand side by side.
func holdsCard(text string, groups []group) bool {
	digits := make([]byte, 0, longestCard)
	dots, items, signs := 0, 0, 0
	for _, one := range groups {
		digits = append(digits, text[one.from:one.to]...)
	}
	for _, one := range groups[1:] {
		switch one.before {
		case '.':
			dots++
		case '"':
			items++
		case '/', '_', '+':
			signs++
		}
	}
	if signs > 0 && !grouped(groups) { // folders, builds and dates of a path
		return false
	}
	if items > 0 && (items != len(groups)-1 || groups[len(groups)-1].size() < leastGroup) {
		return false
	}
	return len(digits) >= shortestCard && dots != 1 && luhn(digits)
}

// grouped reports whether groups are as a card number is printed: in fours, or 4, 6 and 5.
func grouped(groups []group) bool {
	inFours := !slices.ContainsFunc(groups[:len(groups)-1], func(one group) bool { return one.size() != 4 })
	return inFours && groups[len(groups)-1].size() <= 4 || len(groups) == 3 && groups[0].size() == 4 && groups[1].size() == 6
}

// reach returns how many groups after the first may belong to one number: 19 digits at most, and none
// of the groups before the last shorter than four, unlike dates and lists of numbers. It is -1 where
// the first alone is too long.
func reach(groups []group) int {
	digits, last := 0, -1
	for i, one := range groups {
		if digits += one.size(); digits > longestCard {
			break
		}
		last = i
		if one.size() < leastGroup {
			break
		}
	}
	return last
}

func issued(number string) bool {
	switch number[0] {
	case '3', '4', '5', '6':
		return true
	case '2':
		return len(number) > 1 && number[1] >= '2' && number[1] <= '7'
	case '8':
		return len(number) > 1 && number[1] == '1'
	}
	return false
}

// stuckBefore reports whether digits before a number, or a mask, make it a piece of something longer.
func stuckBefore(text string, groups []group, first int) bool {
	at := groups[first].from
	if first > 0 && (groups[first].before == '-' || groups[first].before == '.') {
		return true
	}
	if at == 0 || first > 0 {
		return false
	}
	word := at
	for word > 0 && isLetter(text[word-1]) {
		word--
	}
	if word < at { // glued to a word: that is all of it, unlike the letters of an id
		return word > 0 && (isDigit(text[word-1]) || text[word-1] == '-' && endsInID(text[:word-1]))
	}
	switch text[at-1] {
	case '*':
		return true
	case '+': // up to 15 digits are a telephone number
		digits := 0
		for at+digits < len(text) && isDigit(text[at+digits]) {
			digits++
		}
		return digits >= shortestCard && digits <= 15
	case '.':
		return at > 1 && isDigit(text[at-2])
	case '-':
		return endsInID(text[:at-1])
	}
	return false
}

// endsInID reports whether the letters and digits at the end of a text have a digit among them.
func endsInID(text string) bool {
	for i := len(text) - 1; i >= 0 && (isLetter(text[i]) || isDigit(text[i])); i-- {
		if isDigit(text[i]) {
			return true
		}
	}
	return false
}

// beginsID reports the same of the beginning of a text.
func beginsID(text string) bool {
	for i := 0; i < len(text) && (isLetter(text[i]) || isDigit(text[i])); i++ {
		if isDigit(text[i]) {
			return true
		}
	}
	return false
}

// stuckAfter reports the same of what follows. The digits of a fraction do not count.
func stuckAfter(text string, groups []group, last int) bool {
	at := groups[last].to
	if last+1 < len(groups) && groups[last+1].before == '-' {
		return true
	}
	word := at
	for word < len(text) && isLetter(text[word]) {
		word++
	}
	switch {
	case word < len(text) && isDigit(text[word]) && word > at:
		glue := text[at:word]
		return glue != "D" && !exponent(text[at:]) // as in a card's track, and before an exponent
	case word < len(text) && text[word] == '-' && word > at: // the rest of a UUID whose first digits have no letter
		return beginsID(text[word+1:])
	case word == at && word < len(text):
		switch text[at] {
		case '*':
			return true
		case '-':
			after := at + 1
			for after < len(text) && isLetter(text[after]) {
				after++
			}
			return after < len(text) && isDigit(text[after])
		}
	}
	return false
}

// withinUUID reports whether a part of a text touches a UUID: whatever its digits add up to, it is an id.
func withinUUID(text string, from, to int) bool {
	const size = len("8f1b7a52-93c4-4a2e-9d5e-0a6c1f2b3d4e")
	for at := max(0, from-size+1); at < to && at+size <= len(text); at++ {
		glued := at > 0 && isLetterOrDigit(text[at-1]) || at+size < len(text) && isLetterOrDigit(text[at+size])
		if !glued && uuid.Validate(text[at:at+size]) == nil {
			return true
		}
	}
	return false
}

func isLetterOrDigit(c byte) bool { return isLetter(c) || isDigit(c) }

// exponent reports whether a text begins with that of a number, unlike the rest of an id.
func exponent(text string) bool {
	end := 1
	for end < len(text) && isDigit(text[end]) {
		end++
	}
	return text[0]|0x20 == 'e' && (end == len(text) || text[end] != '-' && !isLetter(text[end]))
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// luhn is the check-digit rule of card numbers (ISO/IEC 7812-1 annex B).
func luhn(digits []byte) bool {
	sum := 0
	for i := range digits {
		d := int(digits[len(digits)-1-i] - '0')
		if i%2 == 1 {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
	}
	return sum%10 == 0
}
