package format

import (
	"cmp"
	"fmt"
	"io"
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// The HTTP Archive format 1.2. Times are in milliseconds; what was redacted stays so.
type (
	harEntry struct {
		StartedDateTime string      `json:"startedDateTime"`
		Time            float64     `json:"time"`
		Request         harRequest  `json:"request"`
		Response        harResponse `json:"response"`
		Cache           struct{}    `json:"cache"`
		Timings         harTimings  `json:"timings"`
		Comment         string      `json:"comment,omitempty"`
	}
	harRequest struct {
		Method      string    `json:"method"`
		URL         string    `json:"url"`
		HTTPVersion string    `json:"httpVersion"`
		Cookies     []harPair `json:"cookies"`
		Headers     []harPair `json:"headers"`
		QueryString []harPair `json:"queryString"`
		PostData    *harPost  `json:"postData,omitempty"`
		HeadersSize int       `json:"headersSize"`
		BodySize    int       `json:"bodySize"`
	}
	harResponse struct {
		Status      int        `json:"status"`
		StatusText  string     `json:"statusText"`
		HTTPVersion string     `json:"httpVersion"`
		Cookies     []harPair  `json:"cookies"`
		Headers     []harPair  `json:"headers"`
		Content     harContent `json:"content"`
		RedirectURL string     `json:"redirectURL"`
		HeadersSize int        `json:"headersSize"`
		BodySize    int        `json:"bodySize"`
	}
	harPair struct {
		Name  string `json:"name"`
		Value string `json:"value"`
	}
	harPost struct {
		MimeType string `json:"mimeType"`
		Text     string `json:"text"`
	}
	harContent struct {
		Size     int    `json:"size"`
		MimeType string `json:"mimeType"`
		Text     string `json:"text"`
	}
	harTimings struct {
		Send    float64 `json:"send"`
		Wait    float64 `json:"wait"`
		Receive float64 `json:"receive"`
	}
)

// WriteHAR writes the exchanges of a scenario, or of all whose id begins with it and a slash, as an HTTP
// Archive. An id that the run does not have is an error.
func WriteHAR(w io.Writer, r *reports.Run, id string) error {
	entries := []harEntry{}
	found := false
	for i := range r.Scenarios {
		s := &r.Scenarios[i]
		if s.ID != id && !strings.HasPrefix(s.ID, id+"/") {
			continue
		}
		found = true
		for j := range s.Exchanges {
			entries = append(entries, harOf(&s.Exchanges[j], s.ID))
		}
	}
	if !found {
		return fmt.Errorf("the run has no scenario %q", id)
	}
	archive := map[string]any{"log": map[string]any{"version": "1.2",
		"creator": map[string]string{"name": "kobcheck", "version": r.Tool.Version}, "pages": []any{}, "entries": entries}}
	return indented(w, archive)
}

func harOf(e *evidence.Exchange, scenario string) harEntry {
	one := harEntry{StartedDateTime: e.StartedAt.Format("2006-01-02T15:04:05.000Z07:00"), Time: e.DurationMS,
		Timings: harTimings{Wait: e.DurationMS}, Comment: scenario + ", " + e.Operation}
	one.Request = harRequest{Method: e.Request.Method, URL: e.Request.URL, HTTPVersion: "HTTP/1.1", Cookies: []harPair{},
		Headers: harHeaders(e.Request.Headers), QueryString: []harPair{}, HeadersSize: -1, BodySize: e.Request.BodyBytes}
	if u, err := url.Parse(e.Request.URL); err == nil {
		one.Request.QueryString = harHeaders(u.Query())
	}
	if e.Request.Body != "" {
		one.Request.PostData = &harPost{MimeType: first(e.Request.Headers, "Content-Type"), Text: e.Request.Body}
	}
	one.Response = harResponse{HTTPVersion: "HTTP/1.1", Cookies: []harPair{}, Headers: []harPair{}, HeadersSize: -1, BodySize: -1}
	if response := e.Response; response != nil {
		one.Response.Status, one.Response.StatusText = response.Status, http.StatusText(response.Status)
		one.Response.Headers, one.Response.BodySize = harHeaders(response.Headers), response.BodyBytes
		one.Response.Content = harContent{Size: response.BodyBytes, MimeType: first(response.Headers, "Content-Type"), Text: response.Body}
	}
	return one
}

func first(headers map[string][]string, name string) string { return http.Header(headers).Get(name) }

func harHeaders(headers map[string][]string) []harPair {
	pairs := []harPair{}
	for name, values := range headers {
		for _, value := range values {
			pairs = append(pairs, harPair{name, value})
		}
	}
	slices.SortFunc(pairs, func(a, b harPair) int { return cmp.Compare(a.Name+a.Value, b.Name+b.Value) })
	return pairs
}
