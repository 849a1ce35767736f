package live_test

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	collectmetrics "go.opentelemetry.io/proto/otlp/collector/metrics/v1"
	collecttraces "go.opentelemetry.io/proto/otlp/collector/trace/v1"
	"google.golang.org/protobuf/proto"

	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/load/live"
	"github.com/kobcheck/kobcheck/load/loadtest"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/specimen"
)

// read is what a meter serves in a form.
func read(t *testing.T, url, form string) string {
	t.Helper()
	request, err := http.NewRequestWithContext(t.Context(), http.MethodGet, url, nil)
	require.NoError(t, err)
	request.Header.Set("Accept", form)
	answer, err := http.DefaultClient.Do(request)
	require.NoError(t, err)
	defer func() { require.NoError(t, answer.Body.Close()) }()
	text, err := io.ReadAll(answer.Body)
	require.NoError(t, err)
	return string(text)
}

func TestALoadIsServedAsMetricsWhileItRuns(t *testing.T) {
	t.Parallel()
	meter := live.New("mock \xff\"", "run-1")
	url, end, err := meter.Serve(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	on := loadtest.On(t, mock.Options{}, nil)
	on.Live = meter
	on.Canary = func(context.Context) (kind.CanaryRound, error) {
		return kind.CanaryRound{Scenarios: 9, Broken: []evidence.Finding{{Requirement: "CARD-GET-01"}}}, nil
	}
	on.CanaryEvery = time.Minute
	ended := meter.Plan(t.Context(), "m")
	require.Contains(t, read(t, url, ""), `kobcheck_load_running{plan="m",run="run-1",target="mock `+"\ufffd"+`\""} 1`)
	run := loadtest.Perform(t.Context(), t, on, "id: m\nkind: mixed\nsentence: m\nstages: [{rate: 100, for: 400ms}]\nmix: {cards-list: 1}\n")
	ended()
	require.Positive(t, run.Plans[0].Sent)
	text := read(t, url, "")
	for _, line := range []string{"kobcheck_load_running{", "kobcheck_load_arrivals_due{", "kobcheck_load_generator_lag_seconds_count{",
		`kobcheck_load_answers_total{class="good",operation="cards-list",plan="m"`,
		`kobcheck_load_latency_seconds_bucket{class="good",operation="cards-list",plan="m"`,
		`kobcheck_load_canary_scenarios_total{plan="m",run="run-1",target="mock ` + "\ufffd" + `\""} 9`,
		`kobcheck_load_canary_broken_total{plan="m",requirement="CARD-GET-01"`} {
		require.Contains(t, text, line)
	}
	require.True(t, strings.HasSuffix(read(t, url, "application/openmetrics-text"), "# EOF\n"))
	end()
	_, err = http.Get(url)
	require.Error(t, err)
	specimen.AcceptedByPromtool(t, text)
}

func TestMetricsAreServedOnThisMachineAlone(t *testing.T) {
	t.Parallel()
	for _, address := range []string{"0.0.0.0:0", "example.com:9464", "[::]:0", "9464"} {
		_, _, err := live.New("t", "r").Serve(t.Context(), address)
		require.ErrorContains(t, err, "127.0.0.1:9464", address)
	}
}

// receiver keeps what comes over OTLP.
type receiver struct {
	mu      sync.Mutex
	spans   []string
	metrics []string
}

func (r *receiver) ServeHTTP(w http.ResponseWriter, request *http.Request) {
	body, err := io.ReadAll(request.Body)
	r.mu.Lock()
	defer r.mu.Unlock()
	switch request.URL.Path {
	case "/v1/traces":
		var all collecttraces.ExportTraceServiceRequest
		err = proto.Unmarshal(body, &all)
		for _, resource := range all.GetResourceSpans() {
			for _, scope := range resource.GetScopeSpans() {
				for _, span := range scope.GetSpans() {
					r.spans = append(r.spans, span.GetName())
				}
			}
		}
	case "/v1/metrics":
		var all collectmetrics.ExportMetricsServiceRequest
		err = proto.Unmarshal(body, &all)
		for _, resource := range all.GetResourceMetrics() {
			for _, scope := range resource.GetScopeMetrics() {
				for _, metric := range scope.GetMetrics() {
					r.metrics = append(r.metrics, metric.GetName())
				}
			}
		}
	}
	if err != nil {
		w.WriteHeader(http.StatusBadRequest)
	}
}

func TestSpansAndMetricsGoWhereTheEnvironmentSaysAndNowhereElse(t *testing.T) {
	heard := &receiver{}
	server := httptest.NewServer(heard)
	t.Cleanup(server.Close)
	load := func() {
		meter := live.New("t", "r")
		flush, err := meter.Export(t.Context(), "v")
		require.NoError(t, err)
		ended := meter.Plan(t.Context(), "storm")
		meter.Answered(kind.Answer{Operation: "cards-get", Class: "good", Sent: time.Millisecond, Ended: 3 * time.Millisecond})
		ended()
		require.NoError(t, flush(t.Context()))
	}
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", "")
	load()
	require.Empty(t, heard.spans)
	t.Setenv("OTEL_EXPORTER_OTLP_ENDPOINT", server.URL)
	load()
	require.ElementsMatch(t, []string{"load storm", "cards-get"}, heard.spans)
	require.Contains(t, strings.Join(heard.metrics, " "), "kobcheck_load_answers")
	require.Contains(t, heard.metrics, "kobcheck_load_latency_seconds")
}
