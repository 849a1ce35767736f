package format

import (
	"io"
	"slices"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
)

// issueBound is how many ways of failing get a file of their own.
const issueBound = 50

// stood reports whether an earlier night had the cause: then it has an issue.
func stood(r *reports.Run, c *reports.Cause) bool {
	if r.History == nil {
		return false
	}
	return slices.ContainsFunc(c.Fingerprints, func(one string) bool { return r.History.Since[one].Nights > 1 })
}

// issues are Markdown files, one for each way of failing that is new and no chance, ready to be opened as an issue. Their names carry
// the fingerprint, so that one failure has one name on every night.
func issues(r *reports.Run, from Sources, _ string) []file {
	var files []file
	named := map[string]bool{} // causes in other operations may fail alike
	for _, group := range reports.New(r.Causes(true)) {
		name := "issue-" + group.Finding.Fingerprint() + ".md"
		if named[name] || len(files) == issueBound || stood(r, &group) {
			continue
		}
		named[name] = true
		files = append(files, file{name, func(w io.Writer) error {
			return writePage(w, "issue.md.tmpl", struct {
				Cause       *reports.Cause
				Run         *reports.Run
				Requirement *contract.Requirement
			}{&group, r, from.Contract.Requirement(group.Finding.Requirement)})
		}})
	}
	return files
}
