package steps

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"net/url"
	"strconv"
	"strings"

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

func (w *World) balance(ctx context.Context, wallet *scene.Thing) (scene.Balance, error) {
	return w.scene.Balance(ctx, cmp.Or(wallet.As, "primary"), wallet.ID)
}

// unit returns what an amount of a transaction moves the amounts of a wallet by, and says so once in a run (C-29:
// the unit is stated nowhere).
func (w *World) unit(ctx context.Context) (scene.Unit, error) {
	unit, err := w.scene.Unit(ctx)
	if err == nil {
		w.Session.unitTold.Do(func() {
			_ = w.prepare(func() error {
				w.Expect(unit.Wrong == "", evidence.Assertion{Check: "unit of amounts", Fact: w.fact("MONEY-06", contract.Values),
					Message:  "a known credit did not move the balance by its amount, in whole units or in hundredths",
					Expected: "as many whole units, or hundredths", Actual: unit.Wrong})
				return nil
			})
			w.Observe("money.unit", "N-25", "By how much does a credit of 1 raise the amount of a wallet?", scene.Decimal(unit.One))
		})
	}
	return unit, err
}

// transact sends one of the three operations that move money and expects it to succeed.
func (w *World) transact(ctx context.Context, operation string, amount int64, from, to string) (err error) {
	if w.draft, err = w.scene.Booking(ctx, operation, "primary", amount, from, to); err != nil {
		return err
	}
	if err := sendDraft(ctx); err != nil {
		return err
	}
	_, err = w.expectServed(w.draft.Operation, w.last)
	return err
}

// noteBalance keeps what a wallet holds, so that a later step can compare.
func (w *World) noteBalance(ctx context.Context, name string) (*scene.Thing, error) {
	wallet, err := w.thing(name)
	if err != nil {
		return nil, err
	}
	before, err := w.balance(ctx, wallet)
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

func creditWallet(ctx context.Context, amount int64) error {
	w := From(ctx)
	wallet, err := w.noteBalance(ctx, "wallet")
	if err != nil {
		return err
	}
	return w.transact(ctx, "transactions-manual-credit", amount, "", wallet.ID)
}

func debitWallet(ctx context.Context, amount int64) error {
	w := From(ctx)
	wallet, err := w.noteBalance(ctx, "wallet")
	if err != nil {
		return err
	}
	return w.transact(ctx, "transactions-manual-debit", amount, wallet.ID, "")
}

func moveMoney(ctx context.Context, amount int64) error {
	w := From(ctx)
	from, err := w.noteBalance(ctx, "wallet")
	if err != nil {
		return err
	}
	to, err := w.noteBalance(ctx, "other wallet")
	if err != nil {
		return err
	}
	return w.transact(ctx, "transactions-create", amount, from.ID, to.ID)
}

func overdraw(ctx context.Context) error {
	w := From(ctx)
	wallet, err := w.noteBalance(ctx, "wallet")
	if err != nil {
		return err
	}
	if w.draft, err = w.scene.Booking(ctx, "transactions-manual-debit", "primary", 100_000_000, wallet.ID, ""); err != nil {
		return err
	}
	return sendDraft(ctx)
}

// beforeAndNow returns what a wallet held when it was noted, and what it holds.
func (w *World) beforeAndNow(ctx context.Context, name string) (before, now scene.Balance, err error) {
	before, ok := w.notes["balance of "+name].(scene.Balance)
	if !ok {
		return before, now, faulty("what the %s held before was not noted", name)
	}
	wallet, err := w.thing(name)
	if err != nil {
		return before, now, err
	}
	now, err = w.balance(ctx, wallet)
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
	expected := new(big.Rat).Add(before.Total, unit.Of(amount))
	w.Expect(now.Total.Cmp(expected) == 0, evidence.Assertion{Check: "balance moved by the amount", Fact: w.own(contract.Effect),
		Pointer: "/total_amount", Message: "the balance of the " + name + " did not move by exactly the amount",
		Expected: scene.Decimal(expected), Actual: scene.Decimal(now.Total)})
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
	}{{"amount", before.Available, now.Available}, {"reserved_amount", before.Reserved, now.Reserved}, {"total_amount", before.Total, now.Total}} {
		w.Expect(part.before.Cmp(part.now) == 0, evidence.Assertion{Check: "balance has not moved", Fact: w.own(contract.Effect),
			Pointer: "/" + part.name,
			Message: part.name + " moved although nothing was done", Expected: scene.Decimal(part.before), Actual: scene.Decimal(part.now)})
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
		sumBefore.Add(sumBefore, before.Total)
		sumNow.Add(sumNow, now.Total)
	}
	w.Expect(sumBefore.Cmp(sumNow) == 0, evidence.Assertion{Check: "money is conserved", Fact: w.own(contract.Effect),
		Message:  "money was made or lost between the two wallets",
		Expected: scene.Decimal(sumBefore) + " together", Actual: scene.Decimal(sumNow) + " together"})
	return nil
}

func totalAddsUp(ctx context.Context) error {
	w := From(ctx)
	wallet, err := w.thing("wallet")
	if err != nil {
		return err
	}
	now, err := w.balance(ctx, wallet)
	if err != nil {
		return err
	}
	if now.Body["reserved_amount"] == nil {
		w.NoData("total adds up", w.own(contract.Effect), "the wallet shows no reserved_amount")
		return nil
	}
	sum := new(big.Rat).Add(now.Available, now.Reserved)
	w.Expect(sum.Cmp(now.Total) == 0, evidence.Assertion{Check: "total adds up", Fact: w.own(contract.Effect), Pointer: "/total_amount",
		Message: "total_amount is not amount plus reserved_amount", Expected: scene.Decimal(sum), Actual: scene.Decimal(now.Total)})
	return nil
}

func noneNegative(ctx context.Context) error {
	w := From(ctx)
	wallet, err := w.thing("wallet")
	if err != nil {
		return err
	}
	now, err := w.balance(ctx, wallet)
	if err != nil {
		return err
	}
	for name, value := range map[string]*big.Rat{"amount": now.Available, "reserved_amount": now.Reserved, "total_amount": now.Total} {
		w.Expect(value.Sign() >= 0, evidence.Assertion{Check: "no negative amount", Fact: w.own(contract.Effect), Pointer: "/" + name,
			Message: name + " is negative", Expected: "zero or more", Actual: scene.Decimal(value)})
	}
	return nil
}

func twoDecimals(ctx context.Context) error {
	w := From(ctx)
	wallet, err := w.thing("wallet")
	if err != nil {
		return err
	}
	now, err := w.balance(ctx, wallet)
	if err != nil {
		return err
	}
	for _, name := range []string{"amount", "reserved_amount", "total_amount"} {
		value, there := now.Body[name]
		if !there {
			continue
		}
		written := fmt.Sprint(value)
		_, fraction, _ := strings.Cut(written, ".")
		w.Expect(len(fraction) <= 2 && !strings.ContainsAny(written, "eE"), evidence.Assertion{Check: "at most two decimals",
			Fact:    w.own(contract.Values),
			Pointer: "/" + name,
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
		amount, err := strconv.ParseInt(strings.TrimSpace(one), 10, 64)
		if err != nil {
			return faulty("%q in the feature is no whole number", one)
		}
		if err := w.transact(ctx, "transactions-manual-credit", amount, "", wallet.ID); err != nil {
			return err
		}
	}
	return nil
}

func creditsAtOnce(ctx context.Context, times int, amount int64) error {
	w := From(ctx)
	wallet, err := w.noteBalance(ctx, "wallet")
	if err != nil {
		return err
	}
	if w.draft, err = w.scene.Booking(ctx, "transactions-manual-credit", "primary", amount, "", wallet.ID); err != nil {
		return err
	}
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
	w.Expect(times(transaction.ID, ids(items)) == 1, evidence.Assertion{Check: "is in the list", Fact: w.own(contract.Effect),
		Message:  "the transaction is not in the list of its wallet",
		Expected: "an entry with the id " + transaction.ID, Actual: fmt.Sprint(ids(items))})
	return nil
}
