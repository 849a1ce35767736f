package load

import (
	"context"
	"fmt"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/reports"
)

// rivalWallets is how many wallets get requests under different keys at once.
const rivalWallets = 20

// rivals sends requests under different keys at once on one wallet. A card can be made on it once: this is the
// sharpest race on cards, since no key stands in the way, only check 4. Of credits each counts.
func (s *stormer) rivals(ctx context.Context, result *reports.LoadPlan) error {
	lines := s.target.Client.Lines()
	defer lines.Close()
	cards := s.operation.ID == "cards-create"
	together := 0
	broken := []string{}
	for n := range rivalWallets {
		wallet, err := s.target.newWallet(ctx)
		if err != nil {
			return err
		}
		var keys []string
		for i := range s.plan.Copies {
			keys = append(keys, s.key(s.operation.ID+" rivals", n*1000+i))
		}
		copies, err := s.release(ctx, lines, keys, wallet)
		if err != nil {
			return err
		}
		if overlapped(copies) {
			together++
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
		judge := func() (string, error) { return s.rivalCredits(ctx, wallet, made, lost) }
		if cards {
			judge = func() (string, error) { return s.rivalCards(ctx, wallet, made, lost) }
		}
		text, err := judge()
		if err != nil {
			return err
		}
		if text != "" {
			broken = append(broken, fmt.Sprintf("%s: %s", text, s.timeline(copies)))
		}
	}
	holds := len(broken) == 0
	one := reports.Invariant{Requirement: "CARD-ORDER-04", Sentence: fmt.Sprintf("%s: of %d requests under different keys at once on one wallet one made a card, on each of %d wallets (%d of them were under way together)", s.operation.Title, s.plan.Copies, rivalWallets, together), Holds: &holds, Evidence: broken}
	if !cards {
		one.Requirement, one.Sentence = "MONEY-06", fmt.Sprintf("%s: of %d requests under different keys at once on one wallet each that succeeded is booked, on each of %d wallets", s.operation.Title, s.plan.Copies, rivalWallets)
	}
	if holds && together == 0 {
		one.Holds = nil
	}
	result.Invariants = append(result.Invariants, one)
	return nil
}

func (s *stormer) rivalCards(ctx context.Context, wallet string, made, lost int) (string, error) {
	listed, _, err := s.effects(ctx, wallet)
	if err != nil {
		return "", err
	}
	if made > 1 || listed > 1 || made == 0 && lost == 0 {
		return fmt.Sprintf("%d requests made a card, and %d cards of the wallet are listed", made, listed), nil
	}
	return "", nil
}

func (s *stormer) rivalCredits(ctx context.Context, wallet string, made, lost int) (string, error) {
	held, want, err := s.target.holds(ctx, wallet, int64(made)*stormAmount)
	if err != nil {
		return "", err
	}
	if lost == 0 && held.Cmp(want) != 0 {
		return fmt.Sprintf("%d credits were answered with success, and the balance is %s in place of %s", made, scene.Decimal(held), scene.Decimal(want)), nil
	}
	return "", nil
}
