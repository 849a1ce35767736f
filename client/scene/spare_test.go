package scene_test

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
)

// visit is an observed scene with all that it has exchanged.
type visit struct {
	*scene.Scene
	ctx       context.Context
	exchanges []*client.Exchange
}

func (s *stand) visit(t *testing.T) *visit {
	t.Helper()
	v := &visit{Scene: s.Observed(func(*contract.Operation, *client.Exchange) error { return nil })}
	v.ctx = client.WithScenario(t.Context(), client.Scenario{ID: fmt.Sprintf("%s-%p", t.Name(), v),
		Record: func(e *client.Exchange) { v.exchanges = append(v.exchanges, e) }})
	return v
}

func (v *visit) need(t *testing.T, kind string, have scene.Things) *scene.Thing {
	t.Helper()
	thing, err := v.Need(v.ctx, "primary", kind, have)
	require.NoError(t, err)
	return thing
}

// write changes a status by a call of one's own.
func (v *visit) write(t *testing.T, operation, status string, have scene.Things) {
	t.Helper()
	draft, err := v.Draft(v.ctx, v.Contract.Operation(operation), "primary", have)
	require.NoError(t, err)
	_, err = v.Client.Do(v.ctx, draft.Operation, draft.Set("status", status).Ready())
	require.NoError(t, err)
}

func (v *visit) book(t *testing.T, operation string, amount int64, from, to string) {
	t.Helper()
	_, err := v.Book(v.ctx, operation, "primary", amount, from, to)
	require.NoError(t, err)
}

func TestWhatOneSceneHasNotChangedIsAsGoodAsNewForTheNext(t *testing.T) {
	const refused = "NO_SUCH_STATUS"
	for name, c := range map[string]struct {
		kind  string
		use   func(t *testing.T, v *visit, have scene.Things)
		again bool
	}{
		"a card that was read": {"card", func(t *testing.T, v *visit, have scene.Things) {
			_, err := v.Get(v.ctx, "cards-get", "primary", have["card"].ID)
			require.NoError(t, err)
		}, true},
		"a card on which a change was refused": {"card", func(t *testing.T, v *visit, have scene.Things) {
			v.write(t, "cards-update-status", refused, have)
		}, true},
		"a card that was changed": {"card", func(t *testing.T, v *visit, have scene.Things) {
			v.write(t, "cards-update-status", "ACTIVE", have)
		}, false},
		"a card whose wallet was changed": {"card", func(t *testing.T, v *visit, have scene.Things) {
			v.write(t, "wallets-update", "SUSPENDED", have)
		}, false},
		"a wallet on which a change was refused": {"wallet", func(t *testing.T, v *visit, have scene.Things) {
			v.write(t, "wallets-update", refused, have)
		}, true},
		"a wallet that got a card": {"wallet", func(t *testing.T, v *visit, have scene.Things) {
			v.need(t, "card", have)
		}, false},
		"a funded wallet": {scene.FundedWallet, func(*testing.T, *visit, scene.Things) {}, true},
		"a funded wallet that was debited, which is funded again": {scene.FundedWallet, func(t *testing.T, v *visit, have scene.Things) {
			v.book(t, "transactions-manual-debit", 1, have[scene.FundedWallet].ID, "")
		}, true},
		"a funded wallet that holds a great deal": {scene.FundedWallet, func(t *testing.T, v *visit, have scene.Things) {
			v.book(t, "transactions-manual-credit", 100*scene.Funding, "", have[scene.FundedWallet].ID)
		}, false},
		"a funded wallet on which much was booked": {scene.FundedWallet, func(t *testing.T, v *visit, have scene.Things) {
			for range 7 {
				v.book(t, "transactions-manual-debit", 1, have[scene.FundedWallet].ID, "")
			}
		}, false},
		"a funded wallet that was debited and suspended": {scene.FundedWallet, func(t *testing.T, v *visit, have scene.Things) {
			v.book(t, "transactions-manual-debit", 1, have[scene.FundedWallet].ID, "")
			v.write(t, "wallets-update", "SUSPENDED", scene.Things{"wallet": have[scene.FundedWallet]})
		}, false},
		"a funded wallet that was debited and got a card": {scene.FundedWallet, func(t *testing.T, v *visit, have scene.Things) {
			v.book(t, "transactions-manual-debit", 1, have[scene.FundedWallet].ID, "")
			v.need(t, "card", scene.Things{"wallet": have[scene.FundedWallet]})
		}, false},
	} {
		t.Run(name, func(t *testing.T) {
			s := on(t, nil, nil, nil)
			first, have := s.visit(t), scene.Things{}
			used := first.need(t, c.kind, have)
			c.use(t, first, have)
			first.GiveBack(first.exchanges, have)
			require.NotEqual(t, used.ID, s.visit(t).need(t, c.kind, nil).ID, "it is kept")
			first.GiveBack(first.exchanges, nil)
			next, theirs := s.visit(t), scene.Things{}
			require.Equal(t, c.again, used.ID == next.need(t, c.kind, theirs).ID)
			for kind := range used.Parts {
				require.NotNil(t, theirs[kind], "its parts come with it")
			}
			require.NotEqual(t, used.ID, s.visit(t).need(t, c.kind, nil).ID, "one has it at a time")
		})
	}
}

func TestAWalletOnWhichMoneyMovedServesWhoAsksForOneWithMoney(t *testing.T) {
	for name, answered := range map[string]func(r *http.Request, wallet map[string]any){
		"as it is":                nil,
		"if a look tells its own": func(_ *http.Request, wallet map[string]any) { wallet["status"] = "SUSPENDED" },
	} {
		var spoil bool
		s := on(t, nil, nil, func(r *http.Request, status int, body any) (int, any) {
			if wallet, is := body.(map[string]any); is && spoil && answered != nil && r.Method == http.MethodGet {
				answered(r, wallet)
			}
			return status, body
		})
		first, have := s.visit(t), scene.Things{}
		wallet := first.need(t, "wallet", have)
		first.book(t, "transactions-manual-credit", scene.Funding, "", wallet.ID)
		first.book(t, "transactions-manual-debit", 7, wallet.ID, "")
		first.GiveBack(first.exchanges, nil)
		spoil = true
		next := s.visit(t)
		funded := next.need(t, scene.FundedWallet, nil)
		require.Equal(t, answered == nil, wallet.ID == funded.ID, name)
		if answered == nil {
			balance, err := next.Balance(next.ctx, "primary", funded.ID)
			require.NoError(t, err)
			unit, err := next.Unit(next.ctx)
			require.NoError(t, err)
			require.GreaterOrEqual(t, balance.Available.Cmp(unit.Of(scene.Funding)), 0, "it is funded again")
			require.NotEqual(t, wallet.ID, s.visit(t).need(t, "wallet", nil).ID, "it is none that is as good as new")
		}
	}
}

func TestWhatIsAPartOfAThingThatWentToOthersStaysWithIt(t *testing.T) {
	s := on(t, nil, nil, nil)
	first, have := s.visit(t), scene.Things{}
	transaction := first.need(t, "transaction", have)
	part := transaction.Parts[scene.FundedWallet]
	require.NotNil(t, part)
	first.GiveBack(first.exchanges, scene.Things{scene.FundedWallet: part})
	first.book(t, "transactions-manual-debit", 1, part.ID, "")
	first.GiveBack(first.exchanges, nil)
	next := s.visit(t)
	require.Equal(t, transaction.ID, next.need(t, "transaction", scene.Things{}).ID)
	require.NotEqual(t, part.ID, s.visit(t).need(t, scene.FundedWallet, nil).ID, "one has it at a time")
}

func TestAWalletThatCouldNotBeReadAfterItWasFundedIsTheSameStill(t *testing.T) {
	reads, fails := 0, 0
	s := on(t, nil, nil, func(r *http.Request, status int, _ any) (int, any) {
		if r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/wallets/") {
			if reads++; reads == fails {
				return http.StatusBadGateway, map[string]any{"message": "not now"}
			}
		}
		return status, nil
	})
	s.visit(t).need(t, scene.FundedWallet, nil) // the unit of amounts is known from here on
	first := s.visit(t)
	fails = reads + 1
	_, err := first.Need(first.ctx, "primary", scene.FundedWallet, nil)
	require.Error(t, err)
	first.GiveBack(first.exchanges, nil)
	require.NotEmpty(t, s.visit(t).need(t, scene.FundedWallet, nil).Body)
}

func TestWhatIsReadOfAnotherThingSaysNothingOfIt(t *testing.T) {
	s := on(t, nil, nil, func(r *http.Request, status int, body any) (int, any) {
		if card, is := body.(map[string]any); is && r.Method == http.MethodGet && strings.Contains(r.URL.Path, "/cards/") {
			card["id"] = "00000000-0000-4000-8000-000000000000"
		}
		return status, body
	})
	v := s.visit(t)
	card := v.need(t, "card", nil)
	_, err := v.Get(v.ctx, "cards-get", "primary", card.ID)
	var blocked *scene.Blocked
	require.ErrorAs(t, err, &blocked)
	require.True(t, blocked.Another)
	require.Equal(t, "CARD-GET-02", blocked.Requirement)
}

func TestACallerWithPartsOfItsOwnGetsAThingThatIsMadeOfThem(t *testing.T) {
	s := on(t, nil, nil, nil)
	first := s.visit(t)
	used := first.need(t, "card", nil)
	first.GiveBack(first.exchanges, nil)
	next := s.visit(t)
	own, err := next.Own(next.ctx, "primary", "enduser", nil)
	require.NoError(t, err)
	have := scene.Things{"enduser": own}
	card := next.need(t, "card", have)
	require.NotEqual(t, used.ID, card.ID)
	require.Same(t, own, card.Parts["wallet"].Parts["enduser"])
	require.NotEqual(t, used.ID, s.visit(t).anew(t), "another attempt has nothing that was used")
}

// anew is the id of a card that nobody had before.
func (v *visit) anew(t *testing.T) string {
	t.Helper()
	v.Anew()
	return v.need(t, "card", nil).ID
}

func TestARefusalThatChangedAThingAllTheSameIsSeen(t *testing.T) {
	s := on(t, nil, nil, func(r *http.Request, status int, _ any) (int, any) {
		if r.Method == http.MethodPatch && strings.Contains(r.URL.Path, "/cards/") {
			return http.StatusBadRequest, map[string]any{"message": "refused, but done"}
		}
		return status, nil
	})
	first, have := s.visit(t), scene.Things{}
	used := first.need(t, "card", have)
	first.write(t, "cards-update-status", "ACTIVE", have)
	first.GiveBack(first.exchanges, nil)
	require.NotEqual(t, used.ID, s.visit(t).need(t, "card", nil).ID)
}

func TestWhatIsMadeWithAThingOfACallersOwnIsForNobodyElse(t *testing.T) {
	s := on(t, nil, nil, nil)
	first := s.visit(t)
	odd, err := first.Fresh(first.ctx, "primary", "enduser", nil) // such as a person without an e-mail
	require.NoError(t, err)
	have := scene.Things{"enduser": odd}
	wallet := first.need(t, "wallet", have)
	first.GiveBack(first.exchanges, nil)
	next, theirs := s.visit(t), scene.Things{}
	require.NotEqual(t, wallet.ID, next.need(t, "wallet", theirs).ID)
	require.NotEqual(t, odd, theirs["enduser"], "nor does it come with something else")
}
