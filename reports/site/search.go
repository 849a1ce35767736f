package site

import (
	"github.com/kobcheck/kobcheck/schemas/redact"
	"maps"
	"slices"
	"strings"
)

// entry is one thing that the search finds: its kind, name, text and address.
type entry [4]string

// textShown is how much of a text the search keeps; every page carries all of it.
const textShown = 80

// index lists operations, words, open questions, requirements and scenarios, outlines once.
func (s *site) index() []entry {
	index := []entry{}
	add := func(kind, name, text, address string) {
		index = append(index, entry{kind, name, redact.Cut(text, textShown, "…"), address})
	}
	for _, operation := range s.facts.Operations {
		add("operation", operation.ID, operation.Title, s.place(operation.ID))
	}
	for _, topic := range s.facts.Prose.Topics {
		add("topic", topic.Title, "", bookFile+"#"+anchor(topic.Title))
	}
	for _, word := range slices.Sorted(maps.Keys(s.facts.Prose.Glossary)) {
		add("word", word, s.facts.Prose.Glossary[word], bookFile+"#word-"+anchor(word))
	}
	for _, question := range s.open() {
		add("question", question.ID, question.What, questionsFile+"#"+question.ID)
	}
	if s.alone {
		return index
	}
	for _, one := range s.run.Requirements {
		if requirement := s.facts.Requirement(one.ID); requirement != nil {
			add("requirement", one.ID, requirement.Sentence, coverageFile+"#"+one.ID)
		}
	}
	there := map[string]bool{}
	for i := range s.run.Scenarios {
		one := &s.run.Scenarios[i]
		outline, _, _ := strings.Cut(one.ID, "/")
		if !there[outline] {
			there[outline] = true
			add("scenario", outline, one.Name, s.linkTo(one))
		}
	}
	return index
}
