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
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/schemas"
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
	case operation.Success.Accepts(exchange.Status):
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
func cheap(operation *contract.Operation, exchange *client.Exchange) []reports.LoadFinding {
	media, _, _ := strings.Cut(exchange.Header.Get("Content-Type"), ";")
	switch {
	case len(exchange.Body) == 0 && operation.Success.Schema != "" && operation.Success.Status != 0 && operation.Success.Status != http.StatusNoContent:
		return []reports.LoadFinding{{Requirement: operation.Requirement, Operation: operation.ID, Message: "a success has no body"}}
	case len(exchange.Body) > 0 && !strings.EqualFold(strings.TrimSpace(media), "application/json"):
		return []reports.LoadFinding{{Requirement: "GEN-11", Operation: operation.ID, Message: "an answer is not labelled as JSON"}}
	}
	return nil
}

// check holds an answer against its schema and looks through it for card numbers and secrets.
func (t *Target) check(operation *contract.Operation, exchange *client.Exchange) []reports.LoadFinding {
	var out []reports.LoadFinding
	find := func(requirement, message string) {
		out = append(out, reports.LoadFinding{Requirement: requirement, Operation: operation.ID, Message: message})
	}
	if name := operation.Success.Schema; name != "" && t.Schemas.Has(name) {
		check := t.Schemas.Check
		if operation.Success.Shape == "array" {
			check = t.Schemas.CheckList
		}
		violations, err := check(name, exchange.Body)
		if err != nil {
			find(operation.Requirement, "the body could not be checked: "+err.Error())
		}
		for _, v := range violations {
			if v.Kind != schemas.Undocumented && (v.Mark == "" || v.Mark == string(contract.Stated) || v.Mark == string(contract.Standard)) {
				requirement := v.Requirement
				if requirement == "" {
					requirement = operation.Requirement
				}
				find(requirement, fmt.Sprintf("the body is not a %s as documented at %s: expected %s", v.Schema, indexFree(v.Pointer), v.Expected))
			}
		}
	}
	if operation.ID != "cards-generate-secret" {
		for _, what := range t.Client.Redactor().Find(exchange.Body) {
			requirement := "HARNESS-14"
			if strings.Contains(what, "card number") {
				requirement = "CARD-20"
			}
			find(requirement, "an answer holds "+what)
		}
	}
	return out
}

// indexFree takes places in lists out of a pointer.
func indexFree(pointer string) string {
	parts := strings.Split(pointer, "/")
	for i, part := range parts {
		if part != "" && strings.Trim(part, "0123456789") == "" {
			parts[i] = "*"
		}
	}
	return strings.Join(parts, "/")
}
