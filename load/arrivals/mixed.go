package arrivals

import (
	"context"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
)

// Mixed performs arrivals of a mix at the rates of its stages.
type Mixed struct {
	Traffic `yaml:",inline"`
	Stages  Stages `yaml:"stages"`
}

// NewMixed returns a plan that has only what is usual.
func NewMixed(facts *contract.Contract) *Mixed {
	return &Mixed{Traffic: Traffic{Head: kind.Usual(), facts: facts}}
}

// Check tells of every value that can't be.
func (p *Mixed) Check(fault kind.Fault) {
	p.Stages.Check(fault)
	p.Traffic.Check(fault)
}

// Ceiling is the most that the plan asks of a target.
func (p *Mixed) Ceiling() kind.Ceiling { return p.complete(p.Stages.Ceiling()) }

// Scale multiplies rates and times.
func (p *Mixed) Scale(rate, length float64) { p.Stages.Scale(rate, length) }

// Perform performs the arrivals.
func (p *Mixed) Perform(ctx context.Context, on *kind.Target, run kind.Run, result *reports.LoadPlan) (*Measure, error) {
	result.Stages = p.Stages.Ramps()
	due, places := Shard(Schedule(result.Stages, p.Arrivals, run.Seed), run.Shard)
	m, err := p.arrive(ctx, on, due, places, run.Seed)
	if err != nil {
		return nil, err
	}
	m.watch.tell(result, false)
	m.Asked = p.Stages.Ceiling().Time
	return m, nil
}
