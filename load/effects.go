package load

import (
	"context"
	"fmt"
	"net/url"
	"strconv"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/schemas"
)

// The pages in which cards are counted, newest first: others may make cards meanwhile, so that a storm's own
// need not be on the first one.
const (
	cardPage      = 100
	strangerPages = 3 // pages in a row without a card of ours end the count
)

// effects counts the cards that are listed for a wallet, or says in words where its balance moved otherwise
// than once.
func (s *stormer) effects(ctx context.Context, wallet string) (int, string, error) {
	if s.operation.ID == "cards-create" {
		cards, err := s.target.newestCards(ctx, 0)
		return len(cards[wallet]), "", err
	}
	unit, err := s.target.unit(ctx)
	if err != nil {
		return 0, "", err
	}
	balance, err := s.target.balance(ctx, wallet)
	if err != nil {
		return 0, "", err
	}
	if want := unit.of(stormAmount); balance.total.Cmp(want) != 0 {
		return 0, fmt.Sprintf("the balance is %s after one credit of %s", decimal(balance.total), decimal(want)), nil
	}
	return 1, "", nil
}

// effectsOfAll is [stormer.effects] for a storm of so many keys, with one count of all its cards.
func (s *stormer) effectsOfAll(ctx context.Context, keys int) (func(context.Context, string) (int, string, error), error) {
	if s.operation.ID != "cards-create" {
		return s.effects, nil
	}
	ours := map[string]bool{}
	for _, one := range s.copies {
		ours[one.wallet] = true
	}
	found := map[string]map[string]bool{}
	strange := 0
	for page := 0; strange < strangerPages && page < strangerPages+10*(keys/cardPage+1); page++ {
		cards, err := s.target.newestCards(ctx, page*cardPage)
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
func (t *Target) newestCards(ctx context.Context, offset int) (map[string]map[string]bool, error) {
	query := url.Values{"order": {"desc"}, "limit": {strconv.Itoa(cardPage)}, "offset": {strconv.Itoa(offset)}}
	exchange, err := t.Client.Do(ctx, t.Contract.Operation("cards-list"), client.Request{Query: query})
	if err != nil {
		return nil, err
	}
	value, err := schemas.Decode(exchange.Body)
	if err != nil {
		return nil, fmt.Errorf("counting cards from the newest on: %w", err)
	}
	found := map[string]map[string]bool{}
	list, _ := value.([]any)
	for _, one := range list {
		card, _ := one.(map[string]any)
		wallet, _ := card["wallet_id"].(string)
		id, _ := card["id"].(string)
		if found[wallet] == nil {
			found[wallet] = map[string]bool{}
		}
		found[wallet][id] = true
	}
	return found, nil
}
