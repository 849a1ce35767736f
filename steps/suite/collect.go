package suite

import (
	"context"
	"errors"
	"maps"
	"slices"
	"time"

	"github.com/cucumber/godog"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/catalog"
)

// describe fills in what the catalog knows of a scenario.
func (r *runner) describe(s *catalog.Scenario) *reports.Scenario {
	return &reports.Scenario{ID: s.ID, Section: s.Section, Feature: s.Feature, Rule: s.Rule, Name: s.Name, Tags: s.Tags,
		URI: s.URI, Line: s.Line, Requirements: s.Requirements, Mark: s.Mark,
		Steps: []reports.Step{}, Checks: []evidence.Check{}, Findings: []evidence.Finding{}, Exchanges: []evidence.Exchange{}}
}

// keep turns a finished attempt into its result. The verdict follows from the evidence of our own
// world, never from godog's tally.
func (r *runner) keep(ctx context.Context, a *attempt) {
	var stopped error // why the scenario ended early, if it did
	if ctx.Err() != nil {
		stopped = context.Cause(ctx)
	}
	a.cancel()
	seen := a.world.Evidence()
	result := r.describe(a.scenario)
	result.StartedAt = a.started.UTC()
	result.DurationMS = milliseconds(time.Since(a.started))
	result.Steps = withKeywords(a.scenario, a.steps)
	result.Attempts = 1
	proves := map[string]bool{}
	for _, check := range seen.Checks {
		if check.Outcome == evidence.Held {
			proves[check.Requirement] = true
		}
		if check.Step >= 0 {
			result.Checks = append(result.Checks, check)
		}
	}
	result.Proves = slices.Sorted(maps.Keys(proves))
	result.Findings = distinct(seen.Findings)
	result.Exchanges = append(result.Exchanges, seen.Exchanges...)
	judge(result, seen, a.failure, a.cleanup, stopped)
	r.outage.note(result, a.failure)
	var environment *steps.Environment

	r.mu.Lock()
	defer r.mu.Unlock()
	r.environment[a.scenario.Key] = result.Verdict == evidence.Inconclusive && errors.As(a.failure, &environment)
	r.anyAnswer = r.anyAnswer || answered(result)
	if first := r.results[a.scenario.Key]; first != nil {
		r.counts[first.Verdict]--
		result = settle(first, result)
	}
	if r.config.StopAt != nil && slices.ContainsFunc(slices.Concat(seen.Findings, seen.Passing), r.config.StopAt) {
		r.stop(errEnough)
	}
	r.results[a.scenario.Key] = result
	r.counts[result.Verdict]++
	r.undocumented.add(r.config.Session.Contract, seen.Exchanges, append(seen.Findings, seen.Passing...))
	r.passing = append(r.passing, seen.Passing...)
	r.made.add(r.config.Session.Contract, seen.Exchanges)
	r.census.add(seen.Checks)
	r.uses.add(seen.Exchanges)
	r.observations = append(r.observations, seen.Observations...)
	for _, one := range seen.Decisions {
		failing := slices.Sorted(slices.Values(one.Failing))
		r.decisions = append(r.decisions, reports.Decision{Failing: failing, Decided: one.Decided, Scenario: result.ID, Example: result.Name})
	}
	if r.config.Progress != nil {
		counts := make(map[evidence.Verdict]int, len(r.counts))
		for verdict, n := range r.counts {
			counts[verdict] = n
		}
		r.config.Progress(Progress{Done: len(r.results), Total: len(r.selected), Counts: counts, Latest: result})
	}
}

// judge gives the verdict of one scenario: the API's fault first, then what kept the answer away, then
// what could not be tested, then what is only to be read.
func judge(result *reports.Scenario, seen steps.Evidence, failure, cleanup, stopped error) {
	gated, advisory := false, false
	for _, finding := range result.Findings {
		gated = gated || finding.Gated
		advisory = advisory || !finding.Gated
	}
	var untestable *scene.NotTestable
	var blocked *scene.Blocked
	var broken *steps.Broken
	switch {
	case gated:
		result.Verdict = evidence.Failed
	case errors.As(failure, &blocked):
		result.Verdict, result.Reason, result.BlockedBy = evidence.Blocked, blocked.Error(), blocked.Operation
	case errors.As(failure, &untestable):
		result.Verdict, result.Reason, result.Missing = evidence.NotTestable, untestable.Why, untestable.Key
	case failure != nil && stopped != nil && !errors.As(failure, &broken):
		result.Verdict, result.Reason = evidence.Inconclusive, stopped.Error()
	case failure != nil:
		result.Verdict, result.Reason = evidence.Inconclusive, failure.Error()
	case advisory:
		result.Verdict = evidence.Advisory
	case seen.NoData != "":
		result.Verdict, result.Reason = evidence.Inconclusive, seen.NoData
	case len(result.Checks) == 0:
		result.Verdict, result.Reason = evidence.Inconclusive, "the scenario evaluated no check"
	case cleanup != nil:
		result.Verdict, result.Reason = evidence.Inconclusive, "cleaning up failed: "+cleanup.Error()
	default:
		result.Verdict = evidence.Passed
	}
	var down *errDown
	if result.Verdict == evidence.Inconclusive && (errors.Is(stopped, context.Canceled) || errors.As(stopped, &down)) {
		result.Reason = "the run was stopped while the scenario was under way"
	}
}

// distinct leaves out what was found twice in one answer: by a sentinel, and by the sentence about it.
func distinct(findings []evidence.Finding) []evidence.Finding {
	out := []evidence.Finding{}
	for _, f := range findings {
		if !slices.ContainsFunc(out, func(other evidence.Finding) bool {
			return other.Exchange == f.Exchange && other.Cause() == f.Cause() && other.Expected == f.Expected && other.Actual == f.Actual
		}) {
			out = append(out, f)
		}
	}
	return out
}

// withKeywords gives the steps their keywords and lines back; godog hands over their texts alone.
func withKeywords(s *catalog.Scenario, done []reports.Step) []reports.Step {
	out := make([]reports.Step, 0, len(s.Steps))
	for i, known := range s.Steps {
		step := reports.Step{Status: godog.StepSkipped.String()}
		if i < len(done) {
			step = done[i]
		}
		step.Keyword, step.Text, step.Line = known.Keyword, known.Text, known.Line
		step.Table, step.DocString = known.Table, known.DocString
		out = append(out, step)
	}
	return out
}
