package storm

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/load/kind"
)

// otherKeys is how many keys the operations beside the two that are stormed get, each several times at once.
const otherKeys = 10

// others sends copies at once on every further operation that takes a key: every success under a key has the same
// body, a later replay too, and money moves once.
func (t *performance) others(ctx context.Context) error {
	for _, operation := range t.Contract.Operations {
		if !operation.NeedsKey() || slices.Contains(stormed, operation.ID) {
			continue
		}
		if err := t.other(ctx, operation); err != nil {
			return err
		}
	}
	return nil
}

// keyed is one request that takes a key, and what a wallet has to hold afterwards; no wallet for none.
type keyed struct {
	draft  *scene.Draft
	wallet string
	holds  int64
}

// keyedRequest makes what an operation needs and a request for it. Where it takes an amount from a wallet, that wallet
// tells whether it was done once.
func (t *performance) keyedRequest(ctx context.Context, operation *contract.Operation, key string) (keyed, error) {
	have := scene.Things{}
	draft, err := t.Draft(ctx, operation, "primary", have)
	if err != nil {
		return keyed{}, err
	}
	draft.Set("amount", int64(amount)).Set("reference", t.Reference()).Request.Key = key
	one := keyed{draft: draft}
	if funded := have[scene.FundedWallet]; funded != nil && operation.Field("amount") != nil {
		one.wallet, one.holds = funded.ID, scene.Funding-amount
	}
	return one, nil
}

func (t *performance) other(ctx context.Context, operation *contract.Operation) error {
	lines := t.Client.Lines()
	defer lines.Close()
	atOnce := 0
	var broken []string
	for n := range otherKeys {
		one, err := t.keyedRequest(ctx, operation, t.keys(operation.ID, n))
		if err != nil {
			return err
		}
		answers, err := together(ctx, lines, operation, slices.Repeat([]client.Request{one.draft.Ready()}, t.plan.Copies))
		if err != nil {
			return err
		}
		if overlapped(answers) {
			atOnce++
		}
		replay, err := t.Send(ctx, one.draft)
		if err != nil {
			return err
		}
		text := alike(append(answers, duplicate{status: replay.Status, body: sha256.Sum256(replay.Body)}))
		if text == "" && one.wallet != "" {
			if text, err = t.heldOnce(ctx, one); err != nil {
				return err
			}
		}
		if text != "" {
			broken = append(broken, fmt.Sprintf("key %s: %s", shortly(one.draft.Request.Key), text))
		}
	}
	t.result.Invariants = append(t.result.Invariants, kind.Held("IDEMP-29", fmt.Sprintf(
		"%s: %d copies at once under one key, and a later one, were answered alike and had one effect, for each of %s",
		operation.Title, t.plan.Copies, counted(atOnce, otherKeys, "keys")), atOnce > 0, broken))
	return nil
}

// alike says in words where the successes under one key differ, or where there is none.
func alike(answers []duplicate) string {
	bodies, statuses := map[[sha256.Size]byte]bool{}, map[int]int{}
	for _, answer := range answers {
		statuses[answer.status]++
		if answer.wrong == "" && answer.status/100 == 2 {
			bodies[answer.body] = true
		}
	}
	switch {
	case len(bodies) == 0:
		return fmt.Sprintf("no copy succeeded (%s)", statusText(statuses))
	case len(bodies) > 1:
		return fmt.Sprintf("%d different answers under one key", len(bodies))
	}
	return ""
}

// heldOnce says in words where a wallet does not hold what one effect leaves.
func (t *performance) heldOnce(ctx context.Context, one keyed) (string, error) {
	held, want, err := t.holds(ctx, one.wallet, one.holds)
	if err != nil || held.Cmp(want) == 0 {
		return "", err
	}
	return fmt.Sprintf("the wallet holds %s in place of %s", scene.Decimal(held), scene.Decimal(want)), nil
}
