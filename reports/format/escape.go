package format

import (
	"embed"
	"fmt"
	"io"
	"reflect"
	"strings"
	"text/template"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/wording"
)

//go:embed *.md.tmpl
var pieces embed.FS

// readPage reads the template of a Markdown page.
func readPage(name string) (*template.Template, error) {
	functions := template.FuncMap{"escape": escapeMarkdown, "code": code, "inside": inside, "source": sourceText, "weight": weight,
		"standing": standing, "killers": killers, "percent": func(share float64) float64 { return 100 * share },
		"headline": reports.Headline, "everywhere": everywhereText, "count": wording.Count, "words": words,
		"printed": func() int { return printed }, "upTo": upTo, "beyond": beyond}
	page, err := template.New(name).Funcs(functions).ParseFS(pieces, name)
	if err != nil {
		return nil, fmt.Errorf("reading %s: %w", name, err)
	}
	return page, nil
}

// writePage writes a Markdown page by its template.
func writePage(w io.Writer, name string, data any) error {
	page, err := readPage(name)
	if err != nil {
		return err
	}
	return page.Execute(w, data)
}

// upTo are the first of a list, beyond those after them.
func upTo(n int, list any) any {
	of := reflect.ValueOf(list)
	return of.Slice(0, min(n, of.Len())).Interface()
}

func beyond(n int, list any) any {
	of := reflect.ValueOf(list)
	return of.Slice(min(n, of.Len()), of.Len()).Interface()
}

// words is a verdict as people read it.
func words(verdict evidence.Verdict) string { return strings.ReplaceAll(string(verdict), "_", " ") }

// escapeMarkdown keeps text of the API from becoming markup, a mention of somebody or a link.
func escapeMarkdown(text string) string {
	text = strings.NewReplacer("\\", "\\\\", "`", "\\`", "*", "\\*", "_", "\\_", "|", "\\|", "<", "&lt;", ">", "&gt;", "[", "\\[",
		"#", "\\#", "@", "&#64;", "://", ":&#47;&#47;", "www.", "www&#46;").Replace(text)
	return strings.Join(strings.Fields(wording.Plain(text)), " ")
}

// code puts text of the API into a code span that it can't leave.
func code(text string) string {
	if text == "" {
		return ""
	}
	return "`" + strings.ReplaceAll(strings.ReplaceAll(strings.Join(strings.Fields(wording.Plain(text)), " "), "`", "'"), "|", "¦") + "`"
}

// inside puts text of the API into a block of code that it can't leave.
func inside(text string) string { return strings.ReplaceAll(text, "```", "` ` `") }

// weight is how much a finding of a plan weighs, in a word.
func weight(f evidence.Finding) string {
	word, _ := reports.WeightOf(&f)
	return strings.ToLower(word)
}

// standing is what came of an invariant of a plan, with the reason.
func standing(plan reports.LoadPlan, one evidence.Invariant) string {
	state, why := plan.Standing(one)
	if state == "BROKEN" {
		state = "**broken**"
	}
	if why != "" {
		why = "; " + why
	}
	return fmt.Sprintf("%s: %s (%s%s)", strings.ToLower(state), escapeMarkdown(one.Sentence), one.Requirement, escapeMarkdown(why))
}
