package load

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"sort"
	"time"

	"github.com/kobcheck/kobcheck/reports"
)

// Shard is one of several parts of a plan's arrivals, counted from 1; the zero value is the whole.
type Shard struct{ Index, Of int }

// Perform runs a plan against a target. What could not be performed says so in the plan that is returned:
// a load run always has a result.
func Perform(ctx context.Context, target *Target, plan *Plan, seed int64, part Shard) *reports.LoadPlan {
	result := &reports.LoadPlan{ID: plan.ID, Kind: string(plan.Kind), Sentence: plan.Sentence, Stages: plan.stages(), Arrivals: plan.Arrivals,
		LagBound: milliseconds(time.Duration(plan.Lag)), Errors: map[string]int{}, Findings: []reports.LoadFinding{}, Invariants: []reports.Invariant{}, Observed: []reports.Observation{}, Gates: []reports.GateResult{}}
	if part.Of > 1 {
		result.Shard = fmt.Sprintf("%d/%d", part.Index, part.Of)
	}
	var err error
	switch plan.Kind {
	case Idempotency:
		err = storm(ctx, target, plan, seed, result)
	case Ledger:
		err = ledger(ctx, target, plan, result)
	case RateLimit:
		err = probeLimiter(ctx, target, plan, result)
	case Deliveries:
		err = deliveries(ctx, target, plan, seed, result)
	case Capacity:
		err = capacity(ctx, target, plan, seed, result)
	default:
		err = mixed(ctx, target, plan, seed, part, result)
	}
	if err != nil {
		result.ExitCode, result.Reason = reports.ExitInconclusive, err.Error()
	}
	return result
}

// mixed performs arrivals of a weighted mix of operations.
func mixed(ctx context.Context, target *Target, plan *Plan, seed int64, part Shard, result *reports.LoadPlan) error {
	due, places := shard(schedule(plan.stages(), plan.Arrivals, seed), part.Index, part.Of)
	m, wall, err := target.arrive(ctx, plan, due, places, seed)
	if err != nil {
		return err
	}
	m.watch.tell(result, false)
	for _, stage := range plan.stages() {
		m.asked += time.Duration(stage.Seconds * float64(time.Second))
	}
	for _, gate := range plan.gates {
		result.Gates = append(result.Gates, gate.evaluate(m))
	}
	m.endedEarly(ctx, result)
	return m.report(result, wall)
}

// endedEarly marks the result of a plan that did not come to its end: its gates are no verdict on anything.
func (m *measure) endedEarly(ctx context.Context, result *reports.LoadPlan) {
	switch {
	case m.stopped != "":
		result.ExitCode, result.Reason = reports.ExitSafetyStop, m.stopped
	case ctx.Err() != nil:
		result.ExitCode, result.Reason = reports.ExitProvesNone, fmt.Sprintf("interrupted after %d of %d arrivals", m.sent, m.due)
	default:
		return
	}
	for i := range result.Gates {
		result.Gates[i].State = "not decided"
	}
}

// arrive prepares what the mix needs and performs the arrivals.
func (t *Target) arrive(ctx context.Context, plan *Plan, due []time.Duration, places []int, seed int64) (*measure, time.Duration, error) {
	if len(due) == 0 {
		return nil, 0, errors.New("the plan has no arrivals; raise its rates or times")
	}
	operations := draw(plan.Mix, places, seed)
	stock, err := t.prepare(ctx, operations)
	if err != nil {
		return nil, 0, err
	}
	m := newMeasure()
	m.due = len(due)
	running, watch, end := t.beside(ctx, plan, due, m)
	m.watch = watch
	wall := attack(running, due, plan.Connections, func(ctx context.Context, n int) outcome {
		if operations[n] == onboarding {
			return t.onboard(ctx, stock.program, n%plan.CheckEvery == 0)
		}
		operation := t.Contract.Operation(operations[n])
		exchange, err := t.Client.Do(ctx, operation, stock.request(operations[n], n, places[n]))
		return t.judge(operation, exchange, err, n%plan.CheckEvery == 0)
	}, m.add)
	var why *stopped
	if errors.As(context.Cause(running), &why) {
		m.stopped = why.why
	}
	end()
	watch.settle()
	return m, wall, nil
}

// draw decides for each arrival by its place in the whole plan which operation it is, so that shards draw
// what the whole would.
func draw(mix map[string]int, places []int, seed int64) []string {
	names := make([]string, 0, len(mix))
	sum := 0
	for name, weight := range mix {
		names = append(names, name)
		sum += weight
	}
	sort.Strings(names)
	out := make([]string, len(places))
	for i, place := range places {
		at := rand.New(rand.NewPCG(uint64(seed), uint64(place))).IntN(sum)
		for _, name := range names {
			if at -= mix[name]; at < 0 {
				out[i] = name
				break
			}
		}
	}
	return out
}

// The rule of a capacity plan: a step holds while at most one answer in a hundred fails, the asked rate is
// reached to 98 per cent, and the p99 from the due time keeps the bound.
const (
	stepErrors  = 0.01
	stepReached = 0.98
)

// capacity tries rising rates until one does not hold, and says what broke first.
func capacity(ctx context.Context, target *Target, plan *Plan, seed int64, result *reports.LoadPlan) error {
	last := newMeasure()
	var wall time.Duration
	var allRounds []round
	for _, rate := range plan.Steps {
		stages := []reports.LoadStage{{From: rate, To: rate, Seconds: time.Duration(plan.StepFor).Seconds()}}
		due := schedule(stages, plan.Arrivals, seed)
		places := make([]int, len(due))
		for i := range places {
			places[i] = i
		}
		m, took, err := target.arrive(ctx, plan, due, places, seed)
		if err != nil {
			return err
		}
		m.asked = time.Duration(plan.StepFor)
		allRounds = append(allRounds, m.watch.rounds...)
		last, wall = m, took
		if m.stopped != "" {
			break
		}
		step := reports.LoadStep{Rate: rate, Reached: float64(m.sent) / max(took.Seconds(), m.asked.Seconds()), P99: percentiles(m.fromDue("")).P99}
		bad, all := m.count("", failed)
		slow, _ := m.count("", throttled)
		step.Errors = float64(bad+slow) / float64(max(all, 1))
		step.Held, step.Broke = held(step, float64(len(due))/m.asked.Seconds(), plan, percentiles(m.lag).P99)
		result.Steps = append(result.Steps, step)
		if !step.Held || ctx.Err() != nil {
			break
		}
	}
	if err := last.report(result, wall); err != nil {
		return err
	}
	if last.watch != nil {
		last.watch.rounds = allRounds
		last.watch.tell(result, true)
	}
	last.endedEarly(ctx, result)
	// The last step is meant to break: its lag and its errors are the result, not a fault of the run.
	result.LagBound, result.Sent, result.Findings = 0, result.Due, []reports.LoadFinding{}
	result.Observed = append(result.Observed, reports.Observation{ID: "load.capacity", Question: "Up to which arrival rate did the rule of the plan hold?", Answer: knee(result.Steps)})
	return nil
}

// held applies the rule to a step.
func held(step reports.LoadStep, due float64, plan *Plan, lag float64) (bool, string) {
	bound := milliseconds(time.Duration(plan.Bound))
	switch {
	case step.Errors > stepErrors:
		return false, fmt.Sprintf("%.1f%% of the answers failed or were throttled", 100*step.Errors)
	case lag > bound/2:
		return false, fmt.Sprintf("the generator itself was late (p99 %.1f ms): this machine gives no more, which says nothing of the API", lag)
	case step.Reached < stepReached*due*0.9:
		return false, fmt.Sprintf("only %.1f/s were answered in time", step.Reached)
	case step.P99 > bound:
		return false, fmt.Sprintf("p99 %.1f ms is over %.1f ms", step.P99, bound)
	}
	return true, ""
}

func knee(steps []reports.LoadStep) string {
	best := 0.0
	for _, step := range steps {
		if step.Held {
			best = step.Rate
			continue
		}
		return fmt.Sprintf("%.0f/s; at %.0f/s %s", best, step.Rate, step.Broke)
	}
	return fmt.Sprintf("%.0f/s, the highest that was tried", best)
}
