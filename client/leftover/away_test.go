package leftover

import (
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
)

// answering answers by the last letter of the id that is asked for.
func answering(w http.ResponseWriter, r *http.Request) {
	w.Header().Set("Content-Type", "application/json")
	if strings.HasSuffix(r.URL.Path, "/token") {
		_, _ = w.Write([]byte(`{"access_token":"a-token-of-nobody","expires_in":3600,"token_type":"Bearer"}`))
		return
	}
	for part := range strings.SplitSeq(r.URL.Path, "/") {
		if last, found := strings.CutPrefix(part, gone[:len(gone)-1]); found {
			w.WriteHeader(map[string]int{"1": 200, "2": 404, "3": 410, "4": 403, "5": 500}[last])
		}
	}
}

// gone is an id; its last letter says how the API answers.
const gone = "00000000-0000-4000-8000-000000000002"

func TestWhatAnAPITakesAwayIsToldAndTheRestStaysListed(t *testing.T) {
	server := httptest.NewServer(http.HandlerFunc(answering))
	defer server.Close()
	facts, err := contract.Load()
	require.NoError(t, err)
	c, err := client.New(client.Config{Contract: facts, BaseURL: server.URL, TokenURL: server.URL + "/token", RunID: "away",
		Edition: contract.V1, Clients: map[string]client.Credentials{"primary": {ID: "a", Secret: "the-secret-of-nobody"}}})
	require.NoError(t, err)
	defer c.Close()
	id := func(last string) string { return gone[:len(gone)-1] + last }
	things := []Thing{{Kind: "webhook", ID: id("1")}, {Kind: "webhook", ID: id("2")}, {Kind: "webhook", ID: id("3")},
		{Kind: "webhook", ID: id("4")}, {Kind: "wallet", ID: id("1")}, {Kind: "wallet", ID: id("2")}, {Kind: "card", ID: id("5")},
		{Kind: "enduser", ID: id("1")}}
	away := map[string]bool{}
	requests := PutAway(t.Context(), c, facts, things, func(one Thing) { away[one.Kind+one.ID[len(one.ID)-1:]] = true })
	require.Equal(t, 7, requests, "nothing is asked of a kind that no page lets go")
	require.Equal(t, map[string]bool{"webhook1": true, "webhook2": true, "webhook3": true, "wallet1": true}, away,
		"what is not there any more is away; a wallet that is not found could not be set aside")
}

func TestTheKindsThatGoAndThoseThatStay(t *testing.T) {
	for kind, c := range map[string]struct{ goes, deleted bool }{"webhook": {true, true}, "card": {true, false}, "wallet": {true, false},
		"enduser": {}, "transaction": {}} {
		require.Equal(t, c.goes, CanGo(kind), kind)
		require.Equal(t, c.deleted, Deleted(kind), kind)
	}
}
