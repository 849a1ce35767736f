package load

import (
	"context"
	"fmt"
	"os"
	"runtime/metrics"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Stop says when a plan under way is to end for the sake of the API, with the results of what ran.
type Stop struct {
	// Failed is the share of the answers of the last seconds, in per cent, that may fail; 0 for any.
	Failed float64 `yaml:"failed"`
	// P99 bounds the latency of the last second from the due time; 0 for none.
	P99 Duration `yaml:"p99"`
	// KillFile ends the plan once a file of that name is there.
	KillFile string `yaml:"kill_file"`
}

// The look at a plan under way: how often, over how many seconds, and with how many answers at least.
const (
	lookEvery    = 200 * time.Millisecond
	lookBack     = 3
	fewestToStop = 20
)

// stopped is why a plan ended before its time.
type stopped struct{ why string }

func (s *stopped) Error() string { return s.why }

// CanaryRound is one round of functional scenarios beside a plan: what broke, by requirement, and of how many
// scenarios.
type CanaryRound struct {
	Scenarios int
	Broken    []evidence.Finding
}

// watch is what goes on beside the arrivals of a plan: it looks for reasons to stop, sends the canary out and
// samples the generator's memory.
type watch struct {
	plan   *Plan
	target *Target
	m      *measure
	due    []time.Duration
	began  time.Time

	mu     sync.Mutex
	rounds []round
	memory []float64 // MB, one for each look
	failed string    // why the canary itself could not go on
}

// round is a round of the canary at a rate of arrivals per second.
type round struct {
	CanaryRound
	second int
	rate   int
}

// beside starts a watch. The context that it returns ends with a cause where the plan is to stop; the function
// ends the watch and waits for it.
func (t *Target) beside(ctx context.Context, plan *Plan, due []time.Duration, m *measure) (context.Context, *watch, func()) {
	running, stop := context.WithCancelCause(ctx)
	w := &watch{plan: plan, target: t, m: m, due: due, began: time.Now()}
	var all sync.WaitGroup
	ended, end := context.WithCancel(running)
	all.Go(func() { w.look(ended, stop) })
	if t.Canary != nil {
		all.Go(func() { w.sendCanary(ended) })
	}
	return running, w, func() { end(); all.Wait(); stop(nil) }
}

func (w *watch) look(ctx context.Context, stop context.CancelCauseFunc) {
	for {
		if why := w.reason(); why != "" {
			stop(&stopped{fmt.Sprintf("stopped after %.0f s: %s", time.Since(w.began).Seconds(), why)})
			return
		}
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		metrics.Read(sample)
		w.mu.Lock()
		w.memory = append(w.memory, float64(sample[0].Value.Uint64())/(1<<20))
		w.mu.Unlock()
		if w.target.Progress != nil {
			w.target.Progress(w.line())
		}
		if wait(ctx, lookEvery) != nil {
			return
		}
	}
}

// line says how far the plan has come: arrivals, the second before by rate and latency, classes, time left.
func (w *watch) line() string {
	passed := time.Since(w.began)
	now := int(passed / time.Second)
	due, _ := slices.BinarySearch(w.due, passed)
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	classes := map[string]int{}
	for id, one := range w.m.series {
		classes[id.class] += int(one.due.TotalCount())
	}
	text := fmt.Sprintf("%s: %d of %d arrivals due, %d answered", w.plan.ID, due, len(w.due), w.m.sent)
	if last := w.m.slices[now-1]; last != nil && last.latency.TotalCount() > 0 {
		text += fmt.Sprintf(", %d/s, p50 %.1f ms, p99 %.1f ms", last.due, float64(last.latency.ValueAtQuantile(50))/1000, float64(last.latency.ValueAtQuantile(99))/1000)
	}
	if bad := classes[throttled] + classes[failed]; bad > 0 {
		text += fmt.Sprintf(", %d throttled, %d failed", classes[throttled], classes[failed])
	}
	left := time.Duration(0)
	if n := len(w.due); n > 0 {
		left = max(0, w.due[n-1]-passed)
	}
	return text + fmt.Sprintf(", %.0f s left", left.Seconds())
}

// reason returns in words why the plan has to stop, or "".
func (w *watch) reason() string {
	s := w.plan.Stop
	for _, file := range []string{s.KillFile, w.target.KillFile} {
		if file != "" {
			if _, err := os.Stat(file); err == nil {
				return "the file " + file + " is there"
			}
		}
	}
	now := int(time.Since(w.began) / time.Second)
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	answers, bad, due := 0, 0, w.dueIn(max(0, now-lookBack), now)
	for second := max(0, now-lookBack); second < now; second++ {
		if one := w.m.slices[second]; one != nil {
			answers += one.good + one.throttled + one.failed
			bad += one.failed
		}
	}
	if s.Failed > 0 && now >= lookBack && answers == 0 && due >= fewestToStop {
		return fmt.Sprintf("nothing was answered in the last %d s, although %d arrivals were due", lookBack, due)
	}
	if s.Failed > 0 && answers >= fewestToStop && 100*float64(bad) > s.Failed*float64(answers) {
		return fmt.Sprintf("%d of the last %d answers failed, more than %.0f %%", bad, answers, s.Failed)
	}
	if last := w.m.slices[now-1]; s.P99 > 0 && last != nil && last.latency.TotalCount() >= fewestToStop {
		if p99 := time.Duration(last.latency.ValueAtQuantile(99)) * time.Microsecond; p99 > time.Duration(s.P99) {
			return fmt.Sprintf("p99 of the last second is %v, more than %v", p99.Round(time.Millisecond), time.Duration(s.P99))
		}
	}
	return ""
}

// dueIn counts the arrivals that are due from one second to another.
func (w *watch) dueIn(from, to int) int {
	first, _ := slices.BinarySearch(w.due, time.Duration(from)*time.Second)
	last, _ := slices.BinarySearch(w.due, time.Duration(to)*time.Second)
	return last - first
}

// sendCanary sends rounds of scenarios out until the plan ends, the first before the load is felt.
func (w *watch) sendCanary(ctx context.Context) {
	for ctx.Err() == nil {
		second := int(time.Since(w.began) / time.Second)
		done, err := w.target.Canary(ctx)
		if ctx.Err() != nil {
			return // a round that was cut off shows nothing
		}
		w.mu.Lock()
		if err != nil {
			w.failed = err.Error()
		} else {
			w.rounds = append(w.rounds, round{CanaryRound: done, second: second})
		}
		w.mu.Unlock()
		if err != nil || wait(ctx, w.target.CanaryEvery) != nil {
			return
		}
	}
}

// settle gives each round the rate of arrivals in its second.
func (w *watch) settle() {
	w.mu.Lock()
	defer w.mu.Unlock()
	for i := range w.rounds {
		if slice := w.m.slices[w.rounds[i].second]; slice != nil {
			w.rounds[i].rate = slice.due
		}
	}
}

// tell adds to the result what was seen beside the arrivals. Whatever broke under load fails the plan, unless
// it is meant to break.
func (w *watch) tell(result *reports.LoadPlan, meant bool) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if len(w.rounds) > 0 {
		result.Observed = append(result.Observed, evidence.Observation{ID: "load.conformant", Question: "Up to which arrival rate did the functional scenarios beside it hold?", Answer: w.conformant()})
	}
	if w.failed != "" {
		result.Observed = append(result.Observed, evidence.Observation{ID: "load.canary", Question: "Why did the functional scenarios beside it end?", Answer: w.failed})
	}
	if !meant {
		counted := map[string]int{}
		for _, one := range w.rounds {
			for _, broken := range one.Broken {
				key := broken.Requirement + broken.Operation + broken.Message
				at, there := counted[key]
				if !there {
					at = len(result.Findings)
					counted[key] = at
					result.Findings = append(result.Findings, broken)
					result.Findings[at].Count = 0
				}
				result.Findings[at].Count++
			}
		}
	}
	if n := len(w.memory); n > 0 {
		most := 0.0
		for _, one := range w.memory {
			most = max(most, one)
		}
		result.Observed = append(result.Observed, evidence.Observation{ID: "load.memory", Question: "How much memory did this process use, the mock inside included?",
			Answer: fmt.Sprintf("%.0f MB of live and dead objects at most, %.0f MB at the beginning and %.0f MB at the end", most, w.memory[0], w.memory[n-1])})
	}
}

// conformant says up to which rate every round held, and what broke first.
func (w *watch) conformant() string {
	scenarios, rates := 0, []int{}
	for i, one := range w.rounds {
		scenarios += one.Scenarios
		if len(one.Broken) == 0 {
			rates = append(rates, one.rate)
			continue
		}
		var names []string
		for _, broken := range one.Broken {
			if name := broken.Requirement + " (" + broken.Message + ")"; !slices.Contains(names, name) {
				names = append(names, name)
			}
		}
		broke := strings.Join(names[:min(3, len(names))], "; ")
		if i == 0 {
			return "not even before the load: " + broke
		}
		best := 0
		for _, rate := range rates {
			if rate < one.rate {
				best = max(best, rate)
			}
		}
		return fmt.Sprintf("%d/s; at %d/s this broke first: %s", best, one.rate, broke)
	}
	return fmt.Sprintf("%d/s, the highest of %d rounds (%d scenarios), all of which held", slices.Max(rates), len(w.rounds), scenarios)
}
