package evidence

import (
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"unicode/utf8"

	"al.essio.dev/pkg/shellescape"
)

// BodyBound is how much of a body is kept: enough for a page of twenty cards, little enough for a
// report of a thousand scenarios.
const BodyBound = 8 << 10

// ours are the headers that name the run; a repeated request is another run's.
var ours = map[string]bool{"User-Agent": true, "Traceparent": true, "X-Kobcheck-Run": true}

// The places where a variable of the shell stands for a secret: a header of a bearer token, and a field of a form.
// Such a name anywhere else is a text like any other, which the API may have made up.
var (
	bearer     = regexp.MustCompile(`^Bearer (\$TOKEN(?:_[A-Z0-9]+)*)$`)
	formSecret = regexp.MustCompile(`^\$KOBCHECK(?:_[A-Z0-9]+)*_SECRET$`)
)

// Curl is the command line for a POSIX shell that sends a request again with a body, which is that of the request
// without secrets; nil where it was cut. Secrets come from variables and go to curl's standard input, so that no list of
// processes shows them. Names are words of the request, such as ids, with the variables that stand in their place.
// Everything else is quoted, wherever the request comes from.
func (r Request) Curl(body []byte, names map[string]string) string {
	c := &curl{names: names}
	c.add("-X", r.Method)
	if r.Method == http.MethodHead {
		c.words = []string{"--head"}
	}
	c.add(r.URL)
	c.headers(r)
	note := ""
	switch {
	case r.BodyBytes == 0:
	case body == nil:
		c.add("--data-binary", "@BODY")
		note = fmt.Sprintf(" # the body of %d bytes is too long to stand here; put it into a file BODY", r.BodyBytes)
	case !printable(string(body)):
		c.octalBody(string(body))
	case isForm(r.Headers) && strings.Contains(string(body), "$KOBCHECK_"):
		c.form(string(body))
	default:
		c.add("--data-raw", string(body))
	}
	return c.before + "curl -sS -i -g --path-as-is " + strings.Join(c.words, " ") + note
}

// curl collects a command line. Before is what stands before curl itself.
type curl struct {
	before string
	words  []string
	names  map[string]string
}

func (c *curl) add(words ...string) {
	for _, word := range words {
		c.words = append(c.words, c.quoted(word))
	}
}

// quoted is a word of the shell, with variables in place of names.
func (c *curl) quoted(text string) string {
	out := ""
	for text != "" {
		at, found := len(text), ""
		for name := range c.names {
			if i := strings.Index(text, name); i >= 0 && i < at {
				at, found = i, name
			}
		}
		if at > 0 {
			out += shellescape.Quote(text[:at])
		}
		if found != "" {
			out += `"$` + c.names[found] + `"`
		}
		text = text[at+len(found):]
	}
	if out == "" {
		return "''"
	}
	return out
}

// pipe hands a secret to curl's standard input, which takes one. It reports whether it was free.
func (c *curl) pipe(text, variable string) bool {
	if c.before != "" {
		return false
	}
	c.before = "printf " + shellescape.Quote(strings.ReplaceAll(text, "%", "%%")+"%s") + ` "` + variable + `" | `
	return true
}

// headers repeats the headers, and takes back those that curl would add by itself.
func (c *curl) headers(r Request) {
	accept, media := false, false
	for _, name := range slices.Sorted(maps.Keys(r.Headers)) {
		accept = accept || strings.EqualFold(name, "Accept")
		media = media || strings.EqualFold(name, "Content-Type")
		if ours[name] {
			continue
		}
		for _, value := range r.Headers[name] {
			token := bearer.FindStringSubmatch(value)
			switch {
			case value == "":
				c.add("-H", name+";") // curl's way to send an empty one
			case token != nil && strings.EqualFold(name, "Authorization") && c.pipe(name+": Bearer ", token[1]):
				c.add("-H", "@-")
			default:
				c.add("-H", name+": "+value)
			}
		}
	}
	if !accept {
		c.add("-H", "Accept:")
	}
	if r.BodyBytes > 0 && !media {
		c.add("-H", "Content-Type:")
	}
}

func isForm(headers map[string][]string) bool {
	for name, values := range headers {
		if strings.EqualFold(name, "Content-Type") && len(values) > 0 && strings.HasPrefix(values[0], "application/x-www-form-urlencoded") {
			return true
		}
	}
	return false
}

// form leaves the encoding of the fields to curl, since a secret in a variable is not encoded yet.
func (c *curl) form(body string) {
	for field := range strings.SplitSeq(body, "&") {
		name, value, _ := strings.Cut(field, "=")
		if formSecret.MatchString(value) && c.pipe("", value) {
			c.add("--data-urlencode", name+"@-")
			continue
		}
		if plain, err := url.QueryUnescape(value); err == nil {
			value = plain
		}
		c.add("--data-urlencode", name+"="+value)
	}
}

// printable reports whether a text may stand in an argument that is shown on a terminal or by a pipeline: no control
// characters but the ends of lines, and no line that a pipeline takes for an order.
func printable(text string) bool {
	return utf8.ValidString(text) && !strings.ContainsFunc(text, func(r rune) bool { return r < ' ' && r != '\n' || r >= 0x7f && r < 0xa0 }) &&
		!strings.Contains(text, "##") && !strings.Contains(text, "\n::")
}

// octalBody spells a body for printf, which carries bytes that no argument can. It goes through a file where the
// standard input is a secret's.
func (c *curl) octalBody(text string) {
	var out strings.Builder
	for i := range len(text) {
		switch b := text[i]; {
		case b == '%':
			out.WriteString("%%")
		case b < ' ' || b > '~' || b == '\'' || b == '\\' || b == '#' || b == ':':
			fmt.Fprintf(&out, `\%03o`, b)
		default:
			out.WriteByte(b)
		}
	}
	body := "printf '" + out.String() + "'"
	if c.before == "" {
		c.before = body + " | "
		c.add("--data-binary", "@-")
		return
	}
	c.before = body + " >BODY; " + c.before
	c.add("--data-binary", "@BODY")
}
