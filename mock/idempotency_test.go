package mock

import (
	"net/http"
	"sync"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

var withKey = []string{"cards-create", "cards-replace-renew", "cards-generate-secret", "transactions-create",
	"transactions-manual-credit", "transactions-manual-debit"}

func TestARepeatGetsTheFirstAnswerToTheByte(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		for _, operation := range withKey {
			request, parameters := c.goodRequest(operation)
			keyed := c.with("Idempotency-Key", c.key())
			first := keyed.call(operation, request, parameters...).succeeds()
			c.clock.Advance(time.Minute)
			for range 3 {
				again := keyed.call(operation, request, parameters...)
				require.Equal(t, first.status, again.status, operation)
				require.Equal(t, string(first.text), string(again.text), operation)
			}
		}
	})
}

func TestARepeatAnswersAsItWasAtFirstAlthoughTheCardHasChanged(t *testing.T) {
	c := newCaller(t, Options{})
	keyed := c.with("Idempotency-Key", c.key())
	request, _ := c.goodRequest("cards-create")
	first := keyed.call("cards-create", request).succeeds()
	c.call("cards-update-status", body{"status": "ACTIVE"}, first.id()).succeeds()
	require.Equal(t, string(first.text), string(keyed.call("cards-create", request).text))
}

func TestAKeyIsRequiredOnTheSixOperationsAndOnNoOther(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		for _, operation := range operations(t) {
			request, parameters := c.goodRequest(operation.ID)
			got := c.privileged(operation.ID).without("Idempotency-Key").call(operation.ID, request, parameters...)
			if operation.NeedsKey() {
				got.is(http.StatusBadRequest)
				require.Contains(t, withKey, operation.ID)
			} else {
				got.succeeds()
			}
		}
	})
}

func TestAKeyInAnyFormIsTakenInPlainAndOnlyVersion4InStrictHTTP(t *testing.T) {
	for form, version4 := range map[string]bool{
		"550e8400-e29b-41d4-a716-446655440000": true, "550E8400-E29B-41D4-A716-446655440000": true,
		"any-key": false, "550e8400-e29b-11d4-a716-446655440000": false, "550e8400-e29b-41d4-c716-446655440000": false,
		"{550e8400-e29b-41d4-a716-446655440000}": false, "urn:uuid:550e8400-e29b-41d4-a716-446655440000": false,
		"550e8400e29b41d4a716446655440000": false,
	} {
		inBothStyles(t, func(t *testing.T, c *caller) {
			got := c.with("Idempotency-Key", form).call("transactions-manual-credit", body{"amount": 5, "to": c.wallet()})
			if version4 || !c.server.Style().KeyForm {
				got.succeeds()
			} else {
				got.is(http.StatusBadRequest)
			}
		})
	}
}

func TestTwoKeysOrAnOverlongOneAreRefused(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		twice := c.with("Idempotency-Key", "x")
		twice.extra["Idempotency-Key"] = []string{c.key(), c.key()}
		twice.call("transactions-manual-credit", body{"amount": 5, "to": c.wallet()}).is(http.StatusBadRequest)
		c.with("Idempotency-Key", string(make([]byte, 300))).call("transactions-manual-credit",
			body{"amount": 5, "to": c.wallet()}).is(http.StatusBadRequest)
	})
}

func TestAKeyThatComesAgainWithOtherDataHasNoSecondEffect(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		wallet := c.wallet()
		keyed := c.with("Idempotency-Key", c.key())
		first := keyed.call("transactions-manual-credit", body{"amount": 5, "to": wallet}).succeeds()
		again := keyed.call("transactions-manual-credit", body{"amount": 6, "to": wallet})
		if c.server.Style().OtherData == 0 {
			require.Equal(t, string(first.text), string(again.text))
		} else {
			again.is(http.StatusUnprocessableEntity)
		}
		require.Equal(t, cents(5), c.held(wallet))
	})
}

func TestAKeyBelongsToItsClientItsOperationAndItsCard(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		key := c.key()
		wallet, theirs := c.wallet(), c.as("second").wallet()
		ours := c.with("Idempotency-Key", key).call("transactions-manual-credit", body{"amount": 5, "to": wallet}).succeeds()
		other := c.as("second").with("Idempotency-Key", key).call("transactions-manual-credit",
			body{"amount": 5, "to": theirs}).succeeds()
		require.NotEqual(t, ours.id(), other.id())
		c.as("second").with("Idempotency-Key", key).call("transactions-manual-credit", body{"amount": 5, "to": wallet})
		require.Equal(t, cents(5), c.held(wallet))
		debit := c.with("Idempotency-Key", key).call("transactions-manual-debit",
			body{"amount": 2, "from": wallet}).succeeds()
		require.NotEqual(t, ours.id(), debit.id())
		one, two := c.card(), c.card()
		secret := c.with("Idempotency-Key", c.key())
		first := secret.call("cards-generate-secret", body{"remarks": "a"}, one).succeeds()
		second := secret.call("cards-generate-secret", body{"remarks": "a"}, two)
		if c.server.Style().OtherData != 0 {
			second.isRefused()
		} else {
			require.Equal(t, string(first.text), string(second.text), "the key alone decides in this style")
		}
	})
}

func TestAKeyIsForgottenWhenItsWindowEnds(t *testing.T) {
	c := newCaller(t, Options{KeyWindow: 10 * time.Minute})
	wallet := c.wallet()
	keyed := c.with("Idempotency-Key", c.key())
	credit := body{"amount": 5, "to": wallet}
	first := keyed.call("transactions-manual-credit", credit).succeeds()
	c.clock.Advance(10*time.Minute - time.Millisecond)
	require.Equal(t, first.id(), keyed.call("transactions-manual-credit", credit).id())
	c.clock.Advance(time.Millisecond)
	require.NotEqual(t, first.id(), keyed.call("transactions-manual-credit", credit).succeeds().id())
	require.Equal(t, cents(10), c.held(wallet))
	require.Len(t, c.server.store.kept, 1, "what is over is forgotten")
	require.Len(t, c.server.store.keptOrder, 1)
}

func TestAFailureIsTriedAgainUnlessTheStyleKeepsIt(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		wallet := c.wallet()
		c.call("wallets-update", body{"status": "SUSPENDED"}, wallet).succeeds()
		keyed := c.with("Idempotency-Key", c.key())
		request := body{"wallet_id": wallet, "program_id": c.program("ok")}
		first := keyed.call("cards-create", request).isRefused()
		c.call("wallets-update", body{"status": "ACTIVE"}, wallet).succeeds()
		again := keyed.call("cards-create", request)
		if c.server.Style().ErrorsKept {
			require.Equal(t, first.status, again.status)
		} else {
			again.is(http.StatusCreated)
		}
	})
}

func TestAFailureOfTheProviderIsNeverKept(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		c.with("Idempotency-Key", c.key()).tryCard(c.program("8"), c.wallet()).is(http.StatusInternalServerError)
		require.Zero(t, keptFor(c, "cards-create"))
	})
}

func keptFor(c *caller, operation string) int {
	count := 0
	for id := range c.server.store.kept {
		if id.operation == operation {
			count++
		}
	}
	return count
}

func TestARepeatWithoutAValidTokenIsRefused(t *testing.T) {
	c := newCaller(t, Options{})
	keyed := c.with("Idempotency-Key", c.key())
	request, _ := c.goodRequest("cards-create")
	keyed.call("cards-create", request).succeeds()
	keyed.without("Authorization").call("cards-create", request).is(http.StatusUnauthorized)
	keyed.with("Authorization", "Bearer "+c.server.Inventory().ExpiredToken).call("cards-create",
		request).is(http.StatusUnauthorized)
}

// atOnce sends requests that are all under way before the first is done.
func (c *caller) atOnce(count int, send func(i int, c *caller) reply) []reply {
	c.t.Helper()
	replies := make([]reply, count)
	before := c.server.arrivals.Load()
	c.server.store.mu.Lock()
	var all sync.WaitGroup
	for i := range count {
		all.Go(func() { replies[i] = send(i, c) })
	}
	require.Eventually(c.t, func() bool { return c.server.arrivals.Load() == before+int64(count) }, 5*time.Second,
		time.Millisecond)
	c.server.store.mu.Unlock()
	all.Wait()
	return replies
}

func TestRequestsWithOneKeyAtOnceAreDoneOnce(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		wallet, key := c.wallet(), c.key()
		for _, got := range c.atOnce(50, func(_ int, c *caller) reply {
			return c.with("Idempotency-Key", key).call("transactions-manual-credit", body{"amount": 7, "to": wallet})
		}) {
			got.succeeds()
		}
		require.Equal(t, cents(7), c.held(wallet))
		request := body{"wallet_id": c.wallet(), "program_id": c.program("ok")}
		ids := map[string]bool{}
		for _, got := range c.atOnce(20,
			func(_ int, c *caller) reply { return c.with("Idempotency-Key", key).call("cards-create", request) }) {
			ids[got.is(http.StatusCreated).id()] = true
		}
		require.Len(t, ids, 1)
	})
}

func TestOfCardsOnOneWalletUnderDifferentKeysAtOnceOneIsMade(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		request := body{"wallet_id": c.wallet(), "program_id": c.program("ok")}
		made := 0
		for _, got := range c.atOnce(30, func(_ int, c *caller) reply { return c.call("cards-create", request) }) {
			if got.status == http.StatusCreated {
				made++
			} else {
				require.Equal(t, cardChecks[3].message, got.message())
			}
		}
		require.Equal(t, 1, made)
	})
}

func TestAnyMixOfRetriesMovesMoneyOncePerKey(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := newCaller(t, Options{Style: rapid.SampledFrom(Styles()).Draw(r, "style")})
		wallet := c.wallet()
		keys := []string{c.key(), c.key(), c.key(), c.key()}
		amounts := map[string]int{}
		want := 0
		for range rapid.IntRange(1, 30).Draw(r, "requests") {
			key := rapid.SampledFrom(keys).Draw(r, "key")
			amount := rapid.IntRange(1, 3).Draw(r, "amount")
			got := c.with("Idempotency-Key", key).call("transactions-manual-credit", body{"amount": amount, "to": wallet})
			if first, seen := amounts[key]; !seen {
				got.succeeds()
				amounts[key] = amount
				want += amount
			} else if amount != first && c.server.Style().OtherData != 0 {
				got.isRefused()
			} else {
				require.InDelta(r, first, got.succeeds().object()["amount"], 0)
			}
		}
		require.Equal(r, cents(want), c.held(wallet))
		require.Len(r, c.get("./transactions?wallet="+wallet).list(), len(amounts))
	})
}
