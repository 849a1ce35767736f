package limiter

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/load/arrivals"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
)

// The requests that are paced by the engine: so many for the search at a constant rate, for a recovery, and of ordinary
// use, the latter at most at so many a second.
const (
	searchMost   = 400
	recoveryMost = 40
	ordinaryMost = 20
	ordinaryRate = 20
)

// The search asks below the rate that was found and at twice of it: what limits lets all of the former through, and
// about half of the latter once the burst is spent.
const (
	below = 0.8
	above = 2.0
)

// arriving is requests at a constant rate as the engine performed them.
type arriving struct {
	*arrivals.Measure
	seen []Seen
}

// refused counts those that were.
func (a arriving) refused() int { return len(a.seen) - passed(a.seen) }

// arrive asks at a constant rate, which the engine keeps whatever the API does.
func (a *asker) arrive(ctx context.Context, head *kind.Head, rate float64, count int) (arriving, error) {
	stage := reports.LoadStage{From: rate, To: rate, Seconds: float64(count) / rate}
	due := arrivals.Schedule([]reports.LoadStage{stage}, "even", 0)
	all := arriving{Measure: arrivals.MeasureOf(a.target)}
	all.Due, all.Asked = len(due), time.Duration(stage.Seconds*float64(time.Second))
	operation := a.target.Contract.Operation(probedOperation)
	var mu sync.Mutex
	arrivals.Attack(ctx, due, head, func(ctx context.Context, n int) arrivals.Outcome {
		from := a.Now()
		exchange, err := a.target.Client.Do(ctx, operation, client.Request{})
		o := arrivals.Judge(a.target, operation, exchange, err, n%head.CheckEvery == 0)
		if err == nil {
			mu.Lock()
			defer mu.Unlock()
			all.seen = append(all.seen, Seen{From: from, To: a.Now(), Passed: o.Class != arrivals.Throttled})
		}
		return o
	}, all.Add)
	a.spent += len(due)
	return all, ctx.Err()
}

// search asks at a constant rate below the limit that was found and above it, and then until requests pass again.
func (a *asker) search(ctx context.Context, p *Plan, found *Found, observe func(id, question, answer string)) error {
	if len(found.Best) == 0 {
		return nil
	}
	best, longest := found.Best[0], time.Duration(p.Longest).Seconds()
	rate := float64(best.Limit) / best.Window
	under, over := int(below*float64(best.Limit))+1, int(2*above*float64(best.Limit))
	say := func(answer string) { observe("limit.constant-rate", "What does it do at a constant rate?", answer) }
	if under+over > searchMost || 5*best.Window > longest {
		say(fmt.Sprintf("not tried: it takes %d requests in %v", under+over, threeDigits(5*best.Window)))
		return nil
	}
	if err := a.Wait(ctx, 1.1*best.Window); err != nil {
		return err
	}
	slow, err := a.arrive(ctx, &p.Head, below*rate, under)
	if err != nil {
		return err
	}
	fast, err := a.arrive(ctx, &p.Head, above*rate, over)
	if err != nil {
		return err
	}
	say(fmt.Sprintf("at %.3g/s %d of %d were refused, at %.3g/s %d of %d",
		below*rate, slow.refused(), len(slow.seen), above*rate, fast.refused(), len(fast.seen)))
	return a.recovery(ctx, p, best, observe)
}

// recovery asks at a constant rate after an excess, until a request passes.
func (a *asker) recovery(ctx context.Context, p *Plan, best Fit, observe func(id, question, answer string)) error {
	began := a.Now()
	length := 2 * best.Window
	polls, err := a.arrive(ctx, &p.Head, recoveryMost/length, recoveryMost)
	if err != nil {
		return err
	}
	answer := fmt.Sprintf("none of %d requests in %v passed", len(polls.seen), threeDigits(length))
	for _, one := range inOrder(polls.seen) {
		if one.Passed {
			answer = fmt.Sprintf("one passed %v after the excess, asked every %v",
				threeDigits(one.To-began), threeDigits(length/recoveryMost))
			break
		}
	}
	observe("limit.recovery", "When does a request pass after an excess, asked at a constant rate?", answer)
	return nil
}

// ordinary asks at a modest rate: half of the limit that was found, and never fast.
func (a *asker) ordinary(ctx context.Context, p *Plan, found *Found, result *reports.LoadPlan) (*arrivals.Measure, error) {
	rate, count := float64(ordinaryRate), ordinaryMost
	sure := !found.Present
	if len(found.Best) > 0 {
		best := found.Best[0]
		rate = min(rate, float64(best.Limit)/best.Window/2)
		sure = found.Confidence() == "sure"
		if err := a.Wait(ctx, min(1.1*best.Window, time.Duration(p.Longest).Seconds())); err != nil {
			return nil, err
		}
	}
	count = min(count, int(rate*time.Duration(p.Longest).Seconds()/3))
	if count == 0 {
		return nil, nil
	}
	use, err := a.arrive(ctx, &p.Head, rate, count)
	if err != nil {
		return nil, err
	}
	broken, all := use.Count("", arrivals.Failed)
	// Where the generator was late it sent what it owed at once, and where the limit is a guess half of it is one too.
	late := arrivals.Percentiles(use.Lag).P99 > kind.Milliseconds(time.Duration(p.Lag))
	shown := sure && broken == 0 && all == len(use.seen) && (!late || use.refused() == 0)
	var refused []string
	if shown && use.refused() > 0 {
		refused = append(refused, fmt.Sprintf("%d of %d requests were answered 429", use.refused(), all))
	}
	result.Invariants = append(result.Invariants, kind.Held("RATE-02",
		fmt.Sprintf("of %d requests of ordinary use at %.3g/s none was refused", all, rate), shown, refused))
	return use.Measure, nil
}
