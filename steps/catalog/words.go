package catalog

import (
	"fmt"
	"regexp"
	"strings"
)

// names are the words of the suite that have synonyms which nobody uses, each with those: one thing has one name.
// CONTRIBUTING has the list with what each word means.
var names = []struct {
	say   string
	never *regexp.Regexp
}{
	{"operation", regexp.MustCompile(`(?i)\bendpoints?\b`)},
	{"enduser", regexp.MustCompile(`(?i)\bend[ -]users?\b`)},
	{"scenario", regexp.MustCompile(`(?i)\btest[ -]?cases?\b`)},
	{"call", regexp.MustCompile(`(?i)\bAPI calls?\b`)},
	{"refusal", regexp.MustCompile(`(?i)\berror messages?\b`)},
	{"finding", regexp.MustCompile(`(?i)\bbugs?\b`)},
	{"deviation", regexp.MustCompile(`(?i)\bdiscrepanc(?:y|ies)\b`)},
	{"reading", regexp.MustCompile(`(?i)\binterpretations?\b`)},
	{"gap", regexp.MustCompile(`(?i)\bambigu(?:ity|ities|ous)\b`)},
	{"hazard", regexp.MustCompile(`(?i)\bvulnerabilit(?:y|ies)\b`)},
	{"observation", regexp.MustCompile(`(?i)\b(?:again|opens) is noted$`)},
	{"noted", regexp.MustCompile(`(?i)\b(?:wallet|card|beneficiary|enduser|transaction|webhook|thing) is seen$`)},
}

// allowed is what RFC 6749 calls the operation that gives tokens.
var allowed = strings.NewReplacer("token endpoint", "", "Token endpoint", "")

// Misnamed finds a word in a text that the suite has another one for; both are empty where there is none.
func Misnamed(text string) (word, say string) {
	for _, one := range names {
		if word := one.never.FindString(allowed.Replace(text)); word != "" {
			return word, one.say
		}
	}
	return "", ""
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
			if found, say := Misnamed(step.Text); found != "" {
				problems = append(problems, Problem{File: s.URI, Line: step.Line,
					What: fmt.Sprintf("%q is called %q everywhere else", found, say)})
			}
		}
	}
	return problems
}
