// Package money holds the sentences about amounts: bookings, balances before and after, and that none is lost.
package money

import (
	"cmp"
	"context"
	"fmt"
	"math/big"
	"net/url"
	"strconv"
	"strings"
	"sync"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/match"
	"github.com/kobcheck/kobcheck/steps"
	"github.com/kobcheck/kobcheck/steps/bursts"
	"github.com/kobcheck/kobcheck/steps/things"
)

// Sentences returns the definitions of the area.
func Sentences() []steps.Definition {
	const area = "money"
	return []steps.Definition{
		steps.Define(area, `we (credit|debit) the wallet (?:with|by) (\d+|(?:one )?more than it holds)`,
			"A manual credit or debit of so much, after noting what the wallet holds.", book),
		steps.Define(area, `we move (\d+|(?:one )?more than it holds) from the wallet to the other wallet`,
			"A transaction between two wallets, after noting what both hold.", moveMoney),
		steps.Define(area, `we (debit|move to the other wallet) all that the wallet holds, (\d+) times at once`,
			"Requests that leave at the same moment, each under a key of its own; one alone can be met.", allAtOnce),
		steps.Define(area, `the wallet holds what those that were served have left`, "So much less for each of the requests that was answered with a success.", holdsTheRest),
		steps.Define(area, `we try to credit the wallet with (\d+)`, "The same, and it may be refused.", tryCredit),
		steps.Define(area, `we try to move (\d+) from the wallet to (itself|the foreign wallet)`, "A transaction of which both sides are one wallet, or one side is another client's; it may be refused.", tryToMove),
		steps.Define(area, `the credits (.+) are made one after another`, "Manual credits of these amounts on the wallet.", creditsOneByOne),
		steps.Define(area, `(\d+) credits of (\d+) each are made on the wallet at once`, "Manual credits that leave at the same moment, each under a key of its own.", creditsAtOnce),
		steps.Define(area, `the (other )?wallet holds (\d+) (more|less) than before`, "The balance moved by exactly so much, in the unit that one known credit has shown.", holdsMoreOrLess),
		steps.Define(area, `the wallet holds what the answer says`, "As much more as was sent where the credit was taken, else what it held before.", holdsAsAnswered),
		steps.Define(area, `{} what (?:it|they) held before`, "Nothing has moved, or what was taken here came there.", steps.Choice{
			{Word: "the wallet holds", Doc: "no amount of the wallet has moved.", Handler: holdsTheSame},
			{Word: "both wallets together hold", Doc: "no money was made or lost.", Handler: conserved},
		}),
		steps.Define(area, `the wallet's amounts {}`, "The amounts that the wallet shows now.", steps.Choice{
			{Word: "add up to its total", Doc: "total_amount = amount + reserved_amount, as decimals.", Handler: balanceNow(totalAddsUp)},
			{Word: "are not negative", Doc: "amount, reserved_amount and total_amount are zero or more.", Handler: balanceNow(noneNegative)},
			{Word: "have no more than two decimals", Doc: "as they stand in the answer, without exponents or leftovers of binary arithmetic.", Handler: balanceNow(twoDecimals)},
		}),
		steps.Define(area, `the transaction is in the list of the wallet`, "The list of transactions, filtered by the wallet, holds it.", transactionInList),
	}
}

// amounts are the members of a wallet that hold money.
var amounts = []string{"amount", "reserved_amount", "total_amount"}

// noted is what the wallets of the scenario held before, by their names.
type noted struct{ balances map[string]scene.Balance }

// told says the unit of amounts once in a run.
type told struct{ once sync.Once }

func balance(ctx context.Context, w *steps.World, wallet *scene.Thing, was map[string]any) (scene.Balance, error) {
	as := cmp.Or(wallet.As, "primary")
	body, err := w.Look(ctx, "wallets-get", as, wallet.ID, was)
	if err != nil {
		return scene.Balance{}, err
	}
	if b, shown := scene.BalanceOf(body); shown {
		return b, nil
	}
	return w.Scene.Balance(ctx, as, wallet.ID)
}

// unit returns what an amount of a transaction moves the amounts of a wallet by, and says so once in a run (C-29:
// the unit is stated nowhere).
func unit(ctx context.Context, w *steps.World) (scene.Unit, error) {
	unit, err := w.Scene.Unit(ctx)
	if err == nil {
		steps.Shared(w.Session, func() *told { return new(told) }).once.Do(func() {
			_ = w.Preparing(func() error {
				w.Expect(unit.Wrong == "", evidence.Assertion{Check: "unit of amounts", Fact: w.Fact("MONEY-06", contract.Values),
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
func transact(ctx context.Context, w *steps.World, operation string, amount int64, from, to string) (err error) {
	if w.Draft, err = w.Scene.Booking(ctx, operation, "primary", amount, from, to); err != nil {
		return err
	}
	if err := w.SendDraft(ctx); err != nil {
		return err
	}
	_, err = w.ExpectServed(w.Draft.Operation, w.Last)
	return err
}

// noteBalance keeps what a wallet holds, so that a later step can compare.
func noteBalance(ctx context.Context, w *steps.World, name string) (*scene.Thing, error) {
	wallet, err := w.Thing(name)
	if err != nil {
		return nil, err
	}
	before, err := balance(ctx, w, wallet, nil)
	if err != nil {
		return nil, err
	}
	s := steps.State[noted](w)
	if s.balances == nil {
		s.balances = map[string]scene.Balance{}
	}
	s.balances[name] = before
	return wallet, nil
}

func book(ctx context.Context, w *steps.World, which, much string) error {
	wallet, err := noteBalance(ctx, w, "wallet")
	if err != nil {
		return err
	}
	if strings.HasSuffix(much, beyondIt) {
		return tooMuch(ctx, w, "transactions-manual-debit", much, wallet.ID, "")
	}
	amount, err := strconv.ParseInt(much, 10, 64)
	if err != nil {
		return steps.Faulty("%q in the feature is no amount", much)
	}
	if which == "credit" {
		return transact(ctx, w, "transactions-manual-credit", amount, "", wallet.ID)
	}
	return transact(ctx, w, "transactions-manual-debit", amount, wallet.ID, "")
}

func moveMoney(ctx context.Context, w *steps.World, much string) error {
	from, err := noteBalance(ctx, w, "wallet")
	if err != nil {
		return err
	}
	to, err := noteBalance(ctx, w, "other wallet")
	if err != nil {
		return err
	}
	if strings.HasSuffix(much, beyondIt) {
		return tooMuch(ctx, w, "transactions-create", much, from.ID, to.ID)
	}
	amount, err := strconv.ParseInt(much, 10, 64)
	if err != nil {
		return steps.Faulty("%q in the feature is no amount", much)
	}
	return transact(ctx, w, "transactions-create", amount, from.ID, to.ID)
}

// beforeAndNow returns what a wallet held when it was noted, and what it holds.
func beforeAndNow(ctx context.Context, w *steps.World, name string) (before, now scene.Balance, err error) {
	wallet, err := w.Thing(name)
	if err != nil {
		return before, now, err
	}
	before, ok := steps.State[noted](w).balances[name]
	if !ok {
		var body map[string]any
		if body, ok = things.Noted(w, wallet); ok {
			before, ok = scene.BalanceOf(body)
		}
	}
	if !ok {
		return before, now, steps.Faulty("what the %s held before was not noted", name)
	}
	now, err = balance(ctx, w, wallet, before.Body)
	return before, now, err
}

func expectMoved(ctx context.Context, w *steps.World, name string, amount int64) error {
	before, now, err := beforeAndNow(ctx, w, name)
	if err != nil {
		return err
	}
	unit, err := unit(ctx, w)
	if err != nil {
		return err
	}
	expected := new(big.Rat).Add(before.Total, unit.Of(amount))
	w.Expect(now.Total.Cmp(expected) == 0, evidence.Assertion{Check: "balance moved by the amount", Through: "wallets-get",
		Fact: w.Own(contract.Effect), Pointer: "/total_amount",
		Message: "the balance of the " + name + " did not move by exactly the amount", Expected: scene.Decimal(expected),
		Actual: scene.Decimal(now.Total)})
	return nil
}

func holdsMoreOrLess(ctx context.Context, w *steps.World, other string, amount int64, direction string) error {
	if direction == "less" {
		amount = -amount
	}
	return expectMoved(ctx, w, other+"wallet", amount)
}

func holdsTheSame(ctx context.Context, w *steps.World) error {
	before, now, err := beforeAndNow(ctx, w, "wallet")
	if err != nil || !w.Refused() {
		return err
	}
	for _, part := range []struct {
		name        string
		before, now *big.Rat
	}{{"amount", before.Available, now.Available}, {"reserved_amount", before.Reserved, now.Reserved}, {"total_amount", before.Total,
		now.Total}} {
		w.Expect(part.before.Cmp(part.now) == 0, evidence.Assertion{Check: "balance has not moved", Through: "wallets-get",
			Fact: w.Own(contract.Effect), Pointer: "/" + part.name, Message: part.name + " moved although nothing was done",
			Expected: scene.Decimal(part.before), Actual: scene.Decimal(part.now)})
	}
	return nil
}

func conserved(ctx context.Context, w *steps.World) error {
	sumBefore, sumNow, other := new(big.Rat), new(big.Rat), "other wallet"
	if _, foreign := steps.State[noted](w).balances["foreign wallet"]; foreign {
		other = "foreign wallet"
	}
	for _, name := range []string{"wallet", other} {
		before, now, err := beforeAndNow(ctx, w, name)
		if err != nil {
			return err
		}
		sumBefore.Add(sumBefore, before.Total)
		sumNow.Add(sumNow, now.Total)
	}
	w.Expect(sumBefore.Cmp(sumNow) == 0, evidence.Assertion{Check: "money is conserved", Fact: w.Own(contract.Effect),
		Message: "money was made or lost between the two wallets", Expected: scene.Decimal(sumBefore) + " together",
		Actual: scene.Decimal(sumNow) + " together"})
	return nil
}

// balanceNow returns the step that looks at what the wallet shows.
func balanceNow(look func(w *steps.World, shown map[string]any)) func(context.Context, *steps.World) error {
	return func(ctx context.Context, w *steps.World) error {
		wallet, err := w.Thing("wallet")
		if err != nil {
			return err
		}
		now, err := balance(ctx, w, wallet, nil)
		if err == nil {
			look(w, now.Body)
		}
		return err
	}
}

func totalAddsUp(w *steps.World, shown map[string]any) {
	const check = "total adds up"
	if shown["reserved_amount"] == nil {
		w.NoData(check, w.Own(contract.Effect), "the wallet shows no reserved_amount")
		return
	}
	w.Match(match.Sum("total_amount", "amount", "reserved_amount"), shown, evidence.Assertion{Check: check,
		Fact: w.Own(contract.Effect), Message: "total_amount is not amount plus reserved_amount"})
}

func noneNegative(w *steps.World, shown map[string]any) {
	for _, name := range amounts {
		w.Match(match.Field(match.NotNegative(), name), shown, evidence.Assertion{Check: "no negative amount",
			Fact: w.Own(contract.Effect), Message: name + " is negative"})
	}
}

func twoDecimals(w *steps.World, shown map[string]any) {
	for _, name := range amounts {
		if _, there := shown[name]; there {
			w.Match(match.Field(match.Cents(), name), shown, evidence.Assertion{Check: "at most two decimals",
				Fact: w.Own(contract.Values), Message: name + " is not written like an amount of money"})
		}
	}
}

func creditsOneByOne(ctx context.Context, w *steps.World, list string) error {
	wallet, err := noteBalance(ctx, w, "wallet")
	if err != nil {
		return err
	}
	for _, one := range strings.Split(list, ",") {
		amount, err := strconv.ParseInt(strings.TrimSpace(one), 10, 64)
		if err != nil {
			return steps.Faulty("%q in the feature is no whole number", one)
		}
		if err := transact(ctx, w, "transactions-manual-credit", amount, "", wallet.ID); err != nil {
			return err
		}
	}
	return nil
}

func creditsAtOnce(ctx context.Context, w *steps.World, times int, amount int64) error {
	wallet, err := noteBalance(ctx, w, "wallet")
	if err != nil {
		return err
	}
	if w.Draft, err = w.Scene.Booking(ctx, "transactions-manual-credit", "primary", amount, "", wallet.ID); err != nil {
		return err
	}
	if err := bursts.Together(ctx, w, times); err != nil {
		return err
	}
	return bursts.AllServed(w)
}

func transactionInList(ctx context.Context, w *steps.World) error {
	transaction, err := things.Made(w, "transaction")
	if err != nil {
		return err
	}
	wallet, err := w.Thing("wallet")
	if err != nil {
		return err
	}
	items, err := w.Scene.List(ctx, "transactions-list", "primary",
		url.Values{"wallet": {wallet.ID}, "limit": {strconv.Itoa(things.PageSize)}})
	if err != nil {
		return err
	}
	w.Expect(things.Times(transaction.ID, things.IDs(items)) == 1, evidence.Assertion{Check: "is in the list",
		Fact: w.Own(contract.Effect), Message: "the transaction is not in the list of its wallet",
		Expected: "an entry with the id " + transaction.ID, Actual: fmt.Sprint(things.IDs(items))})
	return nil
}
