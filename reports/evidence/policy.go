package evidence

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
)

// UndocumentedFields is the requirement that a strict run gates on beside the marks.
const UndocumentedFields = "HARNESS-16"

// DefaultGate is what fails a run where nobody says otherwise.
func DefaultGate() []contract.Mark {
	return []contract.Mark{contract.Stated, contract.Standard, contract.Hazard}
}

// ParseGate reads the words of --gate: marks, and hazard.
func ParseGate(names []string) ([]contract.Mark, error) {
	var out []contract.Mark
	for _, name := range names {
		mark := contract.Mark(strings.TrimSpace(name))
		if mark != contract.Hazard && (!mark.Valid() || mark == contract.NotFound) {
			return nil, fmt.Errorf("--gate: %q is no mark; there are stated, standard, hazard, example, third-party and inferred", name)
		}
		out = append(out, mark)
	}
	return out, nil
}

// Policy turns what did not hold into findings, and says which of them fail a run or a plan. It is the only
// place that decides so.
type Policy struct {
	Contract *contract.Contract
	// Gate holds the marks whose findings fail; [contract.Hazard] among them lets hazards fail whatever
	// their mark.
	Gate []contract.Mark
	// Scored freezes the requirements that gate; nil means that every one of a gated mark does.
	Scored map[string]bool
	// Waived are requirements that are put up with for now: found, reported, and not gated.
	Waived map[string]bool
	// Strict makes undocumented fields fail.
	Strict bool
}

// Gates reports whether what breaks a fact of such a weight fails the run.
func (p *Policy) Gates(requirement string, weight contract.Weight) bool {
	switch {
	case p.Waived[requirement], p.Scored != nil && !p.Scored[requirement]:
		return false
	case weight.Hazard != "" && slices.Contains(p.Gate, contract.Hazard):
		return true
	case p.Strict && requirement == UndocumentedFields:
		return true
	}
	return slices.Contains(p.Gate, weight.Mark)
}

// Finding judges an assertion that does not hold. Its texts are the caller's to redact.
func (p *Policy) Finding(a Assertion) Finding {
	weight := p.Contract.Weigh(a.Fact)
	gated := p.Gates(a.Fact.Requirement, weight)
	if a.Kind == Unserved {
		weight.Hazard = "" // what is not served puts nothing at risk
	}
	verdict := Verdict("")
	if a.Chance {
		verdict = Flaky
	}
	return Finding{Requirement: a.Fact.Requirement, Mark: weight.Mark, Hazard: weight.Hazard, Gated: gated,
		Check: a.Check, Kind: a.Kind, Message: a.Message, Pointer: a.Pointer, Expected: a.Expected, Actual: a.Actual,
		Gherkin: a.Gherkin, Through: a.Through,
		Exchange: a.Exchange, Operation: a.Fact.Operation, Verdict: verdict}
}
