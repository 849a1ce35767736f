package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/cucumber/godog"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
)

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
	w.Expect(holds, evidence.Assertion{Check: "value of " + name, Fact: w.fieldFact(w.leading(), name, there),
		Pointer: "/" + strings.ReplaceAll(name, ".", "/"),
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

func memberAtLeastNull(ctx context.Context, name string) error {
	w := From(ctx)
	exchange, err := w.latest()
	if err != nil {
		return err
	}
	_, there := w.body(exchange)[name]
	w.Expect(there, evidence.Assertion{Check: "member is there", Fact: w.fieldFact(w.leading(), name, there), Pointer: "/" + name,
		Message: "a member that is always present is not there", Expected: "the member, if only as null", Actual: "absent"})
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
			w.Expect(false, evidence.Assertion{Check: "member is in each entry", Fact: w.own(contract.FieldThere),
				Pointer: fmt.Sprintf("/%d/%s", i, name),
				Message: "an entry lacks a member that is always present", Expected: "the member, if only as null", Actual: "absent"})
			return nil
		}
	}
	w.Expect(true, evidence.Assertion{Check: "member is in each entry", Fact: w.own(contract.FieldThere)})
	return nil
}
