package load

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
)

// otherKeys is how many keys the operations beside the two that are stormed get, each several times at once.
const otherKeys = 10

// others sends copies at once on every further operation that takes a key: every success under a key has the same
// body, a later replay too, and money moves once.
func (t *Target) others(ctx context.Context, program string, seed int64, copies int, result *reports.LoadPlan) error {
	for _, operation := range t.Contract.Operations {
		if !operation.NeedsKey() || slices.Contains(stormed, operation.ID) {
			continue
		}
		if err := t.other(ctx, operation, program, seed, copies, result); err != nil {
			return err
		}
	}
	return nil
}

// keyed is one request that takes a key, and what a wallet has to hold afterwards; empty for none.
type keyed struct {
	path   map[string]string
	body   map[string]any
	wallet string
	holds  int64
}

// keyedRequest makes what an operation needs and a request for it.
func (t *Target) keyedRequest(ctx context.Context, operation *contract.Operation, program string) (keyed, error) {
	wallet, _, err := t.newWallet(ctx)
	if err != nil {
		return keyed{}, err
	}
	switch operation.ID {
	case "transactions-create", "transactions-manual-debit":
		if _, err := t.credit(ctx, wallet, 10*stormAmount); err != nil {
			return keyed{}, err
		}
		if operation.ID == "transactions-manual-debit" {
			return keyed{body: map[string]any{"amount": int64(stormAmount), "reference": "kobcheck " + t.RunID, "from": wallet}, wallet: wallet, holds: 9 * stormAmount}, nil
		}
		to, _, err := t.newWallet(ctx)
		return keyed{body: transferBody(t.RunID, wallet, to, stormAmount), wallet: wallet, holds: 9 * stormAmount}, err
	case "cards-replace-renew", "cards-generate-secret":
		exchange, err := t.call(ctx, "cards-create", client.Request{Body: map[string]any{"wallet_id": wallet, "program_id": program}})
		if err != nil {
			return keyed{}, err
		}
		card := map[string]string{"id": idOf(exchange.Body), "action": "replace"}
		if operation.ID == "cards-generate-secret" {
			return keyed{path: card, body: map[string]any{"remarks": "kobcheck " + t.RunID}}, nil
		}
		return keyed{path: card, body: map[string]any{"reason": "DAMAGED"}}, nil
	}
	return keyed{}, fmt.Errorf("%q takes a key, and no storm knows how to call it", operation.Title)
}

func (t *Target) other(ctx context.Context, operation *contract.Operation, program string, seed int64, copies int, result *reports.LoadPlan) error {
	u, err := t.unit(ctx)
	if err != nil {
		return err
	}
	lines, err := dialAll(ctx, t.BaseURL, copies)
	if err != nil {
		return err
	}
	defer lines.close()
	together := 0
	broken := []string{}
	statuses := map[int]int{}
	for n := range otherKeys {
		one, err := t.keyedRequest(ctx, operation, program)
		if err != nil {
			return err
		}
		token, err := t.Client.Token(ctx, "primary", "")
		if err != nil {
			return err
		}
		key := newKey(t.RunID, seed, operation.ID, n)
		text, err := t.wire(operation, one.path, token.Value, key, one.body)
		if err != nil {
			return err
		}
		answers, err := lines.together(ctx, slices.Repeat([][]byte{text}, copies))
		if err != nil {
			return err
		}
		if overlapped(answers) {
			together++
		}
		replay, err := t.Client.Do(ctx, operation, client.Request{Key: key, Path: one.path, Body: one.body})
		if err != nil {
			return err
		}
		answers = append(answers, duplicate{status: replay.Status, body: sha256.Sum256(replay.Body)})
		bodies := map[[sha256.Size]byte]bool{}
		for _, answer := range answers {
			statuses[answer.status]++
			if answer.wrong == "" && answer.status/100 == 2 {
				bodies[answer.body] = true
			}
		}
		switch {
		case len(bodies) == 0:
			broken = append(broken, fmt.Sprintf("key %s…: no copy succeeded (%s)", key[:8], statusText(statuses, 0)))
		case len(bodies) > 1:
			broken = append(broken, fmt.Sprintf("key %s…: %d different answers under one key", key[:8], len(bodies)))
		}
		if one.wallet == "" {
			continue
		}
		b, err := t.balance(ctx, one.wallet)
		if err != nil {
			return err
		}
		if want := u.of(one.holds); b.total.Cmp(want) != 0 {
			broken = append(broken, fmt.Sprintf("key %s…: the wallet holds %s in place of %s", key[:8], decimal(b.total), decimal(want)))
		}
	}
	holds := len(broken) == 0
	invariant := reports.Invariant{Requirement: "IDEMP-29", Holds: &holds, Evidence: broken,
		Sentence: fmt.Sprintf("%s: %d copies at once under one key, and a later one, were answered alike and had one effect, for each of %d keys (%d of the bursts were under way together)", operation.Title, copies, otherKeys, together)}
	if holds && together == 0 {
		invariant.Holds = nil
	}
	result.Invariants = append(result.Invariants, invariant)
	return nil
}
