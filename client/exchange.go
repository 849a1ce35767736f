package client

import (
	"net/http"
	"sort"
	"strings"
	"time"
	"unicode/utf8"
)

// Exchange is one request and what came of it, as it was on the wire. It holds secrets: checks look at
// it while the scenario runs, and only what [Exchange.Record] returns is kept.
type Exchange struct {
	// N counts the exchanges of the scenario from 1; 0 outside of a scenario.
	N         int
	Operation string
	// As names the client that called, Key is the idempotency key that was sent.
	As, Key   string
	StartedAt time.Time
	// Duration is from the start of the request to the whole answer read.
	Duration time.Duration
	// Status is 0 where no answer came; then Err says why.
	Status int
	Header http.Header
	Body   []byte
	// Truncated says that the answer was longer than the client reads.
	Truncated bool
	Err       error

	request  *http.Request
	sent     []byte
	redactor *Redactor
}

// Sent is the request of an exchange as it left.
type Sent struct {
	Method, URL string
	Header      http.Header
	Body        []byte
}

// Request returns the request as it left.
func (e *Exchange) Request() Sent {
	if e.request == nil {
		return Sent{}
	}
	return Sent{Method: e.request.Method, URL: e.request.URL.String(), Header: e.request.Header, Body: e.sent}
}

// CardNumberShown returns the masked form of the first full card number in the answer, or "".
func (e *Exchange) CardNumberShown() string {
	if number := firstCardNumber(e.Body); number != "" {
		return number
	}
	for _, values := range e.Header {
		for _, value := range values {
			if number := firstCardNumber([]byte(value)); number != "" {
				return number
			}
		}
	}
	return ""
}

// SecretShown says in words which credential of the caller the answer repeats, or "".
func (e *Exchange) SecretShown() string {
	if e.redactor == nil {
		return ""
	}
	return e.redactor.repeats(string(e.Body))
}

// Recorded is an exchange without its secrets. It never changes.
type Recorded struct {
	N          int
	Operation  string
	StartedAt  time.Time
	DurationMS float64
	Request    RecordedRequest
	// Response is nil where no answer came.
	Response *RecordedResponse
	Error    string
	// Curl repeats the request, with $TOKEN and $CLIENT_SECRET in place of secrets.
	Curl string
}

// RecordedRequest is a request without its secrets. BodyBytes is the length before any cut.
type RecordedRequest struct {
	Method, URL string
	Headers     map[string][]string
	Body        string
	BodyBytes   int
}

// RecordedResponse is an answer without secrets and full card numbers. BodyBytes is the length before any cut.
type RecordedResponse struct {
	Status    int
	Headers   map[string][]string
	Body      string
	BodyBytes int
}

// evidenceBound is how much of a body is kept: enough for a page of twenty cards, little enough for a
// report of a thousand scenarios.
const evidenceBound = 8 << 10

// Record returns the exchange in the form that may be kept and shown.
func (e *Exchange) Record() Recorded {
	sent := e.Request()
	recorded := Recorded{N: e.N, Operation: e.Operation, StartedAt: e.StartedAt.UTC(), DurationMS: float64(e.Duration.Microseconds()) / 1000,
		Request: RecordedRequest{Method: sent.Method, URL: e.redactor.Text(sent.URL), Headers: e.redactor.headers(sent.Header), BodyBytes: len(sent.Body)}}
	recorded.Request.Body = bodyText(e.redactor.bytes(sent.Body))
	if e.Status != 0 {
		recorded.Response = &RecordedResponse{Status: e.Status, Headers: e.redactor.headers(e.Header), Body: bodyText(e.redactor.bytes(e.Body)), BodyBytes: len(e.Body)}
	}
	if e.Err != nil {
		recorded.Error = e.redactor.Text(e.Err.Error())
	}
	recorded.Curl = curl(recorded.Request)
	return recorded
}

// bodyText makes evidence out of a body: text up to the bound, and a note for what is no text.
func bodyText(body []byte) string {
	if len(body) == 0 {
		return ""
	}
	cut := body
	if len(cut) > evidenceBound {
		cut = cut[:evidenceBound]
		for len(cut) > 0 && !utf8.RuneStart(body[len(cut)]) {
			cut = cut[:len(cut)-1]
		}
	}
	if !utf8.Valid(cut) {
		return "[bytes that are not text]"
	}
	if len(cut) < len(body) {
		return string(cut) + "… [cut]"
	}
	return string(cut)
}

// curl is the command line that repeats a recorded request. The token comes from $TOKEN.
func curl(r RecordedRequest) string {
	var line strings.Builder
	line.WriteString("curl -sS -i -X " + r.Method + " " + quoted(r.URL))
	names := make([]string, 0, len(r.Headers))
	for name := range r.Headers {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		if name == "User-Agent" || name == "Traceparent" || name == "X-Kobcheck-Run" {
			continue
		}
		for _, value := range r.Headers[name] {
			line.WriteString(" -H " + quoted(name+": "+value))
		}
	}
	if r.Body != "" {
		line.WriteString(" --data-raw " + quoted(r.Body))
	}
	return line.String()
}

// quoted puts a text into shell quotes; the placeholders of secrets stay variables.
func quoted(text string) string {
	safe := "'" + strings.ReplaceAll(text, "'", `'\''`) + "'"
	for _, variable := range []string{tokenPlaceholder, secretPlaceholder} {
		safe = strings.ReplaceAll(safe, variable, `'"`+variable+`"'`)
	}
	return safe
}
