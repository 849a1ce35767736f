package idempotency_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/stage"
)

const (
	aCard   = `a valid request to "Create a new card"`
	aCredit = `a valid request to "Create manual credit transaction"`
	sent    = `the request is sent`
	again   = `the request is sent again with the same key`
)

var says = stage.Says

func TestARepeatIsAnsweredAsTheFirstOrIsNot(t *testing.T) {
	stage.Play(t, map[string]stage.Case{
		"another status": {Sentences: says(aCard, sent, again, `both answers are the same`),
			Call: "cards-create", From: 1, Change: stage.Status(208), Breaks: "replay has the status of the first"},
		"another body": {Sentences: says(aCard, sent, again, `both answers are the same`),
			Call: "cards-create", From: 1, Change: stage.Member("status", "CLOSED"), Breaks: "replay has the body of the first"},
		"another card": {Sentences: says(aCard, sent, again, `the answers name the same card`),
			Call: "cards-create", From: 1, Change: stage.Made, Breaks: "replay names the first card"},
		"a card more": {Sentences: says(aCard, sent, again, `it was done once`),
			Call: "wallets-get", From: 1, Change: stage.Member("total_amount", 1), Breaks: "a repeat has no further effect"},
		"money that moved twice": {Sentences: says(aCredit, sent, again, `it was done once`),
			Call: "transactions-list", From: 1, Change: stage.List(func(all []any) []any {
				return append(all,
					all[0])
			}), Breaks: "a repeat has no further effect"},
	})
}

func TestDistinctRequestsAreToldApartOrAreNot(t *testing.T) {
	first := func(call string, from int) stage.Case {
		return stage.Case{Call: call, From: from, Breaks: "distinct requests make distinct transactions", Change: stage.Refused(400, "no")}
	}
	newKey, nearKey := first("transactions-manual-credit", 1), first("transactions-manual-credit", 1)
	newKey.Sentences = says(aCredit, sent, `the request is sent again with a new key`, `the answers name different transactions`)
	nearKey.Sentences = says(aCredit, sent, `the request is sent again with a key that differs at its end alone`,
		`the answers name different transactions`)
	stage.Play(t, map[string]stage.Case{"a new key": newKey, "a key that is nearly the same": nearKey})
}

func TestAKeyBelongsToOneCallerAndOneRequest(t *testing.T) {
	broken := func(fault, second string) stage.Case {
		return stage.Case{Faults: []string{fault}, Sentences: says(aCard, sent, second, `the answer is not that of the first request`),
			Breaks: "a key belongs to one caller and one request"}
	}
	stage.Play(t, map[string]stage.Case{
		"another client": broken("idempotency.shared-between-clients",
			`another client calls "Create a new card" with the key of the first request`),
		"the same from another": broken("idempotency.shared-between-clients", `the request is sent again with the same key by another client`),
		"no token":              broken("idempotency.replay-before-token", `the request is sent again with the same key and no token`),
		"another operation": broken("idempotency.shared-between-operations",
			`we call "Create manual credit transaction" with the key of the first request`),
	})
}

func TestAnIdThatNamesNothingIsNobodysSecret(t *testing.T) {
	for _, sentences := range [][]any{
		says(aCard, sent, `another client calls "Create a new card" with the key of the first request`, `the answer is not that of the first request`),
		says(aCard, `the request is sent 4 times at once under one key, in turn with another client's own`, `no client is given the other's card`),
	} {
		s := stage.New(t, mock.Options{})
		s.Alter("cards-create", 0, stage.Member("id", "2025-01-14"))
		require.NoError(t, s.Say(t, sentences...))
		broke, _ := s.Found()
		require.NotContains(t, broke, "a key belongs to one caller and one request")
	}
}

func TestCopiesOfWhichNoneIsServedAreToldAsThat(t *testing.T) {
	s := stage.New(t, mock.Options{})
	s.Alter("cards-create", 0, stage.Refused(400, "no"))
	require.NoError(t, s.Say(t, says(`a wallet`, aCard, `the request is sent 4 times at once under one key`, `the answers name the same card`)...))
	broke, _ := s.Found()
	require.Contains(t, broke, "success status")
	require.NotContains(t, broke, "parallel requests name one card")
}

func TestAKeyCanBeUsedForOtherData(t *testing.T) {
	for _, second := range []string{`the request is sent again with the same key and "type" changed to "PHYSICAL"`,
		`the request is sent again with the same key for another wallet`} {
		s := stage.New(t, mock.Options{})
		require.NoError(t, s.Say(t, aCard, sent, second))
		creations := []*client.Exchange{}
		for _, call := range s.World.Calls {
			if call.Operation == "cards-create" && call.Key == s.World.Last.Key {
				creations = append(creations, call)
			}
		}
		require.Len(t, creations, 2, second)
	}
}

func TestCopiesAtOnceAreDoneOnceOrAreNot(t *testing.T) {
	stage.Play(t, map[string]stage.Case{
		"two cards": {Sentences: says(`a wallet`, aCard, `the request is sent 4 times at once under one key`,
			`the answers name the same card`),
			Call: "cards-create", From: 3, Change: stage.Made, Breaks: "parallel requests name one card"},
		"two transactions": {Sentences: says(aCredit, `the request is sent 4 times at once under one key`, `it was done once`),
			Call: "transactions-list", Change: stage.List(func(listed []any) []any { return append(listed, listed...) }), Breaks: "done once"},
	})
}

func TestWhatAListLeavesOutWasMadeIfItCanBeRead(t *testing.T) {
	for name, c := range map[string]struct{ request, lists, reads string }{
		"a card":  {aCard, "cards-list", "cards-get"},
		"a debit": {`a valid request to "Create manual debit transaction"`, "transactions-list", "transactions-get"},
	} {
		copies := says(`a wallet`, c.request, `the request is sent 4 times at once under one key`, `it was done once`)
		listed := stage.New(t, mock.Options{})
		listed.Alter(c.lists, 0, stage.Body([]any{}))
		require.NoError(t, listed.Say(t, copies...), name)
		broke, held := listed.Found()
		require.NotContains(t, broke, "done once", name)
		require.Contains(t, held, "done once", name)

		gone := stage.New(t, mock.Options{})
		gone.Alter(c.lists, 0, stage.Body([]any{}))
		gone.Alter(c.reads, 0, stage.Refused(404, "not found"))
		require.NoError(t, gone.Say(t, copies...), name)
		broke, _ = gone.Found()
		require.Contains(t, broke, "done once", name)
	}
}

func TestAnOddKeyLeavesAsItIsWritten(t *testing.T) {
	for how, want := range map[string]string{
		"no UUID": "not-a-uuid", "the nil UUID": "00000000-0000-0000-0000-000000000000", "a UUID of version 1": "c232ab00-9414-11ec-b3c8-9f6bdeced846",
	} {
		s := stage.New(t, mock.Options{})
		require.NoError(t, s.Say(t, aCard, `the request's key is `+how, sent))
		require.Equal(t, want, s.World.Last.Key, how)
	}
	for _, how := range []string{"left out", "empty", "in upper case", "in quotes", "longer than any key"} {
		require.NoError(t, stage.New(t, mock.Options{}).Say(t, aCard, `the request's key is `+how, sent), how)
	}
}

func TestWhatNeedsAFirstRequestSaysSo(t *testing.T) {
	for _, sentence := range []string{`both answers are the same`, `the answers name the same card`} {
		require.ErrorContains(t, stage.New(t, mock.Options{}).Say(t, `we call "Get all cards"`, sentence), "before this step")
	}
	require.ErrorContains(t, stage.New(t, mock.Options{}).Say(t, `a valid request to "Get all cards"`, `the request's key is empty`),
		"lists no idempotency key")
}

func TestTwoRequestsAtOnceUnderOneKeyAreKeptApart(t *testing.T) {
	broken := func(fault, request, copies, check, breaks string) stage.Case {
		return stage.Case{Faults: []string{fault}, Sentences: says(request, `the request is sent `+copies, check), Breaks: breaks}
	}
	stage.Play(t, map[string]stage.Case{
		"of two clients": broken("idempotency.shared-between-clients-at-once", aCard,
			`4 times at once under one key, in turn with another client's own`, `no client is given the other's card`,
			"a key belongs to one caller and one request"),
		"with other data": broken("idempotency.other-data-at-once", aCredit,
			`4 times at once under one key, in turn with "amount" changed to 7777`, `it was done once`, "done once"),
		"under a key each": broken("card.rivals-at-once", aCard, `4 times at once under a key each`, `it was done once`, "done once"),
	})
}
