package doctor

import (
	"fmt"
	"io"
	"maps"
	"slices"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Opinion is what doctor prints as JSON.
type Opinion struct {
	Target   string                 `json:"target"`
	Checks   []Check                `json:"checks"`
	Forecast reports.ScenarioCounts `json:"forecast"`
	Missing  []reports.MissingKey   `json:"missing"`
	// Makes counts, by kind, what a run leaves on the target.
	Makes map[string]int `json:"makes"`
}

// NewOpinion is of what was looked at; nothing is foretold yet.
func NewOpinion(target string, checks []Check) *Opinion {
	return &Opinion{Target: target, Checks: checks, Missing: []reports.MissingKey{}, Makes: map[string]int{}}
}

// Foretell takes over what a run on an API that conforms, and has what the target file has, came to.
func (said *Opinion) Foretell(expected *reports.Run) {
	said.Forecast, said.Missing = expected.Summary.Scenarios, expected.Missing()
	for _, one := range expected.LeftBehind {
		said.Makes[one.Kind] = one.Count
	}
}

// Code is the exit code: the environment's where something is broken.
func (said *Opinion) Code() int {
	if slices.ContainsFunc(said.Checks, func(c Check) bool { return c.State == Broken }) {
		return evidence.ExitInconclusive
	}
	return evidence.ExitPassed
}

// Print prints the checks, and what a run would not be able to test and would leave behind.
func (said *Opinion) Print(w io.Writer) error {
	p := func(format string, args ...any) { _, _ = fmt.Fprintf(w, format+"\n", args...) }
	signs := map[State]string{Fine: "fine  ", Poor: "poor  ", Broken: "BROKEN"}
	for _, check := range said.Checks {
		p("  %s  %-36s %s", signs[check.State], check.What, check.Detail)
		if check.Next != "" {
			p("          %36s → %s", "", check.Next)
		}
	}
	if said.Code() != 0 {
		_, err := fmt.Fprintf(w, "\n%s can't be tested as it is; mend what is broken first.\n", said.Target)
		return err
	}
	p("\nOn an API that conforms, this target file lets %d of %d scenarios say something; %d are not testable:",
		said.Forecast.Total-said.Forecast.NotTestable, said.Forecast.Total, said.Forecast.NotTestable)
	for _, one := range said.Missing {
		key := "nothing in the target file would change that"
		if one.Key != "" {
			key = "set " + one.Key
		}
		p("  %4d  %s; %s", one.Scenarios, one.Why, key)
	}
	p("\nA run makes about so many things and leaves them on the target:")
	for _, kind := range slices.Sorted(maps.Keys(said.Makes)) {
		p("  %4d  of the kind %s", said.Makes[kind], kind)
	}
	return nil
}
