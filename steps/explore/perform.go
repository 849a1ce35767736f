package explore

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"math/big"
	"slices"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
)

// do performs a step and returns what differs, with the latest request as the one that shows it; nil for nothing.
func (w *walk) do(ctx context.Context, s Step) (*Difference, error) {
	err := w.perform(ctx, s)
	var found *Difference
	if !errors.As(err, &found) {
		return nil, err
	}
	if found.at = len(w.recorded); found.at > 0 {
		found.Operation = w.recorded[found.at-1].Operation
	}
	return found, nil
}

// perform does a step and holds its answers and what they leave against the model. It returns a
// [*Difference] where they are not what the model allows.
func (w *walk) perform(ctx context.Context, s Step) error {
	switch s.Deed {
	case NewWallet, CompanyWallet:
		one, err := w.makeWallet(ctx, cmp.Or(s.As, "primary"), s.Deed == CompanyWallet)
		if err == nil {
			w.wallets[s.Number] = one
		}
		return err
	case Lists:
		return w.lists(ctx)
	case Repeat:
		return w.repeat(ctx, s)
	case CardStatus:
		return w.cardStatus(ctx, s)
	}
	one := w.wallets[s.Wallet]
	if one == nil {
		return nil
	}
	switch s.Deed {
	case NewCard:
		return w.newCard(ctx, s, one)
	case WalletStatus:
		draft, err := w.draft(ctx, "wallets-update", one.as, one.things())
		if err != nil {
			return err
		}
		exchange, err := w.scene.Send(ctx, draft.Set("status", s.Status))
		if err != nil {
			return err
		}
		if exchange.Status/100 == 2 {
			one.status = s.Status
		}
		return w.agree(ctx, "MONEY-06")
	case Credit, Debit, Transfer:
		return w.move(ctx, s, one, w.wallets[s.Other])
	case ForeignRead, ForeignStatus, ForeignMoney:
		return w.reach(ctx, s, one)
	}
	return nil
}

// reach lets the other client read a wallet, change it or move its money: it is refused, and nothing has happened.
func (w *walk) reach(ctx context.Context, s Step, one *wallet) error {
	other := map[string]string{"primary": "second", "second": "primary"}[one.as]
	var draft *scene.Draft
	var err error
	requirement := "OWN-07"
	switch s.Deed {
	case ForeignRead:
		draft, err = w.draft(ctx, "wallets-get", other, one.things(other))
	case ForeignStatus:
		requirement = "OWN-03"
		if draft, err = w.draft(ctx, "wallets-update", other, one.things(other)); err == nil {
			draft.Set("status", s.Status)
		}
	default:
		draft, err = w.scene.Booking(ctx, "transactions-manual-debit", other, s.Amount, one.id, one.id)
		err = differing(err)
	}
	if err != nil {
		return err
	}
	exchange, err := w.scene.Send(ctx, draft)
	if err != nil {
		return err
	}
	if exchange.Status < 400 {
		return differs(requirement, "another client's wallet", "a client can read a wallet of another, or change it", "a refusal",
			answered(exchange))
	}
	if s.Deed == ForeignRead {
		return nil
	}
	return w.agree(ctx, "HARNESS-11")
}

// things are what a request about the wallet names; whoever asks is taken for its owner.
func (one *wallet) things(as ...string) scene.Things {
	return scene.Things{"wallet": {Kind: "wallet", ID: one.id, As: append(as, one.as)[0]}}
}

// copies sends a request so many times at the same moment, under one key or under one each.
func (w *walk) copies(ctx context.Context, s Step, draft *scene.Draft) ([]*client.Exchange, error) {
	requests := make([]client.Request, max(s.Copies, 1))
	for i := range requests {
		requests[i] = draft.Ready()
		if i > 0 && s.SameKey {
			requests[i].Key = requests[0].Key
			continue
		}
		key, err := w.Scene.Client.NewKey(ctx)
		if err != nil {
			return nil, err
		}
		requests[i].Key = key
	}
	draft.Request.Key = requests[0].Key
	exchanges, err := w.scene.Together(ctx, draft.Operation, requests)
	if err != nil {
		return nil, err
	}
	answer := exchanges[0]
	for _, exchange := range exchanges {
		if exchange.Status/100 == 2 && answer.Status/100 != 2 && s.SameKey {
			answer = exchange
		}
	}
	w.keyed[s.Number] = &keyed{draft: draft, answer: answer}
	return exchanges, nil
}

// left reports whether the pages leave open that a valid request is refused so: what this target takes, and from whom.
func (w *walk) left(draft *scene.Draft, exchange *client.Exchange) bool {
	return w.Scene.Open(draft, exchange) != nil
}

// effects counts the effects that the model allows for the answers: copies under one key have one between
// them, whatever each is answered; others have one for each success.
func effects(s Step, exchanges []*client.Exchange) int {
	n := 0
	for _, exchange := range exchanges {
		if exchange.Status/100 == 2 {
			n++
		}
	}
	if s.SameKey {
		return min(n, 1)
	}
	return n
}

// move books money and holds the balances of all wallets against the answers.
func (w *walk) move(ctx context.Context, s Step, one, other *wallet) error {
	operation, requirement, from, to := "transactions-manual-credit", "MONEY-06", one.id, one.id
	switch s.Deed {
	case Debit:
		operation = "transactions-manual-debit"
	case Transfer:
		if other == nil {
			return nil
		}
		operation, requirement, to = "transactions-create", "MONEY-05", other.id
	}
	draft, err := w.scene.Booking(ctx, operation, one.as, s.Amount, from, to)
	if err != nil {
		return differing(err)
	}
	exchanges, err := w.copies(ctx, s, draft)
	if err != nil {
		return err
	}
	if s.SameKey {
		requirement = "IDEMP-29"
	}
	amount := w.unit.Of(s.Amount)
	enough := s.Deed == Credit || one.balance.Cmp(amount) >= 0
	active := one.status == "ACTIVE" && (other == nil || s.Deed != Transfer || other.status == "ACTIVE")
	if first := exchanges[0]; first.Status/100 == 2 && !enough {
		return differs("MONEY-07", "overdraft", "more was taken from a wallet than it holds", "a refusal", answered(first))
	} else if first.Status/100 != 2 && enough && active && !s.SameKey && !w.left(draft, first) {
		return notServed(draft.Operation.Served(), draft.Operation.Title, answered(first))
	}
	moved := new(big.Rat).Mul(amount, big.NewRat(int64(effects(s, exchanges)), 1))
	switch s.Deed {
	case Credit:
		one.balance = new(big.Rat).Add(one.balance, moved)
	case Debit:
		one.balance = new(big.Rat).Sub(one.balance, moved)
	case Transfer:
		one.balance, other.balance = new(big.Rat).Sub(one.balance, moved), new(big.Rat).Add(other.balance, moved)
	}
	return w.agree(ctx, requirement)
}

// repeat sends an earlier request again under its key: the answer is the first one, and nothing moves.
func (w *walk) repeat(ctx context.Context, s Step) error {
	earlier := w.keyed[s.Earlier]
	if earlier == nil || earlier.answer.Status/100 != 2 {
		return nil // whether a refusal is kept under its key is stated nowhere
	}
	for range max(s.Copies, 1) {
		exchange, err := w.scene.Send(ctx, earlier.draft)
		if err != nil {
			return err
		}
		// Which success a repeat has is open (C-12); its id is not.
		if exchange.Status/100 != 2 || scene.IDOf(exchange) != scene.IDOf(earlier.answer) {
			return differs("IDEMP-05", "answer of a repeat", "a repeat under one key is not answered as the first request was",
				"a success with the same id", answered(exchange)).unserved()
		}
	}
	return w.agree(ctx, "IDEMP-01")
}

// lists holds the lists of wallets against the model: each of a client's once, and none of another's.
func (w *walk) lists(ctx context.Context) error {
	for _, as := range w.clients() {
		counts := map[string]int{}
		see := func(items []map[string]any) bool {
			for _, item := range items {
				counts[scene.ID(item)]++
			}
			return true
		}
		items, err := w.scene.List(ctx, "wallets-list", as, nil)
		if err != nil {
			return differing(err)
		}
		see(items)
		if err := w.scene.Beyond(ctx, "wallets-list", as, slices.Collect(maps.Keys(counts)), see); err != nil {
			return differing(err)
		}
		for _, number := range numbers(w.wallets) {
			one := w.wallets[number]
			switch n := counts[one.id]; {
			case one.as == as && n != 1:
				return differs("HARNESS-13", "wallet in its list", "a wallet is not in the list of wallets exactly once", "once",
					fmt.Sprintf("%d times", n))
			case one.as != as && n > 0:
				return differs("OWN-06", "another client's list", "a wallet is in the list of another client", "none of ours", one.id)
			}
		}
	}
	return nil
}

// clients are those that a walk is of.
func (w *walk) clients() []string {
	if w.Scene.Client.Has("second") {
		return []string{"primary", "second"}
	}
	return []string{"primary"}
}
