package site

import (
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// questionView is something that the pages leave open, with what this run saw of it. It is a conflict or a gap.
type questionView struct {
	ID, What string
	Conflict *contract.Conflict
	Gap      *contract.Gap
	Seen     []evidence.Observation
	// More is how many further answers there are.
	More int
}

// answersShown is how many answers to one question stand at an operation; the page of questions has all.
const answersShown = 5

// asked are the open questions that touch an operation, those that this run answered first.
func (s *site) asked(o *contract.Operation) []questionView {
	seen := map[string][]evidence.Observation{}
	for _, one := range s.run.Observations {
		if slices.Contains(s.observedOf(one), o.ID) {
			seen[one.Gap] = append(seen[one.Gap], one)
		}
	}
	var answered, open []questionView
	for _, q := range s.open() {
		q.Seen = seen[q.ID]
		switch {
		case len(q.Seen) > 0:
			q.More = max(0, len(q.Seen)-answersShown)
			q.Seen = q.Seen[:min(len(q.Seen), answersShown)]
			answered = append(answered, q)
		case slices.ContainsFunc(q.touches(), func(t contract.Touch) bool { return slices.Contains(t.Operations, o.ID) }):
			open = append(open, q)
		}
	}
	return append(answered, open...)
}

// observedOf are the operations that an observation speaks of: the one in its name, else those of the requirements that
// its scenario is about.
func (s *site) observedOf(one evidence.Observation) []string {
	parts := strings.Split(one.ID, "/")
	for _, o := range s.facts.Operations {
		if slices.Contains(parts, anchor(o.Title)) || strings.HasPrefix(one.ID, o.ID+".") {
			return []string{o.ID}
		}
	}
	var out []string
	if scenario := s.scenarios[one.Scenario]; scenario != nil {
		for _, id := range scenario.Requirements {
			if requirement := s.facts.Requirement(id); requirement != nil && len(requirement.Operations) == 1 {
				out = append(out, requirement.Operations...)
			}
		}
	}
	return out
}

func (q *questionView) touches() []contract.Touch {
	if q.Conflict != nil {
		return q.Conflict.Touches
	}
	return q.Gap.Touches
}

// open lists all conflicts and gaps.
func (s *site) open() []questionView {
	var out []questionView
	for _, one := range s.facts.Conflicts {
		out = append(out, questionView{ID: one.ID, What: one.Subject, Conflict: one})
	}
	for _, one := range s.facts.Gaps {
		out = append(out, questionView{ID: one.ID, What: one.What, Gap: one})
	}
	return out
}

// questionsView is the page of all that the documentation leaves open.
type questionsView struct {
	bookBase
	Conflicts, Gaps []questionView
}

func (s *site) questions() questionsView {
	v := questionsView{bookBase: s.bookBase(questionsFile, "Open questions")}
	seen := map[string][]evidence.Observation{}
	for _, one := range s.run.Observations {
		seen[one.Gap] = append(seen[one.Gap], one)
	}
	for _, q := range s.open() {
		q.Seen = seen[q.ID]
		if q.Conflict != nil {
			v.Conflicts = append(v.Conflicts, q)
		} else {
			v.Gaps = append(v.Gaps, q)
		}
	}
	return v
}
