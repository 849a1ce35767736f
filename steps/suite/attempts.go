package suite

import (
	"fmt"
	"slices"

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
		case attempt < r.config.Retries && (unserved(result) || slices.ContainsFunc(r.passing[scenario.Key], notServed)):
			next[scenario.Key] = scenario
		case result.Verdict == evidence.Inconclusive && r.environment[scenario.Key] && attempt < max(environmentAttempts, r.config.Retries) &&
			r.anyAnswer:
			next[scenario.Key] = scenario
		}
	}
	return next
}

// unserved reports whether an attempt blames the API.
func unserved(s *reports.Scenario) bool {
	return s.Verdict == evidence.Failed || s.Verdict == evidence.Blocked
}

// notServed reports whether what was noticed in passing fails the run, and may have been chance.
func notServed(f evidence.Finding) bool { return f.Gated && f.Check == evidence.NotServed }

// combined puts two attempts of a scenario together. The first evidence of a failure is kept: what failed once is
// shown, whatever fresh data did later. What only one of the attempts found is chance, whatever the other failed for.
func combined(first, later *reports.Scenario) *reports.Scenario {
	later.Attempts = first.Attempts + 1
	failed := unserved(first)
	switch {
	case first.Verdict == evidence.Blocked && later.Verdict == evidence.Failed:
		return later
	case first.Verdict == evidence.Failed && later.Verdict == evidence.Failed:
		return recurring(first, later)
	case failed && finished(later.Verdict), failed && later.Verdict == evidence.NotTestable:
		return byChance(first, later.Attempts, later.Proves, fmt.Sprintf("failed, then passed with fresh data at attempt %d", later.Attempts))
	case unserved(later) && !failed && finished(first.Verdict):
		return byChance(later, later.Attempts, first.Proves, fmt.Sprintf("passed, then failed at attempt %d", later.Attempts))
	case failed, first.Verdict == evidence.Flaky:
		first.Attempts = later.Attempts
		return first
	}
	later.Earlier = first.Reason
	return later
}

// byChance is a scenario that failed at one attempt alone. What it proves is what the other attempt proved.
func byChance(s *reports.Scenario, attempts int, proves []string, why string) *reports.Scenario {
	s.Verdict, s.Reason, s.Attempts, s.Proves = evidence.Flaky, why, attempts, proves
	for i := range s.Findings {
		if f := &s.Findings[i]; f.Gated {
			f.Verdict = evidence.Flaky
		}
	}
	return s
}

// recurring puts two attempts together that both failed: what the first found and the later found again is what
// fails; where that is nothing, it is what the later found.
func recurring(first, later *reports.Scenario) *reports.Scenario {
	kept, other := first, later
	if !slices.ContainsFunc(first.Findings, func(f evidence.Finding) bool { return f.Gated && foundIn(later, f) }) {
		kept, other = later, first
	}
	kept.Attempts = later.Attempts
	for i := range kept.Findings {
		if f := &kept.Findings[i]; kept == first && f.Gated && !foundIn(other, *f) {
			f.Verdict = evidence.Flaky
		}
	}
	for _, f := range other.Findings {
		if f.Gated && !foundIn(kept, f) {
			f.Verdict, f.Exchange = evidence.Flaky, 0 // its exchange is not kept
			kept.Findings = append(kept.Findings, f)
		}
	}
	return kept
}

// foundIn reports whether an attempt found what another did, for good.
func foundIn(s *reports.Scenario, f evidence.Finding) bool {
	return slices.ContainsFunc(s.Findings, func(other evidence.Finding) bool {
		return other.Verdict != evidence.Flaky && other.Operation == f.Operation && other.Fingerprint() == f.Fingerprint()
	})
}

// notice keeps what an attempt noticed in passing. That a call was not served at an attempt before, and was at one that
// came to its end, is chance, and no longer a deviation of the run.
func (r *runner) notice(key string, result, attempt *reports.Scenario, seen []evidence.Finding) {
	if attempt.Attempts > 1 && (finished(attempt.Verdict) || attempt.Verdict == evidence.NotTestable) {
		r.passing[key] = slices.DeleteFunc(r.passing[key], func(f evidence.Finding) bool {
			chance := f.Check == evidence.NotServed && !slices.ContainsFunc(seen, func(other evidence.Finding) bool {
				return other.Operation == f.Operation && other.Fingerprint() == f.Fingerprint()
			})
			if chance {
				f.Verdict = evidence.Flaky
				if result == attempt {
					f.Exchange = 0
				}
				if result.Findings = append(result.Findings, f); result.Verdict == evidence.Passed || result.Verdict == evidence.Advisory {
					result.Verdict, result.Reason = evidence.Flaky, fmt.Sprintf("served at attempt %d, and not at one before", result.Attempts)
				}
			}
			return chance
		})
	}
	for _, f := range seen {
		if r.places.Lists(f) {
			r.passing[key] = append(r.passing[key], f)
		}
	}
}
