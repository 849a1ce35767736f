package suite

import (
	"fmt"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/catalog"
)

// environmentAttempts is how often a scenario whose answer the environment kept away is tried again
// by itself: a deploy in the middle or a limit that we met too fast is nobody's finding.
const environmentAttempts = 2

// again returns the scenarios that get another attempt after the given one (from 0), by key.
func (r *runner) again(attempt int) map[string]*catalog.Scenario {
	next := map[string]*catalog.Scenario{}
	for _, scenario := range r.order {
		result := r.results[scenario.Key]
		switch {
		case result == nil:
		case (result.Verdict == evidence.Failed || result.Verdict == evidence.Blocked) && attempt < r.config.Retries:
			next[scenario.Key] = scenario
		case result.Verdict == evidence.Inconclusive && r.environment[scenario.Key] && attempt < max(environmentAttempts, r.config.Retries) &&
			r.anyAnswer:
			next[scenario.Key] = scenario
		}
	}
	return next
}

// combined puts two attempts of a scenario together. The first evidence of a failure is kept: what failed
// once is shown, whatever fresh data did later.
func combined(first, later *reports.Scenario) *reports.Scenario {
	later.Attempts = first.Attempts + 1
	failed := first.Verdict == evidence.Failed || first.Verdict == evidence.Blocked
	switch {
	case failed && (later.Verdict == evidence.Passed || later.Verdict == evidence.Advisory):
		first.Verdict = evidence.Flaky
		first.Reason = fmt.Sprintf("failed, then passed with fresh data at attempt %d", later.Attempts)
	case failed, first.Verdict == evidence.Flaky:
	default:
		later.Earlier = first.Reason
		return later
	}
	first.Attempts = later.Attempts
	return first
}
