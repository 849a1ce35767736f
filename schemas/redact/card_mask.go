package redact

import "strings"

// spansOf returns where a number in groups stands in the text of the beginning, and its mask. Groups in strings of
// their own are masked each by itself.
func spansOf(raw *jsonText, v *view, groups []group) []span {
	var digits strings.Builder
	for _, one := range groups {
		digits.WriteString(v.text[one.from:one.to])
	}
	mask := masked(digits.String())
	from, to, put := groups[0].from, groups[len(groups)-1].to, mask
	if len(groups) > 1 && groups[1].before == '"' {
		var out []span
		for _, one := range groups {
			out = append(out, span{from: v.from(one.from), to: v.from(one.to), put: put[:one.size()], card: mask})
			put = put[one.size():]
		}
		return out
	}
	if end, rest := track(v.text, to); end > to {
		to, put = end, put+rest
	}
	return []span{bareNumber(raw, span{from: v.from(from), to: v.from(to), put: put, card: mask})}
}

// track returns where the data of a magnetic stripe after a number ends, which hold a name, a date and a code, and what
// stands for them (ISO/IEC 7813).
func track(text string, at int) (int, string) {
	if at == len(text) {
		return at, ""
	}
	switch text[at] {
	case '^':
		const longestTrack = 80
		end := min(len(text), at+longestTrack)
		if stop := strings.IndexAny(text[at:end], "?\"\n"); stop > 0 {
			end = at + stop
		}
		return end, "^" + redacted
	case '=', 'D':
		const dateAndCode = 7
		end := at + 1
		for end < len(text) && isDigit(text[end]) {
			end++
		}
		if end-at > dateAndCode {
			return end, text[at:at+1] + redacted
		}
	}
	return at, ""
}

// exponentForm recognises a number of a card as programs print big numbers, such as 4.111111111111111e+15, whose
// digits after the point are a group. It returns the mask and where the number ends, 0 for none.
func exponentForm(text string, fraction group) (string, int) {
	from := fraction.from
	if from < 2 || text[from-1] != '.' || !isDigit(text[from-2]) || from > 2 && (isDigit(text[from-3]) || text[from-3] == '.') {
		return "", 0
	}
	at := fraction.to
	if at == len(text) || text[at]|0x20 != 'e' {
		return "", 0
	}
	at++
	if at < len(text) && text[at] == '+' {
		at++
	}
	end, exponent := at, 0
	for ; end < len(text) && end < at+2 && isDigit(text[end]); end++ {
		exponent = exponent*10 + int(text[end]-'0')
	}
	if exponent < shortestCard-1 || exponent >= longestCard || fraction.size() > exponent || end < len(text) && isDigit(text[end]) {
		return "", 0
	}
	digits := text[from-2:from-1] + text[from:fraction.to] + strings.Repeat("0", exponent-fraction.size())
	if !issued(digits) || !luhn([]byte(digits)) {
		return "", 0
	}
	return masked(digits), end
}

// bareNumber puts a mask for a number of JSON into quotes, together with its sign and its fraction, so that JSON stays
// JSON. Raw is the text of the beginning.
func bareNumber(raw *jsonText, s span) span {
	text, from, to := raw.text, s.from, s.to
	if from > 0 && text[from-1] == '-' {
		from--
	}
	for to < len(text) && strings.IndexByte(".0123456789eE+-", text[to]) >= 0 {
		to++
	}
	before, after := from, to
	for before > 0 && strings.IndexByte(" \t\r\n", text[before-1]) >= 0 {
		before--
	}
	for after < len(text) && strings.IndexByte(" \t\r\n", text[after]) >= 0 {
		after++
	}
	if before == 0 || after < len(text) && strings.IndexByte(",]}\\", text[after]) < 0 {
		return s
	}
	quote := ""
	switch text[before-1] {
	case ':':
		end := before - 1
		for end > 0 && isBlank(text[end-1]) {
			end--
		}
		if end > 0 && text[end-1] == '"' {
			quote = quoteBefore(text, end)
		}
	case '[', ',':
		if raw.betweenStrings(before) {
			quote = `"`
		}
	}
	if quote == "" {
		return s
	}
	s.put = quote + s.put + text[s.to:to] + quote
	s.from, s.to = from, to
	return s
}

// jsonText is a text that may be JSON, read as far as at; where that is within a string, the string ends at until.
type jsonText struct {
	text      string
	at, until int
}

// betweenStrings reports whether the text is JSON and a place in it lies in no string. Places are asked in order.
func (j *jsonText) betweenStrings(place int) bool {
	if begin := strings.TrimLeft(j.text, " \t\r\n"); begin == "" || begin[0] != '{' && begin[0] != '[' {
		return false
	}
	for j.at = max(j.at, j.until); j.at < place; j.at++ {
		if j.text[j.at] == '"' {
			j.until = stringEnd(j.text, j.at+1, `"`) + 1
			j.at = j.until - 1
		}
	}
	return place >= j.until
}

func masked(digits string) string {
	return digits[:6] + strings.Repeat("*", len(digits)-10) + digits[len(digits)-4:]
}
