package steps

import (
	"cmp"
	"context"
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
func (w *World) send(ctx context.Context, draft *Draft) (*client.Exchange, error) {
	request := draft.Request
	if draft.Body != nil && request.RawBody == nil && request.Body == nil {
		request.Body = draft.Body
	}
	exchange, err := w.Session.Client.Do(ctx, draft.Operation, request)
	if exchange != nil {
		w.last = exchange
		w.calls = append(w.calls, exchange)
	}
	if err != nil {
		return exchange, err
	}
	if environment := w.gateway(exchange); environment != nil {
		return exchange, environment
	}
	if draft.repeat {
		w.watchBut(draft.Operation, exchange, sentinel.SuccessStatus)
		return exchange, nil
	}
	w.watch(draft.Operation, exchange)
	return exchange, nil
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
		if _, object := w.decoded(exchange).(map[string]any); object {
			return nil
		}
		return &Environment{Why: fmt.Sprintf("a gateway answered %d to %s in place of the API", exchange.Status, exchange.Operation)}
	case http.StatusTooManyRequests:
		w.watchThose(w.Session.Contract.Operation(exchange.Operation), exchange, sentinel.OfRefusedPace)
		return &Environment{Why: fmt.Sprintf("%s was answered 429: our own pace was too high for this target; lower it with --max-rps", exchange.Operation)}
	}
	return nil
}

// needed performs a valid request for what the scenario needs, and asks of the answer a success alone. What is not
// served blocks the scenario, or shows that the target gives no means.
func (w *World) needed(ctx context.Context, draft *Draft) (exchange *client.Exchange, err error) {
	err = w.prepare(func() error {
		if exchange, err = w.send(ctx, draft); err != nil {
			return err
		}
		return w.served(draft.Operation, exchange)
	})
	return exchange, err
}

// served returns nil where a valid request got a success, else why the scenario can't go on. That the API does
// not serve a valid request is noticed once, under the operation.
func (w *World) served(operation *contract.Operation, exchange *client.Exchange) error {
	if exchange.Status/100 == 2 {
		return nil
	}
	if open := w.open(operation, exchange); open != nil {
		return open
	}
	return w.blocked(operation, exchange, "a success")
}

// blocked ends a scenario that needs what an operation does not give.
func (w *World) blocked(operation *contract.Operation, exchange *client.Exchange, lacks string) error {
	fact := contract.Fact{Requirement: operation.Requirement, Operation: operation.ID, Facet: contract.Effect, Edition: w.Session.Edition}
	w.notice(evidence.Assertion{Check: NotServed, Fact: fact, Exchange: exchange.N, Expected: lacks, Actual: w.answered(exchange),
		Message: fmt.Sprintf("%q did not serve a valid request", operation.Title)})
	return &Blocked{Operation: operation.ID, Title: operation.Title, Actual: w.answered(exchange)}
}

// NotServed is the check of what a scenario needs: that a valid request is served.
const NotServed = "a valid request is served"

// open says why a refusal of a valid request breaks nothing that is stated: who may call the operation, where it
// is and what it takes may be known from no page. Nil where the documentation says enough.
func (w *World) open(operation *contract.Operation, exchange *client.Exchange) error {
	answered := fmt.Sprintf("%q is answered %d", operation.Title, exchange.Status)
	switch code := exchange.Status; {
	case code < 400 || code >= 500:
		if code != http.StatusNotImplemented {
			return nil
		}
		fallthrough
	case code == http.StatusNotFound || code == http.StatusMethodNotAllowed:
		fact := contract.Fact{Requirement: operation.Requirement, Operation: operation.ID, Facet: contract.Path, Edition: w.Session.Edition}
		if len(operation.PathParams) == 0 && !w.Session.Client.PathGiven(operation.ID) && w.Session.Contract.Weigh(fact).Mark != contract.Stated {
			return &NotTestable{Key: "target.paths." + operation.ID, Why: answered + ", and no page states its path in this edition"}
		}
	case code == http.StatusUnauthorized || code == http.StatusForbidden:
		if operation.Restricted() {
			return &NotTestable{Key: "target.clients." + cmp.Or(exchange.As, "primary") + ".scope", Why: answered + " to this client, and no page says who may call it (N-48)"}
		}
		return nil
	}
	if operation.Body != nil && !operation.Body.Founded() && w.Session.Given.Bodies[operation.ID] == nil && exchange.Status/100 == 4 {
		return &NotTestable{Key: "fixtures.bodies." + operation.ID, Why: answered + ", and no page states the body that it takes"}
	}
	return nil
}

// expectServed checks that the call which the scenario is about was served. Whether its status is the documented
// one is for the sentinels.
func (w *World) expectServed(operation *contract.Operation, exchange *client.Exchange) (bool, error) {
	served := exchange.Status/100 == 2
	if !served {
		if open := w.open(operation, exchange); open != nil {
			return false, open
		}
	}
	w.Expect(served, evidence.Assertion{Check: "success status", Fact: w.own(contract.Effect), Exchange: exchange.N,
		Message: fmt.Sprintf("%q was not served", operation.Title), Expected: "a success", Actual: w.answered(exchange)})
	return served, nil
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
