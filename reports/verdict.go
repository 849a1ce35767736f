package reports

import (
	"sort"
	"time"

	"github.com/kobcheck/kobcheck/contract"
)

// The exit codes of a run. Pipelines rely on them.
const (
	ExitPassed       = 0
	ExitFailed       = 1
	ExitUsage        = 2
	ExitNothing      = 3
	ExitInconclusive = 4
	ExitSecretFound  = 8
	ExitInterrupted  = 130
	ExitTerminated   = 143
)

// Close computes everything that follows from the scenarios: counts, the state of each requirement, the
// verdict and the exit code. Facts is the contract that the run was held against.
func (r *Run) Close(facts *contract.Contract, now time.Time) {
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
	for _, scenario := range r.Scenarios {
		counts.Total++
		switch scenario.Verdict {
		case Passed:
			counts.Passed++
		case Failed:
			counts.Failed++
		case Advisory:
			counts.Advisory++
		case NotTestable:
			counts.NotTestable++
		case Known:
			counts.Known++
		case UnexpectedPass:
			counts.UnexpectedPass++
		case Flaky:
			counts.Flaky++
		case NotRun:
			counts.NotRun++
		default:
			counts.Inconclusive++
		}
	}
}

// judgeRequirements says of every requirement that the API owes what the run showed: failed where a
// finding names it, proved where a scenario of it passed, else not tested, with the reason.
func (r *Run) judgeRequirements(facts *contract.Contract) {
	scenarios := map[string][]string{}
	proved, failed := map[string]bool{}, map[string]bool{}
	reasons := map[string]string{}
	for i := range r.Scenarios {
		scenario := &r.Scenarios[i]
		for _, id := range scenario.Requirements {
			scenarios[id] = append(scenarios[id], scenario.ID)
			switch scenario.Verdict {
			case Passed, Flaky, UnexpectedPass:
				proved[id] = true
			case NotTestable, Inconclusive, NotRun:
				if reasons[id] == "" {
					reasons[id] = scenario.Reason
				}
			}
		}
		for _, check := range scenario.Checks {
			if check.Outcome == "held" && check.Requirement != "" && (scenario.Verdict == Passed || scenario.Verdict == Advisory) {
				proved[check.Requirement] = true
			}
		}
		for _, finding := range scenario.Findings {
			failed[finding.Requirement] = true
		}
	}
	r.Requirements = make([]RequirementResult, 0, len(facts.Requirements))
	for _, requirement := range facts.Requirements {
		if requirement.Who != contract.API && len(scenarios[requirement.ID]) == 0 && !failed[requirement.ID] {
			continue
		}
		result := RequirementResult{ID: requirement.ID, Mark: requirement.Mark, Scenarios: scenarios[requirement.ID]}
		if result.Scenarios == nil {
			result.Scenarios = []string{}
		}
		switch {
		case failed[requirement.ID]:
			result.Status = RequirementFailed
			r.Summary.Requirements.Failed++
		case proved[requirement.ID]:
			result.Status = Proved
			r.Summary.Requirements.Proved++
		default:
			result.Status, result.Reason = NotTested, reasons[requirement.ID]
			if result.Reason == "" {
				result.Reason = requirement.Reason
			}
			r.Summary.Requirements.NotTested++
		}
		r.Requirements = append(r.Requirements, result)
	}
	sort.Slice(r.Requirements, func(i, j int) bool { return r.Requirements[i].ID < r.Requirements[j].ID })
}

// decide gives the verdict of the run. Of several exit codes the first of 8, 1, 4, 3 wins; an interrupted
// run says so whatever it saw.
func (r *Run) decide() {
	counts := r.Summary.Scenarios
	judged := counts.Passed + counts.Advisory + counts.Known + counts.Flaky
	switch {
	case r.ExitCode == ExitSecretFound:
		r.Verdict = Failed
	case r.Signal == "interrupt":
		r.Verdict, r.ExitCode = Interrupted, ExitInterrupted
	case r.Signal != "":
		r.Verdict, r.ExitCode = Interrupted, ExitTerminated
	case counts.Failed+counts.UnexpectedPass > 0, r.Settings.FlakyFails && counts.Flaky > 0:
		r.Verdict, r.ExitCode = Failed, ExitFailed
	case counts.Inconclusive+counts.NotRun > 0:
		r.Verdict, r.ExitCode = Inconclusive, ExitInconclusive
	case judged == 0:
		r.Verdict, r.ExitCode = Inconclusive, ExitNothing
		if r.Reason == "" {
			r.Reason = "nothing of the selection could be tested on this target"
		}
	default:
		r.Verdict, r.ExitCode = Passed, ExitPassed
	}
}

// Group is one way of failing, with the scenarios that show it: one fault of the API often breaks many.
type Group struct {
	Finding   Finding
	Scenario  *Scenario // the first that shows it
	Scenarios []string
}

// Groups returns the findings of the run by how they fail, gated ones or the others, most scenarios first.
func (r *Run) Groups(gated bool) []Group {
	var groups []*Group
	byKey := map[string]*Group{}
	for i := range r.Scenarios {
		scenario := &r.Scenarios[i]
		seen := map[string]bool{}
		for _, finding := range scenario.Findings {
			key := finding.Requirement + "\x00" + finding.Check + "\x00" + withoutIndex(finding.Pointer)
			if finding.Gated != gated || seen[key] {
				continue
			}
			seen[key] = true
			if byKey[key] == nil {
				byKey[key] = &Group{Finding: finding, Scenario: scenario}
				groups = append(groups, byKey[key])
			}
			byKey[key].Scenarios = append(byKey[key].Scenarios, scenario.ID)
		}
	}
	sort.SliceStable(groups, func(i, j int) bool { return len(groups[i].Scenarios) > len(groups[j].Scenarios) })
	out := make([]Group, len(groups))
	for i, group := range groups {
		out[i] = *group
	}
	return out
}

// withoutIndex takes the place in a list out of a pointer, so that each item does not fail on its own.
func withoutIndex(pointer string) string {
	if len(pointer) > 1 && pointer[1] >= '0' && pointer[1] <= '9' {
		for i := 1; i < len(pointer); i++ {
			if pointer[i] == '/' {
				return "/*" + pointer[i:]
			}
		}
		return "/*"
	}
	return pointer
}

// Exchange returns the exchange of a scenario that a finding points to, or nil.
func (s *Scenario) Exchange(n int) *Exchange {
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
		if scenario.Verdict != NotTestable {
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
	sort.Slice(out, func(i, j int) bool {
		if out[i].Scenarios != out[j].Scenarios {
			return out[i].Scenarios > out[j].Scenarios
		}
		return out[i].Key+out[i].Why < out[j].Key+out[j].Why
	})
	return out
}

// MissingKey is why scenarios could not be tested, and the key that would change it, if one would.
type MissingKey struct {
	Key, Why  string
	Scenarios int
}
