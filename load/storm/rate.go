package storm

import (
	"context"
	"crypto/sha256"
	"fmt"
	"sync"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/load/arrivals"
	"github.com/kobcheck/kobcheck/load/history"
	"github.com/kobcheck/kobcheck/load/kind"
)

// duplicates are the requests of the arrivals at a rate: each key is sent twice in a row, and again later.
type duplicates struct {
	strikes  []*strike
	bursts   [][]*burst // by operation
	requests [][]client.Request
	mu       sync.Mutex
}

// place is the operation and the key of the n-th arrival.
func (d *duplicates) place(n int) (operation, key int) {
	operation = n % len(d.strikes)
	return operation, n / len(d.strikes) / 2 % len(d.bursts[operation])
}

// atRate sends copies of requests under their keys when they are due, through the engine, and proves that each key had
// one effect.
func (p *performance) atRate(ctx context.Context, seed int64) (*arrivals.Measure, error) {
	p.result.Stages = p.plan.Stages.Ramps()
	due := arrivals.Schedule(p.result.Stages, p.plan.Arrivals, seed)
	if len(due) == 0 {
		return nil, nil
	}
	d, err := p.prepare(ctx, p.plan.keysFor(len(due)))
	if err != nil {
		return nil, err
	}
	m := arrivals.MeasureOf(p.Target)
	m.Due, m.Asked = len(due), p.plan.Stages.Ceiling().Time
	arrivals.Attack(ctx, due, &p.plan.Head, func(ctx context.Context, n int) arrivals.Outcome {
		operation, key := d.place(n)
		s := d.strikes[operation]
		called := kind.Now()
		exchange, err := p.Client.Do(ctx, s.operation, d.requests[operation][key])
		one := duplicate{called: called, released: called, done: kind.Now()}
		if err != nil {
			one.wrong = err.Error()
		} else {
			one.status, one.body = exchange.Status, sha256.Sum256(exchange.Body)
			if one.status/100 == 2 {
				one.id = scene.IDOf(exchange)
			}
		}
		d.mu.Lock()
		d.bursts[operation][key].copies = append(d.bursts[operation][key].copies, one)
		d.mu.Unlock()
		return arrivals.Judge(p.Target, s.operation, exchange, err, false) // how answers look is the business of other plans
	}, m.Add)
	for i, s := range d.strikes {
		if err := s.proveAtRate(ctx, d.bursts[i]); err != nil {
			return nil, err
		}
	}
	return m, nil
}

// prepare makes so many keys for each operation, each with a wallet and a request.
func (p *performance) prepare(ctx context.Context, keys int) (*duplicates, error) {
	d := &duplicates{}
	for _, id := range p.plan.operations() {
		s := &strike{performance: p, operation: p.Contract.Operation(id)}
		var bursts []*burst
		var requests []client.Request
		for n := range keys {
			wallet, err := p.NewWallet(ctx)
			if err != nil {
				return nil, err
			}
			one := &burst{key: p.keys(id+" at a rate", n), wallet: wallet}
			request, err := s.request(ctx, wallet, one.key)
			if err != nil {
				return nil, err
			}
			bursts, requests = append(bursts, one), append(requests, request)
		}
		d.strikes, d.bursts, d.requests = append(d.strikes, s), append(d.bursts, bursts), append(d.requests, requests)
	}
	return d, nil
}

// proveAtRate looks at what the arrivals left. Repeats need not overlap to show something.
func (s *strike) proveAtRate(ctx context.Context, bursts []*burst) error {
	for _, b := range bursts {
		s.remember(b)
	}
	if err := s.lookAfter(ctx, bursts); err != nil {
		return err
	}
	copies := 0
	var broken []string
	for _, b := range bursts {
		copies += len(b.copies)
		broken = append(append(append(broken, b.several()...), b.replayed()...), b.balanced()...)
	}
	name := s.operation.Title
	s.result.Invariants = append(s.result.Invariants, kind.Held("IDEMP-01", fmt.Sprintf(
		"%s: %d requests at up to %.3g/s under %d keys, each sent again at once and later, made one object for each key",
		name, copies, s.plan.Stages.Ceiling().Rate, len(bursts)), copies > len(bursts), broken))
	s.history.Judge(history.Creation, "IDEMP-29",
		name+": some order of the %d calls at a rate under %d keys explains every answer", s.result)
	return nil
}
