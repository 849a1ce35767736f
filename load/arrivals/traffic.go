package arrivals

import (
	"context"
	"errors"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/load/kind"
)

// Traffic is a weighted mix of operations, and when it ends for the sake of the API.
type Traffic struct {
	kind.Head `yaml:",inline"`
	// Mix gives the operations their weights.
	Mix map[string]int `yaml:"mix"`
	// Stop ends arrivals early for the sake of the API.
	Stop Stop `yaml:"stop"`

	facts *contract.Contract
}

// Check tells of what can't be in a mix.
func (t *Traffic) Check(fault kind.Fault) {
	for id, weight := range t.Mix {
		if known := performable(t.facts); !slices.Contains(known, id) {
			fault("mix", "%q can't be part of a mix; these can: %s", id, strings.Join(known, ", "))
		} else if weight < 1 {
			fault("mix", "the weight of %s must be at least 1", id)
		}
	}
	if len(t.Mix) == 0 {
		fault("mix", "a plan of this kind needs operations")
	}
	if t.Stop.Failed < 0 || t.Stop.Failed > 100 || t.Stop.P99 < 0 {
		fault("stop", "failed is a share from 0 to 100 per cent, and p99 a time")
	}
}

// complete adds to a ceiling what follows from the mix.
func (t *Traffic) complete(c kind.Ceiling) kind.Ceiling {
	weights, made := 0, 0
	for id, weight := range t.Mix {
		weights += weight
		made += weight * makes(t.facts, id)
	}
	c.Entities = c.Requests*made/max(weights, 1) + 4*stockSize
	c.Operations = slices.Sorted(maps.Keys(t.Mix))
	return c
}

// arrive prepares what the mix needs and performs the arrivals.
func (t *Traffic) arrive(ctx context.Context, on *kind.Target, due []time.Duration, places []int, seed int64) (*Measure, error) {
	if len(due) == 0 {
		return nil, errors.New("the plan has no arrivals; raise its rates or times")
	}
	operations := draw(t.Mix, places, seed)
	stock, err := prepare(ctx, on, operations)
	if err != nil {
		return nil, err
	}
	m := MeasureOf(on)
	m.Due = len(due)
	running, watch, end := beside(ctx, on, t, due, m)
	m.watch = watch
	Attack(running, due, &t.Head, func(ctx context.Context, n int) Outcome {
		watch.send()
		if operations[n] == onboarding {
			return onboard(ctx, on, stock.program, n%t.CheckEvery == 0)
		}
		operation := on.Contract.Operation(operations[n])
		exchange, err := on.Client.Do(ctx, operation, stock.request(operations[n], n, places[n]))
		return Judge(on, operation, exchange, err, n%t.CheckEvery == 0)
	}, m.Add)
	if why, is := errors.AsType[*stopped](context.Cause(running)); is {
		m.Stopped = why.why
	}
	end()
	watch.rateRounds()
	return m, nil
}

// draw decides for each arrival by its place in the whole plan which operation it is, so that shards draw
// what the whole would.
func draw(mix map[string]int, places []int, seed int64) []string {
	names := slices.Sorted(maps.Keys(mix))
	sum := 0
	for _, weight := range mix {
		sum += weight
	}
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
