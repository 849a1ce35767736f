package load

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
)

// otherKeys is how many keys the operations beside the two that are stormed get, each several times at once.
const otherKeys = 10

// others sends copies at once on every further operation that takes a key: every success under a key has the same
// body, a later replay too, and money moves once.
func (t *Target) others(ctx context.Context, keys keys, copies int, result *reports.LoadPlan) error {
	for _, operation := range t.Contract.Operations {
		if !operation.NeedsKey() || slices.Contains(stormed, operation.ID) {
			continue
		}
		if err := t.other(ctx, operation, keys, copies, result); err != nil {
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
func (t *Target) keyedRequest(ctx context.Context, operation *contract.Operation, key string) (keyed, error) {
	have := scene.Things{}
	draft, err := t.Draft(ctx, operation, "primary", have)
	if err != nil {
		return keyed{}, err
	}
	draft.Set("amount", int64(stormAmount)).Set("reference", t.reference()).Request.Key = key
	one := keyed{draft: draft}
	if funded := have[scene.FundedWallet]; funded != nil && operation.Field("amount") != nil {
		one.wallet, one.holds = funded.ID, scene.Funding-stormAmount
	}
	return one, nil
}

func (t *Target) other(ctx context.Context, operation *contract.Operation, keys keys, copies int, result *reports.LoadPlan) error {
	lines := t.Client.Lines()
	defer lines.Close()
	atOnce := 0
	broken := []string{}
	statuses := map[int]int{}
	for n := range otherKeys {
		key := keys(operation.ID, n)
		one, err := t.keyedRequest(ctx, operation, key)
		if err != nil {
			return err
		}
		answers, err := together(ctx, lines, operation, slices.Repeat([]client.Request{one.draft.Ready()}, copies), one.wallet)
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
		held, want, err := t.holds(ctx, one.wallet, one.holds)
		if err != nil {
			return err
		}
		if held.Cmp(want) != 0 {
			broken = append(broken, fmt.Sprintf("key %s…: the wallet holds %s in place of %s", key[:8], scene.Decimal(held), scene.Decimal(want)))
		}
	}
	holds := len(broken) == 0
	invariant := reports.Invariant{Requirement: "IDEMP-29", Holds: &holds, Evidence: broken,
		Sentence: fmt.Sprintf("%s: %d copies at once under one key, and a later one, were answered alike and had one effect, for each of %d keys (%d of the bursts were under way together)", operation.Title, copies, otherKeys, atOnce)}
	if holds && atOnce == 0 {
		invariant.Holds = nil
	}
	result.Invariants = append(result.Invariants, invariant)
	return nil
}
