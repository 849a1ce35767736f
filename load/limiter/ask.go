package limiter

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"sync"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/load/kind"
)

// probeLanes is how many requests of a burst are under way at once.
const probeLanes = 16

// probedOperation is what a probe calls: a read without side effects that needs nothing.
const probedOperation = "card-programs-list"

// asker asks the API for a probe of its limiter. It paces nothing: a refusal is what it is after.
type asker struct {
	target *kind.Target
	spent  int
	// refusal is the head of the last 429, at when it came; pass is the head of the last answer that passed.
	refusal, pass http.Header
	at            time.Time
}

// Now is the wall clock in seconds, since limiters by the clock begin their windows with it.
func (a *asker) Now() float64 { return seconds(time.Now()) }

func seconds(t time.Time) float64 { return float64(t.UnixNano()) / 1e9 }

// Wait waits.
func (a *asker) Wait(ctx context.Context, seconds float64) error {
	return kind.Wait(ctx, time.Duration(seconds*float64(time.Second)))
}

// Burst sends requests in several lanes until so many were refused.
func (a *asker) Burst(ctx context.Context, most, refusals int) ([]Seen, error) {
	var mu sync.Mutex
	var all sync.WaitGroup
	var seen []Seen
	var failed error
	next, refused := 0, 0
	for range min(probeLanes, most) {
		all.Go(func() {
			for {
				mu.Lock()
				if next >= most || refused >= refusals || failed != nil || ctx.Err() != nil {
					mu.Unlock()
					return
				}
				next++
				mu.Unlock()
				one, exchange, err := a.ask(ctx, probedOperation, client.Request{})
				mu.Lock()
				switch {
				case err != nil:
					failed = err
				default:
					seen = append(seen, one)
					if !one.Passed {
						refused++
					}
					a.hear(exchange)
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	a.spent += next
	return seen, cmp.Or(failed, ctx.Err())
}

func (a *asker) hear(exchange *client.Exchange) {
	if exchange.Status == http.StatusTooManyRequests {
		a.refusal, a.at = exchange.Header, time.Now()
		return
	}
	a.pass = exchange.Header
}

// ask sends one request and says whether it passed.
func (a *asker) ask(ctx context.Context, operation string, request client.Request) (Seen, *client.Exchange, error) {
	from := a.Now()
	exchange, err := a.target.Client.Do(ctx, a.target.Contract.Operation(operation), request)
	if err != nil {
		return Seen{}, nil, err
	}
	one := Seen{From: from, To: a.Now(), Passed: exchange.Status != http.StatusTooManyRequests}
	if one.Passed && exchange.Status/100 != 2 {
		return one, exchange, fmt.Errorf("probing a limiter: %s answered %d; it has to work without load first", operation, exchange.Status)
	}
	return one, exchange, nil
}
