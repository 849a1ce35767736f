package client

import (
	"context"
	"fmt"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// pace keeps the requests of all scenarios together under a rate. The wait is no part of an exchange.
//
// Where the API answers 429 the pace learns: nobody sends before the time that Retry-After names, and
// from then on fewer requests a second leave than before. While it serves, the rate rises again: soon to what was
// served before, and beyond that rarely, the more rarely the oftener that was too much. The answer itself is handed
// on as it came.
type pace struct {
	now func() time.Time

	mu      sync.Mutex
	limiter *rate.Limiter // nil while there is no bound
	// until is when the API may be asked again after a 429.
	until time.Time
	// sent counts the requests of the second that began at since, before those of the second that had ended
	// by then: a second that has just begun says nothing about the rate.
	sent, before int
	since        time.Time
	learned      recovery
}

// newPace returns a pace of so many requests per second; 0 means no bound until a 429 teaches one.
func newPace(perSecond float64, now func() time.Time) *pace {
	p := &pace{now: now, learned: recovery{most: perSecond, patience: firstPatience}}
	if perSecond > 0 {
		p.bound(perSecond)
	}
	return p
}

// wait returns when the next request is due.
func (p *pace) wait(ctx context.Context, operation string) error {
	for {
		p.mu.Lock()
		held, limiter, banned := p.until.Sub(p.now()), p.limiter, p.learned.banned(p.now())
		p.mu.Unlock()
		if banned != nil {
			return &NoAnswer{Kind: Banned, Operation: operation, Err: banned}
		}
		if held <= 0 {
			if limiter != nil {
				if err := limiter.Wait(ctx); err != nil {
					return tooSlow(ctx, operation, float64(limiter.Limit()), err)
				}
			}
			break
		}
		if deadline, bounded := ctx.Deadline(); bounded && time.Until(deadline) < held {
			return tooSlow(ctx, operation, 0, fmt.Errorf("the API asked to wait for another %v, which is longer than the scenario has",
				held.Round(time.Millisecond)))
		}
		if err := Wait(ctx, held); err != nil {
			return tooSlow(ctx, operation, 0, err)
		}
	}
	p.mu.Lock()
	defer p.mu.Unlock()
	if now := p.now(); now.Sub(p.since) >= time.Second {
		p.since, p.before, p.sent = now, p.sent, 0
	}
	p.sent++
	return nil
}

// Wait returns after so long, or with the error of the context.
func Wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

func tooSlow(ctx context.Context, operation string, perSecond float64, err error) error {
	kind := TimedOut // the limiter refuses at once to wait beyond the deadline of the context
	if context.Cause(ctx) != nil {
		kind = kindOf(ctx, err)
	}
	waiting := "waiting after a 429"
	if perSecond > 0 {
		waiting = fmt.Sprintf("waiting for our own pace of %g requests a second", perSecond)
	}
	return &NoAnswer{Kind: kind, Operation: operation, Err: fmt.Errorf("%s: %w", waiting, err)}
}
