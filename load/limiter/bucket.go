package limiter

import (
	"cmp"
	"context"
)

// The measurement of a bucket: so many tokens are awaited one by one where they come slowly enough.
const (
	tokensAwaited = 40
	slowRate      = 60
)

// measureBucket measures how fast a bucket fills, and then how much it holds.
func (p *probe) measureBucket(ctx context.Context, best Fit) error {
	rate := float64(best.Limit) / best.Window
	if rate <= slowRate {
		if err := p.awaitTokens(ctx, rate); err != nil {
			return err
		}
	} else {
		drained, err := p.burst(ctx, 3*best.Limit+refusedEnough, refusedEnough)
		if err != nil {
			return err
		}
		if err := p.api.Wait(ctx, 0.6*best.Window); err != nil {
			return err
		}
		gulp, err := p.burst(ctx, 3*best.Limit+refusedEnough, refusedEnough)
		if err != nil {
			return err
		}
		if span := gulp[len(gulp)-1].From - drained[len(drained)-1].From; span > 0 {
			p.hints.fullRate = float64(passed(gulp)) / span
		}
	}
	rate = cmp.Or(p.hints.fullRate, rate)
	if err := p.api.Wait(ctx, 1.3*float64(best.Limit)/rate); err != nil {
		return err
	}
	whole, err := p.burst(ctx, 3*best.Limit+refusedEnough, refusedEnough)
	if err != nil {
		return err
	}
	p.hints.counts = append(p.hints.counts, passed(whole))
	return nil
}

// awaitTokens empties the bucket and takes tokens as they come.
func (p *probe) awaitTokens(ctx context.Context, rate float64) error {
	if _, err := p.burst(ctx, p.found.Tried+refusedEnough, refusedEnough); err != nil {
		return err
	}
	var first, last float64
	taken := 0
	for taken < tokensAwaited && (first == 0 || p.api.Now()-first < 2*p.bounds.Longest) {
		if err := p.api.Wait(ctx, 0.3/rate); err != nil {
			return err
		}
		seen, err := p.burst(ctx, 1, 1)
		if err != nil {
			return err
		}
		if seen[0].Passed {
			if taken++; first == 0 {
				first = seen[0].From
			}
			last = seen[0].From
		}
	}
	if taken > 1 && last > first {
		p.hints.fullRate = float64(taken-1) / (last - first)
	}
	return nil
}
