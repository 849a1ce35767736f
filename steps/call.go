package steps

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps/sentinel"
)

// send performs the draft and lets the sentinels look at the answer.
func (w *World) send(ctx context.Context, draft *scene.Draft) (*client.Exchange, error) {
	return w.sendBut(ctx, draft, "")
}

// sendBut leaves one of the sentinels out, by the name of its check.
func (w *World) sendBut(ctx context.Context, draft *scene.Draft, but string) (*client.Exchange, error) {
	exchange, err := w.Session.Client.Do(ctx, draft.Operation, draft.Ready())
	if err == nil {
		return exchange, w.judge(draft.Operation, exchange, but)
	}
	if exchange != nil {
		w.last = exchange
		w.calls = append(w.calls, exchange)
	}
	return exchange, err
}

// judge looks at an answer of the scenario's own call, but with one of the sentinels.
func (w *World) judge(operation *contract.Operation, exchange *client.Exchange, but string) error {
	w.last = exchange
	w.calls = append(w.calls, exchange)
	if environment := w.gateway(exchange); environment != nil {
		return environment
	}
	w.watchBut(operation, exchange, but)
	return nil
}

// hear looks at an answer to what prepares the scenario: what deviates there is noticed in passing.
func (w *World) hear(operation *contract.Operation, exchange *client.Exchange) error {
	return w.prepare(func() error { return w.judge(operation, exchange, "") })
}

// watch runs the sentinels over an exchange and keeps what they find.
func (w *World) watch(operation *contract.Operation, exchange *client.Exchange) {
	w.watchThose(operation, exchange, func(string) bool { return true })
}

// watchBut leaves one of the sentinels out, by the name of its check.
func (w *World) watchBut(operation *contract.Operation, exchange *client.Exchange, but string) {
	w.watchThose(operation, exchange, func(check string) bool { return check != but })
}

// watchThose keeps what the sentinels whose checks are wanted find.
func (w *World) watchThose(operation *contract.Operation, exchange *client.Exchange, wanted func(check string) bool) {
	results, value := sentinel.Watch(w.Session.Schemas, operation, exchange, w.Session.Edition)
	w.values[exchange] = value
	for _, result := range results {
		if wanted(result.Check) {
			w.watched(result)
		}
	}
}

// gateway recognises the answers that a gateway gives in place of the API: of a 502, 503 or 504 all but the
// API's own form of an error. A 429 is the answer of whoever limits, so that what HTTP asks of a 429 is looked
// at all the same.
func (w *World) gateway(exchange *client.Exchange) error {
	switch exchange.Status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		if w.decoded(exchange) != nil {
			return nil
		}
		return &Environment{Why: fmt.Sprintf("a gateway answered %d to %s in place of the API", exchange.Status, exchange.Operation)}
	case http.StatusTooManyRequests:
		w.watchThose(w.Session.Contract.Operation(exchange.Operation), exchange, sentinel.OfRefusedPace)
		return &Environment{Why: fmt.Sprintf("%s was answered 429: our own pace was too high for this target; lower it with --max-rps", exchange.Operation)}
	}
	return nil
}

// served returns nil where a valid request got a success, else why the scenario can't go on.
func (w *World) served(operation *contract.Operation, exchange *client.Exchange) error {
	if exchange.Status/100 == 2 {
		return nil
	}
	if open := w.open(operation, exchange); open != nil {
		return open
	}
	return blocked(operation, exchange, fmt.Sprintf("answered %d to a valid request", exchange.Status))
}

// blocked ends a scenario that needs what an operation does not give.
func blocked(operation *contract.Operation, exchange *client.Exchange, why string) error {
	return &scene.Blocked{Operation: operation.ID, Title: operation.Title, Requirement: operation.Requirement,
		Status: exchange.Status, Exchange: exchange, Why: why}
}

// noticeBlocked notices, where that ends a step, that the API does not serve what the scenario needs. It is counted
// once, under the operation.
func (w *World) noticeBlocked(err error) {
	var blocked *scene.Blocked
	if !errors.As(err, &blocked) {
		return
	}
	lacks := "a success"
	if blocked.Status/100 == 2 {
		lacks = "a success with what is asked of it"
	}
	operation := w.Session.Contract.Operation(blocked.Operation)
	w.notice(evidence.Assertion{Check: evidence.NotServed, Exchange: blocked.Exchange.N, Expected: lacks, Actual: w.answered(blocked.Exchange),
		Fact:    contract.Fact{Requirement: operation.Requirement, Operation: operation.ID, Facet: contract.Effect, Edition: w.Session.Edition},
		Message: fmt.Sprintf("%q did not serve a valid request", operation.Title)})
}

// open says why a refusal of a valid request breaks nothing that is stated; nil where the documentation says enough.
func (w *World) open(operation *contract.Operation, exchange *client.Exchange) *scene.NotTestable {
	draft := w.draft
	if draft == nil || draft.Operation != operation {
		draft = &scene.Draft{Operation: operation}
	}
	return w.scene.Open(draft, exchange)
}

// expectServed checks that the call which the scenario is about was served. Whether its status is the documented
// one is for the sentinels.
func (w *World) expectServed(operation *contract.Operation, exchange *client.Exchange) (bool, error) {
	served, lacks := exchange.Status/100 == 2, ""
	if served && exchange.Request().Method == operation.Method {
		lacks = scene.Lacking(operation, w.decoded(exchange))
	}
	if !served {
		if open := w.open(operation, exchange); open != nil {
			return false, open
		}
	}
	a := evidence.Assertion{Check: "success status", Fact: w.own(contract.Effect), Exchange: exchange.N,
		Message: fmt.Sprintf("%q was not served", operation.Title), Expected: "a success", Actual: w.answered(exchange)}
	if lacks != "" {
		a.Check, a.Expected, a.Actual = "a usable success", "a success with "+lacks, w.answered(exchange)+" without "+lacks
	}
	w.Expect(served && lacks == "", a)
	return served && lacks == "", nil
}

// answered describes an answer for a finding: its status, and the text of an error.
func (w *World) answered(exchange *client.Exchange) string {
	text := status(exchange.Status)
	if exchange.Status >= 400 {
		if message := w.errorText(exchange); message != "" {
			text += ": " + message
		}
	}
	return text
}

func status(code int) string {
	if name := http.StatusText(code); name != "" {
		return strconv.Itoa(code) + " " + name
	}
	return strconv.Itoa(code)
}

// decoded returns the JSON value of an answer, or nil where it is not JSON; the sentinels say why.
func (w *World) decoded(exchange *client.Exchange) any {
	if value, known := w.values[exchange]; known {
		return value
	}
	value, err := schemas.Decode(exchange.Body)
	if err != nil {
		return nil
	}
	return value
}

// body returns the object of an answer, whatever wraps it; nil where there is none.
func (w *World) body(exchange *client.Exchange) map[string]any {
	object, _ := scene.Object(w.decoded(exchange))
	return object
}

// latest returns the exchange that the scenario's own call got last.
func (w *World) latest() (*client.Exchange, error) {
	if w.last == nil {
		return nil, faulty("no call was made before this step")
	}
	return w.last, nil
}
