package mock

import (
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestRandomPointsServeTheFlowOfTheGuide takes the way of the guide at many points: token, enduser, wallet (that is
// activated where it is not), program of Kobble, card, list, get, status.
func TestRandomPointsServeTheFlowOfTheGuide(t *testing.T) {
	for seed := range 50 {
		t.Run(fmt.Sprintf("random:%d", seed), func(t *testing.T) {
			t.Parallel()
			c := newCaller(t, Options{Style: fmt.Sprintf("random:%d", seed)})
			if seed%2 == 1 {
				c.prefix = "/api"
			}
			c = c.with("X-Client-Id", c.server.Inventory().Clients["primary"].ID)
			holder := c.newEnduser(body{"person": person(),
				"metadata": body{"crm": body{"tier": "gold"}}}).is(http.StatusOK).object()
			require.Equal(t, body{"crm": body{"tier": "gold"}}, holder["metadata"])
			made := c.call("wallets-create", body{"holder_id": holder["id"], "asset": "AUD", "asset_class": "CURRENCY",
				"partner_product": "KOBBLE_AUD_1"}).is(http.StatusOK).object()
			if made["status"] != "ACTIVE" {
				c.call("wallets-update", body{"status": "ACTIVE"}, made["id"].(string)).succeeds()
			}
			request := body{"wallet_id": made["id"], "program_id": c.program("ok")}
			card := c.call("cards-create", request).is(http.StatusCreated).object()
			require.Equal(t, made["id"], card["wallet_id"])
			require.Contains(t, idsOf(c.call("cards-list", nil)), card["id"])
			c.call("cards-update-status", body{"status": "ACTIVE"}, card["id"].(string)).isOneOf(http.StatusOK,
				c.server.Style().Conflict)
			require.Equal(t, "ACTIVE", innermost(c.call("cards-get", nil, card["id"].(string)).object(), "status"))
			refused := c.call("cards-create", request)
			require.Equal(t, c.server.Style().CheckStatus[4], refused.status)
			require.Contains(t, strings.ToLower(string(refused.text)), strings.ToLower(cardChecks[3].message))
		})
	}
}
