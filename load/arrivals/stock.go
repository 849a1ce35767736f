package arrivals

import (
	"context"
	"slices"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/load/kind"
)

// stock are the valid requests of the arrivals of a plan, built before the first is due.
type stock struct {
	// shared are the requests of an operation, over which its arrivals are spread; own are those of arrivals that use
	// up what they act on.
	shared  map[string][]client.Request
	own     map[int]client.Request
	program *scene.Thing // for journeys
}

// stockSize is over how many things of a kind a mix spreads.
const stockSize = 24

// listLimit is how many entries a list is asked for, where its page has such a parameter.
const listLimit = "20"

// request is that of the n-th arrival, which has a place in the whole plan.
func (s *stock) request(operation string, n, place int) client.Request {
	if own, there := s.own[n]; there {
		return own
	}
	return s.shared[operation][place%len(s.shared[operation])]
}

// prepare makes what the arrivals of a plan need, and their requests.
func prepare(ctx context.Context, t *kind.Target, operations []string) (*stock, error) {
	s := &stock{shared: map[string][]client.Request{}, own: map[int]client.Request{}}
	asked := slices.Compact(slices.Sorted(slices.Values(operations)))
	all, err := things(ctx, t, asked)
	if err != nil {
		return nil, err
	}
	for _, id := range asked {
		if id == onboarding {
			if s.program, err = t.Need(ctx, "primary", "program", nil); err != nil {
				return nil, err
			}
			continue
		}
		operation := t.Contract.Operation(id)
		if operation.UsesUp != "" {
			continue
		}
		for _, have := range all[:spread(operation)] {
			request, err := arrival(ctx, t, operation, have)
			if err != nil {
				return nil, err
			}
			s.shared[id] = append(s.shared[id], request)
		}
	}
	for n, id := range operations {
		if operation := t.Contract.Operation(id); operation != nil && operation.UsesUp != "" {
			if s.own[n], err = arrival(ctx, t, operation, scene.Things{}); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// things are those over which a mix spreads. Where money moves, it moves in a ring of funded wallets, so that it does
// not run out.
func things(ctx context.Context, t *kind.Target, operations []string) ([]scene.Things, error) {
	things := make([]scene.Things, stockSize)
	for i := range things {
		things[i] = scene.Things{}
	}
	if !slices.ContainsFunc(operations, func(id string) bool { return needs(t, id, scene.FundedWallet) }) {
		return things, nil
	}
	for _, have := range things {
		if _, err := t.Need(ctx, "primary", scene.FundedWallet, have); err != nil {
			return nil, err
		}
	}
	for i, have := range things {
		have["wallet"] = things[(i+1)%len(things)][scene.FundedWallet]
	}
	return things, nil
}

// needs reports whether a request of an operation names a thing of that kind.
func needs(t *kind.Target, id, kind string) bool {
	operation := t.Contract.Operation(id)
	return operation != nil && slices.Contains(operation.Fixtures(), kind)
}

// spread is over how many requests the arrivals of an operation are spread: over one where it names nothing.
func spread(operation *contract.Operation) int {
	if len(operation.Fixtures()) == 0 {
		return 1
	}
	return stockSize
}

// arrival is a request of a mix: amounts are small, and what stays on the target names the run.
func arrival(ctx context.Context, t *kind.Target, operation *contract.Operation, have scene.Things) (client.Request, error) {
	draft, err := t.Draft(ctx, operation, t.Client.Caller(operation), have)
	if err != nil {
		return client.Request{}, err
	}
	if operation.Takes("limit") {
		draft.Request.Query.Set("limit", listLimit)
	}
	return draft.Set("amount", int64(1)).Set("reference", t.Reference()).Ready(), nil
}

// performable are the operations that a mix can hold, beside journeys: those of which the contract says enough.
func performable(facts *contract.Contract) []string {
	names := []string{onboarding}
	for _, operation := range facts.Operations {
		if scene.Buildable(operation) {
			names = append(names, operation.ID)
		}
	}
	slices.Sort(names)
	return names
}

// makes is how many things a call of an operation leaves behind, what it uses up included.
func makes(facts *contract.Contract, id string) int {
	if id == onboarding {
		return 6 // an enduser, two wallets, a card, a credit and a transfer
	}
	operation, made := facts.Operation(id), 0
	if operation == nil {
		return 0
	}
	if operation.Creates != "" {
		made = 1
	}
	if maker := facts.Creator(operation.UsesUp); maker != nil && operation.UsesUp != "" {
		made += makes(facts, maker.ID)
	}
	return made
}
