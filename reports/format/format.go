// Package format writes what the model of a run says as files and as text: each format once, in one table, and all
// of them through one writer that looks for secrets first.
//
// What walks in is a finished [reports.Run], [reports.LoadRun], [reports.Selftest] or [nights.Trend]; what walks out
// are files in a folder.
package format

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/nights"
	"github.com/kobcheck/kobcheck/reports/site"
	"github.com/kobcheck/kobcheck/schemas"
)

// Sources are what reports tell beside the run: what the documentation says, and the features as they were written.
type Sources struct {
	Contract *contract.Contract
	Schemas  *schemas.Set
	// Features returns the features by their URI.
	Features func() (map[string][]byte, error)
}

// format is one format: what it is called, its files, and the pattern of them where their names follow from the run.
type format struct {
	name      string
	byDefault bool
	files     func(r *reports.Run, from Sources, folder string) []file
	patterns  []string
}

// registry lists every format, in the order in which help names them.
func registry() []format {
	return []format{
		single("json", true, "run.json", func(w io.Writer, r *reports.Run, _ *contract.Contract) error {
			return json.NewEncoder(w).Encode(r)
		}, "run.json.gz"),
		single("junit", true, "junit.xml", writeJUnit),
		single("markdown", true, "summary.md", writeMarkdown),
		{"html", true, pages, []string{"index.html", "api.html", "api-*.html", "coverage.html", "evidence-*.html"}},
		single("known", true, "new-failures.yaml", writeNewFailures),
		single("night", true, "night.json", func(w io.Writer, r *reports.Run, _ *contract.Contract) error {
			return json.NewEncoder(w).Encode(nights.Of(r))
		}),
		single("ctrf", false, "ctrf.json", writeCTRF),
		single("cucumber", false, "cucumber.json", writeCucumber),
		{"messages", false, messagesFile, []string{"messages.ndjson"}},
		{"allure", false, allure, []string{allureFolder + "/*-result.json"}},
		single("metrics", false, "metrics.txt", writeOpenMetrics),
		single("badge", false, "badge.svg", writeBadge),
		single("github", false, "annotations.txt", writeAnnotations),
		{"issues", false, issues, []string{"issue-*.md"}},
	}
}

// single is a format of one file. Also are names that an earlier one may have.
func single(name string, byDefault bool, path string, render func(io.Writer, *reports.Run, *contract.Contract) error,
	also ...string,
) format {
	return format{name, byDefault, func(r *reports.Run, from Sources, _ string) []file {
		return []file{{path, func(w io.Writer) error { return render(w, r, from.Contract) }}}
	}, append(also, path)}
}

func pages(r *reports.Run, from Sources, folder string) []file {
	var files []file
	for _, page := range site.Pages(r, from.Contract, from.Schemas, folder) {
		files = append(files, file{page.File, page.Render})
	}
	return files
}

// Default lists the formats that a run writes unless it is told which.
func Default() []string { return names(func(one format) bool { return one.byDefault }) }

// All lists every format: beside those of [Default], what others read.
func All() []string { return names(func(format) bool { return true }) }

func names(chosen func(format) bool) []string {
	var out []string
	for _, one := range registry() {
		if chosen(one) {
			out = append(out, one.name)
		}
	}
	return out
}

// Clear takes away what an earlier run left in the folder, in whichever format, before another begins: one that ends
// without a word leaves nothing that could be taken for its reports.
func (w *Writer) Clear() error {
	var earlier []string
	for _, one := range registry() {
		earlier = append(earlier, one.patterns...)
	}
	return w.withdraw(nil, earlier, nil)
}

// ClearLoad takes away what earlier load plans left there.
func (w *Writer) ClearLoad() error { return w.withdraw(nil, ofLoad(), nil) }

// Run writes the reports of a run in the formats named, and returns their paths. Where a secret or a card number was
// to be written, the run fails with exit code 8, and every report says so.
func Run(to *Writer, r *reports.Run, from Sources, formats []string) ([]string, error) {
	var chosen []format
	var earlier []string
	known := map[string]format{}
	for _, one := range registry() {
		known[one.name] = one
		if to.Anew {
			earlier = append(earlier, one.patterns...)
		}
	}
	var unknown []error
	for _, name := range formats {
		one, there := known[name]
		if !there {
			unknown = append(unknown, fmt.Errorf("there is no report format %q; there are %s", name, strings.Join(All(), ", ")))
			continue
		}
		chosen = append(chosen, one)
		earlier = append(earlier, one.patterns...)
	}
	list := func() []file {
		var files []file
		for _, one := range chosen {
			files = append(files, one.files(r, from, to.Folder)...)
		}
		return files
	}
	paths, err := to.write(list, earlier, r.Exposed)
	return paths, errors.Join(append(unknown, err)...)
}

// Book writes the documentation as pages, with the scenarios that would prove it, or with a run all pages of its site;
// an address under which they will stand makes a sitemap as well. The first path is that of the page to begin with.
func Book(to *Writer, r *reports.Run, planned []reports.Scenario, from Sources, tool reports.Tool, address string) ([]string, error) {
	told := func(string) {}
	if r != nil {
		told = r.Exposed
	}
	list := func() []file {
		pages := site.Book(from.Contract, from.Schemas, tool, planned)
		if r != nil {
			pages = site.Pages(r, from.Contract, from.Schemas, to.Folder)
		}
		var files []file
		for _, page := range pages {
			files = append(files, file{page.File, page.Render})
		}
		if address != "" {
			files = append(files, file{"sitemap.xml", func(w io.Writer) error { return site.Sitemap(w, address, pages) }})
		}
		return files
	}
	return to.write(list, []string{"index.html", "api.html", "api-*.html", "coverage.html", "evidence-*.html", "sitemap.xml"}, told)
}

// Trend writes trend.html and returns its path.
func Trend(to *Writer, t *nights.Trend) ([]string, error) {
	return to.write(func() []file {
		return []file{{"trend.html", func(w io.Writer) error { return site.TrendPage(w, t, to.Folder) }}}
	}, nil, func(string) {})
}

// The outcome of the guard, for formats that have nothing but tests: a test of its own that failed.
const (
	exposedSuite = "Reports"
	exposedName  = "No secret and no card number reaches a report"
)

// exposure is the outcome of the guard as a scenario.
func exposure(r *reports.Run) *reports.Scenario {
	return &reports.Scenario{ID: "reports.no-secret", Name: exposedName, Section: exposedSuite, Feature: exposedSuite,
		Verdict: evidence.Failed, Reason: r.Reason,
		Steps: []reports.Step{{Keyword: "Then", Text: exposedName, Status: "failed", Error: r.Reason}}}
}

// writeNewFailures writes a file that an editor knows as one of its schema.
func writeNewFailures(w io.Writer, r *reports.Run, _ *contract.Contract) error {
	if _, err := fmt.Fprintln(w, "# yaml-language-server: $schema=known-failures.schema.json"); err != nil {
		return err
	}
	return r.NewFailures().Write(w)
}
