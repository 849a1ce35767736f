package steps

import (
	"context"
	"fmt"
	"net/http"
	"strconv"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
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
	step := w.step
	w.step = -1
	results, value := sentinel.Watch(w.Session.Schemas, operation, exchange, w.Session.Strict)
	w.values[exchange] = value
	for _, result := range results {
		if !wanted(result.Check) {
			continue
		}
		e := Expectation{Check: result.Check, Requirement: result.Requirement, Message: result.Message,
			Pointer: result.Pointer, Expected: result.Expected, Actual: result.Actual, Mark: result.Mark, Exchange: exchange.N}
		w.Expect(result.Held, e)
	}
	w.step = step
}

// gateway recognises the answers that a gateway gives in place of the API. A 429 is the answer of whoever
// limits, so that what HTTP asks of a 429 is looked at all the same.
func (w *World) gateway(exchange *client.Exchange) error {
	switch exchange.Status {
	case http.StatusBadGateway, http.StatusServiceUnavailable, http.StatusGatewayTimeout:
		return &Environment{Why: fmt.Sprintf("a gateway answered %d to %s in place of the API", exchange.Status, exchange.Operation)}
	case http.StatusTooManyRequests:
		w.watchThose(w.Session.Contract.Operation(exchange.Operation), exchange, sentinel.OfRefusedPace)
		return &Environment{Why: fmt.Sprintf("%s was answered 429: our own pace was too high for this target; lower it with --max-rps", exchange.Operation)}
	}
	return nil
}

// expectSuccess checks the status of an answer against the documented success of the operation.
func (w *World) expectSuccess(operation *contract.Operation, exchange *client.Exchange) bool {
	holds := operation.Success.Accepts(exchange.Status)
	expected := "any success (2xx); no page gives the code"
	if operation.Success.Status != 0 {
		expected = status(operation.Success.Status)
	}
	requirement := operation.Success.Requirements["status"]
	if requirement == "" {
		requirement = operation.Requirement
	}
	w.Expect(holds, Expectation{
		Check: "success status", Requirement: requirement, Exchange: exchange.N,
		Message:  fmt.Sprintf("%q did not succeed as documented", operation.Title),
		Expected: expected, Actual: w.answered(exchange),
	})
	return holds
}

// expectServed is [World.expectSuccess] for a call that the scenario is about: one that is not served at
// all breaks the scenario's own requirement, not only that on the status of a success.
func (w *World) expectServed(operation *contract.Operation, exchange *client.Exchange) bool {
	if exchange.Status/100 == 2 {
		return w.expectSuccess(operation, exchange)
	}
	w.Expect(false, Expectation{Check: "success status", Exchange: exchange.N, Message: fmt.Sprintf("%q was not served", operation.Title), Expected: "a success", Actual: w.answered(exchange)})
	return false
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

// latest returns the exchange that the scenario's own call got last.
func (w *World) latest() (*client.Exchange, error) {
	if w.last == nil {
		return nil, faulty("no call was made before this step")
	}
	return w.last, nil
}
