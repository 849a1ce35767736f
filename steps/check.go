package steps

import (
	"fmt"
	"github.com/kobcheck/kobcheck/contract"
)

// Outcome is what came of one evaluated check.
type Outcome string

// The outcomes. NoData is never a pass: the check had nothing to look at.
const (
	Held   Outcome = "held"
	Failed Outcome = "failed"
	NoData Outcome = "no_data"
)

// Check is one check that was evaluated. Step is the index of its step, -1 for the sentinels.
type Check struct {
	Name        string
	Requirement string
	Outcome     Outcome
	Step        int
}

// Finding is a requirement that the API was seen to break.
type Finding struct {
	Requirement string
	Mark        contract.Mark
	Gated       bool
	Check       string
	Message     string
	Pointer     string
	Expected    string
	Actual      string
	Exchange    int
	Step        int
}

// Expectation is a check about to be counted: what was looked at, and whether it held.
type Expectation struct {
	// Check is a stable name such as "success status"; the census counts by it.
	Check string
	// Requirement is the id that the check proves; empty means the scenario's own first one.
	Requirement string
	// Message is one sentence on what is wrong where the check does not hold.
	Message  string
	Pointer  string
	Expected string
	Actual   string
	// Mark is that of the very fact that is broken, where it is weaker than that of the requirement; else empty.
	Mark contract.Mark
	// Exchange is the number of the exchange that shows it; 0 means the latest.
	Exchange int
}

// Expect counts one check and keeps a finding where it does not hold.
func (w *World) Expect(holds bool, e Expectation) {
	if holds {
		w.count(e, Held)
		return
	}
	w.count(e, Failed)
	requirement := w.requirementOf(e)
	exchange := e.Exchange
	if exchange == 0 && w.last != nil {
		exchange = w.last.N
	}
	mark, gated := w.Session.Contract.MarkOf(requirement), w.Session.Gated(requirement)
	if e.Mark != "" && e.Mark != mark {
		mark, gated = e.Mark, gated && w.Session.Gate[e.Mark]
	}
	// Redaction comes before the cut: half a secret would not be recognised.
	redact := func(text string) string { return cut(w.Session.Client.Redactor().Text(text)) }
	w.findings = append(w.findings, Finding{
		Requirement: requirement, Mark: mark, Gated: gated, Check: e.Check,
		Message: redact(e.Message), Pointer: redact(e.Pointer), Expected: redact(e.Expected), Actual: redact(e.Actual),
		Exchange: exchange, Step: w.step,
	})
}

// cut keeps a finding readable.
func cut(text string) string {
	if runes := []rune(text); len(runes) > 200 {
		return string(runes[:200]) + "…"
	}
	return text
}

// NoData counts a check that had nothing to look at.
func (w *World) NoData(check, requirement, why string) {
	w.count(Expectation{Check: check, Requirement: requirement}, NoData)
	if w.noData == "" {
		w.noData = fmt.Sprintf("the check %q had nothing to look at: %s", check, why)
	}
}

func (w *World) count(e Expectation, outcome Outcome) {
	w.checks = append(w.checks, Check{Name: e.Check, Requirement: w.requirementOf(e), Outcome: outcome, Step: w.step})
}

func (w *World) requirementOf(e Expectation) string {
	if e.Requirement != "" {
		return e.Requirement
	}
	if len(w.Scenario.Requirements) > 0 {
		return w.Scenario.Requirements[0]
	}
	return ""
}
