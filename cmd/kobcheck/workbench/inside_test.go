package workbench

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
)

func TestAnAddressThatOthersReachIsTold(t *testing.T) {
	for address, alone := range map[string]bool{"127.0.0.1:0": true, "": true, ":8080": true, "localhost:1": true, "[::1]:80": true,
		"0.0.0.0:80": false, "192.0.2.1:80": false, "[::]:80": false, "host.example.test:80": false} {
		require.Equal(t, alone, onLoopback(address), address)
	}
}

func TestASecretOfItsOwnMakesSecretsThatTheSeedDoesNotTell(t *testing.T) {
	of := func(secret string) map[string]mock.Credentials {
		server, err := mock.New(mock.Options{Seed: 1, Secret: secret})
		require.NoError(t, err)
		return server.Inventory().Clients
	}
	plain, one, again, other := of(""), of("one"), of("one"), of("other")
	require.Equal(t, plain["primary"].ID, one["primary"].ID, "ids stay")
	require.Equal(t, one, again)
	for _, name := range []string{"primary", "second", "admin"} {
		require.NotEqual(t, plain[name].Secret, one[name].Secret)
		require.NotEqual(t, other[name].Secret, one[name].Secret)
	}
	require.NotEqual(t, one["primary"].Secret, one["second"].Secret)
}
