package client

import (
	"cmp"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/redact"
)

// Record returns the exchange in the form that may be kept and shown.
func (e *Exchange) Record() evidence.Exchange {
	recorded := evidence.Exchange{N: e.N, Operation: e.Operation, As: e.As, StartedAt: e.StartedAt.UTC(),
		DurationMS: float64(e.Duration.Microseconds()) / 1000,
		Request: evidence.Request{Method: e.sent.Method, URL: e.redactor.Text(e.sent.URL), Headers: e.redactor.Headers(e.sent.Header),
			BodyBytes: len(e.sent.Body)}}
	recorded.Request.Body = evidenceOf(e.redactor, e.sent.Body, "")
	if e.Status != 0 {
		recorded.Response = &evidence.Response{Status: e.Status, Headers: headersOf(e.redactor, e.Header),
			Body: evidenceOf(e.redactor, e.Body, e.Beyond), BodyBytes: max(len(e.Body), e.Octets), Entries: e.Listed, EntriesLeft: e.Left}
	}
	if e.Err != nil {
		recorded.Error = e.redactor.Text(e.Err.Error())
	}
	var body []byte
	if len(e.sent.Body) <= evidence.BodyBound {
		body = []byte(e.redactor.Text(string(e.sent.Body)))
	}
	recorded.Curl = recorded.Request.Curl(body, nil)
	return recorded
}

// evidenceOf makes evidence out of a body: its text up to the bound, without secrets, and a note for
// what is no text. The text is redacted before it is cut, so that no half of a secret is left at the
// end; what is looked at reaches beyond the bound by more than the longest spelling of a known one.
func evidenceOf(r *redact.Redactor, body []byte, beyond string) string {
	if len(body) == 0 {
		return ""
	}
	looked := body
	if reach := evidence.BodyBound + r.Reach() + 64; len(looked) > reach {
		looked = looked[:reach]
	}
	note := ""
	if beyond != "" {
		note = fmt.Sprintf(" … [the answer went on: it is longer than is read, %s]", beyond)
	}
	if !utf8.Valid(looked) {
		if !mostlyText(looked) {
			return fmt.Sprintf("[%d bytes of %s]%s", len(body), http.DetectContentType(body), note)
		}
		note = " … [bytes that are no UTF-8 stand as �]" + note
		looked = []byte(strings.ToValidUTF8(string(looked), "�"))
	}
	text := redact.Cut(r.Text(string(looked)), evidence.BodyBound, "")
	if len(body) > evidence.BodyBound {
		note = cmp.Or(note, fmt.Sprintf(" … [cut: the body has %d bytes]", len(body)))
	}
	return text + note
}

// headersOf makes evidence out of a head: as many of its fields, by name, as a body may have bytes, and a count of the rest.
func headersOf(r *redact.Redactor, header http.Header) map[string][]string {
	size := evidence.HeadSize(header)
	if size <= evidence.BodyBound {
		return r.Headers(header)
	}
	kept, size := http.Header{}, 0
	for _, name := range slices.Sorted(maps.Keys(header)) {
		if size += evidence.HeadSize(http.Header{name: header[name]}); size > evidence.BodyBound {
			break
		}
		kept[name] = header[name]
	}
	out := r.Headers(kept)
	out["…"] = []string{fmt.Sprintf("and %d more", len(header)-len(kept))}
	return out
}

// mostlyText tells a text with a few broken bytes, worth reading, from a picture or an archive.
func mostlyText(body []byte) bool {
	broken := 0
	for at := 0; at < len(body); {
		r, size := utf8.DecodeRune(body[at:])
		if r == utf8.RuneError && size == 1 || r < ' ' && r != '\n' && r != '\r' && r != '\t' {
			broken++
		}
		at += size
	}
	return broken*10 <= len(body)
}
