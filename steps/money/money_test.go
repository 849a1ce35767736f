package money_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/stage"
)

var says = stage.Says

func TestMoneyIsWhereItBelongsOrIsMissed(t *testing.T) {
	stage.Play(t, map[string]stage.Case{
		"a credit that is lost": {Sentences: says(`a funded wallet`, `we credit the wallet with 300`, `the wallet holds 300 more than before`),
			Call: "wallets-get", Change: stage.Member("total_amount", 1), Breaks: "balance moved by the amount"},
		"a debit that is not taken": {Sentences: says(`a funded wallet`, `we debit the wallet by 300`, `the wallet holds 300 less than before`),
			Call: "wallets-get", Change: stage.Member("total_amount", 1), Breaks: "balance moved by the amount"},
		"money that does not arrive": {Sentences: says(`a funded wallet`, `another wallet`, `we move 300 from the wallet to the other wallet`,
			`the other wallet holds 300 more than before`),
			Call: "wallets-get", Change: stage.Member("total_amount", 1), Breaks: "balance moved by the amount"},
		"money that is made on its way": {Sentences: says(`a funded wallet`, `another wallet`,
			`we move 300 from the wallet to the other wallet`, `both wallets together hold what they held before`),
			Call: "wallets-get", From: 2, Change: stage.Member("total_amount", 1), Breaks: "money is conserved"},
		"credits one after another": {Sentences: says(`a wallet`, `the credits 100, 20, 3 are made one after another`,
			`the wallet holds 123 more than before`),
			Call: "wallets-get", Change: stage.Member("total_amount", 1), Breaks: "balance moved by the amount"},
		"credits at once": {Sentences: says(`a wallet`, `3 credits of 100 each are made on the wallet at once`,
			`the wallet holds 300 more than before`),
			Call: "wallets-get", Change: stage.Member("total_amount", 1), Breaks: "balance moved by the amount"},
		"a credit that is refused": {Sentences: says(`a wallet`, `3 credits of 100 each are made on the wallet at once`),
			Call: "transactions-manual-credit", Change: stage.Refused(500, "oh"), Breaks: "ordinary use is served"},
		"a refused debit that is taken": {Sentences: says(`a funded wallet`, `we debit the wallet by more than it holds`,
			`the wallet holds what it held before`),
			Call: "wallets-get", From: 1, Change: stage.Member("amount", 1), Breaks: "balance has not moved"},
		"a transaction to itself that makes money": {Sentences: says(`a funded wallet`, `we try to move 300 from the wallet to itself`,
			`the wallet holds what it held before`),
			Call: "wallets-get", From: 1, Change: stage.Member("total_amount", 1), Breaks: "balance has not moved"},
		"a balance that moves by itself": {Sentences: says(`a funded wallet`, `the wallet is noted`,
			`the wallet holds what it held before`),
			Call: "wallets-get", From: 1, Change: stage.Member("reserved_amount", 1), Breaks: "balance has not moved"},
	})
}

func TestTheAmountsOfAWalletAgreeOrDoNot(t *testing.T) {
	stage.Play(t, map[string]stage.Case{
		"a total that does not add up": {Sentences: says(`a funded wallet`, `the wallet's amounts add up to its total`),
			Call: "wallets-get", Change: stage.Member("total_amount", 1), Breaks: "total adds up"},
		"an amount below zero": {Sentences: says(`a funded wallet`, `the wallet's amounts are not negative`),
			Call: "wallets-get", Change: stage.Member("amount", -1), Breaks: "no negative amount"},
		"an amount with a leftover": {Sentences: says(`a funded wallet`, `the wallet's amounts have no more than two decimals`),
			Call: "wallets-get", Change: stage.Member("amount", 0.30000000000000004), Breaks: "at most two decimals"},
		"a transaction that its wallet does not list": {Sentences: says(`a wallet`, `we credit the wallet with 300`,
			`the transaction is in the list of the wallet`),
			Call: "transactions-list", Change: stage.List(func([]any) []any { return []any{} }), Breaks: "is in the list"},
	})
}

func TestAWalletWithoutAReserveHasNothingToAddUp(t *testing.T) {
	s := stage.New(t, mock.Options{})
	s.Alter("wallets-get", 0, stage.Without("reserved_amount"))
	require.NoError(t, s.Say(t, `a funded wallet`, `the wallet's amounts add up to its total`))
	require.Contains(t, s.World.Evidence().NoData, "total adds up")
}

func TestTheUnitOfAmountsIsToldOnceInARun(t *testing.T) {
	s := stage.New(t, mock.Options{})
	require.NoError(t, s.Say(t, `a wallet`, `we credit the wallet with 300`, `the wallet holds 300 more than before`,
		`the wallet holds 300 more than before`))
	require.Len(t, s.World.Evidence().Observations, 1)
	require.Equal(t, "money.unit", s.World.Evidence().Observations[0].ID)
}

func TestABalanceThatWasNotNotedIsTheFeaturesFault(t *testing.T) {
	err := stage.New(t, mock.Options{}).Say(t, `a wallet`, `the wallet holds what it held before`)
	require.ErrorContains(t, err, "was not noted")
}
