package client

import "strings"

// sensitiveNames are the names of members, form fields, query parameters and headers whose values never
// stay in evidence, in small letters and without separators.
var sensitiveNames = map[string]bool{
	"authorization": true, "proxyauthorization": true, "cookie": true, "setcookie": true, "apikey": true, "xapikey": true,
	"clientsecret": true, "secret": true, "password": true, "passwd": true, "passphrase": true, "privatekey": true,
	"token": true, "accesstoken": true, "refreshtoken": true, "idtoken": true, "sessiontoken": true, "clientassertion": true,
	"cvv": true, "cvv2": true, "cvc": true, "cvc2": true, "cvn": true, "cav2": true, "csc": true, "pin": true, "pinblock": true,
	"pan": true, "track": true, "track1": true, "track2": true, "trackdata": true, "track1data": true, "track2data": true,
}

// longestName is that of proxy-authorization with room for separators.
const longestName = 28

// sensitiveName reports whether a name is one of them, without regard to letter case, hyphens and underscores.
func sensitiveName(name string) bool {
	if len(name) < 3 || len(name) > longestName {
		return false
	}
	var plain [longestName]byte
	n := 0
	for i := range len(name) {
		c := name[i]
		switch {
		case c == '_' || c == '-':
			continue
		case c >= 'A' && c <= 'Z':
			c |= 0x20
		}
		plain[n] = c
		n++
	}
	return sensitiveNames[string(plain[:n])]
}

// redactNamed takes out the values of sensitive names: members of JSON (also of JSON inside a JSON
// string), form fields and query parameters, and header lines. A value that was replaced by the name
// of a variable before stays as it is.
func redactNamed(text string) string {
	var out strings.Builder
	kept := 0
	for i := 0; i < len(text); i++ {
		var found named
		switch text[i] {
		case ':':
			found = namedByColon(text, i)
		case '=':
			found = namedByEquals(text, i)
		default:
			continue
		}
		if found.to <= found.from {
			continue
		}
		if !standsForSecret(text[found.from:found.to]) {
			out.WriteString(text[kept:found.from])
			out.WriteString(found.quote + redacted + found.quote)
			kept = found.to
		}
		i = found.to - 1
	}
	if kept == 0 {
		return text
	}
	out.WriteString(text[kept:])
	return out.String()
}

// named is where the value of a sensitive name stands. Quote is what has to surround its replacement:
// nothing inside of a string, a quote in place of a number, so that JSON stays JSON.
type named struct {
	from, to int
	quote    string
}

// standsForSecret recognises what the redactor itself put there.
func standsForSecret(value string) bool {
	value = strings.Trim(value, `"\ `)
	if _, rest, ok := strings.Cut(value, " "); ok && len(value)-len(rest) < 12 && strings.HasPrefix(rest, "$") {
		value = rest // as in Bearer $TOKEN
	}
	return value == redacted || value == "[card secret]" || strings.HasPrefix(value, "$") && variables.FindString(value) == value
}

// namedByColon returns the value after a colon whose name is sensitive. An object or list is taken whole.
func namedByColon(text string, colon int) named {
	end := colon
	for end > 0 && (text[end-1] == ' ' || text[end-1] == '\t') {
		end--
	}
	if end == 0 || text[end-1] != '"' {
		return headerLine(text, colon)
	}
	end--
	quote := `"`
	if end > 0 && text[end-1] == '\\' {
		quote = `\"`
		end--
	}
	window := max(0, end-longestName-len(quote))
	begin := strings.LastIndex(text[window:end], quote)
	if begin < 0 || !sensitiveName(text[window+begin+len(quote):end]) {
		return named{}
	}
	from := colon + 1
	for from < len(text) && strings.IndexByte(" \t\r\n", text[from]) >= 0 {
		from++
	}
	return jsonValue(text, from, quote)
}

func jsonValue(text string, from int, quote string) named {
	rest := text[from:]
	switch {
	case strings.HasPrefix(rest, quote):
		from += len(quote)
		return named{from, stringEnd(text, from, quote), ""}
	case strings.HasPrefix(rest, "{"), strings.HasPrefix(rest, "["):
		return named{from, nestedEnd(text, from), quote}
	case strings.HasPrefix(rest, "null"), strings.HasPrefix(rest, "true"), strings.HasPrefix(rest, "false"):
		return named{}
	}
	to := from
	for to < len(text) && strings.IndexByte(",}] \t\r\n\\", text[to]) < 0 {
		to++
	}
	return named{from, to, quote}
}

// stringEnd returns where a string ends: before its closing quote, or with a text that was cut.
func stringEnd(text string, from int, quote string) int {
	for i := from; i < len(text); i++ {
		if strings.HasPrefix(text[i:], quote) {
			return i
		}
		if text[i] == '\\' {
			i++
			if quote != `"` { // a backslash inside a string inside a string is written twice
				for i < len(text) && text[i] == '\\' {
					i++
				}
			}
		}
	}
	return len(text)
}

func nestedEnd(text string, from int) int {
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
			i = stringEnd(text, i+1, `"`)
		}
	}
	return len(text)
}

// headerLine returns the value of a line such as "Authorization: Bearer …", which an echo or a trace shows.
func headerLine(text string, colon int) named {
	begin := colon
	for begin > 0 && nameByte(text[begin-1]) {
		begin--
	}
	if begin > 0 && text[begin-1] != '\n' && text[begin-1] != ' ' || !headerName(text[begin:colon]) {
		return named{}
	}
	from := colon + 1
	for from < len(text) && text[from] == ' ' {
		from++
	}
	to := from
	for to < len(text) && text[to] != '\n' && text[to] != '\r' && text[to] != '"' && text[to] != '<' {
		to++
	}
	return named{from, to, ""}
}

func headerName(name string) bool {
	return len(name) >= 6 && sensitiveName(name) && (strings.EqualFold(name, "authorization") || strings.ContainsRune(name, '-') || strings.EqualFold(name, "cookie"))
}

// namedByEquals returns the value of a form field or query parameter whose name is sensitive.
func namedByEquals(text string, equals int) named {
	begin := equals
	for begin > 0 && nameByte(text[begin-1]) {
		begin--
	}
	if !sensitiveName(text[begin:equals]) {
		return named{}
	}
	to := equals + 1
	for to < len(text) && strings.IndexByte("& \t\r\n\"'<>;,#", text[to]) < 0 {
		to++
	}
	return named{equals + 1, to, ""}
}

func nameByte(c byte) bool {
	return c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || c == '_' || c == '-'
}
