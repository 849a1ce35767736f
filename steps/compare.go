package steps

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/match"
)

// Match counts one check of a value. What the assertion leaves out, the matcher says: where the value is wrong, what
// was looked for and what was there.
func (w *World) Match(matcher match.Matcher, value any, a evidence.Assertion) {
	holds, why := matcher.Look(value)
	a.Pointer, a.Expected, a.Actual = a.Pointer+why.Pointer, cmp.Or(a.Expected, why.Expected), cmp.Or(a.Actual, why.Actual)
	w.Expect(holds, a)
}

// ExpectMember checks a member of an object of the latest answer; dots in its name lead into inner objects.
func (w *World) ExpectMember(body map[string]any, name string, matcher match.Matcher) {
	path := strings.Split(name, ".")
	there, _ := match.Field(match.There(), path...).Look(body)
	w.Match(match.Field(matcher, path...), body, evidence.Assertion{Check: "value of " + name,
		Fact: w.FieldFact(w.Leading(), name, there), Message: fmt.Sprintf("%q is not as it should be", name)})
}

// ExpectUnchanged checks that a refused request has left no trace on a thing.
func (w *World) ExpectUnchanged(requirement string, before, now map[string]any) {
	const check = "a refused request changes nothing"
	fact := w.Fact(requirement, contract.Effect)
	exchange, through := 0, ""
	if w.Last != nil {
		through = w.Last.Operation
	}
	if refused := w.refusedCall(); refused != nil {
		fact.Operation, exchange = refused.Operation, refused.N
	}
	if len(before) == 0 {
		w.NoData(check, fact, "the thing had no fields before")
		return
	}
	if !w.Refused() {
		return
	}
	for name, value := range before {
		w.Match(match.Field(match.Equal(value), name), now, evidence.Assertion{Check: check, Fact: fact, Exchange: exchange, Through: through,
			Message: "something changed although the request was refused"})
	}
}

// ExpectEqual checks that two answers about one thing agree member by member; fact is what each member rests on, and
// whether it is there in both.
func (w *World) ExpectEqual(check string, first, second map[string]any, fact func(name string, there bool) contract.Fact) {
	all := maps.Clone(first)
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, second)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		_, inFirst := first[name]
		_, inSecond := second[name]
		w.Match(match.Field(match.Equal(match.Member(first, name)), name), second, evidence.Assertion{Check: check,
			Fact:    fact(name, inFirst && inSecond),
			Message: fmt.Sprintf("%q differs between two answers about the same thing", name)})
	}
}
