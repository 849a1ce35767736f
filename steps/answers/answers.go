// Package answers holds the sentences that look at the latest answer: status, shape, members, what its head says of
// its body, how a refusal reads, and what no answer may show.
package answers

import (
	"fmt"
	"slices"
	"strconv"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/schemas/match"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/sentinel"
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
		steps.Define(area, `the call is refused as (not authenticated|forbidden|not found|a fault of the caller|wrong or missing data|bad credentials|forbidden or not found|a wrong method)`, "The answer is an error of that kind.", callIsRefused),
		steps.Define(area, `the call fails as a fault at run time`, "The answer is a server error (5xx), as the class Runtime says.", callFailsAtRunTime),
		steps.Define(area, `the refusal says "([^"]+)"`, "Some text of the error body is exactly this.", refusalSays),
		steps.Define(area, `the refusal has a text for people`, "The error body is JSON with a text in message or error.", refusalHasText),
		steps.Define(area, `the answer is an? ([A-Z][A-Za-z0-9]+)`, "The body has the documented shape of that schema.", answerIsA),
		steps.Define(area, `the answer is a list of ([A-Z][A-Za-z0-9]+)s`, "The body is a bare array whose items have the documented shape.", answerIsListOf),
		steps.Define(area, `the answer's "([^"]+)" is ("[^"]*"|-?\d[\d.]*|true|false|null|\{.*\}|\[.*\])`, "A member of the answer equals the JSON value given.", memberIs),
		steps.Define(area, `the answer's "([^"]+)" is the (other |foreign )?`+steps.Kinds, "A member of the answer is the id of that thing.", memberIsThing),
		steps.Define(area, `the answer's "([^"]+)" is our client id`, "A member of the answer, where it is there, is the client id of our token.", memberIsClientID),
		steps.Define(area, `the answer's "([^"]+)" is there`, "The answer has a member of that name that is not null.", member(match.Something())),
		steps.Define(area, `everything in the list has "([^"]+)"`, "The member is in each object of the list, whatever its value.", listHasMember),
		steps.Define(area, `the refusal tells its reader something`, "The refusal of this very rule has a text.", refusalTells),
		steps.Define(area, `the answer's "([^"]+)" lies in the future`, "A date-time of the answer is later than now.", memberInFuture),
		steps.Define(area, `the answer's "([^"]+)" matches the pattern (.+)`, "A member of the answer has the form described by the words of the feature.", memberMatches),
		steps.Define(area, `the answer's header "([^"]+)", where there is one, is a whole number`, "An optional header of the answer is an integer.", headerIsNumber),
		steps.Define(area, `the answer holds what was sent`, "Each field that was sent comes back with the same value.", holdsWhatWasSent),
		steps.Define(area, `the answer has these fields`, "Each field named in the table is there.", hasFields),
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

func headerIsNumber(w *steps.World, exchange *client.Exchange, name string) error {
	value := exchange.Header.Get(name)
	if value == "" {
		return &scene.NotTestable{Why: "this target does not send the optional header " + name}
	}
	_, err := strconv.ParseUint(value, 10, 63)
	w.Expect(err == nil, evidence.Assertion{Check: "header " + name, Fact: w.Own(contract.Head),
		Message: "the header " + name + " is no whole number", Expected: "a whole number", Actual: value})
	return nil
}

func recordAnswer(w *steps.World, exchange *client.Exchange) {
	w.Expect(exchange.Status < 500, evidence.Assertion{Check: "no server error", Fact: w.Fact("HARNESS-01", contract.Form),
		Message: "an open question was answered by a server error", Expected: "any answer but a server error",
		Actual: w.Answered(exchange)})
	w.Observe(w.Scenario.ID, w.Scenario.Gap, "What does the target do here?", w.Answered(exchange))
}
