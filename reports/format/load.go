package format

import (
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/site"
)

// Load writes load.json, load.md and load.html, what plans saw beside them, and entries for the list of known
// failures where something failed. It returns the paths.
func Load(to *Writer, r *reports.LoadRun) ([]string, error) {
	earlier := []string{"load.*", "new-load-failures.yaml", "idempotency-policy.json", "history-*.html"}
	return to.write(func() []file { return loadFiles(r) }, earlier, r.Exposed)
}

func loadFiles(r *reports.LoadRun) []file {
	files := []file{
		{"load.json", func(w io.Writer) error { return json.NewEncoder(w).Encode(r) }},
		{"load.md", func(w io.Writer) error { _, err := io.WriteString(w, loadMarkdown(r)); return err }},
		{"load.html", func(w io.Writer) error { return site.LoadPage(w, r) }},
	}
	if entries := r.NewFailures(); len(entries) > 0 {
		files = append(files, file{"new-load-failures.yaml", entries.Write})
	}
	if policy := r.IdempotencyPolicy(); policy != nil {
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

func loadMarkdown(r *reports.LoadRun) string {
	var b strings.Builder
	fmt.Fprintf(&b, "# Load on %s: %s\n\n", escapeMarkdown(r.Target.Name), r.Verdict)
	if r.Reason != "" {
		fmt.Fprintf(&b, "%s\n\n", escapeMarkdown(r.Reason))
	}
	for _, plan := range r.Plans {
		fmt.Fprintf(&b, "## %s: %s\n\n%s\n\n%d arrivals due, %d sent; asked %.1f/s, reached %.1f/s; generator lag p99 %.2f ms.\n\n", plan.ID, plan.Verdict, escapeMarkdown(plan.Sentence), plan.Due, plan.Sent, plan.Asked, plan.Reached, plan.Lag.P99)
		if len(plan.Series) > 0 {
			b.WriteString("| operation | class | count | p50 | p99 | max (ms from due) | p99 from send |\n|---|---|--:|--:|--:|--:|--:|\n")
			for _, s := range plan.Series {
				fmt.Fprintf(&b, "| %s | %s | %d | %.1f | %.1f | %.1f | %.1f |\n", s.Operation, s.Class, s.Count, s.FromDue.P50, s.FromDue.P99, s.FromDue.Max, s.FromSend.P99)
			}
			b.WriteString("\n")
		}
		for _, one := range plan.Invariants {
			state, why := plan.Standing(one)
			if state == "BROKEN" {
				state = "**broken**"
			}
			if why != "" {
				why = "; " + why
			}
			fmt.Fprintf(&b, "- %s: %s (%s%s)\n", strings.ToLower(state), escapeMarkdown(one.Sentence), one.Requirement, escapeMarkdown(why))
		}
		for i := range plan.Findings {
			f := &plan.Findings[i]
			word, _ := reports.WeightOf(f)
			fmt.Fprintf(&b, "- %s: %s at %s, %d times: %s\n", strings.ToLower(word), f.Requirement, code(f.Operation), f.Count, escapeMarkdown(f.Message))
		}
		for _, gate := range plan.Gates {
			fmt.Fprintf(&b, "- gate %s: %s, %.3g %s\n", code(gate.Gate), gate.State, gate.Figure, gate.Unit)
		}
		b.WriteString("\n")
	}
	return b.String()
}
