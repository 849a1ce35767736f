package client

import (
	"context"
	"fmt"

	"golang.org/x/time/rate"
)

// pace keeps the requests of all scenarios together under a rate. The wait is no part of an exchange.
type pace struct{ limiter *rate.Limiter }

// newPace returns a pace of so many requests per second; 0 means no bound.
func newPace(perSecond float64) *pace {
	if perSecond <= 0 {
		return &pace{}
	}
	// A burst of one: the bound holds over any second, not only on average.
	return &pace{rate.NewLimiter(rate.Limit(perSecond), 1)}
}

// wait returns when the next request is due.
func (p *pace) wait(ctx context.Context, operation string) error {
	if p.limiter == nil {
		return nil
	}
	err := p.limiter.Wait(ctx)
	if err == nil {
		return nil
	}
	kind := TimedOut // the limiter refuses at once to wait beyond the deadline of the context
	if context.Cause(ctx) != nil {
		kind = kindOf(ctx, err)
	}
	return &NoAnswer{Kind: kind, Operation: operation, Err: fmt.Errorf("waiting for our own pace of %g requests a second: %w", float64(p.limiter.Limit()), err)}
}
