package arrivals

import (
	"time"

	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
)

// Stage is one part of the arrivals: a constant Rate, or a ramp From one rate To another, per second.
type Stage struct {
	Rate float64       `yaml:"rate"`
	From float64       `yaml:"from"`
	To   float64       `yaml:"to"`
	For  kind.Duration `yaml:"for"`
}

// Stages are the arrivals of a plan from beginning to end.
type Stages []Stage

// Check tells of stages that can't be.
func (s Stages) Check(fault kind.Fault) {
	if len(s) == 0 {
		fault("stages", "a plan of this kind needs them")
	}
	for i, one := range s {
		if one.Rate < 0 || one.From < 0 || one.To < 0 || one.For <= 0 || one.Rate == 0 && one.From == 0 && one.To == 0 {
			fault("stages", "stage %d has no arrivals or no time", i+1)
		}
		if one.Rate > 0 && (one.From > 0 || one.To > 0) {
			fault("stages", "stage %d has both a rate and a ramp; keep one", i+1)
		}
	}
}

// Ramps are the stages with a constant rate as a ramp from it to it.
func (s Stages) Ramps() []reports.LoadStage {
	var out []reports.LoadStage
	for _, stage := range s {
		one := reports.LoadStage{From: stage.From, To: stage.To, Seconds: time.Duration(stage.For).Seconds()}
		if stage.Rate > 0 {
			one.From, one.To = stage.Rate, stage.Rate
		}
		out = append(out, one)
	}
	return out
}

// Ceiling is the highest rate, the number of requests and the time of the stages.
func (s Stages) Ceiling() kind.Ceiling {
	var c kind.Ceiling
	for _, ramp := range s.Ramps() {
		c.Rate = max(c.Rate, ramp.From, ramp.To)
		c.Requests += int((ramp.From + ramp.To) / 2 * ramp.Seconds)
		c.Time += time.Duration(ramp.Seconds * float64(time.Second))
	}
	return c
}

// Scale multiplies rates and times.
func (s Stages) Scale(rate, length float64) {
	for i := range s {
		s[i].Rate *= rate
		s[i].From *= rate
		s[i].To *= rate
		s[i].For = kind.Duration(float64(s[i].For) * length)
	}
}
