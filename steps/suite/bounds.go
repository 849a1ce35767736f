package suite

import (
	"fmt"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

// What a run keeps, whatever a target answers. A run of the whole suite on an ordinary API has less than half of it.
const (
	// mostEvidence is how many bytes the exchanges of a run may have.
	mostEvidence = 20 << 20
	// excerpt is what is kept of a body beyond that, in bytes.
	excerpt = 256
	// mostPlaces is in how many places a run lists one deviation that is met in passing.
	mostPlaces = 50
	// mostUndocumented is how many names of a kind are listed that no page of an operation has.
	mostUndocumented = 100
)

// fit keeps the exchanges whole as long as there is room for them; then an excerpt of each.
func (r *runner) fit(exchanges []evidence.Exchange) {
	for i := range exchanges {
		size := sizeOf(&exchanges[i])
		if r.kept+size > mostEvidence {
			exchanges[i] = excerptOf(exchanges[i])
			size = sizeOf(&exchanges[i])
		}
		r.kept += size
	}
}

func sizeOf(e *evidence.Exchange) int {
	size := len(e.Curl) + len(e.Error) + len(e.Request.URL) + len(e.Request.Body) + evidence.HeadSize(e.Request.Headers)
	if e.Response != nil {
		size += len(e.Response.Body) + evidence.HeadSize(e.Response.Headers)
	}
	return size
}

func excerptOf(e evidence.Exchange) evidence.Exchange {
	e.Curl, e.Request.Headers = "", map[string][]string{}
	e.Request.Body = beginningOf(e.Request.Body)
	if e.Response != nil {
		answer := *e.Response
		answer.Headers, answer.Body = map[string][]string{}, beginningOf(answer.Body)
		e.Response = &answer
	}
	return e
}

func beginningOf(body string) string {
	runes := []rune(body[:min(len(body), 4*excerpt)])
	if len(runes) <= excerpt {
		return body
	}
	return string(runes[:excerpt]) + fmt.Sprintf(" … [left out: the evidence of this run has %d MiB]", mostEvidence>>20)
}
