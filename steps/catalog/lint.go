package catalog

import (
	"fmt"
	"regexp"
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
				report("the requirement %s is not in the contract (did you mean %s?)", id, nearest(id, from.RequirementIDs()))
			}
		}
		if len(s.Requirements) > 0 && from.Requirement(s.Requirements[0]) != nil && s.Mark != from.MarkOf(s.Requirements[0]) {
			report("the scenario is tagged @%s, but its leading requirement %s is %s", s.Mark, s.Requirements[0], from.MarkOf(s.Requirements[0]))
		}
		if len(s.Steps) == 0 {
			report("the scenario %q has no steps", s.Name)
		}
	}
	return problems
}

// lintRules holds the text of each rule to the sentence of the requirement that it names first. What is our own
// reading may be put in other words; a rule that names none leaves it to its scenarios, each of which names one.
func (c *Catalog) lintRules(from *contract.Contract) []Problem {
	var problems []Problem
	seen := map[string]bool{}
	for _, s := range c.Scenarios {
		place := fmt.Sprintf("%s:%d", s.URI, s.ruleLine)
		requirement := from.Requirement(s.ruleRequirement)
		if requirement == nil || seen[place] {
			continue
		}
		seen[place] = true
		ours := requirement.Mark == contract.Inferred || requirement.Origin == "harness"
		if !ours && plainSentence(s.Rule) != plainSentence(requirement.Sentence) {
			problems = append(problems, Problem{File: s.URI, Line: s.ruleLine,
				What: fmt.Sprintf("the rule says %q, but %s says %q", s.Rule, requirement.ID, requirement.Sentence)})
		}
	}
	return problems
}

// plainSentence takes off what Gherkin and the contract write differently: quotes, backticks and the final stop.
func plainSentence(text string) string {
	text = strings.NewReplacer("`", "", `"`, "", "'", "").Replace(text)
	return strings.TrimSuffix(strings.Join(strings.Fields(text), " "), ".")
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
				problems = append(problems, Problem{File: s.URI, Line: step.Line, What: fmt.Sprintf("no sentence of the vocabulary reads %q", step.Text)})
			case 1:
			default:
				problems = append(problems, Problem{File: s.URI, Line: step.Line, What: fmt.Sprintf("%q can be read in %d ways: %s", step.Text, len(matches), strings.Join(matches, " and "))})
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

// lintCoverage holds every requirement that the API owes to a scenario or a recorded reason, not both.
func (c *Catalog) lintCoverage(from *contract.Contract) []Problem {
	var problems []Problem
	coverage := c.Coverage()
	for _, requirement := range from.Requirements {
		proved := len(coverage[requirement.ID]) > 0
		switch {
		case requirement.Who == contract.API && !proved && requirement.Reason == "":
			problems = append(problems, Problem{What: fmt.Sprintf("the API owes %s, which has neither a scenario nor a reason why it can't be tested from outside: %s", requirement.ID, requirement.Sentence)})
		case proved && requirement.Reason != "":
			problems = append(problems, Problem{What: fmt.Sprintf("%s has scenarios and a reason why there can be none; remove the reason", requirement.ID)})
		}
	}
	return problems
}
