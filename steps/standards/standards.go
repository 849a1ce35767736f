// Package standards holds the sentences about what HTTP and OAuth ask of an answer.
package standards

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/match"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/sentinel"
)

// Sentences returns the definitions of the area.
func Sentences() []steps.Definition {
	const area = "standard"
	return []steps.Definition{
		steps.Define(area, `the refusal names a way to authenticate`, "WWW-Authenticate has at least one challenge.", namesChallenge),
		steps.Define(area, `the challenge is Bearer with the error "([^"]+)"`, "The challenge is for bearer tokens and names this error code.", challengeSays),
		steps.Define(area, `the challenge names no error`, "Without any credentials no error code is given.", challengeNamesNone),
		steps.Define(area, `the refusal says which methods are allowed`, "A 405 has the header Allow.", namesMethods),
		steps.Define(area, `the answer is not to be kept`, "Cache-Control says no-store and Pragma no-cache.", notKept),
		steps.Define(area, `the challenge's error, where there is one, goes with the status`, "insufficient_scope goes with 403, invalid_token with 401, invalid_request with 400.", challengeFits),
		steps.Define(area, `"([^"]+)" is answered with as many octets as it announces`, "Reads the answer to its end, three times where it ends early, and compares with Content-Length.", asLongAsAnnounced),
		steps.Define(area, `the answer has a valid date`, "The header Date is an HTTP date.", hasDate),
		steps.Define(area, `the answer is coded as it says`, "The body can be of the coding that Content-Encoding names; without one it is as it is.", isCoded),
		steps.Define(area, `the answer has no content`, "A 204 has no body.", hasNoContent),
		steps.Define(area, `the error is one of (.+)`, "The member error of a token error is one of the codes of RFC 6749.", errorIsOneOf),
		steps.Define(area, `there is no refresh token`, "The token answer has no refresh_token.", noRefreshToken),
		steps.Define(area, `the new thing is where "Location" says, if anywhere`, "A Location after 201 resolves to the thing that was made.", locationResolves),
	}
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

func challengeSays(w *steps.World, exchange *client.Exchange, code string) {
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

func hasDate(w *steps.World, exchange *client.Exchange) {
	w.Match(match.Date(), exchange.Header.Get("Date"), evidence.Assertion{Check: "a valid Date",
		Fact: w.Fact("STD-07", contract.Head), Message: "the answer has no valid date"})
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

func noRefreshToken(w *steps.World, exchange *client.Exchange) {
	w.Match(match.Field(match.Missing(), "refresh_token"), w.Body(exchange), evidence.Assertion{Check: "no refresh token",
		Fact: w.Fact("STD-17", contract.FieldThere), Message: "the client-credentials flow gave a refresh token"})
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

func asLongAsAnnounced(ctx context.Context, w *steps.World, title string) error {
	for try := 1; ; try++ {
		if err := w.Request(ctx, title); err != nil {
			return err
		}
		exchange, err := w.Session.Client.Do(ctx, w.Draft.Operation, w.Draft.Ready())
		var none *client.NoAnswer
		if err == nil {
			if err := w.Judge(w.Draft.Operation, exchange, ""); err != nil {
				return err
			}
			if served, err := w.ExpectServed(w.Draft.Operation, exchange); !served {
				return err
			}
			announced := exchange.Header.Get("Content-Length")
			w.Expect(announced == "" || announced == strconv.Itoa(len(exchange.Body)), evidence.Assertion{
				Check: "length of the answer", Fact: w.Fact("STD-06", contract.Form),
				Message: "the answer is not as long as it says", Expected: announced + " octets",
				Actual: strconv.Itoa(len(exchange.Body)) + " octets"})
			return nil
		}
		if !errors.As(err, &none) || none.Kind != client.Cut || exchange == nil || exchange.Status == 0 {
			return err
		}
		if try == endsEarly {
			w.Last = exchange
			w.Expect(false, evidence.Assertion{Check: "length of the answer", Fact: w.Fact("STD-06", contract.Form),
				Message: "the answer ended early three times in a row", Expected: exchange.Header.Get("Content-Length") + " octets",
				Actual: strconv.Itoa(len(exchange.Body)) + " octets"})
			return nil
		}
	}
}
