package steps

import (
	"fmt"
	"slices"
	"strings"
	"unicode"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/redact"
)

// Own is a fact of the requirement that the scenario leads with, about the operation of the latest answer. It is
// for sentences whose requirement is the Rule that they stand under. The scenario's further requirement tags claim
// that the same look proves them too.
func (w *World) Own(facet contract.Facet) contract.Fact {
	f := w.Fact(w.Leading(), facet)
	f.Also = w.further()
	return f
}

// Tagged adds to a fact what the tags of the scenario claim to be proved by the same look.
func (w *World) Tagged(f contract.Fact) contract.Fact {
	f.Also = slices.DeleteFunc(slices.Clone(w.Scenario.Requirements), func(id string) bool { return id == f.Requirement })
	return f
}

// further are the requirement tags of the scenario after the leading one.
func (w *World) further() []string {
	if len(w.Scenario.Requirements) == 0 {
		return nil
	}
	return w.Scenario.Requirements[1:]
}

// Leading is the requirement of the Rule that the scenario stands under.
func (w *World) Leading() string {
	if len(w.Scenario.Requirements) == 0 {
		return ""
	}
	return w.Scenario.Requirements[0]
}

// Fact is a fact of a requirement about the operation of the latest answer.
func (w *World) Fact(requirement string, facet contract.Facet) contract.Fact {
	f := contract.Fact{Requirement: requirement, Facet: facet, Edition: w.Session.Edition}
	if w.Last != nil && facet != contract.Delivery { // a delivery is no answer of an operation
		f.Operation = w.Last.Operation
	}
	return f
}

// FieldFact is a fact about a member of the latest answer: that it is there weighs as the schema of the answer
// marks it, and what it holds as the requirement does.
func (w *World) FieldFact(requirement, name string, there bool) contract.Fact {
	f := w.Fact(requirement, contract.Link)
	f.Field = name
	if requirement == w.Leading() {
		f.Also = w.further()
	}
	if there {
		return f
	}
	f.Facet = contract.FieldThere
	if operation := w.Session.Contract.Operation(f.Operation); operation != nil {
		f.Mark = contract.Mark(w.Session.Schemas.MarkOf(operation.Success.Schema, name))
	}
	return f
}

// Expect counts one check. Where it does not hold and the scenario is about it, it is a finding of the scenario;
// while things are prepared it is only noticed in passing.
func (w *World) Expect(holds bool, a evidence.Assertion) {
	if a.Fact.Requirement == "" || a.Fact.Facet == "" {
		panic(fmt.Sprintf("the check %q rests on no fact", a.Check))
	}
	a.Fact.Operation = w.shownBy(a)
	if holds {
		refused := ""
		if slices.Contains([]contract.Facet{contract.Refusal, contract.RefusalStatus, contract.Text}, a.Fact.Facet) {
			refused = a.Fact.Operation
		}
		for _, id := range append([]string{a.Fact.Requirement}, a.Fact.Also...) {
			w.checks = append(w.checks, evidence.Check{Name: a.Check, Requirement: id, Outcome: evidence.Held, Step: w.step, Refused: refused})
		}
		return
	}
	if w.preparing > 0 {
		w.notice(a)
		return
	}
	found := w.finding(a)
	if found.Beyond() {
		w.notice(a)
		return
	}
	w.count(a.Check, a.Fact.Requirement, evidence.Broken)
	if w.places.Lists(found) {
		w.findings = append(w.findings, found)
	}
}

// shownBy is the operation whose answer shows an assertion: where it names an exchange other than the latest, that of
// the exchange, unless it says otherwise itself.
func (w *World) shownBy(a evidence.Assertion) string {
	if a.Exchange == 0 || w.Last == nil || a.Exchange == w.Last.N || a.Fact.Operation != w.Last.Operation {
		return a.Fact.Operation
	}
	for _, e := range w.Heard() {
		if e.N == a.Exchange {
			return e.Operation
		}
	}
	return a.Fact.Operation
}

// finding judges an assertion that does not hold.
func (w *World) finding(a evidence.Assertion) evidence.Finding {
	if a.Exchange == 0 && w.Last != nil {
		a.Exchange = w.Last.N
	}
	// Redaction comes before the cut: half a secret would not be recognised.
	redact := func(text string) string { return cut(visible(w.Session.Client.Redactor().Text(text))) }
	a.Gherkin = w.Session.Client.Redactor().Text(a.Gherkin)
	a.Message, a.Pointer, a.Expected, a.Actual = redact(a.Message), redact(a.Pointer), redact(a.Expected), redact(a.Actual)
	f := w.Session.Policy.Finding(a)
	f.Step = w.step
	return f
}

// notice keeps what does not hold beside what the scenario is about: it breaks its requirement, and so the run,
// once, and never the scenario.
func (w *World) notice(a evidence.Assertion) {
	w.count(a.Check, a.Fact.Requirement, evidence.Broken)
	f := w.finding(a)
	f.Step, f.Count, f.Scenario = -1, 1, w.Scenario.ID
	if w.placesPassing.Lists(f) {
		w.passing = append(w.passing, f)
	}
}

// Watched counts what a sentinel says of an answer: a finding of the scenario where that is about the
// requirement, else noticed in passing.
func (w *World) Watched(a evidence.Assertion) {
	step := w.step
	w.step = -1
	defer func() { w.step = step }()
	if a.Holds || w.preparing == 0 && slices.Contains(w.Scenario.Requirements, a.Fact.Requirement) {
		w.Expect(a.Holds, a)
		return
	}
	w.notice(a)
}

// Preparing does something that the scenario needs and is not about: what deviates there is noticed in passing.
func (w *World) Preparing(work func() error) error {
	w.preparing++
	defer func() { w.preparing-- }()
	return work()
}

// visible escapes marks that combine with the letter before them, so that two spellings of one letter can be told apart:
// ë, and an e with U+0308.
func visible(text string) string {
	if !strings.ContainsFunc(text, func(r rune) bool { return unicode.Is(unicode.Mn, r) }) {
		return text
	}
	var b strings.Builder
	for _, r := range text {
		if unicode.Is(unicode.Mn, r) {
			fmt.Fprintf(&b, "\\u%04X", r)
			continue
		}
		b.WriteRune(r)
	}
	return b.String()
}

// cut keeps a finding readable.
func cut(text string) string {
	return redact.Cut(text, 200, "…")
}

// readable is a text of the API without secrets, and not longer than anybody reads. What is looked at for secrets goes
// beyond what is kept, so that no half of one is left.
func (w *World) readable(text string) string {
	const most = 1000
	redactor := w.Session.Client.Redactor()
	return redact.Cut(redactor.Text(redact.Cut(text, most+16*redactor.Reach(), "")), most, "…")
}

// NoData counts a check that had nothing to look at.
func (w *World) NoData(check string, fact contract.Fact, why string) {
	w.count(check, fact.Requirement, evidence.NoData)
	if w.noData == "" {
		w.noData = fmt.Sprintf("the check %q had nothing to look at: %s", check, why)
	}
}

func (w *World) count(check, requirement string, outcome evidence.Outcome) {
	w.checks = append(w.checks, evidence.Check{Name: check, Requirement: requirement, Outcome: outcome, Step: w.step})
}
