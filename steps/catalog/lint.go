package catalog

import (
	"fmt"
	"regexp"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
)

// Sentence is what the catalog needs to know of one step definition.
type Sentence struct{ Pattern *regexp.Regexp }

// Problem is something in the features that does not hold together. File and line are those of the feature.
type Problem struct {
	File string
	Line int
	What string
}

func (p Problem) String() string {
	if p.File == "" {
		return p.What
	}
	return fmt.Sprintf("%s:%d: %s", p.File, p.Line, p.What)
}

// Lint checks the features against the contract and the vocabulary, without running anything.
func (c *Catalog) Lint(from *contract.Contract, vocabulary []Sentence) []Problem {
	problems := c.lintScenarios(from)
	problems = append(problems, c.lintRules(from)...)
	problems = append(problems, c.lintSteps(vocabulary)...)
	problems = append(problems, c.lintWords()...)
	return append(problems, c.lintCoverage(from)...)
}

var idForm = regexp.MustCompile(`^[a-z0-9]+([.-][a-z0-9]+)*$`)

func (c *Catalog) lintScenarios(from *contract.Contract) []Problem {
	var problems []Problem
	first := map[string]*Scenario{}
	tagOf := map[string]string{}
	for _, s := range c.Scenarios {
		report := func(format string, args ...any) {
			problems = append(problems, Problem{File: s.URI, Line: s.Line, What: fmt.Sprintf(format, args...)})
		}
		if !idForm.MatchString(s.idTag) {
			report("the scenario %q needs an @id: tag of small letters, digits, dots and hyphens", s.Name)
		}
		if other := first[s.ID]; other != nil {
			report("the id %s is taken already, at %s:%d", s.ID, other.URI, other.Line)
		}
		first[s.ID] = s
		// One id tag belongs to one scenario or outline, whatever its rows are called.
		if other, taken := tagOf[s.idTag]; taken && other != s.outline {
			report("the tag @id:%s stands at two scenarios, the other at %s", s.idTag, other)
		}
		tagOf[s.idTag] = s.outline
		if c.byKey[s.Key] != s {
			report("the scenario %q says the same as another one", s.Name)
		}
		if len(s.Requirements) == 0 {
			report("the scenario %q names no requirement", s.Name)
		}
		for _, id := range s.Requirements {
			if from.Requirement(id) == nil {
				report("the requirement %s is not in the contract%s", id, contract.Meant(id, from.RequirementIDs()))
			}
		}
		if len(s.Requirements) > 0 && from.Requirement(s.Requirements[0]) != nil && s.Mark != from.MarkOf(s.Requirements[0]) {
			report("the scenario is tagged @%s, but its leading requirement %s is %s", s.Mark, s.Requirements[0], from.MarkOf(s.Requirements[0]))
		}
		if s.Gap != "" && !from.HasOpen(s.Gap) {
			report("the tag @gap:%s names no conflict and no gap of the contract", s.Gap)
		}
		if s.Gap == "" && s.records() {
			report("the scenario records what the target does, but no @gap: tag says which question that answers")
		}
		if len(s.Steps) == 0 {
			report("the scenario %q has no steps", s.Name)
		}
	}
	return problems
}

// lintRules holds the text of each rule to the sentence of the requirement that it names first. What is our own
// reading may be put in other words. A rule that names none is the heading of several requirements.
func (c *Catalog) lintRules(from *contract.Contract) []Problem {
	var problems []Problem
	under := map[string][]*Scenario{}
	var places []string
	for _, s := range c.Scenarios {
		place := fmt.Sprintf("%s:%d", s.URI, s.ruleLine)
		if under[place] == nil {
			places = append(places, place)
		}
		under[place] = append(under[place], s)
	}
	seen := map[[2]string]int{}
	for _, place := range places {
		first := under[place][0]
		heading := [2]string{first.URI, first.Rule}
		if line := seen[heading]; line > 0 && first.Rule != "" {
			problems = append(problems, Problem{File: first.URI, Line: first.ruleLine,
				What: fmt.Sprintf("the rule %q stands in this file already, at line %d: put its scenarios there", first.Rule, line)})
		}
		seen[heading] = first.ruleLine
		if what := ruleProblem(first, under[place], from); what != "" {
			problems = append(problems, Problem{File: first.URI, Line: first.ruleLine, What: what})
		}
	}
	return problems
}

func ruleProblem(first *Scenario, all []*Scenario, from *contract.Contract) string {
	if first.ruleRequirement == "" {
		leading := map[string]bool{}
		for _, s := range all {
			if len(s.Requirements) > 0 {
				leading[s.Requirements[0]] = true
			}
		}
		if len(leading) == 1 {
			return fmt.Sprintf("the rule %q names no requirement, though all of its scenarios are about one", first.Rule)
		}
		return ""
	}
	requirement := from.Requirement(first.ruleRequirement)
	if requirement == nil || requirement.Mark == contract.Inferred || requirement.Origin == "harness" {
		return ""
	}
	if plainSentence(first.Rule) != plainSentence(requirement.Sentence) {
		return fmt.Sprintf("the rule says %q, but %s says %q", first.Rule, requirement.ID, requirement.Sentence)
	}
	return ""
}

// plainSentence takes off what Gherkin and the contract write differently: quotes, backticks and the final stop.
func plainSentence(text string) string {
	text = strings.NewReplacer("`", "", `"`, "", "'", "").Replace(text)
	return strings.TrimSuffix(strings.Join(strings.Fields(text), " "), ".")
}

// records reports whether the scenario keeps an answer as an observation instead of judging it.
func (s *Scenario) records() bool {
	return slices.ContainsFunc(s.Steps, func(step Step) bool { return strings.HasSuffix(step.Text, " is recorded") })
}

func (c *Catalog) lintSteps(vocabulary []Sentence) []Problem {
	var problems []Problem
	used := make([]bool, len(vocabulary))
	known := map[string]bool{}
	for _, s := range c.Scenarios {
		for _, step := range s.Steps {
			if known[step.Text] {
				continue
			}
			known[step.Text] = true
			var matches []string
			for i, sentence := range vocabulary {
				if sentence.Pattern.MatchString(step.Text) {
					used[i] = true
					matches = append(matches, sentence.Pattern.String())
				}
			}
			switch len(matches) {
			case 0:
				problems = append(problems, Problem{File: s.URI, Line: step.Line,
					What: fmt.Sprintf("no sentence of the vocabulary reads %q", step.Text)})
			case 1:
			default:
				problems = append(problems, Problem{File: s.URI, Line: step.Line,
					What: fmt.Sprintf("%q can be read in %d ways: %s", step.Text, len(matches), strings.Join(matches, " and "))})
			}
		}
	}
	for i, sentence := range vocabulary {
		if !used[i] {
			problems = append(problems, Problem{What: fmt.Sprintf("no feature uses the sentence %s", sentence.Pattern)})
		}
	}
	return problems
}

// lintCoverage holds every requirement, whoever owes it, to a scenario or a recorded reason, not both.
func (c *Catalog) lintCoverage(from *contract.Contract) []Problem {
	var problems []Problem
	coverage := c.Coverage()
	for _, requirement := range from.Requirements {
		proved := len(coverage[requirement.ID]) > 0
		switch {
		case !proved && requirement.Reason == "":
			problems = append(problems, Problem{What: fmt.Sprintf("%s (%s) has neither a scenario nor a reason why there is none: %s",
				requirement.ID, requirement.Who, requirement.Sentence)})
		case proved && requirement.Reason != "":
			problems = append(problems, Problem{What: requirement.ID + " has scenarios and a reason why there can be none; remove the reason"})
		}
	}
	return problems
}
