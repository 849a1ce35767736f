package steps

import (
	"cmp"
	"fmt"
	"maps"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
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

// Misshapen are the members which one of the answers about a thing lacks or has of another type, against its shape, and
// whether that gates. It is told of the answer itself, and says nothing of what a call has changed.
func (w *World) Misshapen(kind string, answers ...map[string]any) map[string]bool {
	read := w.reading(kind)
	if read == nil {
		return nil
	}
	members := map[string]bool{}
	for _, answer := range answers {
		violations, err := w.Session.Schemas.CheckValue(read.Success.Schema, answer)
		if err != nil {
			return nil // without a shape nothing is against it
		}
		for _, v := range violations {
			if v.Kind == schemas.Missing || v.Kind == schemas.Type {
				member, _, _ := strings.Cut(strings.TrimPrefix(v.Pointer, "/"), "/")
				members[member] = members[member] || contract.Mark(v.Mark).Gates()
			}
		}
	}
	return members
}

// ExpectUnchanged checks that a refused request has left no trace on a thing of a kind.
func (w *World) ExpectUnchanged(requirement, kind string, before, now map[string]any) {
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
	misshapen := w.Misshapen(kind, before, now)
	for name, value := range before {
		if _, is := misshapen[name]; is {
			continue
		}
		w.Match(match.Field(match.Equal(value), name), now, evidence.Assertion{Check: check, Fact: fact, Exchange: exchange, Through: through,
			Message: "something changed although the request was refused"})
	}
}

// ExpectEqual checks that two answers about one thing of a kind agree member by member; fact is what each member rests
// on, and whether it is there in both.
func (w *World) ExpectEqual(check, kind string, first, second map[string]any, fact func(name string, there bool) contract.Fact) {
	all := maps.Clone(first)
	if all == nil {
		all = map[string]any{}
	}
	maps.Copy(all, second)
	misshapen := w.Misshapen(kind, first, second)
	for _, name := range slices.Sorted(maps.Keys(all)) {
		if misshapen[name] {
			continue
		}
		_, inFirst := first[name]
		_, inSecond := second[name]
		w.Match(match.Field(match.Equal(match.Member(first, name)), name), second, evidence.Assertion{Check: check,
			Fact:    fact(name, inFirst && inSecond),
			Message: fmt.Sprintf("%q differs between two answers about the same thing", name)})
	}
}
