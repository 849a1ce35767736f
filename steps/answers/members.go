package answers

import (
	"fmt"
	"maps"
	"slices"
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

func memberIs(w *steps.World, exchange *client.Exchange, name, literal string) error {
	expected, err := steps.Literal(literal)
	if err == nil {
		w.ExpectMember(w.Body(exchange), name, match.Equal(expected))
	}
	return err
}

func memberIsThing(w *steps.World, exchange *client.Exchange, name, which, kind string) error {
	object, err := w.Thing(which + kind)
	if err == nil {
		w.ExpectMember(w.Body(exchange), name, match.Named(strconv.Quote(object.ID)+", the id of the "+which+kind, match.ID(object.ID)))
	}
	return err
}

func memberIsClientID(w *steps.World, exchange *client.Exchange, name string) error {
	if _, there := scene.Member(w.Body(exchange), name); !there {
		return &scene.NotTestable{Why: fmt.Sprintf("this target does not answer with the optional field %q (C-21, C-16)", name)}
	}
	ours := w.Session.ClientIDs["primary"]
	w.ExpectMember(w.Body(exchange), name, match.Named(strconv.Quote(ours)+", our client id", match.Equal(ours)))
	return nil
}

// member returns the step that holds a member of the answer against a matcher.
func member(matcher match.Matcher) func(*steps.World, *client.Exchange, string) {
	return func(w *steps.World, exchange *client.Exchange, name string) {
		w.ExpectMember(w.Body(exchange), name, matcher)
	}
}

func memberInFuture(w *steps.World, exchange *client.Exchange, name string) {
	w.ExpectMember(w.Body(exchange), name, match.Named("a time in the future", match.After(time.Now())))
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

func memberMatches(w *steps.World, exchange *client.Exchange, name, form string) error {
	matches, known := forms[form]
	if !known {
		return steps.Faulty("no form is called %q", form)
	}
	w.ExpectMember(w.Body(exchange), name, match.Form("a text "+form, matches))
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
	for _, name := range slices.Sorted(maps.Keys(sent)) {
		if inner, ok := sent[name].(map[string]any); ok && name != "metadata" {
			expectHolds(w, inner, body, at+name+".")
			continue
		}
		w.ExpectMember(body, at+name, asSent(sent[name]))
	}
}

func asSent(value any) match.Matcher {
	return match.Named(match.Text(value)+", as sent", match.Equal(value))
}

func hasFields(w *steps.World, exchange *client.Exchange, table *steps.Table) {
	for _, row := range table.Rows[1:] {
		w.ExpectMember(w.Body(exchange), row.Cells[0].Value, match.Something())
	}
}

func listHasMember(w *steps.World, exchange *client.Exchange, name string) {
	const check = "member is in each entry"
	list, _ := scene.Items(w.Decoded(exchange))
	if len(list) == 0 {
		w.NoData(check, w.Own(contract.FieldThere), "the list is empty")
		return
	}
	w.Match(match.Each(match.Field(match.There(), name)), list, evidence.Assertion{Check: check,
		Fact: w.Own(contract.FieldThere), Message: "an entry lacks a member that is always present"})
}
