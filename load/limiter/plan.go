package limiter

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"slices"
	"time"

	"github.com/kobcheck/kobcheck/load/arrivals"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Plan finds out whether requests are limited, how, by what, and whether what a refusal says is so.
type Plan struct {
	kind.Head `yaml:",inline"`
	// Most bounds the requests of one burst, Longest the time that is waited for a recovery.
	Most    int           `yaml:"most"`
	Longest kind.Duration `yaml:"longest"`
}

// New returns a plan that has only what is usual.
func New() *Plan { return &Plan{Head: kind.Usual(), Longest: kind.Duration(90 * time.Second)} }

// Check tells of every value that can't be.
func (p *Plan) Check(fault kind.Fault) {
	if p.Most < 10 {
		fault("most", "a probe needs at least 10 requests")
	}
}

// recoveryPolls is how many single requests a probe has for recoveries.
const recoveryPolls = 250

// Ceiling is the most that the plan asks of a target.
func (p *Plan) Ceiling() kind.Ceiling {
	return kind.Ceiling{Requests: 3*p.Most + 2*recoveryPolls + searchMost + recoveryMost + ordinaryMost,
		Operations: []string{probedOperation}}
}

// Perform probes.
func (p *Plan) Perform(ctx context.Context, on *kind.Target, _ kind.Run, result *reports.LoadPlan) (*arrivals.Measure, error) {
	a := &asker{target: on}
	// The token is fetched first; any other request would count for the limiter and be missing in the picture.
	if _, err := on.Client.Token(ctx, "primary", ""); err != nil {
		return nil, err
	}
	longest := time.Duration(p.Longest)
	found, err := Find(ctx, a, Bounds{Most: p.Most, Total: 2*p.Most + recoveryPolls, Longest: longest.Seconds()})
	if err != nil {
		return nil, err
	}
	result.Asks = asksOf(found.Trace)
	if len(found.Best) > 0 {
		result.WindowMS = 1000 * found.Best[0].Window
	}
	observe := func(id, question, answer string) {
		result.Observed = append(result.Observed, evidence.Observation{ID: id, Gap: "N-16", Question: question, Answer: answer})
	}
	observe("limit.limiter", "Is there a limiter, and which?", limiterText(found))
	if found.Present {
		observe("limit.confidence", "How sure is that?", confidenceText(found))
		observe("limit.refused", "Do refused requests count?", refusedText(found))
		if err := a.scope(ctx, found, observe); err != nil {
			return nil, err
		}
		if err := a.waitTold(ctx, found, longest, observe); err != nil {
			return nil, err
		}
		observe("limit.headers", "What do headers say of it?", headersText(a.pass, found))
		if err := a.search(ctx, p, found, observe); err != nil {
			return nil, err
		}
	}
	use, err := a.ordinary(ctx, p, found, result)
	if err != nil {
		return nil, err
	}
	observe("limit.spent", "What did the probe cost?", fmt.Sprintf("%d requests", a.spent))
	if on.Stated != nil {
		result.Invariants = append(result.Invariants, statedInvariant(on.Stated, found))
	}
	if len(p.Gates) == 0 {
		result.LagBound = 0 // whether a late generator matters was judged with what it sent
	}
	return use, nil
}

// asksOf are the requests of a probe for its picture.
func asksOf(trace []Seen) []reports.LoadAsk {
	var asks []reports.LoadAsk
	for _, one := range trace {
		asks = append(asks, reports.LoadAsk{AtMS: 1000 * (one.From - trace[0].From), Passed: one.Passed})
	}
	slices.SortFunc(asks, func(a, b reports.LoadAsk) int { return cmp.Compare(a.AtMS, b.AtMS) })
	return asks
}

// statedInvariant holds the limiter that was found against the one that the operator states.
func statedInvariant(stated *kind.Limit, found *Found) evidence.Invariant {
	want := float64(stated.Requests) / stated.Window.Seconds()
	// It shows nothing where it was not allowed to reach the limit, or could not tell the kind.
	shown := found.Present && len(found.Best) > 0 || !found.Present && found.Tried >= stated.Requests
	holds := false
	if len(found.Best) > 0 {
		rate := float64(found.Best[0].Limit) / found.Best[0].Window
		holds = math.Abs(rate-want) <= 0.1*want
	}
	var broken []string
	if shown && !holds {
		broken = append(broken, limiterText(found))
	}
	one := kind.Held("RATE-04", fmt.Sprintf("the limiter is the one that the target file states, %d requests in %v, within a tenth",
		stated.Requests, stated.Window), shown, broken)
	one.Given = true
	return one
}
