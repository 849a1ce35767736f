package explore

import (
	"fmt"
	"math/rand/v2"
)

// Deed is what a step does.
type Deed string

// The deeds of a walk.
const (
	NewWallet     Deed = "new wallet"
	CompanyWallet Deed = "new wallet of a company"
	NewCard       Deed = "new card"
	CardStatus    Deed = "card status"
	WalletStatus  Deed = "wallet status"
	Credit        Deed = "credit"
	Debit         Deed = "debit"
	Transfer      Deed = "transfer"
	Repeat        Deed = "repeat"
	ForeignRead   Deed = "foreign read"
	ForeignStatus Deed = "foreign status"
	ForeignMoney  Deed = "foreign debit"
	Lists         Deed = "lists"
)

// Step is one step of a walk. It names the things that it is about by the number of the step that made them,
// so that it keeps its meaning when others are left out; where that step is gone, it does nothing.
type Step struct {
	Number int
	Deed   Deed
	// As is the client that makes a wallet; empty for ours. All else is done by who made the wallet, or by the other.
	As string
	// Wallet and Other are numbers of steps that made wallets, Card of one that asked for a card, Earlier of
	// one whose request is repeated.
	Wallet, Other, Card, Earlier int
	Amount                       int64
	Status                       string
	// Copies is how many requests leave at the same moment; SameKey says that they share their key.
	Copies  int
	SameKey bool
}

func (s Step) String() string {
	switch s.Deed {
	case CardStatus, WalletStatus:
		return fmt.Sprintf("%s %s", s.Deed, s.Status)
	case Credit, Debit, Transfer:
		return fmt.Sprintf("%s %d × %d", s.Deed, s.Amount, max(s.Copies, 1))
	}
	return string(s.Deed)
}

// simpler are steps that say less and may show the same.
func (s Step) simpler() (steps []Step) {
	if s.Deed == CompanyWallet {
		person := s
		person.Deed = NewWallet
		steps = append(steps, person)
	}
	for _, amount := range []int64{1, 100} {
		if s.Amount > amount {
			less := s
			less.Amount = amount
			steps = append(steps, less)
		}
	}
	return steps
}

// walletsAtMost keeps a walk small enough for states to meet.
const walletsAtMost = 3

// choose picks the next step out of those that the model has things for.
func (w *walk) choose(random *rand.Rand, number int) Step {
	wallets, cards, keyed := numbers(w.wallets), numbers(w.cards), numbers(w.keyed)
	s := Step{Number: number, Copies: 1}
	pairs, money := w.pairs(), !w.moneyless
	pick := func(from []int) int { return from[random.IntN(len(from))] }
	if len(wallets) == 0 {
		s.Deed = NewWallet
		return s
	}
	weights := []struct {
		deed   Deed
		weight int
		can    bool
	}{
		{NewWallet, 2, len(wallets) < walletsAtMost}, {CompanyWallet, 1, len(wallets) < walletsAtMost},
		{NewCard, 3, len(w.programs) > 0}, {CardStatus, 2, len(cards) > 0}, {WalletStatus, 1, true},
		{Credit, 4, money}, {Debit, 3, money}, {Transfer, 3, money && len(pairs) > 0}, {Repeat, 3, len(keyed) > 0}, {Lists, 1, true},
		{ForeignRead, 1, len(w.clients()) > 1}, {ForeignStatus, 1, len(w.clients()) > 1}, {ForeignMoney, 1, money && len(w.clients()) > 1},
	}
	sum := 0
	for _, one := range weights {
		if one.can {
			sum += one.weight
		}
	}
	at := random.IntN(sum)
	for _, one := range weights {
		if !one.can {
			continue
		}
		if at -= one.weight; at < 0 {
			s.Deed = one.deed
			break
		}
	}
	s.Wallet, s.Amount = pick(wallets), 1+random.Int64N(5000)
	switch s.Deed {
	case CardStatus:
		s.Card, s.Status = pick(cards), []string{"ACTIVE", "SUSPENDED", "STOLEN"}[random.IntN(3)]
	case NewWallet, CompanyWallet:
		if len(w.clients()) > 1 && random.IntN(3) == 0 {
			s.As = "second"
		}
	case WalletStatus, ForeignStatus:
		s.Status = []string{"ACTIVE", "SUSPENDED", "INACTIVE", "ACTIVE"}[random.IntN(4)]
	case Transfer:
		pair := pairs[random.IntN(len(pairs))]
		s.Wallet, s.Other = pair[0], pair[1]
	case Repeat:
		s.Earlier = pick(keyed)
		if w.AtOnce && random.IntN(3) == 0 {
			s.Copies = 4
		}
	case Credit, NewCard:
		if w.AtOnce && random.IntN(3) == 0 {
			s.Copies, s.SameKey = 4, random.IntN(2) == 0
		}
	}
	return s
}

// pairs are the wallets between which money may move: each two of one client.
func (w *walk) pairs() (pairs [][2]int) {
	for _, from := range numbers(w.wallets) {
		for _, to := range numbers(w.wallets) {
			if from != to && w.wallets[from].as == w.wallets[to].as {
				pairs = append(pairs, [2]int{from, to})
			}
		}
	}
	return pairs
}
