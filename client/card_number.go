package client

import "strings"

// span is where a full card number stands in a text.
type span struct{ from, to int }

// nextCardNumber finds the next full card number from a place on: 13 to 19 digits, with single blanks
// or hyphens between them, that begin with an issuer digit (2 to 6) and pass the Luhn check. Ids and
// times do not match: a digit that touches a letter, a dot or a further hyphen is part of those.
func nextCardNumber(text string, from int) (span, bool) {
	for i := from; i < len(text); i++ {
		if !isDigit(text[i]) {
			continue
		}
		end, count := digitRun(text, i)
		if count >= 13 && count <= 19 && text[i] >= '2' && text[i] <= '6' && !joined(text, i, end) && luhn(text[i:end]) {
			return span{i, end}, true
		}
		i = end - 1
	}
	return span{}, false
}

// digitRun returns the end of the digits that begin at i, separators in between included, and their number.
func digitRun(text string, i int) (end, count int) {
	end = i
	for j := i; j < len(text); j++ {
		switch {
		case isDigit(text[j]):
			count++
			end = j + 1
		case (text[j] == ' ' || text[j] == '-') && j == end && j+1 < len(text) && isDigit(text[j+1]):
		default:
			return end, count
		}
	}
	return end, count
}

// joined reports whether the run is part of something longer, such as an id or a decimal.
func joined(text string, from, to int) bool {
	return from > 0 && sticky(text[from-1]) || to < len(text) && sticky(text[to])
}

func sticky(c byte) bool {
	return isDigit(c) || c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c == '.' || c == '-' || c == '_' || c == '+' || c == '*'
}

func isDigit(c byte) bool { return c >= '0' && c <= '9' }

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
	digits := strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, number)
	return digits[:6] + strings.Repeat("*", len(digits)-10) + digits[len(digits)-4:]
}

// firstCardNumber returns the masked form of the first full card number, or "".
func firstCardNumber(data []byte) string {
	text := string(data)
	found, ok := nextCardNumber(text, 0)
	if !ok {
		return ""
	}
	return masked(text[found.from:found.to])
}
