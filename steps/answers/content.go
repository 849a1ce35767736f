package steps

import (
	"context"
	"fmt"
	"mime"
	"net/http"
	"strings"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps/sentinel"
)

func contentSentences() []Definition {
	const area = "content"
	return []Definition{
		define(area, `the answer's header "Content-Type" is JSON`, "The media type is application/json, whatever its parameters.", isLabelledJSON),
		define(area, `the answer is strict JSON`, "One JSON value in UTF-8, no repeated names, nothing after it.", isStrictJSON),
		define(area, `the answer's header "Retry-After", where there is one, is well formed`, "Whole seconds or an HTTP date.", retryAfter),
		define(area, `the refusal shows nothing of the inside of the server`, "No stack trace, file path or database statement.", noInsides),
		define(area, `the answer shows no credential of ours`, "Neither our token nor our secret is repeated.", noCredential),
		define(area, `the answer has no undocumented fields`, "Only fields that the documentation or a sample of it shows.", noUndocumented),
		define(area, `the answer shows no full card number`, "No 13 to 19 digits that pass the check of card numbers.", noCardNumber),
		define(area, `the answer tells of nothing later than itself`, "created_at and updated_at are not after the Date of the answer, but for a minute.", nothingLater),
		define(area, `the answer shows no verification value`, "No field named like CVV, PIN or track.", noVerificationValue),
		define(area, `the operation exists`, "The answer is not 404, 405 or 501, and no server error.", operationExists),
		define(area, `the call succeeds or its unknown body is refused`, "A success, or a client error about the body that no page gives.", succeedsOrBodyRefused),
		define(area, `the answer's "([^"]+)" is there, or null`, "The answer has a member of that name.", memberOrNull),
		define(area, `the answer's "([^"]+)" is there, or left out`, "The member is not null where it is there.", memberOrAbsent),
		define(area, `the answer's "([^"]+)" is an object, null or left out`, "The member has one of these three forms.", memberObjectOrNothing),
		define(area, `the answer's "([^"]+)" is what was sent`, "The member equals that of the request, value for value.", memberAsSent),
		define(area, `the wallets of the list show "([^"]+)", or none of them`, "Fields that an integrator saw: all of them or none.", allOrNone),
		define(area, `the program is refused or issues no card`, "Metadata that do not fit are refused at creation, or by check 2.", programUnfit),
		define(area, `ten secrets are made`, "Generates ten secrets for the card.", tenSecrets),
		define(area, `each of them is strict JSON`, "Each of the answers with a secret parses strictly.", eachStrictJSON),
	}
}

func isLabelledJSON(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	written := exchange.Header.Get("Content-Type")
	media, _, err := mime.ParseMediaType(written)
	problem := exchange.Status >= 400 && media == "application/problem+json"
	w.Expect(err == nil && media == "application/json" || problem, evidence.Assertion{Check: "media type", Fact: w.own(contract.MediaType),
		Message: "the answer is not labelled as JSON", Expected: "application/json", Actual: orAbsent(written)})
	return nil
}

func isStrictJSON(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	if len(exchange.Body) == 0 && exchange.Status/100 == 2 {
		return &scene.NotTestable{Why: fmt.Sprintf("this target answers %q with %s and no body", w.titleOf(exchange), status(exchange.Status))}
	}
	_, err = schemas.Decode(exchange.Body)
	actual := ""
	if err != nil {
		actual = err.Error()
	}
	w.Expect(err == nil, evidence.Assertion{Check: "strict JSON", Fact: w.fact("STD-12", contract.Form),
		Message: "the body is not JSON as RFC 8259 has it", Expected: "one JSON value in UTF-8 without repeated names", Actual: actual})
	return nil
}

func retryAfter(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	value := exchange.Header.Get("Retry-After")
	if value == "" {
		return &scene.NotTestable{Why: "no answer of this target carried Retry-After"}
	}
	_, date := http.ParseTime(value)
	w.Expect(date == nil || strings.Trim(value, "0123456789") == "", evidence.Assertion{Check: "Retry-After",
		Fact:    w.fact("STD-10", contract.Head),
		Message: "Retry-After is neither seconds nor a date", Expected: "whole seconds or an HTTP date", Actual: value})
	return nil
}

// expectSentinel counts what a sentinel says of the latest answer as a check of the scenario's own.
func (w *World) expectSentinel(name, requirement string) error {
	exchange, err := w.latest()
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
		w.NoData(name, w.fact(requirement, contract.Content), "the answer had nothing of the kind to look at")
	}
	return nil
}

func noInsides(ctx context.Context) error {
	return From(ctx).expectSentinel("no inside of the server", "HARNESS-10")
}

func noCredential(ctx context.Context) error {
	return From(ctx).expectSentinel("no credential", "HARNESS-14")
}

func noVerificationValue(ctx context.Context) error {
	return From(ctx).expectSentinel("no verification value", "HARNESS-15")
}

func nothingLater(ctx context.Context) error {
	return From(ctx).expectSentinel("nothing from the future", "HARNESS-20")
}

func noUndocumented(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	operation := w.Session.Contract.Operation(exchange.Operation)
	check, value := w.Session.Schemas.CheckValue, w.decoded(exchange)
	if operation.Success.Shape == "array" {
		check = w.Session.Schemas.CheckListValue
		value, _ = scene.Items(value)
	}
	violations, err := check(operation.Success.Schema, value)
	if err != nil {
		return faulty("checking the answer against %s: %v", operation.Success.Schema, err)
	}
	extra := ""
	for _, violation := range violations {
		if violation.Kind == "undocumented" {
			extra += " " + violation.Pointer
		}
	}
	w.Expect(extra == "", evidence.Assertion{Check: "documented fields only", Fact: w.fact("HARNESS-16", contract.FieldThere),
		Message: "the answer has fields that no page shows", Expected: "documented fields only", Actual: strings.TrimSpace(extra)})
	return nil
}

func noCardNumber(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	shown := exchange.CardNumberShown()
	w.Expect(shown == "", evidence.Assertion{Check: "no full card number", Fact: w.fact("CARD-20", contract.Exposure),
		Message: "the answer shows a full card number", Expected: "a masked number at most", Actual: shown})
	return nil
}

func operationExists(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	holds := exchange.Status < 500 && exchange.Status != http.StatusNotFound && exchange.Status != http.StatusMethodNotAllowed
	w.Expect(holds, evidence.Assertion{Check: "the operation exists", Fact: w.own(contract.Path),
		Message: "the operation is not there", Expected: "any answer but 404, 405 and a server error", Actual: w.answered(exchange)})
	return nil
}

func succeedsOrBodyRefused(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	if open := w.open(w.Session.Contract.Operation(exchange.Operation), exchange); open != nil && !is(400, 422)(exchange.Status) {
		return open
	}
	success := exchange.Status/100 == 2
	w.Expect(success || is(400, 422)(exchange.Status), evidence.Assertion{Check: "created, or its body refused", Fact: w.own(contract.Effect),
		Message:  "the operation neither did its work nor said what its body lacks",
		Expected: "a success, or 400 or 422 about the body that no page gives (N-31)", Actual: w.answered(exchange)})
	return nil
}

func memberOrNull(ctx context.Context, name string) error {
	w := From(ctx)
	value, there, err := w.answerMember(name)
	if err != nil {
		return err
	}
	w.expectMember(name, there, "a value, or null", value, there)
	return nil
}

func memberOrAbsent(ctx context.Context, name string) error {
	w := From(ctx)
	value, there, err := w.answerMember(name)
	if err != nil {
		return err
	}
	if !there {
		return &scene.NotTestable{Why: fmt.Sprintf("this target does not answer with %q, whose place no page gives", name)}
	}
	w.expectMember(name, value != nil, "a value", value, there)
	return nil
}

func memberObjectOrNothing(ctx context.Context, name string) error {
	w := From(ctx)
	value, there, err := w.answerMember(name)
	if err != nil {
		return err
	}
	_, object := value.(map[string]any)
	w.expectMember(name, !there || value == nil || object, "an object, null or left out", value, there)
	return nil
}

func memberAsSent(ctx context.Context, name string) error {
	w := From(ctx)
	draft, err := w.drafted()
	if err != nil {
		return err
	}
	var body map[string]any
	for i := len(w.calls) - 1; i >= 0 && body == nil; i-- {
		if w.calls[i].Operation == draft.Operation.ID {
			body = w.body(w.calls[i])
		}
	}
	sent, _ := scene.Member(draft.Body, name)
	value, there := scene.Member(body, name)
	w.expectMember(name, there && same(sent, value), text(sent)+", as sent", value, there)
	return nil
}

func allOrNone(ctx context.Context, list string) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	items, _ := scene.Items(w.decoded(exchange))
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
		w.Expect(shown == len(names), evidence.Assertion{Check: "all four fields or none", Fact: w.own(contract.FieldThere),
			Message: "only some of the fields that an integrator saw are there", Expected: list, Actual: fmt.Sprintf("%d of them", shown)})
	}
	if !some {
		return &scene.NotTestable{Why: "the wallets of this target have the documented fields only (C-16)"}
	}
	return nil
}

func programUnfit(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	if exchange.Status >= 400 && exchange.Status < 500 {
		w.Expect(true, evidence.Assertion{Check: "unfit metadata are refused", Fact: w.own(contract.Refusal)})
		return nil
	}
	if _, err := w.born(w.Session.Contract.Creator("program"), exchange, nil); err != nil {
		return err
	}
	if err := weCall(ctx, w.Session.Contract.Operation("cards-create").Title); err != nil {
		return err
	}
	exchange, err = w.latest()
	if err != nil {
		return err
	}
	w.Expect(says(errorTexts(w.decoded(exchange)), "Invalid metadata"), evidence.Assertion{Check: "unfit metadata are refused",
		Fact:     w.own(contract.Refusal),
		Message:  "a card was issued under a program with unfit metadata",
		Expected: `a refusal of the program, or of its card with "Invalid metadata"`, Actual: w.answered(exchange)})
	return nil
}

func tenSecrets(ctx context.Context) error {
	for range 10 {
		if err := makeSecret(ctx); err != nil {
			return err
		}
	}
	return nil
}

func eachStrictJSON(ctx context.Context) error {
	w := From(ctx)
	for _, exchange := range w.calls {
		if exchange.Operation != "cards-generate-secret" {
			continue
		}
		_, err := schemas.Decode(exchange.Body)
		w.Expect(err == nil, evidence.Assertion{Check: "strict JSON", Fact: w.own(contract.Form),
			Message: "a secret was not written as strict JSON", Expected: "one JSON value", Actual: fmt.Sprint(err), Exchange: exchange.N})
	}
	return nil
}
