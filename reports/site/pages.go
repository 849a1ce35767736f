package site

import (
	"crypto/sha256"
	"embed"
	"encoding/base64"
	"fmt"
	"html/template"
	"io"
	"maps"
	"strings"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/nights"
)

//go:embed *.tmpl style.css search.js
var files embed.FS

// document is the head of every page: its title, the one style sheet, and the script of those that have one. The
// page's policy allows both by their hash, and nothing else.
type document struct {
	Title                 string
	Style                 template.CSS
	Script                template.JS
	StyleHash, ScriptHash template.HTMLAttr
}

func newDocument(title string) document {
	style := embedded("style.css")
	return document{Title: title, Style: template.CSS(style), StyleHash: hashOf(style)} //nolint:gosec // our own file
}

// searching is a document with the script that searches.
func searching(title string) document {
	d, text := newDocument(title), embedded("search.js")
	d.Script, d.ScriptHash = template.JS(text), hashOf(text) //nolint:gosec // our own file
	return d
}

// embedded reads a file of this package; go:embed fails where there is none.
func embedded(name string) []byte {
	text, _ := files.ReadFile(name)
	return text
}

// hashOf is what a page's policy allows a text by.
func hashOf(text []byte) template.HTMLAttr {
	sum := sha256.Sum256(text)
	return template.HTMLAttr("sha256-" + base64.StdEncoding.EncodeToString(sum[:])) //nolint:gosec // it is a hash
}

// execute writes a page by the name of its template, with more functions than every page has.
func execute(w io.Writer, name string, data any, more template.FuncMap) error {
	functions := template.FuncMap{"words": words, "spark": spark, "percent": percent, "power": power, "charts": charts, "legend": legend,
		"first": first, "rest": rest, "weight": weight, "state": state, "holds": holds, "prose": prose, "pretty": pretty, "join": strings.Join,
		"excerpt": excerpt, "anchor": anchor, "unstopped": unstopped, "shownAny": shownAny, "source": source, "gates": gates}
	maps.Copy(functions, more)
	texts := []string{"layout.tmpl", name + ".tmpl"}
	if more != nil { // a page of a site
		texts = append(texts, "book.tmpl")
	}
	parsed, err := template.New(name).Funcs(functions).ParseFS(files, texts...)
	if err != nil {
		return fmt.Errorf("reading the pages: %w", err)
	}
	return parsed.ExecuteTemplate(w, name, data)
}

// neighbour is the head of a page of another verb: what it tells of, and the pages beside it in its folder.
type neighbour struct {
	document
	Name, File string
	Pages      []pageName
}

func newNeighbour(title, name, file, folder string) neighbour {
	return neighbour{newDocument(title), name, file, around(folder, file)}
}

// LoadPage writes load.html, which will stand in the folder.
func LoadPage(w io.Writer, r *reports.LoadRun, folder string) error {
	return execute(w, "load", struct {
		neighbour
		*reports.LoadRun
	}{newNeighbour(fmt.Sprintf("Load: %s %s", r.Target.Name, r.Verdict), r.Target.Name, "load.html", folder), r}, nil)
}

// SelftestPage writes selftest.html, which will stand in the folder.
func SelftestPage(w io.Writer, s *reports.Selftest, folder string) error {
	return execute(w, "selftest", struct {
		neighbour
		*reports.Selftest
	}{newNeighbour("Detection power", "kobcheck", "selftest.html", folder), s}, nil)
}

// TrendPage writes trend.html, the page of many nights, which will stand in the folder.
func TrendPage(w io.Writer, t *nights.Trend, folder string) error {
	last := t.Nights[len(t.Nights)-1]
	return execute(w, "trend", struct {
		neighbour
		*nights.Trend
		Last *nights.Night
	}{newNeighbour(fmt.Sprintf("%d nights of %s", len(t.Nights), last.Target), last.Target, "trend.html", folder), t, last}, nil)
}

// unstopped is a sentence without its final stop, for one that goes on.
func unstopped(text string) string { return strings.TrimSuffix(text, ".") }

func percent(part, whole int) string {
	return fmt.Sprintf("%.0f %%", 100*float64(part)/float64(max(whole, 1)))
}

func power(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }

// evidenceShown is how many lines of an invariant's evidence stand open.
const evidenceShown = 3

func first(list []string) []string { return list[:min(len(list), evidenceShown)] }

func rest(list []string) []string { return list[min(len(list), evidenceShown):] }

func weight(f evidence.Finding) string {
	word, _ := reports.WeightOf(&f)
	return strings.ToLower(word)
}

func state(p reports.LoadPlan, one evidence.Invariant) string {
	standing, _ := p.Standing(one)
	return strings.ToLower(standing)
}

// spark draws a series as the points of a line, 240 by 40.
func spark(values []float64) string {
	top := 0.0
	for _, value := range values {
		top = max(top, value)
	}
	var xs, ys []float64
	for i, value := range values {
		xs, ys = append(xs, 240*float64(i)/float64(max(len(values)-1, 1))), append(ys, 38-36*value/max(top, 1e-9))
	}
	return drawn(xs, ys)
}
