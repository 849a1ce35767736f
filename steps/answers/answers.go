package steps

import (
	"context"
	"fmt"
	"strconv"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps/sentinel"
)

func answerSentences() []Definition {
	const area = "answer"
	return []Definition{
		define(area, `the call succeeds`, "The answer has the documented success status, or any 2xx where no page gives one.", callSucceeds),
		define(area, `the answer is (\d{3}) [A-Z][A-Za-z ]+`, "The answer has exactly this status.", answerIsStatus),
		define(area, `the call is refused as (not authenticated|forbidden|not found|a fault of the caller|wrong or missing data|bad credentials|forbidden or not found|a wrong method)`, "The answer is an error of that kind.", callIsRefused),
		define(area, `the call fails as a fault at run time`, "The answer is a server error (5xx), as the class Runtime says.", callFailsAtRunTime),
		define(area, `the refusal says "([^"]+)"`, "Some text of the error body is exactly this.", refusalSays),
		define(area, `the refusal has a text for people`, "The error body is JSON with a text in message or error.", refusalHasText),
		define(area, `the answer is an? ([A-Z][A-Za-z0-9]+)`, "The body has the documented shape of that schema.", answerIsA),
		define(area, `the answer is a list of ([A-Z][A-Za-z0-9]+)s`, "The body is a bare array whose items have the documented shape.", answerIsListOf),
		define(area, `the answer's "([^"]+)" is ("[^"]*"|-?\d[\d.]*|true|false|null|\{.*\}|\[.*\])`, "A member of the answer equals the JSON value given.", memberIs),
		define(area, `the answer's "([^"]+)" is the (other |foreign )?`+kinds, "A member of the answer is the id of that thing.", memberIsThing),
		define(area, `the answer's "([^"]+)" is our client id`, "A member of the answer, where it is there, is the client id of our token.", memberIsClientID),
		define(area, `the answer's "([^"]+)" is there`, "The answer has a member of that name that is not null.", memberIsThere),
		define(area, `the answer's "([^"]+)" is there, if only as null`, "The member is in the object, whatever its value.", memberAtLeastNull),
		define(area, `everything in the list has "([^"]+)"`, "The member is in each object of the list, whatever its value.", listHasMember),
		define(area, `the refusal tells its reader something`, "The refusal of this very rule has a text.", refusalTells),
		define(area, `the answer's "([^"]+)" lies in the future`, "A date-time of the answer is later than now.", memberInFuture),
		define(area, `the answer's "([^"]+)" matches the pattern (.+)`, "A member of the answer has the form described by the words of the feature.", memberMatches),
		define(area, `the answer's header "([^"]+)", where there is one, is a whole number`, "An optional header of the answer is an integer.", headerIsNumber),
		define(area, `the answer holds what was sent`, "Each field that was sent comes back with the same value.", holdsWhatWasSent),
		define(area, `the answer has these fields`, "Each field named in the table is there.", hasFields),
		define(area, `what the target does here is recorded`, "Keeps the status and text of the answer as an observation; nothing is judged.", recordAnswer),
	}
}

func callSucceeds(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	_, err = w.expectServed(w.Session.Contract.Operation(exchange.Operation), exchange)
	return err
}

func answerIsStatus(ctx context.Context, code int) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	operation := w.Session.Contract.Operation(exchange.Operation)
	a := evidence.Assertion{Check: "status " + strconv.Itoa(code), Fact: w.own(contract.RefusalStatus),
		Expected: status(code), Actual: w.answered(exchange),
		Message: fmt.Sprintf("%q was not answered as documented", operation.Title)}
	if code/100 == 2 {
		if served, err := w.expectServed(operation, exchange); !served {
			return err
		}
		a.Check, a.Fact, a.Expected, a.Actual = sentinel.SuccessStatus, w.own(contract.Status), strconv.Itoa(code), strconv.Itoa(exchange.Status)
	}
	w.Expect(exchange.Status == code, a)
	return nil
}

// answerIsA counts the shape of the answer as a check of the scenario's own. The sentinels have looked at it
// already; here it becomes part of what the scenario proves.
func answerIsA(ctx context.Context, schema string) error {
	return From(ctx).shape(schema, func(value any) ([]schemas.Violation, error) {
		if object, ok := scene.Object(value); ok {
			value = object
		}
		return From(ctx).Session.Schemas.CheckValue(schema, value)
	})
}

func answerIsListOf(ctx context.Context, schema string) error {
	return From(ctx).shape(schema, func(value any) ([]schemas.Violation, error) {
		if items, ok := scene.Items(value); ok {
			value = items
		}
		return From(ctx).Session.Schemas.CheckListValue(schema, value)
	})
}

// shape counts the shape of the latest answer. A member that is not as it should be breaks its own requirement,
// and the scenario only where that is about it.
func (w *World) shape(schema string, check func(value any) ([]schemas.Violation, error)) error {
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	operation := w.Session.Contract.Operation(exchange.Operation)
	if served, err := w.expectServed(operation, exchange); !served {
		return err
	}
	violations, err := check(w.decoded(exchange))
	if err != nil {
		return faulty("checking the answer against %s: %v", schema, err)
	}
	fact, whole := w.own(contract.Content), true
	for _, violation := range violations {
		a := sentinel.Violated(operation, w.Session.Edition, violation)
		if violation.Pointer == "" && violation.Kind != schemas.Undocumented {
			a.Fact.Requirement, whole = fact.Requirement, false
		}
		w.watched(a)
	}
	if whole {
		w.Expect(true, evidence.Assertion{Check: "the answer is a " + schema, Fact: fact})
	}
	return nil
}

func headerIsNumber(ctx context.Context, name string) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	value := exchange.Header.Get(name)
	if value == "" {
		return &scene.NotTestable{Why: "this target does not send the optional header " + name}
	}
	_, err = strconv.ParseUint(value, 10, 63)
	w.Expect(err == nil, evidence.Assertion{Check: "header " + name, Fact: w.own(contract.Head),
		Message: "the header " + name + " is no whole number", Expected: "a whole number", Actual: value})
	return nil
}

func recordAnswer(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	w.Expect(exchange.Status < 500, evidence.Assertion{Check: "no server error", Fact: w.fact("HARNESS-01", contract.Form),
		Message: "an open question was answered by a server error", Expected: "any answer but a server error", Actual: w.answered(exchange)})
	w.Observe(w.Scenario.ID, w.Scenario.Gap, "What does the target do here?", w.answered(exchange))
	return nil
}
