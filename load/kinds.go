package load

import (
	"context"
	"maps"
	"slices"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/load/arrivals"
	"github.com/kobcheck/kobcheck/load/deliveries"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/load/ledger"
	"github.com/kobcheck/kobcheck/load/limiter"
	"github.com/kobcheck/kobcheck/load/storm"
	"github.com/kobcheck/kobcheck/reports"
)

// Kind is one way of putting load on an API: a plan of it with all that is its own. It is what a plan is read into.
type Kind interface {
	// Common is the head of the plan.
	Common() *kind.Head
	// Check tells of every value of its own that can't be.
	Check(fault kind.Fault)
	// Ceiling is the most that the plan asks of a target, what stays there included.
	Ceiling() kind.Ceiling
	// Scale multiplies rates and times.
	Scale(rate, length float64)
	// Perform performs the plan and says what it saw in the result. What arrivals were like is measured; nil where the
	// plan has none. An error is that of the environment: the plan could not be performed.
	Perform(ctx context.Context, on *kind.Target, run kind.Run, result *reports.LoadPlan) (*arrivals.Measure, error)
}

// kinds make a plan of each kind, with what is usual.
func kinds(facts *contract.Contract) map[kind.Name]func() Kind {
	return map[kind.Name]func() Kind{
		"mixed":         func() Kind { return arrivals.NewMixed(facts) },
		"capacity":      func() Kind { return arrivals.NewCapacity(facts) },
		"idempotency":   func() Kind { return storm.New() },
		"ledger":        func() Kind { return ledger.New() },
		"rate-limit":    func() Kind { return limiter.New() },
		deliveries.Kind: func() Kind { return deliveries.New() },
	}
}

// names are those of the kinds.
func names(facts *contract.Contract) []kind.Name { return slices.Sorted(maps.Keys(kinds(facts))) }
