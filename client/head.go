package client

import (
	"net/http"
	"strings"
)

// List returns the elements of a header that is a list, which may stand on one line or on several (RFC 9110 §5.3 and
// §5.6.1). A comma within quotes parts nothing.
func List(header http.Header, name string) []string {
	var elements []string
	text := strings.Join(header.Values(name), ",")
	begin, quoted := 0, false
	for i := 0; i <= len(text); i++ {
		switch {
		case i < len(text) && text[i] == '"':
			quoted = !quoted
		case i < len(text) && quoted && text[i] == '\\':
			i++
		case i >= len(text) || !quoted && text[i] == ',':
			if element := strings.Trim(text[begin:min(i, len(text))], " \t"); element != "" {
				elements = append(elements, element)
			}
			begin = i + 1
		}
	}
	if begin < len(text) { // a quote that is never closed, or a backslash at the end
		elements = append(elements, strings.Trim(text[begin:], " \t"))
	}
	return elements
}

// Pair parts an element such as max-age=60 into its name, in small letters, and its value without quotes.
func Pair(element string) (name, value string) {
	name, value, _ = strings.Cut(element, "=")
	value = strings.Trim(value, " \t")
	if inner, ok := strings.CutPrefix(value, `"`); ok {
		value = strings.NewReplacer(`\\`, `\`, `\"`, `"`).Replace(strings.TrimSuffix(inner, `"`))
	}
	return strings.ToLower(strings.Trim(name, " \t")), value
}

// Challenge is one way to authenticate that a 401 names (RFC 9110 §11.6.1): the scheme in small letters, and its
// parameters by their names in small letters.
type Challenge struct {
	Scheme     string
	Parameters map[string]string
}

// Challenges reads WWW-Authenticate: several challenges may stand on one line or on several.
func Challenges(header http.Header) []Challenge {
	var out []Challenge
	for _, element := range List(header, "WWW-Authenticate") {
		name, value := Pair(element)
		scheme, first, more := strings.Cut(name, " ")
		if more || !strings.Contains(element, "=") { // the scheme stands before its first parameter
			out = append(out, Challenge{Scheme: scheme, Parameters: map[string]string{}})
			name = strings.Trim(first, " \t")
		}
		if name != "" && value != "" && len(out) > 0 {
			out[len(out)-1].Parameters[name] = value
		}
	}
	return out
}

// BearerChallenge returns the challenge for bearer tokens (RFC 6750 §3), and false where the answer has none.
func BearerChallenge(header http.Header) (Challenge, bool) {
	for _, one := range Challenges(header) {
		if one.Scheme == "bearer" {
			return one, true
		}
	}
	return Challenge{}, false
}
