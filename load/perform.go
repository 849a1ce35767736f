package load

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps/sentinel"
)

// Target is the API under load: the scene that prepares things on it, and what its owner hands over.
type Target struct {
	*scene.Scene
	Schemas *schemas.Set
	// BaseURL names the target in the file of the keys of earlier runs.
	BaseURL string
	// Stated is the limit that the operator states; nil where none does.
	Stated *Limit
	// Receiver takes webhook deliveries; nil where the API can't reach this machine.
	Receiver *webhook.Receiver
	// LocalHost is host and port of an API on this machine, which then signs with a key of its own; else empty.
	LocalHost string
	// Canary performs one round of functional scenarios beside the load; nil for none. CanaryEvery is the time
	// between two rounds.
	Canary      func(ctx context.Context) (CanaryRound, error)
	CanaryEvery time.Duration
	// KeyNights is the file of the keys of earlier runs; empty for none. Now is the clock for their age; nil means
	// [time.Now].
	KeyNights string
	Now       func() time.Time
	// Progress hears several times a second in one line how far a plan with arrivals has come; nil for none.
	Progress func(line string)
	// KillFile ends every plan once a file of that name is there; empty for none.
	KillFile string
	// RunID marks references, so that what a run made can be found again.
	RunID string
}

// Limit is so many requests in so long.
type Limit struct {
	Requests int
	Window   time.Duration
}

// judge turns an exchange into an outcome: what the operation documents is good, a 429 is throttled, all
// else failed.
func (t *Target) judge(operation *contract.Operation, exchange *client.Exchange, err error, checked bool) outcome {
	o := outcome{operation: operation.ID, class: failed}
	var none *client.NoAnswer
	switch {
	case errors.As(err, &none):
		o.failure = string(none.Kind)
	case err != nil:
		o.failure = err.Error()
	case exchange.Status == http.StatusTooManyRequests:
		o.class = throttled
	case exchange.Status/100 == 2:
		o.class = good
		o.findings = cheap(operation, exchange)
		if checked {
			o.checked = true
			o.findings = append(o.findings, t.check(operation, exchange)...)
		}
	default:
		o.failure = fmt.Sprintf("answered %d", exchange.Status)
	}
	return o
}

// cheap looks at the head of every good answer; its body is for the answers that are checked.
func cheap(operation *contract.Operation, exchange *client.Exchange) []evidence.Finding {
	media, _, _ := strings.Cut(exchange.Header.Get("Content-Type"), ";")
	switch {
	case len(exchange.Body) == 0 && operation.Success.Schema != "" && operation.Success.Status != 0 && operation.Success.Status != http.StatusNoContent:
		return []evidence.Finding{{Requirement: operation.Requirement, Operation: operation.ID, Message: "a success has no body"}}
	case len(exchange.Body) > 0 && !strings.EqualFold(strings.TrimSpace(media), "application/json"):
		return []evidence.Finding{{Requirement: "GEN-11", Operation: operation.ID, Message: "an answer is not labelled as JSON"}}
	}
	return nil
}

// check lets the sentinels of the suite look at an answer. What they find weighs as it does in a run.
func (t *Target) check(operation *contract.Operation, exchange *client.Exchange) []evidence.Finding {
	var out []evidence.Finding
	results, _ := sentinel.Watch(t.Schemas, operation, exchange, t.Client.Edition())
	for _, a := range results {
		if a.Holds || a.Fact.Requirement == evidence.UndocumentedFields {
			continue
		}
		if a.Pointer != "" {
			a.Message += " at " + evidence.WithoutIndexes(a.Pointer) + ": expected " + a.Expected
		}
		weight := t.Contract.Weigh(a.Fact)
		out = append(out, evidence.Finding{Requirement: a.Fact.Requirement, Mark: weight.Mark, Hazard: weight.Hazard, Operation: operation.ID,
			Check: a.Check, Pointer: evidence.WithoutIndexes(a.Pointer), Message: a.Message, Expected: a.Expected,
			Actual: t.Client.Redactor().Text(a.Actual)})
	}
	return out
}
