package mock

import (
	"net/http"
	"strconv"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
)

func cardOrder(t *testing.T) contract.CardOrder {
	t.Helper()
	facts, err := contract.Load()
	require.NoError(t, err)
	return facts.CardOrder
}

// walletFor is the wallet of the inventory for a set of checks, or a fresh one that fails none.
func (c *caller) walletFor(checks string) string {
	if checks == "ok" || checks == "" {
		return c.wallet()
	}
	id := c.server.Inventory().Wallets[checks]
	require.NotEmpty(c.t, id, "no wallet fails just %s", checks)
	return id
}

func (c *caller) tryCard(program, wallet string) reply {
	c.t.Helper()
	return c.call("cards-create", body{"wallet_id": wallet, "program_id": program})
}

func TestTheChecksHaveTheDocumentedMessagesInTheDocumentedOrder(t *testing.T) {
	for i, documented := range cardOrder(t).Checks {
		require.Equal(t, documented.Number, cardChecks[i].number)
		require.Equal(t, documented.Message, cardChecks[i].message)
	}
}

func TestEachCheckAloneDecidesWithItsMessageAndClass(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		for _, check := range cardOrder(t).Checks {
			number := strconv.Itoa(check.Number)
			program, wallet := "ok", number
			if check.Number <= 2 || check.Number == 8 {
				program, wallet = number, "ok"
			}
			got := c.tryCard(c.program(program), c.walletFor(wallet))
			require.Equal(t, check.Message, got.message())
			if check.Class == "Runtime" {
				require.GreaterOrEqual(t, got.status, 500)
			} else {
				got.isRefused()
			}
		}
	})
}

func TestOfEveryPairOfChecksThatCanFailTogetherTheFirstDecides(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		order := cardOrder(t)
		tried := 0
		for _, pair := range order.Pairs {
			if !pair.Possible {
				continue
			}
			tried++
			got := c.tryCard(c.program(pair.Program), c.walletFor(pair.Wallet))
			require.Equal(t, order.Checks[pair.First-1].Message, got.message(), "%d and %d", pair.First, pair.Second)
		}
		require.Equal(t, 26, tried)
	})
}

func TestOfAllChecksThatFailAtOnceTheFirstDecides(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		for checks, message := range map[string]string{"3+4+6+7": cardChecks[2].message, "4+6+7": cardChecks[3].message,
			"6+7": cardChecks[5].message, "3+4+5": cardChecks[2].message} {
			require.Equal(t, message, c.tryCard(c.program("8"), c.walletFor(checks)).message())
			require.Equal(t, cardChecks[0].message, c.tryCard(c.program("1+2+8"), c.walletFor(checks)).message())
		}
	})
}

func TestARefusedCreationLeavesNothingBehind(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		for checks, wallet := range c.server.Inventory().Wallets {
			before := c.call("wallets-get", nil, wallet).succeeds()
			c.tryCard(c.program("ok"), wallet)
			require.Equal(t, string(before.text), string(c.call("wallets-get", nil, wallet).text), checks)
		}
		wallet := c.wallet()
		before := c.call("wallets-get", nil, wallet)
		for _, program := range []string{"1", "2", "8"} {
			c.tryCard(c.program(program), wallet)
		}
		require.Equal(t, string(before.text), string(c.call("wallets-get", nil, wallet).text))
		require.Empty(t, c.call("cards-list", nil).list())
		c.tryCard(c.program("ok"), wallet).is(http.StatusCreated)
	})
}

func TestThingsThatDoNotExistFailTheirCheck(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		require.Equal(t, cardChecks[0].message, c.tryCard(nowhere, c.wallet()).isRefused().message())
		require.Equal(t, cardChecks[2].message, c.tryCard(c.program("ok"), nowhere).isRefused().message())
		require.Equal(t, cardChecks[2].message,
			c.tryCard(c.program("ok"), c.server.Inventory().SecondClient["wallet"]).isRefused().message())
	})
}

func TestANewCardIsAsTheGuideShowsIt(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		wallet := c.wallet()
		card := c.tryCard(c.program("ok"), wallet).is(http.StatusCreated).object()
		require.Equal(t, "INACTIVE", card["status"])
		require.Equal(t, "VIRTUAL", card["type"])
		require.Equal(t, wallet, card["wallet_id"])
		require.Equal(t, c.program("ok"), card["program_id"])
		require.Regexp(t, `^\d{4}$`, card["last_four_digit"])
		require.Equal(t, "4111***"+card["last_four_digit"].(string), card["m_pan"])
		require.Equal(t, "2029-01-31T23:59:59.000Z", card["expiry"])
		_, hasOwner := card["owner"]
		require.Equal(t, c.server.Style().CardOwner, hasOwner)
		linked := c.call("wallets-get", nil, wallet).object()
		require.Equal(t, card["external_id"], linked["external_id"])
		require.Greater(t, linked["updated_at"], linked["created_at"])
		require.Equal(t, cardChecks[3].message, c.tryCard(c.program("ok"), wallet).isRefused().message())
	})
}

func TestProgramMetadataHasTwoTextsAndMayHaveAListOfTexts(t *testing.T) {
	for metadata, valid := range map[string]bool{
		`{"parent_account_id":"1","product_id":"2"}`:                      true,
		`{"parent_account_id":"1","product_id":"2","group_id":[]}`:        true,
		`{"parent_account_id":"1","product_id":"2","group_id":["a","b"]}`: true,
		`{"parent_account_id":"1","product_id":"2","more":{"free":true}}`: true,
		`{}`:                        false,
		`{"parent_account_id":"1"}`: false,
		`{"product_id":"2"}`:        false,
		`{"parent_account_id":1,"product_id":"2"}`:                           false,
		`{"parent_account_id":"","product_id":"2"}`:                          false,
		`{"parent_account_id":null,"product_id":"2"}`:                        false,
		`{"parent_account_id":"1","product_id":"2","group_id":"a"}`:          false,
		`{"parent_account_id":"1","product_id":"2","group_id":[1]}`:          false,
		`{"parent_account_id":"1","product_id":"2","group_id":[null]}`:       false,
		`{"parent_account_id":"1","product_id":"2","group_id":null}`:         false,
		`{"parent_account_id":"1","product_id":"2","group_id":{"0":"none"}}`: false,
	} {
		require.Equal(t, valid, validMetadata([]byte(metadata)), metadata)
	}
}
