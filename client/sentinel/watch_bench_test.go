package sentinel

import (
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
)

// BenchmarkWatch is what all sentinels together take to look at one card.
func BenchmarkWatch(b *testing.B) {
	facts, err := contract.Load()
	require.NoError(b, err)
	set, err := schemas.Load()
	require.NoError(b, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		_, _ = io.WriteString(w, card)
	}))
	defer server.Close()
	api, err := client.New(client.Config{Contract: facts, BaseURL: server.URL, TokenURL: server.URL, Edition: contract.V1,
		Clients: map[string]client.Credentials{"primary": {Secret: "the-primary-secret"}}})
	require.NoError(b, err)
	defer api.Close()
	operation, bearer := facts.Operation("cards-get"), "Bearer a-long-token"
	exchange, err := api.Do(b.Context(), operation, client.Request{Authorization: &bearer,
		Path: map[string]string{"id": "1B8ECC17-4edd-4b74-ae4f-208aeb78f105"}})
	require.NoError(b, err)
	b.ReportAllocs()
	for b.Loop() {
		_, _ = Watch(set, operation, exchange, contract.V1)
	}
}
