package money

import (
	"context"
	"math/big"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/bursts"
)

// beyondIt is an amount that a wallet does not have.
const beyondIt = "more than it holds"

// tooMuch asks for more than a wallet holds: for a great deal, or for one unit of a transaction.
func tooMuch(ctx context.Context, w *steps.World, operation, much, from, to string) (err error) {
	amount := int64(100_000_000)
	if much != beyondIt {
		all, err := allOf(ctx, w)
		if err != nil {
			return err
		}
		amount = all + 1
	}
	if w.Draft, err = w.Scene.Booking(ctx, operation, "primary", amount, from, to); err != nil {
		return err
	}
	return w.SendDraft(ctx)
}

// tried is an amount that was sent to be credited.
type tried struct{ amount int64 }

func tryCredit(ctx context.Context, w *steps.World, amount int64) error {
	wallet, err := noteBalance(ctx, w, "wallet")
	if err != nil {
		return err
	}
	if _, err := unit(ctx, w); err != nil {
		return err
	}
	if w.Draft, err = w.Scene.Booking(ctx, "transactions-manual-credit", "primary", amount, "", wallet.ID); err != nil {
		return err
	}
	steps.State[tried](w).amount = amount
	return w.SendDraft(ctx)
}

// tryToMove is of no page: whoever takes such a transaction makes and loses nothing by it.
func tryToMove(ctx context.Context, w *steps.World, amount int64, where string) error {
	from, err := noteBalance(ctx, w, "wallet")
	if err != nil {
		return err
	}
	to := from
	if where != "itself" {
		if err := w.NeedClient("second", "only its owner can tell what it holds"); err != nil {
			return err
		}
		if to, err = noteBalance(ctx, w, "foreign wallet"); err != nil {
			return err
		}
	}
	if w.Draft, err = w.Scene.Booking(ctx, "transactions-create", "primary", amount, from.ID, to.ID); err != nil {
		return err
	}
	return w.SendDraft(ctx)
}

// holdsAsAnswered is for amounts of which no page says that they are taken (N-24).
func holdsAsAnswered(ctx context.Context, w *steps.World, exchange *client.Exchange) error {
	amount := steps.State[tried](w).amount
	if exchange.Status/100 != 2 {
		amount = 0
	}
	return expectMoved(ctx, w, "wallet", amount)
}

// allAtOnce asks many times at one moment for all that a wallet holds.
func allAtOnce(ctx context.Context, w *steps.World, how string, times int) error {
	from, err := noteBalance(ctx, w, "wallet")
	if err != nil {
		return err
	}
	operation, to := "transactions-manual-debit", ""
	if how != "debit" {
		other, err := noteBalance(ctx, w, "other wallet")
		if err != nil {
			return err
		}
		operation, to = "transactions-create", other.ID
	}
	all, err := allOf(ctx, w)
	if err != nil {
		return err
	}
	if w.Draft, err = w.Scene.Booking(ctx, operation, "primary", all, from.ID, to); err != nil {
		return err
	}
	steps.State[tried](w).amount = all
	return bursts.Together(ctx, w, times)
}

// holdsTheRest is for requests at one moment: each that was served took its amount.
func holdsTheRest(ctx context.Context, w *steps.World) error {
	served := int64(0)
	for _, answer := range bursts.Answers(w) {
		if answer.Status/100 == 2 {
			served++
		}
	}
	return expectMoved(ctx, w, "wallet", -served*steps.State[tried](w).amount)
}

// allOf is what the wallet held when it was noted, in units of a transaction.
func allOf(ctx context.Context, w *steps.World) (int64, error) {
	unit, err := unit(ctx, w)
	if err != nil {
		return 0, err
	}
	if unit.One.Sign() <= 0 {
		return 0, &scene.NotTestable{Why: "a known credit raises no balance here, so that what a wallet holds can't be asked for"}
	}
	whole := new(big.Rat).Quo(steps.State[noted](w).balances["wallet"].Available, unit.One)
	return new(big.Int).Quo(whole.Num(), whole.Denom()).Int64(), nil
}
