package suite

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"github.com/cucumber/godog"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/catalog"
)

// describe fills in what the catalog knows of a scenario.
func (r *runner) describe(s *catalog.Scenario) *reports.Scenario {
	return &reports.Scenario{ID: s.ID, Section: s.Section, Feature: s.Feature, Rule: s.Rule, Name: s.Name, Tags: s.Tags,
		URI: s.URI, Line: s.Line, Requirements: s.Requirements, Mark: s.Mark,
		Steps: []reports.Step{}, Checks: []reports.Check{}, Findings: []reports.Finding{}, Exchanges: []reports.Exchange{}}
}

// keep turns a finished attempt into its result. The verdict follows from the evidence of our own
// world, never from godog's tally.
func (r *runner) keep(ctx context.Context, a *attempt) {
	var stopped error // why the scenario ended early, if it did
	if ctx.Err() != nil {
		stopped = context.Cause(ctx)
	}
	a.cancel()
	evidence := a.world.Evidence()
	result := r.describe(a.scenario)
	result.StartedAt = a.started.UTC()
	result.DurationMS = milliseconds(time.Since(a.started))
	result.Steps = withKeywords(a.scenario, a.steps)
	result.Attempts = 1
	for _, check := range evidence.Checks {
		if check.Step >= 0 {
			result.Checks = append(result.Checks, reports.Check{Name: check.Name, Requirement: check.Requirement, Outcome: string(check.Outcome), Step: check.Step})
		}
	}
	for _, f := range evidence.Findings {
		result.Findings = append(result.Findings, reports.Finding{Requirement: f.Requirement, Mark: f.Mark, Gated: f.Gated, Check: f.Check,
			Message: f.Message, Pointer: f.Pointer, Expected: f.Expected, Actual: f.Actual, Exchange: f.Exchange, Step: f.Step})
	}
	for _, exchange := range evidence.Exchanges {
		result.Exchanges = append(result.Exchanges, exchangeOf(exchange))
	}
	judge(result, evidence, a.failure, a.cleanup, stopped)
	r.outage.note(result, a.failure)
	var environment *steps.Environment

	r.mu.Lock()
	defer r.mu.Unlock()
	r.environment[a.scenario.Key] = result.Verdict == reports.Inconclusive && errors.As(a.failure, &environment)
	r.anyAnswer = r.anyAnswer || answered(result)
	if first := r.results[a.scenario.Key]; first != nil {
		r.counts[first.Verdict]--
		result = settle(first, result)
	}
	if r.config.StopAt != nil && r.config.StopAt(result) {
		r.stop(errEnough)
	}
	r.results[a.scenario.Key] = result
	r.counts[result.Verdict]++
	r.undocumented.add(r.config.Session.Contract, evidence.Exchanges, evidence.Findings)
	r.made.add(r.config.Session.Contract, evidence.Exchanges)
	r.census.add(evidence.Checks)
	r.uses.add(evidence.Exchanges)
	r.observed(result, evidence.Observations)
	for _, one := range evidence.Decisions {
		failing := slices.Sorted(slices.Values(one.Failing))
		r.decisions = append(r.decisions, reports.Decision{Failing: failing, Decided: one.Decided, Scenario: result.ID, Example: result.Name})
	}
	if r.config.Progress != nil {
		counts := make(map[reports.Verdict]int, len(r.counts))
		for verdict, n := range r.counts {
			counts[verdict] = n
		}
		r.config.Progress(Progress{Done: len(r.results), Total: len(r.selected), Counts: counts, Latest: result})
	}
}

// judge gives the verdict of one scenario: the API's fault first, then what kept the answer away, then
// what could not be tested, then what is only to be read.
func judge(result *reports.Scenario, evidence steps.Evidence, failure, cleanup, stopped error) {
	gated, advisory := false, false
	for _, finding := range result.Findings {
		gated = gated || finding.Gated
		advisory = advisory || !finding.Gated
	}
	var untestable *steps.NotTestable
	var broken *steps.Broken
	switch {
	case gated:
		result.Verdict = reports.Failed
	case errors.As(failure, &untestable):
		result.Verdict, result.Reason, result.Missing = reports.NotTestable, untestable.Why, untestable.Key
	case failure != nil && stopped != nil && !errors.As(failure, &broken):
		result.Verdict, result.Reason = reports.Inconclusive, stopped.Error()
	case failure != nil && advisory && isSetUp(failure):
		result.Verdict, result.Reason = reports.Advisory, failure.Error()
	case failure != nil:
		result.Verdict, result.Reason = reports.Inconclusive, failure.Error()
	case advisory:
		result.Verdict = reports.Advisory
	case evidence.NoData != "":
		result.Verdict, result.Reason = reports.Inconclusive, evidence.NoData
	case len(result.Checks) == 0:
		result.Verdict, result.Reason = reports.Inconclusive, "the scenario evaluated no check"
	case cleanup != nil:
		result.Verdict, result.Reason = reports.Inconclusive, "cleaning up failed: "+cleanup.Error()
	default:
		result.Verdict = reports.Passed
	}
	var down *errDown
	if result.Verdict == reports.Inconclusive && (errors.Is(stopped, context.Canceled) || errors.As(stopped, &down)) {
		result.Reason = "the run was stopped while the scenario was under way"
	}
}

func isSetUp(err error) bool { return strings.HasPrefix(err.Error(), "set-up failed") }

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
