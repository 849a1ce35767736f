package contract

import (
	"testing"

	"github.com/stretchr/testify/require"
)

func TestAPathOfTheOwnersHasParametersToo(t *testing.T) {
	c, err := Load()
	require.NoError(t, err)
	for path, kinds := range map[string][]string{
		"/cards/widget":                       nil,
		"/cards/{id}/widget":                  {"card"},
		"/cards/{card}/widget":                {"card"},
		"/wallets/{wallet_id}/of/{id}/widget": {"wallet", "card"},
	} {
		there := c.At(map[string]string{"cards-widget-session-token": path, "cards-get": "/x/{y}"})
		operation := there.Operation("cards-widget-session-token")
		require.Equal(t, kinds, operation.Fixtures(), path)
		require.Same(t, operation, there.Titled(operation.Title))
		require.Contains(t, there.Operations, operation)
		require.Same(t, c.Operation("cards-get"), there.Operation("cards-get"), "a page gives its path")
	}
	require.Empty(t, c.Operation("cards-widget-session-token").PathParams, "the contract itself is never changed")
}
