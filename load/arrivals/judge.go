package arrivals

import (
	"errors"
	"fmt"
	"net/http"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/sentinel"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/match"
)

// keptAtMost is how long an answer is that may wait to be looked at, in bytes.
const keptAtMost = 64 << 10

// Judge turns an exchange into an outcome: what the operation documents is good, a 429 is throttled, all
// else failed. A checked one is looked at closely, now or with others.
func Judge(t *kind.Target, operation *contract.Operation, exchange *client.Exchange, err error, checked bool) Outcome {
	o := Outcome{Operation: operation.ID, Class: Failed}
	var none *client.NoAnswer
	switch {
	case errors.As(err, &none):
		o.Failure = string(none.Kind)
	case err != nil:
		o.Failure = err.Error()
	case exchange.Status == http.StatusTooManyRequests:
		o.Class = Throttled
	case exchange.Status/100 == 2:
		o.Class = Good
		o.Findings = cheap(operation, exchange)
		if checked {
			o.Checked = true
			if o.Later = append(o.Later, func() []evidence.Finding { return check(t, operation, exchange) }); len(exchange.Body) > keptAtMost {
				o.Findings, o.Later = append(o.Findings, o.Later[0]()...), nil
			}
		}
	default:
		o.Failure = fmt.Sprintf("answered %d", exchange.Status)
	}
	return o
}

// cheap looks at the head of every good answer; its body is for the answers that are checked.
func cheap(operation *contract.Operation, exchange *client.Exchange) []evidence.Finding {
	expected := operation.Success
	switch {
	case len(exchange.Body) == 0 && expected.Schema != "" && expected.Status != 0 && expected.Status != http.StatusNoContent:
		return []evidence.Finding{{Requirement: operation.Requirement, Operation: operation.ID, Message: "a success has no body"}}
	case len(exchange.Body) > 0 && !match.MediaType("application/json").Holds(exchange.Header.Get("Content-Type")):
		return []evidence.Finding{{Requirement: "GEN-11", Operation: operation.ID, Message: "an answer is not labelled as JSON"}}
	}
	return nil
}

// check lets the sentinels of the suite look at an answer. What they find weighs as it does in a run.
func check(t *kind.Target, operation *contract.Operation, exchange *client.Exchange) []evidence.Finding {
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
		out = append(out, evidence.Finding{Requirement: a.Fact.Requirement, Mark: weight.Mark, Hazard: weight.Hazard,
			Operation: operation.ID,
			Check:     a.Check, Pointer: evidence.WithoutIndexes(a.Pointer), Message: a.Message, Expected: a.Expected,
			Actual: t.Client.Redactor().Text(a.Actual)})
	}
	return out
}
