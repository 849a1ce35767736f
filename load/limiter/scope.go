package limiter

import (
	"cmp"
	"context"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/load/kind"
)

// otherCall differs from what is probed in one thing that a limiter may count by.
type otherCall struct {
	scope, call string
	request     client.Request
}

// scope exhausts the limit and then asks otherwise: for another operation, with a new token, as another client.
func (a *asker) scope(ctx context.Context, found *Found, observe func(id, question, answer string)) error {
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
	others := []otherCall{{"operation", "wallets-list", client.Request{}},
		{"token", probedOperation, client.Request{Authorization: new("Bearer " + fresh.Value)}}}
	if a.target.Client.Has("second") {
		if _, err := a.target.Client.Token(ctx, "second", ""); err != nil {
			return err
		}
		others = append(others, otherCall{"client", probedOperation, client.Request{As: "second"}})
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

// before is how long before the end of a wait that was told the limiter is asked once more.
const beforeTheEnd = 60 * time.Millisecond

// waitTold asks just before and just after the time that Retry-After names.
func (a *asker) waitTold(ctx context.Context, found *Found, longest time.Duration, observe func(id, question, answer string)) error {
	say := func(answer string) { observe("limit.answer", "How does it refuse?", "429 with Retry-After "+answer) }
	if _, err := a.Burst(ctx, found.Tried+probeLanes, 1); err != nil {
		return err
	}
	text := a.refusal.Get("Retry-After")
	told, readable := wholeSeconds(text)
	if !readable || time.Duration(told)*time.Second > longest {
		say(cmp.Or(text, "none") + ", which was not tried out")
		return nil
	}
	end := a.at.Add(time.Duration(told) * time.Second)
	early := true
	if told > 0 {
		if err := kind.Wait(ctx, time.Until(end.Add(-beforeTheEnd))); err != nil {
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
	if err := kind.Wait(ctx, max(0, time.Until(end.Add(beforeTheEnd)))); err != nil {
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
