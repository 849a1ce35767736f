package site

import (
	"html/template"
	"io"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
)

// questionsFile is the page of the book with what the documentation leaves open.
const questionsFile = "api-questions.html"

// chapterFile is the page of the book with the operations of a section.
func chapterFile(section string) string { return "api-" + anchor(section) + ".html" }

// Book returns the pages of the documentation alone: those that a run's site has of the API, with the scenarios that
// a run would perform and without a run, and the first of them once more as what a host shows by itself.
func Book(facts *contract.Contract, shapes *schemas.Set, tool reports.Tool, planned []reports.Scenario) []Page {
	s := newSite(&reports.Run{Tool: tool, Scenarios: planned}, facts, shapes)
	s.alone, s.pages = true, []pageName{{bookFile, "The API"}, {questionsFile, "Open questions"}}
	pages := s.book()
	return append(pages, Page{File: gateFile, Render: pages[0].Render})
}

// apiTitle is what the book is called where it tells of no run.
const apiTitle = "Kobble card-issuing API"

func (s *site) book() []Page {
	pages := []Page{{File: bookFile, Render: s.page("start", func() any { return s.start() })},
		{File: questionsFile, Render: s.page("questions", func() any { return s.questions() })}}
	for _, section := range s.facts.Sections() {
		pages = append(pages, Page{File: chapterFile(section), Render: s.page("chapter", func() any { return s.chapter(section) })})
	}
	return pages
}

// bookBase is what every page of the book has: the way through it.
type bookBase struct {
	base
	Chapters []chapterName
	Prose    contract.Prose
	// Seen says that the book tells what a run saw.
	Seen bool
}

type chapterName struct {
	Name, File string
	Operations []operationName
}

// operationName is an operation in the navigation, with its deviations.
type operationName struct {
	*contract.Operation
	Deviations []reports.Cause
}

func (s *site) bookBase(file, title string) bookBase {
	b := bookBase{base: s.base(file, title), Prose: s.facts.Prose, Seen: !s.alone}
	for _, section := range s.facts.Sections() {
		one := chapterName{Name: section, File: chapterFile(section)}
		for _, operation := range s.facts.Operations {
			if operation.Section == section {
				one.Operations = append(one.Operations, operationName{operation, s.deviations[operation.ID]})
			}
		}
		b.Chapters = append(b.Chapters, one)
	}
	return b
}

// startView is the first page of the book: what holds across the API, and the way to a card.
type startView struct {
	bookBase
	Rules     map[string][]ruleStatus // of each topic, by its title
	Sequence  canvas
	Steps     []stepView
	Checks    []checkView
	Pairs     []pairView
	Everybody []reports.Cause // deviations of all operations
}

// stepView is a step of the guide, with the call that does it, as it can be pasted and as this run made it.
type stepView struct {
	contract.GuideStep
	Operation *contract.Operation
	Curl      string
	Exchange  *evidence.Exchange
}

func (s *site) start() startView {
	title := apiTitle
	if !s.alone {
		title = "The API of " + s.run.Target.Name + ", as documented and as seen"
	}
	v := startView{bookBase: s.bookBase(bookFile, title), Rules: map[string][]ruleStatus{},
		Sequence: sequence(s.facts)}
	status := s.statuses()
	for _, topic := range s.facts.Prose.Topics {
		for _, id := range topic.Rules {
			rule, there := status[id]
			if !there {
				rule = ruleStatus{Requirement: s.facts.Requirement(id)}
			}
			v.Rules[topic.Title] = append(v.Rules[topic.Title], rule)
		}
	}
	flow := s.flow()
	for _, step := range s.facts.Prose.Guide.Steps {
		one := stepView{GuideStep: step, Operation: s.facts.Operation(step.Call), Curl: step.Code}
		if one.Operation != nil {
			one.Curl = kept(step, one.Operation)
			one.Exchange, _ = s.example(one.Operation)
		}
		if flow != nil {
			at := slices.IndexFunc(flow.Exchanges, func(e evidence.Exchange) bool { return e.Operation == step.Call && s.succeeded(&e) })
			if at >= 0 {
				one.Exchange = &flow.Exchanges[at]
			}
		}
		v.Steps = append(v.Steps, one)
	}
	v.Checks, v.Pairs = s.checks()
	for _, one := range s.causes {
		if one.Everywhere {
			v.Everybody = append(v.Everybody, one)
		}
	}
	return v
}

// flow is the passed scenario that goes most of the guide's way with success; nil for none.
func (s *site) flow() *reports.Scenario {
	var best *reports.Scenario
	most := 0
	for i := range s.run.Scenarios {
		one, done := &s.run.Scenarios[i], map[string]bool{}
		if one.Verdict != evidence.Passed || strings.HasPrefix(one.ID, "derived.") {
			continue
		}
		for j := range one.Exchanges {
			e := &one.Exchanges[j]
			done[e.Operation] = done[e.Operation] || s.succeeded(e)
		}
		n := 0
		for _, step := range s.facts.Prose.Guide.Steps {
			if done[step.Call] {
				n++
			}
		}
		if n > most || n == most && best != nil && len(one.Exchanges) < len(best.Exchanges) {
			best, most = one, n
		}
	}
	return best
}

// succeeded reports whether a call was answered as the documentation says of a success.
func (s *site) succeeded(e *evidence.Exchange) bool {
	o := s.facts.Operation(e.Operation)
	return o != nil && e.Response != nil && e.Request.Method == o.Method && o.Success.Accepts(e.Response.Status)
}

// chapterView is a section of the documentation with its operations.
type chapterView struct {
	bookBase
	Name       string
	Operations []operationView
	Tested     ruleBook
}

func (s *site) chapter(section string) chapterView {
	v := chapterView{bookBase: s.bookBase(chapterFile(section), section), Name: section, Tested: s.tested(section, nil)}
	for _, operation := range s.facts.Operations {
		if operation.Section == section {
			v.Operations = append(v.Operations, s.operation(operation))
		}
	}
	return v
}

// ruleStatus is a requirement with what the run showed of it; the status is empty where there is no run, and for what
// is a caller's duty.
type ruleStatus struct {
	*contract.Requirement
	Status    reports.RequirementStatus
	Reason    string
	Scenarios []string
}

func (s *site) statuses() map[string]ruleStatus {
	out := map[string]ruleStatus{}
	for _, one := range s.run.Requirements {
		if requirement := s.facts.Requirement(one.ID); requirement != nil {
			out[one.ID] = ruleStatus{requirement, one.Status, one.Reason, one.Scenarios}
		}
	}
	return out
}

// ruleBook is what is tested of an operation, or of a section at large: rules with one scenario for each outline.
type ruleBook struct {
	Rules             []ruleExamples
	Scenarios, Passed int
}

// ruleExamples is a rule; its name is empty where the features have none.
type ruleExamples struct {
	Name     string
	Examples []exampleView
}

// exampleView is a scenario, or the first row of an outline with the number of rows and how they went.
type exampleView struct {
	*reports.Scenario
	Outline      string
	Rows, Passed int
}

// tested are the scenarios that lead with a requirement of an operation alone, or, for no operation, the others of a
// section.
func (s *site) tested(section string, o *contract.Operation) ruleBook {
	var out ruleBook
	at := map[string][2]int{} // the place of each outline: its rule, and its place there
	for i := range s.run.Scenarios {
		one := &s.run.Scenarios[i]
		about := s.about(one)
		if about != o || o == nil && anchor(one.Section) != anchor(section) {
			continue
		}
		if last := len(out.Rules) - 1; last < 0 || out.Rules[last].Name != one.Rule {
			out.Rules = append(out.Rules, ruleExamples{Name: one.Rule})
		}
		outline, _, _ := strings.Cut(one.ID, "/")
		place, there := at[outline]
		if !there {
			rule := &out.Rules[len(out.Rules)-1]
			place = [2]int{len(out.Rules) - 1, len(rule.Examples)}
			at[outline] = place
			rule.Examples = append(rule.Examples, exampleView{Scenario: one, Outline: outline})
		}
		example := &out.Rules[place[0]].Examples[place[1]]
		example.Rows++
		out.Scenarios++
		if one.Verdict == evidence.Passed {
			example.Passed++
			out.Passed++
		}
	}
	return out
}

// about is the operation that the leading requirement of a scenario is of; nil where it is of none or of several.
func (s *site) about(one *reports.Scenario) *contract.Operation {
	if len(one.Requirements) == 0 {
		return nil
	}
	requirement := s.facts.Requirement(one.Requirements[0])
	if requirement == nil || len(requirement.Operations) != 1 {
		return nil
	}
	return s.facts.Operation(requirement.Operations[0])
}

// Sitemap lists pages for search engines (sitemaps.org); base is the address under which they stand.
func Sitemap(w io.Writer, base string, pages []Page) error {
	var b strings.Builder
	b.WriteString("<?xml version=\"1.0\" encoding=\"UTF-8\"?>\n<urlset xmlns=\"http://www.sitemaps.org/schemas/sitemap/0.9\">\n")
	for _, page := range pages {
		b.WriteString("  <url><loc>" + template.HTMLEscapeString(strings.TrimSuffix(base, "/")+"/"+page.File) + "</loc></url>\n")
	}
	b.WriteString("</urlset>\n")
	_, err := io.WriteString(w, b.String())
	return err
}
