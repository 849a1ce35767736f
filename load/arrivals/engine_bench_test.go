package arrivals

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"math"
	"math/rand/v2"
	"net"
	"net/http"
	"os"
	"os/exec"
	"runtime"
	"sort"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/kobcheck/kobcheck/load/kind"
)

// asTarget makes the test's binary serve as the target of a benchmark, in a process of its own.
const asTarget = "KOBCHECK_BENCH_TARGET"

// TestServeABenchmark is the target of the benchmarks; run by itself it does nothing.
func TestServeABenchmark(t *testing.T) {
	if os.Getenv(asTarget) == "" {
		return
	}
	runtime.GOMAXPROCS(1)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	var connections atomic.Int64
	server := &http.Server{ReadHeaderTimeout: time.Minute, ConnState: func(_ net.Conn, state http.ConnState) {
		if state == http.StateNew {
			connections.Add(1)
		}
	}, Handler: http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path == "/connections" {
			_, _ = io.WriteString(w, time.Duration(connections.Load()).String())
			return
		}
		_, _ = io.WriteString(w, `{"id":"6f1c1f8e-0000-4000-8000-000000000000"}`)
	})}
	_, _ = os.Stdout.WriteString("serving http://" + listener.Addr().String() + "\n")
	go func() { _, _ = io.Copy(io.Discard, os.Stdin); _ = server.Close() }()
	_ = server.Serve(listener)
}

// otherProcess starts the target and returns its address.
func otherProcess(b *testing.B) string {
	b.Helper()
	command := exec.CommandContext(b.Context(), os.Args[0], "-test.run=^TestServeABenchmark$") //nolint:gosec // this very binary
	command.Env = append(os.Environ(), asTarget+"=1")
	out, err := command.StdoutPipe()
	require.NoError(b, err)
	in, err := command.StdinPipe()
	require.NoError(b, err)
	require.NoError(b, command.Start())
	b.Cleanup(func() { _ = in.Close(); _ = command.Wait() })
	lines := bufio.NewScanner(out)
	for lines.Scan() {
		if address, found := strings.CutPrefix(lines.Text(), "serving "); found {
			go func() { _, _ = io.Copy(io.Discard, out) }()
			return address
		}
	}
	b.Fatal("the target did not say where it serves")
	return ""
}

func cpu() time.Duration {
	var used syscall.Rusage
	_ = syscall.Getrusage(syscall.RUSAGE_SELF, &used)
	return time.Duration(used.Utime.Nano() + used.Stime.Nano())
}

// fromFirst counts from the first request on, as it has to be for vegeta, which knows no due times.
func fromFirst(behind []time.Duration, first time.Duration) {
	for i := range behind {
		behind[i] = max(behind[i]-first, first-behind[i])
	}
}

// late is how many milliseconds behind their due times 99 of 100 requests were sent.
func late(behind []time.Duration) float64 {
	sort.Slice(behind, func(i, j int) bool { return behind[i] < behind[j] })
	return kind.Milliseconds(behind[len(behind)*99/100])
}

// slowest is the latest of the last hundred requests behind its due time.
func slowest(behind []time.Duration) time.Duration {
	latest := time.Duration(0)
	for _, one := range behind[len(behind)-100:] {
		latest = max(latest, one)
	}
	return latest
}

// ours performs arrivals as a plan does: histograms, classes and slices of every answer.
func ours(ctx context.Context, address string, rate, seconds int, plan *kind.Head) (behind []time.Duration, first time.Duration,
	sent int) {
	due := make([]time.Duration, rate*seconds)
	for i := range due {
		due[i] = time.Duration(i) * time.Second / time.Duration(rate)
	}
	transport := &http.Transport{MaxIdleConnsPerHost: plan.Connections, MaxConnsPerHost: plan.Connections}
	defer transport.CloseIdleConnections()
	m := NewMeasure()
	var mu sync.Mutex
	Attack(ctx, due, plan, func(ctx context.Context, _ int) Outcome {
		request, err := http.NewRequestWithContext(ctx, http.MethodGet, address, nil)
		if err != nil {
			return Outcome{Class: Failed, Failure: err.Error()}
		}
		response, err := transport.RoundTrip(request)
		if err != nil {
			return Outcome{Class: Failed, Failure: err.Error()}
		}
		_, _ = io.Copy(io.Discard, response.Body)
		_ = response.Body.Close()
		return Outcome{Operation: "get", Class: Good}
	}, func(o Outcome) {
		m.Add(o)
		mu.Lock()
		behind = append(behind, o.Sent-o.Due)
		if o.Due == 0 {
			first = o.Sent
		}
		mu.Unlock()
	})
	return behind, first, m.Sent
}

// theirs is vegeta as its command line runs it at a constant rate.
func theirs(address string, rate, seconds, connections int) (behind []time.Duration) {
	attacker := vegeta.NewAttacker(vegeta.Connections(connections), vegeta.Workers(10))
	targeter := vegeta.NewStaticTargeter(vegeta.Target{Method: http.MethodGet, URL: address})
	var metrics vegeta.Metrics
	var first time.Time
	for result := range attacker.Attack(targeter, vegeta.Rate{Freq: rate, Per: time.Second}, time.Duration(seconds)*time.Second, "") {
		metrics.Add(result)
		if result.Seq == 0 {
			first = result.Timestamp
		}
		at := time.Duration(result.Seq) * time.Second / time.Duration(rate)
		behind = append(behind, time.Duration(result.Timestamp.UnixNano())-at)
	}
	metrics.Close()
	fromFirst(behind, time.Duration(first.UnixNano()))
	return behind
}

// BenchmarkEngineBesideVegeta prints how late requests leave, how exact the rate is, and what it costs, beside
// vegeta on the same target in the same run.
func BenchmarkEngineBesideVegeta(b *testing.B) {
	const seconds, connections = 4, 64
	for _, rate := range []int{1000, 5000} {
		b.Run(fmt.Sprintf("%d-a-second", rate), func(b *testing.B) {
			address := otherProcess(b)
			for b.Loop() {
				before := cpu()
				behind, first, sent := ours(b.Context(), address, rate, seconds, &kind.Head{Connections: connections})
				oursCPU := cpu() - before
				before = cpu()
				behindTheirs := theirs(address, rate, seconds, connections)
				theirsCPU := cpu() - before
				exact, _, _ := ours(b.Context(), address, rate, seconds, &kind.Head{Connections: connections, Precise: true})
				// All were sent; the rate is off by as much as the last one was late.
				require.Equal(b, rate*seconds, sent)
				b.ReportMetric(100*math.Abs(slowest(behind).Seconds())/float64(seconds), "%rate-error-at-most")
				fromFirst(behind, first)
				b.ReportMetric(late(behind), "ms-late-p99")
				b.ReportMetric(late(behindTheirs), "ms-late-p99-vegeta")
				b.ReportMetric(late(exact), "ms-late-p99-precise")
				b.ReportMetric(oursCPU.Seconds()/theirsCPU.Seconds(), "x-cpu-of-vegeta")
			}
		})
	}
}

// BenchmarkTwentyThousandASecond prints whether the rate is held for ten seconds, and over how many connections.
func BenchmarkTwentyThousandASecond(b *testing.B) {
	const rate, seconds, connections = 20_000, 10, 64
	address := otherProcess(b)
	for b.Loop() {
		behind, _, sent := ours(b.Context(), address, rate, seconds, &kind.Head{Connections: connections})
		b.ReportMetric(float64(sent)/seconds, "sent/s")
		b.ReportMetric(late(behind), "ms-late-p99")
		response, err := http.Get(address + "/connections") //nolint:gosec // the target above
		require.NoError(b, err)
		text, err := io.ReadAll(response.Body)
		require.NoError(b, err)
		_ = response.Body.Close()
		opened, err := time.ParseDuration(string(text))
		require.NoError(b, err)
		b.ReportMetric(float64(opened), "connections")
	}
}

// BenchmarkAMillionAnswers prints how much memory the figures of a million answers take, and how far the p99.9
// of a heavy tail is from the exact one.
func BenchmarkAMillionAnswers(b *testing.B) {
	const answers = 1_000_000
	random := rand.New(rand.NewPCG(1, 2))
	exact := make([]float64, answers)
	for i := range exact {
		exact[i] = math.Min(0.5*math.Pow(1-random.Float64(), -1/1.5), 60_000) // milliseconds, Pareto
	}
	for b.Loop() {
		m := NewMeasure()
		for i, latency := range exact {
			due := time.Duration(i) * 100 * time.Microsecond
			m.Add(Outcome{Operation: "cards-get", Class: Good, Due: due, Began: due, Sent: due,
				Ended: due + time.Duration(latency*float64(time.Millisecond))})
		}
		runtime.GC()
		var memory runtime.MemStats
		runtime.ReadMemStats(&memory)
		b.ReportMetric(float64(memory.HeapAlloc)/(1<<20)-answers*8.0/(1<<20), "MB-heap")
		sorted := append([]float64{}, exact...)
		sort.Float64s(sorted)
		want := sorted[int(0.999*answers)]
		b.ReportMetric(100*math.Abs(Percentiles(m.FromDue("")).P999-want)/want, "%p99.9-error")
		runtime.KeepAlive(m)
	}
}
