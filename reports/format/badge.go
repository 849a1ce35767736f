package format

import (
	_ "embed"
	"fmt"
	"html/template"
	"io"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

//go:embed badge.svg.tmpl
var badgeText string

var badge = template.Must(template.New("badge").Parse(badgeText))

// writeBadge writes an SVG badge with the verdict and the number of requirements proved.
func writeBadge(w io.Writer, r *reports.Run, _ *contract.Contract) error {
	text, colour := fmt.Sprintf("%d requirements proved", r.Summary.Requirements.Proved), "#0f6b3d"
	switch {
	case r.Masked():
		text, colour = "a secret was found", "#a51d1d"
	case r.Verdict == evidence.Failed:
		text, colour = fmt.Sprintf("%d requirements broken", r.Summary.Requirements.Failed), "#a51d1d"
	case r.Verdict != evidence.Passed:
		text, colour = "no verdict", "#7a4f00"
	}
	const left, letter = 72, 7
	right := len(text)*letter + 14
	return badge.Execute(w, struct {
		Text, Colour           string
		Left, Right, Width, At int
	}{text, colour, left, right, left + right, left + 7})
}
