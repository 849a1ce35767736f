package site

import (
	"cmp"
	"slices"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// coverageView is for who maintains the suite: which requirement is proved by what, which checks were
// evaluated, what was slow, how each operation answered.
type coverageView struct {
	base
	Requirements []ruleStatus
	Slowest      []*reports.Scenario
	Sections     []sectionCount
	Left         []reports.LeftBehind
	// Faults tells of each requirement how many deliberate faults break it and how many of them were caught;
	// nil where no selftest stands beside the run.
	Faults map[string]faultCount
	// Survivors are the faults that nobody caught on their own requirement.
	Survivors []reports.FaultResult
}

// faultCount counts the deliberate faults of a requirement.
type faultCount struct{ Caught, Of int }

type sectionCount struct {
	Name, File                         string
	Total, Passed, Failed, Blocked, On int // On counts what is none of them
}

// slowestShown is how many of the slowest scenarios the page has.
const slowestShown = 15

func (s *site) coverage(sections []sectionView) coverageView {
	v := coverageView{base: s.base(coverageFile, "Coverage and evidence"), Left: s.run.LeftBehind}
	if s.selftest != nil {
		v.Faults, v.Survivors = map[string]faultCount{}, s.selftest.Survivors()
		for _, one := range s.selftest.Faults {
			count := v.Faults[one.Requirement]
			count.Of++
			if one.RightRequirement {
				count.Caught++
			}
			v.Faults[one.Requirement] = count
		}
	}
	status := s.statuses()
	for _, id := range s.facts.RequirementIDs() {
		rule, there := status[id]
		if !there { // the duty of a caller, or context: the run says nothing of it
			requirement := s.facts.Requirement(id)
			rule = ruleStatus{Requirement: requirement, Status: reports.NotTested, Reason: requirement.Reason}
		}
		v.Requirements = append(v.Requirements, rule)
	}
	for _, section := range sections {
		count := sectionCount{Name: words(section.Name), File: "evidence-" + anchor(section.Name) + ".html"}
		for _, feature := range section.Features {
			for _, rule := range feature.Rules {
				for _, scenario := range rule.Scenarios {
					count.Total++
					switch scenario.Verdict {
					case evidence.Passed:
						count.Passed++
					case evidence.Failed, evidence.UnexpectedPass:
						count.Failed++
					case evidence.Blocked:
						count.Blocked++
					default:
						count.On++
					}
				}
			}
		}
		v.Sections = append(v.Sections, count)
	}
	for i := range s.run.Scenarios {
		v.Slowest = append(v.Slowest, &s.run.Scenarios[i])
	}
	slices.SortStableFunc(v.Slowest, func(a, b *reports.Scenario) int { return cmp.Compare(b.DurationMS, a.DurationMS) })
	v.Slowest = v.Slowest[:min(slowestShown, len(v.Slowest))]
	return v
}
