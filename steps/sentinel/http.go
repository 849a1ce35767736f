package sentinel

import (
	"encoding/json"
	"errors"
	"mime"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
)

// headers checks what HTTP and OAuth ask of the head of an answer.
func (w *watcher) headers() {
	header, status := w.exchange.Header, w.exchange.Status
	if status < 500 {
		written := header.Get("Date")
		_, err := time.Parse(http.TimeFormat, written)
		w.expect(err == nil, Result{Check: "a valid Date", Requirement: "STD-07", Message: "the answer has no valid Date", Expected: "an HTTP date", Actual: absent(written)})
	}
	switch status {
	case http.StatusUnauthorized:
		if w.operation.ID == "token" {
			break // RFC 6749 §5.2 asks for a challenge only where the Authorization header was used.
		}
		challenge := header.Get("WWW-Authenticate")
		w.expect(challenge != "", Result{Check: "a 401 has a challenge", Requirement: "STD-02", Message: "a 401 does not say how to authenticate", Expected: "the header WWW-Authenticate", Actual: "absent"})
		if challenge != "" {
			scheme, parameters, _ := strings.Cut(challenge, " ")
			w.expect(strings.EqualFold(scheme, "Bearer") && strings.Contains(parameters, "="), Result{Check: "the challenge is Bearer", Requirement: "STD-03",
				Message: "the challenge is not one for bearer tokens", Expected: "Bearer with at least one parameter", Actual: challenge})
		}
	case http.StatusMethodNotAllowed:
		w.expect(header.Get("Allow") != "", Result{Check: "a 405 has Allow", Requirement: "STD-05", Message: "a 405 does not say which methods are allowed", Expected: "the header Allow", Actual: "absent"})
	case http.StatusNoContent, http.StatusNotModified:
		w.expect(len(w.exchange.Body) == 0, Result{Check: "no content where none belongs", Requirement: "STD-06", Message: "an answer that may have no content has some", Expected: "no bytes", Actual: strconv.Itoa(len(w.exchange.Body)) + " bytes"})
	}
	if status == http.StatusTooManyRequests {
		kept := storable(header)
		w.expect(!kept, Result{Check: notStored, Requirement: "STD-11", Message: "caches may store a refusal that is over soon", Expected: "no freshness of its own", Actual: "Cache-Control: " + absent(header.Get("Cache-Control")) + ", Expires: " + absent(header.Get("Expires"))})
	}
	if value := header.Get("Retry-After"); value != "" {
		_, whole := strconv.ParseUint(value, 10, 32)
		_, date := http.ParseTime(value)
		w.expect(whole == nil || date == nil, Result{Check: wellFormedWait, Requirement: "STD-10", Message: "Retry-After is neither seconds nor a date", Expected: "whole seconds or an HTTP date", Actual: value})
	}
	if w.operation.ID == "token" && w.succeeded() {
		w.expect(strings.Contains(strings.ToLower(header.Get("Cache-Control")), "no-store"), Result{Check: "a token is not stored", Requirement: "STD-15",
			Message: "a token answer may be stored by caches", Expected: "Cache-Control: no-store", Actual: absent(header.Get("Cache-Control"))})
	}
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
	for _, line := range header.Values("Cache-Control") {
		for directive := range strings.SplitSeq(strings.ToLower(line), ",") {
			name, value, _ := strings.Cut(strings.TrimSpace(directive), "=")
			switch name {
			case "no-store", "no-cache", "private":
				forbidden = true
			case "public", "immutable":
				fresh = true
			case "max-age", "s-maxage":
				seconds, err := strconv.Atoi(strings.Trim(value, `"`))
				fresh, forbidden = fresh || err == nil && seconds > 0, forbidden || err == nil && seconds == 0
			}
		}
	}
	return fresh && !forbidden
}

func absent(value string) string {
	if value == "" {
		return "absent"
	}
	return value
}

// body checks media type, strict JSON, and the schema of a success.
func (w *watcher) body() {
	if len(w.exchange.Body) == 0 {
		if w.succeeded() && w.operation.Success.Schema != "" && w.exchange.Request().Method == w.operation.Method && w.exchange.Status != http.StatusNoContent {
			requirement := w.bodyRequirement()
			if w.operation.Success.Status == 0 {
				requirement = "GEN-11" // that there is a body at all is inferred
			}
			w.expect(false, Result{Check: "a success has its documented body", Requirement: requirement, Message: "the answer has no body", Expected: w.expectedBody(), Actual: "no bytes"})
		}
		return
	}
	media, _, err := mime.ParseMediaType(w.exchange.Header.Get("Content-Type"))
	problem := err == nil && media == "application/problem+json" && !w.succeeded()
	w.expect(err == nil && media == "application/json" || problem, Result{Check: "the media type is application/json", Requirement: w.mediaRequirement(),
		Message: "the answer is not labelled as JSON", Expected: "application/json", Actual: absent(w.exchange.Header.Get("Content-Type"))})
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
		w.expect(false, Result{Check: "the body is strict JSON", Requirement: "STD-12", Message: "the body is not JSON as RFC 8259 has it", Pointer: where, Expected: "one JSON value in UTF-8 without repeated names", Actual: err.Error()})
		return
	}
	w.held("the body is strict JSON", "STD-12")
	w.value, w.decoded = value, true
	if problem {
		w.problem()
	}
	if w.succeeded() && w.operation.Success.Schema != "" && w.exchange.Request().Method == w.operation.Method {
		w.schema()
	}
}

// problem checks the form of RFC 9457 where an answer claims it.
func (w *watcher) problem() {
	object, ok := w.value.(map[string]any)
	status, there := object["status"]
	w.expect(ok && (!there || status == json.Number(strconv.Itoa(w.exchange.Status))), Result{Check: "a problem is well formed", Requirement: "STD-13",
		Message: "a problem+json body contradicts its answer", Expected: "an object whose status is " + strconv.Itoa(w.exchange.Status), Actual: text(status)})
}

func (w *watcher) mediaRequirement() string {
	if id := w.operation.Success.Requirements["media_type"]; id != "" && w.succeeded() {
		return id
	}
	return "GEN-11"
}

func (w *watcher) bodyRequirement() string {
	if id := w.operation.Success.Requirements["body"]; id != "" {
		return id
	}
	return w.operation.Requirement
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

// schema checks a success against the schema that the contract gives the operation.
func (w *watcher) schema() {
	check, value := w.set.CheckValue, w.value
	if w.operation.Success.Shape == "array" {
		check = w.set.CheckListValue
		if items, ok := value.([]any); ok && len(items) > listEnds*2 {
			value = append(append([]any{}, items[:listEnds]...), items[len(items)-listEnds:]...)
		}
	}
	violations, err := check(w.operation.Success.Schema, value)
	if err != nil {
		w.expect(false, Result{Check: "the body has its documented shape", Requirement: w.bodyRequirement(), Message: "the body could not be checked", Expected: w.expectedBody(), Actual: err.Error()})
		return
	}
	if len(violations) == 0 {
		w.held("the body has its documented shape", w.bodyRequirement())
		return
	}
	for _, violation := range violations {
		w.expect(false, w.Violation(violation))
	}
}

// Violation turns a violation of a schema into the result of a sentinel.
func (w *watcher) Violation(v schemas.Violation) Result {
	requirement := v.Requirement
	if v.Kind == "undocumented" {
		requirement = "HARNESS-16"
	}
	if requirement == "" {
		requirement = w.bodyRequirement()
	}
	return Result{Check: "the body has its documented shape", Requirement: requirement, Mark: contract.Mark(v.Mark), Pointer: v.Pointer, Expected: v.Expected, Actual: v.Actual,
		Message: "the body is not a " + v.Schema + " as documented"}
}
