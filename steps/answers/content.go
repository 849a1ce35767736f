package answers

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/schemas/match"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/sentinel"
)

func contentSentences() []steps.Definition {
	const area = "content"
	return []steps.Definition{
		steps.Define(area, `the answer's header "Content-Type" is JSON`, "The media type is application/json, whatever its parameters.", isLabelledJSON),
		steps.Define(area, `the answer is strict JSON`, "One JSON value in UTF-8, no repeated names, nothing after it.", isStrictJSON),
		steps.Define(area, `the answer's header "Retry-After", where there is one, is well formed`, "Whole seconds or an HTTP date.", retryAfter),
		steps.Define(area, `the refusal shows nothing of the inside of the server`, "No stack trace, file path or database statement.", noInsides),
		steps.Define(area, `the answer shows no credential of ours`, "Neither our token nor our secret is repeated.", noCredential),
		steps.Define(area, `the answer shows no full card number`, "No 13 to 19 digits that pass the check of card numbers.", noCardNumber),
		steps.Define(area, `the answer tells of nothing later than itself`, "created_at and updated_at are not after the Date of the answer, but for a minute.", nothingLater),
		steps.Define(area, `the answer shows no verification value`, "No field named like CVV, PIN or track.", noVerificationValue),
		steps.Define(area, `the API knows the operation`, "The answer is not 404, 405 or 501, and no server error.", operationExists),
		steps.Define(area, `the call succeeds or its unknown body is refused`, "A success, or a client error about the body that no page gives.", succeedsOrBodyRefused),
		steps.Define(area, `the answer's "([^"]+)" is there, or null`, "The answer has a member of that name.", member(match.Named("a value, or null", match.There()))),
		steps.Define(area, `the answer's "([^"]+)" is there, or left out`, "The member is not null where it is there.", memberOrAbsent),
		steps.Define(area, `the answer's "([^"]+)" is an object, null or left out`, "The member has one of these three forms.",
			member(match.Named("an object, null or left out", match.Or(match.Object(), match.Or(match.Equal(nil), match.Missing()))))),
		steps.Define(area, `the answer's "([^"]+)" is what was sent`, "The member equals that of the request, value for value.", memberAsSent),
		steps.Define(area, `the wallets of the list show "([^"]+)", or none of them`, "Fields that an integrator saw: all of them or none.", allOrNone),
		steps.Define(area, `the program is refused or issues no card`, "Metadata that do not fit are refused at creation, or by check 2.", programUnfit),
	}
}

func isLabelledJSON(w *steps.World, exchange *client.Exchange) {
	types := []string{"application/json"}
	if exchange.Status >= 400 {
		types = append(types, "application/problem+json")
	}
	w.Match(match.MediaType(types...), exchange.Header.Get("Content-Type"), evidence.Assertion{Check: "media type",
		Fact: w.Own(contract.MediaType), Message: "the answer is not labelled as JSON"})
}

func isStrictJSON(w *steps.World, exchange *client.Exchange) error {
	if len(exchange.Body) == 0 && exchange.Status/100 == 2 {
		return &scene.NotTestable{Why: fmt.Sprintf("this target answers %q with %s and no body",
			w.TitleOf(exchange), steps.Status(exchange.Status))}
	}
	_, err := schemas.Decode(exchange.Body)
	actual := ""
	if err != nil {
		actual = err.Error()
	}
	w.Expect(err == nil, evidence.Assertion{Check: "strict JSON", Fact: w.Fact("STD-12", contract.Form),
		Message: "the body is not JSON as RFC 8259 has it", Expected: "one JSON value in UTF-8 without repeated names",
		Actual: actual})
	return nil
}

func retryAfter(w *steps.World, exchange *client.Exchange) error {
	value := exchange.Header.Get("Retry-After")
	if value == "" {
		return &scene.NotTestable{Why: "no answer of this target carried Retry-After"}
	}
	w.Match(match.RetryAfter(), value, evidence.Assertion{Check: "Retry-After", Fact: w.Fact("STD-10", contract.Head),
		Message: "Retry-After is neither seconds nor a date"})
	return nil
}

// expectSentinel counts what a sentinel says of the latest answer as a check of the scenario's own.
func expectSentinel(w *steps.World, name, requirement string) error {
	exchange, err := w.Latest()
	if err != nil {
		return err
	}
	operation := w.Session.Contract.Operation(exchange.Operation)
	seen := false
	results, _ := sentinel.Watch(w.Session.Schemas, operation, exchange, w.Session.Edition)
	for _, result := range results {
		if result.Fact.Requirement != requirement {
			continue
		}
		seen = true
		w.Expect(result.Holds, result)
	}
	if !seen {
		w.NoData(name, w.Fact(requirement, contract.Content), "the answer had nothing of the kind to look at")
	}
	return nil
}

func noInsides(w *steps.World) error {
	return expectSentinel(w, "no inside of the server", "HARNESS-10")
}

func noCredential(w *steps.World) error {
	return expectSentinel(w, "no credential", "HARNESS-14")
}

func noVerificationValue(w *steps.World) error {
	return expectSentinel(w, "no verification value", "HARNESS-15")
}

func nothingLater(w *steps.World) error {
	return expectSentinel(w, "nothing from the future", "HARNESS-20")
}

func noCardNumber(w *steps.World, exchange *client.Exchange) {
	shown := exchange.CardNumberShown()
	w.Expect(shown == "", evidence.Assertion{Check: "no full card number", Fact: w.Fact("CARD-20", contract.Exposure),
		Message: "the answer shows a full card number", Expected: "a masked number at most", Actual: shown})
}

func operationExists(w *steps.World, exchange *client.Exchange) {
	holds := exchange.Status < 500 && exchange.Status != http.StatusNotFound && exchange.Status != http.StatusMethodNotAllowed
	w.Expect(holds, evidence.Assertion{Check: "the operation exists", Fact: w.Own(contract.Path),
		Message: "the operation is not there", Expected: "any answer but 404, 405 and a server error",
		Actual: w.Answered(exchange)})
}

func succeedsOrBodyRefused(w *steps.World, exchange *client.Exchange) error {
	if open := w.Open(w.Session.Contract.Operation(exchange.Operation), exchange); open != nil && !is(400, 422)(exchange.Status) {
		return open
	}
	success := exchange.Status/100 == 2
	w.Expect(success || is(400, 422)(exchange.Status), evidence.Assertion{Check: "created, or its body refused",
		Fact: w.Own(contract.Effect), Message: "the operation neither did its work nor said what its body lacks",
		Expected: "a success, or 400 or 422 about the body that no page gives (N-31)", Actual: w.Answered(exchange)})
	return nil
}

func memberOrAbsent(w *steps.World, exchange *client.Exchange, name string) error {
	if _, there := scene.Member(w.Body(exchange), name); !there {
		return &scene.NotTestable{Why: fmt.Sprintf("this target does not answer with %q, whose place no page gives", name)}
	}
	w.ExpectMember(w.Body(exchange), name, match.Something())
	return nil
}

func memberAsSent(w *steps.World, draft *scene.Draft, name string) {
	var body map[string]any
	for i := len(w.Calls) - 1; i >= 0 && body == nil; i-- {
		if w.Calls[i].Operation == draft.Operation.ID {
			body = w.Body(w.Calls[i])
		}
	}
	sent, _ := scene.Member(draft.Body, name)
	w.ExpectMember(body, name, asSent(sent))
}

func allOrNone(w *steps.World, exchange *client.Exchange, list string) error {
	items, _ := scene.Items(w.Decoded(exchange))
	names := strings.Split(list, ", ")
	some := false
	for _, item := range items {
		entry, _ := item.(map[string]interface{})
		shown := 0
		for _, name := range names {
			if _, there := entry[name]; there {
				shown++
			}
		}
		if shown == 0 {
			continue
		}
		some = true
		w.Expect(shown == len(names), evidence.Assertion{Check: "all four fields or none", Fact: w.Own(contract.FieldThere),
			Message: "only some of the fields that an integrator saw are there", Expected: list,
			Actual: fmt.Sprintf("%d of them", shown)})
	}
	if !some {
		return &scene.NotTestable{Why: "the wallets of this target have the documented fields only (C-16)"}
	}
	return nil
}

func programUnfit(ctx context.Context, w *steps.World, exchange *client.Exchange) error {
	if exchange.Status >= 400 && exchange.Status < 500 {
		w.Expect(true, evidence.Assertion{Check: "unfit metadata are refused", Fact: w.Own(contract.Refusal)})
		return nil
	}
	if _, err := w.Born(w.Session.Contract.Creator("program"), exchange, nil); err != nil {
		return err
	}
	if err := w.Call(ctx, w.Session.Contract.Operation("cards-create").Title); err != nil {
		return err
	}
	w.Expect(match.Says("Invalid metadata").Holds(w.Decoded(w.Last)), evidence.Assertion{
		Check: "unfit metadata are refused", Fact: w.Own(contract.Refusal),
		Message:  "a card was issued under a program with unfit metadata",
		Expected: `a refusal of the program, or of its card with "Invalid metadata"`, Actual: w.Answered(w.Last)})
	return nil
}
