package suite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
)

// outage watches for a target that is down as a whole. Scenarios in a row that the target left without
// any answer are an outage; while it lasts no new scenario begins, and one that outlasts the patience
// ends the run, once, with one reason, in place of a thousand time-outs.
type outage struct {
	// limit is how many scenarios in a row get no answer before the target is taken for down.
	limit int
	// patience is how long an outage is waited for.
	patience time.Duration
	// reach tries the target once; nil means that it can be reached.
	reach func(context.Context) error
	stop  context.CancelCauseFunc

	mu     sync.Mutex
	streak int
	// waited is how long this run has waited for an outage that brought no answer since.
	waited time.Duration
	// down says that the patience came to its end.
	down   bool
	latest string
}

// errDown ends a run whose target is down.
type errDown struct{ why string }

func (e *errDown) Error() string { return e.why }

// note hears how a scenario ended.
func (o *outage) note(result *reports.Scenario, failure error) {
	var environment *steps.Environment
	silent := result.Verdict == evidence.Inconclusive && errors.As(failure, &environment) && environment.Whole
	o.mu.Lock()
	defer o.mu.Unlock()
	if silent {
		o.streak++
		o.latest = environment.Why
		return
	}
	if answered(result) {
		o.streak, o.waited = 0, 0
	}
}

// answered reports whether the target answered at least one request of the scenario.
func answered(result *reports.Scenario) bool {
	return slices.ContainsFunc(result.Exchanges,
		func(e evidence.Exchange) bool { return e.Response != nil && e.Response.Status < 500 })
}

// pollEvery is how often a target that is down is tried.
const pollEvery = 200 * time.Millisecond

// hold keeps a scenario from its beginning while the target is down.
func (o *outage) hold(ctx context.Context) {
	o.mu.Lock()
	defer o.mu.Unlock() // the others wait here for the one that tries
	for o.streak >= o.limit && o.wait(ctx) {
		if o.reach(ctx) == nil {
			o.streak = o.limit - 1 // one scenario tries; another silence and the wait goes on
		}
	}
}

// awaitEnd comes between two attempts: where the last scenarios got no answer, however few they were, the
// target is waited for before they are spent on another attempt.
func (o *outage) awaitEnd(ctx context.Context) {
	o.mu.Lock()
	defer o.mu.Unlock()
	for o.streak > 0 && o.reach(ctx) != nil {
		if !o.wait(ctx) {
			return
		}
	}
	o.streak = 0
}

// wait lets some time pass, or ends the run where the patience is at its end; then it returns false.
func (o *outage) wait(ctx context.Context) bool {
	if o.waited >= o.patience && ctx.Err() == nil {
		o.down = true
		o.stop(&errDown{fmt.Sprintf("the target is down: %d scenarios in a row got no answer, and waiting for %v changed nothing; the "+
			"last: %s", o.streak, o.patience, o.latest)})
	}
	if ctx.Err() != nil {
		return false
	}
	_ = client.Wait(ctx, pollEvery) // the caller looks at the context
	o.waited += pollEvery
	return true
}
