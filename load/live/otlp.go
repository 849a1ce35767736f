package live

import (
	"context"
	"errors"
	"fmt"
	"os"

	bridge "go.opentelemetry.io/contrib/bridges/prometheus"
	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/exporters/otlp/otlpmetric/otlpmetrichttp"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/metric"
	"go.opentelemetry.io/otel/sdk/resource"
	"go.opentelemetry.io/otel/sdk/trace"
)

// endpoint is the variable without which nothing is exported. The exporters read it, and the others of OpenTelemetry,
// themselves.
const endpoint = "OTEL_EXPORTER_OTLP_ENDPOINT"

// Export sends a span of each plan and of each arrival, and the metrics, to the OTLP receiver (HTTP) that the environment
// names, and nothing where it names none. Call it before the first plan; what it returns sends what is left.
func (m *Meter) Export(ctx context.Context, version string) (flush func(context.Context) error, err error) {
	if os.Getenv(endpoint) == "" {
		return func(context.Context) error { return nil }, nil
	}
	about, err1 := resource.New(ctx, resource.WithAttributes(attribute.String("service.name", "kobcheck"),
		attribute.String("service.version", version)), resource.WithFromEnv())
	spans, err2 := otlptracehttp.New(ctx)
	figures, err3 := otlpmetrichttp.New(ctx)
	if err := errors.Join(err1, err2, err3); err != nil {
		return nil, fmt.Errorf("exporting to %s=%s: %w", endpoint, os.Getenv(endpoint), err)
	}
	traces := trace.NewTracerProvider(trace.WithBatcher(spans), trace.WithResource(about))
	metrics := metric.NewMeterProvider(metric.WithResource(about), metric.WithReader(metric.NewPeriodicReader(figures,
		metric.WithProducer(bridge.NewMetricProducer(bridge.WithGatherer(m.registry))))))
	m.tracer = traces.Tracer("kobcheck")
	return func(ctx context.Context) error {
		if err := errors.Join(traces.Shutdown(ctx), metrics.Shutdown(ctx)); err != nil {
			return fmt.Errorf("exporting to %s=%s: %w", endpoint, os.Getenv(endpoint), err)
		}
		return nil
	}, nil
}
