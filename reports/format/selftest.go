package format

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/site"
)

// Selftest writes selftest.json, selftest.md and selftest.html and returns their paths.
func Selftest(to *Writer, s *reports.Selftest) ([]string, error) {
	return to.write(func() []file {
		return []file{
			{"selftest.json", func(w io.Writer) error { return json.NewEncoder(w).Encode(s) }},
			{"selftest.md", func(w io.Writer) error { return writePage(w, "selftest.md.tmpl", s) }},
			{"selftest.html", func(w io.Writer) error { return site.SelftestPage(w, s, to.Folder) }},
		}
	}, []string{"selftest.*"}, func(found string) { s.Exposed = found })
}

// killers names up to three scenarios that caught a fault.
func killers(one reports.FaultResult) string {
	var names []string
	for _, killer := range one.By {
		if len(names) == 3 {
			names = append(names, fmt.Sprintf("and %d more", len(one.By)-3))
			break
		}
		names = append(names, code(killer.Scenario))
	}
	if len(names) == 0 {
		return "survived"
	}
	return strings.Join(names, " ")
}
