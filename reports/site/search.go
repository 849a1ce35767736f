package site

// entry is one thing that the search finds: its kind, name, text and address.
type entry struct {
	Kind    string `json:"k"`
	Name    string `json:"n"`
	Text    string `json:"t"`
	Address string `json:"u"`
}

// index lists operations, requirements and scenarios, outlines once.
func (s *site) index() []entry {
	index := []entry{}
	for _, operation := range s.facts.Operations {
		index = append(index, entry{"operation", operation.ID, operation.Title, bookFile + "#" + operation.ID})
	}
	for _, one := range s.run.Requirements {
		if requirement := s.facts.Requirement(one.ID); requirement != nil {
			index = append(index, entry{"requirement", one.ID, requirement.Sentence, coverageFile + "#" + one.ID})
		}
	}
	for i := range s.run.Scenarios {
		one := &s.run.Scenarios[i]
		index = append(index, entry{"scenario", one.ID, one.Name, linkTo(one)})
	}
	return index
}
