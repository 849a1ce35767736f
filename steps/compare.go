package steps

import (
	"fmt"
	"sort"
	"strings"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/match"
)

// ExpectUnchanged checks that a refused request has left no trace on a thing.
func (w *World) ExpectUnchanged(requirement string, before, now map[string]any) {
	if len(before) == 0 {
		w.NoData("a refused request changes nothing", w.Fact(requirement, contract.Effect), "the thing had no fields before")
		return
	}
	for name, value := range before {
		after, there := now[name]
		w.Expect(there && match.Same(value, after), evidence.Assertion{Check: "a refused request changes nothing",
			Fact:    w.Fact(requirement, contract.Effect),
			Pointer: "/" + name,
			Message: fmt.Sprintf("%q changed although the request was refused", name), Expected: match.Text(value), Actual: match.Present(after, there)})
	}
}

func (w *World) Member(name string) (any, bool, error) {
	exchange, err := w.Latest()
	if err != nil {
		return nil, false, err
	}
	value, ok := scene.Member(w.Body(exchange), name)
	return value, ok, nil
}

func (w *World) ExpectMember(name string, holds bool, expected string, value any, there bool) {
	actual := "absent"
	if there {
		actual = match.Text(value)
	}
	w.Expect(holds, evidence.Assertion{Check: "value of " + name, Fact: w.FieldFact(w.Leading(), name, there),
		Pointer: "/" + strings.ReplaceAll(name, ".", "/"),
		Message: fmt.Sprintf("%q is not as it should be", name), Expected: expected, Actual: actual})
}

// ExpectEqualObjects checks that two answers about one thing agree field by field.
func (w *World) ExpectEqualObjects(check string, first, second map[string]any) {
	w.ExpectEqual(check, first, second, func(name string, there bool) contract.Fact { return w.FieldFact(w.Leading(), name, there) })
}

// ExpectEqual is [World.expectEqualObjects] with the fact that each member rests on.
func (w *World) ExpectEqual(check string, first, second map[string]any, fact func(name string, there bool) contract.Fact) {
	names := map[string]bool{}
	for name := range first {
		names[name] = true
	}
	for name := range second {
		names[name] = true
	}
	sorted := make([]string, 0, len(names))
	for name := range names {
		sorted = append(sorted, name)
	}
	sort.Strings(sorted)
	for _, name := range sorted {
		before, inFirst := first[name]
		after, inSecond := second[name]
		w.Expect(inFirst == inSecond && match.Same(before, after), evidence.Assertion{Check: check, Fact: fact(name, inFirst && inSecond),
			Pointer:  "/" + name,
			Message:  fmt.Sprintf("%q differs between two answers about the same thing", name),
			Expected: match.Present(before, inFirst), Actual: match.Present(after, inSecond)})
	}
}
