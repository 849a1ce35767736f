package storm

import (
	"context"
	"fmt"
	"math/big"
	"net/url"
	"strconv"

	"github.com/kobcheck/kobcheck/client/scene"
)

// The pages in which cards are counted, newest first: others may make cards meanwhile, so that a storm's own
// need not be on the first one.
const (
	cardPage      = 100
	strangerPages = 3 // pages in a row without a card of ours end the count
)

// effects counts the cards that are listed for a wallet, or says in words where its balance moved otherwise
// than once.
func (s *strike) effects(ctx context.Context, wallet string) (int, string, error) {
	if s.operation.ID == "cards-create" {
		cards, err := s.newestCards(ctx, 0)
		return len(cards[wallet]), "", err
	}
	held, want, err := s.holds(ctx, wallet, amount)
	if err != nil {
		return 0, "", err
	}
	if held.Cmp(want) != 0 {
		return 0, fmt.Sprintf("the balance is %s after one credit of %s", scene.Decimal(held), scene.Decimal(want)), nil
	}
	return 1, "", nil
}

// holds reads what a wallet holds, beside what it has to hold after so many units were booked on it.
func (t *performance) holds(ctx context.Context, wallet string, units int64) (held, want *big.Rat, err error) {
	unit, err := t.Unit(ctx)
	if err != nil {
		return nil, nil, err
	}
	balance, err := t.Balance(ctx, "primary", wallet)
	if err != nil {
		return nil, nil, err
	}
	return balance.Total, unit.Of(units), nil
}

// effectsOfAll is [strike.effects] for a whole storm, with one count of all its cards.
func (s *strike) effectsOfAll(ctx context.Context, bursts []*burst) (func(context.Context, string) (int, string, error), error) {
	if s.operation.ID != "cards-create" {
		return s.effects, nil
	}
	ours := map[string]bool{}
	for _, one := range bursts {
		ours[one.wallet] = true
	}
	found := map[string]map[string]bool{}
	strange := 0
	for page := 0; strange < strangerPages && page < strangerPages+10*(len(bursts)/cardPage+1); page++ {
		cards, err := s.newestCards(ctx, page*cardPage)
		if err != nil {
			return nil, err
		}
		strange++
		for wallet, ids := range cards {
			if !ours[wallet] {
				continue
			}
			strange = 0
			if found[wallet] == nil {
				found[wallet] = map[string]bool{}
			}
			for id := range ids {
				found[wallet][id] = true // what others make moves cards onto the next page: each counts once
			}
		}
		if len(cards) == 0 {
			break
		}
	}
	return func(_ context.Context, wallet string) (int, string, error) { return len(found[wallet]), "", nil }, nil
}

// newestCards lists a page of cards, newest first, by the wallets that they are on.
func (t *performance) newestCards(ctx context.Context, offset int) (map[string]map[string]bool, error) {
	query := url.Values{"order": {"desc"}, "limit": {strconv.Itoa(cardPage)}, "offset": {strconv.Itoa(offset)}}
	list, err := t.List(ctx, "cards-list", "primary", query)
	if err != nil {
		return nil, fmt.Errorf("counting cards from the newest on: %w", err)
	}
	found := map[string]map[string]bool{}
	for _, card := range list {
		wallet, _ := card["wallet_id"].(string)
		id := scene.ID(card)
		if found[wallet] == nil {
			found[wallet] = map[string]bool{}
		}
		found[wallet][id] = true
	}
	return found, nil
}
