package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"math/big"
	"net/url"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

func moneySentences() []Definition {
	const area = "money"
	return []Definition{
		define(area, `the balance of the wallet is noted`, "Reads the wallet and keeps its amounts for later comparison.", noteWallet),
		define(area, `we credit the wallet with (\d+)`, "A manual credit of so much, after noting what the wallet holds.", creditWallet),
		define(area, `we debit the wallet by (\d+)`, "A manual debit of so much, after noting what the wallet holds.", debitWallet),
		define(area, `we move (\d+) from the wallet to the other wallet`, "A transaction between two wallets, after noting what both hold.", moveMoney),
		define(area, `we try to debit the wallet by more than it holds`, "A manual debit of a thousand times what was put on it.", overdraw),
		define(area, `the wallet holds (\d+) (more|less) than before`, "The balance moved by exactly so much, in the unit that one known credit has shown.", holdsMoreOrLess),
		define(area, `the other wallet holds (\d+) more than before`, "The balance of the other wallet moved by exactly so much.", otherHoldsMore),
		define(area, `both wallets together hold what they held before`, "No money was made or lost.", conserved),
		define(area, `the wallet holds what it held before`, "No amount of the wallet has moved.", holdsTheSame),
		define(area, `the wallet's total is what is available plus what is reserved`, "total_amount = amount + reserved_amount, as decimals.", totalAddsUp),
		define(area, `no amount of the wallet is negative`, "amount, reserved_amount and total_amount are zero or more.", noneNegative),
		define(area, `the amounts of the wallet have no more than two decimals`, "As they stand in the answer, without exponents or leftovers of binary arithmetic.", twoDecimals),
		define(area, `(\d+) credits of (\d+) each are made on the wallet at once`, "Manual credits that leave at the same moment, each under a key of its own.", creditsAtOnce),
		define(area, `the credits (.+) are made one after another`, "Manual credits of these amounts on the wallet.", creditsOneByOne),
		define(area, `the transaction is in the list of the wallet`, "The list of transactions, filtered by the wallet, holds it.", transactionInList),
	}
}

// amounts are the three amounts of a wallet, exactly.
type amounts struct{ available, reserved, total *big.Rat }

func (w *World) amounts(ctx context.Context, wallet *Object) (amounts, map[string]any, error) {
	body, err := w.read(ctx, wallet)
	if err != nil {
		return amounts{}, nil, err
	}
	available, okA := decimal(body["amount"])
	reserved, okR := decimal(body["reserved_amount"])
	total, okT := decimal(body["total_amount"])
	if !okA || !okR || !okT {
		return amounts{}, nil, w.blocked(w.reader("wallet"), w.last, "the three amounts of a wallet")
	}
	return amounts{available, reserved, total}, body, nil
}

// unit learns how much one unit of a transaction moves the amount of a wallet: once per run, from one
// known credit on a fresh wallet (C-29: the unit is stated nowhere).
func (w *World) unit(ctx context.Context) (*big.Rat, error) {
	shared := &w.Session.shared
	shared.mu.Lock()
	defer shared.mu.Unlock()
	if shared.unit != nil {
		return shared.unit, nil
	}
	ours := w.things
	w.things = map[string]*Object{}
	w.preparing++
	defer func() { w.things = ours; w.preparing-- }()
	wallet, err := w.make(ctx, "primary", "wallet")
	if err != nil {
		return nil, err
	}
	before, _, err := w.amounts(ctx, wallet)
	if err != nil {
		return nil, err
	}
	const known = 12345
	if err := w.transact(ctx, "transactions-manual-credit", map[string]any{"amount": known, "to": wallet.ID}); err != nil {
		return nil, err
	}
	after, _, err := w.amounts(ctx, wallet)
	if err != nil {
		return nil, err
	}
	moved := new(big.Rat).Sub(after.total, before.total)
	unit := new(big.Rat).Quo(moved, big.NewRat(known, 1))
	one, hundredth := big.NewRat(1, 1), big.NewRat(1, 100)
	w.Expect(unit.Cmp(one) == 0 || unit.Cmp(hundredth) == 0, evidence.Assertion{Check: "unit of amounts", Fact: w.fact("MONEY-06", contract.Values),
		Message:  "a known credit did not move the balance by its amount, in whole units or in hundredths",
		Expected: fmt.Sprintf("%d or %s", known, big.NewRat(known, 100).FloatString(2)), Actual: decimalText(moved)})
	w.Observe("money.unit", "N-25", "By how much does a credit of 1 raise the amount of a wallet?", decimalText(unit))
	if unit.Sign() <= 0 {
		return nil, w.blocked(w.Session.Contract.Operation("transactions-manual-credit"), w.last, "money on the wallet")
	}
	shared.unit = unit
	return unit, nil
}

func decimalText(r *big.Rat) string {
	text := strings.TrimRight(r.FloatString(6), "0")
	return strings.TrimSuffix(text, ".")
}

// transact sends one of the three operations that move money and expects it to succeed.
func (w *World) transact(ctx context.Context, operation string, fields map[string]any) error {
	o := w.Session.Contract.Operation(operation)
	body := map[string]any{"reference": "kobcheck", "metadata": map[string]any{}}
	for name, value := range fields {
		body[name] = value
	}
	draft := &Draft{Operation: o, Body: body, Request: client.Request{As: "primary"}}
	exchange, err := w.send(ctx, draft)
	if err != nil {
		return err
	}
	w.draft = draft
	if served, err := w.expectServed(o, exchange); !served {
		return err
	}
	if id := scene.ID(w.decoded(exchange)); id != "" {
		w.things["transaction"] = &Object{Kind: "transaction", ID: id, Body: w.body(exchange), Sent: body, As: exchange.As}
	}
	return nil
}

// noteBalance keeps what a wallet holds, so that a later step can compare.
func (w *World) noteBalance(ctx context.Context, name string) (*Object, error) {
	wallet, err := w.thing(name)
	if err != nil {
		return nil, err
	}
	before, _, err := w.amounts(ctx, wallet)
	if err != nil {
		return nil, err
	}
	w.notes["balance of "+name] = before
	return wallet, nil
}

func noteWallet(ctx context.Context) error {
	w := From(ctx)
	_, err := w.noteBalance(ctx, "wallet")
	return err
}

func creditWallet(ctx context.Context, amount int) error {
	w := From(ctx)
	wallet, err := w.noteBalance(ctx, "wallet")
	if err != nil {
		return err
	}
	return w.transact(ctx, "transactions-manual-credit", map[string]any{"amount": amount, "to": wallet.ID})
}

func debitWallet(ctx context.Context, amount int) error {
	w := From(ctx)
	wallet, err := w.noteBalance(ctx, "wallet")
	if err != nil {
		return err
	}
	return w.transact(ctx, "transactions-manual-debit", map[string]any{"amount": amount, "from": wallet.ID})
}

func moveMoney(ctx context.Context, amount int) error {
	w := From(ctx)
	from, err := w.noteBalance(ctx, "wallet")
	if err != nil {
		return err
	}
	to, err := w.noteBalance(ctx, "other wallet")
	if err != nil {
		return err
	}
	return w.transact(ctx, "transactions-create", map[string]any{"amount": amount, "from": from.ID, "to": to.ID})
}

func overdraw(ctx context.Context) error {
	w := From(ctx)
	wallet, err := w.noteBalance(ctx, "wallet")
	if err != nil {
		return err
	}
	o := w.Session.Contract.Operation("transactions-manual-debit")
	w.draft = &Draft{Operation: o, Request: client.Request{As: "primary"}, Body: map[string]any{
		"amount": 100_000_000, "reference": "kobcheck", "metadata": map[string]any{}, "from": wallet.ID}}
	_, err = w.send(ctx, w.draft)
	return err
}

// beforeAndNow returns what a wallet held when it was noted, and what it holds.
func (w *World) beforeAndNow(ctx context.Context, name string) (before, now amounts, err error) {
	before, ok := w.notes["balance of "+name].(amounts)
	if !ok {
		return before, now, faulty("what the %s held before was not noted", name)
	}
	wallet, err := w.thing(name)
	if err != nil {
		return before, now, err
	}
	now, _, err = w.amounts(ctx, wallet)
	return before, now, err
}

func (w *World) expectMoved(ctx context.Context, name string, amount int64) error {
	before, now, err := w.beforeAndNow(ctx, name)
	if err != nil {
		return err
	}
	unit, err := w.unit(ctx)
	if err != nil {
		return err
	}
	expected := new(big.Rat).Add(before.total, new(big.Rat).Mul(unit, big.NewRat(amount, 1)))
	w.Expect(now.total.Cmp(expected) == 0, evidence.Assertion{Check: "balance moved by the amount", Fact: w.own(contract.Effect), Pointer: "/total_amount",
		Message: "the balance of the " + name + " did not move by exactly the amount", Expected: decimalText(expected), Actual: decimalText(now.total)})
	return nil
}

func holdsMoreOrLess(ctx context.Context, amount int64, direction string) error {
	if direction == "less" {
		amount = -amount
	}
	return From(ctx).expectMoved(ctx, "wallet", amount)
}

func otherHoldsMore(ctx context.Context, amount int64) error {
	return From(ctx).expectMoved(ctx, "other wallet", amount)
}

func holdsTheSame(ctx context.Context) error {
	w := From(ctx)
	before, now, err := w.beforeAndNow(ctx, "wallet")
	if err != nil {
		return err
	}
	for _, part := range []struct {
		name        string
		before, now *big.Rat
	}{{"amount", before.available, now.available}, {"reserved_amount", before.reserved, now.reserved}, {"total_amount", before.total, now.total}} {
		w.Expect(part.before.Cmp(part.now) == 0, evidence.Assertion{Check: "balance has not moved", Fact: w.own(contract.Effect), Pointer: "/" + part.name,
			Message: part.name + " moved although nothing was done", Expected: decimalText(part.before), Actual: decimalText(part.now)})
	}
	return nil
}

func conserved(ctx context.Context) error {
	w := From(ctx)
	sumBefore, sumNow := new(big.Rat), new(big.Rat)
	for _, name := range []string{"wallet", "other wallet"} {
		before, now, err := w.beforeAndNow(ctx, name)
		if err != nil {
			return err
		}
		sumBefore.Add(sumBefore, before.total)
		sumNow.Add(sumNow, now.total)
	}
	w.Expect(sumBefore.Cmp(sumNow) == 0, evidence.Assertion{Check: "money is conserved", Fact: w.own(contract.Effect), Message: "money was made or lost between the two wallets",
		Expected: decimalText(sumBefore) + " together", Actual: decimalText(sumNow) + " together"})
	return nil
}

func totalAddsUp(ctx context.Context) error {
	w := From(ctx)
	wallet, err := w.thing("wallet")
	if err != nil {
		return err
	}
	now, _, err := w.amounts(ctx, wallet)
	if err != nil {
		return err
	}
	sum := new(big.Rat).Add(now.available, now.reserved)
	w.Expect(sum.Cmp(now.total) == 0, evidence.Assertion{Check: "total adds up", Fact: w.own(contract.Effect), Pointer: "/total_amount",
		Message: "total_amount is not amount plus reserved_amount", Expected: decimalText(sum), Actual: decimalText(now.total)})
	return nil
}

func noneNegative(ctx context.Context) error {
	w := From(ctx)
	wallet, err := w.thing("wallet")
	if err != nil {
		return err
	}
	now, _, err := w.amounts(ctx, wallet)
	if err != nil {
		return err
	}
	for name, value := range map[string]*big.Rat{"amount": now.available, "reserved_amount": now.reserved, "total_amount": now.total} {
		w.Expect(value.Sign() >= 0, evidence.Assertion{Check: "no negative amount", Fact: w.own(contract.Effect), Pointer: "/" + name, Message: name + " is negative", Expected: "zero or more", Actual: decimalText(value)})
	}
	return nil
}

func twoDecimals(ctx context.Context) error {
	w := From(ctx)
	wallet, err := w.thing("wallet")
	if err != nil {
		return err
	}
	_, body, err := w.amounts(ctx, wallet)
	if err != nil {
		return err
	}
	for _, name := range []string{"amount", "reserved_amount", "total_amount"} {
		written := string(body[name].(json.Number))
		_, fraction, _ := strings.Cut(written, ".")
		w.Expect(len(fraction) <= 2 && !strings.ContainsAny(written, "eE"), evidence.Assertion{Check: "at most two decimals", Fact: w.own(contract.Values), Pointer: "/" + name,
			Message: name + " is not written like an amount of money", Expected: "at most two decimals and no exponent", Actual: written})
	}
	return nil
}

func creditsOneByOne(ctx context.Context, list string) error {
	w := From(ctx)
	wallet, err := w.noteBalance(ctx, "wallet")
	if err != nil {
		return err
	}
	for _, one := range strings.Split(list, ",") {
		amount, err := strconv.Atoi(strings.TrimSpace(one))
		if err != nil {
			return faulty("%q in the feature is no whole number", one)
		}
		if err := w.transact(ctx, "transactions-manual-credit", map[string]any{"amount": amount, "to": wallet.ID}); err != nil {
			return err
		}
	}
	return nil
}

func creditsAtOnce(ctx context.Context, times, amount int) error {
	w := From(ctx)
	wallet, err := w.noteBalance(ctx, "wallet")
	if err != nil {
		return err
	}
	operation := w.Session.Contract.Operation("transactions-manual-credit")
	w.draft, err = w.valid(ctx, operation, w.caller(operation))
	if err != nil {
		return err
	}
	setMember(w.draft.Body, "amount", amount)
	setMember(w.draft.Body, "to", wallet.ID)
	w.draft.Request.Body = w.draft.Body
	if err := callTogether(ctx, times); err != nil {
		return err
	}
	return everyOneSucceeds(ctx)
}

func transactionInList(ctx context.Context) error {
	w := From(ctx)
	transaction, err := w.made("transaction")
	if err != nil {
		return err
	}
	wallet, err := w.thing("wallet")
	if err != nil {
		return err
	}
	items, err := w.list(ctx, w.Session.Contract.Operation("transactions-list"), "primary", url.Values{"wallet": {wallet.ID}, "limit": {strconv.Itoa(pageSize)}})
	if err != nil {
		return err
	}
	w.Expect(times(transaction.ID, ids(items)) == 1, evidence.Assertion{Check: "is in the list", Fact: w.own(contract.Effect), Message: "the transaction is not in the list of its wallet",
		Expected: "an entry with the id " + transaction.ID, Actual: fmt.Sprint(ids(items))})
	return nil
}
