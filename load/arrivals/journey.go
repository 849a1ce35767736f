package arrivals

import (
	"context"
	"net/url"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/load/kind"
)

// onboarding is what a mix calls the journey of a new customer: one arrival, nine calls one after the other.
const onboarding = "onboarding"

// journey is a customer under way.
type journey struct {
	*kind.Target
	Outcome
	have scene.Things
}

// onboard takes one new enduser from nothing to a card in use: wallet, card, activation, a credit, a transfer to
// another wallet, and a look at both lists. The latency is that of the whole journey, and what breaks it is
// named after its call.
func onboard(ctx context.Context, t *kind.Target, program *scene.Thing, checked bool) Outcome {
	j := &journey{Target: t, Outcome: Outcome{Operation: onboarding, Class: Good, Checked: checked},
		have: scene.Things{"program": program}}
	j.call(ctx, "endusers-create", 0, nil)
	j.call(ctx, "wallets-create", 0, nil)
	first := j.have["wallet"]
	j.call(ctx, "cards-create", 0, nil)
	j.call(ctx, "cards-update-status", 0, nil)
	j.call(ctx, "transactions-manual-credit", 1000, nil)
	j.call(ctx, "wallets-create", 0, nil)
	j.have[scene.FundedWallet] = first
	j.call(ctx, "transactions-create", 250, nil)
	j.call(ctx, "cards-list", 0, url.Values{"limit": {listLimit}, "order": {"desc"}})
	if j.Class == Good {
		j.call(ctx, "transactions-list", 0, url.Values{"limit": {listLimit}, "wallet": {first.ID}})
	}
	return j.Outcome
}

// call performs one step, unless one before it failed, and keeps what it made.
func (j *journey) call(ctx context.Context, id string, amount int64, query url.Values) {
	if j.Class != Good {
		return
	}
	operation := j.Contract.Operation(id)
	draft, err := j.Draft(ctx, operation, "primary", j.have)
	if err != nil {
		j.Class, j.Failure = Failed, id+" "+err.Error()
		return
	}
	draft.Set("amount", amount).Set("reference", j.Reference()).Set("status", "ACTIVE").Request.Query = query
	exchange, err := j.Client.Do(ctx, operation, draft.Ready())
	one := Judge(j.Target, operation, exchange, err, j.Checked)
	j.Findings, j.Later = append(j.Findings, one.Findings...), append(j.Later, one.Later...)
	if one.Class != Good {
		j.Class, j.Failure = one.Class, id+" "+one.Failure
		return
	}
	if operation.Creates == "" {
		return
	}
	made := &scene.Thing{Kind: operation.Creates, ID: scene.IDOf(exchange), As: "primary"}
	if made.Body, _ = scene.Object(scene.Value(exchange.Body)); made.ID == "" {
		j.Class, j.Failure = Failed, id+" answered without an id"
		return
	}
	j.have[made.Kind] = made
	if made.Kind == "wallet" {
		if err := j.Activate(ctx, made); err != nil {
			j.Class, j.Failure = Failed, id+" "+err.Error()
		}
	}
}
