package explore

import (
	"bytes"
	"context"
	"fmt"
	"math/big"
	"net/url"
	"sync"

	"github.com/kobcheck/kobcheck/client"
)

// perform does a step and holds its answers and what they leave against the model. It returns a
// [*Difference] where they are not what the model allows.
func (w *walk) perform(ctx context.Context, s Step) error {
	switch s.Deed {
	case NewWallet, CompanyWallet:
		one, err := w.makeWallet(ctx, s.Deed == CompanyWallet)
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
		exchange, err := w.send(ctx, "wallets-update", client.Request{Path: map[string]string{"id": one.id}, Body: map[string]any{"status": s.Status}})
		if err != nil {
			return err
		}
		if exchange.Status/100 == 2 {
			one.status = s.Status
		}
		return w.agree(ctx, "WALLET-31")
	case Credit, Debit, Transfer:
		return w.move(ctx, s, one, w.wallets[s.Other])
	case ForeignRead:
		exchange, err := w.send(ctx, "wallets-get", client.Request{As: "second", Path: map[string]string{"id": one.id}})
		if err != nil {
			return err
		}
		if exchange.Status < 400 {
			return &Difference{"OWN-07", "another client's wallet", "a client can read a wallet of another", "a refusal", answered(exchange)}
		}
	}
	return nil
}

// copies sends a request so many times at the same moment, under one key or under one each.
func (w *walk) copies(ctx context.Context, s Step, operation string, request client.Request) ([]*client.Exchange, error) {
	n := max(s.Copies, 1)
	keys := make([]string, n)
	for i := range keys {
		if i > 0 && s.SameKey {
			keys[i] = keys[0]
			continue
		}
		key, err := w.Client.NewKey(ctx)
		if err != nil {
			return nil, err
		}
		keys[i] = key
	}
	exchanges, failures := make([]*client.Exchange, n), make([]error, n)
	var all sync.WaitGroup
	for i := range n {
		all.Go(func() {
			one := request
			one.Key = keys[i]
			exchanges[i], failures[i] = w.Client.Do(ctx, w.Contract.Operation(operation), one)
		})
	}
	all.Wait()
	for i := range n {
		if _, err := w.kept(operation, exchanges[i], failures[i]); err != nil {
			return nil, err
		}
	}
	request.Key = keys[0]
	answer := exchanges[0]
	for _, exchange := range exchanges {
		if exchange.Status/100 == 2 && answer.Status/100 != 2 && s.SameKey {
			answer = exchange
		}
	}
	w.keyed[s.Number] = &keyed{operation: operation, request: request, answer: answer}
	return exchanges, nil
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
	operation, body := "transactions-manual-credit", map[string]any{"amount": s.Amount, "reference": "kobcheck explore", "metadata": map[string]any{}}
	requirement := "MONEY-06"
	switch s.Deed {
	case Credit:
		body["to"] = one.id
	case Debit:
		operation, body["from"] = "transactions-manual-debit", one.id
	case Transfer:
		if other == nil {
			return nil
		}
		operation, body["from"], body["to"] = "transactions-create", one.id, other.id
		requirement = "MONEY-05"
	}
	exchanges, err := w.copies(ctx, s, operation, client.Request{Body: body})
	if err != nil {
		return err
	}
	if s.SameKey {
		requirement = "IDEMP-29"
	}
	amount := new(big.Rat).Mul(w.unit, big.NewRat(s.Amount, 1))
	enough := s.Deed == Credit || one.balance.Cmp(amount) >= 0
	active := one.status == "ACTIVE" && (other == nil || s.Deed != Transfer || other.status == "ACTIVE")
	if first := exchanges[0]; first.Status/100 == 2 && !enough {
		return &Difference{"MONEY-07", "overdraft", "more was taken from a wallet than it holds", "a refusal", answered(first)}
	} else if first.Status/100 != 2 && enough && active && !s.SameKey {
		o := w.Contract.Operation(operation)
		return &Difference{requirementOf(o), "success status", fmt.Sprintf("%q did not succeed as documented", o.Title), "a success", answered(first)}
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
	expected := one.failing()
	exchanges, err := w.copies(ctx, s, "cards-create", client.Request{Body: map[string]any{"wallet_id": one.id, "program_id": w.Program}})
	if err != nil {
		return err
	}
	made := map[string]bool{}
	for _, exchange := range exchanges {
		if exchange.Status/100 == 2 {
			made[textOf(exchange.Body, "id")] = true
		}
	}
	first := exchanges[0]
	operation := w.Contract.Operation("cards-create")
	switch {
	case expected != 0 && len(made) > 0:
		check := w.Contract.CardOrder.Checks[expected-1]
		return &Difference{check.Requirement, "check of card creation", "a card was made although a check forbids it: " + check.Check, fmt.Sprintf("a refusal that says %q", check.Message), answered(first)}
	case expected != 0:
		if check := w.Contract.CardOrder.Checks[expected-1]; !bytes.Contains(first.Body, []byte(check.Message)) {
			return &Difference{"CARD-CREATE-15", "order of the checks", "another check decided than the first that fails: " + check.Check, fmt.Sprintf("a refusal that says %q", check.Message), answered(first)}
		}
	case len(made) > 1 && s.SameKey:
		return &Difference{"IDEMP-29", "one card for one key", "copies under one key made more than one card", "one card", fmt.Sprintf("%d cards", len(made))}
	case len(made) > 1:
		return &Difference{w.Contract.CardOrder.Checks[3].Requirement, "one card for one wallet", "requests at the same moment made more than one card on a wallet", "one card", fmt.Sprintf("%d cards", len(made))}
	case len(made) == 0:
		return &Difference{requirementOf(operation), "success status", fmt.Sprintf("%q did not succeed as documented", operation.Title), "a success", answered(first)}
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
	exchange, err := w.set(ctx, "cards-get", client.Request{Path: map[string]string{"id": c.id}})
	if err != nil {
		return err
	}
	body := objectOf(exchange.Body)
	switch {
	case body["wallet_id"] != c.wallet.id:
		return &Difference{"HARNESS-12", "wallet of a card", "a card is on another wallet than it was made for", c.wallet.id, fmt.Sprint(body["wallet_id"])}
	case c.status != "" && body["status"] != c.status:
		return &Difference{"CARD-STATUS-07", "status of a card", "a later read of the card does not show the status that it was given", c.status, fmt.Sprint(body["status"])}
	}
	return nil
}

// cardsListed holds the newest cards of the list against the model.
func (w *walk) cardsListed(ctx context.Context, one *wallet) error {
	items, err := w.list(ctx, "cards-list", "primary", url.Values{"limit": {"100"}, "order": {"desc"}})
	if err != nil {
		return err
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
		return &Difference{"CARD-CREATE-19", "cards of a wallet", "the list of cards has more cards on a wallet than were made", fmt.Sprint(want), fmt.Sprint(n)}
	}
	return nil
}

func (w *walk) cardStatus(ctx context.Context, s Step) error {
	c := w.cards[s.Card]
	if c == nil {
		return nil
	}
	exchange, err := w.send(ctx, "cards-update-status", client.Request{Path: map[string]string{"id": c.id}, Body: map[string]any{"status": s.Status}})
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
		exchange, err := w.send(ctx, earlier.operation, earlier.request)
		if err != nil {
			return err
		}
		if exchange.Status != earlier.answer.Status || textOf(exchange.Body, "id") != textOf(earlier.answer.Body, "id") {
			return &Difference{"IDEMP-05", "answer of a repeat", "a repeat under one key is not answered as the first request was", answered(earlier.answer) + " with the same id", answered(exchange)}
		}
	}
	return w.agree(ctx, "IDEMP-01")
}

// list reads a list as objects.
func (w *walk) list(ctx context.Context, operation, as string, query url.Values) ([]map[string]any, error) {
	exchange, err := w.set(ctx, operation, client.Request{As: as, Query: query})
	if err != nil {
		return nil, err
	}
	return itemsOf(exchange.Body), nil
}

// lists holds the list of wallets against the model: each of ours once, and none for another client.
func (w *walk) lists(ctx context.Context) error {
	items, err := w.list(ctx, "wallets-list", "primary", nil)
	if err != nil {
		return err
	}
	counts := map[any]int{}
	for _, item := range items {
		counts[item["id"]]++
	}
	for _, number := range w.walletNumbers() {
		if n := counts[w.wallets[number].id]; n != 1 {
			return &Difference{"HARNESS-13", "wallet in its list", "a wallet is not in the list of wallets exactly once", "once", fmt.Sprintf("%d times", n)}
		}
	}
	if !w.HasSecond {
		return nil
	}
	foreign, err := w.list(ctx, "wallets-list", "second", nil)
	if err != nil {
		return err
	}
	for _, item := range foreign {
		for _, number := range w.walletNumbers() {
			if item["id"] == w.wallets[number].id {
				return &Difference{"OWN-06", "another client's list", "a wallet is in the list of another client", "none of ours", fmt.Sprint(item["id"])}
			}
		}
	}
	return nil
}
