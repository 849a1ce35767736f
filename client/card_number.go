package client

import "strings"

// span is where a full card number stands in a text.
type span struct{ from, to int }

// group is a run of digits; groups with one blank or hyphen between them may be one number.
type group struct {
	span
	// before is the separator to the group before it, 0 for none.
	before byte
}

// nextCardNumber finds the next full card number from a place on: 13 to 19 digits that begin like an
// issuer's (2 to 6; of those with 2 only 22 to 27, so that times such as 20260114… are none) and pass
// the Luhn check, in one piece or in groups of four and more parted by single blanks or hyphens.
//
// Ids, UUIDs, decimals and telephone numbers are left alone: a digit that touches a letter, a plus or
// a further hyphen is part of those.
func nextCardNumber(text string, from int) (span, bool) {
	// A number takes 13 bytes of digits, blanks and hyphens in a row: a byte of another kind at the end of the
	// next 13 rules out every beginning before it, so that most of a text is not looked at.
	for at := from; at+shortestCard <= len(text); {
		last := at + shortestCard - 1
		if !inCardNumber(text[last]) {
			at = last + 1
			continue
		}
		begin, end := last, last+1
		for begin > at && inCardNumber(text[begin-1]) {
			begin--
		}
		for end < len(text) && inCardNumber(text[end]) {
			end++
		}
		if end-begin >= shortestCard {
			if found, ok := cardNumberBetween(text, beforeEscape(text, from, begin), end); ok {
				return found, true
			}
		}
		at = end
	}
	return span{}, false
}

// shortestCard is how many digits a card number has at least.
const shortestCard = 13

func inCardNumber(c byte) bool { return isDigit(c) || c == ' ' || c == '-' }

// beforeEscape steps back from a place so far that an escape which reaches into it is seen from its beginning.
func beforeEscape(text string, from, at int) int {
	const longest = 6
	at = max(from, at-longest)
	for at > from && text[at-1] == '\\' {
		at--
	}
	return at
}

// cardNumberBetween finds the first card number that begins between two places, one digit after the other.
func cardNumberBetween(text string, from, end int) (span, bool) {
	var groups []group
	for at := from; at < end; {
		if !isDigit(text[at]) {
			at += max(1, escapeAt(text[at:]))
			continue
		}
		groups, at = digitGroups(text, at, groups[:0])
		if at-groups[0].from < shortestCard {
			continue
		}
		if found, ok := cardNumberIn(text, groups); ok {
			return found, true
		}
	}
	return span{}, false
}

// digitGroups returns the groups of digits that begin at a place, and where they end.
func digitGroups(text string, at int, groups []group) ([]group, int) {
	before := byte(0)
	for {
		from := at
		for at < len(text) && isDigit(text[at]) {
			at++
		}
		groups = append(groups, group{span{from, at}, before})
		if at+1 >= len(text) || text[at] != ' ' && text[at] != '-' || !isDigit(text[at+1]) {
			return groups, at
		}
		before = text[at]
		at++
	}
}

// cardNumberIn looks for a number in neighbouring groups, the longest first. A number may begin and end
// inside the row only at a blank: at a hyphen it would be a piece of an id.
func cardNumberIn(text string, groups []group) (span, bool) {
	for first := range groups {
		if first > 0 && groups[first].before == '-' {
			continue
		}
		for last := first + reach(groups[first:]); last >= first; last-- {
			if last+1 < len(groups) && groups[last+1].before == '-' {
				continue
			}
			candidate := span{groups[first].from, groups[last].to}
			digits := candidate.to - candidate.from - (last - first)
			if digits >= shortestCard && issued(text[candidate.from:]) && !joined(text, candidate) && luhn(text[candidate.from:candidate.to]) {
				return candidate, true
			}
		}
	}
	return span{}, false
}

// reach returns how many groups after the first may belong to one number: 19 digits at most, and none
// of the groups before the last shorter than four, unlike dates and lists of numbers. It is -1 where
// the first alone is too long.
func reach(groups []group) int {
	digits, last := 0, -1
	for i, one := range groups {
		size := one.to - one.from
		if digits += size; digits > 19 {
			break
		}
		last = i
		if size < 4 {
			break
		}
	}
	return last
}

func issued(number string) bool {
	switch first := number[0]; first {
	case '3', '4', '5', '6':
		return true
	case '2':
		for i := 1; i < len(number); i++ {
			if isDigit(number[i]) {
				return number[i] >= '2' && number[i] <= '7'
			}
		}
	}
	return false
}

// joined reports whether a number is part of something longer, such as an id or a decimal.
func joined(text string, number span) bool {
	return stuckBefore(text, number.from) || stuckAfter(text, number.to)
}

func stuckBefore(text string, at int) bool {
	if at == 0 || endsInEscape(text[:at]) {
		return false
	}
	switch c := text[at-1]; {
	case c == '+' || c == '_' || c == '*' || isDigit(c):
		return true
	case c == '.' || c == '-':
		return at > 1 && (isDigit(text[at-2]) || isLetter(text[at-2]))
	default:
		return isLetter(c)
	}
}

// escapeAt returns the length of the escape that a text begins with, of JSON or of a URL, as in \n,
// \u0020 or %20; 0 for none. Its letters and digits belong to no number.
func escapeAt(text string) int {
	switch {
	case len(text) >= 6 && text[0] == '\\' && text[1] == 'u' && isHex(text[2:6]):
		return 6
	case len(text) >= 2 && text[0] == '\\':
		return 2
	case len(text) >= 3 && text[0] == '%' && isHex(text[1:3]):
		return 3
	}
	return 0
}

func endsInEscape(text string) bool {
	for _, length := range []int{2, 3, 6} {
		if n := len(text) - length; n >= 0 && escapeAt(text[n:]) == length {
			return true
		}
	}
	return false
}

func isHex(text string) bool {
	return strings.Trim(text, "0123456789abcdefABCDEF") == ""
}

func stuckAfter(text string, at int) bool {
	if at == len(text) {
		return false
	}
	switch c := text[at]; {
	case c == '_' || c == '*' || isDigit(c) || isLetter(c):
		return true
	case c == '.' || c == '-':
		return at+1 < len(text) && (isDigit(text[at+1]) || isLetter(text[at+1]))
	}
	return false
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

func isLetter(c byte) bool { return c|0x20 >= 'a' && c|0x20 <= 'z' }

// luhn is the check-digit rule of card numbers; separators are passed over.
func luhn(text string) bool {
	sum, double := 0, false
	for i := len(text) - 1; i >= 0; i-- {
		if !isDigit(text[i]) {
			continue
		}
		d := int(text[i] - '0')
		if double {
			if d *= 2; d > 9 {
				d -= 9
			}
		}
		sum += d
		double = !double
	}
	return sum%10 == 0
}

// maskCardNumbers leaves the first six and the last four digits of every full card number.
func maskCardNumbers(text string) string {
	found, ok := nextCardNumber(text, 0)
	if !ok {
		return text
	}
	var out strings.Builder
	at := 0
	for ok {
		out.WriteString(text[at:found.from])
		out.WriteString(masked(text[found.from:found.to]))
		at = found.to
		found, ok = nextCardNumber(text, at)
	}
	out.WriteString(text[at:])
	return out.String()
}

func masked(number string) string {
	digits := strings.NewReplacer(" ", "", "-", "").Replace(number)
	return digits[:6] + strings.Repeat("*", len(digits)-10) + digits[len(digits)-4:]
}

// firstCardNumber returns the masked form of the first full card number, or "".
func firstCardNumber(text string) string {
	found, ok := nextCardNumber(text, 0)
	if !ok {
		return ""
	}
	return masked(text[found.from:found.to])
}
