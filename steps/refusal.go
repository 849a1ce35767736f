package steps

import (
	"fmt"
	"slices"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// served says that a call of a scenario was served that had to be refused.
type served struct{ instead bool }

// ExpectNotServed checks that a call was not served. Where it was, what it has done is no effect of a refusal, and is
// told as this alone. Says is the text of the refusal, where one is documented.
func (w *World) ExpectNotServed(exchange *client.Exchange, says string) {
	refusal := "a refusal"
	if says != "" {
		refusal = fmt.Sprintf("a refusal that says %q", says)
	}
	if exchange.Status/100 == 2 {
		State[served](w).instead = true
	}
	w.Expect(exchange.Status >= 400, evidence.Assertion{Check: "not served", Fact: w.forbidding(),
		Message: fmt.Sprintf("%q should have been refused", w.TitleOf(exchange)), Expected: refusal,
		Actual: w.Answered(exchange)})
}

// Refused reports whether all that had to be refused was, so that it can be asked what it has done all the same.
func (w *World) Refused() bool { return !State[served](w).instead }

// refusedCall is the latest of the scenario's own calls that was refused; nil for none.
func (w *World) refusedCall() *client.Exchange {
	for _, call := range slices.Backward(w.Calls) {
		if call.Status >= 400 {
			return call
		}
	}
	return nil
}

// forbidding is what a call breaks that is served and should not be: the scenario's own requirement, or, where that says
// that a refusal does nothing, the one beside it that asks for the refusal.
func (w *World) forbidding() contract.Fact {
	f := w.Own(contract.Refusal)
	if f.Requirement == nothingDone && len(f.Also) > 0 {
		f.Requirement, f.Also = f.Also[0], f.Also[1:]
	}
	return f
}
