package mock

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
)

// operations lists all operations but the token endpoint.
func operations(t *testing.T) []*contract.Operation {
	t.Helper()
	facts, err := contract.Load()
	require.NoError(t, err)
	var all []*contract.Operation
	for _, one := range facts.Operations {
		if one.ID != "token" {
			all = append(all, one)
		}
	}
	require.Len(t, all, 36)
	return all
}

func TestEveryOperationIsServedInBothStylesAndEditions(t *testing.T) {
	for _, prefix := range []string{"/customers/v1", "/api"} {
		t.Run(prefix[1:], func(t *testing.T) {
			inBothStyles(t, func(t *testing.T, c *caller) {
				c.prefix = prefix
				for _, operation := range operations(t) {
					request, parameters := c.goodRequest(operation.ID)
					got := c.privileged(operation.ID).call(operation.ID, request, parameters...)
					require.True(t, operation.Success.Accepts(got.status), "%s answered %d %s", operation.ID, got.status, got.text)
					if got.status != http.StatusNoContent {
						require.Equal(t, "application/json", got.header.Get("Content-Type"), operation.ID)
						require.NotEmpty(t, got.text, operation.ID)
					}
				}
			})
		})
	}
}

func TestBothEditionsShowTheSameThings(t *testing.T) {
	c := newCaller(t, Options{})
	id := c.card()
	first := c.get("./cards/" + id).is(http.StatusOK)
	c.prefix = "/api"
	require.JSONEq(t, string(first.text), string(c.get("./cards/"+id).is(http.StatusOK).text))
}

func TestHeadIsServedWithoutContentWhereGetIs(t *testing.T) {
	c := newCaller(t, Options{})
	got := c.send("HEAD", "./cards/"+c.card(), "")
	require.Equal(t, http.StatusOK, got.status)
	require.Empty(t, got.text)
	require.NotEqual(t, "0", got.header.Get("Content-Length"))
}

func TestAMethodThatAPathDoesNotOfferIsRefusedWithTheOnesItDoes(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		for path, allow := range map[string]string{
			"./cards": "GET, HEAD, POST", "./cards/" + c.card(): "GET, HEAD", "/oauth2/token": "POST",
			"./transactions/manual-credit": "GET, HEAD, POST",
			"/health":                      "GET, HEAD", "/customer/v1/webhooks/subscriptions": "GET, HEAD, POST",
		} {
			got := c.send("DELETE", path, "").is(http.StatusMethodNotAllowed)
			require.Equal(t, allow, got.header.Get("Allow"), path)
			require.NotEmpty(t, got.message())
		}
	})
}

func TestAnUnknownPathIsAnsweredInJSON(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		for _, path := range []string{"/", "/nowhere", "./nowhere", "./cards/", "./cards/a/b/c/d/e", "//customers/v1/cards",
			"/customers/v1"} {
			got := c.get(path).is(http.StatusNotFound)
			require.Equal(t, "application/json", got.header.Get("Content-Type"), path)
			require.NotEmpty(t, got.message(), path)
		}
	})
}

func TestTheHealthcheckAsksForNoToken(t *testing.T) {
	newCaller(t, Options{}).without("Authorization").get("/health").is(http.StatusOK)
}

func TestACallerWithoutATokenIsRefusedEverywhere(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		for _, operation := range operations(t) {
			if operation.ID == "healthcheck" {
				continue
			}
			request, parameters := c.goodRequest(operation.ID)
			for name, one := range map[string]*caller{"none": c.without("Authorization"), "garbage": c.with("Authorization",
				"Bearer nonsense"),
				"expired": c.with("Authorization", "Bearer "+c.server.Inventory().ExpiredToken),
				"basic":   c.with("Authorization", "Basic "+c.token)} {
				got := one.call(operation.ID, request, parameters...)
				require.Equal(t, http.StatusUnauthorized, got.status, "%s with %s", operation.ID, name)
				require.Contains(t, got.header.Get("WWW-Authenticate"), "Bearer realm=", operation.ID)
			}
		}
	})
}

func TestAReadScopeServesReadsAndNoChanges(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		reader := c.scoped("primary", "client/read")
		administrator := c.scoped("admin", "administrator/read")
		for _, operation := range operations(t) {
			request, parameters := c.goodRequest(operation.ID)
			one := reader
			if c.privileged(operation.ID) != c {
				one = administrator
			}
			got := one.call(operation.ID, request, parameters...)
			if operation.Writes() {
				require.Equal(t, http.StatusForbidden, got.status, operation.ID)
				require.Contains(t, got.header.Get("WWW-Authenticate"), `error="insufficient_scope"`)
			} else {
				require.True(t, operation.Success.Accepts(got.status), "%s answered %d", operation.ID, got.status)
			}
		}
	})
}

func TestAnUnknownOrMalformedIdIsRefused(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		for _, operation := range operations(t) {
			if len(operation.PathParams) == 0 {
				continue
			}
			request, _ := c.goodRequest(operation.ID)
			one := c.privileged(operation.ID)
			one.call(operation.ID, request, nowhere).is(http.StatusNotFound)
			for _, malformed := range []string{"1", "nonsense", "%00", "'%20OR%201=1", "ZZZZZZZZ-0000-4000-8000-000000000000"} {
				one.call(operation.ID, request, malformed).isRefused()
			}
		}
	})
}

func TestAnotherClientsThingsAreOutOfReach(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		foreign := c.server.Inventory().SecondClient
		for _, one := range []struct{ operation, kind string }{
			{"beneficiaries-get", "beneficiary"}, {"beneficiaries-update", "beneficiary"}, {"cards-get", "card"},
			{"cards-update-status", "card"},
			{"cards-replace-renew", "card"}, {"cards-generate-secret", "card"}, {"endusers-get", "enduser"},
			{"transactions-get", "transaction"},
			{"wallets-get", "wallet"}, {"wallets-update", "wallet"}, {"webhooks-delete", "webhook"},
		} {
			request, _ := c.goodRequest(one.operation)
			got := c.call(one.operation, request, foreign[one.kind]).isRefused()
			require.Equal(t, c.server.Style().Foreign, got.status, one.operation)
			require.NotContains(t, string(got.text), foreign[one.kind])
			c.as("second").call(one.operation, request, foreign[one.kind]).succeeds()
		}
	})
}

func TestListsShowTheCallersThingsAlone(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		foreign := c.server.Inventory().SecondClient
		for operation, kind := range map[string]string{"beneficiaries-list": "beneficiary", "cards-list": "card",
			"endusers-list":     "enduser",
			"transactions-list": "transaction", "wallets-list": "wallet", "webhooks-list": "webhook"} {
			require.NotContains(t, string(c.call(operation, nil).succeeds().text), foreign[kind], operation)
			require.Contains(t, string(c.as("second").call(operation, nil).succeeds().text), foreign[kind], operation)
		}
	})
}

func TestWhatIsCreatedIsReadAndListedEqual(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		for _, one := range []struct{ create, read, list string }{
			{"beneficiaries-create", "beneficiaries-get", "beneficiaries-list"}, {"cards-create", "cards-get", "cards-list"},
			{"card-programs-create", "card-programs-get", "card-programs-list"},
			{"clients-create", "clients-get", "clients-list"},
			{"endusers-create", "endusers-get", "endusers-list"}, {"transactions-manual-credit", "transactions-get",
				"transactions-list"},
			{"wallets-create", "wallets-get", "wallets-list"},
		} {
			request, parameters := c.goodRequest(one.create)
			created := c.privileged(one.create).call(one.create, request, parameters...).succeeds()
			require.JSONEq(t, string(created.text),
				string(c.privileged(one.read).call(one.read, nil, created.id()).succeeds().text), one.read)
			require.Contains(t, c.privileged(one.list).call(one.list, nil).succeeds().list(), created.object(), one.list)
		}
	})
}
