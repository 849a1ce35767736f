package steps

import (
	"context"
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
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
		for _, one := range codes {
			if one == code {
				return true
			}
		}
		return false
	}
}

func callIsRefused(ctx context.Context, kind string) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	if !w.expectRefused(exchange) {
		return nil
	}
	refusal := refusals[kind]
	if open := w.open(w.Session.Contract.Operation(exchange.Operation), exchange); open != nil && !refusal.accepts(exchange.Status) {
		return open // what refuses the body of which no page says enough has not looked at the rest
	}
	w.Expect(refusal.accepts(exchange.Status), evidence.Assertion{Check: "refused as " + kind, Fact: w.own(contract.RefusalStatus),
		Message:  fmt.Sprintf("%q was refused with another code", w.titleOf(exchange)),
		Expected: refusal.reads, Actual: w.answered(exchange)})
	return nil
}

// expectRefused checks that a call was not served, and by no fault of the server's own.
func (w *World) expectRefused(exchange *client.Exchange) bool {
	w.Expect(exchange.Status >= 400, evidence.Assertion{Check: "not served", Fact: w.own(contract.Refusal),
		Message:  fmt.Sprintf("%q should have been refused", w.titleOf(exchange)),
		Expected: "a refusal", Actual: w.answered(exchange)})
	if exchange.Status >= 500 {
		w.Expect(false, evidence.Assertion{Check: "no server error", Fact: w.noServerError(),
			Message: "what a caller did wrong was answered by a server error", Expected: "a client error (4xx)", Actual: w.answered(exchange)})
	}
	return exchange.Status/100 == 4
}

// noServerError is what an answer with a server error to bad input breaks: the scenario's own requirement where a
// page states it (ERR-02, ERR-05), else the standard's word for a 5xx.
func (w *World) noServerError() contract.Fact {
	if f := w.own(contract.Form); w.Session.Contract.Weigh(f).Mark == contract.Stated {
		return f
	}
	return w.fact("HARNESS-01", contract.Form)
}

func callFailsAtRunTime(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	w.Expect(exchange.Status >= 500, evidence.Assertion{Check: "fails at run time", Fact: w.fact("ERR-10", contract.RefusalStatus),
		Message: "a failure of the class Runtime was not answered as a server error", Expected: "a server error (5xx)", Actual: w.answered(exchange)})
	return nil
}

func (w *World) titleOf(exchange *client.Exchange) string {
	if operation := w.Session.Contract.Operation(exchange.Operation); operation != nil {
		return operation.Title
	}
	return exchange.Operation
}

// errorText returns the text that a person would read in an error body: message, else error, else the
// first text in it (C-23: the shape of an error is stated nowhere).
func (w *World) errorText(exchange *client.Exchange) string {
	texts := errorTexts(w.decoded(exchange))
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}

// errorTexts are the texts of an error body at any depth, those in message and error first.
func errorTexts(value any) []string {
	switch value := value.(type) {
	case string:
		return []string{value}
	case []any:
		var texts []string
		for _, item := range value {
			texts = append(texts, errorTexts(item)...)
		}
		return texts
	case map[string]any:
		var texts []string
		for _, name := range []string{"message", "error"} {
			texts = append(texts, errorTexts(value[name])...)
		}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if name != "message" && name != "error" {
				texts = append(texts, errorTexts(value[name])...)
			}
		}
		return texts
	}
	return nil
}

// says reports whether a documented message stands in one of the texts, whatever its letter case, final stop or
// prefix (ERR-08 calls the messages typical).
func says(texts []string, message string) bool {
	wanted := strings.ToLower(strings.TrimRight(message, "."))
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(strings.ToLower(text), wanted) })
}

func refusalSays(ctx context.Context, message string) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	if !w.expectRefused(exchange) && exchange.Status < 500 {
		return nil
	}
	w.Expect(says(errorTexts(w.decoded(exchange)), message), evidence.Assertion{Check: "message of the refusal", Fact: w.own(contract.Text),
		Message:  "the refusal does not say why in the documented words",
		Expected: strconv.Quote(message), Actual: w.answered(exchange)})
	return nil
}

func refusalHasText(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	body, _ := w.decoded(exchange).(map[string]any)
	w.Expect(strings.TrimSpace(w.errorText(exchange)) != "", evidence.Assertion{Check: "text of the error",
		Fact:    w.fact("ERR-11", contract.Text),
		Message: "the error body has no text for people", Expected: "a text", Actual: string(exchange.Body)})
	if body != nil {
		w.Observe("errors.envelope", "N-08", "Which members has the body of an error?", strings.Join(slices.Sorted(maps.Keys(body)), ", "))
	}
	return nil
}

func refusalTells(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	text := w.errorText(exchange)
	w.Expect(strings.TrimSpace(text) != "", evidence.Assertion{Check: "the refusal has a text", Fact: w.own(contract.Text),
		Message: "the refusal tells its reader nothing", Expected: "a text", Actual: "none"})
	return nil
}
