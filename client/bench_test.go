package client

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/stretchr/testify/require"
)

const aCard = `{"id":"8f1b7a52-93c4-4a2e-9d5e-0a6c1f2b3d4e","m_pan":"411111XXXXXX1111","last_four_digit":"1111","status":"ACTIVE","type":"VIRTUAL",` +
	`"expiry_date":"2029-01-31","wallet_id":"2db9c85a-3ce4-45d1-81e3-7cc8bb970484","program_id":"c031020f-9720-46f7-a9be-f5488ace7209",` +
	`"created_at":"2025-01-14T16:56:58.947Z","updated_at":"2025-01-14T16:56:58.947Z"}`

// trivial answers every request with a card and does nothing else.
func trivial(b *testing.B) string {
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("Content-Type", "application/json")
		if strings.HasSuffix(r.URL.Path, "/token") {
			tokenAnswer(w, "eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJwcmltYXJ5In0.c2lnbmF0dXJl", 3600)
			return
		}
		_, _ = io.WriteString(w, aCard)
	}))
	b.Cleanup(server.Close)
	return server.URL
}

// BenchmarkBare is what net/http takes for the same exchange; the others are to be read beside it.
func BenchmarkBare(b *testing.B) {
	address := trivial(b)
	transport := &http.Transport{DisableCompression: true}
	defer transport.CloseIdleConnections()
	plain := &http.Client{Transport: transport}
	for b.Loop() {
		r, err := http.NewRequestWithContext(context.Background(), http.MethodGet, address+"/customers/v1/cards/1", nil)
		require.NoError(b, err)
		r.Header.Set("Accept", "application/json")
		r.Header.Set("Authorization", "Bearer eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJwcmltYXJ5In0.c2lnbmF0dXJl")
		response, err := plain.Do(r)
		require.NoError(b, err)
		_, err = io.ReadAll(response.Body)
		require.NoError(b, err)
		require.NoError(b, response.Body.Close())
	}
}

func BenchmarkDo(b *testing.B) { benchmarkDo(b, func(*Exchange) {}) }

func BenchmarkDoAndRecord(b *testing.B) {
	var kept evidence.Exchange
	benchmarkDo(b, func(exchange *Exchange) { kept = exchange.Record() })
	require.NotEmpty(b, kept.Curl)
}

func benchmarkDo(b *testing.B, keep func(*Exchange)) {
	address := trivial(b)
	c, err := New(Config{Contract: facts(b), BaseURL: address, TokenURL: address + "/token", RunID: "run-1", Version: "1",
		Clients: map[string]Credentials{"primary": {ID: "id", Secret: primarySecret, Scope: "client/read"}}})
	require.NoError(b, err)
	defer c.Close()
	ctx := WithScenario(context.Background(), Scenario{ID: "bench", Record: keep})
	get := operation(b, "cards-get")
	for b.Loop() {
		if _, err := c.Do(ctx, get, Request{Path: map[string]string{"id": "1"}}); err != nil {
			b.Fatal(err)
		}
	}
}
