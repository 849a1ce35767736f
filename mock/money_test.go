package mock

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAmountsAreWrittenToTheCent(t *testing.T) {
	for amount, text := range map[cents]string{0: "0", 1: "0.01", 10: "0.1", 29: "0.29", 57: "0.57", 100: "1", 115: "1.15",
		1205: "12.05", -5: "-0.05", -250: "-2.5", 13107201: "131072.01", mostHeld: "10000000000000"} {
		require.Equal(t, text, string(inStyle(t, Plain).appendAmount(nil, amount)))
		require.Equal(t, fmt.Sprint(int64(amount)), string(inStyle(t, StrictHTTP).appendAmount(nil, amount)))
	}
}

// inStyle is a mock that only writes.
func inStyle(t *testing.T, text string) *Server {
	t.Helper()
	style, err := StyleNamed(text)
	require.NoError(t, err)
	return &Server{style: style}
}

func TestWrittenAmountsAreExact(t *testing.T) {
	writer := inStyle(t, Plain)
	rapid.Check(t, func(r *rapid.T) {
		amount := cents(rapid.Int64Range(-int64(mostHeld), int64(mostHeld)).Draw(r, "amount"))
		text := string(writer.appendAmount(nil, amount))
		require.True(r, json.Valid([]byte(text)), text)
		written, ok := new(big.Rat).SetString(text)
		require.True(r, ok)
		require.Zero(r, written.Cmp(big.NewRat(int64(amount), 100)), text)
	})
}

func TestEveryMovementMovesExactlyTheAmount(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		one, two := c.funded(1000), c.wallet()
		c.call("transactions-create", body{"amount": 957, "reference": "rent", "metadata": body{"a": []int{1}}, "from": one,
			"to": two}).succeeds()
		require.Equal(t, cents(43), c.held(one))
		require.Equal(t, cents(957), c.held(two))
		c.call("transactions-manual-debit", body{"amount": 57, "from": two}).succeeds()
		require.Equal(t, cents(900), c.held(two))
		shown := c.call("wallets-get", nil, two).object()
		require.InDelta(t, 900/float64(c.server.Style().UnitsPerAmount), shown["total_amount"], 0)
		require.Equal(t, shown["total_amount"], shown["amount"])
		require.InDelta(t, 0, shown["reserved_amount"], 0)
	})
}

func TestAMovementThatCanNotBeIsRefusedAndChangesNothing(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		one, two := c.funded(100), c.wallet()
		foreign := c.server.Inventory().SecondClient["wallet"]
		for name, got := range map[string]reply{
			"more than there is": c.call("transactions-create", body{"amount": 101, "from": one, "to": two}),
			"debit beyond":       c.call("transactions-manual-debit", body{"amount": 101, "from": one}),
			"nothing":            c.call("transactions-create", body{"amount": 0, "from": one, "to": two}),
			"negative":           c.call("transactions-create", body{"amount": -1, "from": one, "to": two}),
			"negative credit":    c.call("transactions-manual-credit", body{"amount": -1, "to": one}),
			"a fraction":         c.call("transactions-create", body{"amount": 1.5, "from": one, "to": two}),
			"a text":             c.call("transactions-create", body{"amount": "1", "from": one, "to": two}),
			"beyond 64 bits": c.call("transactions-manual-credit", body{"amount": json.RawMessage("99999999999999999999"),
				"to": one}),
			"1e400":               c.call("transactions-manual-credit", body{"amount": json.RawMessage("1e400"), "to": one}),
			"too much":            c.call("transactions-manual-credit", body{"amount": int64(mostMoved) + 1, "to": one}),
			"to itself":           c.call("transactions-create", body{"amount": 1, "from": one, "to": one}),
			"from another client": c.call("transactions-create", body{"amount": 1, "from": foreign, "to": two}),
			"to another client":   c.call("transactions-create", body{"amount": 1, "from": one, "to": foreign}),
			"to nowhere":          c.call("transactions-create", body{"amount": 1, "from": one, "to": nowhere}),
		} {
			t.Run(name, func(*testing.T) { got.isRefused() })
		}
		require.Equal(t, cents(100), c.held(one))
		require.Zero(t, c.held(two))
		require.Equal(t, cents(50_000), c.held(foreign))
		require.Len(t, c.get("./transactions?wallet="+one).list(), 1)
	})
}

func TestAWalletCanNotHoldMoreThanEveryClientReadsExactly(t *testing.T) {
	c := newCaller(t, Options{})
	wallet := c.wallet()
	id, _ := parseID(wallet)
	c.server.store.wallets.byID[id].available = mostHeld
	c.call("transactions-manual-credit", body{"amount": 1, "to": wallet}).isRefused()
}

func TestADormantWalletMovesMoneyByStyle(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		wallet := c.wallet()
		c.call("wallets-update", body{"status": "INACTIVE"}, wallet).succeeds()
		got := c.call("transactions-manual-credit", body{"amount": 1, "to": wallet})
		if c.server.Style().DormantHoldsMoney {
			got.is(http.StatusConflict)
		} else {
			got.succeeds()
		}
	})
}

// TestMoneyIsConserved lets any sequence of movements run and holds that the wallets together hold what went
// in minus what went out, that none is ever negative, and that each holds what its transactions say.
func TestMoneyIsConserved(t *testing.T) {
	rapid.Check(t, func(r *rapid.T) {
		c := newCaller(t, Options{Style: rapid.SampledFrom(Styles()).Draw(r, "style")})
		wallets := []string{c.wallet(), c.wallet(), c.wallet()}
		inside := 0
		for range rapid.IntRange(1, 40).Draw(r, "movements") {
			amount := rapid.IntRange(1, 500).Draw(r, "amount")
			from, to := rapid.SampledFrom(wallets).Draw(r, "from"), rapid.SampledFrom(wallets).Draw(r, "to")
			switch rapid.IntRange(0, 2).Draw(r, "kind") {
			case 0:
				c.call("transactions-manual-credit", body{"amount": amount, "to": to}).succeeds()
				inside += amount
			case 1:
				if c.call("transactions-manual-debit", body{"amount": amount, "from": from}).status < 300 {
					inside -= amount
				}
			case 2:
				c.call("transactions-create", body{"amount": amount, "from": from, "to": to})
			}
			var sum cents
			for _, wallet := range wallets {
				held := c.held(wallet)
				require.GreaterOrEqual(r, held, cents(0))
				sum += held
			}
			require.Equal(r, cents(inside), sum)
		}
		for _, wallet := range wallets {
			var booked cents
			for _, one := range c.get("./transactions?limit=1000&wallet=" + wallet).list() {
				if one["to"] == wallet {
					booked += cents(one["amount"].(float64))
				} else {
					booked -= cents(one["amount"].(float64))
				}
			}
			require.Equal(r, booked, c.held(wallet))
		}
	})
}

func TestNoUpdateIsLostWhenManyCallersMoveMoney(t *testing.T) {
	c := newCaller(t, Options{})
	wallet := c.wallet()
	for _, got := range c.atOnce(60, func(i int, c *caller) reply {
		return c.call("transactions-manual-credit", body{"amount": 1 << (i % 20), "to": wallet})
	}) {
		got.succeeds()
	}
	require.Equal(t, cents(3*(1<<20-1)), c.held(wallet))
}

func TestOfDebitsAtOnceOnlyThoseThatTheWalletCoversSucceed(t *testing.T) {
	c := newCaller(t, Options{})
	wallet := c.funded(70)
	done := 0
	for _, got := range c.atOnce(30, func(_ int, c *caller) reply {
		return c.call("transactions-manual-debit", body{"amount": 10, "from": wallet})
	}) {
		if got.status < 300 {
			done++
		}
	}
	require.Equal(t, 7, done)
	require.Zero(t, c.held(wallet))
}

func TestATransactionIsToldOnceItIsDone(t *testing.T) {
	var told []Event
	c := newCaller(t, Options{OnEvent: func(e Event) { told = append(told, e) }})
	wallet := c.wallet()
	keyed := c.with("Idempotency-Key", c.key())
	credit := keyed.call("transactions-manual-credit", body{"amount": 5, "to": wallet}).succeeds()
	keyed.call("transactions-manual-credit", body{"amount": 5, "to": wallet}).succeeds()
	c.call("transactions-manual-debit", body{"amount": 50, "from": wallet}).isRefused()
	require.Len(t, told, 1, "neither a repeat nor a refusal is told")
	require.Equal(t, Event{ID: told[0].ID, Type: "transaction-create", EntityID: credit.id(),
		ClientID: c.server.Inventory().Clients["primary"].ID, CreatedAt: "2026-01-30T10:00:00.000Z"}, told[0])
}
