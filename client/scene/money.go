package scene

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"strings"
)

// Balance is what a wallet shows: exact, whatever its JSON spelling.
type Balance struct {
	Total, Available, Reserved *big.Rat
	// Body is the wallet as it was answered.
	Body map[string]any
}

// Balance reads a wallet. An answer without total_amount or amount is [*Blocked]; reserved_amount may be missing.
func (s *Scene) Balance(ctx context.Context, as, wallet string) (Balance, error) {
	body, exchange, err := s.read(ctx, "wallets-get", as, wallet)
	if err != nil {
		return Balance{}, err
	}
	b, shown := BalanceOf(body)
	if !shown {
		return b, s.blocked(s.Contract.Operation("wallets-get"), exchange, "shows no total_amount or amount")
	}
	return b, nil
}

// BalanceOf is what a wallet holds as it shows itself; false where it shows no total or no available amount.
func BalanceOf(wallet map[string]any) (Balance, bool) {
	b := Balance{Total: Amount(wallet["total_amount"]), Available: Amount(wallet["amount"]),
		Reserved: Amount(wallet["reserved_amount"]), Body: wallet}
	if b.Total == nil || b.Available == nil {
		return b, false
	}
	if b.Reserved == nil {
		b.Reserved = new(big.Rat).Sub(b.Total, b.Available)
	}
	return b, true
}

// Amount is a decimal as [schemas.Decode] gives it, a number or a text; nil where it is none.
func Amount(value any) *big.Rat {
	text, isText := value.(string)
	if number, isNumber := value.(json.Number); isNumber {
		text, isText = number.String(), true
	}
	amount, ok := new(big.Rat).SetString(text)
	if !ok || !isText {
		return nil
	}
	return amount
}

// Decimal writes an amount without needless zeros, to six decimals.
func Decimal(amount *big.Rat) string {
	return strings.TrimSuffix(strings.TrimRight(amount.FloatString(6), "0"), ".")
}

// Unit is what an amount of 1 of a transaction moves a balance by; no page says (C-29).
type Unit struct {
	One *big.Rat
	// Wrong says in words that the known credit moved neither whole units nor hundredths, the two readings that there
	// are; empty where it did. Every later movement is held to the ratio all the same (C-29).
	Wrong string
}

// Of is what an amount moves a balance by.
func (u Unit) Of(amount int64) *big.Rat { return new(big.Rat).Mul(u.One, big.NewRat(amount, 1)) }

// known is the credit from which the unit is learnt.
const known = 10_000

// Unit learns the unit from one known credit on a new wallet of the primary client, once in a run. Errors are those
// of [Scene.Need].
func (s *Scene) Unit(ctx context.Context) (Unit, error) {
	return s.shared.unit.Get(ctx, func() (Unit, error) {
		wallet, err := s.Fresh(ctx, "primary", "wallet", nil)
		if err != nil {
			return Unit{}, err
		}
		before, err := s.Balance(ctx, "primary", wallet.ID)
		if err != nil {
			return Unit{}, err
		}
		if _, err := s.Book(ctx, "transactions-manual-credit", "primary", known, "", wallet.ID); err != nil {
			return Unit{}, err
		}
		after, err := s.Balance(ctx, "primary", wallet.ID)
		if err != nil {
			return Unit{}, err
		}
		moved := new(big.Rat).Sub(after.Total, before.Total)
		one := new(big.Rat).Quo(moved, big.NewRat(known, 1))
		wrong := ""
		if one.Cmp(big.NewRat(1, 1)) != 0 && one.Cmp(big.NewRat(1, 100)) != 0 {
			wrong = fmt.Sprintf("a credit of %d moved the balance of a new wallet by %s", known, Decimal(moved))
		}
		if one.Sign() <= 0 {
			one = big.NewRat(1, 100) // nothing can be learnt of it, and what moves later is held against something
		}
		return Unit{one, wrong}, nil
	})
}

// Booking is a valid request that moves an amount from one wallet to another; an operation without one of the sides
// leaves it aside.
func (s *Scene) Booking(ctx context.Context, operation, as string, amount int64, from, to string) (*Draft, error) {
	have := Things{FundedWallet: {ID: from}, "wallet": {ID: to}}
	draft, err := s.Draft(ctx, s.Contract.Operation(operation), as, have)
	if err != nil {
		return nil, err
	}
	return draft.Set("amount", amount).Set("from", from).Set("to", to), nil
}

// Book performs a booking that has to be served, and returns the transaction. Errors are those of [Scene.Need].
func (s *Scene) Book(ctx context.Context, operation, as string, amount int64, from, to string) (*Thing, error) {
	draft, err := s.Booking(ctx, operation, as, amount, from, to)
	if err != nil {
		return nil, err
	}
	return s.Create(ctx, draft)
}
