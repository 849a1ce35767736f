package mock

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestTheThreeDocumentedCardStatusesAreKept(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		id := c.card()
		for _, status := range []string{"ACTIVE", "SUSPENDED", "ACTIVE", "STOLEN"} {
			before := c.call("cards-get", nil, id).object()
			changed := c.call("cards-update-status", body{"status": status}, id).is(http.StatusOK)
			require.Equal(t, status, changed.object()["status"])
			require.Greater(t, changed.object()["updated_at"], before["updated_at"])
			require.JSONEq(t, string(changed.text), string(c.call("cards-get", nil, id).text))
		}
		again := c.call("cards-update-status", body{"status": "ACTIVE"}, id)
		if c.server.Style().Changes == "stolen-final" {
			again.is(http.StatusConflict)
		} else {
			again.is(http.StatusOK)
		}
	})
}

func TestACardKeepsItsIdWhenItIsReplacedOrRenewed(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		id := c.card()
		for _, action := range []string{"replace", "renew"} {
			before := c.call("cards-get", nil, id).object()
			after := c.call("cards-replace-renew", body{"reason": "worn", "expiry": "2031"}, id, action).succeeds().object()
			require.Equal(t, id, after["id"])
			require.Equal(t, before["wallet_id"], after["wallet_id"])
			require.Greater(t, after["expiry"], before["expiry"])
			require.Greater(t, after["updated_at"], before["updated_at"])
		}
		c.call("cards-replace-renew", body{"reason": "worn"}, id, "destroy").isRefused()
	})
}

func TestASecretFollowsFromCardTimeAndKey(t *testing.T) {
	c := newCaller(t, Options{})
	ask := func(card, key string) string {
		return string(c.with("Idempotency-Key", key).call("cards-generate-secret", body{"remarks": "test"},
			card).is(http.StatusOK).text)
	}
	one, other := c.card(), c.card()
	key := c.key()
	first := ask(one, key)
	require.Equal(t, first, ask(one, key), "a repeat under one key gets the first answer")
	require.NotEqual(t, first, ask(one, c.key()))
	require.NotEqual(t, first, ask(other, c.key()))
	c.clock.Advance(25 * time.Hour)
	c = c.as("primary")
	require.NotEqual(t, first, ask(one, key), "the window has ended and the clock moved on")
	require.Len(t, c.call("cards-generate-secret", body{"remarks": "test"}, one).object()["secret"], 10)
}

func TestSomeSecretsNeedAnEscapeInJSON(t *testing.T) {
	c := newCaller(t, Options{})
	card := c.card()
	for range 200 {
		got := c.call("cards-generate-secret", body{"remarks": "test"}, card).is(http.StatusOK)
		if secret, _ := got.object()["secret"].(string); len(got.text) > len(`{"secret":""}`)+len(secret) {
			return
		}
	}
	t.Fatal("of 200 secrets none has a character that JSON escapes")
}

func TestNoAnswerOfTheConformingMockShowsACardNumberOrASecret(t *testing.T) {
	for _, style := range Styles() {
		for name, lines := range transcripts(t, Options{Style: style}) {
			for _, line := range lines {
				for _, digits := range longDigits.FindAllString(line, -1) {
					require.False(t, luhnHolds(digits), "%s: an answer shows %s", name, digits)
				}
				for _, shown := range []string{"secret-", "cvv", "goroutine", ".go:"} {
					require.NotContains(t, line, shown, name)
				}
			}
		}
	}
}

func TestLuhnHoldsForTestNumbersAndForNoneWithADigitChanged(t *testing.T) {
	for _, number := range []string{"4111111111111111", "79927398713", fullNumber(4242), fullNumber(0), fullNumber(9999)} {
		require.True(t, luhnHolds(number), number)
		for i := range number {
			changed := []byte(number)
			changed[i] = '0' + (changed[i]-'0'+1)%10
			require.False(t, luhnHolds(string(changed)))
		}
	}
}
