package explore

import (
	"context"
	"fmt"
	"net/url"
	"slices"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/match"
)

// failing is the first of the eight checks that a card on the wallet fails, 0 for none.
func (one *wallet) failing() int {
	switch {
	case one.status != "ACTIVE":
		return 3
	case one.card != nil:
		return 4
	case one.company:
		return 7
	}
	return 0
}

func (w *walk) newCard(ctx context.Context, s Step, one *wallet) error {
	if w.programs[one.as] == nil {
		return nil
	}
	expected := one.failing()
	have := one.things()
	have["program"] = w.programs[one.as]
	draft, err := w.draft(ctx, "cards-create", one.as, have)
	if err != nil {
		return err
	}
	exchanges, err := w.copies(ctx, s, draft)
	if err != nil {
		return err
	}
	made := map[string]bool{}
	for _, exchange := range exchanges {
		if exchange.Status/100 == 2 {
			made[scene.IDOf(exchange)] = true
		}
	}
	first := exchanges[0]
	checks := w.Scene.Contract.CardOrder.Checks
	switch {
	case expected != 0 && len(made) > 0:
		check := checks[expected-1]
		return differs(check.Requirement, "check of card creation", "a card was made although a check forbids it: "+check.Check,
			fmt.Sprintf("a refusal that says %q", check.Message), answered(first))
	case expected != 0:
		if err := decides(checks, expected, exchanges); err != nil {
			return err
		}
	case len(made) > 1 && s.SameKey:
		return differs("IDEMP-29", "one card for one key", "copies under one key made more than one card", "one card",
			fmt.Sprintf("%d cards", len(made)))
	case len(made) > 1:
		return differs(checks[3].Requirement, "one card for one wallet", "requests at the same moment made more than one card on a wallet",
			"one card", fmt.Sprintf("%d cards", len(made)))
	case len(made) == 0 && w.left(draft, first):
		return nil
	case len(made) == 0:
		return notServed(draft.Operation.Served(), draft.Operation.Title, answered(first))
	}
	for id := range made {
		one.card = &card{id: id, wallet: one}
		w.cards[s.Number] = one.card
		if err := w.readCard(ctx, one.card); err != nil {
			return err
		}
	}
	if err := w.cardsListed(ctx, one); err != nil {
		return err
	}
	if len(made) > 0 {
		return w.agree(ctx, "MONEY-06")
	}
	return w.agree(ctx, "CARD-CREATE-19")
}

// decides holds refusals of a card against the first check that it fails: one of them has to say its message, since of
// copies at once under one key some may be told to wait for the first (N-14). Words that no check has say nothing of
// the order.
func decides(checks []contract.CardCheck, expected int, exchanges []*client.Exchange) error {
	said := func(check contract.CardCheck) bool {
		return slices.ContainsFunc(exchanges, func(e *client.Exchange) bool { return match.Says(check.Message).Holds(string(e.Body)) })
	}
	check := checks[expected-1]
	if said(check) {
		return nil
	}
	wanted, actual := fmt.Sprintf("a refusal that says %q", check.Message), answered(exchanges[0])
	if at := slices.IndexFunc(checks, said); at >= 0 {
		return differs("CARD-CREATE-15", "order of the checks", "another check decided than the first that fails: "+check.Check, wanted,
			fmt.Sprint(actual, evidence.OtherCheck, checks[at].Number))
	}
	found := differs(check.Requirement, fmt.Sprintf("check %d decides", expected),
		fmt.Sprintf("the refusal is not that of check %d: %s", expected, check.Check), wanted, actual)
	found.Facet = contract.Text
	return found
}

func (w *walk) readCard(ctx context.Context, c *card) error {
	body, err := w.scene.Get(ctx, "cards-get", c.wallet.as, c.id)
	if err != nil {
		return differing(err)
	}
	looks := []look{{match.Field(match.Equal(c.wallet.id), "wallet_id"),
		"HARNESS-12", "wallet of a card", "a card is on another wallet than it was made for"}}
	if c.status != "" {
		looks = append(looks, look{match.Field(match.Equal(c.status), "status"),
			"CARD-STATUS-07", "status of a card", "a later read of the card does not show the status that it was given"})
	}
	return held(body, looks...)
}

// cardsListed holds the newest cards of the list against the model.
func (w *walk) cardsListed(ctx context.Context, one *wallet) error {
	items, err := w.scene.List(ctx, "cards-list", one.as, url.Values{"limit": {"20"}, "order": {"desc"}})
	if err != nil {
		return differing(err)
	}
	n := 0
	for _, item := range items {
		if item["wallet_id"] == one.id {
			n++
		}
	}
	want := 0
	if one.card != nil {
		want = 1
	}
	if n > want {
		return differs("CARD-CREATE-19", "cards of a wallet", "the list of cards has more cards on a wallet than were made", fmt.Sprint(want),
			fmt.Sprint(n))
	}
	return nil
}

func (w *walk) cardStatus(ctx context.Context, s Step) error {
	c := w.cards[s.Card]
	if c == nil {
		return nil
	}
	draft, err := w.draft(ctx, "cards-update-status", c.wallet.as, scene.Things{"card": {Kind: "card", ID: c.id, As: c.wallet.as}})
	if err != nil {
		return err
	}
	exchange, err := w.scene.Send(ctx, draft.Set("status", s.Status))
	if err != nil {
		return err
	}
	if exchange.Status/100 == 2 {
		c.status = s.Status // no page says which changes are allowed; one that is accepted has to last
	}
	if err := w.readCard(ctx, c); err != nil {
		return err
	}
	return w.agree(ctx, "MONEY-06")
}
