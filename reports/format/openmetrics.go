package format

import (
	"fmt"
	"io"
	"strings"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/common/expfmt"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
)

// writeOpenMetrics writes the figures of a run as OpenMetrics text, for a push gateway or a node exporter's
// folder. Times are in seconds.
func writeOpenMetrics(w io.Writer, r *reports.Run, _ *contract.Contract) error {
	registry := prometheus.NewRegistry()
	gauge := func(name, help string, labels ...string) *prometheus.GaugeVec {
		vec := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "kobcheck_" + name, Help: help,
			ConstLabels: prometheus.Labels{"target": strings.ToValidUTF8(r.Target.Name, "\ufffd")}}, labels)
		registry.MustRegister(vec)
		return vec
	}
	scenarios := gauge("scenarios", "Scenarios of the run by verdict.", "verdict")
	for _, one := range r.Summary.Scenarios.Verdicts() {
		scenarios.WithLabelValues(string(one.Verdict)).Set(float64(one.N))
	}
	requirements := gauge("requirements", "Requirements that the API owes, by what the run showed of them.", "status")
	q := r.Summary.Requirements
	for status, n := range map[reports.RequirementStatus]int{reports.Proved: q.Proved, reports.RequirementFailed: q.Failed,
		reports.NotTested: q.NotTested} {
		requirements.WithLabelValues(string(status)).Set(float64(n))
	}
	gauge("exit_code", "Exit code of the run.").WithLabelValues().Set(float64(r.ExitCode))
	gauge("checks_evaluated", "Checks that were evaluated.").WithLabelValues().Set(float64(r.Summary.Checks))
	gauge("duration_seconds", "Length of the run.").WithLabelValues().Set(r.EndedAt.Sub(r.StartedAt).Seconds())
	gauge("run_timestamp_seconds", "When the run ended, since 1970.").WithLabelValues().Set(float64(r.EndedAt.Unix()))
	latency := gauge("operation_latency_seconds", "Latency of an operation in the run.", "operation", "rank")
	for _, use := range r.Operations {
		for rank, ms := range map[string]float64{"p50": use.Latency.P50, "p95": use.Latency.P95, "max": use.Latency.Max} {
			latency.WithLabelValues(use.ID, rank).Set(ms / 1000)
		}
	}
	families, err := registry.Gather()
	if err != nil {
		return fmt.Errorf("gathering the metrics of the run: %w", err)
	}
	encoder := expfmt.NewEncoder(w, expfmt.NewFormat(expfmt.TypeOpenMetrics))
	for _, family := range families {
		if err := encoder.Encode(family); err != nil {
			return fmt.Errorf("writing the metric %s: %w", family.GetName(), err)
		}
	}
	if closer, ok := encoder.(expfmt.Closer); ok {
		return closer.Close()
	}
	return nil
}
