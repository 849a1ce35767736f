package ledger

import (
	"context"
	"math/big"

	"golang.org/x/sync/errgroup"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/reports"
)

// atOnce is how many requests on money are under way at once.
const atOnce = 32

// credits books super-increasing amounts on every wallet, all at once, with reads between, and reads off
// each balance which credits it holds.
func (l *performance) credits(ctx context.Context, amounts int) error {
	var all errgroup.Group
	all.SetLimit(atOnce)
	refused := make([]map[int]bool, len(l.wallets))
	for w := range l.wallets {
		refused[w] = map[int]bool{}
	}
	for i := range amounts {
		for w, wallet := range l.wallets {
			all.Go(func() error {
				booked, err := l.book(ctx, power(i), "", wallet, true)
				if err == nil && !booked {
					l.mu.Lock()
					refused[w][i] = true
					l.mu.Unlock()
				}
				return err
			})
			if i%2 == 1 {
				all.Go(func() error { _, err := l.read(ctx, wallet); return err })
			}
		}
	}
	if err := all.Wait(); err != nil {
		return err
	}
	for w, wallet := range l.wallets {
		b, err := l.read(ctx, wallet)
		if err != nil {
			return err
		}
		units := new(big.Rat).Quo(b.Total, l.unit.One)
		answered := int64(0)
		for i := range amounts {
			if !refused[w][i] {
				answered += power(i)
			}
		}
		held, _ := units.Float64()
		l.balances = append(l.balances, reports.LoadWallet{Wallet: w + 1, Answered: float64(answered), Held: held})
		l.digits(w, units, amounts, refused[w])
	}
	return nil
}

func power(i int) int64 {
	amount := int64(1)
	for range i {
		amount *= 3
	}
	return amount
}

// digits reads a balance in base three.
func (l *performance) digits(wallet int, units *big.Rat, amounts int, refused map[int]bool) {
	if !units.IsInt() {
		l.breaks("MONEY-06", "wallet %d holds %s units, which whole credits can't give", wallet+1, scene.Decimal(units))
		return
	}
	left := new(big.Int).Set(units.Num())
	three, digit := big.NewInt(3), new(big.Int)
	for i := range amounts {
		left.QuoRem(left, three, digit)
		want := int64(1)
		if refused[i] {
			want = 0
		}
		switch got := digit.Int64(); {
		case got == want:
		case got < want:
			l.breaks("MONEY-06", "wallet %d lost the credit of %d that was answered with success", wallet+1, power(i))
		default:
			l.breaks("MONEY-06", "wallet %d holds the credit of %d %d times instead of %d", wallet+1, power(i), got, want)
		}
	}
	if left.Sign() != 0 {
		l.breaks("MONEY-06", "wallet %d holds more than all its credits together", wallet+1)
	}
}
