package mock

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestANewWalletIsReadyForACard(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		holder := c.enduser()
		wallet := c.call("wallets-create", body{"holder_id": holder, "asset": "AUD", "asset_class": "CURRENCY",
			"partner_product": "KOBBLE_AUD_1"}).is(http.StatusOK).object()
		require.Equal(t, "ACTIVE", wallet["status"])
		require.Equal(t, holder, wallet["holder_id"])
		require.Nil(t, wallet["external_id"])
		require.Contains(t, wallet, "external_id")
		for _, name := range []string{"total_amount", "amount", "reserved_amount"} {
			require.InDelta(t, 0, wallet[name], 0)
		}
		_, more := wallet["account_number"]
		require.Equal(t, c.server.Style().BankFields != "absent", more)
	})
}

func TestTheHolderIsLookedAtWhenTheWalletIsMadeInOneStyle(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		for _, holder := range []string{nowhere, c.server.Inventory().SecondClient["enduser"]} {
			got := c.call("wallets-create", body{"holder_id": holder, "asset": "AUD", "asset_class": "CURRENCY",
				"partner_product": "KOBBLE_AUD_1"})
			if c.server.Style().HolderChecked {
				got.isRefused()
			} else {
				got.succeeds()
			}
		}
	})
}

func TestAChangeOfWalletStatusIsKeptAndMovesUpdatedAt(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		id := c.wallet()
		for _, status := range []string{"SUSPENDED", "INACTIVE", "ACTIVE"} {
			before := c.call("wallets-get", nil, id).object()
			changed := c.call("wallets-update", body{"status": status}, id).is(http.StatusOK)
			require.Equal(t, status, changed.object()["status"])
			require.Greater(t, changed.object()["updated_at"], before["updated_at"])
			require.JSONEq(t, string(changed.text), string(c.call("wallets-get", nil, id).text))
		}
	})
}

func TestAnUpdateOfABeneficiaryLeavesTheRestAsItWas(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		id := c.beneficiary()
		first := c.call("beneficiaries-update", body{"metadata": body{"a": 1.0}}, id).succeeds().object()
		require.Equal(t, "ACTIVE", first["status"])
		second := c.call("beneficiaries-update", body{"status": "INACTIVE"}, id).succeeds()
		require.Equal(t, body{"a": 1.0}, second.object()["metadata"])
		require.Equal(t, "INACTIVE", second.object()["status"])
		require.Equal(t, "Example Bank", second.object()["bank_name"])
		again := c.call("beneficiaries-update", body{"status": "INACTIVE"}, id).succeeds()
		require.JSONEq(t, string(second.text), string(again.text), "PUT sent again has no further effect")
		c.call("beneficiaries-update", body{}, id).succeeds()
	})
}

func TestADeletedSubscriptionIsGone(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		made := c.call("webhooks-create", body{"url": "https://a.example.test/hook"}).succeeds()
		require.Equal(t, "https://a.example.test/hook", made.object()["url"])
		kept := c.call("webhooks-create", body{"url": "https://b.example.test/hook"}).succeeds().id()
		deleted := c.call("webhooks-delete", nil, made.id()).succeeds()
		if deleted.status == http.StatusNoContent {
			require.Empty(t, deleted.text)
			require.Empty(t, deleted.header.Get("Content-Type"))
		}
		require.Equal(t, c.server.Style().Success["webhooks-delete"] == "204-bodiless",
			deleted.status == http.StatusNoContent)
		require.Equal(t, []string{kept}, idsOf(c.call("webhooks-list", nil)))
		c.call("webhooks-delete", nil, made.id()).is(http.StatusNotFound)
	})
}

func TestAClientKeepsItsNameMetadataAndStatus(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		admin := c.as("admin")
		made := admin.call("clients-create", body{"name": "Third", "metadata": body{"tier": "gold"}}).succeeds()
		require.Equal(t, body{"tier": "gold"}, made.object()["metadata"])
		require.NotContains(t, string(made.text), "secret")
		changed := admin.call("clients-update-status", body{"status": "INACTIVE"}, made.id()).succeeds()
		require.Equal(t, "INACTIVE", changed.object()["status"])
		require.JSONEq(t, string(changed.text), string(admin.call("clients-get", nil, made.id()).text))
		admin.call("clients-create", body{}).succeeds()
		admin.call("clients-create", body{"metadata": 7}).isRefused()
	})
}

func TestTheInventoryHasEverythingThatATargetFileNeeds(t *testing.T) {
	for _, style := range Styles() {
		c := newCaller(t, Options{Style: style, Seed: 3})
		stock := c.server.Inventory()
		for _, checks := range []string{"ok", "1", "2", "8", "1+2", "1+8", "2+8"} {
			require.True(t, isID(stock.Programs[checks]), checks)
		}
		for _, checks := range []string{"3", "4", "5", "6", "7", "3+4", "3+5", "3+6", "3+7", "4+5", "4+6", "4+7", "6+7",
			"3+4+5", "4+6+7", "3+4+6+7"} {
			require.True(t, isID(stock.Wallets[checks]), checks)
		}
		for _, kind := range []string{"wallet", "card", "enduser", "beneficiary", "transaction", "webhook"} {
			require.True(t, isID(stock.SecondClient[kind]), kind)
		}
		for _, name := range []string{"primary", "second", "admin"} {
			require.NotEmpty(t, c.tokenFor(name, stock.Clients[name].Scope))
			require.NotContains(t, stock.Clients[name].String(), stock.Clients[name].Secret)
		}
		other := newCaller(t, Options{Style: style, Seed: 3}).server.Inventory()
		require.Equal(t, stock.Wallets, other.Wallets, "a seed gives the same ids")
		require.Equal(t, stock.Clients, other.Clients)
	}
}
