package client

import (
	"context"
	"fmt"
	"net/http"
	"strconv"
	"sync"
	"time"

	"golang.org/x/time/rate"
)

// pace keeps the requests of all scenarios together under a rate. The wait is no part of an exchange.
//
// Where the API answers 429 the pace learns: nobody sends before the time that Retry-After names, and
// from then on fewer requests a second leave than before. The answer itself is handed on as it came.
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
}

// The bounds of learning: a 429 without Retry-After holds the run for a second, none for longer than
// half a minute, and the rate never falls below one request a second.
const (
	heldWithoutHeader = time.Second
	heldAtMost        = 30 * time.Second
	slowest           = 1.0
	slowedTo          = 0.8
)

// newPace returns a pace of so many requests per second; 0 means no bound until a 429 teaches one.
func newPace(perSecond float64, now func() time.Time) *pace {
	p := &pace{now: now}
	if perSecond > 0 {
		// A burst of one: the bound holds over any second, not only on average.
		p.limiter = rate.NewLimiter(rate.Limit(perSecond), 1)
	}
	return p
}

// wait returns when the next request is due.
func (p *pace) wait(ctx context.Context, operation string) error {
	for {
		p.mu.Lock()
		held, limiter := p.until.Sub(p.now()), p.limiter
		p.mu.Unlock()
		if held <= 0 {
			if limiter != nil {
				if err := limiter.Wait(ctx); err != nil {
					return tooSlow(ctx, operation, float64(limiter.Limit()), err)
				}
			}
			break
		}
		if deadline, bounded := ctx.Deadline(); bounded && time.Until(deadline) < held {
			return tooSlow(ctx, operation, 0, fmt.Errorf("the API asked to wait for another %v, which is longer than the scenario has", held.Round(time.Millisecond)))
		}
		timer := time.NewTimer(held)
		select {
		case <-timer.C:
		case <-ctx.Done():
			timer.Stop()
			return tooSlow(ctx, operation, 0, ctx.Err())
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

// hear learns from an answer. Of many 429 at once only the first slows the run: those that were sent
// before it was heard say nothing new.
func (p *pace) hear(status int, header http.Header, sentAt time.Time) {
	if status != http.StatusTooManyRequests {
		return
	}
	now := p.now()
	held := retryAfter(header.Get("Retry-After"), now)
	p.mu.Lock()
	defer p.mu.Unlock()
	if until := now.Add(held); until.After(p.until) {
		first := sentAt.After(p.until)
		p.until = until
		if first {
			p.slowDown()
		}
	}
}

// slowDown lowers the rate below what was just sent. The caller holds the lock.
func (p *pace) slowDown() {
	perSecond := float64(max(p.sent, p.before, 1))
	if p.limiter != nil {
		perSecond = min(perSecond, float64(p.limiter.Limit()))
	}
	perSecond = max(perSecond*slowedTo, slowest)
	if p.limiter == nil {
		p.limiter = rate.NewLimiter(rate.Limit(perSecond), 1)
		return
	}
	p.limiter.SetLimit(rate.Limit(perSecond))
}

// retryAfter reads both forms of RFC 9110 section 10.2.3, seconds and a date, within the bounds.
func retryAfter(text string, now time.Time) time.Duration {
	held := heldWithoutHeader
	if seconds, err := strconv.Atoi(text); err == nil {
		held = time.Duration(min(max(seconds, 0), 3600)) * time.Second
	} else if at, err := http.ParseTime(text); err == nil {
		held = at.Sub(now)
	}
	return min(max(held, 0), heldAtMost)
}
