package client

import (
	"encoding/base64"
	"net/http"
	"strings"
)

// The words that stand in evidence for what was taken out. A curl line reads those that begin with $
// as variables of the shell.
const (
	tokenPlaceholder = "$TOKEN"
	redacted         = "[redacted]"
)

// Redactor takes secrets and card numbers out of text: by value, since a run knows its own secrets, by
// name, and card numbers by their form. It is safe for concurrent use.
type Redactor struct{ values *knownValues }

// NewRedactor returns a redactor that knows no values yet.
func NewRedactor() *Redactor { return &Redactor{values: newKnownValues()} }

// Add makes the redactor look for a value in all its spellings: as it is, in a URL, in JSON, and in
// Base64 wherever it stands in what was encoded. What is put in its place is the name of a shell
// variable such as $TOKEN, or a word in brackets. Values that are so plain that they turn up
// by chance are not looked for: less than six bytes, a number of less than twelve digits, or a word that
// servers put where a schema asks for any text.
func (r *Redactor) Add(value, placeholder string) { r.values.add(value, placeholder) }

// AddToken makes the redactor look for an access token of the primary client.
func (r *Redactor) AddToken(value string) { r.Add(value, tokenPlaceholder) }

// AddSecret makes the redactor look for a secret that is not a client's, such as a card's.
func (r *Redactor) AddSecret(value string) { r.Add(value, "[card secret]") }

// addCredentials makes the redactor look for a client's secret, also in the form of HTTP Basic.
func (r *Redactor) addCredentials(name string, credentials Credentials) {
	placeholder := "$KOBCHECK_" + variable(name) + "_SECRET"
	r.Add(credentials.Secret, placeholder)
	if !tooPlain(credentials.Secret) {
		r.values.addSpelling(base64.StdEncoding.EncodeToString([]byte(credentials.ID+":"+credentials.Secret)), redacted)
	}
}

// variable turns a name into the middle of the name of a shell variable.
func variable(name string) string {
	words := strings.FieldsFunc(strings.ToUpper(name), func(r rune) bool { return (r < 'A' || r > 'Z') && (r < '0' || r > '9') })
	return strings.Join(words, "_")
}

// Find returns in words what a text still holds of the run's secrets and of full card numbers: the last
// look at a written file.
func (r *Redactor) Find(data []byte) []string {
	var found []string
	text := string(data)
	if what := r.shown(text); what != "" {
		found = append(found, what)
	}
	if number := firstCardNumber(text); number != "" {
		found = append(found, "a full card number ("+number+")")
	}
	return found
}

// shown says in words which known value a text holds, or "".
func (r *Redactor) shown(text string) string {
	placeholder, there := r.values.first(text)
	switch {
	case !there:
		return ""
	case strings.HasPrefix(placeholder, tokenPlaceholder):
		return "an access token"
	}
	return "a secret"
}

func (r *Redactor) longest() int {
	if r == nil {
		return 0
	}
	return r.values.longestSpelling()
}

// Text returns the text without secrets and full card numbers.
func (r *Redactor) Text(text string) string {
	if r == nil || text == "" {
		return text
	}
	return maskCardNumbers(redactNamed(r.values.replace(text)))
}

// headers returns headers without secrets, in a map of its own. Names that were sent without a value
// of any kind are left out, since they never left.
func (r *Redactor) headers(header http.Header) map[string][]string {
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
var harmless = map[string]bool{"Accept": true, "Accept-Encoding": true, "Content-Type": true, "Content-Length": true, "Date": true, "Traceparent": true, "Connection": true}

func (r *Redactor) header(name, value string) string {
	switch {
	case value == "" || harmless[name] && len(value) < 40:
		return value
	case !sensitiveName(name):
		return r.Text(value)
	}
	scheme, rest := "", value
	if word, more, cut := strings.Cut(value, " "); cut && strings.HasSuffix(strings.ToLower(name), "authorization") {
		if scheme, rest = word+" ", more; rest == "" {
			return scheme
		}
	}
	if r != nil {
		if known := r.values.replace(rest); variables.FindString(known) == known {
			return scheme + known
		}
	}
	return scheme + redacted
}
