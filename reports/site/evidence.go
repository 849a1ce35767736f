package site

import (
	"html/template"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

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

// evidencePart is a page of evidence: a section, or a part of one that would be too large.
type evidencePart struct {
	Name, Path string
	Features   []featureView
	Siblings   []pageName
}

// partBound is about how many bytes of evidence stand on one page.
const partBound = 280_000

// evidenceParts divides the evidence into pages, and notes on which each scenario stands.
func (s *site) evidenceParts() []evidencePart {
	var out []evidencePart
	for _, section := range sectionsOf(s.run) {
		var parts [][]reports.Scenario
		size := 0
		for _, feature := range section.Features {
			for _, rule := range feature.Rules {
				for _, one := range rule.Scenarios {
					if length := s.length(one); len(parts) == 0 || size > 0 && size+length > partBound {
						parts, size = append(parts, nil), 0
					}
					size += s.length(one)
					parts[len(parts)-1] = append(parts[len(parts)-1], *one)
				}
			}
		}
		var siblings []pageName
		for i := range parts {
			name := ""
			if i > 0 {
				name = "-" + strconv.Itoa(i+1)
			}
			siblings = append(siblings, pageName{"evidence-" + anchor(section.Name) + name + ".html", "part " + strconv.Itoa(i+1)})
		}
		for i, scenarios := range parts {
			for j := range scenarios {
				s.places[scenarios[j].ID] = siblings[i].File
			}
			part := evidencePart{Name: words(section.Name), Path: siblings[i].File,
				Features: sectionsOf(&reports.Run{Scenarios: scenarios})[0].Features}
			if len(parts) > 1 {
				part.Siblings, part.Name = siblings, part.Name+", "+siblings[i].Name+" of "+strconv.Itoa(len(parts))
			}
			out = append(out, part)
		}
	}
	return out
}

// length is about how many bytes a scenario takes.
func (s *site) length(one *reports.Scenario) int {
	n := 500 + len(exchanges(one))
	for _, step := range one.Steps {
		n += 60 + len(step.Text) + len(step.DocString) + len(step.Error)
	}
	return n
}

type evidenceView struct {
	base
	evidencePart
}

func (s *site) evidence(part evidencePart) evidenceView {
	v := evidenceView{base: s.base(part.Path, "Evidence: "+part.Name), evidencePart: part}
	v.Index = nil // the pages of the evidence are large enough; the others search them
	return v
}

// exchanges writes the exchanges of a scenario. There are thousands in a run, which a template takes five times
// as long for; whatever comes from the API is escaped here.
func exchanges(s *reports.Scenario) template.HTML {
	var b strings.Builder
	write := func(before, text, after string) {
		b.WriteString(before)
		template.HTMLEscape(&b, []byte(text))
		b.WriteString(after)
	}
	for i := range s.Exchanges {
		e := &s.Exchanges[i]
		write("<details><summary><code>", strconv.Itoa(e.N)+". "+e.Request.Method+" "+e.Request.URL, "")
		if e.Response != nil {
			write(" → ", strconv.Itoa(e.Response.Status), "")
		}
		write(`</code> <span class="soft">`, e.Operation+", "+strconv.FormatFloat(e.DurationMS, 'f', 1, 64), " ms</span></summary>\n")
		texts := []string{look(s, e.Request.Body), "", e.Error, ""}
		if e.Response != nil {
			texts[1] = look(s, e.Response.Body)
		}
		if s.Verdict != evidence.Passed {
			texts[3] = e.Curl
		}
		for _, text := range texts {
			if text != "" {
				write("<pre>", text, "</pre>")
			}
		}
		b.WriteString("\n</details>")
	}
	return template.HTML(b.String()) //nolint:gosec // each text was escaped
}
