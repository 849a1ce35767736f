package yamlfile

import (
	"fmt"
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"
)

// Form is what the text of a value, or of a key, has to look like.
type Form struct {
	// Pattern is for the schema, and decides where there is no Wrong.
	Pattern string
	// Words follow the value in the sentence of a fault: is no UUID.
	Words string
	// Wrong decides in place of the pattern, and says in a whole sentence what is wrong; "" means nothing.
	Wrong func(value string) string
	// OneOf are the only words that there are; the pattern is not used.
	OneOf []string
}

// wrong says what is wrong with a text, or "".
func (f Form) wrong(text string) string {
	switch {
	case f.Wrong != nil:
		return f.Wrong(text)
	case f.OneOf != nil:
		if slices.Contains(f.OneOf, text) {
			return ""
		}
		return fmt.Sprintf("%q %s", text, f.Words)
	case f.Pattern != "" && !regexp.MustCompile(f.Pattern).MatchString(text):
		return fmt.Sprintf("%q %s", text, f.Words)
	}
	return ""
}

// common are the forms that files of every kind have.
var common = map[string]Form{
	"uuid": {Pattern: `^[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}$`, Words: "is no UUID"},
	"path": {Pattern: `^/`, Words: "must begin with /"},
	"date": {Pattern: `^\d{4}-\d\d-\d\d$`, Wrong: func(text string) string {
		if _, err := time.Parse(time.DateOnly, text); err != nil {
			return fmt.Sprintf("%q is no date; write it like 2026-12-31", text)
		}
		return ""
	}},
	"moment": {Pattern: `^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d([.,]\d+)?(Z|[+-]\d\d:\d\d)$`, Wrong: func(text string) string {
		if _, err := time.Parse(time.RFC3339, text); err != nil {
			return fmt.Sprintf("%q is no time with an offset, such as 2026-01-30T01:00:00+11:00", text)
		}
		return ""
	}},
	"span": {Pattern: `^\+?(([0-9]+\.?[0-9]*|\.[0-9]+)(ns|us|µs|μs|ms|s|m|h))+$`, Wrong: func(text string) string {
		if span, err := time.ParseDuration(text); err != nil || span <= 0 {
			return fmt.Sprintf("%q is no positive duration; write it like 250ms, 1s or 1m", text)
		}
		return ""
	}},
	// The value may be a secret in the wrong place: it is not repeated.
	"variable": {Pattern: `^[A-Za-z_][A-Za-z0-9_]*$`, Wrong: func(text string) string {
		if !regexp.MustCompile(`^[A-Za-z_][A-Za-z0-9_]*$`).MatchString(text) {
			return "this is no name of an environment variable (letters, digits and _); is that the secret itself? " +
				"It belongs into the environment"
		}
		return ""
	}},
	"address": {Pattern: `^[hH][tT][tT][pP][sS]?://[^/?#@]+(/[^?#]*)?$`, Wrong: func(text string) string { return address(text, false) }},
	"endpoint": {Pattern: `^[hH][tT][tT][pP][sS]?://[^/?#@]+(/[^?#]*)?(\?[^#]*)?$`,
		Wrong: func(text string) string { return address(text, true) }},
}

// address says what is wrong with an address. One that holds credentials is not repeated.
func address(text string, query bool) string {
	u, err := url.Parse(text)
	switch {
	case strings.Contains(text, "@") && (err != nil || u.User != nil):
		return "the address holds credentials; they belong into clients"
	case err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http":
		return fmt.Sprintf("%q is no http or https address", text)
	case u.Fragment != "" || strings.Contains(text, "#"):
		return fmt.Sprintf("%q has a fragment (#), which no server ever sees; leave it out", text)
	case !query && (u.RawQuery != "" || u.ForceQuery):
		return fmt.Sprintf("%q has a query (?), and paths are put behind the address; leave it out", text)
	}
	return ""
}
