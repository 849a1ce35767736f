package site

import (
	"fmt"
	"html/template"
	"io"
	"strings"

	"github.com/kobcheck/kobcheck/reports/nights"
)

// trendView is the page of many nights.
type trendView struct {
	*nights.Trend
	Style template.CSS
	Last  *nights.Night
}

// TrendPage writes the page of many nights. It loads nothing and has no script.
func TrendPage(w io.Writer, t *nights.Trend) error {
	style, err := files.ReadFile("style.css")
	if err != nil {
		return fmt.Errorf("reading the pages: %w", err)
	}
	parsed, err := template.New("trend").Funcs(template.FuncMap{"words": words, "spark": spark, "percent": percent}).ParseFS(files, "trend.tmpl")
	if err != nil {
		return fmt.Errorf("reading the pages: %w", err)
	}
	return parsed.ExecuteTemplate(w, "trend", trendView{Trend: t, Style: template.CSS(style), Last: t.Nights[len(t.Nights)-1]}) //nolint:gosec // our own file
}

func percent(part, whole int) string {
	return fmt.Sprintf("%.0f %%", 100*float64(part)/float64(max(whole, 1)))
}

// spark draws a series as the points of a line, 240 by 40.
func spark(values []float64) string {
	top := 0.0
	for _, value := range values {
		top = max(top, value)
	}
	var b strings.Builder
	for i, value := range values {
		fmt.Fprintf(&b, "%.1f,%.1f ", 240*float64(i)/float64(max(len(values)-1, 1)), 38-36*value/max(top, 1e-9))
	}
	return b.String()
}
