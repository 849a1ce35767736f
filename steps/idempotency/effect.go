package idempotency

import (
	"context"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/google/uuid"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/things"
)

// effect measures what a request that takes a key has done so far, by reads that are independent of
// its own answer: cards and transactions of the wallet concerned, and its amounts.
func effect(ctx context.Context, w *steps.World, draft *scene.Draft) (map[string]any, error) {
	effect := map[string]any{}
	for _, wallet := range walletsOf(w, draft) {
		body, err := things.Read(ctx, w, wallet)
		if err != nil {
			return nil, err
		}
		effect["amounts of wallet "+wallet.ID] = fmt.Sprintf("%v %v %v", body["amount"], body["reserved_amount"], body["total_amount"])
		if draft.Operation.Section == "Transactions" {
			items, err := w.Scene.List(ctx, "transactions-list", "primary",
				url.Values{"wallet": {wallet.ID}, "limit": {strconv.Itoa(things.PageSize)}})
			if err != nil {
				return nil, err
			}
			effect["transactions of wallet "+wallet.ID] = len(items)
			continue
		}
		cards, err := things.CardsOf(ctx, w, wallet.ID, things.Created(wallet))
		if err != nil {
			return nil, err
		}
		effect["cards of wallet "+wallet.ID] = cards
	}
	return effect, nil
}

// seenBy is the operation by whose answers a part of an effect is seen.
func seenBy(what string) string {
	switch part, _, _ := strings.Cut(what, " "); part {
	case "cards":
		return "cards-list"
	case "transactions":
		return "transactions-list"
	}
	return "wallets-get"
}

// walletsOf lists the wallets that a request is about.
func walletsOf(w *steps.World, draft *scene.Draft) []*scene.Thing {
	var wallets []*scene.Thing
	for _, name := range []string{"wallet_id", "from", "to"} {
		if id, ok := draft.Body[name].(string); ok {
			wallets = append(wallets, walletKnownAs(w, id))
		}
	}
	if card := w.Things["card"]; card != nil && len(draft.Request.Path) > 0 && card.Body != nil {
		if id, ok := card.Body["wallet_id"].(string); ok {
			wallets = append(wallets, walletKnownAs(w, id))
		}
	}
	return wallets
}

// walletKnownAs returns the thing that the scenario knows under an id, with its time of creation.
func walletKnownAs(w *steps.World, id string) *scene.Thing {
	for _, object := range w.Things {
		if object.Kind == "wallet" && object.ID == id {
			return object
		}
	}
	return &scene.Thing{Kind: "wallet", ID: id, As: "primary"}
}

// wasDoneOnce is for a repeat, and for copies sent at once.
func wasDoneOnce(ctx context.Context, w *steps.World, draft *scene.Draft) error {
	if kept := steps.State[repeats](w).first; kept != nil {
		return repeatDidNothing(ctx, w, kept)
	}
	return doneOnce(ctx, w, draft)
}

func repeatDidNothing(ctx context.Context, w *steps.World, kept *first) error {
	now, err := effect(ctx, w, kept.draft)
	if err != nil {
		return err
	}
	if len(now) == 0 {
		w.NoData("a repeat has no further effect", w.Own(contract.Effect), "nothing that this operation changes can be read")
		return nil
	}
	for what, before := range kept.effect {
		w.Expect(!further(before, now[what]), evidence.Assertion{Check: "a repeat has no further effect",
			Through: seenBy(what), Fact: effectOf(w, kept.draft), Message: "the repeat changed the " + what, Expected: fmt.Sprint(before),
			Actual: fmt.Sprint(now[what])})
	}
	return nil
}

// further reports whether something was done between two looks. A list that shows less than before says nothing of that:
// what is wrong with lists is asked elsewhere.
func further(before, now any) bool {
	switch before := before.(type) {
	case []string:
		shown, _ := now.([]string)
		return slices.ContainsFunc(shown, func(id string) bool { return !slices.Contains(before, id) })
	case int:
		shown, _ := now.(int)
		return shown > before
	}
	return now != before
}

// effectOf is a fact of what a request has done, whatever was read since.
func effectOf(w *steps.World, draft *scene.Draft) contract.Fact {
	f := w.Own(contract.Effect)
	f.Operation = draft.Operation.ID
	return f
}

// namesOne reports whether an id that an operation answered is that of a thing: what two answers share that is the id of
// none says nothing of whose they are. One of the documented form is taken for one, and so is any where nobody can ask.
func namesOne(ctx context.Context, w *steps.World, operation, id string) bool {
	kind := w.Session.Contract.Operation(operation).Creates
	if kind == "" || uuid.Validate(id) == nil || steps.Reader(w, kind) == nil {
		return true
	}
	_, err := things.Read(ctx, w, &scene.Thing{Kind: kind, ID: id, As: "primary"})
	return err == nil
}

// madeAtOnce are the things of a kind that the answers to copies name and that are there.
func madeAtOnce(ctx context.Context, w *steps.World, kind string) (ids []string) {
	named, _, _ := successes(w) // nothing was sent, nothing was made
	for _, id := range slices.Sorted(maps.Keys(named)) {
		if _, err := things.Read(ctx, w, &scene.Thing{Kind: kind, ID: id, As: "primary"}); id != "" && err == nil {
			ids = append(ids, id)
		}
	}
	return ids
}

func doneOnce(ctx context.Context, w *steps.World, draft *scene.Draft) error {
	effect, err := effect(ctx, w, draft)
	if err != nil {
		return err
	}
	if draft.Operation.ID == "cards-create" {
		cards, err := things.CardsOf(ctx, w, fmt.Sprint(draft.Body["wallet_id"]), things.Created(w.Things["wallet"]))
		if err != nil {
			return err
		}
		if len(cards) == 0 { // what a list leaves out is the list's
			cards = madeAtOnce(ctx, w, "card")
		}
		w.Expect(len(cards) == 1, evidence.Assertion{Check: "done once", Fact: effectOf(w, draft), Through: "cards-list",
			Message: "the wallet does not have exactly one card", Expected: "one card",
			Actual: fmt.Sprintf("%d cards", len(cards))})
		return nil
	}
	counted := false
	before := steps.State[repeats](w).before
	for what, n := range effect {
		most, least := 1, 1
		count, isCount := n.(int)
		earlier, _ := before[what].(int)
		count -= earlier
		if cards, are := n.([]string); are { // a card that takes another's place may be that very card (N-29)
			known, _ := before[what].([]string)
			isCount, least = true, 0
			count = len(slices.DeleteFunc(slices.Clone(cards), func(id string) bool { return slices.Contains(known, id) }))
		}
		if !isCount {
			continue
		}
		counted = true
		if count == 0 && least == 1 { // what a list leaves out is the list's
			count = len(madeAtOnce(ctx, w, "transaction"))
		}
		w.Expect(count >= least && count <= most, evidence.Assertion{Check: "done once", Fact: effectOf(w, draft), Through: seenBy(what),
			Message: "the request was not done exactly once", Expected: "one more of the " + what, Actual: strconv.Itoa(count)})
	}
	if !counted {
		w.NoData("done once", w.Own(contract.Effect), "nothing that this operation makes can be counted")
	}
	return nil
}
