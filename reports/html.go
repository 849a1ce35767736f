package reports

import (
	_ "embed"
	"html/template"
	"io"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
)

//go:embed index.html.tmpl
var page string

// view is what the page is made of.
type view struct {
	*Run
	Headline string
	Broken   []Group
	Read     []Group
	Lacking  []MissingKey
	Sections []sectionView
	facts    *contract.Contract
}

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
	Scenarios []*Scenario
}

// writeHTML writes one page that opens from anywhere and loads nothing: no script, no address outside.
func writeHTML(w io.Writer, r *Run, facts *contract.Contract) error {
	parsed, err := template.New("index").Funcs(template.FuncMap{
		"requirement": facts.Requirement, "words": words, "evidence": evidence,
		"exchange": func(g Group) *Exchange { return g.Scenario.Exchange(g.Finding.Exchange) },
	}).Parse(page)
	if err != nil {
		return err
	}
	v := view{Run: r, Headline: headline(r), Broken: r.Groups(true), Read: r.Groups(false), Lacking: r.Missing(), Sections: sections(r), facts: facts}
	return parsed.Execute(w, v)
}

func words(verdict Verdict) string { return strings.ReplaceAll(string(verdict), "_", " ") }

// evidence is what the page shows of a body: all of it where something broke, a first look elsewhere;
// run.json has the rest.
func evidence(s *Scenario, body string) string {
	const look = 600
	if s.Verdict == Passed && len(body) > look {
		return strings.ToValidUTF8(body[:look], "") + "… [run.json has the rest]"
	}
	return body
}

// sections puts the scenarios in the order of the features.
func sections(r *Run) []sectionView {
	var out []sectionView
	for i := range r.Scenarios {
		s := &r.Scenarios[i]
		if len(out) == 0 || out[len(out)-1].Name != s.Section {
			out = append(out, sectionView{Name: s.Section})
		}
		section := &out[len(out)-1]
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
