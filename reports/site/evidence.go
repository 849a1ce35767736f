package site

import "github.com/kobcheck/kobcheck/reports"

// sectionView is a section of the features with its scenarios, in their order.
type sectionView struct {
	Name     string
	Features []featureView
}

type featureView struct {
	Name, URI string
	Rules     []ruleView
}

type ruleView struct {
	Name      string
	Scenarios []*reports.Scenario
}

// sectionsOf puts the scenarios in the order of the features.
func sectionsOf(r *reports.Run) []sectionView {
	var out []sectionView
	at := map[string]int{}
	for i := range r.Scenarios {
		s := &r.Scenarios[i]
		place, there := at[s.Section]
		if !there {
			place = len(out)
			at[s.Section] = place
			out = append(out, sectionView{Name: s.Section})
		}
		section := &out[place]
		if len(section.Features) == 0 || section.Features[len(section.Features)-1].URI != s.URI {
			section.Features = append(section.Features, featureView{Name: s.Feature, URI: s.URI})
		}
		feature := &section.Features[len(section.Features)-1]
		if len(feature.Rules) == 0 || feature.Rules[len(feature.Rules)-1].Name != s.Rule {
			feature.Rules = append(feature.Rules, ruleView{Name: s.Rule})
		}
		rule := &feature.Rules[len(feature.Rules)-1]
		rule.Scenarios = append(rule.Scenarios, s)
	}
	return out
}

type evidenceView struct {
	base
	Features []featureView
}

func (s *site) evidence(section sectionView) evidenceView {
	v := evidenceView{base: s.base(evidenceFile(section.Name), "Evidence: "+words(section.Name)), Features: section.Features}
	v.Index = nil // the pages of the evidence are large enough; the other three search them
	return v
}
