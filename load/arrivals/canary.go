package arrivals

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// round is a round of the canary at a rate of arrivals per second.
type round struct {
	kind.CanaryRound
	second int
	rate   int
}

// sendCanary sends rounds of scenarios out until the plan ends, the first before the load is felt.
func (w *watch) sendCanary(ctx context.Context) {
	for ctx.Err() == nil {
		second := int(w.passed() / time.Second)
		done, err := w.target.Canary(ctx)
		if ctx.Err() != nil {
			return // a round that was cut off shows nothing
		}
		w.mu.Lock()
		if err != nil {
			w.failed = err.Error()
		} else {
			w.rounds = append(w.rounds, round{CanaryRound: done, second: second})
			if w.target.Live != nil {
				w.target.Live.Round(done)
			}
		}
		w.mu.Unlock()
		if err != nil || kind.Wait(ctx, w.target.CanaryEvery) != nil {
			return
		}
	}
}

// rateRounds gives each round the rate of arrivals in its second.
func (w *watch) rateRounds() {
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
	observe := func(id, question, answer string) {
		result.Observed = append(result.Observed, evidence.Observation{ID: id, Question: question, Answer: answer})
	}
	if len(w.rounds) > 0 {
		observe("load.conformant", "Up to which arrival rate did the functional scenarios beside it hold?", w.conformant())
	}
	if w.failed != "" {
		observe("load.canary", "Why did the functional scenarios beside it end?", w.failed)
	}
	if !meant {
		result.Findings = append(result.Findings, w.broken()...)
	}
	if n := len(w.memory); n > 0 {
		observe("load.memory", "How much memory did this process use, the mock inside included?",
			fmt.Sprintf("%.0f MB of live and dead objects at most, %.0f MB at the beginning and %.0f MB at the end",
				slices.Max(w.memory), w.memory[0], w.memory[n-1]))
	}
}

// broken is what the rounds saw, each once.
func (w *watch) broken() []evidence.Finding {
	var found []evidence.Finding
	for _, round := range w.rounds {
		for _, one := range round.Broken {
			at := slices.IndexFunc(found, func(f evidence.Finding) bool {
				return f.Requirement == one.Requirement && f.Operation == one.Operation && f.Message == one.Message
			})
			if at < 0 {
				at, one.Count = len(found), 0
				found = append(found, one)
			}
			found[at].Count++
		}
	}
	return found
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
