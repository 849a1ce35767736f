// Package ledger moves money on a few wallets from many sides at once and holds what is left against what was answered:
// conserved to the smallest unit, never negative, total = amount + reserved at every read.
package ledger

import (
	"context"
	"fmt"
	"sync"
	"sync/atomic"
	"time"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/load/arrivals"
	"github.com/kobcheck/kobcheck/load/history"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/match"
)

// Plan is a ledger: so many wallets, each with so many credits.
type Plan struct {
	kind.Head `yaml:",inline"`
	Wallets   int `yaml:"wallets"`
	Amounts   int `yaml:"amounts"`
}

// New returns a plan that has only what is usual.
func New() *Plan { return &Plan{Head: kind.Usual()} }

// maxAmounts bounds the amounts of a wallet: the i-th is 3 to the power of i, so that a balance written in
// base three tells of each credit whether it was lost (0), booked once (1) or booked twice (2).
const maxAmounts = 18

// Check tells of every value that can't be.
func (p *Plan) Check(fault kind.Fault) {
	if p.Wallets < 2 || p.Amounts < 1 || p.Amounts > maxAmounts {
		fault("wallets", "a ledger needs two wallets or more, and 1 to %d amounts", maxAmounts)
	}
}

// Ceiling is the most that the plan asks of a target.
func (p *Plan) Ceiling() kind.Ceiling {
	return kind.Ceiling{Requests: p.Wallets*(p.Amounts*3+6) + 40, Entities: p.Wallets*(2+3*p.Amounts) + 60,
		Operations: []string{"endusers-create", "wallets-create", "transactions-manual-credit", "transactions-create", "wallets-get"}}
}

// Perform moves the money and judges what is left.
func (p *Plan) Perform(ctx context.Context, on *kind.Target, _ kind.Run, result *reports.LoadPlan) (*arrivals.Measure, error) {
	u, err := on.Unit(ctx)
	if err != nil {
		return nil, err
	}
	l := &performance{target: on, unit: u, broken: map[string][]string{}}
	if u.Wrong != "" {
		l.breaks("MONEY-06", "%s", u.Wrong)
	}
	for range p.Wallets {
		wallet, err := on.NewWallet(ctx)
		if err != nil {
			return nil, err
		}
		l.wallets = append(l.wallets, wallet)
	}
	began := time.Now()
	if err := l.credits(ctx, p.Amounts); err != nil {
		return nil, err
	}
	if err := l.transfers(ctx, p.Amounts); err != nil {
		return nil, err
	}
	if err := l.overdrafts(ctx); err != nil {
		return nil, err
	}
	l.report(p, result)
	result.Wallets = l.balances
	l.history.Judge(history.Account(u.One), "MONEY-06",
		"some order of the %d bookings and reads on %d wallets explains every balance that was read", result)
	result.Observed = append(result.Observed, evidence.Observation{ID: "ledger.requests",
		Question: "How many requests on money were answered, how fast?",
		Answer: fmt.Sprintf("%d in %.1f s, %d without a clear answer that were then asked again",
			l.answered, time.Since(began).Seconds(), l.unclear)})
	return nil, nil
}

// performance is a ledger under way.
type performance struct {
	target  *kind.Target
	unit    scene.Unit
	wallets []string

	bookings atomic.Int64
	mu       sync.Mutex
	answered int
	unclear  int
	reads    int
	broken   map[string][]string // by requirement
	history  history.History
	balances []reports.LoadWallet
}

func (l *performance) breaks(requirement, format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.broken[requirement] = append(l.broken[requirement], fmt.Sprintf(format, args...))
}

// read reads a wallet and looks at what it shows.
func (l *performance) read(ctx context.Context, wallet string) (scene.Balance, error) {
	called := kind.Now()
	b, err := l.target.Balance(ctx, "primary", wallet)
	if err != nil {
		return b, err
	}
	l.history.Add(0, history.Event{Thing: wallet, What: "read"}, history.Answer{Done: true, Units: b.Total}, called, kind.Now())
	l.look(b)
	return b, nil
}

// look holds what every read must show.
func (l *performance) look(b scene.Balance) {
	l.mu.Lock()
	l.reads++
	l.mu.Unlock()
	for requirement, holds := range map[string]match.Matcher{
		"MONEY-02": match.Sum("total_amount", "amount", "reserved_amount"),
		"MONEY-07": match.All(match.Field(match.NotNegative(), "amount"), match.Field(match.NotNegative(), "total_amount")),
	} {
		if err := holds(b.Body); err != nil {
			l.breaks(requirement, "a read of a wallet: %v", err)
		}
	}
}

// report says what held.
func (l *performance) report(plan *Plan, result *reports.LoadPlan) {
	for _, one := range []struct{ requirement, sentence string }{
		{"MONEY-06", fmt.Sprintf("each of %d concurrent credits is on its wallet exactly once, "+
			"told apart by super-increasing amounts", plan.Wallets*plan.Amounts)},
		{"MONEY-05", fmt.Sprintf("%d concurrent transfers among %d wallets made and lost no money",
			plan.Wallets*plan.Amounts*2, plan.Wallets)},
		{"MONEY-07", "no wallet was ever negative, and of transfers at once that together are more than it holds one passed"},
		{"MONEY-02", fmt.Sprintf("total_amount was amount plus reserved_amount at each of %d reads", l.reads)},
	} {
		result.Invariants = append(result.Invariants, kind.Held(one.requirement, one.sentence, true, l.broken[one.requirement]))
	}
}
