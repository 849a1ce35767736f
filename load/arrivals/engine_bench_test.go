package arrivals

import (
	"bufio"
	"bytes"
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
	"slices"
	"sort"
	"strconv"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	vegeta "github.com/tsenart/vegeta/v12/lib"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/schemas"
)

// benchCard is what the target answers: a whole card, so that there is something to check.
const benchCard = `{"id":"6f1c1f8e-0000-4000-8000-000000000000","type":"VIRTUAL","wallet_id":"13655985-8198-4fde-8afe-6abc661df281",` +
	`"created_at":"2025-01-13T18:26:41.332Z","updated_at":"2025-01-13T18:26:41.332Z","status":"INACTIVE","external_id":"1111111",` +
	`"last_four_digit":"1111","expiry":"2030-08-12T12:16:43.197Z","program_id":"0e8563e6-d25e-4f83-98ac-d053dff141c3",` +
	`"m_pan":"1111***1111"}`

// asTarget makes the test's binary serve as the target of a benchmark, in a process of its own.
const asTarget = "KOBCHECK_BENCH_TARGET"

// TestServeABenchmark is the target of the benchmarks; run by itself it does nothing. It shares the processors with what is
// measured, and so does for an answer as little as one can.
func TestServeABenchmark(t *testing.T) {
	if os.Getenv(asTarget) == "" {
		return
	}
	runtime.GOMAXPROCS(1)
	listener, err := (&net.ListenConfig{}).Listen(t.Context(), "tcp", "127.0.0.1:0")
	require.NoError(t, err)
	_, _ = os.Stdout.WriteString("serving http://" + listener.Addr().String() + "\n")
	go func() { _, _ = io.Copy(io.Discard, os.Stdin); _ = listener.Close() }()
	for connections := 1; ; connections++ {
		connection, err := listener.Accept()
		if err != nil {
			return
		}
		go serve(connection, time.Duration(connections).String())
	}
}

// serve answers each request of a connection, by the first word that its path has.
func serve(connection net.Conn, connections string) {
	defer func() { _ = connection.Close() }()
	answer := func(body string) []byte {
		return fmt.Appendf(nil, "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n%s", len(body), body)
	}
	card, others := answer(benchCard), map[string][]byte{
		"/connections":  answer(connections),
		"/oauth2/token": answer(`{"access_token":"a.b.c","token_type":"Bearer","expires_in":3600}`),
	}
	from := bufio.NewReader(connection)
	for {
		line, err := from.ReadSlice('\n')
		if err != nil {
			return
		}
		_, path, _ := bytes.Cut(line, []byte(" "))
		path, _, _ = bytes.Cut(path, []byte(" "))
		with, other := others[string(path)]
		if !other {
			with = card
		}
		body := 0
		for len(line) > len("\r\n") {
			if line, err = from.ReadSlice('\n'); err != nil {
				return
			}
			if length, found := bytes.CutPrefix(line, []byte("Content-Length: ")); found {
				body, _ = strconv.Atoi(string(bytes.TrimSpace(length)))
			}
		}
		if _, err := from.Discard(body); err != nil {
			return
		}
		if _, err := connection.Write(with); err != nil {
			return
		}
	}
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

// reads calls the target as a plan does: through the client, with every answer judged and each check_every-th one held
// against its schema and looked through.
func reads(b *testing.B, address string, plan *kind.Head) func(context.Context, int) Outcome {
	b.Helper()
	facts, err := contract.Load()
	require.NoError(b, err)
	shapes, err := schemas.Load()
	require.NoError(b, err)
	api, err := client.New(client.Config{BaseURL: address, TokenURL: address + "/oauth2/token", Edition: contract.V1, Contract: facts,
		RunID: b.Name(), Connections: plan.Connections, Unpaced: true, Timeout: 5 * time.Second,
		Clients: map[string]client.Credentials{"primary": {ID: "bench", Secret: "a-secret-of-the-bench", Scope: "client/read"}}})
	require.NoError(b, err)
	b.Cleanup(api.Close)
	on := &kind.Target{Scene: scene.New(facts, api, scene.Given{}), Schemas: shapes}
	operation := facts.Operation("cards-get")
	request := client.Request{Path: map[string]string{"id": "6f1c1f8e-0000-4000-8000-000000000000"}}
	read := func(ctx context.Context, n int) Outcome {
		exchange, err := api.Do(ctx, operation, request)
		return Judge(on, operation, exchange, err, n%plan.CheckEvery == 0)
	}
	one := read(b.Context(), 0)
	require.Equal(b, Good, one.Class, one.Failure)
	require.Empty(b, one.Findings)
	return read
}

// ours performs arrivals as a plan does: histograms, classes and slices of every answer.
func ours(ctx context.Context, rate, seconds int, plan *kind.Head, read func(context.Context, int) Outcome) (behind []time.Duration,
	first time.Duration, sent int) {
	due := make([]time.Duration, rate*seconds)
	for i := range due {
		due[i] = time.Duration(i) * time.Second / time.Duration(rate)
	}
	m := NewMeasure()
	var mu sync.Mutex
	Attack(ctx, due, plan, read, func(o Outcome) {
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
// vegeta on the same target in turns: the medians of their rounds, and the processor of all.
func BenchmarkEngineBesideVegeta(b *testing.B) {
	const rounds, seconds = 3, 4
	for _, rate := range []int{1000, 5000} {
		b.Run(fmt.Sprintf("%d-a-second", rate), func(b *testing.B) {
			address, plan := otherProcess(b), kind.Usual()
			read := reads(b, address, &plan)
			precise := plan
			precise.Precise = true
			for b.Loop() {
				var own, others time.Duration
				figures := map[string][]float64{}
				for range rounds {
					before := cpu()
					behind, first, sent := ours(b.Context(), rate, seconds, &plan, read)
					own += cpu() - before
					// All were sent; the rate is off by as much as the last one was late.
					require.Equal(b, rate*seconds, sent)
					figures["%rate-error-at-most"] = append(figures["%rate-error-at-most"], 100*math.Abs(slowest(behind).Seconds())/seconds)
					fromFirst(behind, first)
					figures["ms-late-p99"] = append(figures["ms-late-p99"], late(behind))
					before = cpu()
					behind = theirs(address, rate, seconds, plan.Connections)
					others += cpu() - before
					figures["ms-late-p99-vegeta"] = append(figures["ms-late-p99-vegeta"], late(behind))
					behind, _, _ = ours(b.Context(), rate, seconds, &precise, read)
					figures["ms-late-p99-precise"] = append(figures["ms-late-p99-precise"], late(behind))
				}
				for unit, all := range figures {
					slices.Sort(all)
					b.ReportMetric(all[len(all)/2], unit)
				}
				b.ReportMetric(own.Seconds()/others.Seconds(), "x-cpu-of-vegeta")
			}
		})
	}
}

// BenchmarkTwentyThousandASecond prints whether the rate is held for ten seconds, and over how many connections, beside
// vegeta that only reads.
func BenchmarkTwentyThousandASecond(b *testing.B) {
	const rate, seconds = 20_000, 10
	address, plan := otherProcess(b), kind.Usual()
	read := reads(b, address, &plan)
	for b.Loop() {
		behind, _, sent := ours(b.Context(), rate, seconds, &plan, read)
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
		b.ReportMetric(late(theirs(address, rate, seconds, plan.Connections)), "ms-late-p99-vegeta")
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
