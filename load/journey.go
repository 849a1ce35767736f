package load

import (
	"context"

	"github.com/kobcheck/kobcheck/client"
)

// onboarding is what a mix calls the journey of a new customer: one arrival, nine calls one after the other.
const onboarding = "onboarding"

// onboard takes one new enduser from nothing to a card in use: wallet, card, activation, a credit, a transfer to
// another wallet, and a look at both lists. The latency is that of the whole journey, and what breaks it is
// named after its call.
func (t *Target) onboard(ctx context.Context, program string, checked bool) outcome {
	journey := outcome{operation: onboarding, class: good, checked: checked}
	do := func(id string, request client.Request) string {
		if journey.class != good {
			return ""
		}
		operation := t.Contract.Operation(id)
		exchange, err := t.Client.Do(ctx, operation, request)
		one := t.judge(operation, exchange, err, checked)
		journey.findings = append(journey.findings, one.findings...)
		if one.class != good {
			journey.class, journey.failure = one.class, id+" "+one.failure
			return ""
		}
		return idOf(exchange.Body)
	}
	person := client.Request{Body: map[string]any{"person": map[string]any{"first_name": "Jane", "last_name": "Example", "email": "jane@example.test", "phone_number": "+61400000000"}, "metadata": map[string]any{}}}
	wallet := func(holder string) client.Request {
		return client.Request{Body: map[string]any{"holder_id": holder, "asset_class": "CURRENCY", "asset": "AUD", "partner_product": "KOBBLE_AUD_1"}}
	}
	holder := do("endusers-create", person)
	first := do("wallets-create", wallet(holder))
	card := do("cards-create", client.Request{Body: map[string]any{"wallet_id": first, "program_id": program}})
	do("cards-update-status", client.Request{Path: map[string]string{"id": card}, Body: map[string]any{"status": "ACTIVE"}})
	do("transactions-manual-credit", client.Request{Body: creditBody(t.RunID, first, 1000)})
	second := do("wallets-create", wallet(holder))
	do("transactions-create", client.Request{Body: transferBody(t.RunID, first, second, 250)})
	do("cards-list", client.Request{Query: map[string][]string{"limit": {"20"}, "order": {"desc"}}})
	do("transactions-list", client.Request{Query: map[string][]string{"limit": {"20"}, "wallet": {first}}})
	return journey
}
