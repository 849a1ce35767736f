package scene_test

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
)

// change alters the answers of the API: status and body of a call; a nil value keeps the body.
type change func(r *http.Request, status int, value any) (int, any)

// stand is a scene on a mock whose answers are changed, and the calls that reached it.
type stand struct {
	*scene.Scene
	stock mock.Inventory
	mu    sync.Mutex
	calls []string
}

func (s *stand) count(call string) int {
	s.mu.Lock()
	defer s.mu.Unlock()
	n := 0
	for _, one := range s.calls {
		if one == call {
			n++
		}
	}
	return n
}

func on(t *testing.T, given func(mock.Inventory) scene.Given, without []string, changing change) *stand {
	t.Helper()
	server, err := mock.New(mock.Options{})
	require.NoError(t, err)
	s := &stand{stock: server.Inventory()}
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if strings.HasPrefix(r.URL.Path, "/oauth2") || changing == nil {
			s.heard(r)
			server.ServeHTTP(w, r)
			return
		}
		s.heard(r)
		answer := httptest.NewRecorder()
		server.ServeHTTP(answer, r)
		status, value := changing(r, answer.Code, scene.Value(answer.Body.Bytes()))
		w.WriteHeader(status)
		if value == nil {
			_, _ = w.Write(answer.Body.Bytes())
			return
		}
		_ = json.NewEncoder(w).Encode(value)
	}))
	t.Cleanup(front.Close)
	clients := map[string]client.Credentials{}
	for name, one := range s.stock.Clients {
		if !slices.Contains(without, name) {
			clients[name] = client.Credentials{ID: one.ID, Secret: one.Secret, Scope: one.Scope}
		}
	}
	facts, err := contract.Load()
	require.NoError(t, err)
	api, err := client.New(client.Config{Contract: facts, BaseURL: front.URL, TokenURL: front.URL + "/oauth2/token",
		Clients: clients, RunID: t.Name()})
	require.NoError(t, err)
	t.Cleanup(api.Close)
	handed := scene.Given{Programs: s.stock.Programs}
	if given != nil {
		handed = given(s.stock)
	}
	s.Scene = scene.New(facts, api, handed)
	return s
}

func (s *stand) heard(r *http.Request) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.calls = append(s.calls, r.Method+" "+r.URL.Path)
}

// elsewhere is an API in another style, which no page forbids: envelopes round everything, other codes of success,
// wallets that are born inactive.
func elsewhere(r *http.Request, status int, value any) (int, any) {
	if status/100 != 2 {
		return status, nil
	}
	switch value := value.(type) {
	case []any:
		return http.StatusPartialContent, map[string]any{"data": map[string]any{"items": value, "total": len(value)}, "errors": []any{}}
	case map[string]any:
		if r.Method == http.MethodPost && strings.HasSuffix(r.URL.Path, "/wallets") {
			value["status"] = "INACTIVE"
		}
		return http.StatusAccepted, map[string]any{"result": value, "links": map[string]any{"id": "self"}}
	}
	return status, nil
}

const prefix = "/customers/v1"

func none(mock.Inventory) scene.Given { return scene.Given{} }

func TestEveryKindOfThingIsMadeWhateverTheStyleOfTheAPI(t *testing.T) {
	for name, changing := range map[string]change{"as documented": nil, "in another style": elsewhere} {
		t.Run(name, func(t *testing.T) {
			s := on(t, none, nil, changing)
			for _, kind := range []string{"beneficiary", "card", "enduser", "program", "relay", "transaction", "wallet", "webhook",
				scene.Company, scene.CompanyWallet, scene.FundedWallet} {
				for _, as := range []string{"primary", "second"} {
					thing, err := s.Fresh(t.Context(), as, kind, nil)
					require.NoError(t, err, kind)
					require.NotEmpty(t, thing.ID, kind)
				}
			}
			unit, err := s.Unit(t.Context())
			require.NoError(t, err)
			require.Empty(t, unit.Wrong)
			have := scene.Things{}
			card, err := s.Fresh(t.Context(), "primary", "card", have)
			require.NoError(t, err)
			read, err := s.Get(t.Context(), "cards-get", "primary", card.ID)
			require.NoError(t, err)
			require.Equal(t, have["wallet"].ID, read["wallet_id"])
			listed, err := s.List(t.Context(), "wallets-list", "primary", nil)
			require.NoError(t, err)
			require.True(t, slices.ContainsFunc(listed, func(one map[string]any) bool { return scene.ID(one) == have["wallet"].ID }))
		})
	}
}

func TestEveryOperationThatCanBeBuiltIsServed(t *testing.T) {
	s := on(t, nil, nil, nil)
	for _, operation := range s.Contract.Operations {
		if _, known := operation.PathIn(contract.V1); !known || !scene.Buildable(operation) || operation.ID == "clients-update-status" {
			continue
		}
		have := scene.Things{"client": {Kind: "client", ID: s.stock.Clients["second"].ID}}
		draft, err := s.Draft(t.Context(), operation, s.Client.Caller(operation), have)
		require.NoError(t, err, operation.ID)
		_, _, err = s.Serve(t.Context(), draft)
		require.NoError(t, err, operation.ID)
	}
}

func TestScenesShareWhatNobodyCanChange(t *testing.T) {
	s := on(t, nil, nil, nil)
	var all sync.WaitGroup
	for i := range 40 {
		all.Go(func() {
			kind := []string{"enduser", scene.Company, "wallet"}[i%3]
			observed := s.Observed(func(*contract.Operation, *client.Exchange) error { return nil })
			_, err := observed.Need(context.Background(), "primary", kind, scene.Things{})
			assert.NoError(t, err)
		})
	}
	all.Wait()
	require.Equal(t, 2+1, s.count("POST "+prefix+"/endusers"))
	require.Equal(t, 13, s.count("POST "+prefix+"/wallets"))
	shared, err := s.Need(t.Context(), "primary", "enduser", nil)
	require.NoError(t, err)
	own, err := s.Fresh(t.Context(), "primary", "enduser", nil)
	require.NoError(t, err)
	foreign, err := s.Need(t.Context(), "second", "enduser", nil)
	require.NoError(t, err)
	require.Len(t, map[string]bool{shared.ID: true, own.ID: true, foreign.ID: true}, 3)
	require.Equal(t, "second", foreign.As)
	shared.Body = nil
	for range 4 {
		again, err := s.Need(t.Context(), "primary", "enduser", nil)
		require.NoError(t, err)
		require.NotNil(t, again.Body, "what one notes on a thing is not seen by others")
	}
}

// answering changes the status of one call.
func answering(call string, status int) change {
	return func(r *http.Request, was int, value any) (int, any) {
		if strings.HasPrefix(r.Method+" "+r.URL.Path, call) {
			return status, map[string]any{"message": "as the test wants it"}
		}
		return was, nil
	}
}

func TestWhatCanNotBePreparedSaysWhatBlocksOrWhatIsMissing(t *testing.T) {
	inactive := func(status int) change {
		return func(r *http.Request, was int, value any) (int, any) {
			if r.Method == http.MethodPatch || r.Method == http.MethodPut {
				return status, map[string]any{}
			}
			return elsewhere(r, was, value)
		}
	}
	const credit = "POST " + prefix + "/transactions/manual-credit"
	theirs := func(status int) change {
		return both(answering("GET "+prefix+"/card-programs", 404), answering("POST "+prefix+"/cards", status))
	}
	for name, c := range map[string]struct {
		kind     string
		given    func(mock.Inventory) scene.Given
		without  []string
		changing change
		blocked  string
		key      string
	}{
		"a server error":             {"enduser", nil, nil, answering("POST "+prefix+"/endusers", 500), "endusers-create", ""},
		"no id":                      {"enduser", nil, nil, answering("POST "+prefix+"/endusers", 200), "endusers-create", ""},
		"what it needs is refused":   {"card", nil, nil, answering("POST "+prefix+"/wallets", 400), "wallets-create", ""},
		"no token is taken":          {"transaction", nil, nil, answering("POST "+prefix+"/endusers", 401), "endusers-create", ""},
		"a body of an example":       {"transaction", nil, nil, answering(credit, 422), "", "fixtures.bodies.transactions-manual-credit"},
		"credits are not for us":     {scene.FundedWallet, nil, nil, answering(credit, 403), "", "target.clients.primary.scope"},
		"credits are broken":         {scene.FundedWallet, nil, nil, answering(credit, 500), "transactions-manual-credit", ""},
		"no wallet can be activated": {"wallet", nil, nil, inactive(400), "", "fixtures.bodies.wallets-update"},
		"activating is not there":    {"wallet", nil, nil, inactive(404), "wallets-update", ""}, // where a page states that it is
		"activating breaks":          {"wallet", nil, nil, inactive(500), "wallets-update", ""},
		"no program at all":          {"card", none, []string{"admin"}, answeringAll("/card-programs", 403), "", "fixtures.programs.ok"},
		"an administrator's program": {"card", none, nil, theirs(400), "", "fixtures.programs.ok"},
		"such a one is not found":    {"card", none, nil, theirs(404), "", "fixtures.programs.ok"},
		"a handed program":           {"card", nil, nil, answering("POST "+prefix+"/cards", 400), "cards-create", ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := on(t, c.given, c.without, c.changing)
			_, err := s.Fresh(t.Context(), "primary", c.kind, nil)
			var blocked *scene.Blocked
			var untestable *scene.NotTestable
			if c.blocked != "" {
				require.ErrorAs(t, err, &blocked)
				require.Equal(t, c.blocked, blocked.Operation)
				require.NotNil(t, blocked.Exchange)
				return
			}
			require.ErrorAs(t, err, &untestable)
			require.Equal(t, c.key, untestable.Key)
		})
	}
}

// answeringAll changes the status of every call whose path ends so.
func answeringAll(end string, status int) change {
	return func(r *http.Request, was int, _ any) (int, any) {
		if strings.HasSuffix(r.URL.Path, end) {
			return status, map[string]any{}
		}
		return was, nil
	}
}

// both is the first change that changes anything.
func both(changes ...change) change {
	return func(r *http.Request, was int, value any) (int, any) {
		for _, one := range changes {
			if status, changed := one(r, was, value); changed != nil {
				return status, changed
			}
		}
		return was, nil
	}
}

func TestWhatTheEnvironmentOrWhoListensSaysIsPassedOn(t *testing.T) {
	s := on(t, nil, nil, nil)
	stop := errors.New("enough")
	heard := 0
	_, err := s.Observed(func(operation *contract.Operation, _ *client.Exchange) error {
		if heard++; operation.ID == "wallets-create" {
			return stop
		}
		return nil
	}).Fresh(t.Context(), "primary", "card", nil)
	require.ErrorIs(t, err, stop)
	require.Equal(t, 2, heard, "the enduser and the wallet")
	ctx, cancel := context.WithCancel(t.Context())
	cancel()
	_, err = s.Fresh(ctx, "primary", "wallet", nil)
	require.ErrorIs(t, err, context.Canceled)
}

func TestAHandedBodyKeepsItsMembersAndNamesOurThings(t *testing.T) {
	s := on(t, func(mock.Inventory) scene.Given {
		return scene.Given{Bodies: map[string]map[string]any{"transactions-manual-credit": {
			"amount": 5, "to": "a wallet of the owner's", "memo": map[string]any{"by": "owner"}}}}
	}, nil, nil)
	for range 2 {
		draft, err := s.Booking(t.Context(), "transactions-manual-credit", "primary", 7, "", "ours")
		require.NoError(t, err)
		draft.Set("reference", "is not in the handed body")
		require.Equal(t, map[string]any{"amount": int64(7), "to": "ours", "memo": map[string]any{"by": "owner"}}, draft.Body)
		scene.SetMember(draft.Body, "memo.by", "changed") // a copy, so that the next one is whole
	}
}

func TestTheClientOfTheTargetFileIsLentToOneAtATimeAndPutBack(t *testing.T) {
	s := on(t, func(stock mock.Inventory) scene.Given { return scene.Given{Client: stock.Clients["second"].ID} }, nil, nil)
	var all sync.WaitGroup
	var mu sync.Mutex
	lent, most := 0, 0
	for range 8 {
		all.Go(func() {
			ctx := context.Background()
			thing, back, err := s.Disposable(ctx)
			if !assert.NoError(t, err) {
				return
			}
			mu.Lock()
			lent++
			most = max(most, lent)
			mu.Unlock()
			draft, err := s.Draft(ctx, s.Contract.Operation("clients-update-status"), "admin", scene.Things{"client": thing})
			if assert.NoError(t, err) {
				_, _, err = s.Serve(ctx, draft.Set("status", "INACTIVE"))
				assert.NoError(t, err)
			}
			mu.Lock()
			lent--
			mu.Unlock()
			assert.NoError(t, back(ctx))
		})
	}
	all.Wait()
	require.Equal(t, 1, most)
	now, err := s.Get(t.Context(), "clients-get", "admin", s.stock.Clients["second"].ID)
	require.NoError(t, err)
	require.Equal(t, "ACTIVE", now["status"])
}

func TestCopiesAreAllUnderWayBeforeOneIsAnswered(t *testing.T) {
	const copies = 6
	var mu sync.Mutex
	begun, gate := 0, make(chan struct{})
	s := on(t, nil, nil, func(r *http.Request, status int, _ any) (int, any) {
		if !strings.HasSuffix(r.URL.Path, "/manual-credit") || r.Header.Get("Idempotency-Key") == "" {
			return status, nil
		}
		mu.Lock()
		if begun++; begun == copies {
			close(gate)
		}
		mu.Unlock()
		<-gate // nobody is answered before all were read whole
		return status, nil
	})
	wallet, err := s.Fresh(t.Context(), "primary", "wallet", nil)
	require.NoError(t, err)
	draft, err := s.Booking(t.Context(), "transactions-manual-credit", "primary", 10, "", wallet.ID)
	require.NoError(t, err)
	requests := make([]client.Request, copies)
	for i := range requests {
		draft.Request.Key = fmt.Sprintf("00000000-0000-4000-8000-%012d", i)
		requests[i] = draft.Ready()
	}
	heard := 0
	observed := s.Observed(func(*contract.Operation, *client.Exchange) error { heard++; return nil })
	exchanges, err := observed.Together(t.Context(), draft.Operation, requests)
	require.NoError(t, err)
	require.Equal(t, copies, heard)
	for i, exchange := range exchanges {
		require.Equal(t, requests[i].Key, exchange.Key)
		require.Equal(t, 2, exchange.Status/100)
		require.True(t, bytes.Contains([]byte(exchange.Record().Curl), []byte("curl")))
	}
}
