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

type evidenceView struct {
	base
	Features []featureView
}

func (s *site) evidence(section sectionView) evidenceView {
	v := evidenceView{base: s.base(evidenceFile(section.Name), "Evidence: "+words(section.Name)), Features: section.Features}
	v.Index = nil // the pages of the evidence are large enough; the other three search them
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
