package arrivals

import (
	"context"
	"fmt"
	"time"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Capacity tries rising rates until one does not hold, and says what broke first.
type Capacity struct {
	Traffic `yaml:",inline"`
	// Steps are the rates that are tried, each for StepFor.
	Steps   []float64     `yaml:"steps"`
	StepFor kind.Duration `yaml:"step_for"`
	// Bound is the p99 that a step must keep.
	Bound kind.Duration `yaml:"bound"`
}

// NewCapacity returns a plan that has only what is usual.
func NewCapacity(facts *contract.Contract) *Capacity {
	return &Capacity{Traffic: Traffic{Head: kind.Usual(), facts: facts},
		StepFor: kind.Duration(2 * time.Second), Bound: kind.Duration(250 * time.Millisecond)}
}

// Check tells of every value that can't be.
func (p *Capacity) Check(fault kind.Fault) {
	if len(p.Steps) == 0 {
		fault("steps", "a plan of this kind needs them")
	}
	p.Traffic.Check(fault)
}

// Ceiling is the most that the plan asks of a target.
func (p *Capacity) Ceiling() kind.Ceiling { return p.complete(p.stages(p.Steps...).Ceiling()) }

// Scale multiplies rates and times.
func (p *Capacity) Scale(rate, length float64) {
	for i := range p.Steps {
		p.Steps[i] *= rate
	}
	p.StepFor = kind.Duration(float64(p.StepFor) * length)
}

func (p *Capacity) stages(rates ...float64) Stages {
	var out Stages
	for _, rate := range rates {
		out = append(out, Stage{Rate: rate, For: p.StepFor})
	}
	return out
}

// Perform tries the steps.
func (p *Capacity) Perform(ctx context.Context, on *kind.Target, run kind.Run, result *reports.LoadPlan) (*Measure, error) {
	var last *Measure
	var rounds []round
	var late bool
	for _, rate := range p.Steps {
		due, places := Shard(Schedule(p.stages(rate).Ramps(), p.Arrivals, run.Seed), kind.Shard{})
		m, err := p.arrive(ctx, on, due, places, run.Seed)
		if err != nil {
			return nil, err
		}
		m.Asked = time.Duration(p.StepFor)
		rounds = append(rounds, m.watch.rounds...)
		if last = m; m.Stopped != "" || ctx.Err() != nil {
			break
		}
		var step reports.LoadStep
		step, late = p.step(rate, m)
		if result.Steps = append(result.Steps, step); !step.Held {
			break
		}
	}
	last.watch.rounds = rounds
	last.watch.tell(result, true)
	// The last step is meant to break: its lag and its errors are the result, not a fault of the run.
	last.findings, last.later, result.LagBound = nil, nil, 0
	result.Observed = append(result.Observed, evidence.Observation{ID: "load.capacity",
		Question: "Up to which arrival rate did the rule of the plan hold?", Answer: knee(result.Steps)})
	if late {
		result.ExitCode, result.Reason = evidence.ExitProvesNone, "where the API breaks was not reached: "+knee(result.Steps)
	}
	return last, nil
}

// The rule of a capacity plan: a step holds while at most one answer in a hundred fails, the asked rate is
// reached to 98 per cent, and the p99 from the due time keeps the bound.
const (
	stepErrors  = 0.01
	stepReached = 0.98
)

// step applies the rule to what was measured at a rate. Late says that nothing but the generator broke it.
func (p *Capacity) step(rate float64, m *Measure) (step reports.LoadStep, late bool) {
	step = reports.LoadStep{Rate: rate, Reached: m.reached(),
		P99: Percentiles(m.FromDue("")).P99}
	bad, all := m.Count("", Failed)
	slow, _ := m.Count("", Throttled)
	step.Errors = float64(bad+slow) / float64(max(all, 1))
	bound, lag := kind.Milliseconds(time.Duration(p.Bound)), Percentiles(m.Lag).P99
	switch {
	case step.Errors > stepErrors:
		step.Broke = fmt.Sprintf("%.1f%% of the answers failed or were throttled", 100*step.Errors)
	case lag > bound/2:
		late = true
		step.Broke = fmt.Sprintf("the generator itself was late (p99 %.1f ms): this machine gives no more, "+
			"which says nothing of the API", lag)
	case step.Reached < stepReached*float64(m.Due)/m.Asked.Seconds():
		step.Broke = fmt.Sprintf("only %.1f/s were reached", step.Reached)
	case step.P99 > bound:
		step.Broke = fmt.Sprintf("p99 %.1f ms is over %.1f ms", step.P99, bound)
	}
	step.Held = step.Broke == ""
	return step, late
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
