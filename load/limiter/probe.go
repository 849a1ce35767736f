// Package limiter finds out from outside whether an API limits requests, and how: it asks in a fixed schedule
// that adapts to what it hears, and then looks which family of limiters, with which figures, explains every
// answer.
//
// What walks in is an [API] that can be asked and waited for; what walks out is a [Found]. No single number
// decides: what was seen is held against each family, and what contradicts it is counted.
package limiter

import (
	"context"
	"errors"
	"fmt"
	"slices"
)

// API is what is probed. Times are seconds of one clock.
type API interface {
	Now() float64
	// Wait returns after so many seconds, or with the error of the context.
	Wait(ctx context.Context, seconds float64) error
	// Burst sends requests as fast as they go, at most so many, and stops soon after so many were refused.
	Burst(ctx context.Context, most, refusals int) ([]Seen, error)
}

// Bounds keep a probe small.
type Bounds struct {
	// Most is how many requests one burst may have.
	Most int
	// Total is how many requests the probe may spend in all; 0 means no bound.
	Total int
	// Longest is how many seconds the probe may wait for one recovery.
	Longest float64
}

// Found is what a probe found out.
type Found struct {
	// Present says that requests were refused. Tried is how many passed before, at PerSecond.
	Present   bool
	Tried     int
	PerSecond float64
	// Best are the families that explain the answers best, with figures; several where they can't be told apart.
	Best []Fit
	// Margin is by how many contradictions the next kind explains them worse.
	Margin int
	// Unknown lists in words what could not be found out.
	Unknown []string
	// Recovered is how many seconds after the first burst began a request passed again, 0 for never.
	Recovered float64
	// Spent counts requests, Took seconds.
	Spent int
	Took  float64
	Trace []Seen
}

// refusedEnough ends a burst: that many refusals are no accident.
const refusedEnough = 3

// The pace of polls for a recovery: the first time nothing is known of it, later ones begin near it.
const (
	firstPoll  = 0.004
	coarsePoll = 1.35
	finePoll   = 1.1
)

// probe is one probe under way.
type probe struct {
	api    API
	bounds Bounds
	trace  []Seen
	found  *Found
	hints  hints
}

// Find probes an API. Errors are those of the API and of the context.
func Find(ctx context.Context, api API, bounds Bounds) (*Found, error) {
	p := &probe{api: api, bounds: bounds, found: &Found{}}
	began := api.Now()
	err := p.find(ctx)
	if errors.Is(err, errSpent) {
		if err = nil; p.hints.longest > 0 {
			p.conclude()
		}
		p.found.Unknown = append(p.found.Unknown, fmt.Sprintf("more than can be seen with %d requests", len(p.trace)))
	}
	p.found.Trace, p.found.Spent, p.found.Took = p.trace, len(p.trace), api.Now()-began
	return p.found, err
}

func (p *probe) find(ctx context.Context) error {
	first, err := p.burst(ctx, p.bounds.Most, refusedEnough)
	if err != nil {
		return err
	}
	p.found.Tried = passed(first)
	p.found.PerSecond = float64(len(first)) / max(first[len(first)-1].To-first[0].From, 1e-9)
	if p.found.Tried == len(first) {
		return nil
	}
	p.found.Present = true
	p.hints.counts = []int{p.found.Tried}
	p.hints.burstFor = first[len(first)-1].To - first[0].From
	again, known, err := p.recoveries(ctx, first)
	if err != nil || !known {
		return err
	}
	if err := p.clumps(ctx, again); err != nil {
		return err
	}
	p.conclude()
	if at := slices.IndexFunc(p.found.Best, func(f Fit) bool { return f.Family == Bucket }); at >= 0 {
		if err := p.measureBucket(ctx, p.found.Best[at]); err != nil {
			return err
		}
		p.conclude()
	}
	return nil
}

// errSpent ends a probe that may spend no more.
var errSpent = errors.New("the probe may spend no more requests")

func (p *probe) burst(ctx context.Context, most, refusals int) ([]Seen, error) {
	if p.bounds.Total > 0 && len(p.trace) >= p.bounds.Total {
		return nil, errSpent
	}
	seen, err := p.api.Burst(ctx, most, refusals)
	p.trace = append(p.trace, seen...)
	if err == nil && len(seen) == 0 {
		err = fmt.Errorf("a burst of %d requests sent none", most)
	}
	return seen, err
}

func passed(seen []Seen) int {
	count := 0
	for _, one := range seen {
		if one.Passed {
			count++
		}
	}
	return count
}

// poll asks at growing distances from a moment on until a request passes. Before is the last one that did not.
func (p *probe) poll(ctx context.Context, since, first, factor float64) (before, at float64, came bool, err error) {
	before = since
	for distance := first; distance <= p.bounds.Longest; distance *= factor {
		if rest := since + distance - p.api.Now(); rest > 0 {
			if err := p.api.Wait(ctx, rest); err != nil {
				return 0, 0, false, err
			}
		} else if distance*factor < p.api.Now()-since {
			continue // asking takes longer than the distance: the next one will do
		}
		seen, err := p.burst(ctx, 1, 1)
		if err != nil {
			return 0, 0, false, err
		}
		if seen[0].Passed {
			return before, seen[0].To, true, nil
		}
		before = seen[0].From
	}
	return before, 0, false, nil
}

// recoveries waits twice until requests pass again, exhausts the limit each time, and returns how long a
// recovery takes at most.
func (p *probe) recoveries(ctx context.Context, first []Seen) (float64, bool, error) {
	began, ended := first[0].From, first[len(first)-1].To
	before, at, came, err := p.poll(ctx, ended, firstPoll, coarsePoll)
	if err != nil {
		return 0, false, err
	}
	if !came {
		p.found.Unknown = append(p.found.Unknown, fmt.Sprintf("kind and window: nothing passed again within %.0f s; "+
			"perhaps refused requests count too", p.bounds.Longest))
		return 0, false, nil
	}
	p.found.Recovered = at - began
	p.hints.resets = append(p.hints.resets, [2]float64{before, at})
	token := at - ended // at least a part of a token came in that time
	p.hints.fastest = float64(p.found.Tried) / firstPoll
	if before > ended {
		p.hints.fastest = 4 / (before - ended)
	}
	shortest, longest := before-began, at-began
	gulp, err := p.burst(ctx, p.found.Tried+refusedEnough, refusedEnough)
	if err != nil {
		return 0, false, err
	}
	p.hints.counts = append(p.hints.counts, passed(gulp)+1)
	// Now the count is known to have begun with the request that passed.
	wait := 0.3 * (at - began)
	next, later, came, err := p.poll(ctx, at, max(wait, p.api.Now()-at), finePoll)
	if err != nil {
		return 0, false, err
	}
	if came {
		p.hints.resets = append(p.hints.resets, [2]float64{next, later})
		token = max(token, later-gulp[len(gulp)-1].From)
		shortest, longest = min(shortest, next-at), max(longest, later-at)
	}
	p.hints.slowest = 0.1 / max(token, 1e-6)
	p.hints.shortest, p.hints.longest, p.hints.longestByClock = 0.3*max(shortest, firstPoll), 1.1*longest, 1.6*longest
	return longest, true, nil
}

// clumps spends half of the limit, then the rest and a little more, and looks in which portions it comes back:
// a fixed window gives all at once, a sliding one as it was spent, a counter little by little.
func (p *probe) clumps(ctx context.Context, again float64) error {
	limit := p.hints.counts[len(p.hints.counts)-1]
	if limit <= 2 {
		limit = p.found.Tried
	}
	if err := p.api.Wait(ctx, 2.3*again); err != nil {
		return err
	}
	half, err := p.burst(ctx, max(1, limit/2), 1)
	if err != nil {
		return err
	}
	began := half[0].From
	if err := p.api.Wait(ctx, max(0, began+0.45*again-p.api.Now())); err != nil {
		return err
	}
	rest, err := p.burst(ctx, limit+refusedEnough, 1)
	if err != nil {
		return err
	}
	p.hints.counts = append(p.hints.counts, passed(half)+passed(rest))
	for range 3 { // the portions that come back, one after the other
		_, _, came, err := p.poll(ctx, began, max(0.55*again, 1.02*(p.api.Now()-began)), finePoll)
		if err != nil {
			return err
		}
		if !came {
			return nil
		}
		if _, err := p.burst(ctx, limit+refusedEnough, 1); err != nil {
			return err
		}
	}
	return nil
}
