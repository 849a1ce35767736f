package load

import (
	"context"
	"fmt"
	"math/big"
	"net/http"
	"sync"
	"sync/atomic"
	"time"

	"golang.org/x/sync/errgroup"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/reports"
)

// maxAmounts bounds the amounts of a wallet: the i-th is 3 to the power of i, so that a balance written in
// base three tells of each credit whether it was lost (0), booked once (1) or booked twice (2).
const maxAmounts = 18

// ledgerAtOnce is how many requests on money are under way at once.
const ledgerAtOnce = 32

// ledger moves money on a few wallets from many sides at once and holds what is left against what was
// answered: conserved to the smallest unit, never negative, total = amount + reserved at every read.
func ledger(ctx context.Context, t *Target, plan *Plan, result *reports.LoadPlan) error {
	u, err := t.Unit(ctx)
	if err != nil {
		return err
	}
	l := &ledgerRun{target: t, unit: u, broken: map[string][]string{}}
	if u.Wrong != "" {
		l.breaks("MONEY-06", "%s", u.Wrong)
	}
	for range plan.Wallets {
		wallet, err := t.newWallet(ctx)
		if err != nil {
			return err
		}
		l.wallets = append(l.wallets, wallet)
	}
	began := time.Now()
	if err := l.credits(ctx, plan.Amounts); err != nil {
		return err
	}
	if err := l.transfers(ctx, plan.Amounts); err != nil {
		return err
	}
	if err := l.overdrafts(ctx); err != nil {
		return err
	}
	l.report(plan, result)
	result.Wallets = l.balances
	l.history.judge(account(u.One), "MONEY-06", "some order of the %d bookings and reads on %d wallets explains every balance that was read", result)
	result.Observed = append(result.Observed, reports.Observation{ID: "ledger.requests", Question: "How many requests on money were answered, how fast?",
		Answer: fmt.Sprintf("%d in %.1f s, %d without a clear answer that were then asked again", l.answered, time.Since(began).Seconds(), l.unclear)})
	return nil
}

type ledgerRun struct {
	target  *Target
	unit    scene.Unit
	wallets []string

	bookings atomic.Int64
	mu       sync.Mutex
	answered int
	unclear  int
	reads    int
	broken   map[string][]string // by requirement
	history  history
	balances []reports.LoadWallet
}

func (l *ledgerRun) breaks(requirement, format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken[requirement] = append(l.broken[requirement], fmt.Sprintf(format, args...))
}

// cutEvery is how many bookings there are to one whose first answer is lost on purpose.
const cutEvery = 10

// book performs a booking under a key of its own, a manual credit where it comes from no wallet. Where cuts are wanted, the connection of some is cut as soon as
// the request is out: not where a refusal is expected, which looks like one that is still under way. An unclear answer is asked again under the same key,
// since an unknown outcome would hide a lost update.
func (l *ledgerRun) book(ctx context.Context, amount int64, from, to string, cuts bool) (booked bool, err error) {
	operation := "transactions-create"
	if from == "" {
		operation = "transactions-manual-credit"
	}
	draft, err := l.target.booking(ctx, operation, amount, from, to)
	if err != nil {
		return false, err
	}
	if draft.Request.Key, err = l.target.Client.NewKey(ctx); err != nil {
		return false, err
	}
	called := now()
	defer func() {
		if err == nil {
			l.remember(amount, from, to, booked, called)
		}
	}()
	lost := cuts && l.bookings.Add(1)%cutEvery == 0
	if lost {
		connection, err := l.target.Client.SendWhole(ctx, draft.Operation, draft.Ready())
		if err != nil {
			return false, err
		}
		cut(connection, closes)
		l.mu.Lock()
		l.unclear++
		l.mu.Unlock()
	}
	for try := 0; ; try++ {
		exchange, err := l.target.Client.Do(ctx, draft.Operation, draft.Ready())
		if err == nil && lost && (exchange.Status == http.StatusConflict || exchange.Status == http.StatusTooEarly) && try < retryMost {
			// The first one, whose answer was lost, may still be under way.
			if err := wait(ctx, retryPause); err != nil {
				return false, err
			}
			continue
		}
		clear := err == nil && exchange.Status < 500 && exchange.Status != http.StatusTooManyRequests
		l.mu.Lock()
		if clear {
			l.answered++
		} else {
			l.unclear++
		}
		l.mu.Unlock()
		switch {
		case clear:
			return exchange.Status/100 == 2, nil
		case ctx.Err() != nil:
			return false, ctx.Err()
		case try >= 3:
			return false, fmt.Errorf("a booking got no clear answer in four attempts under one key; the money on the wallets can't be judged")
		}
	}
}

// remember adds a booking to the histories of its wallets.
func (l *ledgerRun) remember(units int64, from, to string, booked bool, called time.Duration) {
	returned := now()
	for wallet, what := range map[string]string{from: "out", to: "in"} {
		if wallet != "" {
			l.history.add(0, event{thing: wallet, what: what, units: units}, answer{done: booked}, called, returned)
		}
	}
}

// read reads a wallet and holds what every read must show.
func (l *ledgerRun) read(ctx context.Context, wallet string) (scene.Balance, error) {
	called := now()
	b, err := l.target.Balance(ctx, "primary", wallet)
	if err != nil {
		return b, err
	}
	l.history.add(0, event{thing: wallet, what: "read"}, answer{done: true, units: b.Total}, called, now())
	l.mu.Lock()
	l.reads++
	l.mu.Unlock()
	if sum := new(big.Rat).Add(b.Available, b.Reserved); sum.Cmp(b.Total) != 0 {
		l.breaks("MONEY-02", "a read showed total %s, amount %s and reserved %s", scene.Decimal(b.Total), scene.Decimal(b.Available), scene.Decimal(b.Reserved))
	}
	if b.Available.Sign() < 0 || b.Total.Sign() < 0 {
		l.breaks("MONEY-07", "a read showed amount %s and total %s", scene.Decimal(b.Available), scene.Decimal(b.Total))
	}
	return b, nil
}

// credits books super-increasing amounts on every wallet, all at once, with reads between, and reads off
// each balance which credits it holds.
func (l *ledgerRun) credits(ctx context.Context, amounts int) error {
	var all errgroup.Group
	all.SetLimit(ledgerAtOnce)
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
func (l *ledgerRun) digits(wallet int, units *big.Rat, amounts int, refused map[int]bool) {
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

// transfers sends money round the wallets from all sides at once; together they hold what they held.
func (l *ledgerRun) transfers(ctx context.Context, amounts int) error {
	before, err := l.sum(ctx)
	if err != nil {
		return err
	}
	var all errgroup.Group
	all.SetLimit(ledgerAtOnce)
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
		l.breaks("MONEY-05", "the wallets held %s together before the transfers and %s after them", scene.Decimal(before), scene.Decimal(after))
	}
	return nil
}

func (l *ledgerRun) sum(ctx context.Context) (*big.Rat, error) {
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
func (l *ledgerRun) overdrafts(ctx context.Context) error {
	for n := range min(len(l.wallets), 4) {
		from, err := l.target.newWallet(ctx)
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

func (l *ledgerRun) report(plan *Plan, result *reports.LoadPlan) {
	for _, one := range []struct{ requirement, sentence string }{
		{"MONEY-06", fmt.Sprintf("each of %d concurrent credits is on its wallet exactly once, told apart by super-increasing amounts", plan.Wallets*plan.Amounts)},
		{"MONEY-05", fmt.Sprintf("%d concurrent transfers among %d wallets made and lost no money", plan.Wallets*plan.Amounts*2, plan.Wallets)},
		{"MONEY-07", "no wallet was ever negative, and of transfers at once that together are more than it holds one passed"},
		{"MONEY-02", fmt.Sprintf("total_amount was amount plus reserved_amount at each of %d reads", l.reads)},
	} {
		holds := len(l.broken[one.requirement]) == 0
		result.Invariants = append(result.Invariants, reports.Invariant{Requirement: one.requirement, Sentence: one.sentence, Holds: &holds, Evidence: orNone(l.broken[one.requirement])})
	}
}
