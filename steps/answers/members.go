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

// memberForms are what one member of an answer is held to.
func memberForms() steps.Choice {
	all := steps.Choice{
		{Word: "there, or null", Doc: "it is there.", Handler: member(match.Named("a value, or null", match.There()))},
		{Word: "there, or left out", Doc: "it is not null where it is there.", Handler: memberOrAbsent},
		{Word: "an object, null or left out", Doc: "one of these three.",
			Handler: member(match.Named("an object, null or left out", match.Or(match.Object(), match.Or(match.Equal(nil), match.Missing()))))},
		{Word: "what was sent", Doc: "it equals that of the request, value for value.", Handler: memberAsSent},
		{Word: "our client id", Doc: "where it is there, that of our token.", Handler: memberIsClientID},
		{Word: "in the future", Doc: "a time later than now.", Handler: memberInFuture},
	}
	for _, form := range slices.Sorted(maps.Keys(forms)) {
		all = append(all, steps.Word{Word: form, Doc: "a text of that form.", Handler: member(match.Form(form, forms[form]))})
	}
	return all
}

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

// forms are those of texts that features name in words.
var forms = map[string]func(string) bool{
	"four digits":                      func(s string) bool { return len(s) == 4 && digits(s) == 4 },
	"a masked card number":             masked,
	"a date-time of RFC 3339":          func(s string) bool { _, ok := schemas.Instant(s); return ok },
	"a time in UTC with milliseconds":  utcMilliseconds,
	"a plain text, not empty":          func(s string) bool { return strings.TrimSpace(s) != "" },
	"an identifier in 8-4-4-4-12 form": func(s string) bool { return len(s) == 36 && strings.Count(s, "-") == 4 },
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

// quoted are the names of a sentence that lists them.
func quoted(list string) (names []string) {
	for i, part := range strings.Split(list, `"`) {
		if i%2 == 1 {
			names = append(names, part)
		}
	}
	return names
}

func hasMembers(w *steps.World, exchange *client.Exchange, list string) {
	for _, name := range quoted(list) {
		w.ExpectMember(w.Body(exchange), name, match.Something())
	}
}

func listHasMembers(w *steps.World, exchange *client.Exchange, list, orNone string) error {
	const check = "member is in each entry"
	items, _ := scene.Items(w.Decoded(exchange))
	if orNone != "" {
		return allOrNone(w, items, quoted(list))
	}
	if len(items) == 0 {
		w.NoData(check, w.Own(contract.FieldThere), "the list is empty")
		return nil
	}
	for _, name := range quoted(list) {
		w.Match(match.Each(match.Field(match.There(), name)), items, evidence.Assertion{Check: check,
			Fact: w.Own(contract.FieldThere), Message: "an entry lacks a member that is always present"})
	}
	return nil
}
