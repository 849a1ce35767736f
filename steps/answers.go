package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"math/big"
	"slices"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/cucumber/godog"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/steps/sentinel"
)

func answerSentences() []Definition {
	const area = "answer"
	return []Definition{
		define(area, `the call succeeds`, "The answer has the documented success status, or any 2xx where no page gives one.", callSucceeds),
		define(area, `the answer is (\d{3}) [A-Z][A-Za-z ]+`, "The answer has exactly this status.", answerIsStatus),
		define(area, `the call is refused as (not authenticated|forbidden|not found|a fault of the caller|wrong or missing data|bad credentials|forbidden or not found|a wrong method)`, "The answer is an error of that kind.", callIsRefused),
		define(area, `the call fails as a fault at run time`, "The answer is a server error (5xx), as the class Runtime says.", callFailsAtRunTime),
		define(area, `the refusal says "([^"]+)"`, "Some text of the error body is exactly this.", refusalSays),
		define(area, `the refusal has a text for people`, "The error body is JSON with a text in message or error.", refusalHasText),
		define(area, `the answer is an? ([A-Z][A-Za-z0-9]+)`, "The body has the documented shape of that schema.", answerIsA),
		define(area, `the answer is a list of ([A-Z][A-Za-z0-9]+)s`, "The body is a bare array whose items have the documented shape.", answerIsListOf),
		define(area, `the answer's "([^"]+)" is ("[^"]*"|-?\d[\d.]*|true|false|null|\{.*\}|\[.*\])`, "A member of the answer equals the JSON value given.", memberIs),
		define(area, `the answer's "([^"]+)" is the (other |foreign )?`+kinds, "A member of the answer is the id of that thing.", memberIsThing),
		define(area, `the answer's "([^"]+)" is our client id`, "A member of the answer, where it is there, is the client id of our token.", memberIsClientID),
		define(area, `the answer's "([^"]+)" is there`, "The answer has a member of that name that is not null.", memberIsThere),
		define(area, `the answer's "([^"]+)" is there, if only as null`, "The member is in the object, whatever its value.", memberAtLeastNull),
		define(area, `everything in the list has "([^"]+)"`, "The member is in each object of the list, whatever its value.", listHasMember),
		define(area, `the refusal tells its reader something`, "The refusal of this very rule has a text.", refusalTells),
		define(area, `the answer's "([^"]+)" lies in the future`, "A date-time of the answer is later than now.", memberInFuture),
		define(area, `the answer's "([^"]+)" matches the pattern (.+)`, "A member of the answer has the form described by the words of the feature.", memberMatches),
		define(area, `the answer's header "([^"]+)", where there is one, is a whole number`, "An optional header of the answer is an integer.", headerIsNumber),
		define(area, `the answer holds what was sent`, "Each field that was sent comes back with the same value.", holdsWhatWasSent),
		define(area, `the answer has these fields`, "Each field named in the table is there.", hasFields),
		define(area, `what the target does here is recorded`, "Keeps the status and text of the answer as an observation; nothing is judged.", recordAnswer),
	}
}

func callSucceeds(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	_, err = w.expectServed(w.Session.Contract.Operation(exchange.Operation), exchange)
	return err
}

func answerIsStatus(ctx context.Context, code int) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	operation := w.Session.Contract.Operation(exchange.Operation)
	a := evidence.Assertion{Check: "status " + strconv.Itoa(code), Fact: w.own(contract.RefusalStatus), Expected: status(code), Actual: w.answered(exchange),
		Message: fmt.Sprintf("%q was not answered as documented", operation.Title)}
	if code/100 == 2 {
		if served, err := w.expectServed(operation, exchange); !served {
			return err
		}
		a.Check, a.Fact, a.Expected, a.Actual = sentinel.SuccessStatus, w.own(contract.Status), strconv.Itoa(code), strconv.Itoa(exchange.Status)
	}
	w.Expect(exchange.Status == code, a)
	return nil
}

// refusals gives the statuses that each kind of refusal may have, and how it reads.
var refusals = map[string]struct {
	accepts func(int) bool
	reads   string
}{
	"not authenticated":      {is(401), "401 Unauthorized"},
	"forbidden":              {is(403), "403 Forbidden"},
	"not found":              {is(404), "404 Not Found"},
	"forbidden or not found": {is(403, 404), "403 Forbidden or 404 Not Found"},
	"wrong or missing data":  {is(400), "400 Bad Request"},
	"bad credentials":        {is(400, 401), "401 Unauthorized (C-51: or 400 Bad Request, as token services have it)"},
	"a wrong method":         {is(404, 405, 501), "405 Method Not Allowed (404 and 501 say no as well)"},
	"a fault of the caller":  {func(code int) bool { return code >= 400 && code < 500 }, "a client error (4xx)"},
}

func is(codes ...int) func(int) bool {
	return func(code int) bool {
		for _, one := range codes {
			if one == code {
				return true
			}
		}
		return false
	}
}

func callIsRefused(ctx context.Context, kind string) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	if !w.expectRefused(exchange) {
		return nil
	}
	refusal := refusals[kind]
	if open := w.open(w.Session.Contract.Operation(exchange.Operation), exchange); open != nil && !refusal.accepts(exchange.Status) {
		return open // what refuses the body of which no page says enough has not looked at the rest
	}
	w.Expect(refusal.accepts(exchange.Status), evidence.Assertion{Check: "refused as " + kind, Fact: w.own(contract.RefusalStatus),
		Message:  fmt.Sprintf("%q was refused with another code", w.titleOf(exchange)),
		Expected: refusal.reads, Actual: w.answered(exchange)})
	return nil
}

// expectRefused checks that a call was not served, and by no fault of the server's own.
func (w *World) expectRefused(exchange *client.Exchange) bool {
	w.Expect(exchange.Status >= 400, evidence.Assertion{Check: "not served", Fact: w.own(contract.Refusal),
		Message:  fmt.Sprintf("%q should have been refused", w.titleOf(exchange)),
		Expected: "a refusal", Actual: w.answered(exchange)})
	if exchange.Status >= 500 {
		w.Expect(false, evidence.Assertion{Check: "no server error", Fact: w.noServerError(),
			Message: "what a caller did wrong was answered by a server error", Expected: "a client error (4xx)", Actual: w.answered(exchange)})
	}
	return exchange.Status/100 == 4
}

// noServerError is what an answer with a server error to bad input breaks: the scenario's own requirement where a
// page states it (ERR-02, ERR-05), else the standard's word for a 5xx.
func (w *World) noServerError() contract.Fact {
	if f := w.own(contract.Form); w.Session.Contract.Weigh(f).Mark == contract.Stated {
		return f
	}
	return w.fact("HARNESS-01", contract.Form)
}

func callFailsAtRunTime(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	w.Expect(exchange.Status >= 500, evidence.Assertion{Check: "fails at run time", Fact: w.fact("ERR-10", contract.RefusalStatus),
		Message: "a failure of the class Runtime was not answered as a server error", Expected: "a server error (5xx)", Actual: w.answered(exchange)})
	return nil
}

func (w *World) titleOf(exchange *client.Exchange) string {
	if operation := w.Session.Contract.Operation(exchange.Operation); operation != nil {
		return operation.Title
	}
	return exchange.Operation
}

// errorText returns the text that a person would read in an error body: message, else error, else the
// first text in it (C-23: the shape of an error is stated nowhere).
func (w *World) errorText(exchange *client.Exchange) string {
	texts := errorTexts(w.decoded(exchange))
	if len(texts) == 0 {
		return ""
	}
	return texts[0]
}

// errorTexts are the texts of an error body at any depth, those in message and error first.
func errorTexts(value any) []string {
	switch value := value.(type) {
	case string:
		return []string{value}
	case []any:
		var texts []string
		for _, item := range value {
			texts = append(texts, errorTexts(item)...)
		}
		return texts
	case map[string]any:
		var texts []string
		for _, name := range []string{"message", "error"} {
			texts = append(texts, errorTexts(value[name])...)
		}
		for _, name := range slices.Sorted(maps.Keys(value)) {
			if name != "message" && name != "error" {
				texts = append(texts, errorTexts(value[name])...)
			}
		}
		return texts
	}
	return nil
}

// says reports whether a documented message stands in one of the texts, whatever its letter case, final stop or
// prefix (ERR-08 calls the messages typical).
func says(texts []string, message string) bool {
	wanted := strings.ToLower(strings.TrimRight(message, "."))
	return slices.ContainsFunc(texts, func(text string) bool { return strings.Contains(strings.ToLower(text), wanted) })
}

func refusalSays(ctx context.Context, message string) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	if !w.expectRefused(exchange) && exchange.Status < 500 {
		return nil
	}
	w.Expect(says(errorTexts(w.decoded(exchange)), message), evidence.Assertion{Check: "message of the refusal", Fact: w.own(contract.Text), Message: "the refusal does not say why in the documented words",
		Expected: strconv.Quote(message), Actual: w.answered(exchange)})
	return nil
}

func refusalHasText(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	body, _ := w.decoded(exchange).(map[string]any)
	w.Expect(strings.TrimSpace(w.errorText(exchange)) != "", evidence.Assertion{Check: "text of the error", Fact: w.fact("ERR-11", contract.Text),
		Message: "the error body has no text for people", Expected: "a text", Actual: string(exchange.Body)})
	if body != nil {
		w.Observe("errors.envelope", "N-08", "Which members has the body of an error?", strings.Join(slices.Sorted(maps.Keys(body)), ", "))
	}
	return nil
}

// answerIsA counts the shape of the answer as a check of the scenario's own. The sentinels have looked at it
// already; here it becomes part of what the scenario proves.
func answerIsA(ctx context.Context, schema string) error {
	return From(ctx).shape(schema, func(value any) ([]schemas.Violation, error) {
		if object, ok := scene.Object(value); ok {
			value = object
		}
		return From(ctx).Session.Schemas.CheckValue(schema, value)
	})
}

func answerIsListOf(ctx context.Context, schema string) error {
	return From(ctx).shape(schema, func(value any) ([]schemas.Violation, error) {
		if items, ok := scene.Items(value); ok {
			value = items
		}
		return From(ctx).Session.Schemas.CheckListValue(schema, value)
	})
}

// shape counts the shape of the latest answer. A member that is not as it should be breaks its own requirement,
// and the scenario only where that is about it.
func (w *World) shape(schema string, check func(value any) ([]schemas.Violation, error)) error {
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	operation := w.Session.Contract.Operation(exchange.Operation)
	if served, err := w.expectServed(operation, exchange); !served {
		return err
	}
	violations, err := check(w.decoded(exchange))
	if err != nil {
		return faulty("checking the answer against %s: %v", schema, err)
	}
	fact, whole := w.own(contract.Content), true
	for _, violation := range violations {
		a := sentinel.Violated(operation, w.Session.Edition, violation)
		if violation.Pointer == "" && violation.Kind != schemas.Undocumented {
			a.Fact.Requirement, whole = fact.Requirement, false
		}
		w.watched(a)
	}
	if whole {
		w.Expect(true, evidence.Assertion{Check: "the answer is a " + schema, Fact: fact})
	}
	return nil
}

// text is a member of an answer as it reads in a feature: a string without its quotes, else JSON.
func text(value any) string {
	if value, ok := value.(string); ok {
		return strconv.Quote(value)
	}
	written, err := json.Marshal(value)
	if err != nil {
		return "a value that is not JSON"
	}
	return string(written)
}

// same compares two JSON values; numbers are equal when they are the same decimal.
func same(a, b any) bool {
	switch a := a.(type) {
	case map[string]any:
		other, ok := b.(map[string]any)
		if !ok || len(a) != len(other) {
			return false
		}
		for name, value := range a {
			inner, ok := other[name]
			if !ok || !same(value, inner) {
				return false
			}
		}
		return true
	case []any:
		other, ok := b.([]any)
		if !ok || len(a) != len(other) {
			return false
		}
		for i := range a {
			if !same(a[i], other[i]) {
				return false
			}
		}
		return true
	}
	if x, ok := decimal(a); ok {
		y, ok := decimal(b)
		return ok && x.Cmp(y) == 0
	}
	return a == b
}

// decimal reads a JSON number exactly; no float is ever involved.
func decimal(value any) (*big.Rat, bool) {
	switch value := value.(type) {
	case json.Number:
		return new(big.Rat).SetString(string(value))
	case int:
		return new(big.Rat).SetInt64(int64(value)), true
	case int64:
		return new(big.Rat).SetInt64(value), true
	case uint64:
		return new(big.Rat).SetUint64(value), true
	case float64:
		rational := new(big.Rat)
		if rational.SetFloat64(value) == nil {
			return nil, false
		}
		return rational, true
	}
	return nil, false
}

func (w *World) answerMember(name string) (any, bool, error) {
	exchange, err := w.latest()
	if err != nil {
		return nil, false, err
	}
	value, ok := scene.Member(w.body(exchange), name)
	return value, ok, nil
}

func memberIs(ctx context.Context, name, literal string) error {
	w := From(ctx)
	expected, err := parse(literal)
	if err != nil {
		return err
	}
	value, there, err := w.answerMember(name)
	if err != nil {
		return err
	}
	w.expectMember(name, there && same(expected, value), text(expected), value, there)
	return nil
}

func (w *World) expectMember(name string, holds bool, expected string, value any, there bool) {
	actual := "absent"
	if there {
		actual = text(value)
	}
	w.Expect(holds, evidence.Assertion{Check: "value of " + name, Fact: w.fieldFact(w.leading(), name, there), Pointer: "/" + strings.ReplaceAll(name, ".", "/"),
		Message: fmt.Sprintf("%q is not as it should be", name), Expected: expected, Actual: actual})
}

func memberIsThing(ctx context.Context, name, which, kind string) error {
	w := From(ctx)
	object, err := w.thing(which + kind)
	if err != nil {
		return err
	}
	value, there, err := w.answerMember(name)
	if err != nil {
		return err
	}
	id, _ := value.(string)
	w.expectMember(name, strings.EqualFold(id, object.ID), strconv.Quote(object.ID)+", the id of the "+which+kind, value, there)
	return nil
}

func memberIsClientID(ctx context.Context, name string) error {
	w := From(ctx)
	value, there, err := w.answerMember(name)
	if err != nil {
		return err
	}
	if !there {
		return &scene.NotTestable{Why: fmt.Sprintf("this target does not answer with the optional field %q (C-21, C-16)", name)}
	}
	w.expectMember(name, value == w.Session.ClientIDs["primary"], strconv.Quote(w.Session.ClientIDs["primary"])+", our client id", value, there)
	return nil
}

func memberIsThere(ctx context.Context, name string) error {
	w := From(ctx)
	value, there, err := w.answerMember(name)
	if err != nil {
		return err
	}
	w.expectMember(name, there && value != nil, "a value", value, there)
	return nil
}

func memberInFuture(ctx context.Context, name string) error {
	w := From(ctx)
	value, there, err := w.answerMember(name)
	if err != nil {
		return err
	}
	when, readable := schemas.Instant(value)
	w.expectMember(name, readable && when.After(time.Now()), "a time in the future", value, there)
	return nil
}

// forms are the patterns that features name in words.
var forms = map[string]func(string) bool{
	"of four digits":                      func(s string) bool { return len(s) == 4 && digits(s) == 4 },
	"of a masked card number":             masked,
	"of a date-time of RFC 3339":          func(s string) bool { _, ok := schemas.Instant(s); return ok },
	"of UTC with milliseconds":            utcMilliseconds,
	"of plain text, not empty":            func(s string) bool { return strings.TrimSpace(s) != "" },
	"of an identifier in 8-4-4-4-12 form": func(s string) bool { return len(s) == 36 && strings.Count(s, "-") == 4 },
}

func digits(s string) int {
	n := 0
	for _, c := range s {
		if c >= '0' && c <= '9' {
			n++
		}
	}
	return n
}

// masked accepts a mask that shows at most the first eight and the last four digits (CARD-17).
func masked(s string) bool {
	first := strings.IndexFunc(s, func(c rune) bool { return c < '0' || c > '9' })
	last := strings.LastIndexFunc(s, func(c rune) bool { return c < '0' || c > '9' })
	return first >= 0 && first <= 8 && last >= first && len(s)-last-1 <= 4 && digits(s) <= 12
}

func utcMilliseconds(s string) bool {
	_, err := time.Parse("2006-01-02T15:04:05.000Z", s)
	return err == nil
}

func memberMatches(ctx context.Context, name, form string) error {
	w := From(ctx)
	matches, known := forms[form]
	if !known {
		return faulty("no form is called %q", form)
	}
	value, there, err := w.answerMember(name)
	if err != nil {
		return err
	}
	written, _ := value.(string)
	w.expectMember(name, there && matches(written), "a text "+form, value, there)
	return nil
}

func orAbsent(value string) string {
	if value == "" {
		return "absent"
	}
	return value
}

func headerIsNumber(ctx context.Context, name string) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	value := exchange.Header.Get(name)
	if value == "" {
		return &scene.NotTestable{Why: "this target does not send the optional header " + name}
	}
	_, err = strconv.ParseUint(value, 10, 63)
	w.Expect(err == nil, evidence.Assertion{Check: "header " + name, Fact: w.own(contract.Head), Message: "the header " + name + " is no whole number", Expected: "a whole number", Actual: value})
	return nil
}

func holdsWhatWasSent(ctx context.Context) error {
	w := From(ctx)
	draft, err := w.drafted()
	if err != nil {
		return err
	}
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	if served, err := w.expectServed(draft.Operation, exchange); !served {
		return err
	}
	w.expectHolds(draft.Body, w.body(exchange), "")
	return nil
}

// expectHolds checks that every value sent is in the answer; objects may have gained members.
func (w *World) expectHolds(sent, body map[string]any, at string) {
	names := make([]string, 0, len(sent))
	for name := range sent {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		value, there := body[name]
		if inner, ok := sent[name].(map[string]any); ok && name != "metadata" {
			got, _ := value.(map[string]any)
			w.expectHolds(inner, got, at+name+".")
			continue
		}
		w.expectMember(at+name, there && same(sent[name], value), text(sent[name])+", as sent", value, there)
	}
}

func hasFields(ctx context.Context, table *godog.Table) error {
	for _, row := range table.Rows[1:] {
		if err := memberIsThere(ctx, row.Cells[0].Value); err != nil {
			return err
		}
	}
	return nil
}

func recordAnswer(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	w.Expect(exchange.Status < 500, evidence.Assertion{Check: "no server error", Fact: w.fact("HARNESS-01", contract.Form),
		Message: "an open question was answered by a server error", Expected: "any answer but a server error", Actual: w.answered(exchange)})
	w.Observe(w.Scenario.ID, w.Scenario.Gap, "What does the target do here?", w.answered(exchange))
	return nil
}

func memberAtLeastNull(ctx context.Context, name string) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	_, there := w.body(exchange)[name]
	w.Expect(there, evidence.Assertion{Check: "member is there", Fact: w.fieldFact(w.leading(), name, there), Pointer: "/" + name, Message: "a member that is always present is not there", Expected: "the member, if only as null", Actual: "absent"})
	return nil
}

func listHasMember(ctx context.Context, name string) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	list, _ := scene.Items(w.decoded(exchange))
	if len(list) == 0 {
		w.NoData("member is in each entry", w.own(contract.FieldThere), "the list is empty")
		return nil
	}
	for i, entry := range list {
		object, _ := entry.(map[string]any)
		if _, there := object[name]; !there {
			w.Expect(false, evidence.Assertion{Check: "member is in each entry", Fact: w.own(contract.FieldThere), Pointer: fmt.Sprintf("/%d/%s", i, name), Message: "an entry lacks a member that is always present", Expected: "the member, if only as null", Actual: "absent"})
			return nil
		}
	}
	w.Expect(true, evidence.Assertion{Check: "member is in each entry", Fact: w.own(contract.FieldThere)})
	return nil
}

func refusalTells(ctx context.Context) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	text := w.errorText(exchange)
	w.Expect(strings.TrimSpace(text) != "", evidence.Assertion{Check: "the refusal has a text", Fact: w.own(contract.Text), Message: "the refusal tells its reader nothing", Expected: "a text", Actual: "none"})
	return nil
}
