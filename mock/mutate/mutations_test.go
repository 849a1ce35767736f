package mutate

import (
	"encoding/base64"
	"fmt"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/google/uuid"
	"github.com/stretchr/testify/require"
	"github.com/tidwall/gjson"
)

const card = `{"id":"1b8ecc17-4edd-4b74-ae4f-208aeb78f105","type":"VIRTUAL","status":"ACTIVE","created_at":"2025-01-13T18:26:41.332Z",` +
	`"external_id":"12345","last_four_digit":"4242","wallet_id":"13655985-8198-ffde-7afe-6abc661df281"}`

// stub is an API that knows three callers, keys and cards.
type stub struct {
	mu     sync.Mutex
	calls  []string // method, path and body of what was acted upon
	keys   map[string]bool
	status string
}

func (s *stub) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	refuse := func(status int) {
		w.WriteHeader(status)
		_, _ = io.WriteString(w, `{"message":"no"}`)
	}
	caller := r.Header.Get("Authorization")
	key := r.Header.Get("Idempotency-Key")
	switch {
	case caller != "Bearer us" && caller != "Bearer them":
		w.Header().Set("WWW-Authenticate", `Bearer realm="kobble"`)
		refuse(http.StatusUnauthorized)
	case strings.HasSuffix(r.URL.Path, "/theirs") && caller != "Bearer them":
		refuse(http.StatusNotFound)
	case r.Method == http.MethodPost && key == "":
		refuse(http.StatusBadRequest)
	case r.Method == http.MethodPost && !strings.Contains(string(body), `"wallet_id":"w"`):
		refuse(http.StatusBadRequest)
	case r.Method == http.MethodGet && strings.HasSuffix(r.URL.Path, "/cards"):
		w.Header().Set("X-Total-Count", "3")
		_, _ = fmt.Fprintf(w, `[{"id":"1%s"},{"id":"2"},{"id":"3 %s"}]`, strings.TrimPrefix(caller, "Bearer "), r.URL.RawQuery)
	default:
		if r.Method != http.MethodGet && !s.keys[key] {
			s.calls = append(s.calls, r.Method+" "+r.URL.Path+" "+string(body))
			if s.keys[key] = key != ""; r.Method == http.MethodPatch {
				s.status = gjson.GetBytes(body, "status").Str
			}
		}
		if r.Method == http.MethodPost {
			w.WriteHeader(http.StatusCreated)
		}
		_, _ = io.WriteString(w, strings.Replace(card, "ACTIVE", s.status, 1))
	}
}

const (
	cards  = "/customers/v1/cards"
	wanted = `{"wallet_id":"w","program_id":"p"}`
)

func TestEachKindOfMutationBreaksWhatItSays(t *testing.T) {
	type request struct{ method, path, body, caller, key string }
	var (
		create = request{"POST", cards, wanted, "us", "k1"}
		get    = request{"GET", cards + "/1", "", "us", ""}
		list   = request{"GET", cards, "", "us", ""}
		patch  = request{"PATCH", cards + "/1/status", `{"status":"SUSPENDED"}`, "us", ""}
	)
	with := func(r request, change func(*request)) request { change(&r); return r }
	noToken := func(r *request) { r.caller = "" }
	body := func(path, value string) func(seen, *stub) bool {
		return func(last seen, _ *stub) bool { return gjson.Get(last.body, path).Raw == value }
	}
	status := func(code int) func(seen, *stub) bool {
		return func(last seen, _ *stub) bool { return last.status == code }
	}
	acted := func(times int) func(seen, *stub) bool {
		return func(_ seen, s *stub) bool { return len(s.calls) == times }
	}
	for _, one := range []struct {
		id       string
		requests []request
		holds    func(last seen, s *stub) bool
	}{
		{"field.cards-get.status.missing", []request{get}, body("status", "")},
		{"field.cards-get.status.renamed", []request{get}, body("status_", `"ACTIVE"`)},
		{"field.cards-get.status.off-list", []request{get}, body("status", `"SOMETHING_ELSE"`)},
		{"field.cards-get.external_id.mistyped", []request{get}, body("external_id", `12345`)},
		{"field.cards-get.created_at.malformed", []request{get}, body("created_at", `"2025-01-13T18:26:41.332"`)},
		{"field.cards-list.id.null", []request{list}, body("2.id", `null`)},
		{"value.cards-get.status.another", []request{get}, body("status", `"INACTIVE"`)},
		{"value.cards-get.id.another", []request{get}, body("id", `"1b8ecc17-4edd-4b74-ae4f-208aeb78f100"`)},
		{"body.cards-get.wrapped", []request{get}, body("data.status", `"ACTIVE"`)},
		{"body.cards-get.cut", []request{get}, func(last seen, _ *stub) bool { return !gjson.Valid(last.body) }},
		{"leak.cards-get.success.card-number", []request{get}, body("note", `"4111111111111111"`)},
		{"leak.cards-get.refusal.token", []request{with(get, func(r *request) { r.caller = "none" })}, body("note", `"none"`)},
		{"status.cards-create.success.200", []request{create}, status(200)},
		{"status.cards-get.success.as-500", []request{get}, status(500)},
		{"status.cards-get.refusal.200", []request{with(get, noToken)}, status(200)},
		{"refusal.cards-get.404.served", []request{get, with(get, func(r *request) { r.path = cards + "/theirs" })}, body("status", `"ACTIVE"`)},
		{"refusal.cards-get.401.other-code", []request{with(get, noToken)}, status(403)},
		{"header.cards-list.X-Total-Count.wrong", []request{list},
			func(last seen, _ *stub) bool { return last.header.Get("X-Total-Count") == "4" }},
		{"header.cards-get.Date.missing", []request{get}, func(last seen, _ *stub) bool { return last.header.Get("Date") == "" }},
		{"list.cards-list.reversed", []request{list}, body("2.id", `"1us"`)},
		{"list.cards-list.first-dropped", []request{list}, body("0.id", `"2"`)},
		{"list.cards-list.foreign", []request{with(list, func(r *request) { r.caller = "them" }), list}, body("3.id", `"1them"`)},
		{"query.cards-list.limit.one-more", []request{with(list, func(r *request) { r.path += "?limit=2" })}, body("2.id", `"3 limit=3"`)},
		{"query.cards-list.order.other", []request{with(list, func(r *request) { r.path += "?order=asc" })}, body("2.id", `"3 order=desc"`)},
		{"stale.cards-get.first", []request{get, patch, get}, body("status", `"ACTIVE"`)},
		{"kept.cards-update-status.not", []request{patch, with(patch, func(r *request) { r.body = `{"status":"STOLEN"}` })},
			func(last seen, s *stub) bool {
				return s.status == "SUSPENDED" && gjson.Get(last.body, "status").Str == "STOLEN"
			}},
		{"kept.cards-update-status.status.altered", []request{patch}, body("status", `"STOLEN"`)},
		{"kept.cards-update-status.status.altered-unseen", []request{patch},
			func(last seen, s *stub) bool {
				return s.status == "STOLEN" && gjson.Get(last.body, "status").Str == "SUSPENDED"
			}},
		{"twice.cards-create.each", []request{create}, acted(2)},
		{"right.cards-get.no-token", []request{get, with(get, noToken)}, status(200)},
		{"right.cards-get.bad-token", []request{get, with(get, func(r *request) { r.caller = "forged" })}, status(200)},
		{"right.cards-get.foreign", []request{with(get, func(r *request) { r.caller = "them" }), get,
			with(get, func(r *request) { r.path = cards + "/theirs" })}, status(200)},
		{"acts.cards-create.no-token", []request{create, with(create, noToken)},
			func(last seen, s *stub) bool { return last.status == 401 && len(s.calls) == 2 }},
		{"key.cards-create.not-required", []request{with(create, func(r *request) { r.key = "" })}, status(201)},
		{"key.cards-create.repeat-acts", []request{create, create}, acted(2)},
		{"key.cards-create.other-data-acts", []request{create, with(create, func(r *request) { r.body = `{"wallet_id":"w"}` })}, acted(2)},
		{"key.cards-create.other-client", []request{create, with(create, func(r *request) { r.caller = "them" })}, acted(1)},
		{"key.cards-create.repeat-refused", []request{create, create}, status(409)},
		{"input.cards-create.wallet_id.missing", []request{create,
			with(create, func(r *request) { r.body, r.key = `{"program_id":"p"}`, "k2" })}, status(201)},
		{"input.cards-create.not-json", []request{create, with(create, func(r *request) { r.body, r.key = `{`, "k2" })}, status(201)},
		{"late.cards-get.each", []request{get}, status(200)},
	} {
		t.Run(one.id, func(t *testing.T) {
			perform := func(mutations ...string) (last seen, api *stub, proxy *Proxy) {
				api = &stub{keys: map[string]bool{}, status: "ACTIVE"}
				through, _, proxy := before(t, api.ServeHTTP, When{}, mutations...)
				keys := map[string]string{"": "", "k1": uuid.NewString(), "k2": uuid.NewString()}
				for _, r := range one.requests {
					head := []string{"Content-Type", "application/json"}
					if r.caller != "" {
						head = append(head, "Authorization", "Bearer "+r.caller)
					}
					if keys[r.key] != "" {
						head = append(head, "Idempotency-Key", keys[r.key])
					}
					last = ask(t, r.method, through+r.path, r.body, head...)
				}
				return last, api, proxy
			}
			last, api, proxy := perform(one.id)
			require.True(t, one.holds(last, api), "%+v, acted upon: %q", last, api.calls)
			require.EqualValues(t, 1, min(proxy.Hits(one.id), 1))
			if !strings.HasPrefix(one.id, "late.") && !strings.HasPrefix(one.id, "key.cards-create.other-client") {
				last, api, _ = perform()
				require.False(t, one.holds(last, api), "the same without the mutation: %+v", last)
			}
		})
	}
}

func TestCredentialsAreOfTheClientThatTheirTokenNames(t *testing.T) {
	token := func(payload string) string {
		return "Bearer e30." + base64.RawURLEncoding.EncodeToString([]byte(payload)) + ".c2ln"
	}
	require.Equal(t, "us", clientOf(token(`{"client_id":"us","sub":"x"}`)))
	require.Equal(t, "us", clientOf(token(`{"sub":"us"}`)))
	require.Equal(t, clientOf(token(`{"sub":"us","scope":"client/read"}`)), clientOf(token(`{"sub":"us","scope":"client/write"}`)))
	for _, opaque := range []string{"Bearer us", "Bearer a.b.c", token(`{}`)} {
		require.Equal(t, opaque, clientOf(opaque))
	}
}
