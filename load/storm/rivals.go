package storm

import (
	"context"
	"fmt"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/load/kind"
)

// rivalWallets is how many wallets get requests under different keys at once.
const rivalWallets = 20

// rivals sends requests under different keys at once on one wallet. A card can be made on it once: this is the
// sharpest race on cards, since no key stands in the way, only check 4. Of credits each counts.
func (s *strike) rivals(ctx context.Context) error {
	lines := s.Client.Lines()
	defer lines.Close()
	requirement, sentence, judge := "MONEY-06", "each that succeeded is booked", s.rivalCredits
	if s.operation.ID == "cards-create" {
		requirement, sentence, judge = "CARD-ORDER-04", "one made a card", s.rivalCards
	}
	atOnce := 0
	var broken []string
	for n := range rivalWallets {
		wallet, err := s.NewWallet(ctx)
		if err != nil {
			return err
		}
		var keys []string
		for i := range s.plan.Copies {
			keys = append(keys, s.keys(s.operation.ID+" rivals", n*1000+i))
		}
		copies, err := s.release(ctx, lines, keys, wallet)
		if err != nil {
			return err
		}
		if overlapped(copies) {
			atOnce++
		}
		made, lost := 0, 0
		for _, one := range copies {
			switch {
			case one.wrong != "":
				lost++
			case one.status/100 == 2:
				made++
			}
		}
		text, err := judge(ctx, wallet, made, lost)
		if err != nil {
			return err
		}
		if text != "" {
			broken = append(broken, fmt.Sprintf("%s: %s", text, timeline(copies)))
		}
	}
	s.result.Invariants = append(s.result.Invariants, kind.Held(requirement, fmt.Sprintf(
		"%s: of %d requests under different keys at once on one wallet %s, on each of %s",
		s.operation.Title, s.plan.Copies, sentence, counted(atOnce, rivalWallets, "wallets")), atOnce > 0, broken))
	return nil
}

func (s *strike) rivalCards(ctx context.Context, wallet string, made, lost int) (string, error) {
	listed, _, err := s.effects(ctx, wallet)
	if err != nil {
		return "", err
	}
	if made > 1 || listed > 1 || made == 0 && lost == 0 {
		return fmt.Sprintf("%d requests made a card, and %d cards of the wallet are listed", made, listed), nil
	}
	return "", nil
}

func (s *strike) rivalCredits(ctx context.Context, wallet string, made, lost int) (string, error) {
	held, want, err := s.holds(ctx, wallet, int64(made)*amount)
	if err != nil {
		return "", err
	}
	if lost == 0 && held.Cmp(want) != 0 {
		return fmt.Sprintf("%d credits were answered with success, and the balance is %s in place of %s",
			made, scene.Decimal(held), scene.Decimal(want)), nil
	}
	return "", nil
}
