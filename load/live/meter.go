// Package live shows a load while it is put on: as metrics that Prometheus reads, and as spans and metrics over OTLP.
package live

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net"
	"net/http"
	"strings"
	"sync"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/promhttp"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/trace"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/load/kind"
)

// Meter counts what a load does. It is a [kind.Live], safe for concurrent use.
type Meter struct {
	registry       *prometheus.Registry
	running        *prometheus.GaugeVec
	due            *prometheus.GaugeVec
	answers        *prometheus.CounterVec
	latency, send  *prometheus.HistogramVec
	lag            *prometheus.HistogramVec
	rounds, broken *prometheus.CounterVec
	tracer         trace.Tracer // nil where nothing is exported

	mu    sync.RWMutex
	plan  string
	under context.Context // that of the span of the plan
}

// New counts for a run on a target.
func New(target, runID string) *Meter {
	about := prometheus.Labels{"target": strings.ToValidUTF8(target, "\ufffd"), "run": runID}
	m := &Meter{registry: prometheus.NewRegistry(), under: context.Background()}
	latencies := prometheus.ExponentialBucketsRange(0.0005, 60, 32)
	counter := func(name, help string, labels ...string) *prometheus.CounterVec {
		return prometheus.NewCounterVec(prometheus.CounterOpts{Name: "kobcheck_load_" + name, Help: help, ConstLabels: about}, labels)
	}
	gauge := func(name, help string) *prometheus.GaugeVec {
		return prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "kobcheck_load_" + name, Help: help, ConstLabels: about}, []string{"plan"})
	}
	histogram := func(name, help string, labels ...string) *prometheus.HistogramVec {
		return prometheus.NewHistogramVec(prometheus.HistogramOpts{Name: "kobcheck_load_" + name, Help: help, ConstLabels: about,
			Buckets: latencies}, labels)
	}
	m.running = gauge("running", "1 while the plan is performed.")
	m.due = gauge("arrivals_due", "Arrivals of the plan that were due so far, whether the API answered or not.")
	m.answers = counter("answers_total", "Answers by operation and class: good, throttled or failed.", "plan", "operation", "class")
	m.latency = histogram("latency_seconds", "From the moment at which a request was due to its answer.", "plan", "operation", "class")
	m.send = histogram("latency_from_send_seconds", "From the moment at which a request left to its answer.", "plan", "operation", "class")
	m.lag = histogram("generator_lag_seconds", "How late the generator itself began arrivals.", "plan")
	m.rounds = counter("canary_scenarios_total", "Functional scenarios that were performed beside the load.", "plan")
	m.broken = counter("canary_broken_total", "What broke in them.", "plan", "requirement")
	m.registry.MustRegister(m.running, m.due, m.answers, m.latency, m.send, m.lag, m.rounds, m.broken)
	return m
}

// Plan says that a plan begins; what it returns, that it has ended.
func (m *Meter) Plan(ctx context.Context, id string) (ended func()) {
	var span trace.Span
	if m.tracer != nil {
		ctx, span = m.tracer.Start(ctx, "load "+id)
	}
	m.mu.Lock()
	m.plan, m.under = id, ctx
	m.mu.Unlock()
	m.running.WithLabelValues(id).Set(1)
	return func() {
		m.running.WithLabelValues(id).Set(0)
		if span != nil {
			span.End()
		}
	}
}

func (m *Meter) now() (plan string, under context.Context) {
	m.mu.RLock()
	defer m.mu.RUnlock()
	return m.plan, m.under
}

// Due says how many arrivals were due so far.
func (m *Meter) Due(n int) {
	plan, _ := m.now()
	m.due.WithLabelValues(plan).Set(float64(n))
}

// Answered takes what came of one arrival.
func (m *Meter) Answered(a kind.Answer) {
	plan, under := m.now()
	m.answers.WithLabelValues(plan, a.Operation, a.Class).Inc()
	m.latency.WithLabelValues(plan, a.Operation, a.Class).Observe((a.Ended - a.Due).Seconds())
	m.send.WithLabelValues(plan, a.Operation, a.Class).Observe((a.Ended - a.Sent).Seconds())
	m.lag.WithLabelValues(plan).Observe(max(0, a.Began-a.Due).Seconds())
	if m.tracer == nil {
		return
	}
	ended := time.Now()
	_, span := m.tracer.Start(under, a.Operation, trace.WithTimestamp(ended.Add(a.Sent-a.Ended)), trace.WithSpanKind(trace.SpanKindClient),
		trace.WithAttributes(attribute.String("kobcheck.class", a.Class), attribute.Float64("kobcheck.due_ms", kind.Milliseconds(a.Sent-a.Due))))
	span.End(trace.WithTimestamp(ended))
}

// Round takes a round of functional scenarios beside the load.
func (m *Meter) Round(round kind.CanaryRound) {
	plan, _ := m.now()
	m.rounds.WithLabelValues(plan).Add(float64(round.Scenarios))
	for _, one := range round.Broken {
		m.broken.WithLabelValues(plan, one.Requirement).Inc()
	}
}

// Handler serves the metrics as Prometheus reads them, as OpenMetrics where that is asked for.
func (m *Meter) Handler() http.Handler {
	return promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{EnableOpenMetrics: true})
}

// Serve serves the metrics on an address of this machine until the function that it returns is called. No other
// address is taken: whoever may read them learns what the API was asked.
func (m *Meter) Serve(ctx context.Context, address string) (url string, end func(), err error) {
	host, port, err := net.SplitHostPort(address)
	if err != nil {
		return "", nil, fmt.Errorf("serving metrics on %q: %w; give an address such as 127.0.0.1:9464", address, err)
	}
	host = cmp.Or(host, "127.0.0.1")
	if !client.OnThisMachine(host) {
		return "", nil, fmt.Errorf("serving metrics on %q: that is not this machine alone; give an address such as 127.0.0.1:9464", address)
	}
	listener, err := (&net.ListenConfig{}).Listen(ctx, "tcp", net.JoinHostPort(host, port))
	if err != nil {
		return "", nil, fmt.Errorf("serving metrics on %s: %w; choose another address", address, err)
	}
	mux := http.NewServeMux()
	mux.Handle("GET /metrics", m.Handler())
	server := &http.Server{Handler: mux, ReadHeaderTimeout: 10 * time.Second}
	done := make(chan struct{})
	go func() {
		defer close(done)
		if err := server.Serve(listener); !errors.Is(err, http.ErrServerClosed) {
			_ = listener.Close() // nobody reads the metrics any more; the load goes on
		}
	}()
	return "http://" + listener.Addr().String() + "/metrics", func() { _ = server.Close(); <-done }, nil
}
