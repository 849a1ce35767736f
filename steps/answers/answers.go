// Package answers holds the sentences that look at the latest answer: status, shape, members, what its head says of
// its body, how a refusal reads, and what no answer may show.
package answers

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/sentinel"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps"
)

// Sentences returns the definitions of the area.
func Sentences() []steps.Definition {
	return slices.Concat(answerSentences(), contentSentences(), secretSentences())
}

func answerSentences() []steps.Definition {
	const area = "answer"
	return []steps.Definition{
		steps.Define(area, `the call succeeds`, "The answer has the documented success status, or any 2xx where no page gives one.", callSucceeds),
		steps.Define(area, `the answer is (\d{3}) [A-Z][A-Za-z ]+`, "The answer has exactly this status.", answerIsStatus),
		steps.Define(area, `the answer is an? ([A-Z][A-Za-z0-9]+)`, "The body has the documented shape of that schema.", answerIsA),
		steps.Define(area, `the answer is a list of ([A-Z][A-Za-z0-9]+)s`, "The body is a bare array whose items have the documented shape.", answerIsListOf),
		steps.Define(area, `the answer has ((?:"[^"]+", )*(?:"[^"]+" and )?"[^"]+")`, "The answer has members of these names, none of them null.", hasMembers),
		steps.Define(area, `everything in the list has ((?:"[^"]+", )*(?:"[^"]+" and )?"[^"]+")(, or none of them)?`,
			"The members are in each object of the list, whatever their values; or, where no page says so, all of them or none.", listHasMembers),
		steps.Define(area, `the answer's "([^"]+)" is ("[^"]*"|-?\d[\d.]*|true|false|null|\{.*\}|\[.*\])`, "A member of the answer equals the JSON value given.", memberIs),
		steps.Define(area, `the answer's "([^"]+)" is the (other |foreign )?`+steps.Kinds, "A member of the answer is the id of that thing.", memberIsThing),
		steps.Define(area, `the answer's "([^"]+)" is {}`, "Looks at one member of the answer.", memberForms()),
		steps.Define(area, `the answer's header "([^"]+)"(?:, where there is one,)? is {}`, "Looks at one header of the answer; one that a target "+
			"may leave out is not testable where it does.", headerForms()),
		steps.Define(area, `the answer holds what was sent`, "Each field that was sent comes back with the same value.", holdsWhatWasSent),
		steps.Define(area, `the call is refused as (not authenticated|forbidden|not found|a fault of the caller|a fault at run time|`+
			`wrong or missing data|bad credentials|forbidden or not found|a wrong method)`, "The answer is an error of that kind.", callIsRefused),
		steps.Define(area, `the refusal says "([^"]+)"`, "Some text of the error body is exactly this.", refusalSays),
		steps.Define(area, `the refusal has a text for people`, "The error body has a text in message or error, or any text.", refusalHasText),
		steps.Define(area, `what the target does here is recorded`, "Keeps the status and text of the answer as an observation; nothing is judged.", recordAnswer),
	}
}

func callSucceeds(w *steps.World, exchange *client.Exchange) error {
	_, err := w.ExpectServed(w.Session.Contract.Operation(exchange.Operation), exchange)
	return err
}

func answerIsStatus(w *steps.World, exchange *client.Exchange, code int) error {
	operation := w.Session.Contract.Operation(exchange.Operation)
	a := evidence.Assertion{Check: "status " + strconv.Itoa(code), Fact: w.Own(contract.RefusalStatus),
		Expected: steps.Status(code), Actual: w.Answered(exchange),
		Message: fmt.Sprintf("%q was not answered as documented", operation.Title)}
	if code/100 == 2 {
		if served, err := w.ExpectServed(operation, exchange); !served {
			return err
		}
		a.Check, a.Fact, a.Expected, a.Actual = sentinel.SuccessStatus, w.Own(contract.Status), strconv.Itoa(code), strconv.Itoa(exchange.Status)
	}
	w.Expect(exchange.Status == code, a)
	return nil
}

// answerIsA counts the shape of the answer as a check of the scenario's own. The sentinels have looked at it
// already; here it becomes part of what the scenario proves.
func answerIsA(w *steps.World, schema string) error {
	return shape(w, schema, func(value any) ([]schemas.Violation, error) {
		if object, ok := scene.Object(value); ok {
			value = object
		}
		return w.Session.Schemas.CheckValue(schema, value)
	})
}

func answerIsListOf(w *steps.World, schema string) error {
	return shape(w, schema, func(value any) ([]schemas.Violation, error) {
		if items, ok := scene.Items(value); ok {
			value = items
		}
		return w.Session.Schemas.CheckListValue(schema, value)
	})
}

// shape counts the shape of the latest answer. A member that is not as it should be breaks its own requirement,
// and the scenario only where that is about it.
func shape(w *steps.World, schema string, check func(value any) ([]schemas.Violation, error)) error {
	exchange, err := w.Latest()
	if err != nil {
		return err
	}
	operation := w.Session.Contract.Operation(exchange.Operation)
	if served, err := w.ExpectServed(operation, exchange); !served {
		return err
	}
	violations, err := check(w.Decoded(exchange))
	if err != nil {
		return steps.Faulty("checking the answer against %s: %v", schema, err)
	}
	fact, whole := w.Own(contract.Content), true
	for _, violation := range violations {
		a := sentinel.Violated(operation, w.Session.Edition, violation)
		if violation.Pointer == "" && violation.Kind != schemas.Undocumented {
			a.Fact.Requirement, whole = fact.Requirement, false
		}
		w.Watched(a)
	}
	if whole {
		w.Expect(true, evidence.Assertion{Check: "the answer is a " + schema, Fact: fact})
	}
	return nil
}

func recordAnswer(w *steps.World, exchange *client.Exchange) {
	w.Expect(exchange.Status < 500, evidence.Assertion{Check: "no server error", Fact: w.Fact("HARNESS-01", contract.Form),
		Message: "an open question was answered by a server error", Expected: "any answer but a server error",
		Actual: w.Answered(exchange), Kind: evidence.Unserved})
	w.Observe(w.Scenario.ID, w.Scenario.Gap, "What does the target do here?", w.Answered(exchange))
}
