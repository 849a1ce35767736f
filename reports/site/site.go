// Package site renders a run as pages that open from disk, from a pipeline's artefacts or a static host:
// the verdict for who has ten seconds, the API as a book for who wants to learn it, the coverage for who
// maintains the suite, and the evidence of every scenario.
//
// What walks in is a finished [reports.Run]; what walks out is a list of pages. They load nothing from
// anywhere; a script only searches, and everything can be read without it.
package site

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"html/template"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/schemas/redact"
)

// The pages that every site has; the evidence has one for each section beside them.
const (
	gateFile     = "index.html"
	bookFile     = "api.html"
	coverageFile = "coverage.html"
)

// neighbours are pages of other verbs that may stand in the same folder.
var neighbours = []pageName{{"load.html", "Load"}, {"selftest.html", "Detection power"}, {"trend.html", "Nights"}}

// Page is one page: its file in the folder, and what writes it.
type Page struct {
	File   string
	Render func(io.Writer) error
}

// around lists the pages that stand in a folder, the page of a file among them whether it stands there yet or not.
func around(folder, file string) []pageName {
	return slices.DeleteFunc(append([]pageName{{gateFile, "Verdict"}, {bookFile, "The API"}, {coverageFile, "Coverage"}}, neighbours...),
		func(one pageName) bool {
			_, err := os.Stat(filepath.Join(folder, one.File))
			return err != nil && one.File != file
		})
}

// Pages returns the pages of a run. Folder is where they will stand: what other verbs
// wrote there is linked.
func Pages(r *reports.Run, facts *contract.Contract, shapes *schemas.Set, folder string) []Page {
	s := newSite(r, facts, shapes)
	s.pages = []pageName{{gateFile, "Verdict"}, {bookFile, "The API"}, {coverageFile, "Coverage"}}
	for _, one := range neighbours {
		if _, err := os.Stat(filepath.Join(folder, one.File)); err == nil {
			s.pages = append(s.pages, one)
		}
	}
	near := beside(folder)
	s.load, s.selftest = near.load, near.selftest
	parts := s.evidenceParts()
	pages := []Page{
		{File: gateFile, Render: s.page("gate", func() any { return s.gate() })},
		{File: coverageFile, Render: s.page("coverage", func() any { return s.coverage(sectionsOf(r)) })},
	}
	pages = append(pages, s.book()...)
	for _, part := range parts {
		pages = append(pages, Page{File: part.Path, Render: s.page("evidence", func() any { return s.evidence(part) })})
	}
	return pages
}

// neighbourhood is what other verbs wrote into the folder of a site.
type neighbourhood struct {
	selftest *reports.Selftest
	load     *reports.LoadRun
}

// beside reads what stands in a folder: selftest.json and load.json, where this program wrote them.
func beside(folder string) neighbourhood {
	var near neighbourhood
	if data, err := reports.ReadFile(filepath.Join(folder, "selftest.json")); err == nil {
		if found := new(reports.Selftest); json.Unmarshal(data, found) == nil && len(found.Faults) > 0 {
			near.selftest = found
		}
	}
	if data, err := reports.ReadFile(filepath.Join(folder, "load.json")); err == nil {
		if found, err := reports.ReadLoad(bytes.NewReader(data)); err == nil {
			near.load = found
		}
	}
	return near
}

// pageName is a page in the head of each.
type pageName struct{ File, Name string }

// base is what every page has. Run is nil where the site tells of none.
type base struct {
	document
	Run   *reports.Run
	Tool  reports.Tool
	File  string
	Pages []pageName
	Index []entry
}

// site is one run on its way to pages.
type site struct {
	run    *reports.Run
	facts  *contract.Contract
	shapes *schemas.Set
	pages  []pageName
	// alone says that there is no run but an empty one: the pages tell what the documentation says.
	alone bool
	// load is the load run that stands in the same folder; nil for none.
	load *reports.LoadRun
	// selftest is the detection power that stands in the same folder; nil for none.
	selftest *reports.Selftest
	// causes is all that deviates, deviations the same by operation, passing what was noticed in passing.
	causes, passing []reports.Cause
	deviations      map[string][]reports.Cause
	// scenarios by id, and the pages on which their evidence stands.
	scenarios map[string]*reports.Scenario
	places    map[string]string
}

func newSite(r *reports.Run, facts *contract.Contract, shapes *schemas.Set) *site {
	s := &site{run: r, facts: facts, shapes: shapes, passing: r.InPassing(), causes: append(r.Causes(true), r.Causes(false)...),
		deviations: map[string][]reports.Cause{}, scenarios: map[string]*reports.Scenario{}, places: map[string]string{}}
	for i := range r.Scenarios {
		s.scenarios[r.Scenarios[i].ID] = &r.Scenarios[i]
	}
	for _, one := range s.causes {
		if one.Everywhere { // it is told once, on the first page
			continue
		}
		for _, operation := range one.Operations {
			s.deviations[operation] = append(s.deviations[operation], one)
		}
	}
	return s
}

// page writes one page, by the name of its template.
func (s *site) page(name string, data func() any) func(io.Writer) error {
	return func(w io.Writer) error { return execute(w, name, data(), s.functions()) }
}

func (s *site) functions() template.FuncMap {
	return template.FuncMap{
		"requirement": s.facts.Requirement, "look": look, "evidence": s.linkTo, "at": s.place, "body": s.body, "exchanges": exchanges,
		"since": s.run.Since, "answered": s.run.AnsweredSince,
		"exchange": func(g reports.Cause) *evidence.Exchange { return g.Exchange() },
		"metBy":    s.run.MetBy, "passing": s.noticed,
		"scenario": func(id string) *reports.Scenario { return s.scenarios[id] },
	}
}

// noticed lists what was noticed in passing at a requirement or an operation, by its id.
func (s *site) noticed(id string) []reports.Cause {
	return slices.DeleteFunc(slices.Clone(s.passing),
		func(one reports.Cause) bool {
			return one.Finding.Requirement != id && !slices.Contains(one.Operations, id)
		})
}

func (s *site) base(file, title string) base {
	b := base{document: searching(title), Run: s.run, Tool: s.run.Tool, File: file, Pages: s.pages, Index: s.index()}
	if s.alone {
		b.Run = nil
	}
	return b
}

// place is where the book has an operation.
func (s *site) place(operation string) string {
	if o := s.facts.Operation(operation); o != nil {
		return chapterFile(o.Section) + "#" + o.ID
	}
	return bookFile
}

func words(verdict any) string { return strings.ReplaceAll(fmt.Sprint(verdict), "_", " ") }

// look is what a page shows of a body: all of it where something broke, a first look elsewhere; run.json
// has the rest.
func look(s *reports.Scenario, body string) string {
	const bound = 600
	if s.Verdict == evidence.Passed {
		return redact.Cut(body, bound, "… [run.json has the rest]")
	}
	return body
}

// pretty indents a body that is JSON.
func pretty(body string) string {
	var out bytes.Buffer
	if json.Indent(&out, []byte(body), "", "  ") != nil {
		return body
	}
	return out.String()
}

// linkTo is where the evidence of a scenario stands.
func (s *site) linkTo(one *reports.Scenario) string {
	if one == nil {
		return ""
	}
	return cmp.Or(s.places[one.ID], "evidence-"+anchor(one.Section)+".html") + "#" + one.ID
}

// anchor turns a name into a part of an address.
func anchor(name string) string {
	return strings.Trim(strings.Map(func(r rune) rune {
		switch {
		case r >= 'a' && r <= 'z' || r >= '0' && r <= '9':
			return r
		case r >= 'A' && r <= 'Z':
			return r + 'a' - 'A'
		}
		return '-'
	}, name), "-")
}

// prose writes a sentence with its backticks as code.
func prose(text string) template.HTML {
	var b strings.Builder
	for i, part := range strings.Split(text, "`") {
		part = template.HTMLEscapeString(part)
		if i%2 == 1 {
			part = "<code>" + part + "</code>"
		}
		b.WriteString(part)
	}
	return template.HTML(b.String()) //nolint:gosec // each part was escaped
}

// page is the id of a page of the documentation in a source.
var page = regexp.MustCompile(`\b(doc|api)-\d+`)

// source writes where a fact comes from, each page as a link.
func source(text string) template.HTML {
	return template.HTML(page.ReplaceAllString(template.HTMLEscapeString(text), //nolint:gosec // the text was escaped
		`<a href="https://docs.apikobble.net/$0" rel="noreferrer">$0</a>`))
}

// gates says whether any of the deviations fails the run.
func gates(deviations []reports.Cause) bool {
	return slices.ContainsFunc(deviations, func(one reports.Cause) bool { return one.Finding.Gated && one.Finding.Verdict != evidence.Known })
}

// holds says in a word whether an invariant held.
func holds(decided *bool) string {
	switch {
	case decided == nil:
		return "not decided"
	case *decided:
		return "holds"
	}
	return "broken"
}
