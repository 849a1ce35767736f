// Package storm sends copies of one request under one idempotency key at the same moment, over connections that are
// open already, loses answers on purpose and asks again, and then proves that each key had one effect: one object by
// id, one in the list, one movement of money, and the same answer to whoever asks later.
package storm

import (
	"context"
	"crypto/sha256"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/load/arrivals"
	"github.com/kobcheck/kobcheck/load/history"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports"
)

// Plan is a storm: so many idempotency keys, each sent so many times at once.
type Plan struct {
	kind.Head `yaml:",inline"`
	Keys      int `yaml:"keys"`
	Copies    int `yaml:"copies"`
	// Stages are the arrivals of the copies that come at a rate.
	Stages arrivals.Stages `yaml:"stages"`
	// Operations are those that are duplicated; of both without any.
	Operations []string `yaml:"operations"`
	// Parts are the parts of the plan that are performed; all of them without any.
	Parts []string `yaml:"parts"`
}

// The parts of a plan.
const (
	atOnce = "at-once"
	lost   = "lost-answers"
	rivals = "rivals"
	atRate = "at-a-rate"
	others = "other-operations"
	policy = "policy"
)

// parts are all of them, in the order in which they are performed.
var parts = []string{atOnce, lost, rivals, atRate, others, policy}

// stormed are the operations that a storm duplicates, of which it knows what a second effect would look like.
var stormed = []string{"cards-create", "transactions-manual-credit"}

// New returns a plan that has only what is usual.
func New() *Plan {
	return &Plan{Head: kind.Usual(), Stages: arrivals.Stages{{Rate: 20, For: kind.Duration(3 * time.Second)}}}
}

// Check tells of every value that can't be.
func (p *Plan) Check(fault kind.Fault) {
	if p.Keys < 1 || p.Copies < 2 {
		fault("keys", "a storm needs at least one key and two copies")
	}
	p.Stages.Check(fault)
	for key, list := range map[string]struct{ said, known []string }{"operations": {p.Operations, stormed}, "parts": {p.Parts, parts}} {
		for _, one := range list.said {
			if !slices.Contains(list.known, one) {
				fault(key, "%q is none of a storm; there are %s", one, strings.Join(list.known, ", "))
			}
		}
	}
}

// has reports whether a part is performed.
func (p *Plan) has(part string) bool { return len(p.Parts) == 0 || slices.Contains(p.Parts, part) }

// operations are those that are duplicated.
func (p *Plan) operations() []string {
	if len(p.Operations) == 0 {
		return stormed
	}
	return p.Operations
}

// keysFor is how many keys of each operation so many arrivals have, of which each gets its copies.
func (p *Plan) keysFor(due int) int { return max(1, due/(len(p.operations())*max(p.Copies, 1))) }

// Scale multiplies rates and times.
func (p *Plan) Scale(rate, length float64) { p.Stages.Scale(rate, length) }

// Ceiling is the most that the plan asks of a target.
func (p *Plan) Ceiling() kind.Ceiling {
	c := kind.Ceiling{Requests: 40, Entities: 20, Operations: []string{"endusers-create", "wallets-create", "cards-create",
		"cards-list", "transactions-manual-credit", "wallets-get"}}
	each := len(p.operations())
	paced := p.Stages.Ceiling()
	keys := each * p.keysFor(paced.Requests)
	if p.has(atRate) {
		c.Rate, c.Time = paced.Rate, paced.Time
	}
	for part, more := range map[string]kind.Ceiling{
		atOnce: {Requests: each * p.Keys * (p.Copies + 4), Entities: each * 3 * p.Keys},
		lost:   {Requests: each * 3 * lostEach * 8, Entities: each * 3 * lostEach * 3},
		rivals: {Requests: each * rivalWallets * (p.Copies + 4), Entities: each * rivalWallets * 3},
		atRate: {Requests: paced.Requests*5/4 + 6*keys, Entities: 3 * keys},
		others: {Requests: 4 * otherKeys * (p.Copies + 8), Entities: 4 * otherKeys * 5},
	} {
		if p.has(part) {
			c.Requests, c.Entities = c.Requests+more.Requests, c.Entities+more.Entities
		}
	}
	return c
}

// Perform performs the parts, one operation after the other.
func (p *Plan) Perform(ctx context.Context, on *kind.Target, run kind.Run, result *reports.LoadPlan) (*arrivals.Measure, error) {
	all := &performance{Target: on, plan: p, keys: keysOf(on.RunID, run.Seed, p.ID), result: result}
	for _, id := range p.operations() {
		s := &strike{performance: all, operation: on.Contract.Operation(id)}
		for _, part := range []struct {
			name    string
			perform func(context.Context) error
		}{{atOnce, s.blow}, {lost, s.lose}, {rivals, s.rivals}} {
			if !p.has(part.name) {
				continue
			}
			if err := part.perform(ctx); err != nil {
				return nil, err
			}
		}
	}
	var m *arrivals.Measure
	if p.has(atRate) {
		var err error
		if m, err = all.atRate(ctx, run.Seed); err != nil {
			return nil, err
		}
	}
	if len(p.Gates) == 0 {
		result.LagBound = 0 // one effect for each key has nothing to do with when copies left
	}
	return m, all.ask(ctx, run.Seed)
}

// ask performs the parts that ask what no page says.
func (p *performance) ask(ctx context.Context, seed int64) error {
	if p.plan.has(others) {
		if err := p.others(ctx); err != nil {
			return err
		}
	}
	if !p.plan.has(policy) {
		return nil
	}
	if err := p.policy(ctx); err != nil || p.KeyNights == "" {
		return err
	}
	return p.nights(ctx, seed)
}

// performance is a plan under way.
type performance struct {
	*kind.Target
	plan   *Plan
	keys   keys
	result *reports.LoadPlan
}

// strike is what is done to one operation.
type strike struct {
	*performance
	operation *contract.Operation
	history   history.History
}

// keys gives the n-th key for something. Two plans of one run never have a key in common.
type keys func(what string, n int) string

func keysOf(run string, seed int64, plan string) keys {
	return func(what string, n int) string { return newKey(run, seed, plan+" "+what, n) }
}

// newKey makes a version 4 UUID that follows from the run, so that a storm can be looked up again.
func newKey(run string, seed int64, what string, n int) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%s %d %s %d", run, seed, what, n))
	key := uuid.UUID(sum[:16])
	key[6], key[8] = key[6]&0x0f|0x40, key[8]&0x3f|0x80
	return key.String()
}

// amount is what the credit of a storm books, in units of a transaction.
const amount = 700

// request is the request that is duplicated, on a wallet and under a key.
func (s *strike) request(ctx context.Context, wallet, key string) (client.Request, error) {
	draft, err := s.Draft(ctx, s.operation, "primary", scene.Things{"wallet": {ID: wallet}})
	if err != nil {
		return client.Request{}, err
	}
	draft.Request.Key = key
	return draft.Set("amount", int64(amount)).Set("reference", s.Reference()).Ready(), nil
}
