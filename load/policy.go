package load

import (
	"context"
	"fmt"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/reports"
)

// policy probes one by one what the documentation leaves open about idempotency keys and writes down what
// this target does: the page that the documentation lacks.
func (t *Target) policy(ctx context.Context, program string, seed int64, result *reports.LoadPlan) error {
	create := t.Contract.Operation("cards-create")
	card := func(wallet string) map[string]any {
		return map[string]any{"wallet_id": wallet, "program_id": program}
	}
	n := 0
	probe := func(id, question string, ask func(key, first, wallet string) (string, error)) error {
		n++
		wallet, _, err := t.newWallet(ctx)
		if err != nil {
			return err
		}
		key := newKey(t.RunID, seed, "policy", n)
		exchange, err := t.call(ctx, "cards-create", client.Request{Key: key, Body: card(wallet)})
		if err != nil {
			return err
		}
		answer, err := ask(key, idOf(exchange.Body), wallet)
		if err != nil {
			return err
		}
		result.Observed = append(result.Observed, reports.Observation{ID: "idempotency.policy." + id, Gap: "C-13", Question: question, Answer: answer})
		return nil
	}
	said := func(first string, exchange *client.Exchange, err error) (string, error) {
		if err != nil {
			return "", err
		}
		switch id := idOf(exchange.Body); {
		case exchange.Status/100 == 2 && id == first:
			return fmt.Sprintf("%d with the first object", exchange.Status), nil
		case exchange.Status/100 == 2:
			return fmt.Sprintf("%d with a new object", exchange.Status), nil
		}
		return fmt.Sprintf("refused with %d", exchange.Status), nil
	}
	for _, one := range []struct {
		id, question string
		ask          func(key, first, wallet string) (string, error)
	}{
		{"other-data", "The same key with other data?", func(key, first, _ string) (string, error) {
			other, _, err := t.newWallet(ctx)
			if err != nil {
				return "", err
			}
			exchange, err := t.Client.Do(ctx, create, client.Request{Key: key, Body: card(other)})
			return said(first, exchange, err)
		}},
		{"other-spelling", "The same key with the same data, its members in another order?", func(key, first, wallet string) (string, error) {
			exchange, err := t.Client.Do(ctx, create, client.Request{Key: key, RawBody: fmt.Appendf(nil, `{ "wallet_id" : %q , "program_id" : %q }`, wallet, program), MediaType: "application/json"})
			return said(first, exchange, err)
		}},
		{"new-token", "The same key and data with a new token of the same client?", func(key, first, wallet string) (string, error) {
			token, err := t.Client.FreshToken(ctx, "primary", "")
			if err != nil {
				return "", err
			}
			header := "Bearer " + token.Value
			exchange, err := t.Client.Do(ctx, create, client.Request{Key: key, Authorization: &header, Body: card(wallet)})
			return said(first, exchange, err)
		}},
		{"other-operation", "The same key on another operation?", func(key, first, wallet string) (string, error) {
			exchange, err := t.Client.Do(ctx, t.Contract.Operation("transactions-manual-credit"), client.Request{Key: key, Body: creditBody(t.RunID, wallet, 1)})
			return said(first, exchange, err)
		}},
		{"malformed", "A key that is no UUID?", func(_, first, _ string) (string, error) {
			other, _, err := t.newWallet(ctx)
			if err != nil {
				return "", err
			}
			exchange, err := t.Client.Do(ctx, create, client.Request{Key: "not-a-uuid", Body: card(other)})
			return said(first, exchange, err)
		}},
		{"after-refusal", "The same key and data again after a refusal (4xx)?", func(_, first, wallet string) (string, error) {
			key := newKey(t.RunID, seed, "policy-refused", n)
			refused, err := t.Client.Do(ctx, create, client.Request{Key: key, Body: card(wallet)}) // the wallet has a card already
			if err != nil {
				return "", err
			}
			again, err := t.Client.Do(ctx, create, client.Request{Key: key, Body: card(wallet)})
			text, err := said(first, again, err)
			return fmt.Sprintf("first %d, then %s", refused.Status, text), err
		}},
	} {
		if err := probe(one.id, one.question, one.ask); err != nil {
			return err
		}
	}
	if !t.HasSecond {
		return nil
	}
	return probe("other-client", "The same key and data from another client?", func(key, first, wallet string) (string, error) {
		exchange, err := t.Client.Do(ctx, create, client.Request{As: "second", Key: key, Body: card(wallet)})
		text, err := said(first, exchange, err)
		if err == nil && idOf(exchange.Body) == first {
			holds := false
			result.Invariants = append(result.Invariants, reports.Invariant{Requirement: "OWN-01", Sentence: "a key never gives one client's card to another client", Holds: &holds, Evidence: []string{"the second client was answered with the first client's card"}})
		}
		return text, err
	})
}
