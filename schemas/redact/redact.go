// Package redact takes secrets and card numbers out of texts, and makes texts of others fit for a terminal.
//
// Secrets go by value, since a run knows its own, in every spelling; by the names of what holds them; and card numbers
// by their form.
package redact

import (
	"cmp"
	"encoding/base64"
	"net/http"
	"regexp"
	"slices"
	"strings"
)

// The words that stand in evidence for what was taken out. Those that begin with $ are variables of the shell that
// repeats a request.
const (
	Token      = "$TOKEN"
	redacted   = "[redacted]"
	cardSecret = "[card secret]"
)

// variable is what stands for a secret: $TOKEN, $TOKEN_ADMIN, $KOBCHECK_PRIMARY_SECRET.
var variable = regexp.MustCompile(`^\$(?:TOKEN|KOBCHECK)(?:_[A-Z0-9]+)*$`)

// Variable reports whether a whole text is the name of such a variable.
func Variable(text string) bool { return strings.HasPrefix(text, "$") && variable.MatchString(text) }

// VariableName turns a name into the middle of the name of a shell variable.
func VariableName(name string) string {
	words := strings.FieldsFunc(strings.ToUpper(name), func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') })
	return strings.Join(words, "_")
}

// Redactor knows the secrets of a run. It is safe for concurrent use; a nil one leaves texts alone.
type Redactor struct{ values *knownValues }

// New returns a redactor that knows no values yet.
func New() *Redactor { return &Redactor{values: newKnownValues()} }

// Add makes the redactor look for a value in all its spellings: with any escapes of JSON, URLs and HTML, without
// regard to case and separators, in hexadecimal, and in Base64 wherever it stands in what was encoded. What is put in
// its place is the name of a shell variable such as $TOKEN, or a word in brackets. A value that [Weak] tells of is
// not looked for.
func (r *Redactor) Add(value, placeholder string) { r.values.add(value, placeholder) }

// AddSecret makes the redactor look for a secret that is not a client's, such as a card's.
func (r *Redactor) AddSecret(value string) { r.Add(value, cardSecret) }

// AddCredentials makes the redactor look for the secret of the named client, also in the form of HTTP Basic.
func (r *Redactor) AddCredentials(name, id, secret string) {
	r.Add(secret, "$KOBCHECK_"+VariableName(name)+"_SECRET")
	if Weak(secret) == "" {
		r.values.addForm(base64.StdEncoding.EncodeToString([]byte(id+":"+secret)), redacted)
	}
}

// span is a part of a text and what to put in its place.
type span struct {
	from, to int
	put      string
	// card is the mask of the card number that the part is of; empty where it is something else.
	card string
}

// Text returns the text without secrets and full card numbers.
func (r *Redactor) Text(text string) string {
	if r == nil || text == "" {
		return text
	}
	all := views(text)
	found := r.values.find(all)
	for _, one := range named(text) {
		if !slices.ContainsFunc(found, func(value span) bool { return value.to == one.to && scheme(text[one.from:max(one.from, value.from)]) }) {
			found = append(found, one)
		}
	}
	return replaced(text, append(found, cardNumbers(all)...))
}

// scheme reports whether a text is nothing, or the word before a token as in "Bearer …".
func scheme(text string) bool {
	return text == "" || len(text) < 12 && strings.IndexByte(text, ' ') == len(text)-1
}

// Mask returns a written text without the known values and full card numbers in it, and says in words what there was
// to mask: the last look at a report. Names are not looked at.
func (r *Redactor) Mask(data []byte) ([]byte, []string) {
	var found []span
	beside := max(leastBeside, mostWriting*r.Reach())
	for from := 0; from < len(data); from += window {
		found = append(found, within(r, data, from, beside)...)
	}
	var said []string
	for _, one := range found {
		if what := one.words(); !slices.Contains(said, what) {
			said = append(said, what)
		}
	}
	if said == nil {
		return data, nil
	}
	return []byte(replaced(string(data), found)), said
}

// A written text is looked at through windows, since a look needs many times the bytes that it is at; what stands beside
// a window is seen too, so that nothing is cut: at least so many bytes, and a known value in its longest writing.
const (
	window      = 256 << 10
	leastBeside = 4 << 10
	mostWriting = 16
)

// within returns the parts to mask that begin in the window at a place.
func within[text ~string | ~[]byte](r *Redactor, data text, from, beside int) []span {
	start, to := max(0, from-beside), min(from+window, len(data))
	all := views(string(data[start:min(to+beside, len(data))]))
	found := cardNumbers(all)
	if r != nil {
		found = append(r.values.find(all), found...)
	}
	found = slices.DeleteFunc(found, func(s span) bool { return s.from+start < from || s.from+start >= to })
	for i := range found {
		found[i].from, found[i].to = found[i].from+start, found[i].to+start
	}
	return found
}

// Find says in words what a text still holds of secrets and full card numbers.
func (r *Redactor) Find(data []byte) []string {
	_, said := r.Mask(data)
	return said
}

// Shown says in words which known value a text holds, or "".
func (r *Redactor) Shown(text string) string {
	if r == nil {
		return ""
	}
	for from := 0; from < len(text); from += window {
		piece := text[max(0, from-max(leastBeside, mostWriting*r.Reach())):min(from+window, len(text))]
		if found := r.values.find(views(piece)); len(found) > 0 {
			return found[0].words()
		}
	}
	return ""
}

func (s span) words() string {
	switch {
	case s.card != "":
		return "a full card number (" + s.card + ")"
	case strings.HasPrefix(s.put, Token):
		return "an access token"
	}
	return "a secret"
}

// CardNumber returns the masked form of the first full card number in a text, or "".
func CardNumber(text string) string {
	if len(text) <= window {
		if found := someCardNumbers(views(text), 1); len(found) > 0 {
			return found[0].card
		}
		return ""
	}
	for from := 0; from < len(text); from += window {
		if found := within(nil, text, from, leastBeside); len(found) > 0 {
			return found[0].card
		}
	}
	return ""
}

// CardNumbers returns a text without full card numbers, each with its first six and last four digits.
func CardNumbers(text string) string { return replaced(text, cardNumbers(views(text))) }

// Reach is how many bytes a known value may take as it is.
func (r *Redactor) Reach() int {
	if r == nil {
		return 0
	}
	return r.values.longest()
}

// replaced puts the replacements in place. Of parts that overlap, the longest decides for all.
func replaced(text string, found []span) string {
	if len(found) == 0 {
		return text
	}
	slices.SortStableFunc(found, func(a, b span) int { return cmp.Or(cmp.Compare(a.from, b.from), cmp.Compare(b.to, a.to)) })
	var out strings.Builder
	at := 0
	for i := 0; i < len(found); {
		whole := found[i]
		longest := whole.to - whole.from
		for i++; i < len(found) && found[i].from < whole.to; i++ {
			if size := found[i].to - found[i].from; size > longest {
				longest, whole.put = size, found[i].put
			}
			whole.to = max(whole.to, found[i].to)
		}
		out.WriteString(text[at:whole.from])
		out.WriteString(whole.put)
		at = whole.to
	}
	out.WriteString(text[at:])
	return out.String()
}

// Headers returns headers without secrets, in a map of its own. Names that were sent without a value of any kind are
// left out, since they never left.
func (r *Redactor) Headers(header http.Header) map[string][]string {
	out := make(map[string][]string, len(header))
	for name, values := range header {
		if len(values) == 0 {
			continue
		}
		kept := make([]string, len(values))
		for i, value := range values {
			kept[i] = r.header(name, value)
		}
		out[name] = kept
	}
	return out
}

// harmless are headers that hold nothing to hide; a quick way past the look at each.
var harmless = map[string]bool{
	"Accept": true, "Accept-Encoding": true, "Content-Type": true, "Content-Length": true, "Date": true,
	"Traceparent": true, "Connection": true,
}

func (r *Redactor) header(name, value string) string {
	switch {
	case value == "" || harmless[name] && len(value) < 40:
		return value
	case !Sensitive(name):
		return r.Text(value)
	}
	first, rest := "", value
	if word, more, cut := strings.Cut(value, " "); cut && strings.HasSuffix(strings.ToLower(name), "authorization") {
		if first, rest = word+" ", more; rest == "" {
			return first
		}
	}
	if r != nil {
		for _, one := range r.values.find([]*view{{text: rest}}) {
			if one.from == 0 && one.to == len(rest) && Variable(one.put) {
				return first + one.put
			}
		}
	}
	return first + redacted
}
