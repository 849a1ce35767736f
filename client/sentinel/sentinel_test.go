package sentinel

import (
	"context"
	"io"
	"net/http"
	"net/http/httptest"
	"net/url"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
)

const (
	card   = `{"id":"1b8ecc17-4edd-4b74-ae4f-208aeb78f105","type":"VIRTUAL","wallet_id":"13655985-8198-4fde-7afe-6abc661df281","created_at":"2025-01-13T18:26:41.332Z","updated_at":"2025-01-13T18:26:41.332Z","status":"INACTIVE","external_id":"1111111","last_four_digit":"1111","expiry":"2027-12-31T23:59:59.000Z","program_id":"0e8563e6-d25e-4f83-18ac-d053dff141c3","m_pan":"1111***1111"}`
	wallet = `{"id":"1b8ecc17-4edd-4b74-ae4f-208aeb78f105","external_id":null,"created_at":"2025-01-13T18:26:41.332Z","updated_at":"2025-01-13T18:26:41.332Z","holder_id":"1b8ecc17-4edd-4b74-ae4f-208aeb78f106","asset":"AUD","asset_class":"CURRENCY","status":"ACTIVE","partner_product":"KOBBLE_AUD_1","total_amount":1.5,"amount":1,"reserved_amount":0.5}`
)

func TestARangeOfTimeBoundsAListWhicheverTimeItGoesBy(t *testing.T) {
	changed := strings.Replace(card, `"updated_at":"2025-01-13T18`, `"updated_at":"2025-01-13T19`, 1)
	for name, c := range map[string]struct{ card, query, broken string }{
		"made and changed before it": {card, "from=2025-01-13T18:30:00.000Z", "CARD-LIST-03"},
		"in another zone":            {card, "from=2025-01-13T19:30:00.000%2B01:00", "CARD-LIST-03"},
		"changed in it":              {changed, "from=2025-01-13T18:30:00.000Z", ""},
		"on its bound":               {card, "from=2025-01-13T18:26:41.332Z&to=2025-01-13T18:26:41.332Z", ""},
		"made after it":              {changed, "to=2025-01-13T18:26:40.000Z", "CARD-LIST-04"},
		"made in it":                 {changed, "to=2025-01-13T18:30:00.000Z", ""},
		"no time":                    {card, "from=soon", ""},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.broken, brokenBy(t, "["+c.card+"]", c.query)) })
	}
}

// brokenBy is the requirement of a range that a list of cards breaks.
func brokenBy(t *testing.T, body, query string) string {
	facts, err := contract.Load()
	require.NoError(t, err)
	set, err := schemas.Load()
	require.NoError(t, err)
	server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) { _, _ = io.WriteString(w, body) }))
	defer server.Close()
	api, err := client.New(client.Config{Contract: facts, BaseURL: server.URL, TokenURL: server.URL, Edition: contract.V1,
		Clients: map[string]client.Credentials{"primary": {Secret: "the-primary-secret"}}})
	require.NoError(t, err)
	defer api.Close()
	bearer, operation := "Bearer x", facts.Operation("cards-list")
	values, err := url.ParseQuery(query)
	require.NoError(t, err)
	exchange, err := api.Do(t.Context(), operation, client.Request{Authorization: &bearer, Query: values})
	require.NoError(t, err)
	results, _ := Watch(set, operation, exchange, contract.V1)
	for _, result := range results {
		if !result.Holds && strings.Contains(result.Check, "a range of time") {
			return result.Fact.Requirement
		}
	}
	return ""
}

func TestEachSentinelSeesWhatItIsThereFor(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	set, err := schemas.Load()
	require.NoError(t, err)
	change := func(text, from, to string) string {
		before, after, found := strings.Cut(text, from)
		require.True(t, found, from)
		return before + to + after
	}
	for name, c := range map[string]struct {
		operation string
		status    int
		header    map[string]string
		body      string
		broken    string // the requirement, or empty for none
	}{
		"a good card":        {"cards-get", 200, nil, card, ""},
		"a good wallet":      {"wallets-get", 200, nil, wallet, ""},
		"a list of cards":    {"cards-list", 200, nil, "[" + card + "]", ""},
		"an error":           {"cards-get", 404, nil, `{"message":"Card not found"}`, ""},
		"an envelope":        {"cards-list", 200, nil, `{"data":[]}`, "CARD-LIST-09"},
		"a missing field":    {"cards-get", 200, nil, change(card, `"status":"INACTIVE",`, ""), "CARD-11"},
		"no body":            {"cards-get", 200, nil, "", "CARD-GET-04"},
		"a repeated name":    {"cards-get", 200, nil, change(card, `{`, `{"id":"x",`), "STD-12"},
		"text as JSON":       {"cards-get", 404, nil, "not found", "STD-12"},
		"another media type": {"cards-get", 404, map[string]string{"Content-Type": "text/html"}, `{"message":"x"}`, "GEN-11"},
		"a problem that lies": {"cards-get", 404, map[string]string{"Content-Type": "application/problem+json"},
			`{"status":500}`, "STD-13"},
		"an honest problem": {"cards-get", 404, map[string]string{"Content-Type": "application/problem+json"},
			`{"status":404}`, ""},
		"a 401 without a challenge": {"cards-get", 401, nil, `{"message":"x"}`, "STD-02"},
		"a 401 with another scheme": {"cards-get", 401, map[string]string{"WWW-Authenticate": `Basic realm="x"`}, `{"message":"x"}`,
			"STD-03"},
		"a 401 with a challenge":       {"cards-get", 401, map[string]string{"WWW-Authenticate": `Bearer realm="x"`}, `{"message":"x"}`, ""},
		"a 405 without Allow":          {"cards-get", 405, nil, `{"message":"x"}`, "STD-05"},
		"a token error without a code": {"token", 400, nil, `{"message":"x"}`, "OAUTH-11"},
		"a token error of its status":  {"token", 401, nil, `{"error":"invalid_scope"}`, "OAUTH-11"},
		"a token error with quotes":    {"token", 400, nil, `{"error":"invalid_scope","error_description":"no \"x\""}`, "OAUTH-11"},
		"a token error":                {"token", 400, nil, `{"error":"invalid_scope","error_description":"no such scope"}`, ""},
		"a bad Retry-After":            {"cards-get", 404, map[string]string{"Retry-After": "soon"}, `{"message":"x"}`, "STD-10"},
		"a 429 for caches": {"cards-get", 429, map[string]string{"Cache-Control": "public, max-age=60"}, `{"message":"x"}`,
			"STD-11"},
		"a 429 that expires": {"cards-get", 429, map[string]string{"Expires": "Thu, 01 Dec 2994 16:00:00 GMT"},
			`{"message":"x"}`, "STD-11"},
		"a 429 for nobody":                        {"cards-get", 429, map[string]string{"Cache-Control": "no-store, max-age=60"}, `{"message":"x"}`, ""},
		"a 429 as it is":                          {"cards-get", 429, map[string]string{"Retry-After": "1"}, `{"message":"x"}`, ""},
		"a full card number":                      {"cards-get", 404, nil, `{"message":"card 4111 1111 1111 1111"}`, "CARD-20"},
		"a verification value":                    {"cards-get", 404, nil, `{"details":{"CVV2":"123"}}`, "HARNESS-15"},
		"the caller's secret":                     {"cards-get", 404, nil, `{"message":"the-primary-secret"}`, "HARNESS-14"},
		"a verification value in a header":        {"cards-get", 200, map[string]string{"X-Card-Cvv": "123"}, card, "HARNESS-15"},
		"a pin of another kind":                   {"cards-get", 200, map[string]string{"X-Key-Pin": "abc"}, card, ""},
		"a secret, as asked for":                  {"cards-generate-secret", 200, nil, `{"secret":"x9Kq7TzW2vLm"}`, ""},
		"the caller's token in place of a secret": {"cards-generate-secret", 200, nil, `{"secret":"a-long-token"}`, "HARNESS-14"},
		"a secret in a header as well": {"cards-generate-secret", 200, map[string]string{"X-Note": "x9Kq7TzW2vLm"},
			`{"secret":"x9Kq7TzW2vLm"}`, "HARNESS-14"},
		"a credential beside a secret": {"cards-generate-secret", 200, nil, `{"secret":"x9Kq7TzW2vLm","note":"the-primary-secret"}`,
			"HARNESS-14"},
		"a coding that is none":      {"cards-get", 200, map[string]string{"Content-Encoding": "gzip"}, card, "HARNESS-26"},
		"a coding of no bytes":       {"cards-get", 404, map[string]string{"Content-Encoding": "identity"}, `{"message":"x"}`, ""},
		"a stack trace":              {"cards-get", 500, nil, `{"stack":"Error\n    at x (/usr/src/app/a.js:1:2)"}`, "HARNESS-10"},
		"a mask that disagrees":      {"cards-get", 200, nil, change(card, `1111***1111`, `1111***2222`), "CARD-20"},
		"changed before it was made": {"cards-get", 200, nil, change(card, `"updated_at":"2025`, `"updated_at":"2024`), "CARD-21"},
		"made after the answer": {"cards-get", 200, nil, change(change(card, `"created_at":"2025`, `"created_at":"2999`),
			`"updated_at":"2025`, `"updated_at":"2999`), "HARNESS-20"},
		"a total that is off": {"wallets-get", 200, nil, change(wallet, `"total_amount":1.5`, `"total_amount":1.51`), "MONEY-02"},
		"a part above the whole": {"wallets-get", 200, nil, change(change(wallet, `"total_amount":1.5`, `"total_amount":0.5`),
			`"reserved_amount":0.5`, `"reserved_amount":0`), "MONEY-01"},
		"a negative amount": {"wallets-get", 200, nil, change(change(wallet, `"total_amount":1.5`, `"total_amount":-0.5`),
			`"amount":1`, `"amount":-1`), "MONEY-07"},
		"another card than was asked for":   {"cards-get", 200, nil, change(card, `"id":"1`, `"id":"2`), "CARD-GET-02"},
		"another wallet than was asked for": {"wallets-get", 200, nil, change(wallet, `"id":"1`, `"id":"2`), "WALLET-26"},
		"a refusal that names another":      {"wallets-get", 404, nil, `{"id":"7","message":"x"}`, ""},
		"an undocumented field":             {"wallets-get", 200, nil, change(wallet, `{`, `{"extra":1,`), "HARNESS-16"},
		"a new thing without an id":         {"relays-create", 200, nil, `{}`, "HARNESS-12"},
	} {
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
				w.Header().Set("Content-Type", "application/json")
				for name, value := range c.header {
					w.Header().Set(name, value)
				}
				w.WriteHeader(c.status)
				_, _ = io.WriteString(w, c.body)
			}))
			defer server.Close()
			api, err := client.New(client.Config{Contract: facts, BaseURL: server.URL, TokenURL: server.URL, Edition: contract.V1,
				Clients: map[string]client.Credentials{"primary": {Secret: "the-primary-secret"}}})
			require.NoError(t, err)
			defer api.Close()
			bearer := "Bearer a-long-token"
			operation := facts.Operation(c.operation)
			exchange, err := api.Do(context.Background(), operation, client.Request{Authorization: &bearer, Path: map[string]string{"id": "1B8ECC17-4edd-4b74-ae4f-208aeb78f105"},
				Body: map[string]any{}})
			require.NoError(t, err)
			results, _ := Watch(set, operation, exchange, contract.V1)
			require.NotEmpty(t, results)
			var broken []string
			for _, result := range results {
				if !result.Holds {
					require.NotEmpty(t, result.Message)
					broken = append(broken, result.Fact.Requirement)
				}
			}
			if c.broken == "" {
				require.Empty(t, broken)
				return
			}
			require.True(t, slices.Contains(broken, c.broken), "%v", broken)
		})
	}
}
