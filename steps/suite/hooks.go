package suite

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/cucumber/godog"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/catalog"
)

// attempt is one scenario under way.
type attempt struct {
	scenario *catalog.Scenario
	world    *steps.World
	cancel   context.CancelFunc
	started  time.Time
	steps    []reports.Step
	latest   time.Time
	failure  error
	cleanup  error
}

type attemptKey struct{}

func attemptIn(ctx context.Context) *attempt {
	a, _ := ctx.Value(attemptKey{}).(*attempt)
	return a
}

// register puts every sentence and hook on the suite, in this one place: godog lets a step that is
// registered per scenario beside them call another scenario's closure.
func (r *runner) register(ts *godog.TestSuiteContext) {
	sc := ts.ScenarioContext()
	for _, definition := range r.config.Vocabulary {
		sc.Step(definition.Pattern, definition.Guarded())
	}
	sc.Before(r.before)
	sc.After(r.after)
	sc.StepContext().Before(func(ctx context.Context, _ *godog.Step) (context.Context, error) {
		if a := attemptIn(ctx); a != nil {
			a.world.StartStep(len(a.steps))
			a.latest = time.Now()
		}
		return ctx, nil
	})
	sc.StepContext().After(r.afterStep)
}

// before decides whether the scenario runs, gives it its time and its world.
func (r *runner) before(ctx context.Context, pickle *godog.Scenario) (context.Context, error) {
	scenario := r.current[catalog.Key(pickle)]
	if scenario == nil {
		return ctx, fmt.Errorf("%w: not selected", godog.ErrSkip)
	}
	r.outage.hold(ctx)
	if ctx.Err() != nil {
		return ctx, fmt.Errorf("%w: the run was stopped", godog.ErrSkip)
	}
	ctx, cancel := r.bounded(ctx, scenario)
	said := steps.Scenario{ID: scenario.ID, Requirements: scenario.Requirements, Gap: scenario.Gap, Attempt: r.attempt}
	for _, step := range scenario.Steps {
		said.Sentences += step.Text + "\n"
	}
	said.Refuses = said.Asks("refus")
	world := r.config.Session.NewWorld(said)
	now := time.Now()
	a := &attempt{scenario: scenario, world: world, cancel: cancel, started: now, latest: now}
	return context.WithValue(world.In(ctx), attemptKey{}, a), nil
}

// bounded gives a scenario its time. Load is bounded by who performs it: it takes as long as its plan says.
func (r *runner) bounded(ctx context.Context, scenario *catalog.Scenario) (context.Context, context.CancelFunc) {
	if slices.Contains(scenario.Tags, catalog.UnderLoad) {
		return context.WithCancel(ctx)
	}
	return context.WithTimeoutCause(ctx, r.config.Timeout, fmt.Errorf("the scenario took longer than %v", r.config.Timeout))
}

// afterStep keeps how the step went. It also hears of skipped steps, some of them after the scenario
// has ended.
func (r *runner) afterStep(ctx context.Context, step *godog.Step, status godog.StepResultStatus, err error) (context.Context, error) {
	a := attemptIn(ctx)
	if a == nil {
		return ctx, nil
	}
	result := reports.Step{Text: step.Text, Status: status.String()}
	if status != godog.StepSkipped {
		result.DurationMS = milliseconds(time.Since(a.latest))
	}
	if err != nil {
		result.Error = err.Error()
		if a.failure == nil {
			a.failure = err
		}
	}
	a.steps = append(a.steps, result)
	return ctx, nil
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// after cleans up and keeps the result. A panic here would end the whole process, so none leaves it.
func (r *runner) after(ctx context.Context, _ *godog.Scenario, _ error) (_ context.Context, failed error) {
	a := attemptIn(ctx)
	if a == nil {
		return ctx, nil
	}
	defer func() {
		if cause := recover(); cause != nil {
			a.cleanup = errors.Join(a.cleanup, fmt.Errorf("cleaning up panicked: %v", cause))
			r.keep(ctx, a)
		}
	}()
	cleanup, cancel := cleaningUp(ctx, cleanupTime)
	a.cleanup = a.world.Close(cleanup)
	cancel()
	r.keep(ctx, a)
	return ctx, nil
}

// cleanupTime bounds the clean-up of one scenario; of a run that was stopped it is shorter, so that an
// interrupted one still ends within a second.
const (
	cleanupTime         = 20 * time.Second
	cleanupTimeAtTheEnd = 500 * time.Millisecond
)

// cleaningUp is a context for clean-ups: they have time of their own, whatever ended what was done.
func cleaningUp(ctx context.Context, patience time.Duration) (context.Context, context.CancelFunc) {
	if ctx.Err() != nil {
		patience = cleanupTimeAtTheEnd
	}
	return context.WithTimeout(context.WithoutCancel(ctx), patience)
}
