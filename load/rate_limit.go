package load

import (
	"cmp"
	"context"
	"fmt"
	"math"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/load/limiter"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// probeLanes is how many requests of a burst are under way at once.
const probeLanes = 16

// probedOperation is what a probe calls: a read without side effects that needs nothing.
const probedOperation = "card-programs-list"

// asker asks the API for a probe of its limiter. It paces nothing: a refusal is what it is after.
type asker struct {
	target *Target
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
	return wait(ctx, time.Duration(seconds*float64(time.Second)))
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

// Burst sends requests in several lanes until so many were refused.
func (a *asker) Burst(ctx context.Context, most, refusals int) ([]limiter.Seen, error) {
	var mu sync.Mutex
	var all sync.WaitGroup
	var seen []limiter.Seen
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
	if failed == nil {
		failed = ctx.Err()
	}
	return seen, failed
}

func (a *asker) hear(exchange *client.Exchange) {
	if exchange.Status == http.StatusTooManyRequests {
		a.refusal, a.at = exchange.Header, time.Now()
		return
	}
	a.pass = exchange.Header
}

// ask sends one request and says whether it passed.
func (a *asker) ask(ctx context.Context, operation string, request client.Request) (limiter.Seen, *client.Exchange, error) {
	from := a.Now()
	exchange, err := a.target.Client.Do(ctx, a.target.Contract.Operation(operation), request)
	if err != nil {
		return limiter.Seen{}, nil, err
	}
	one := limiter.Seen{From: from, To: a.Now(), Passed: exchange.Status != http.StatusTooManyRequests}
	if one.Passed && exchange.Status/100 != 2 {
		return one, exchange, fmt.Errorf("probing a limiter: %s answered %d; it has to work without load first", operation, exchange.Status)
	}
	return one, exchange, nil
}

// probeLimiter finds out whether requests are limited, how, by what, and whether what a refusal says is so.
func probeLimiter(ctx context.Context, t *Target, plan *Plan, result *reports.LoadPlan) error {
	a := &asker{target: t}
	// The token is fetched first; any other request would count for the limiter and be missing in the picture.
	if _, err := t.Client.Token(ctx, "primary", ""); err != nil {
		return err
	}
	found, err := limiter.Find(ctx, a, limiter.Bounds{Most: plan.Most, Total: 2*plan.Most + recoveryPolls, Longest: time.Duration(plan.Longest).Seconds()})
	if err != nil {
		return err
	}
	result.Asks = asksOf(found.Trace)
	if len(found.Best) > 0 {
		result.WindowMS = 1000 * found.Best[0].Window
	}
	observe := func(id, question, answer string) {
		result.Observed = append(result.Observed, evidence.Observation{ID: id, Gap: "N-16", Question: question, Answer: answer})
	}
	observe("limit.limiter", "Is there a limiter, and which?", limiterText(found))
	if found.Present {
		observe("limit.confidence", "How sure is that?", confidenceText(found))
		observe("limit.refused", "Do refused requests count?", refusedText(found))
		if err := a.scope(ctx, found, observe); err != nil {
			return err
		}
		if err := a.waitTold(ctx, found, time.Duration(plan.Longest), observe); err != nil {
			return err
		}
		observe("limit.headers", "What do headers say of it?", headersText(a.pass, found))
	}
	observe("limit.spent", "What did the probe cost?", fmt.Sprintf("%d requests", a.spent))
	if stated := t.Stated; stated != nil {
		result.Invariants = append(result.Invariants, statedInvariant(stated, found))
	}
	return nil
}

// asksOf are the requests of a probe for its picture.
func asksOf(trace []limiter.Seen) []reports.LoadAsk {
	var asks []reports.LoadAsk
	for _, one := range trace {
		asks = append(asks, reports.LoadAsk{AtMS: 1000 * (one.From - trace[0].From), Passed: one.Passed})
	}
	slices.SortFunc(asks, func(a, b reports.LoadAsk) int { return cmp.Compare(a.AtMS, b.AtMS) })
	return asks
}

// statedInvariant holds the limiter that was found against the one that the operator states.
func statedInvariant(stated *Limit, found *limiter.Found) evidence.Invariant {
	want := float64(stated.Requests) / stated.Window.Seconds()
	holds := false
	if len(found.Best) > 0 {
		rate := float64(found.Best[0].Limit) / found.Best[0].Window
		holds = math.Abs(rate-want) <= 0.1*want
	}
	one := evidence.Invariant{Requirement: "RATE-04", Sentence: fmt.Sprintf("the limiter is the one that the target file states, %d requests in %v, within a tenth", stated.Requests, stated.Window), Holds: &holds, Evidence: []string{}, Given: true}
	switch {
	case !found.Present && found.Tried < stated.Requests:
		one.Holds = nil // the probe was not allowed to reach it
	case found.Present && len(found.Best) == 0:
		one.Holds = nil // it could not tell
	}
	if !holds {
		one.Evidence = append(one.Evidence, limiterText(found))
	}
	return one
}

func limiterText(f *limiter.Found) string {
	if !f.Present {
		return fmt.Sprintf("none up to %d requests at %.0f/s", f.Tried, f.PerSecond)
	}
	if len(f.Best) == 0 {
		return fmt.Sprintf("about %d requests at once; not found out: %s", f.Tried, strings.Join(f.Unknown, "; "))
	}
	best := f.Best[0]
	return fmt.Sprintf("%d requests in about %v, %s", best.Limit, threeDigits(best.Window), strings.Join(f.Kinds(), " or "))
}

// threeDigits writes seconds with three digits.
func threeDigits(seconds float64) time.Duration {
	unit := time.Duration(math.Pow(10, math.Floor(math.Log10(seconds*1e9))-2))
	return time.Duration(seconds * 1e9).Round(max(unit, time.Nanosecond))
}

func confidenceText(f *limiter.Found) string {
	text := f.Confidence()
	if len(f.Best) > 0 {
		text += fmt.Sprintf(": %d of %d answers contradict it", f.Best[0].Contradictions, len(f.Trace))
		if f.Margin > 0 && f.Margin < len(f.Trace) {
			text += fmt.Sprintf(", %d more the next kind", f.Margin)
		}
	}
	if len(f.Unknown) > 0 {
		text += "; not found out: " + strings.Join(f.Unknown, "; ")
	}
	return text
}

func refusedText(f *limiter.Found) string {
	if len(f.Best) != 1 && len(f.Kinds()) != 1 {
		return "not found out"
	}
	switch f.Best[0].Family {
	case limiter.SlidingRefused:
		return "yes: who goes on asking is refused for longer"
	case limiter.PenaltyBox:
		return "an excess blocks for a whole window; requests during the block do not prolong it"
	}
	return "no"
}

// scope exhausts the limit and then asks otherwise: for another operation, with a new token, as another client.
func (a *asker) scope(ctx context.Context, found *limiter.Found, observe func(id, question, answer string)) error {
	if _, err := a.Burst(ctx, found.Tried+probeLanes, 2); err != nil {
		return err
	}
	passes := func(operation string, request client.Request) (bool, error) {
		a.spent++
		one, _, err := a.ask(ctx, operation, request)
		return one.Passed, err
	}
	fresh, err := a.target.Client.FreshToken(ctx, "primary", "")
	if err != nil {
		return err
	}
	header := "Bearer " + fresh.Value
	others := []struct {
		scope   string
		call    string
		request client.Request
	}{{"operation", "wallets-list", client.Request{}}, {"token", probedOperation, client.Request{Authorization: &header}}}
	if a.target.Client.Has("second") {
		if _, err := a.target.Client.Token(ctx, "second", ""); err != nil {
			return err
		}
		others = append(others, struct {
			scope   string
			call    string
			request client.Request
		}{"client", probedOperation, client.Request{As: "second"}})
	}
	counts := map[string]bool{}
	for _, other := range others {
		// The same call as before has to be refused just before and after, or the limit was no longer used up.
		before, err := passes(probedOperation, client.Request{})
		if err != nil {
			return err
		}
		free, err := passes(other.call, other.request)
		if err != nil {
			return err
		}
		after, err := passes(probedOperation, client.Request{})
		if err != nil {
			return err
		}
		if !before && !after {
			counts[other.scope] = free
		} else if before || after {
			if _, err := a.Burst(ctx, found.Tried+probeLanes, 2); err != nil {
				return err
			}
		}
	}
	observe("limit.scope", "What does it count by?", scopeText(counts, a.target.Client.Has("second")))
	return nil
}

// scopeText says what a limiter counts by, from which other callers it let through.
func scopeText(free map[string]bool, hasSecond bool) string {
	var unknown []string
	for _, scope := range []string{"operation", "token", "client"} {
		if _, asked := free[scope]; !asked {
			unknown = append(unknown, scope)
		}
	}
	text := "everything together, or the address of the caller"
	switch {
	case free["operation"]:
		text = "each operation for itself"
	case free["token"]:
		text = "each token for itself"
	case free["client"]:
		text = "each client for itself"
	case !hasSecond:
		text = "more than an operation and a token; it takes a second client (target.clients.second) to tell a client from everything"
	}
	if len(unknown) > 0 && hasSecond {
		text += "; not found out for: " + strings.Join(unknown, ", ") + ", since the limit filled up meanwhile"
	}
	return text
}

// before is how long before the end of a wait that was told the limiter is asked once more.
const beforeTheEnd = 60 * time.Millisecond

// waitTold asks just before and just after the time that Retry-After names.
func (a *asker) waitTold(ctx context.Context, found *limiter.Found, longest time.Duration, observe func(id, question, answer string)) error {
	say := func(answer string) { observe("limit.answer", "How does it refuse?", "429 with Retry-After "+answer) }
	if _, err := a.Burst(ctx, found.Tried+probeLanes, 1); err != nil {
		return err
	}
	text := a.refusal.Get("Retry-After")
	told, readable := wholeSeconds(text)
	if !readable || time.Duration(told)*time.Second > longest {
		say(orNothing(text) + ", which was not tried out")
		return nil
	}
	end := a.at.Add(time.Duration(told) * time.Second)
	early := true
	if told > 0 {
		if err := wait(ctx, time.Until(end.Add(-beforeTheEnd))); err != nil {
			return err
		}
		a.spent++
		one, exchange, err := a.ask(ctx, probedOperation, client.Request{})
		if err != nil {
			return err
		}
		if early = one.Passed; !early {
			a.hear(exchange)
		}
	}
	if err := wait(ctx, max(0, time.Until(end.Add(beforeTheEnd)))); err != nil {
		return err
	}
	a.spent++
	late, _, err := a.ask(ctx, probedOperation, client.Request{})
	if err != nil {
		return err
	}
	switch {
	case !late.Passed:
		say(text + " s, but the next request was refused after it too")
	case early:
		say(text + " s, and the next request passed before it was over already")
	default:
		say(text + " s, and the next request was refused just before and passed just after")
	}
	return nil
}

func wholeSeconds(text string) (int, bool) {
	seconds, err := strconv.Atoi(text)
	return seconds, err == nil && seconds >= 0
}

func orNothing(text string) string {
	if text == "" {
		return "none"
	}
	return text
}

// headersText says which headers tell callers of a limit, and whether their figure is the one that was found.
func headersText(header http.Header, found *limiter.Found) string {
	var parts []string
	for _, name := range []string{"RateLimit-Policy", "RateLimit", "RateLimit-Limit", "RateLimit-Remaining", "RateLimit-Reset", "X-RateLimit-Limit", "X-RateLimit-Remaining", "X-RateLimit-Reset"} {
		if value := header.Get(name); value != "" {
			parts = append(parts, name+": "+value)
		}
	}
	if len(parts) == 0 {
		return "nothing before a refusal"
	}
	text := strings.Join(parts, "; ")
	for _, name := range []string{"RateLimit-Limit", "X-RateLimit-Limit"} {
		if told, err := strconv.Atoi(header.Get(name)); err == nil && len(found.Best) > 0 && told != found.Best[0].Limit {
			text += fmt.Sprintf(" (%s is not the %d that was found)", name, found.Best[0].Limit)
		}
	}
	return text
}
