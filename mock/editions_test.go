package mock

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
)

// everywhere runs a test on a mock of each style through the paths of each edition.
func everywhere(t *testing.T, test func(*testing.T, *caller)) {
	t.Helper()
	for _, edition := range []string{"/customers/v1", "/api"} {
		t.Run(edition[1:], func(t *testing.T) {
			inBothStyles(t, func(t *testing.T, c *caller) {
				c.prefix = edition
				test(t, c.with("X-Client-Id", c.server.Inventory().Clients["primary"].ID))
			})
		})
	}
}

// resources are what the mock keeps: how each is made, read and listed. An operation that is left out is none of
// the API.
var resources = []struct {
	name, create, read, list string
	// admin says that an administrator makes it; status is what it has when it is new, empty for none.
	admin  bool
	status func(Style) string
}{
	{name: "card", create: "cards-create", read: "cards-get", list: "cards-list",
		status: func(Style) string { return "INACTIVE" }},
	{name: "wallet", create: "wallets-create", read: "wallets-get", list: "wallets-list",
		status: func(s Style) string { return s.NewWallet }},
	{name: "enduser", create: "endusers-create", read: "endusers-get", list: "endusers-list"},
	{name: "beneficiary", create: "beneficiaries-create", read: "beneficiaries-get", list: "beneficiaries-list",
		status: func(Style) string { return "ACTIVE" }},
	{name: "credit", create: "transactions-manual-credit", read: "transactions-get", list: "transactions-list"},
	{name: "transfer", create: "transactions-create", read: "transactions-get", list: "transactions-list"},
	{name: "program", create: "card-programs-create", read: "card-programs-get", list: "card-programs-list", admin: true,
		status: func(s Style) string { return s.NewProgram }},
	{name: "client", create: "clients-create", read: "clients-get", list: "clients-list", admin: true,
		status: func(Style) string { return "ACTIVE" }},
	{name: "webhook", create: "webhooks-create", list: "webhooks-list"},
}

func TestWhatIsMadeIsReadAndListedAlike(t *testing.T) {
	everywhere(t, func(t *testing.T, c *caller) {
		for _, one := range resources {
			caller := c
			if one.admin {
				caller = c.as("admin").with("X-Client-Id", c.server.Inventory().Clients["admin"].ID)
			}
			request, parameters := caller.goodRequest(one.create)
			made := caller.call(one.create, request, parameters...).succeeds()
			id, _ := made.object()["id"].(string)
			require.True(t, isID(id), "%s: %s", one.name, made.text)
			if one.status != nil {
				assert.Equal(t, one.status(c.server.Style()), made.object()["status"], one.name)
			}
			if one.read != "" {
				assert.JSONEq(t, string(made.text), string(caller.call(one.read, nil, id).is(http.StatusOK).text), one.name)
			}
			assert.Contains(t, idsOf(caller.call(one.list, nil).is(http.StatusOK)), id, one.name)
		}
	})
}

func TestAThingOfNobodyIsRefused(t *testing.T) {
	everywhere(t, func(t *testing.T, c *caller) {
		for _, one := range resources {
			if one.read == "" {
				continue
			}
			known := c.knownOperation(one.read)
			want := c.server.Style().Unknown
			if inCards(known) {
				want = http.StatusNotFound
			}
			got := c.as("admin").call(one.read, nil, nowhere)
			assert.Equal(t, want, got.status, "%s: %s", one.name, got.text)
		}
	})
}

func (c *caller) knownOperation(id string) *contract.Operation {
	c.t.Helper()
	facts, err := contract.Load()
	require.NoError(c.t, err)
	return facts.Operation(id)
}

func TestTheThingsOfAnotherClientAreInNoList(t *testing.T) {
	everywhere(t, func(t *testing.T, c *caller) {
		foreign := c.server.Inventory().SecondClient
		for _, list := range []string{"cards-list", "wallets-list", "endusers-list", "beneficiaries-list",
			"transactions-list",
			"webhooks-list"} {
			for _, id := range idsOf(c.call(list, nil).is(http.StatusOK)) {
				for kind, theirs := range foreign {
					assert.NotEqual(t, theirs, id, "%s shows the %s of another client", list, kind)
				}
			}
		}
	})
}
