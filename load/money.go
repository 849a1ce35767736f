package load

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/schemas"
)

// balance is what a wallet shows: exact, whatever its JSON spelling.
type balance struct{ total, amount, reserved *big.Rat }

// balance reads a wallet.
func (t *Target) balance(ctx context.Context, wallet string) (balance, error) {
	exchange, err := t.call(ctx, "wallets-get", client.Request{Path: map[string]string{"id": wallet}})
	if err != nil {
		return balance{}, err
	}
	value, err := schemas.Decode(exchange.Body)
	if err != nil {
		return balance{}, fmt.Errorf("reading the balance of a wallet: %w", err)
	}
	object, _ := value.(map[string]any)
	b := balance{total: member(object, "total_amount"), amount: member(object, "amount"), reserved: member(object, "reserved_amount")}
	if b.total == nil || b.amount == nil {
		return balance{}, fmt.Errorf("reading the balance of a wallet: it shows no total_amount or amount")
	}
	if b.reserved == nil {
		b.reserved = new(big.Rat).Sub(b.total, b.amount)
	}
	return b, nil
}

func member(object map[string]any, name string) *big.Rat {
	var text string
	switch v := object[name].(type) {
	case json.Number:
		text = v.String()
	case string:
		text = v
	case float64:
		text = big.NewFloat(v).Text('g', -1)
	}
	rational, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil
	}
	return rational
}

// unit is what one unit of a transaction moves the amount of a wallet by; no page says (C-29).
type unit struct {
	one *big.Rat
	// wrong says in words why the known credit itself can't be right; empty where it can.
	wrong string
}

func (u unit) of(amount int64) *big.Rat { return new(big.Rat).Mul(u.one, big.NewRat(amount, 1)) }

// calibration is the known credit from which the unit is learnt.
const calibration = 10_000

// unit learns the unit from one known credit on a new wallet.
func (t *Target) unit(ctx context.Context) (unit, error) {
	wallet, _, err := t.newWallet(ctx)
	if err != nil {
		return unit{}, err
	}
	before, err := t.balance(ctx, wallet)
	if err != nil {
		return unit{}, err
	}
	if _, err := t.credit(ctx, wallet, calibration); err != nil {
		return unit{}, err
	}
	after, err := t.balance(ctx, wallet)
	if err != nil {
		return unit{}, err
	}
	moved := new(big.Rat).Sub(after.total, before.total)
	one := new(big.Rat).Quo(moved, big.NewRat(calibration, 1))
	if one.Cmp(big.NewRat(1, 1)) != 0 && one.Cmp(big.NewRat(1, 100)) != 0 {
		// Whole units or hundredths are the two readings that there are.
		return unit{big.NewRat(1, 100), fmt.Sprintf("a credit of %d moved the balance of a new wallet by %s", calibration, decimal(moved))}, nil
	}
	return unit{one: one}, nil
}

func decimal(r *big.Rat) string {
	text := r.FloatString(6)
	for len(text) > 1 && text[len(text)-1] == '0' {
		text = text[:len(text)-1]
	}
	if text[len(text)-1] == '.' {
		text = text[:len(text)-1]
	}
	return text
}
