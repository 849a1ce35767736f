package bursts

import (
	"context"
	"fmt"
	"slices"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
)

func slowingSentences() []steps.Definition {
	return []steps.Definition{
		steps.Define("burst", `the answers do not take longer and longer`, "Of calls one after another the last quarter takes no longer than the first; where it seems to, the calls are made once more.", notSlowing),
	}
}

// The rule of slowing: later calls take longer than earlier ones in nearly every pair (Kendall's tau), the last
// quarter takes at least twice as long as the first, and so it is once more in calls that begin where the
// first ended. A machine that is busy for a moment shows one of these, an API that slows down all.
const (
	slowingTau    = 0.6
	slowingFactor = 2.0
)

// notSlowing is for an API that keeps something of each call and takes longer for each.
func notSlowing(ctx context.Context, w *steps.World) error {
	answers := steps.State[burst](w).answers
	if len(answers) < 8 {
		return steps.Faulty("too few calls were made one after another before this step")
	}
	first, last, tau := quarters(answers)
	slows := tau >= slowingTau && last >= time.Duration(slowingFactor*float64(first))
	if slows {
		title, from := w.Draft.Operation.Title, first
		if err := callOften(ctx, w, title, len(answers), ""); err != nil {
			return err
		}
		first, last, tau = quarters(steps.State[burst](w).answers)
		slows = tau >= slowingTau && first >= time.Duration(slowingFactor*float64(from))
	}
	w.Expect(!slows, evidence.Assertion{Check: "answers do not slow down", Fact: w.Fact("HARNESS-22", contract.Pace),
		Message: "each call takes longer than the one before", Expected: "about as long at the end as at the beginning",
		Actual: fmt.Sprintf("%v at first and %v at last, in %d calls",
			first.Round(100*time.Microsecond), last.Round(100*time.Microsecond), len(answers))})
	return nil
}

// quarters returns the median times of the first and the last quarter of the calls, and Kendall's tau over
// all: 1 where each took longer than all before it.
func quarters(answers []*client.Exchange) (first, last time.Duration, tau float64) {
	times := make([]time.Duration, len(answers))
	for i, answer := range answers {
		times[i] = answer.Duration
	}
	pairs := 0
	for i := range times {
		for j := i + 1; j < len(times); j++ {
			pairs++
			switch {
			case times[j] > times[i]:
				tau++
			case times[j] < times[i]:
				tau--
			}
		}
	}
	middle := func(part []time.Duration) time.Duration {
		sorted := slices.Sorted(slices.Values(part))
		return sorted[len(sorted)/2]
	}
	quarter := len(times) / 4
	return middle(times[:quarter]), middle(times[len(times)-quarter:]), tau / float64(pairs)
}
