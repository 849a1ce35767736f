package answers

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/match"
	"github.com/kobcheck/kobcheck/steps"
)

// refusals gives the statuses that each kind of refusal may have, and how it reads.
var refusals = map[string]struct {
	accepts func(int) bool
	reads   string
}{
	"not authenticated":      {is(401), "401 Unauthorized"},
	"forbidden":              {is(403), "403 Forbidden"},
	"not found":              {is(404), "404 Not Found"},
	"forbidden or not found": {is(403, 404), "403 Forbidden or 404 Not Found"},
	"wrong or missing data":  {is(400), "400 Bad Request"},
	"bad credentials":        {is(400, 401), "401 Unauthorized (C-51: or 400 Bad Request, as token services have it)"},
	"a wrong method":         {is(404, 405, 501), "405 Method Not Allowed (404 and 501 say no as well)"},
	"a fault of the caller":  {func(code int) bool { return code >= 400 && code < 500 }, "a client error (4xx)"},
}

func is(codes ...int) func(int) bool {
	return func(code int) bool {
		return slices.Contains(codes, code)
	}
}

func callIsRefused(ctx context.Context, w *steps.World, exchange *client.Exchange, kind string) error {
	if kind == "a fault at run time" {
		callFailsAtRunTime(w, exchange)
		return nil
	}
	refused, err := expectRefused(ctx, w, exchange, "")
	if !refused {
		return err
	}
	refusal := refusals[kind]
	if open := w.Open(w.Session.Contract.Operation(exchange.Operation), exchange); open != nil && !refusal.accepts(exchange.Status) {
		return open // what refuses the body of which no page says enough has not looked at the rest
	}
	w.Expect(refusal.accepts(exchange.Status), evidence.Assertion{Check: "refused as " + kind,
		Fact: w.Own(contract.RefusalStatus), Message: fmt.Sprintf("%q was refused with another code", w.TitleOf(exchange)),
		Expected: refusal.reads, Actual: w.Answered(exchange)})
	return err
}

// expectRefused checks that a call was not served, by no fault of the server's own, and that it did nothing.
func expectRefused(ctx context.Context, w *steps.World, exchange *client.Exchange, says string) (bool, error) {
	w.ExpectNotServed(exchange, says)
	if exchange.Status >= 500 {
		w.Expect(false, evidence.Assertion{Check: "no server error", Fact: noServerError(w),
			Message: "what a caller did wrong was answered by a server error", Expected: "a client error (4xx)",
			Actual: w.Answered(exchange)})
	}
	return exchange.Status/100 == 4, w.ExpectNothingDone(ctx, exchange)
}

// noServerError is what an answer with a server error to bad input breaks: the scenario's own requirement where a
// page states it (ERR-02, ERR-05), else the standard's word for a 5xx.
func noServerError(w *steps.World) contract.Fact {
	if f := w.Own(contract.Form); w.Session.Contract.Weigh(f).Mark == contract.Stated {
		return f
	}
	return w.Fact("HARNESS-01", contract.Form)
}

func callFailsAtRunTime(w *steps.World, exchange *client.Exchange) {
	w.Expect(exchange.Status >= 500, evidence.Assertion{Check: "fails at run time",
		Fact:    w.Fact("ERR-10", contract.RefusalStatus),
		Message: "a failure of the class Runtime was not answered as a server error", Expected: "a server error (5xx)",
		Actual: w.Answered(exchange)})
}

func refusalSays(ctx context.Context, w *steps.World, exchange *client.Exchange, message string) error {
	refused, err := expectRefused(ctx, w, exchange, message)
	if !refused && exchange.Status < 500 {
		return err
	}
	w.Match(match.Says(message), w.Decoded(exchange), evidence.Assertion{Check: evidence.RefusalMessage,
		Fact: w.Own(contract.Text), Message: "the refusal does not say why in the documented words",
		Actual: w.Answered(exchange)})
	return err
}

func refusalHasText(w *steps.World, exchange *client.Exchange) {
	body, _ := w.Decoded(exchange).(map[string]any)
	w.Expect(strings.TrimSpace(w.ErrorText(exchange)) != "", evidence.Assertion{Check: "text of the error",
		Fact: w.Own(contract.Text), Message: "the refusal has no text for people", Expected: "a text",
		Actual: string(exchange.Body)})
	if body != nil {
		w.Observe("errors.envelope", "N-08", "Which members has the body of an error?", strings.Join(slices.Sorted(maps.Keys(body)), ", "))
	}
}
