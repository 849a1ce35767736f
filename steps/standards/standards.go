package steps

import (
	"context"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

func standardSentences() []Definition {
	const area = "standard"
	return []Definition{
		define(area, `the refusal names a way to authenticate`, "WWW-Authenticate has at least one challenge.", namesChallenge),
		define(area, `the challenge is Bearer with the error "([^"]+)"`, "The challenge is for bearer tokens and names this error code.", challengeSays),
		define(area, `the challenge names no error`, "Without any credentials no error code is given.", challengeNamesNone),
		define(area, `the refusal says which methods are allowed`, "A 405 has the header Allow.", namesMethods),
		define(area, `the answer is not to be kept`, "Cache-Control says no-store and Pragma no-cache.", notKept),
		define(area, `the challenge's error, where there is one, goes with the status`, "insufficient_scope goes with 403, invalid_token with 401, invalid_request with 400.", challengeFits),
		define(area, `"([^"]+)" is answered with as many octets as it announces`, "Reads the answer to its end, three times where it ends early, and compares with Content-Length.", asLongAsAnnounced),
		define(area, `the answer has a valid date`, "The header Date is an HTTP date.", hasDate),
		define(area, `the answer has no content`, "A 204 has no body.", hasNoContent),
		define(area, `the error is one of (.+)`, "The member error of a token error is one of the codes of RFC 6749.", errorIsOneOf),
		define(area, `there is no refresh token`, "The token answer has no refresh_token.", noRefreshToken),
		define(area, `the new thing is where "Location" says, if anywhere`, "A Location after 201 resolves to the thing that was made.", locationResolves),
	}
}

func namesChallenge(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	if exchange.Status != http.StatusUnauthorized {
		return &scene.NotTestable{Why: "this target refuses the call with " + status(exchange.Status) + ", not 401"}
	}
	challenge := exchange.Header.Get("WWW-Authenticate")
	w.Expect(challenge != "", evidence.Assertion{Check: "a 401 has a challenge", Fact: w.fact("STD-02", contract.Head),
		Message:  "a 401 does not say how to authenticate",
		Expected: "the header WWW-Authenticate with a challenge", Actual: orAbsent(challenge)})
	return nil
}

func challengeSays(ctx context.Context, code string) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	challenge := strings.Join(exchange.Header.Values("WWW-Authenticate"), ", ")
	bearer, there := client.BearerChallenge(exchange.Header)
	holds := there && bearer.Parameters["error"] == code
	w.Expect(holds, evidence.Assertion{Check: "the challenge names the error", Fact: w.fact("STD-03", contract.Head),
		Message:  "the challenge does not name the error of RFC 6750",
		Expected: `Bearer … error="` + code + `"`, Actual: orAbsent(challenge)})
	return nil
}

func challengeNamesNone(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	challenge := strings.Join(exchange.Header.Values("WWW-Authenticate"), ", ")
	bearer, there := client.BearerChallenge(exchange.Header)
	holds := there && len(bearer.Parameters) > 0 && bearer.Parameters["error"] == ""
	w.Expect(holds, evidence.Assertion{Check: "no error without credentials", Fact: w.fact("STD-03", contract.Head),
		Message:  "the challenge is not that of RFC 6750 for a call without credentials",
		Expected: "Bearer with a parameter such as realm, and no error", Actual: orAbsent(challenge)})
	return nil
}

func namesMethods(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	if exchange.Status != http.StatusMethodNotAllowed {
		return &scene.NotTestable{Why: "this target answers " + status(exchange.Status) + " to a method that it does not offer, not 405"}
	}
	allow := exchange.Header.Get("Allow")
	w.Expect(allow != "", evidence.Assertion{Check: "a 405 has Allow", Fact: w.fact("STD-05", contract.Head),
		Message: "a 405 does not say which methods are allowed", Expected: "the header Allow", Actual: orAbsent(allow)})
	return nil
}

func notKept(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	control, pragma := exchange.Header.Get("Cache-Control"), exchange.Header.Get("Pragma")
	w.Expect(strings.Contains(strings.ToLower(control), "no-store"), evidence.Assertion{Check: "not to be stored",
		Fact:    w.fact("STD-15", contract.Head),
		Message: "the answer may be stored by caches", Expected: "Cache-Control: no-store", Actual: orAbsent(control)})
	w.Expect(strings.Contains(strings.ToLower(pragma), "no-cache"), evidence.Assertion{Check: "not to be stored",
		Fact:    w.fact("STD-15", contract.Head),
		Message: "the answer may be stored by old caches", Expected: "Pragma: no-cache", Actual: orAbsent(pragma)})
	return nil
}

func hasDate(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	written := exchange.Header.Get("Date")
	_, err = time.Parse(http.TimeFormat, written)
	w.Expect(err == nil, evidence.Assertion{Check: "a valid Date", Fact: w.fact("STD-07", contract.Head),
		Message: "the answer has no valid date", Expected: "an HTTP date", Actual: orAbsent(written)})
	return nil
}

func hasNoContent(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	if exchange.Status != http.StatusNoContent {
		return &scene.NotTestable{Why: "this target answers " + status(exchange.Status) + ", not 204 No Content"}
	}
	w.Expect(len(exchange.Body) == 0, evidence.Assertion{Check: "a 204 has no content", Fact: w.fact("STD-06", contract.Form),
		Message: "a 204 has content", Expected: "no bytes", Actual: string(exchange.Body)})
	return nil
}

func errorIsOneOf(ctx context.Context, list string) error {
	w := From(ctx)
	value, there, err := w.answerMember("error")
	if err != nil {
		return err
	}
	holds := false
	for _, code := range strings.Split(list, ",") {
		holds = holds || value == strings.TrimSpace(code)
	}
	w.Expect(holds, evidence.Assertion{Check: "error code of RFC 6749", Fact: w.fact("STD-16", contract.Values), Pointer: "/error",
		Message:  "the token error does not name a code of RFC 6749",
		Expected: "one of " + list, Actual: present(value, there)})
	return nil
}

func noRefreshToken(ctx context.Context) error {
	w := From(ctx)
	_, there, err := w.answerMember("refresh_token")
	if err != nil {
		return err
	}
	w.Expect(!there, evidence.Assertion{Check: "no refresh token", Fact: w.fact("STD-17", contract.FieldThere), Pointer: "/refresh_token",
		Message: "the client-credentials flow gave a refresh token", Expected: "absent", Actual: "there"})
	return nil
}

func locationResolves(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	location := exchange.Header.Get("Location")
	if location == "" {
		return &scene.NotTestable{Why: "this target sends no Location with its 201"}
	}
	operation := w.Session.Contract.Operation(exchange.Operation)
	reader := w.reader(operation.Creates)
	path, err := w.Session.Client.Relative(location)
	if err != nil {
		w.Expect(false, evidence.Assertion{Check: "Location resolves", Fact: w.fact("STD-09", contract.Head),
			Message: "Location does not lead to this API", Expected: "an address of the target", Actual: location})
		return nil //nolint:nilerr // an address that leads elsewhere is the finding
	}
	draft, err := w.scene.Draft(ctx, reader, "primary", w.things)
	if err != nil {
		return err
	}
	draft.Request.RawPath = path
	got, err := w.send(ctx, draft)
	if err != nil {
		return err
	}
	w.Expect(got.Status == http.StatusOK, evidence.Assertion{Check: "Location resolves", Fact: w.fact("STD-09", contract.Head),
		Message: "Location does not resolve", Expected: "200 OK", Actual: w.answered(got)})
	return nil
}

// challengeFits holds the error of a challenge against the status that RFC 6750 section 3.1 gives it.
func challengeFits(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	bearer, _ := client.BearerChallenge(exchange.Header)
	for code, fits := range map[string]int{"insufficient_scope": http.StatusForbidden, "invalid_token": http.StatusUnauthorized, "invalid_request": http.StatusBadRequest} {
		if bearer.Parameters["error"] == code {
			w.Expect(exchange.Status == fits, evidence.Assertion{Check: "status of the challenge", Fact: w.fact("STD-03", contract.Head),
				Message:  "the error of the challenge does not go with the status",
				Expected: status(fits) + " with " + code, Actual: status(exchange.Status)})
			return nil
		}
	}
	return &scene.NotTestable{Why: "this target names no error in its challenge (" + orAbsent(exchange.Header.Get("WWW-Authenticate")) + ")"}
}

// endsEarly is how often in a row an answer must end early before it is the API and not the connection.
const endsEarly = 3

func asLongAsAnnounced(ctx context.Context, title string) error {
	w := From(ctx)
	for try := 1; ; try++ {
		if err := aValidRequest(ctx, title); err != nil {
			return err
		}
		exchange, err := w.Session.Client.Do(ctx, w.draft.Operation, w.draft.Request)
		var none *client.NoAnswer
		if err == nil {
			w.last = exchange
			w.watch(w.draft.Operation, exchange)
			if served, err := w.expectServed(w.draft.Operation, exchange); !served {
				return err
			}
			announced := exchange.Header.Get("Content-Length")
			w.Expect(announced == "" || announced == strconv.Itoa(len(exchange.Body)), evidence.Assertion{Check: "length of the answer",
				Fact:     w.fact("STD-06", contract.Form),
				Message:  "the answer is not as long as it says",
				Expected: announced + " octets", Actual: strconv.Itoa(len(exchange.Body)) + " octets"})
			return nil
		}
		if !errors.As(err, &none) || none.Kind != client.Cut || exchange == nil || exchange.Status == 0 {
			return err
		}
		if try == endsEarly {
			w.last = exchange
			w.Expect(false, evidence.Assertion{Check: "length of the answer", Fact: w.fact("STD-06", contract.Form),
				Message:  "the answer ended early three times in a row",
				Expected: exchange.Header.Get("Content-Length") + " octets", Actual: strconv.Itoa(len(exchange.Body)) + " octets"})
			return nil
		}
	}
}
