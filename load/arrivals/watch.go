package arrivals

import (
	"context"
	"fmt"
	"os"
	"runtime/metrics"
	"slices"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kobcheck/kobcheck/load/kind"
)

// Stop says when a plan under way is to end for the sake of the API, with the results of what ran.
type Stop struct {
	// Failed is the share of the answers of the last seconds, in per cent, that may fail; 0 for any.
	Failed float64 `yaml:"failed"`
	// P99 bounds the latency of the last second from the due time; 0 for none.
	P99 kind.Duration `yaml:"p99"`
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

// watch is what goes on beside the arrivals of a plan: it looks for reasons to stop, sends the canary out and
// samples the generator's memory.
type watch struct {
	plan   *Traffic
	target *kind.Target
	m      *Measure
	due    []time.Duration
	// began is from when due times count; nil before the first arrival was sent: until then nobody owes an answer.
	began atomic.Pointer[time.Time]
	sent  atomic.Int64

	mu     sync.Mutex
	rounds []round
	memory []float64 // MB, one for each look
	failed string    // why the canary itself could not go on
}

// beside starts a watch. The context that it returns ends with a cause where the plan is to stop; the function
// ends the watch and waits for it.
func beside(
	ctx context.Context, t *kind.Target, plan *Traffic, due []time.Duration, m *Measure,
) (context.Context, *watch, func()) {
	running, stop := context.WithCancelCause(ctx)
	w := &watch{plan: plan, target: t, m: m, due: due}
	var all sync.WaitGroup
	ended, end := context.WithCancel(running)
	all.Go(func() { w.look(ended, stop) })
	if t.Canary != nil {
		all.Go(func() { w.sendCanary(ended) })
	}
	return running, w, func() { end(); all.Wait(); stop(nil) }
}

// send counts an arrival that is sent now.
func (w *watch) send() {
	if w.began.Load() == nil {
		w.began.CompareAndSwap(nil, new(time.Now().Add(-w.due[0])))
	}
	w.sent.Add(1)
}

// passed is how long the plan has run.
func (w *watch) passed() time.Duration {
	if began := w.began.Load(); began != nil {
		return time.Since(*began)
	}
	return 0
}

func (w *watch) look(ctx context.Context, stop context.CancelCauseFunc) {
	for {
		if why := w.reason(); why != "" {
			stop(&stopped{fmt.Sprintf("stopped after %.0f s: %s", w.passed().Seconds(), why)})
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
		if w.target.Live != nil {
			due, _ := slices.BinarySearch(w.due, w.passed())
			w.target.Live.Due(due)
		}
		if kind.Wait(ctx, lookEvery) != nil {
			return
		}
	}
}

// line says how far the plan has come: arrivals, the second before by rate and latency, classes, time left.
func (w *watch) line() string {
	passed := w.passed()
	now := int(passed / time.Second)
	due, _ := slices.BinarySearch(w.due, passed)
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	classes := map[string]int{}
	for id, one := range w.m.series {
		classes[id.class] += int(one.due.TotalCount())
	}
	text := fmt.Sprintf("%s: %d of %d arrivals due, %d answered", w.plan.ID, due, len(w.due), w.m.Sent)
	if last := w.m.slices[now-1]; last != nil && last.latency.TotalCount() > 0 {
		text += fmt.Sprintf(", %d/s, p50 %.1f ms, p99 %.1f ms", last.due,
			float64(last.latency.ValueAtQuantile(50))/1000, float64(last.latency.ValueAtQuantile(99))/1000)
	}
	if bad := classes[Throttled] + classes[Failed]; bad > 0 {
		text += fmt.Sprintf(", %d throttled, %d failed", classes[Throttled], classes[Failed])
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
	now := int(w.passed() / time.Second)
	w.m.mu.Lock()
	defer w.m.mu.Unlock()
	answers, bad, due := 0, 0, w.dueIn(max(0, now-lookBack), now)
	for second := max(0, now-lookBack); second < now; second++ {
		if one := w.m.slices[second]; one != nil {
			answers += one.good + one.throttled + one.failed
			bad += one.failed
		}
	}
	waiting := int(w.sent.Load()) > w.m.Sent // else it is the generator that is behind
	if s.Failed > 0 && now >= lookBack && answers == 0 && waiting && due >= fewestToStop {
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
