package site

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
)

// bookView is the API as a book, by section as the vendor orders it.
type bookView struct {
	base
	Sections  []bookSection
	Checks    []checkView
	Pairs     []pairView
	Conflicts []conflictView
	Gaps      []gapView
}

type bookSection struct {
	Name, Anchor string
	Operations   []operationView
	Features     []ruleBook
}

// operationView is one operation with what this run saw of it.
type operationView struct {
	*contract.Operation
	V1, Guide    string
	Fields       []schemas.FieldInfo
	Example      *evidence.Exchange
	From         *reports.Scenario // of the example
	Rules        []ruleStatus
	Undocumented []reports.Undocumented
	Statuses     []string
}

// ruleStatus is a requirement with what the run showed of it.
type ruleStatus struct {
	*contract.Requirement
	Status    reports.RequirementStatus
	Reason    string
	Scenarios []string
}

// ruleBook is a feature as Gherkin, with one scenario for each outline.
type ruleBook struct {
	Name, URI string
	Rules     []ruleExamples
}

type ruleExamples struct {
	Name      string
	Scenarios []exampleView
}

// exampleView is a scenario, or the first row of an outline with the number of rows and how they went.
type exampleView struct {
	*reports.Scenario
	Rows, Passed int
}

// checkView is one of the eight checks with the statuses that were seen for it.
type checkView struct {
	contract.CardCheck
	Seen string
}

type pairView struct {
	contract.CardPair
	Decided int // 0 where no request of the run failed just these two
	By      string
}

type conflictView struct {
	*contract.Conflict
	Seen []evidence.Observation
}

type gapView struct {
	*contract.Gap
	Seen []evidence.Observation
}

func (s *site) book(shapes *schemas.Set) bookView {
	v := bookView{base: s.base(bookFile, "The API of "+s.run.Target.Name+", as documented and as seen")}
	seen := map[string][]evidence.Observation{}
	for _, one := range s.run.Observations {
		seen[one.Gap] = append(seen[one.Gap], one)
	}
	examples, from := s.examples()
	status := s.statuses()
	at := map[string]int{}
	for _, operation := range s.facts.Operations {
		place, there := at[operation.Section]
		if !there {
			place = len(v.Sections)
			at[operation.Section] = place
			v.Sections = append(v.Sections, bookSection{Name: operation.Section, Anchor: "section-" + anchor(operation.Section),
				Features: s.rules(operation.Section)})
		}
		one := operationView{Operation: operation, Example: examples[operation.ID], From: from[operation.ID], Statuses: s.answered(operation.ID)}
		one.V1, _ = operation.PathIn(contract.V1)
		one.Guide, _ = operation.PathIn(contract.Guide)
		if name := operation.Success.Schema; name != "" {
			one.Fields = shapes.Fields(name)
		}
		for _, id := range operation.Rules {
			if rule, there := status[id]; there {
				one.Rules = append(one.Rules, rule)
			}
		}
		for _, extra := range s.run.Undocumented {
			if extra.Operation == operation.ID {
				one.Undocumented = append(one.Undocumented, extra)
			}
		}
		v.Sections[place].Operations = append(v.Sections[place].Operations, one)
	}
	v.Checks, v.Pairs = s.checks()
	for _, conflict := range s.facts.Conflicts {
		v.Conflicts = append(v.Conflicts, conflictView{conflict, seen[conflict.ID]})
	}
	for _, gap := range s.facts.Gaps {
		v.Gaps = append(v.Gaps, gapView{gap, seen[gap.ID]})
	}
	return v
}

// examples picks for each operation the shortest successful exchange of a scenario that passed.
func (s *site) examples() (map[string]*evidence.Exchange, map[string]*reports.Scenario) {
	examples, from := map[string]*evidence.Exchange{}, map[string]*reports.Scenario{}
	size := func(e *evidence.Exchange) int { return e.Request.BodyBytes + e.Response.BodyBytes }
	for i := range s.run.Scenarios {
		scenario := &s.run.Scenarios[i]
		if scenario.Verdict != evidence.Passed {
			continue
		}
		for j := range scenario.Exchanges {
			e := &scenario.Exchanges[j]
			operation := s.facts.Operation(e.Operation)
			if operation == nil || e.Response == nil || e.Request.Method != operation.Method || !operation.Success.Accepts(e.Response.Status) {
				continue
			}
			// An empty list teaches nothing.
			if e.Response.BodyBytes < 3 && operation.Success.Schema != "" {
				continue
			}
			if best := examples[e.Operation]; best == nil || size(e) < size(best) {
				examples[e.Operation], from[e.Operation] = e, scenario
			}
		}
	}
	return examples, from
}

func (s *site) statuses() map[string]ruleStatus {
	out := map[string]ruleStatus{}
	for _, one := range s.run.Requirements {
		if requirement := s.facts.Requirement(one.ID); requirement != nil {
			out[one.ID] = ruleStatus{requirement, one.Status, one.Reason, one.Scenarios}
		}
	}
	return out
}

// answered lists the statuses that the run saw of an operation, with their numbers.
func (s *site) answered(operation string) []string {
	var out []string
	for _, use := range s.run.Operations {
		if use.ID != operation {
			continue
		}
		for status, n := range use.Statuses {
			out = append(out, fmt.Sprintf("%s (%d times)", status, n))
		}
	}
	slices.Sort(out)
	return out
}

// rules are the features of a section, each outline with its first row.
func (s *site) rules(section string) []ruleBook {
	var out []ruleBook
	for _, one := range sectionsOf(s.run) {
		if words(one.Name) != strings.ToLower(words(strings.ReplaceAll(section, " ", "_"))) {
			continue
		}
		for _, feature := range one.Features {
			book := ruleBook{Name: feature.Name, URI: feature.URI}
			for _, rule := range feature.Rules {
				examples := ruleExamples{Name: rule.Name}
				at := map[string]int{}
				for _, scenario := range rule.Scenarios {
					outline, _, _ := strings.Cut(scenario.ID, "/")
					place, there := at[outline]
					if !there {
						place = len(examples.Scenarios)
						at[outline] = place
						examples.Scenarios = append(examples.Scenarios, exampleView{Scenario: scenario})
					}
					examples.Scenarios[place].Rows++
					if scenario.Verdict == evidence.Passed {
						examples.Scenarios[place].Passed++
					}
				}
				book.Rules = append(book.Rules, examples)
			}
			out = append(out, book)
		}
	}
	return out
}

func (s *site) checks() ([]checkView, []pairView) {
	statuses := map[string]string{}
	for _, one := range s.run.Observations {
		statuses[one.ID] = strings.Join(append(strings.Fields(statuses[one.ID]), one.Answer), " ")
	}
	var checks []checkView
	for _, check := range s.facts.CardOrder.Checks {
		checks = append(checks, checkView{check, statuses[fmt.Sprintf("cards-create.check-%d.status", check.Number)]})
	}
	var pairs []pairView
	for _, pair := range s.facts.CardOrder.Pairs {
		one := pairView{CardPair: pair}
		if s.run.CardOrder != nil {
			for _, d := range s.run.CardOrder.Decisions {
				if len(d.Failing) == 2 && d.Failing[0] == pair.First && d.Failing[1] == pair.Second {
					one.Decided, one.By = d.Decided, d.Scenario
				}
			}
		}
		pairs = append(pairs, one)
	}
	return checks, pairs
}
