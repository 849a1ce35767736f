package scene_test

import (
	"net/http"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
)

func TestARefusalOfWhatNoPageStatesIsOpen(t *testing.T) {
	const bodies = "fixtures.bodies.wallets-update"
	facts, err := contract.Load()
	require.NoError(t, err)
	for name, c := range map[string]struct {
		path   string // given by the target's owner; empty for the page's own
		status int
		key    string // empty where the refusal breaks what is stated
	}{
		"of a body that is only guessed":                  {"", http.StatusBadRequest, bodies},
		"of an address that a page states":                {"", http.StatusNotFound, ""},
		"of its method":                                   {"", http.StatusMethodNotAllowed, ""},
		"of an address that the owner gave in its place":  {"/wallets/{id}/status", http.StatusNotFound, bodies},
		"of the body that is sent to the address he gave": {"/wallets/{id}/status", http.StatusBadRequest, bodies},
	} {
		paths := map[string]string{}
		if c.path != "" {
			paths["wallets-update"] = c.path
		}
		api, err := client.New(client.Config{Contract: facts, BaseURL: "http://127.0.0.1:1", TokenURL: "http://127.0.0.1:1", Paths: paths})
		require.NoError(t, err)
		t.Cleanup(api.Close)
		s := scene.New(facts, api, scene.Given{})
		open := s.Open(&scene.Draft{Operation: s.Contract.Operation("wallets-update")}, &client.Exchange{Status: c.status})
		require.Equal(t, c.key == "", open == nil, name)
		if open != nil {
			require.Equal(t, c.key, open.Key, name)
		}
	}
}
