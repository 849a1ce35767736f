package catalog

import (
	"fmt"
	"regexp"
)

// synonyms are words that features don't use, each with what they say in place of it: one thing has one name. CONTRIBUTING
// has the list of those names.
var synonyms = []struct {
	never *regexp.Regexp
	say   string
}{
	{regexp.MustCompile(`(?i)\bendpoints?\b`), "operation"},
	{regexp.MustCompile(`(?i)\bend[ -]users?\b`), "enduser"},
	{regexp.MustCompile(`(?i)\btest cases?\b`), "scenario"},
	{regexp.MustCompile(`(?i)\bAPI calls?\b`), "call"},
	{regexp.MustCompile(`(?i)\berror messages?\b`), "refusal"},
	{regexp.MustCompile(`(?i)\bif only as null\b`), "or null"},
	{regexp.MustCompile(`(?i)\b(again|opens) is noted$`), "is recorded"},
	{regexp.MustCompile(`(?i)\bthe operation exists\b`), "the API knows the operation"},
	{regexp.MustCompile(`(?i)\bthis run goes deep\b`), "a sample"},
}

// acting are sentences that do something, in place of looking at what came of it.
var acting = regexp.MustCompile(`^(we|another client) |\b(is|are) (sent|called|made|asked for|changed to)\b|\bhappens?\b|\bpasses$`)

// lintTurns holds a scenario to its turns: what is done stands under Given and When, and something is looked at after it.
func (s *Scenario) lintTurns() []Problem {
	var problems []Problem
	turn, looks := "", false
	for _, step := range s.Steps {
		if step.Keyword != "And" && step.Keyword != "But" {
			turn = step.Keyword
		}
		if looks = looks || turn == "Then"; turn == "Then" && acting.MatchString(step.Text) {
			problems = append(problems, Problem{File: s.URI, Line: step.Line,
				What: fmt.Sprintf("%q does something after Then, where a scenario only looks", step.Text)})
		}
	}
	if !looks {
		problems = append(problems, Problem{File: s.URI, Line: s.Line, What: "the scenario has no Then: it proves nothing"})
	}
	return problems
}

// mostSteps is how many steps a scenario has at most, those of its background among them: who reads more loses the
// thread.
const mostSteps = 7

// lintWords holds titles and steps to the words of the suite and to what a reader keeps in mind, and each title to one
// scenario.
func (c *Catalog) lintWords() []Problem {
	var problems []Problem
	titled := map[string]*Scenario{}
	for _, s := range c.Scenarios {
		if other := titled[s.Name]; other != nil && other.ID != s.ID {
			problems = append(problems, Problem{File: s.URI, Line: s.Line,
				What: fmt.Sprintf("the title %q stands at another scenario too, at %s:%d", s.Name, other.URI, other.Line)})
		}
		titled[s.Name] = s
		if len(s.Steps) > mostSteps {
			problems = append(problems, Problem{File: s.URI, Line: s.Line,
				What: fmt.Sprintf("the scenario has %d steps; %d are enough for one thing", len(s.Steps), mostSteps)})
		}
		problems = append(problems, s.lintTurns()...)
		said := []Step{{Text: s.Name, Line: s.Line}}
		for _, step := range append(said, s.Steps...) {
			for _, one := range synonyms {
				if found := one.never.FindString(step.Text); found != "" {
					problems = append(problems, Problem{File: s.URI, Line: step.Line,
						What: fmt.Sprintf("%q is called %q everywhere else", found, one.say)})
				}
			}
		}
	}
	return problems
}
