package evidence

import "time"

// HeadSize is how many bytes the names and values of a head have.
func HeadSize(header map[string][]string) (size int) {
	for name, values := range header {
		size += len(name)
		for _, value := range values {
			size += len(value)
		}
	}
	return size
}

// Exchange is one request and its answer, redacted when it was recorded. It never changes, and nothing in it
// leads back to what it was made of.
type Exchange struct {
	N          int       `json:"n"`
	Operation  string    `json:"operation"`
	As         string    `json:"as,omitempty"` // the client that called
	StartedAt  time.Time `json:"started_at"`   // UTC
	DurationMS float64   `json:"duration_ms"`
	Request    Request   `json:"request"`
	// Response is nil where no answer came; then Error says why.
	Response *Response `json:"response"`
	Error    string    `json:"error,omitempty"`
	// Curl repeats the request, with variables such as $TOKEN in place of secrets.
	Curl string `json:"curl"`
}

// Request is a redacted request. Body is text; BodyBytes is its full length before any cut.
type Request struct {
	Method    string              `json:"method"`
	URL       string              `json:"url"`
	Headers   map[string][]string `json:"headers"`
	Body      string              `json:"body,omitempty"`
	BodyBytes int                 `json:"body_bytes"`
}

// Response is a redacted answer. Body is text; BodyBytes is its full length before any cut.
type Response struct {
	Status    int                 `json:"status"`
	Headers   map[string][]string `json:"headers"`
	Body      string              `json:"body,omitempty"`
	BodyBytes int                 `json:"body_bytes"`
	// Entries are those of a list that was too long to be kept, and EntriesLeft how many of them were read and left out
	// of the body.
	Entries     int `json:"entries,omitempty"`
	EntriesLeft int `json:"entries_left_out,omitempty"`
}

// Observation is an answer that the target gave to a question that no page settles.
type Observation struct {
	ID       string `json:"id"` // a stable name such as cards-create.check-1.status
	Question string `json:"question"`
	Answer   string `json:"answer"`
	Scenario string `json:"scenario"`
	// Gap names the conflict or gap of the documentation (C-… or N-…).
	Gap string `json:"gap,omitempty"`
}
