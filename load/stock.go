package load

import (
	"context"
	"slices"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
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
func (t *Target) prepare(ctx context.Context, operations []string) (*stock, error) {
	s := &stock{shared: map[string][]client.Request{}, own: map[int]client.Request{}}
	asked := slices.Compact(slices.Sorted(slices.Values(operations)))
	things, err := t.things(ctx, asked)
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
		for _, have := range things[:spread(operation)] {
			request, err := t.arrival(ctx, operation, have)
			if err != nil {
				return nil, err
			}
			s.shared[id] = append(s.shared[id], request)
		}
	}
	for n, id := range operations {
		if operation := t.Contract.Operation(id); operation != nil && operation.UsesUp != "" {
			if s.own[n], err = t.arrival(ctx, operation, scene.Things{}); err != nil {
				return nil, err
			}
		}
	}
	return s, nil
}

// things are those over which a mix spreads. Where money moves, it moves in a ring of funded wallets, so that it does
// not run out.
func (t *Target) things(ctx context.Context, operations []string) ([]scene.Things, error) {
	things := make([]scene.Things, stockSize)
	for i := range things {
		things[i] = scene.Things{}
	}
	if !slices.ContainsFunc(operations, func(id string) bool { return t.needs(id, scene.FundedWallet) }) {
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
func (t *Target) needs(id, kind string) bool {
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
func (t *Target) arrival(ctx context.Context, operation *contract.Operation, have scene.Things) (client.Request, error) {
	draft, err := t.Draft(ctx, operation, t.Client.Caller(operation), have)
	if err != nil {
		return client.Request{}, err
	}
	if slices.ContainsFunc(operation.Query, func(one contract.Parameter) bool { return one.Name == "limit" }) {
		draft.Request.Query.Set("limit", listLimit)
	}
	return draft.Set("amount", int64(1)).Set("reference", t.reference()).Ready(), nil
}

// reference is what the requests of a run leave on transactions.
func (t *Target) reference() string { return "kobcheck " + t.RunID }

// booking is a valid request that moves money, under the reference of the run.
func (t *Target) booking(ctx context.Context, operation string, amount int64, from, to string) (*scene.Draft, error) {
	draft, err := t.Booking(ctx, operation, "primary", amount, from, to)
	if err != nil {
		return nil, err
	}
	return draft.Set("reference", t.reference()), nil
}

// newWallet makes a wallet and returns its id.
func (t *Target) newWallet(ctx context.Context) (string, error) {
	wallet, err := t.Fresh(ctx, "primary", "wallet", nil)
	if err != nil {
		return "", err
	}
	return wallet.ID, nil
}

// idOf is the id of the object of an answer, or "".
func idOf(exchange *client.Exchange) string { return scene.ID(scene.Value(exchange.Body)) }

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
