package sentinel

import (
	"cmp"
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/schemas/match"
)

// headers checks what HTTP and OAuth ask of the head of an answer.
func (w *watcher) headers() {
	header, status := w.exchange.Header, w.exchange.Status
	if status < 500 {
		w.match(match.Date(), header.Get("Date"), evidence.Assertion{Check: "a valid Date",
			Fact: w.fact("STD-07", contract.Head), Message: "the answer has no valid Date"})
	}
	switch status {
	case http.StatusUnauthorized:
		if w.operation.ID == "token" {
			break // RFC 6749 §5.2 asks for a challenge only where the Authorization header was used.
		}
		challenge := strings.Join(header.Values("WWW-Authenticate"), ", ")
		w.match(match.Given("the header WWW-Authenticate"), challenge, evidence.Assertion{Check: "a 401 has a challenge",
			Fact: w.fact("STD-02", contract.Head), Message: "a 401 does not say how to authenticate"})
		if challenge != "" {
			bearer, there := client.BearerChallenge(header)
			w.expect(there && len(bearer.Parameters) > 0, evidence.Assertion{Check: "the challenge is Bearer",
				Fact: w.fact("STD-03", contract.Head), Message: "the challenge is not one for bearer tokens",
				Expected: "Bearer with at least one parameter", Actual: challenge})
		}
	case http.StatusMethodNotAllowed:
		w.match(match.Given("the header Allow"), strings.Join(header.Values("Allow"), ", "), evidence.Assertion{Check: "a 405 has Allow",
			Fact: w.fact("STD-05", contract.Head), Message: "a 405 does not say which methods are allowed"})
	case http.StatusNoContent, http.StatusNotModified:
		w.expect(len(w.exchange.Body) == 0, evidence.Assertion{Check: "no content where none belongs",
			Fact: w.fact("STD-06", contract.Form), Message: "an answer that may have no content has some", Expected: "no bytes",
			Actual: strconv.Itoa(len(w.exchange.Body)) + " bytes"})
	}
	if status == http.StatusTooManyRequests {
		kept := storable(header)
		w.expect(!kept, evidence.Assertion{Check: notStored, Fact: w.fact("STD-11", contract.Head),
			Message: "caches may store a refusal that is over soon", Expected: "no freshness of its own",
			Actual: "Cache-Control: " + match.OrAbsent(strings.Join(header.Values("Cache-Control"), ", ")) +
				", Expires: " + match.OrAbsent(header.Get("Expires"))})
	}
	if !Coded(header, w.exchange.Body) {
		w.expect(false, NotCoded(w.fact("HARNESS-26", contract.Form), header))
	}
	if value := header.Get("Retry-After"); value != "" {
		w.match(match.RetryAfter(), value, evidence.Assertion{Check: wellFormedWait, Fact: w.fact("STD-10", contract.Head),
			Message: "Retry-After is neither seconds nor a date"})
	}
}

// beginnings are the first bytes of bodies of each coding (RFC 1952 §2.3.1; RFC 1950 §2.2). Others have none.
var beginnings = map[string]string{"gzip": "\x1f\x8b", "x-gzip": "\x1f\x8b", "deflate": "\x78"}

// Coded reports whether a body can be of the coding that its answer names. That no answer names one unasked is no
// matter here: a caller that says what it takes may be given another (RFC 9110 §12.5.3).
func Coded(header http.Header, body []byte) bool {
	begins, known := beginnings[strings.ToLower(strings.TrimSpace(header.Get("Content-Encoding")))]
	return !known || len(body) == 0 || strings.HasPrefix(string(body[:min(len(body), len(begins))]), begins)
}

// NotCoded is what is said of a body of another coding.
func NotCoded(fact contract.Fact, header http.Header) evidence.Assertion {
	return evidence.Assertion{Check: "the body has its coding", Fact: fact, Message: "the body is not coded as the answer says",
		Expected: header.Get("Content-Encoding"), Actual: "other bytes"}
}

// The checks that are about a 429.
const (
	notStored      = "a 429 is not stored"
	wellFormedWait = "Retry-After is well formed"
)

// OfRefusedPace reports whether a check is about the head of a 429, whoever answered it.
func OfRefusedPace(check string) bool {
	name := strings.TrimPrefix(check, prefix)
	return name == notStored || name == wellFormedWait
}

// storable reports whether an answer tells caches that they may keep it. A 429 that says nothing is not kept:
// its status is none of those that caches keep by themselves (RFC 9111 §4.2.2).
func storable(header http.Header) bool {
	fresh, forbidden := header.Get("Expires") != "" && header.Get("Expires") != "0", false
	for _, directive := range client.List(header, "Cache-Control") {
		switch name, value := client.Pair(directive); name {
		case "no-store", "no-cache", "private":
			forbidden = true
		case "public", "immutable":
			fresh = true
		case "max-age", "s-maxage":
			seconds, err := strconv.Atoi(value)
			fresh, forbidden = fresh || err == nil && seconds > 0, forbidden || err == nil && seconds == 0
		}
	}
	return fresh && !forbidden
}

// body checks media type, strict JSON, and the schema of a success.
func (w *watcher) body() {
	if len(w.exchange.Body) == 0 {
		if w.asked() && w.operation.Success.Schema != "" && w.exchange.Status != http.StatusNoContent {
			w.expect(false, evidence.Assertion{Check: "a success has its documented body",
				Fact: w.fact(w.operation.Shaped(), contract.Shape), Message: "the answer has no body", Expected: w.expectedBody(),
				Actual: "no bytes"})
		}
		return
	}
	media, _, err := mime.ParseMediaType(w.exchange.Header.Get("Content-Type"))
	if w.asked() && w.operation.Success.MediaType == "" && media != "application/json" {
		return // no page says that this answer is JSON, and it does not claim to be
	}
	types := []string{"application/json"}
	problem := err == nil && media == "application/problem+json" && !w.succeeded()
	if problem {
		types = append(types, media)
	}
	w.match(match.MediaType(types...), w.exchange.Header.Get("Content-Type"), evidence.Assertion{
		Check: "the media type is application/json", Fact: w.mediaFact(), Message: "the answer is not labelled as JSON"})
	value, err := schemas.Decode(w.exchange.Body)
	if err != nil {
		var broken *schemas.DecodeError
		where := ""
		if errors.As(err, &broken) {
			where = broken.Pointer
		}
		if broken != nil && broken.Bound() {
			return // only a bound of this harness was exceeded; that is not the API's fault
		}
		w.expect(false, evidence.Assertion{Check: "the body is strict JSON", Fact: w.fact("STD-12", contract.Form),
			Message: "the body is not JSON as RFC 8259 has it", Pointer: where,
			Expected: "one JSON value in UTF-8 without repeated names", Actual: err.Error()})
		return
	}
	w.held("the body is strict JSON", w.fact("STD-12", contract.Form))
	w.value, w.decoded = value, true
	if problem {
		w.problem()
	}
	if w.asked() && w.operation.Success.Schema != "" {
		w.schema()
	}
}

// problem checks the form of RFC 9457 where an answer claims it.
func (w *watcher) problem() {
	object, ok := w.value.(map[string]any)
	status, there := object["status"]
	w.expect(ok && (!there || status == json.Number(strconv.Itoa(w.exchange.Status))), evidence.Assertion{
		Check: "a problem is well formed", Fact: w.fact("STD-13", contract.Form),
		Message:  "a problem+json body contradicts its answer",
		Expected: "an object whose status is " + strconv.Itoa(w.exchange.Status),
		Actual:   match.Text(match.Member(object, "status"))})
}

// mediaFact is what the label of the body rests on: the page of the operation for a success, the general rule
// for all else.
func (w *watcher) mediaFact() contract.Fact {
	if id := w.operation.Success.Requirements["media_type"]; id != "" && w.succeeded() {
		return w.fact(id, contract.MediaType)
	}
	return w.fact("GEN-11", contract.Head)
}

func (w *watcher) expectedBody() string {
	if w.operation.Success.Shape == "array" {
		return "a list of " + w.operation.Success.Schema
	}
	return "a " + w.operation.Success.Schema
}

// listEnds is how much of both ends of a long list every answer is checked for; the scenarios about a
// list check all of it.
const listEnds = 20

// schema checks a success against the schema that the contract gives the operation. What wraps the list or the
// object is a matter of its own; what is in it is judged all the same.
func (w *watcher) schema() {
	violations, err := w.violations()
	if err != nil {
		w.expect(false, w.shapeless(contract.Content, "the body could not be checked", err.Error()))
		return
	}
	if len(violations) == 0 {
		w.held(evidence.DocumentedShape, w.fact(w.operation.Shaped(), contract.Content))
		return
	}
	for _, violation := range violations {
		w.expect(false, Violated(w.operation, w.edition, violation))
	}
}

func (w *watcher) violations() ([]schemas.Violation, error) {
	if w.operation.Success.Shape != "array" {
		object, bare := w.value.(map[string]any)
		if inner, ok := scene.Object(w.value); ok {
			if object["id"] == nil && inner["id"] != nil {
				w.expect(false, w.shapeless(contract.Shape, "the object is wrapped in another", "an object within an object"))
				return w.set.CheckValue(w.operation.Success.Schema, inner)
			}
		}
		if !bare {
			w.expect(false, w.shapeless(contract.Shape, "the body is no object", match.Text(w.value)))
			return nil, nil
		}
		return w.set.CheckValue(w.operation.Success.Schema, w.value)
	}
	items, bare := w.value.([]any)
	if !bare {
		var ok bool
		items, ok = scene.Items(w.value)
		w.expect(false, w.shapeless(contract.Shape, "the body is no bare list",
			map[bool]string{true: "a list within an object", false: "no list"}[ok]))
	}
	if len(items) > listEnds*2 {
		items = append(append([]any{}, items[:listEnds]...), items[len(items)-listEnds:]...)
	}
	return w.set.CheckListValue(w.operation.Success.Schema, items)
}

// shapeless is an assertion on the whole of the body.
func (w *watcher) shapeless(facet contract.Facet, message, actual string) evidence.Assertion {
	return evidence.Assertion{Check: "the body has its documented form", Fact: w.fact(w.operation.Shaped(), facet),
		Message: message, Expected: w.expectedBody(), Actual: actual}
}

// facetOf gives a violation the facet that it breaks.
var facetOf = map[string]contract.Facet{schemas.Missing: contract.FieldThere, schemas.Undocumented: contract.FieldThere,
	schemas.Type:   contract.FieldType,
	schemas.Format: contract.FieldType, schemas.Pattern: contract.FieldType,
	schemas.Enum: contract.Values, schemas.Range: contract.Values, schemas.JSON: contract.Form}

// Violated turns a violation of the schema of an operation's success into an assertion that does not hold.
func Violated(operation *contract.Operation, edition contract.Edition, v schemas.Violation) evidence.Assertion {
	requirement, facet := v.Requirement, facetOf[v.Kind]
	if v.Kind == schemas.Undocumented {
		requirement = evidence.UndocumentedFields
	}
	return evidence.Assertion{Check: evidence.DocumentedShape, Pointer: v.Pointer, Expected: v.Expected, Actual: v.Actual,
		Fact: contract.Fact{Requirement: cmp.Or(requirement, operation.Shaped()), Operation: operation.ID, Edition: edition,
			Facet: cmp.Or(facet, contract.Content), Field: evidence.WithoutIndexes(v.Pointer), Mark: contract.Mark(v.Mark)},
		Message: "the body is not a " + v.Schema + " as documented"}
}
