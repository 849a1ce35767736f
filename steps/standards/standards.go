// Package standards holds the sentences about what HTTP and OAuth ask of an answer.
package standards

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/sentinel"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/schemas/match"
	"github.com/kobcheck/kobcheck/steps"
)

// Sentences returns the definitions of the area.
func Sentences() []steps.Definition {
	const area = "standard"
	return []steps.Definition{
		steps.Define(area, `the answer is {}`, "What HTTP and JSON ask of any answer.", steps.Choice{
			{Word: "strict JSON", Doc: "one JSON value in UTF-8, no repeated names, nothing after it.", Handler: isStrictJSON},
			{Word: "coded as it says", Doc: "the body can be of the coding that Content-Encoding names; without one it is as it is.", Handler: isCoded},
			{Word: "as long as it says", Doc: "as many octets as Content-Length announces; it ends early three times in a row where it does.", Handler: asLongAsAnnounced},
			{Word: "empty, as 204 says", Doc: "a 204 has no body.", Handler: hasNoContent},
			{Word: "not to be kept", Doc: "Cache-Control says no-store and Pragma no-cache.", Handler: notKept},
		}),
		steps.Define(area, `the challenge {}`, "The header WWW-Authenticate of a refusal.", steps.Choice{
			{Word: "is there", Doc: "at least one challenge.", Handler: namesChallenge},
			{Word: "says that the token is invalid", Doc: "Bearer with the error invalid_token.", Handler: challengeInvalid},
			{Word: "names no error", Doc: "without any credentials no error code is given.", Handler: challengeNamesNone},
			{Word: "goes with the status", Doc: "insufficient_scope with 403, invalid_token with 401, invalid_request with 400.", Handler: challengeFits},
		}),
		steps.Define(area, `the refusal says which methods are allowed`, "A 405 has the header Allow.", namesMethods),
		steps.Define(area, `we read the answer of "([^"]+)" to its end`, "Calls the operation, up to three times where its answer ends early.", readToItsEnd),
		steps.Define(area, `the error is one of (.+)`, "The member error of a token error is one of the codes of RFC 6749.", errorIsOneOf),
		steps.Define(area, `the new thing is where "Location" says, if anywhere`, "A Location after 201 resolves to the thing that was made.", locationResolves),
	}
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

func namesChallenge(w *steps.World, exchange *client.Exchange) error {
	if exchange.Status != http.StatusUnauthorized {
		return &scene.NotTestable{Why: "this target refuses the call with " + steps.Status(exchange.Status) + ", not 401"}
	}
	w.Match(match.Given("the header WWW-Authenticate with a challenge"),
		strings.Join(exchange.Header.Values("WWW-Authenticate"), ", "), evidence.Assertion{
			Check: "a 401 has a challenge", Fact: w.Fact("STD-02", contract.Head),
			Message: "a 401 does not say how to authenticate"})
	return nil
}

func challengeInvalid(w *steps.World, exchange *client.Exchange) {
	if exchange.Status/100 == 2 {
		w.ExpectNotServed(exchange, "")
		return
	}
	const code = "invalid_token"
	challenge := strings.Join(exchange.Header.Values("WWW-Authenticate"), ", ")
	bearer, there := client.BearerChallenge(exchange.Header)
	holds := there && bearer.Parameters["error"] == code
	w.Expect(holds, evidence.Assertion{Check: "the challenge names the error", Fact: w.Fact("STD-03", contract.Head),
		Message: "the challenge does not name the error of RFC 6750", Expected: `Bearer … error="` + code + `"`,
		Actual: match.OrAbsent(challenge)})
}

func challengeNamesNone(w *steps.World, exchange *client.Exchange) {
	challenge := strings.Join(exchange.Header.Values("WWW-Authenticate"), ", ")
	bearer, there := client.BearerChallenge(exchange.Header)
	holds := there && len(bearer.Parameters) > 0 && bearer.Parameters["error"] == ""
	w.Expect(holds, evidence.Assertion{Check: "no error without credentials", Fact: w.Fact("STD-03", contract.Head),
		Message:  "the challenge is not that of RFC 6750 for a call without credentials",
		Expected: "Bearer with a parameter such as realm, and no error", Actual: match.OrAbsent(challenge)})
}

func namesMethods(w *steps.World, exchange *client.Exchange) error {
	if exchange.Status != http.StatusMethodNotAllowed {
		return &scene.NotTestable{Why: "this target answers " + steps.Status(exchange.Status) + " to a method that it does not offer, not 405"}
	}
	w.Match(match.Given("the header Allow"), exchange.Header.Get("Allow"), evidence.Assertion{Check: "a 405 has Allow",
		Fact: w.Fact("STD-05", contract.Head), Message: "a 405 does not say which methods are allowed"})
	return nil
}

func notKept(w *steps.World, exchange *client.Exchange) {
	for _, one := range []struct{ header, directive, whose string }{
		{"Cache-Control", "no-store", "caches"}, {"Pragma", "no-cache", "old caches"}} {
		w.Match(match.Directive(one.header, one.directive), client.List(exchange.Header, one.header), evidence.Assertion{
			Check: "not to be stored", Fact: w.Fact("STD-15", contract.Head),
			Message: "the answer may be stored by " + one.whose})
	}
}

func isCoded(w *steps.World, exchange *client.Exchange) {
	w.Expect(sentinel.Coded(exchange.Header, exchange.Body), sentinel.NotCoded(w.Fact("HARNESS-26", contract.Form), exchange.Header))
}

func hasNoContent(w *steps.World, exchange *client.Exchange) error {
	if exchange.Status != http.StatusNoContent {
		return &scene.NotTestable{Why: "this target answers " + steps.Status(exchange.Status) + ", not 204 No Content"}
	}
	w.Expect(len(exchange.Body) == 0, evidence.Assertion{Check: "a 204 has no content",
		Fact: w.Fact("STD-06", contract.Form), Message: "a 204 has content", Expected: "no bytes",
		Actual: string(exchange.Body)})
	return nil
}

func errorIsOneOf(w *steps.World, exchange *client.Exchange, list string) {
	codes := strings.Split(list, ",")
	for i := range codes {
		codes[i] = strings.TrimSpace(codes[i])
	}
	w.Match(match.Field(match.OneOf(codes...), "error"), w.Body(exchange), evidence.Assertion{
		Check: "error code of RFC 6749", Fact: w.Own(contract.Form),
		Message: "the token error does not name a code of RFC 6749"})
}

func locationResolves(ctx context.Context, w *steps.World, exchange *client.Exchange) error {
	location := exchange.Header.Get("Location")
	if location == "" {
		return &scene.NotTestable{Why: "this target sends no Location with its 201"}
	}
	operation := w.Session.Contract.Operation(exchange.Operation)
	reader := steps.Reader(w, operation.Creates)
	path, err := w.Session.Client.Relative(location)
	if err != nil {
		w.Expect(false, evidence.Assertion{Check: "Location resolves", Fact: w.Fact("STD-09", contract.Head),
			Message: "Location does not lead to this API", Expected: "an address of the target", Actual: location})
		return nil //nolint:nilerr // an address that leads elsewhere is the finding
	}
	draft, err := w.Scene.Draft(ctx, reader, "primary", w.Things)
	if err != nil {
		return err
	}
	draft.Request.RawPath = path
	got, err := w.Send(ctx, draft)
	if err != nil {
		return err
	}
	w.Expect(got.Status == http.StatusOK, evidence.Assertion{Check: "Location resolves",
		Fact: w.Fact("STD-09", contract.Head), Message: "Location does not resolve", Expected: "200 OK",
		Actual: w.Answered(got)})
	return nil
}

// challengeFits holds the error of a challenge against the status that RFC 6750 section 3.1 gives it.
func challengeFits(w *steps.World, exchange *client.Exchange) error {
	bearer, _ := client.BearerChallenge(exchange.Header)
	for code, fits := range map[string]int{
		"insufficient_scope": http.StatusForbidden, "invalid_token": http.StatusUnauthorized, "invalid_request": http.StatusBadRequest} {
		if bearer.Parameters["error"] == code {
			w.Expect(exchange.Status == fits, evidence.Assertion{Check: "status of the challenge",
				Fact: w.Fact("STD-03", contract.Head), Message: "the error of the challenge does not go with the status",
				Expected: steps.Status(fits) + " with " + code, Actual: steps.Status(exchange.Status)})
			return nil
		}
	}
	return &scene.NotTestable{Why: "this target names no error in its challenge " +
		"(" + match.OrAbsent(strings.Join(exchange.Header.Values("WWW-Authenticate"), ", ")) + ")"}
}

// endsEarly is how often in a row an answer must end early before it is the API and not the connection.
const endsEarly = 3

func readToItsEnd(ctx context.Context, w *steps.World, title string) error {
	for try := 1; ; try++ {
		if err := w.Request(ctx, title); err != nil {
			return err
		}
		exchange, err := w.Session.Client.Do(ctx, w.Draft.Operation, w.Draft.Ready())
		var none *client.NoAnswer
		switch {
		case err == nil:
			return w.Judge(w.Draft.Operation, exchange, "")
		case !errors.As(err, &none) || none.Kind != client.Cut || exchange == nil || exchange.Status == 0:
			return err
		case try == endsEarly:
			w.Last = exchange
			return nil
		}
	}
}

func asLongAsAnnounced(w *steps.World, exchange *client.Exchange) error {
	if exchange.Err == nil {
		if served, err := w.ExpectServed(w.Session.Contract.Operation(exchange.Operation), exchange); !served {
			return err
		}
	}
	announced := exchange.Header.Get("Content-Length")
	whole := exchange.Err == nil && (announced == "" || announced == strconv.Itoa(exchange.Octets))
	w.Expect(whole, evidence.Assertion{Check: "length of the answer", Fact: w.Fact("STD-06", contract.Form),
		Message: "the answer is not as long as it says", Expected: announced + " octets",
		Actual: strconv.Itoa(exchange.Octets) + " octets"})
	return nil
}
