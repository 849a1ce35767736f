package answers

import (
	"fmt"
	"sort"
	"strconv"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/schemas/match"
	"github.com/kobcheck/kobcheck/steps"
)

func memberIs(w *steps.World, name, literal string) error {
	expected, err := steps.Literal(literal)
	if err != nil {
		return err
	}
	value, there, err := w.Member(name)
	if err != nil {
		return err
	}
	w.ExpectMember(name, there && match.Same(expected, value), match.Text(expected), value, there)
	return nil
}

func memberIsThing(w *steps.World, name, which, kind string) error {
	object, err := w.Thing(which + kind)
	if err != nil {
		return err
	}
	value, there, err := w.Member(name)
	if err != nil {
		return err
	}
	id, _ := value.(string)
	w.ExpectMember(name, strings.EqualFold(id, object.ID), strconv.Quote(object.ID)+", the id of the "+which+kind, value, there)
	return nil
}

func memberIsClientID(w *steps.World, name string) error {
	value, there, err := w.Member(name)
	if err != nil {
		return err
	}
	if !there {
		return &scene.NotTestable{Why: fmt.Sprintf("this target does not answer with the optional field %q (C-21, C-16)", name)}
	}
	w.ExpectMember(name, value == w.Session.ClientIDs["primary"], strconv.Quote(w.Session.ClientIDs["primary"])+", our client id", value, there)
	return nil
}

func memberIsThere(w *steps.World, name string) error {
	value, there, err := w.Member(name)
	if err != nil {
		return err
	}
	w.ExpectMember(name, there && value != nil, "a value", value, there)
	return nil
}

func memberInFuture(w *steps.World, name string) error {
	value, there, err := w.Member(name)
	if err != nil {
		return err
	}
	when, readable := schemas.Instant(value)
	w.ExpectMember(name, readable && when.After(time.Now()), "a time in the future", value, there)
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

func memberMatches(w *steps.World, name, form string) error {
	matches, known := forms[form]
	if !known {
		return steps.Faulty("no form is called %q", form)
	}
	value, there, err := w.Member(name)
	if err != nil {
		return err
	}
	written, _ := value.(string)
	w.ExpectMember(name, there && matches(written), "a text "+form, value, there)
	return nil
}

func holdsWhatWasSent(w *steps.World, draft *scene.Draft, exchange *client.Exchange) error {
	if served, err := w.ExpectServed(draft.Operation, exchange); !served {
		return err
	}
	expectHolds(w, draft.Body, w.Body(exchange), "")
	return nil
}

// expectHolds checks that every value sent is in the answer; objects may have gained members.
func expectHolds(w *steps.World, sent, body map[string]any, at string) {
	names := make([]string, 0, len(sent))
	for name := range sent {
		names = append(names, name)
	}
	sort.Strings(names)
	for _, name := range names {
		value, there := body[name]
		if inner, ok := sent[name].(map[string]any); ok && name != "metadata" {
			got, _ := value.(map[string]any)
			expectHolds(w, inner, got, at+name+".")
			continue
		}
		w.ExpectMember(at+name, there && match.Same(sent[name], value), match.Text(sent[name])+", as sent", value, there)
	}
}

func hasFields(w *steps.World, table *steps.Table) error {
	for _, row := range table.Rows[1:] {
		if err := memberIsThere(w, row.Cells[0].Value); err != nil {
			return err
		}
	}
	return nil
}

func memberAtLeastNull(w *steps.World, exchange *client.Exchange, name string) {
	_, there := w.Body(exchange)[name]
	w.Expect(there, evidence.Assertion{Check: "member is there", Fact: w.FieldFact(w.Leading(), name, there), Pointer: "/" + name,
		Message: "a member that is always present is not there", Expected: "the member, if only as null", Actual: "absent"})
}

func listHasMember(w *steps.World, exchange *client.Exchange, name string) {
	list, _ := scene.Items(w.Decoded(exchange))
	if len(list) == 0 {
		w.NoData("member is in each entry", w.Own(contract.FieldThere), "the list is empty")
		return
	}
	for i, entry := range list {
		object, _ := entry.(map[string]any)
		if _, there := object[name]; !there {
			w.Expect(false, evidence.Assertion{Check: "member is in each entry", Fact: w.Own(contract.FieldThere),
				Pointer: fmt.Sprintf("/%d/%s", i, name),
				Message: "an entry lacks a member that is always present", Expected: "the member, if only as null", Actual: "absent"})
			return
		}
	}
	w.Expect(true, evidence.Assertion{Check: "member is in each entry", Fact: w.Own(contract.FieldThere)})
}
