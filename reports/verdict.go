package reports

import (
	"cmp"
	"fmt"
	"iter"
	"slices"
	"time"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Judge computes everything that follows from the scenarios: counts, the state of each requirement, the
// verdict and the exit code. Facts is the contract that the run was held against.
func (r *Run) Judge(facts *contract.Contract, now time.Time) {
	r.EndedAt = now.UTC()
	r.Summary = Summary{}
	r.countScenarios()
	r.judgeRequirements(facts)
	if r.CardOrder != nil {
		r.CardOrder = ProveOrder(facts.CardOrder, r.CardOrder.Decisions)
	}
	r.Summary.Operations.Total = len(r.Operations)
	for _, operation := range r.Operations {
		r.Summary.Requests += operation.Requests
		if operation.Requests > operation.Statuses["none"] {
			r.Summary.Operations.Exercised++
		}
	}
	for _, check := range r.Census {
		r.Summary.Checks += check.Evaluated
	}
	r.decide()
}

func (r *Run) countScenarios() {
	counts := &r.Summary.Scenarios
	of := map[evidence.Verdict]*int{}
	for _, one := range counts.all() {
		of[one.Verdict] = one.n
	}
	for _, scenario := range r.Scenarios {
		counts.Total++
		*cmp.Or(of[scenario.Verdict], &counts.Inconclusive)++
	}
}

// verdictCount is how many scenarios have a verdict.
type verdictCount struct {
	Verdict evidence.Verdict
	N       int
	n       *int
}

// all are the counts by verdict, in the order in which every report has them.
func (c *ScenarioCounts) all() []verdictCount {
	return []verdictCount{{Verdict: evidence.Passed, n: &c.Passed}, {Verdict: evidence.Failed, n: &c.Failed},
		{Verdict: evidence.Advisory, n: &c.Advisory}, {Verdict: evidence.Blocked, n: &c.Blocked},
		{Verdict: evidence.Inconclusive, n: &c.Inconclusive}, {Verdict: evidence.NotTestable, n: &c.NotTestable},
		{Verdict: evidence.Known, n: &c.Known}, {Verdict: evidence.UnexpectedPass, n: &c.UnexpectedPass},
		{Verdict: evidence.Flaky, n: &c.Flaky}, {Verdict: evidence.NotRun, n: &c.NotRun}}
}

// Verdicts lists the counts by verdict. They add up to the total.
func (c ScenarioCounts) Verdicts() []verdictCount {
	list := c.all()
	for i := range list {
		list[i].N = *list[i].n
	}
	return list
}

// judgeRequirements says of every requirement that the API owes what the run showed: failed where a
// finding breaks it, proved where a check of its own held, else not tested, with the reason. A scenario
// proves nothing by passing; its checks do, also those of a scenario that failed.
func (r *Run) judgeRequirements(facts *contract.Contract) {
	scenarios := map[string][]string{}
	proved, failed, served, unserved := map[string]bool{}, r.brokenRequirements(facts), map[string]bool{}, map[string]bool{}
	reasons := map[string]string{}
	for i := range r.Scenarios {
		scenario := &r.Scenarios[i]
		for _, id := range scenario.Requirements {
			scenarios[id] = append(scenarios[id], scenario.ID)
			unserved[id] = unserved[id] || scenario.unserved()
			served[id] = served[id] || scenario.served()
			reasons[id] = cmp.Or(reasons[id], scenario.Reason)
		}
		for _, id := range scenario.Proves {
			proved[id] = true
		}
	}
	r.Requirements = make([]requirementResult, 0, len(facts.Requirements))
	for _, requirement := range facts.Requirements {
		id := requirement.ID
		if requirement.Who != contract.API && len(scenarios[id]) == 0 && !failed[id] {
			continue
		}
		result := requirementResult{ID: id, Mark: requirement.Mark, Hazard: requirement.Hazard, Scenarios: scenarios[id]}
		if result.Scenarios == nil {
			result.Scenarios = []string{}
		}
		switch {
		case failed[id]:
			result.Status = RequirementFailed
			r.Summary.Requirements.Failed++
		case proved[id] && (served[id] || !unserved[id]): // answers of no use alone prove nothing
			result.Status = Proved
			r.Summary.Requirements.Proved++
		default:
			result.Status, result.Reason = NotTested, cmp.Or(reasons[id], requirement.Reason, unproved(scenarios[id]))
			r.Summary.Requirements.NotTested++
		}
		r.Requirements = append(r.Requirements, result)
	}
	slices.SortFunc(r.Requirements, func(a, b requirementResult) int { return cmp.Compare(a.ID, b.ID) })
}

// brokenRequirements are those that a finding breaks.
func (r *Run) brokenRequirements(facts *contract.Contract) map[string]bool {
	failed := map[string]bool{}
	for f := range r.Findings() {
		failed[f.Requirement] = failed[f.Requirement] || f.Breaks(facts) && f.Verdict != evidence.Flaky
	}
	return failed
}

// unserved reports whether the call that the scenario is about was not served.
func (s *Scenario) unserved() bool {
	return slices.ContainsFunc(s.Findings, func(f evidence.Finding) bool {
		return f.Kind == evidence.Unserved && f.Verdict != evidence.Flaky
	})
}

// served reports whether the scenario came to its end with the answers that it is about.
func (s *Scenario) served() bool {
	switch s.Verdict {
	case evidence.Blocked, evidence.Inconclusive, evidence.NotTestable, evidence.NotRun:
		return false
	}
	return !s.unserved()
}

// unproved says why a requirement without any other reason is not tested.
func unproved(scenarios []string) string {
	if len(scenarios) == 0 {
		return "no scenario of this run is about it"
	}
	return "its scenarios record what the target does; no check holds it"
}

// Exposed fails a run in whose reports something was masked: whatever it showed, somebody has to look.
func (r *Run) Exposed(found string) {
	r.ExitCode, r.Verdict, r.Reason = evidence.ExitSecretFound, evidence.Failed, found
}

// Findings are all of the run, each with the id of the scenario that saw it first: those of scenarios, then what
// was noticed in passing.
func (r *Run) Findings() iter.Seq2[evidence.Finding, string] {
	return func(yield func(evidence.Finding, string) bool) {
		for i := range r.Scenarios {
			for _, f := range r.Scenarios[i].Findings {
				if !yield(f, r.Scenarios[i].ID) {
					return
				}
			}
		}
		for _, f := range r.Passing {
			if !yield(f, f.Scenario) {
				return
			}
		}
	}
}

// leaks reports whether an answer showed a full card number or a secret. That it was once is enough.
func (r *Run) leaks() bool {
	for f := range r.Findings() {
		if f.Leaks() {
			return true
		}
	}
	return false
}

// Masked reports whether something was masked in the reports: what no check had found in an answer.
func (r *Run) Masked() bool { return r.ExitCode == evidence.ExitSecretFound && !r.leaks() }

// broken counts what was noticed in passing, gates, and is no known failure.
func (r *Run) broken() int {
	n := 0
	for _, f := range r.Passing {
		if f.Gated && f.Verdict != evidence.Known {
			n++
		}
	}
	return n
}

// decide gives the verdict of the run. Of several exit codes the first of 8, 1, 4, 3 wins; an interrupted
// run says so whatever it saw.
func (r *Run) decide() {
	counts := r.Summary.Scenarios
	if r.Signal != "" && counts.NotRun > 0 && r.Reason == "" {
		r.Reason = r.HowToGoOn()
	}
	judged := counts.Passed + counts.Advisory + counts.Known + counts.Flaky
	switch {
	case r.ExitCode == evidence.ExitSecretFound:
		r.Verdict = evidence.Failed
	case r.Signal == "interrupt":
		r.Verdict, r.ExitCode = evidence.Interrupted, evidence.ExitInterrupted
	case r.Signal != "":
		r.Verdict, r.ExitCode = evidence.Interrupted, evidence.ExitTerminated
	case r.leaks():
		r.Verdict, r.ExitCode = evidence.Failed, evidence.ExitSecretFound
	case counts.Failed+counts.UnexpectedPass+len(r.Unneeded)+r.broken() > 0, r.Settings.FlakyFails && counts.Flaky > 0:
		r.Verdict, r.ExitCode = evidence.Failed, evidence.ExitFailed
	case counts.Inconclusive+counts.NotRun+counts.Blocked > 0:
		r.Verdict, r.ExitCode = evidence.Inconclusive, evidence.ExitInconclusive
	case judged == 0:
		r.Verdict, r.ExitCode = evidence.Inconclusive, evidence.ExitNothing
		r.Reason = cmp.Or(r.Reason, "nothing of the selection could be tested on this target")
	case counts.Passed+counts.Known+counts.Flaky == 0 && !r.Partial():
		r.Verdict, r.ExitCode = evidence.Inconclusive, evidence.ExitInconclusive
		r.Reason = cmp.Or(r.Reason, "no scenario passed: what was seen are deviations to read alone; is a clock wrong, or the edition another?")
	default:
		r.Verdict, r.ExitCode = evidence.Passed, evidence.ExitPassed
	}
}

// HowToGoOn says how what a stopped run left over is performed; empty where it left nothing.
func (r *Run) HowToGoOn() string {
	if r.Signal == "" || r.Summary.Scenarios.NotRun == 0 {
		return ""
	}
	return fmt.Sprintf("kobcheck run --continue run.json --out FOLDER, with the run.json of this report and the same flags, performs the %d "+
		"that did not come to their turn", r.Summary.Scenarios.NotRun)
}

// Exchange returns the exchange of a scenario that a finding points to, or nil.
func (s *Scenario) Exchange(n int) *evidence.Exchange {
	for i := range s.Exchanges {
		if s.Exchanges[i].N == n {
			return &s.Exchanges[i]
		}
	}
	return nil
}

// Missing counts, by key of the target file, the scenarios that it would make testable.
func (r *Run) Missing() []MissingKey {
	counts := map[string]*MissingKey{}
	for _, scenario := range r.Scenarios {
		if scenario.Verdict != evidence.NotTestable {
			continue
		}
		id := scenario.Missing + "\x00" + scenario.Reason
		if counts[id] == nil {
			counts[id] = &MissingKey{Key: scenario.Missing, Why: scenario.Reason}
		}
		counts[id].Scenarios++
	}
	out := make([]MissingKey, 0, len(counts))
	for _, one := range counts {
		out = append(out, *one)
	}
	slices.SortFunc(out, func(a, b MissingKey) int {
		return cmp.Or(cmp.Compare(b.Scenarios, a.Scenarios), cmp.Compare(a.Key+a.Why, b.Key+b.Why))
	})
	return out
}

// MissingKey is why scenarios could not be tested, and the key that would change it, if one would.
type MissingKey struct {
	Key, Why  string
	Scenarios int
}
