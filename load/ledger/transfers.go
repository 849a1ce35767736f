package ledger

import (
	"context"
	"math/big"

	"golang.org/x/sync/errgroup"

	"github.com/kobcheck/kobcheck/client/scene"
)

// transfers sends money round the wallets from all sides at once; together they hold what they held.
func (l *performance) transfers(ctx context.Context, amounts int) error {
	before, err := l.sum(ctx)
	if err != nil {
		return err
	}
	var all errgroup.Group
	all.SetLimit(atOnce)
	for i := range amounts * 2 {
		for w, wallet := range l.wallets {
			to := l.wallets[(w+1+i%(len(l.wallets)-1))%len(l.wallets)]
			if to == wallet {
				continue
			}
			all.Go(func() error {
				_, err := l.book(ctx, int64(1+i), wallet, to, true)
				return err
			})
		}
		all.Go(func() error { _, err := l.read(ctx, l.wallets[i%len(l.wallets)]); return err })
	}
	if err := all.Wait(); err != nil {
		return err
	}
	after, err := l.sum(ctx)
	if err != nil {
		return err
	}
	if after.Cmp(before) != 0 {
		l.breaks("MONEY-05", "the wallets held %s together before the transfers and %s after them",
			scene.Decimal(before), scene.Decimal(after))
	}
	return nil
}

func (l *performance) sum(ctx context.Context) (*big.Rat, error) {
	sum := new(big.Rat)
	for _, wallet := range l.wallets {
		b, err := l.read(ctx, wallet)
		if err != nil {
			return nil, err
		}
		sum.Add(sum, b.Total)
	}
	return sum, nil
}

// overdrafts asks at once for more than a wallet holds: of ten transfers of six tenths one may pass.
func (l *performance) overdrafts(ctx context.Context) error {
	for n := range min(len(l.wallets), 4) {
		from, err := l.target.NewWallet(ctx)
		if err != nil {
			return err
		}
		if _, err := l.book(ctx, 1000, "", from, false); err != nil {
			return err
		}
		var all errgroup.Group
		var passed int
		for range 10 {
			all.Go(func() error {
				booked, err := l.book(ctx, 600, from, l.wallets[n], false)
				l.mu.Lock()
				defer l.mu.Unlock()
				if booked {
					passed++
				}
				return err
			})
		}
		if err := all.Wait(); err != nil {
			return err
		}
		if _, err := l.read(ctx, from); err != nil {
			return err
		}
		if passed > 1 {
			l.breaks("MONEY-07", "%d transfers of 600 at once passed on a wallet that held 1000", passed)
		}
	}
	return nil
}
