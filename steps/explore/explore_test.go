package explore_test

import (
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/explore"
)

// elsewhere is a mock in another style, which no page forbids: envelopes round everything, another code of success,
// wallets that are born inactive, no program handed over, messages with a prefix.
func elsewhere(t *testing.T, options mock.Options) *scene.Scene {
	t.Helper()
	server, err := mock.New(options)
	require.NoError(t, err)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		answer := httptest.NewRecorder()
		server.ServeHTTP(answer, r)
		value, status := scene.Value(answer.Body.Bytes()), answer.Code
		object, _ := value.(map[string]any)
		switch {
		case strings.HasPrefix(r.URL.Path, "/oauth2") || value == nil:
			w.WriteHeader(status)
			_, _ = w.Write(answer.Body.Bytes())
			return
		case status/100 != 2:
			if message, isText := object["message"].(string); isText {
				object["message"] = "card service: " + strings.ToUpper(message)
			}
			value = map[string]any{"error": object}
		case object != nil:
			if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/wallets") {
				object["status"] = "INACTIVE"
			}
			value, status = map[string]any{"data": object}, http.StatusAccepted
		default:
			value = map[string]any{"data": map[string]any{"content": value}}
		}
		w.WriteHeader(status)
		_ = json.NewEncoder(w).Encode(value)
	}))
	t.Cleanup(front.Close)
	clients := map[string]client.Credentials{}
	for name, one := range server.Inventory().Clients {
		clients[name] = client.Credentials{ID: one.ID, Secret: one.Secret, Scope: one.Scope}
	}
	facts, err := contract.Load()
	require.NoError(t, err)
	api, err := client.New(client.Config{Contract: facts, BaseURL: front.URL, TokenURL: front.URL + "/oauth2/token", Clients: clients,
		RunID: "walk"})
	require.NoError(t, err)
	t.Cleanup(api.Close)
	return scene.New(facts, api, scene.Given{})
}

func TestAWalkTakesEveryStyleOfTheAPIAndStillFindsWhatDiffers(t *testing.T) {
	result, err := explore.Explore(t.Context(), explore.Config{Scene: elsewhere(t, mock.Options{Seed: 1}), Steps: 400, Seed: 3, AtOnce: true})
	require.NoError(t, err)
	require.Nil(t, result.Difference, "%v", result.Difference)
	require.Equal(t, 400, result.Steps)
	for fault, requirement := range map[string]string{"money.credit-drifts": "MONEY-06", "order.check-4-missing": "CARD-ORDER-04"} {
		result, err = explore.Explore(t.Context(), explore.Config{Scene: elsewhere(t, mock.Options{Seed: 1, Faults: []string{fault}}),
			Steps: 2000, Seed: 7, AtOnce: true})
		require.NoError(t, err)
		require.NotNil(t, result.Difference, fault)
		require.Equal(t, requirement, result.Difference.Requirement)
	}
}
