package format

import (
	"encoding/json"
	"io"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/site"
)

// Load writes load.json, load.md, junit.xml and load.html, what plans saw beside them, and entries for the list of known
// failures where something failed. It returns the paths.
func Load(to *Writer, r *reports.LoadRun) ([]string, error) {
	return to.write(func() []file { return loadFiles(r, to.Folder) }, ofLoad(), r.Exposed)
}

// ofLoad are the patterns of what load plans leave.
func ofLoad() []string {
	return []string{"load.*", "junit.xml", "new-load-failures.yaml", "idempotency-policy.json", "history-*.html"}
}

func loadFiles(r *reports.LoadRun, folder string) []file {
	files := []file{
		{"load.json", func(w io.Writer) error { return json.NewEncoder(w).Encode(r) }},
		{"load.md", func(w io.Writer) error { return writePage(w, "load.md.tmpl", r) }},
		{"junit.xml", func(w io.Writer) error { return writeLoadJUnit(w, r) }},
		{"load.html", func(w io.Writer) error { return site.LoadPage(w, r, folder) }},
	}
	if entries := r.NewFailures(); len(entries) > 0 {
		files = append(files, file{"new-load-failures.yaml", entries.Write})
	}
	if policy := policyOf(r); policy != nil {
		files = append(files, file{"idempotency-policy.json", func(w io.Writer) error { return indented(w, policy) }})
	}
	for _, plan := range r.Plans {
		for _, picture := range plan.Pictures {
			files = append(files, file{picture.File, func(w io.Writer) error { _, err := w.Write(picture.Data); return err }})
		}
	}
	return files
}

func indented(w io.Writer, value any) error {
	encoder := json.NewEncoder(w)
	encoder.SetIndent("", " ")
	return encoder.Encode(value)
}
