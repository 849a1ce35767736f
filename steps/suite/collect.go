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
	"github.com/kobcheck/kobcheck/steps/cardorder"
	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/webhooks"
)

// Planned are scenarios as a run would have them before it begins: what they say, and no verdict.
func Planned(scenarios []*catalog.Scenario) []reports.Scenario {
	var all []reports.Scenario
	for _, one := range scenarios {
		planned := *describe(one)
		for _, step := range one.Steps {
			planned.Steps = append(planned.Steps, reports.Step{Keyword: step.Keyword, Text: step.Text, Line: step.Line, Table: step.Table,
				DocString: step.DocString})
		}
		all = append(all, planned)
	}
	return all
}

// describe fills in what the catalog knows of a scenario.
func describe(s *catalog.Scenario) *reports.Scenario {
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
	a.world.WatchTokens()
	seen := a.world.Evidence()
	result := describe(a.scenario)
	result.StartedAt = a.started.UTC()
	result.DurationMS = milliseconds(time.Since(a.started))
	result.Steps = withKeywords(a.scenario, a.steps)
	result.Attempts = 1
	result.Proves, result.Checks = proved(seen.Checks), append(result.Checks, ofSteps(seen.Checks)...)
	result.Findings = distinct(seen.Findings)
	result.Exchanges = append(result.Exchanges, seen.Telling()...)
	judge(result, seen, a.failure, a.cleanup, stopped)
	if !finished(result.Verdict) {
		// What a scenario is about is shown by the whole of it.
		result.Proves = slices.DeleteFunc(result.Proves, func(id string) bool { return slices.Contains(result.Requirements, id) })
	}
	heard := a.world.Heard()
	revoked := stopped == nil && r.tokenRevoked(ctx, result, &seen, heard)
	r.outage.note(result, a.failure)
	var environment *steps.Environment

	r.mu.Lock()
	defer r.mu.Unlock()
	r.environment[a.scenario.Key] = revoked || result.Verdict == evidence.Inconclusive && errors.As(a.failure, &environment) &&
		!environment.Final
	r.anyAnswer = r.anyAnswer || answered(result)
	r.voices.hear(heard)
	r.pace.hear(heard)
	attempt := result
	if first := r.results[a.scenario.Key]; first != nil {
		r.counts[first.Verdict]--
		result = combined(first, attempt)
	}
	r.notice(a.scenario.Key, result, attempt, seen.Passing)
	r.refusals[a.scenario.Key] = slices.DeleteFunc(slices.Clone(seen.Checks), func(check evidence.Check) bool {
		return check.Outcome != evidence.Held || check.Refused == ""
	})
	if r.config.StopAt != nil && slices.ContainsFunc(slices.Concat(seen.Findings, seen.Passing), r.config.StopAt) {
		r.stop(errEnough)
	}
	r.fit(result.Exchanges)
	r.results[a.scenario.Key] = result
	r.counts[result.Verdict]++
	r.undocumented.add(r.config.Session.Contract, seen.Exchanges, append(seen.Findings, seen.Passing...))
	r.made.add(r.config.Session.Contract, seen.Exchanges)
	r.accounts.asked = append(r.accounts.asked, r.accounts.add(r.config.Session.Contract, a.scenario.ID, heard)...)
	r.census.Add(seen.Checks)
	r.uses.Add(seen.Exchanges)
	r.observations = append(r.observations, seen.Observations...)
	for _, one := range cardorder.Decisions(a.world) {
		failing := slices.Sorted(slices.Values(one.Failing))
		r.decisions = append(r.decisions, reports.Decision{Failing: failing, Decided: one.Decided, Provider: one.Provider,
			Scenario: result.ID, Example: result.Name})
	}
	if r.config.Progress != nil {
		r.config.Progress(Progress{Done: len(r.results), Total: len(r.selected), Counts: maps.Clone(r.counts), Latest: result})
	}
}

// watchDeliveries looks at everything that was delivered to the scenarios of the run.
func (r *runner) watchDeliveries(ctx context.Context) {
	for _, seen := range webhooks.Watch(ctx, r.config.Session) {
		r.noticeAfter(seen)
	}
}

// noticeAfter keeps what was seen when all scenarios had ended.
func (r *runner) noticeAfter(seen steps.Evidence) {
	r.census.Add(seen.Checks)
	for _, f := range seen.Passing {
		if r.places.Lists(f) {
			r.late = append(r.late, f)
		}
	}
}

// proved lists the requirements of checks that held.
func proved(checks []evidence.Check) []string {
	proves := map[string]bool{}
	for _, check := range checks {
		if check.Outcome == evidence.Held && check.Refused == "" {
			proves[check.Requirement] = true
		}
	}
	return slices.Sorted(maps.Keys(proves))
}

// ofSteps are the checks of a scenario's own steps.
func ofSteps(checks []evidence.Check) []evidence.Check {
	return slices.DeleteFunc(slices.Clone(checks), func(check evidence.Check) bool { return check.Step < 0 })
}

// finished reports whether a scenario came to its end.
func finished(v evidence.Verdict) bool {
	return v != evidence.Blocked && v != evidence.Inconclusive && v != evidence.NotTestable && v != evidence.NotRun
}

// proveRefusals adds what refusals prove: of operations that served others in the run.
func (r *runner) proveRefusals(result *reports.Scenario, refusals []evidence.Check) {
	for _, check := range refusals {
		if !finished(result.Verdict) && slices.Contains(result.Requirements, check.Requirement) {
			continue
		}
		if r.uses.Served(check.Refused) && !slices.Contains(result.Proves, check.Requirement) {
			result.Proves = append(result.Proves, check.Requirement)
		}
	}
	slices.Sort(result.Proves)
}

// judge gives the verdict of one scenario: the API's fault first, then what kept the answer away, then
// what could not be tested, then what is only to be read.
func judge(result *reports.Scenario, seen steps.Evidence, failure, cleanup, stopped error) {
	gated := slices.ContainsFunc(result.Findings, func(f evidence.Finding) bool { return f.Gated && f.Verdict != evidence.Flaky })
	chance := slices.ContainsFunc(result.Findings, func(f evidence.Finding) bool { return f.Gated && f.Verdict == evidence.Flaky })
	advisory := slices.ContainsFunc(result.Findings, func(f evidence.Finding) bool { return !f.Gated })
	var untestable *scene.NotTestable
	var blocked *scene.Blocked
	var broken *steps.Broken
	switch {
	case gated:
		result.Verdict = evidence.Failed
	case chance && (failure == nil || errors.As(failure, &broken)):
		result.Verdict, result.Reason = evidence.Flaky, "failed, and not when the same was done again at once"
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
