package explore

import (
	"context"
	"fmt"
	"math/big"
	"net/url"
	"slices"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/schemas/match"
)

// perform does a step and holds its answers and what they leave against the model. It returns a
// [*Difference] where they are not what the model allows.
func (w *walk) perform(ctx context.Context, s Step) error {
	switch s.Deed {
	case NewWallet, CompanyWallet:
		one, err := w.makeWallet(ctx, s.owner(), s.Deed == CompanyWallet)
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
		return w.agree(ctx, "WALLET-31")
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
	if s.SameKey && n > 1 {
		n = 1
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
		return differs(draft.Operation.Served(), "success status", fmt.Sprintf("%q did not succeed as documented", draft.Operation.Title),
			"a success", answered(first))
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
			made[idOf(exchange)] = true
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
		// Of copies at once under one key some may be told to wait for the first (N-14).
		check := checks[expected-1]
		says := func(exchange *client.Exchange) bool { return match.Says(check.Message).Holds(string(exchange.Body)) }
		if !slices.ContainsFunc(exchanges, says) {
			return differs("CARD-CREATE-15", "order of the checks", "another check decided than the first that fails: "+check.Check,
				fmt.Sprintf("a refusal that says %q", check.Message), answered(first))
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
		return differs(draft.Operation.Served(), "success status", fmt.Sprintf("%q did not succeed as documented", draft.Operation.Title),
			"a success", answered(first))
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
	return w.agree(ctx, "CARD-CREATE-19")
}

func (w *walk) readCard(ctx context.Context, c *card) error {
	body, err := w.scene.Get(ctx, "cards-get", c.wallet.as, c.id)
	if err != nil {
		return differing(err)
	}
	switch {
	case body["wallet_id"] != c.wallet.id:
		return differs("HARNESS-12", "wallet of a card", "a card is on another wallet than it was made for", c.wallet.id,
			fmt.Sprint(body["wallet_id"]))
	case c.status != "" && body["status"] != c.status:
		return differs("CARD-STATUS-07", "status of a card", "a later read of the card does not show the status that it was given", c.status,
			fmt.Sprint(body["status"]))
	}
	return nil
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
		if exchange.Status/100 != 2 || idOf(exchange) != idOf(earlier.answer) {
			return differs("IDEMP-05", "answer of a repeat", "a repeat under one key is not answered as the first request was",
				"a success with the same id", answered(exchange))
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
		var first []string
		for id := range counts {
			first = append(first, id)
		}
		if err := w.scene.Beyond(ctx, "wallets-list", as, first, see); err != nil {
			return differing(err)
		}
		for _, number := range w.walletNumbers() {
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
