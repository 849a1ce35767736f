package answers

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/sentinel"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/match"
	"github.com/kobcheck/kobcheck/steps"
)

func contentSentences() []steps.Definition {
	const area = "answer"
	return []steps.Definition{
		steps.Define(area, `the answer shows {}`, "Looks through the whole answer.", steps.Choice{
			{Word: "no credential of ours", Doc: "neither our token nor our secret is repeated.", Handler: watched("no credential", "HARNESS-14")},
			{Word: "no full card number", Doc: "no 13 to 19 digits that pass the check of card numbers.", Handler: noCardNumber},
			{Word: "no verification value", Doc: "no field named like CVV, PIN or track.", Handler: watched("no verification value", "HARNESS-15")},
			{Word: "nothing of the inside of the server", Doc: "no stack trace, file path or database statement.", Handler: watched("no inside of the server", "HARNESS-10")},
			{Word: "nothing that is yet to come", Doc: "no created_at and updated_at after the Date of the answer, but for a minute.", Handler: watched("nothing from the future", "HARNESS-20")},
		}),
		steps.Define(area, `the API knows the operation`, "The answer is not 404, 405 or 501, and no server error.", operationExists),
		steps.Define(area, `a card is asked for with what it makes`, "Sends the creation of a card with what the latest call made; where that was "+
			"refused there is nothing to ask with.", askWithIt),
		steps.Define(area, `the program is refused or issues no card`, "Metadata that do not fit are refused at creation, or by check 2.", programUnfit),
		steps.Define(area, `who refuses a card for that person is recorded`,
			"Keeps which operation or check refused it, if any: no page says who notices (N-53).", whoRefuses),
	}
}

// headerForms are what one header of an answer is held to.
func headerForms() steps.Choice {
	return steps.Choice{
		{Word: "JSON", Doc: "the media type is application/json, whatever its parameters.", Handler: isLabelledJSON},
		{Word: "a whole number", Doc: "an integer.", Handler: headerIsNumber},
		{Word: "seconds or a date", Doc: "whole seconds or an HTTP date.", Handler: retryAfter},
		{Word: "a date", Doc: "an HTTP date.", Handler: isDate},
	}
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

func isDate(w *steps.World, exchange *client.Exchange, name string) {
	w.Match(match.Date(), exchange.Header.Get(name), evidence.Assertion{Check: "a valid " + name,
		Fact: w.Own(contract.Head), Message: "the answer has no valid date"})
}

func isLabelledJSON(w *steps.World, exchange *client.Exchange, name string) {
	types := []string{"application/json"}
	if exchange.Status >= 400 {
		types = append(types, "application/problem+json")
	}
	w.Match(match.MediaType(types...), exchange.Header.Get(name), evidence.Assertion{Check: "media type",
		Fact: w.Own(contract.MediaType), Message: "the answer is not labelled as JSON"})
}

func retryAfter(w *steps.World, exchange *client.Exchange, name string) error {
	value := exchange.Header.Get(name)
	if value == "" {
		return &scene.NotTestable{Why: "no answer of this target carried " + name}
	}
	w.Match(match.RetryAfter(), value, evidence.Assertion{Check: name, Fact: w.Own(contract.Head),
		Message: name + " is neither seconds nor a date"})
	return nil
}

// watched returns the step that counts what a sentinel says of the latest answer as a check of the scenario's own.
func watched(name, requirement string) func(*steps.World, *client.Exchange) {
	return func(w *steps.World, exchange *client.Exchange) {
		operation := w.Session.Contract.Operation(exchange.Operation)
		seen := false
		results, _ := sentinel.Watch(w.Session.Schemas, operation, exchange, w.Session.Edition)
		for _, result := range results {
			if result.Fact.Requirement == requirement {
				seen = true
				w.Expect(result.Holds, result)
			}
		}
		if !seen {
			w.NoData(name, w.Fact(requirement, contract.Content), "the answer had nothing of the kind to look at")
		}
	}
}

func noCardNumber(w *steps.World, exchange *client.Exchange) {
	shown := exchange.CardNumberShown()
	w.Expect(shown == "", evidence.Assertion{Check: evidence.NoCardNumber, Fact: w.Fact("CARD-20", contract.Exposure),
		Message: "the answer shows a full card number", Expected: "a masked number at most", Actual: shown})
}

func operationExists(w *steps.World, exchange *client.Exchange) {
	holds := exchange.Status < 500 && exchange.Status != http.StatusNotFound && exchange.Status != http.StatusMethodNotAllowed
	w.Expect(holds, evidence.Assertion{Check: "the operation exists", Fact: w.Own(contract.Path),
		Message: "the operation is not there", Expected: "any answer but 404, 405 and a server error",
		Actual: w.Answered(exchange), Kind: evidence.Unserved})
}

func memberOrAbsent(w *steps.World, exchange *client.Exchange, name string) error {
	if _, there := scene.Member(w.Body(exchange), name); !there {
		return &scene.NotTestable{Why: fmt.Sprintf("this target does not answer with %q, whose place no page gives", name)}
	}
	w.ExpectMember(w.Body(exchange), name, match.Something())
	return nil
}

func memberAsSent(w *steps.World, draft *scene.Draft, name string) error {
	for _, call := range slices.Backward(w.Calls) {
		if call.Operation != draft.Operation.ID {
			continue
		}
		served, err := w.ExpectServed(draft.Operation, call)
		if served {
			sent, _ := scene.Member(draft.Body, name)
			w.ExpectMember(w.Body(call), name, asSent(sent))
		}
		return err
	}
	return steps.Faulty("nothing was sent before this step")
}

// allOrNone is for fields that an integrator saw and no page has.
func allOrNone(w *steps.World, items []any, names []string) error {
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
			Message: "only some of the fields that an integrator saw are there", Expected: strings.Join(names, ", "),
			Actual: fmt.Sprintf("%d of them", shown)})
	}
	if !some {
		return &scene.NotTestable{Why: "the wallets of this target have the documented fields only (C-16)"}
	}
	return nil
}

func askWithIt(ctx context.Context, w *steps.World, exchange *client.Exchange) error {
	operation := w.Session.Contract.Operation(exchange.Operation)
	if exchange.Status/100 == 4 {
		return nil
	}
	asked := w.Session.Contract.Operation("cards-create")
	exchange, err := madeAs(ctx, w, w.Session.Client.Caller(asked), exchange)
	if err != nil {
		return err
	}
	thing, err := w.Born(operation, exchange, nil)
	if err != nil {
		return err
	}
	thing.Maker, thing.As = exchange.As, "" // the card is asked for with this one, whoever made it
	delete(w.Things, "wallet")              // that of another person
	return w.Call(ctx, asked.Title)
}

// madeAs has the latest request made by the client that asks for the card too: what an administrator made may be
// no other client's to use (OWN-01). Where that client may not make it, the answer is the one that there was.
func madeAs(ctx context.Context, w *steps.World, as string, exchange *client.Exchange) (*client.Exchange, error) {
	if exchange.As == as || w.Draft == nil || w.Draft.Operation.ID != exchange.Operation {
		return exchange, nil
	}
	own := *w.Draft
	own.Request.As = as
	again, err := w.Send(ctx, &own)
	if err != nil || again.Status/100 != 2 {
		return exchange, err
	}
	return again, nil
}

func programUnfit(w *steps.World, exchange *client.Exchange) error {
	said := match.Says("Invalid metadata").Holds(w.Decoded(exchange))
	asked := exchange.Operation == "cards-create"
	if made := w.Things["program"]; asked && !said && exchange.Status/100 == 4 && made != nil && made.Maker != exchange.As {
		return &scene.NotTestable{Key: "target.clients." + exchange.As + ".scope", Why: fmt.Sprintf(
			"%q may not make card programs and may not use one that %q made: %s", exchange.As, made.Maker, w.Answered(exchange))}
	}
	refused := !asked && exchange.Status/100 == 4
	message := "a card was issued under a program with unfit metadata"
	if exchange.Status >= 400 {
		message = "what is wrong with a program of unfit metadata is not said in the documented words"
	}
	w.Expect(refused || said, evidence.Assertion{
		Check: "unfit metadata are refused", Fact: w.Own(contract.Refusal), Message: message,
		Expected: `a refusal of the program, or of its card with "Invalid metadata"`, Actual: w.Answered(exchange)})
	return nil
}

func whoRefuses(w *steps.World, exchange *client.Exchange) {
	answer := "no check: " + w.Answered(exchange)
	if exchange.Operation != "cards-create" {
		answer = fmt.Sprintf("%q refuses the person: %s", w.TitleOf(exchange), w.Answered(exchange))
	}
	for _, check := range w.Session.Contract.CardOrder.Checks {
		if exchange.Operation == "cards-create" && match.Says(check.Message).Holds(w.Decoded(exchange)) {
			answer = fmt.Sprintf("check %d: %s", check.Number, w.Answered(exchange))
		}
	}
	w.Observe(w.Scenario.ID+".card", w.Scenario.Gap, "Who refuses a card for such a person?", answer)
}

func secretSentences() []steps.Definition {
	return []steps.Definition{
		steps.Define("answer", `the two secrets differ`, "Two secrets made with different keys at different times are not the same.", secretsDiffer),
	}
}

func secretsDiffer(w *steps.World) error {
	var made []any
	for _, exchange := range w.Calls {
		if exchange.Operation == "cards-generate-secret" && exchange.Status/100 == 2 {
			made = append(made, w.Body(exchange)["secret"])
		}
	}
	if len(made) < 2 {
		return w.Served(w.Session.Contract.Operation("cards-generate-secret"), w.Last)
	}
	w.Expect(made[0] != made[1], evidence.Assertion{Check: "secrets differ", Fact: w.Own(contract.Exposure),
		Message: "two secrets are the same", Expected: "two different secrets",
		Actual: fmt.Sprintf("the same one twice, %d characters long", len(fmt.Sprint(made[0])))})
	return nil
}
