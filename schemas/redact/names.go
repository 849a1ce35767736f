package redact

import (
	_ "embed"
	"strings"
)

//go:embed names.txt
var namesText string

// names are what names.txt holds: words of each kind.
type names struct {
	kinds map[string]byte
	// begin tells the lengths, as bits, of the words that begin with a byte: a quick no.
	begin [256]uint64
}

// The kinds of words.
const (
	sensitive byte = 1 << iota
	about
	harmlessWord
)

var listed = readNames(namesText)

func readNames(text string) names {
	n := names{kinds: map[string]byte{}}
	for line := range strings.Lines(text) {
		kind := sensitive
		for i, word := range strings.Fields(line) {
			switch {
			case i > 0 || word != "#" && word != "-" && word != "+":
				n.kinds[word] |= kind
				n.begin[word[0]] |= 1 << min(len(word), 63)
			case word == "-":
				kind = about
			case word == "+":
				kind = harmlessWord
			}
			if i == 0 && word == "#" {
				break
			}
		}
	}
	return n
}

// kind is what is known of words, given without what parts them.
func (n *names) kind(words []byte) byte {
	if n.begin[words[0]]&(1<<min(len(words), 63)) == 0 {
		return 0
	}
	return n.kinds[string(words)]
}

// longestName bounds the names that are looked at; wordsAtOnce is how many words of a name make one of the list.
const (
	longestName = 48
	wordsAtOnce = 3
)

// Sensitive reports whether the value of a name is to be hidden: whether words of the list are among the words of
// the name, which are parted by separators or capitals.
func Sensitive(name string) bool {
	if len(name) < 3 || len(name) > longestName {
		return false
	}
	var small [longestName]byte
	var begins [longestName + 1]int
	n, count := 0, 0
	for i := range len(name) {
		c := name[i]
		if !isLetter(c) && !isDigit(c) {
			continue
		}
		if i == 0 || startsWord(name, i) {
			begins[count] = n
			count++
		}
		if isLetter(c) {
			c |= 0x20
		}
		small[n] = c
		n++
	}
	if count == 0 || count > 1 && listed.kind(small[begins[count-1]:n])&about != 0 {
		return false
	}
	begins[count] = n
	found := false
	for first := range count {
		for last := first + 1; last <= min(count, first+wordsAtOnce); last++ {
			kind := listed.kind(small[begins[first]:begins[last]])
			if kind&harmlessWord != 0 {
				return false
			}
			found = found || kind&sensitive != 0
		}
	}
	return found
}

// startsWord reports whether a letter or digit of a name begins a word: after a separator, or as a capital after a
// small letter or before one.
func startsWord(name string, i int) bool {
	before := name[i-1]
	switch {
	case !isLetter(before) && !isDigit(before):
		return true
	case !isCapital(name[i]):
		return false
	}
	return !isCapital(before) || i+1 < len(name) && isLetter(name[i+1]) && !isCapital(name[i+1])
}

func isCapital(c byte) bool { return c >= 'A' && c <= 'Z' }

// named finds the values of sensitive names: members of JSON (also of JSON inside a JSON string), form fields and query
// parameters, and header lines.
func named(text string) []span {
	var found []span
	colon, equals := next(text, ':', 0), next(text, '=', 0)
	for colon < len(text) || equals < len(text) {
		var one span
		i := min(colon, equals)
		if i == colon {
			one = namedByColon(text, i)
		} else {
			one = namedByEquals(text, i)
		}
		if one.to > one.from {
			if !standsForSecret(text[one.from:one.to]) {
				found = append(found, one)
			}
			i = one.to - 1
		}
		if colon <= i {
			colon = next(text, ':', i+1)
		}
		if equals <= i {
			equals = next(text, '=', i+1)
		}
	}
	return found
}

// next is where a byte stands from a place on, or the end of the text.
func next(text string, c byte, from int) int {
	if at := strings.IndexByte(text[from:], c); at >= 0 {
		return from + at
	}
	return len(text)
}

// standsForSecret recognises what the redactor itself put there.
func standsForSecret(value string) bool {
	value = strings.Trim(value, `"\ `)
	if _, rest, ok := strings.Cut(value, " "); ok && len(value)-len(rest) < 12 && strings.HasPrefix(rest, "$") {
		value = rest // as in Bearer $TOKEN
	}
	return value == redacted || value == cardSecret || Variable(value)
}

// namedByColon returns the value after a colon whose name is sensitive. An object or list is taken whole, and what
// was no string becomes one, so that JSON stays JSON.
func namedByColon(text string, colon int) span {
	end := colon
	for end > 0 && isBlank(text[end-1]) {
		end--
	}
	if end == 0 || text[end-1] != '"' {
		return headerLine(text, colon)
	}
	quote := quoteBefore(text, end)
	end -= len(quote)
	window := max(0, end-longestName-len(quote))
	begin := strings.LastIndex(text[window:end], quote)
	if begin < 0 || !Sensitive(unescapedName(text[window+begin+len(quote):end])) {
		return span{}
	}
	from := colon + 1
	for from < len(text) && (isBlank(text[from]) || text[from] == '\r' || text[from] == '\n') {
		from++
	}
	return jsonValue(text, from, quote)
}

func isBlank(c byte) bool { return c == ' ' || c == '\t' }

// quoteBefore is the quote that ends at a place, with the backslashes that it has inside of other strings.
func quoteBefore(text string, end int) string {
	from := end - 1
	for from > 0 && text[from-1] == '\\' {
		from--
	}
	return text[from:end]
}

func unescapedName(name string) string {
	if strings.ContainsAny(name, `\%`) {
		all := views(name)
		return all[len(all)-1].text
	}
	return name
}

func jsonValue(text string, from int, quote string) span {
	rest := text[from:]
	switch {
	case strings.HasPrefix(rest, quote):
		from += len(quote)
		return span{from: from, to: stringEnd(text, from, quote), put: redacted}
	case strings.HasPrefix(rest, "{"), strings.HasPrefix(rest, "["):
		return span{from: from, to: nestedEnd(text, from, quote), put: quote + redacted + quote}
	case strings.HasPrefix(rest, "null"), strings.HasPrefix(rest, "true"), strings.HasPrefix(rest, "false"):
		return span{}
	}
	to := from
	for to < len(text) && strings.IndexByte(",}] \t\r\n\\\"", text[to]) < 0 {
		to++
	}
	return span{from: from, to: to, put: quote + redacted + quote}
}

// stringEnd returns where a string ends: before its closing quote, or with a text that was cut. A quote in a string
// that is itself within strings has one backslash, three, seven …; one that does not close it has as many again.
func stringEnd(text string, from int, quote string) int {
	depth := len(quote) - 1
	for run := 0; from < len(text); from++ {
		switch text[from] {
		case '\\':
			run++
			continue
		case '"':
			if run%(2*depth+2) == depth {
				return from - depth
			}
		}
		run = 0
	}
	return len(text)
}

func nestedEnd(text string, from int, quote string) int {
	depth := 0
	for i := from; i < len(text); i++ {
		switch text[i] {
		case '{', '[':
			depth++
		case '}', ']':
			if depth--; depth == 0 {
				return i + 1
			}
		case '"':
			i = stringEnd(text, i+1, quote) + len(quote) - 1
		}
	}
	return len(text)
}

// headerLine returns the value of a line such as "Authorization: Bearer …", which an echo or a trace shows.
func headerLine(text string, colon int) span {
	begin := nameBefore(text, colon)
	name := text[begin:colon]
	if begin > 0 && text[begin-1] != '\n' && text[begin-1] != ' ' || len(name) < 6 || !Sensitive(name) ||
		!strings.ContainsRune(name, '-') && !strings.EqualFold(name, "authorization") && !strings.EqualFold(name, "cookie") {
		return span{}
	}
	from := colon + 1
	for from < len(text) && text[from] == ' ' {
		from++
	}
	return until(text, from, "\n\r\"<")
}

// namedByEquals returns the value of a form field or query parameter whose name is sensitive.
func namedByEquals(text string, equals int) span {
	if begin := nameBefore(text, equals); !Sensitive(unescapedName(text[begin:equals])) {
		return span{}
	}
	return until(text, equals+1, "& \t\r\n\"'<>;,#")
}

func until(text string, from int, ends string) span {
	to := from
	for to < len(text) && strings.IndexByte(ends, text[to]) < 0 {
		to++
	}
	return span{from: from, to: to, put: redacted}
}

func nameBefore(text string, at int) int {
	for at > 0 && (isLetter(text[at-1]) || isDigit(text[at-1]) || strings.IndexByte("_-%", text[at-1]) >= 0) {
		at--
	}
	return at
}
