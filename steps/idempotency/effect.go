package steps

import (
	"context"
	"fmt"
	"net/url"
	"sort"
	"strconv"
	"time"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// effect measures what a request that takes a key has done so far, by reads that are independent of
// its own answer: cards and transactions of the wallet concerned, and its amounts.
func (w *World) effect(ctx context.Context, draft *scene.Draft) (map[string]any, error) {
	effect := map[string]any{}
	for _, wallet := range w.walletsOf(draft) {
		body, err := w.read(ctx, wallet)
		if err != nil {
			return nil, err
		}
		effect["amounts of wallet "+wallet.ID] = fmt.Sprintf("%v %v %v", body["amount"], body["reserved_amount"], body["total_amount"])
		if draft.Operation.Section == "Transactions" {
			items, err := w.list(ctx, w.Session.Contract.Operation("transactions-list"), "primary", url.Values{"wallet": {wallet.ID}, "limit": {strconv.Itoa(pageSize)}})
			if err != nil {
				return nil, err
			}
			effect["transactions of wallet "+wallet.ID] = len(items)
			continue
		}
		cards, err := w.cardsOf(ctx, wallet.ID, created(wallet))
		if err != nil {
			return nil, err
		}
		effect["cards of wallet "+wallet.ID] = fmt.Sprint(cards)
	}
	return effect, nil
}

// walletsOf lists the wallets that a request is about.
func (w *World) walletsOf(draft *scene.Draft) []*scene.Thing {
	var wallets []*scene.Thing
	for _, name := range []string{"wallet_id", "from", "to"} {
		if id, ok := draft.Body[name].(string); ok {
			wallets = append(wallets, w.walletKnownAs(id))
		}
	}
	if card := w.things["card"]; card != nil && len(draft.Request.Path) > 0 && card.Body != nil {
		if id, ok := card.Body["wallet_id"].(string); ok {
			wallets = append(wallets, w.walletKnownAs(id))
		}
	}
	return wallets
}

// walletKnownAs returns the thing that the scenario knows under an id, with its time of creation.
func (w *World) walletKnownAs(id string) *scene.Thing {
	for _, object := range w.things {
		if object.Kind == "wallet" && object.ID == id {
			return object
		}
	}
	return &scene.Thing{Kind: "wallet", ID: id, As: "primary"}
}

// cardsOf returns the ids of our cards on a wallet that were made from a time on, sorted. The list of
// cards has no filter by wallet, hence the bound: a long-lived target has many cards.
func (w *World) cardsOf(ctx context.Context, walletID string, from time.Time) ([]string, error) {
	operation := w.Session.Contract.Operation("cards-list")
	var found []string
	query := url.Values{"order": {"desc"}}
	if !from.IsZero() {
		query.Set("from", stamp(from))
	}
	if _, _, err := w.walk(ctx, operation, "primary", query, func(items []any) bool {
		for _, item := range items {
			// What others create meanwhile moves entries onto the next page, where they are seen again.
			if card, ok := item.(map[string]any); ok && card["wallet_id"] == walletID && times(fmt.Sprint(card["id"]), found) == 0 {
				found = append(found, fmt.Sprint(card["id"]))
			}
		}
		return true
	}); err != nil {
		return nil, err
	}
	sort.Strings(found)
	return found, nil
}

func repeatDidNothing(ctx context.Context) error {
	w := From(ctx)
	kept, ok := w.notes["first"].(*first)
	if !ok {
		return faulty("no request was repeated before this step")
	}
	now, err := w.effect(ctx, kept.draft)
	if err != nil {
		return err
	}
	if len(now) == 0 {
		w.NoData("a repeat has no further effect", w.own(contract.Effect), "nothing that this operation changes can be read")
		return nil
	}
	for what, before := range kept.effect {
		w.Expect(now[what] == before, evidence.Assertion{Check: "a repeat has no further effect", Fact: w.own(contract.Effect),
			Message:  "the repeat changed the " + what,
			Expected: fmt.Sprint(before), Actual: fmt.Sprint(now[what])})
	}
	return nil
}

func doneOnce(ctx context.Context) error {
	w := From(ctx)
	draft, err := w.drafted()
	if err != nil {
		return err
	}
	effect, err := w.effect(ctx, draft)
	if err != nil {
		return err
	}
	if draft.Operation.ID == "cards-create" {
		cards, err := w.cardsOf(ctx, fmt.Sprint(draft.Body["wallet_id"]), created(w.things["wallet"]))
		if err != nil {
			return err
		}
		w.Expect(len(cards) == 1, evidence.Assertion{Check: "done once", Fact: w.fact("IDEMP-29", contract.Effect),
			Message: "the wallet does not have exactly one card", Expected: "one card", Actual: fmt.Sprintf("%d cards", len(cards))})
		return nil
	}
	counted := false
	before, _ := w.notes["effect before"].(map[string]any)
	for what, n := range effect {
		if count, ok := n.(int); ok {
			counted = true
			earlier, _ := before[what].(int)
			count -= earlier
			w.Expect(count == 1, evidence.Assertion{Check: "done once", Fact: w.fact("IDEMP-29", contract.Effect),
				Message: "the request was not done exactly once", Expected: "one more of the " + what, Actual: strconv.Itoa(count)})
		}
	}
	if !counted {
		w.NoData("done once", w.fact("IDEMP-29", contract.Effect), "nothing that this operation makes can be counted")
	}
	return nil
}
