package format

import (
	"fmt"
	"html/template"
	"io"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// writeBadge writes an SVG badge with the verdict and the number of requirements proved.
func writeBadge(w io.Writer, r *reports.Run, _ *contract.Contract) error {
	text, colour := fmt.Sprintf("%d requirements proved", r.Summary.Requirements.Proved), "#0f6b3d"
	switch {
	case exposed(r):
		text, colour = "a secret was found", "#a51d1d"
	case r.Verdict == evidence.Failed:
		text, colour = fmt.Sprintf("%d requirements broken", r.Summary.Requirements.Failed), "#a51d1d"
	case r.Verdict != evidence.Passed:
		text, colour = "no verdict", "#7a4f00"
	}
	const left, letter = 72, 7
	width := left + len(text)*letter + 14
	_, err := fmt.Fprintf(w, `<svg xmlns="http://www.w3.org/2000/svg" width="%d" height="22" role="img" aria-label="kobcheck: %s"><title>kobcheck: %s</title><rect width="%d" height="22" rx="4" fill="#39404d"/><rect x="%d" width="%d" height="22" rx="4" fill="%s"/><g fill="#fff" font-family="Verdana,DejaVu Sans,sans-serif" font-size="11"><text x="8" y="15">kobcheck</text><text x="%d" y="15">%s</text></g></svg>`+"\n",
		width, template.HTMLEscapeString(text), template.HTMLEscapeString(text), width, left, width-left, colour, left+7, template.HTMLEscapeString(text))
	return err
}
