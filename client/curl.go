package client

import (
	"fmt"
	"net/http"
	"net/url"
	"regexp"
	"sort"
	"strings"
	"unicode/utf8"

	"github.com/kobcheck/kobcheck/client/redact"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// ours are the headers that name the run; a repeated request is another run's.
var ours = map[string]bool{"User-Agent": true, "Traceparent": true, "X-Kobcheck-Run": true}

// curl is the command line for a POSIX shell that sends the request again. Secrets are variables.
func curl(r *redact.Redactor, recorded evidence.Request, sent Sent) string {
	body := recorded.Body
	var line strings.Builder
	data, piped, note := "", "", ""
	switch {
	case len(sent.Body) == 0:
	case len(sent.Body) > evidenceBound:
		data = " --data-binary @BODY"
		note = fmt.Sprintf(" # the body of %d bytes is too long to stand here; put it into a file BODY", len(sent.Body))
	case !utf8.Valid(sent.Body) || strings.ContainsRune(body, 0):
		piped, data = "printf "+octal(r.Text(string(sent.Body)))+" | ", " --data-binary @-"
	case isForm(recorded.Headers) && variables.MatchString(body):
		data = formData(body)
	default:
		data = " --data-raw " + quoted(body)
	}
	line.WriteString(piped + "curl -sS -i -g --path-as-is")
	if recorded.Method == http.MethodHead {
		line.WriteString(" --head ")
	} else {
		line.WriteString(" -X " + quotedWord(recorded.Method) + " ")
	}
	line.WriteString(quoted(recorded.URL))
	line.WriteString(curlHeaders(recorded.Headers, data != ""))
	return line.String() + data + note
}

// curlHeaders repeats the headers, and takes back those that curl would add by itself.
func curlHeaders(headers map[string][]string, body bool) string {
	names := make([]string, 0, len(headers))
	accept, media := false, false
	for name := range headers {
		accept = accept || strings.EqualFold(name, "Accept")
		media = media || strings.EqualFold(name, "Content-Type")
		if !ours[name] {
			names = append(names, name)
		}
	}
	sort.Strings(names)
	var line strings.Builder
	for _, name := range names {
		for _, value := range headers[name] {
			if value == "" {
				line.WriteString(" -H " + quoted(name+";")) // curl's way to send an empty one
				continue
			}
			line.WriteString(" -H " + quoted(name+": "+value))
		}
	}
	if !accept {
		line.WriteString(" -H 'Accept:'")
	}
	if body && !media {
		line.WriteString(" -H 'Content-Type:'")
	}
	return line.String()
}

func isForm(headers map[string][]string) bool {
	for name, values := range headers {
		if strings.EqualFold(name, "Content-Type") && len(values) > 0 && strings.HasPrefix(values[0], "application/x-www-form-urlencoded") {
			return true
		}
	}
	return false
}

// formData leaves the encoding of the fields to curl, since a secret in a variable is not encoded yet.
func formData(body string) string {
	var line strings.Builder
	for field := range strings.SplitSeq(body, "&") {
		name, value, _ := strings.Cut(field, "=")
		if plain, err := url.QueryUnescape(value); err == nil {
			value = plain
		}
		line.WriteString(" --data-urlencode " + quoted(name+"="+value))
	}
	return line.String()
}

// variables are what stands for secrets: see [redact.Redactor.Add].
var variables = regexp.MustCompile(`\$(?:TOKEN|KOBCHECK)(?:_[A-Z0-9]+)*`)

// quoted puts a text into shell quotes; the variables of secrets stay variables.
func quoted(text string) string {
	var out strings.Builder
	literal := func(part string) {
		if part != "" {
			out.WriteString("'" + strings.ReplaceAll(part, "'", `'\''`) + "'")
		}
	}
	at := 0
	if strings.ContainsRune(text, '$') {
		for _, found := range variables.FindAllStringIndex(text, -1) {
			literal(text[at:found[0]])
			out.WriteString(`"` + text[found[0]:found[1]] + `"`)
			at = found[1]
		}
	}
	if at == 0 && text == "" {
		return "''"
	}
	literal(text[at:])
	return out.String()
}

// quotedWord leaves a plain word without quotes.
func quotedWord(text string) string {
	if strings.IndexFunc(text, func(r rune) bool { return r < 'A' || r > 'Z' }) < 0 && text != "" {
		return text
	}
	return quoted(text)
}

// octal spells a text for printf, which carries bytes that no argument can.
func octal(text string) string {
	var out strings.Builder
	out.WriteByte('\'')
	for i := range len(text) {
		switch b := text[i]; {
		case b == '%':
			out.WriteString("%%")
		case b < ' ' || b > '~' || b == '\'' || b == '\\':
			fmt.Fprintf(&out, `\%03o`, b)
		default:
			out.WriteByte(b)
		}
	}
	out.WriteByte('\'')
	return out.String()
}
