package format

import (
	"cmp"
	"fmt"
	"io"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
)

// writeOpenMetrics writes the figures of a run as OpenMetrics text, for a push gateway or a node exporter's
// folder. Times are in seconds.
func writeOpenMetrics(w io.Writer, r *reports.Run, _ *contract.Contract) error {
	var b strings.Builder
	target := label("target", r.Target.Name)
	family := func(name, help string) { fmt.Fprintf(&b, "# TYPE %s gauge\n# HELP %s %s\n", name, name, help) }
	c, q := r.Summary.Scenarios, r.Summary.Requirements
	family("kobcheck_scenarios", "Scenarios of the run by verdict.")
	for _, one := range c.Verdicts() {
		fmt.Fprintf(&b, "kobcheck_scenarios{%s,%s} %d\n", target, label("verdict", string(one.Verdict)), one.N)
	}
	family("kobcheck_requirements", "Requirements that the API owes, by what the run showed of them.")
	for _, one := range []struct {
		status reports.RequirementStatus
		n      int
	}{{reports.Proved, q.Proved}, {reports.RequirementFailed, q.Failed}, {reports.NotTested, q.NotTested}} {
		fmt.Fprintf(&b, "kobcheck_requirements{%s,%s} %d\n", target, label("status", string(one.status)), one.n)
	}
	family("kobcheck_exit_code", "Exit code of the run.")
	fmt.Fprintf(&b, "kobcheck_exit_code{%s} %d\n", target, r.ExitCode)
	family("kobcheck_checks_evaluated", "Checks that were evaluated.")
	fmt.Fprintf(&b, "kobcheck_checks_evaluated{%s} %d\n", target, r.Summary.Checks)
	family("kobcheck_duration_seconds", "Length of the run.")
	fmt.Fprintf(&b, "kobcheck_duration_seconds{%s} %g\n", target, r.EndedAt.Sub(r.StartedAt).Seconds())
	family("kobcheck_run_timestamp_seconds", "When the run ended, since 1970.")
	fmt.Fprintf(&b, "kobcheck_run_timestamp_seconds{%s} %d\n", target, r.EndedAt.Unix())
	family("kobcheck_operation_latency_seconds", "Latency of an operation in the run.")
	uses := append([]reports.OperationUse{}, r.Operations...)
	slices.SortFunc(uses, func(a, b reports.OperationUse) int { return cmp.Compare(a.ID, b.ID) })
	for _, use := range uses {
		for _, one := range []struct {
			quantile string
			ms       float64
		}{{"0.5", use.Latency.P50}, {"0.95", use.Latency.P95}, {"1", use.Latency.Max}} {
			fmt.Fprintf(&b, "kobcheck_operation_latency_seconds{%s,%s,%s} %g\n", target, label("operation", use.ID),
				label("quantile", one.quantile), one.ms/1000)
		}
	}
	b.WriteString("# EOF\n")
	_, err := io.WriteString(w, b.String())
	return err
}

func label(name, value string) string {
	return name + `="` + strings.NewReplacer(`\`, `\\`, `"`, `\"`, "\n", `\n`).Replace(value) + `"`
}
