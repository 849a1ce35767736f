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
		return cards.on(wallet), "", err
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
	found := cards{}
	strange := 0
	for page := 0; strange < strangerPages && page < strangerPages+10*(len(bursts)/cardPage+1); page++ {
		cards, err := s.newestCards(ctx, page*cardPage)
		if err != nil {
			return nil, err
		}
		if len(cards) == 0 {
			break
		}
		strange++
		for one := range cards {
			if ours[one.wallet] {
				strange, found[one] = 0, true // what others make moves cards onto the next page: each counts once
			}
		}
	}
	return func(_ context.Context, wallet string) (int, string, error) { return found.on(wallet), "", nil }, nil
}

// cards are those that are listed, each with the wallet that it is on.
type cards map[struct{ wallet, id string }]bool

// on counts those of a wallet.
func (c cards) on(wallet string) (count int) {
	for one := range c {
		if one.wallet == wallet {
			count++
		}
	}
	return count
}

// newestCards lists a page of cards, newest first.
func (t *performance) newestCards(ctx context.Context, offset int) (cards, error) {
	query := url.Values{"order": {"desc"}, "limit": {strconv.Itoa(cardPage)}, "offset": {strconv.Itoa(offset)}}
	list, err := t.List(ctx, "cards-list", "primary", query)
	if err != nil {
		return nil, fmt.Errorf("counting cards from the newest on: %w", err)
	}
	found := cards{}
	for _, card := range list {
		wallet, _ := card["wallet_id"].(string)
		found[struct{ wallet, id string }{wallet, scene.ID(card)}] = true
	}
	return found, nil
}
