package load

import (
	"context"
	"fmt"
	"math"
	"net/http"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/reports"
)

// The probe of a rate limiter, from outside and with few requests: how many pass at once, what the refusal
// says, when the next one passes, and how many then do. From that follow kind, limit and window.

// probeLanes is how many requests of a burst are under way at once.
const probeLanes = 16

// refusedEnough is how many refusals in a row end a burst.
const refusedEnough = 3

// recoveryPolls bounds the polls for a recovery, longestRecovery its time.
const (
	recoveryPolls   = 200
	longestRecovery = 90 * time.Second
)

// limiterProbe is one probe under way.
type limiterProbe struct {
	target *Target
	most   int
	spent  int
	header string // the last Retry-After that was seen
}

// limiterFound is what the probe found out.
type limiterFound struct {
	present   bool
	tried     int
	perSecond float64
	limit     int
	kind      string
	window    time.Duration
	after     string
	honest    *bool
	unknown   []string
}

// probeLimiter finds out whether requests are limited and how.
func probeLimiter(ctx context.Context, t *Target, plan *Plan, result *reports.LoadPlan) error {
	p := &limiterProbe{target: t, most: plan.Most}
	if _, err := p.ask(ctx); err != nil { // a token, a connection
		return err
	}
	found, err := p.identify(ctx)
	if err != nil {
		return err
	}
	result.Observed = append(result.Observed, found.answers(p.spent)...)
	if stated := t.Stated; stated != nil {
		rate := float64(found.limit) / found.window.Seconds()
		want := float64(stated.Requests) / stated.Window.Seconds()
		holds := found.present && found.window > 0 && math.Abs(rate-want) <= 0.1*want
		one := reports.Invariant{Requirement: "RATE-04", Sentence: fmt.Sprintf("the limiter is the one that the target file states, %d requests in %v, within a tenth", stated.Requests, stated.Window), Holds: &holds, Evidence: []string{}}
		if !found.present && float64(found.tried) < float64(stated.Requests) {
			one.Holds = nil // the probe was not allowed to reach it
		}
		if !holds {
			one.Evidence = append(one.Evidence, found.text())
		}
		result.Invariants = append(result.Invariants, one)
	}
	return nil
}

// ask sends one request and reports whether it passed.
func (p *limiterProbe) ask(ctx context.Context) (bool, error) {
	p.spent++
	exchange, err := p.target.Client.Do(ctx, p.target.Contract.Operation("card-programs-list"), client.Request{})
	if err != nil {
		return false, err
	}
	return p.read(exchange)
}

func (p *limiterProbe) read(exchange *client.Exchange) (bool, error) {
	switch {
	case exchange.Status == http.StatusTooManyRequests:
		p.header = exchange.Header.Get("Retry-After")
		return false, nil
	case exchange.Status/100 == 2:
		return true, nil
	}
	return false, fmt.Errorf("probing a limiter: card-programs-list answered %d; it has to work without load first", exchange.Status)
}

// burst sends requests as fast as they go until they are refused, at most so many, and returns how many
// passed and when the first left.
func (p *limiterProbe) burst(ctx context.Context, most int) (passed int, refused bool, began time.Time, err error) {
	var mu sync.Mutex
	var all sync.WaitGroup
	began = time.Now()
	inRow := 0
	next := 0
	for range probeLanes {
		all.Go(func() {
			for {
				mu.Lock()
				if next >= most || inRow >= refusedEnough || err != nil || ctx.Err() != nil {
					mu.Unlock()
					return
				}
				next++
				p.spent++
				mu.Unlock()
				exchange, failed := p.target.Client.Do(ctx, p.target.Contract.Operation("card-programs-list"), client.Request{})
				mu.Lock()
				ok := false
				if failed == nil {
					ok, failed = p.read(exchange)
				}
				switch {
				case failed != nil:
					err = failed
				case ok:
					passed++
				default:
					inRow++
					refused = true
				}
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return passed, refused, began, err
}

// recover polls until a request passes and returns when that was.
func (p *limiterProbe) recover(ctx context.Context, hint time.Duration) (time.Time, bool, error) {
	began := time.Now()
	every := max(hint/40, 4*time.Millisecond)
	for range recoveryPolls {
		if time.Since(began) > longestRecovery {
			break
		}
		if err := wait(ctx, every); err != nil {
			return time.Time{}, false, err
		}
		at := time.Now()
		ok, err := p.ask(ctx)
		if err != nil {
			return time.Time{}, false, err
		}
		if ok {
			return at, true, nil
		}
	}
	return time.Time{}, false, nil
}

func wait(ctx context.Context, d time.Duration) error {
	timer := time.NewTimer(d)
	defer timer.Stop()
	select {
	case <-timer.C:
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}

// retryAfter reads a Retry-After in seconds; a second where there is none.
func (p *limiterProbe) retryAfter() time.Duration {
	if seconds, err := strconv.Atoi(p.header); err == nil && seconds > 0 {
		return time.Duration(seconds) * time.Second
	}
	return time.Second
}

func (p *limiterProbe) identify(ctx context.Context) (*limiterFound, error) {
	found := &limiterFound{}
	first, refused, began, err := p.burst(ctx, p.most)
	if err != nil {
		return nil, err
	}
	found.tried, found.perSecond = first, float64(first)/time.Since(began).Seconds()
	if !refused {
		return found, nil
	}
	found.present, found.after = true, p.header
	hint := p.retryAfter()
	// After the first recovery the count is known to begin: exhaust it at once, and see when it comes back.
	one, came, err := p.recover(ctx, hint)
	if err != nil || !came {
		found.unknown = append(found.unknown, "kind and window: no request passed again in time; perhaps refused ones count too")
		found.limit = first
		return found, err
	}
	honest := one.Sub(began) <= hint+hint/2+50*time.Millisecond
	found.honest = &honest
	second, _, _, err := p.burst(ctx, p.most)
	if err != nil {
		return nil, err
	}
	second++ // the poll that passed
	if second <= max(first/4, 2) {
		return p.bucket(ctx, found, first)
	}
	return p.windowed(ctx, found, one, second, hint)
}

// bucket measures how fast a bucket fills: what passes of a steady stream above its rate.
func (p *limiterProbe) bucket(ctx context.Context, found *limiterFound, first int) (*limiterFound, error) {
	found.kind = "token bucket"
	began, passed := time.Now(), 0
	const samples = 40
	for passed < samples && time.Since(began) < 20*time.Second && p.spent < 4*p.most {
		ok, err := p.ask(ctx)
		if err != nil {
			return nil, err
		}
		if ok {
			passed++
		}
		if err := wait(ctx, 2*time.Millisecond); err != nil {
			return nil, err
		}
	}
	perSecond := float64(passed) / time.Since(began).Seconds()
	if perSecond <= 0 {
		found.unknown = append(found.unknown, "its rate")
		found.limit = first
		return found, nil
	}
	// What passed in the first burst is the bucket and what flowed in meanwhile.
	found.limit = first
	found.window = time.Duration(float64(first) / perSecond * float64(time.Second))
	return found, nil
}

// windowed tells a fixed window from a sliding one: half of the limit is spent, and the rest later; a
// sliding window then gives back one half at a time.
func (p *limiterProbe) windowed(ctx context.Context, found *limiterFound, one time.Time, second int, hint time.Duration) (*limiterFound, error) {
	found.limit = second
	two, came, err := p.recover(ctx, hint)
	if err != nil || !came {
		found.kind, found.unknown = "a window", append(found.unknown, "the length of its window")
		return found, err
	}
	found.window = two.Sub(one).Round(5 * time.Millisecond)
	half := second / 2
	if _, _, _, err := p.burst(ctx, half-1); err != nil { // the poll that passed is one of them
		return nil, err
	}
	if err := wait(ctx, found.window*6/10); err != nil {
		return nil, err
	}
	if _, _, _, err := p.burst(ctx, second+refusedEnough); err != nil {
		return nil, err
	}
	if _, came, err = p.recover(ctx, found.window/2); err != nil || !came {
		found.kind, found.unknown = "a window", append(found.unknown, "whether it slides")
		return found, err
	}
	third, _, _, err := p.burst(ctx, second+refusedEnough)
	if err != nil {
		return nil, err
	}
	found.kind = "fixed window"
	if float64(third+1) <= 0.75*float64(second) {
		found.kind = "sliding window"
	}
	return found, nil
}

func (f *limiterFound) text() string {
	if !f.present {
		return fmt.Sprintf("none up to %d requests at %.0f/s", f.tried, f.perSecond)
	}
	text := fmt.Sprintf("%d requests", f.limit)
	if f.window > 0 {
		text += fmt.Sprintf(" in about %v", f.window.Round(10*time.Millisecond))
	}
	if f.kind != "" {
		text += ", " + f.kind
	}
	if len(f.unknown) > 0 {
		text += "; not found out: " + strings.Join(f.unknown, ", ")
	}
	return text
}

func (f *limiterFound) answers(spent int) []reports.Observation {
	out := []reports.Observation{{ID: "limit.limiter", Gap: "N-16", Question: "Is there a limiter, and which?", Answer: f.text()}}
	if f.present {
		after := "none"
		if f.after != "" {
			after = f.after + " s"
		}
		if f.honest != nil {
			after += map[bool]string{true: ", and the next request passed about then", false: ", but the next request passed only later"}[*f.honest]
		}
		out = append(out, reports.Observation{ID: "limit.answer", Gap: "N-16", Question: "How does it refuse?", Answer: "429 with Retry-After " + after})
	}
	return append(out, reports.Observation{ID: "limit.spent", Question: "What did the probe cost?", Answer: strconv.Itoa(spent) + " requests"})
}
