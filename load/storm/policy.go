package storm

import (
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"slices"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/load/kind"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// policyRun probes one by one what the documentation leaves open about idempotency keys.
type policyRun struct {
	*performance
	// n counts the probes; before tells what came before the answer of one.
	n      int
	before string
}

// policyQuestion is asked by a request after the first one, which made a card on a wallet under a key.
type policyQuestion struct {
	id, question string
	again        func(ctx context.Context, key, wallet string) (*scene.Draft, error)
}

// policy writes down what this target does about idempotency keys: the page that the documentation lacks.
func (s *performance) policy(ctx context.Context) error {
	p := &policyRun{performance: s}
	for _, one := range []policyQuestion{
		{"other-data", "The same key with other data?", p.otherWallet},
		{"other-spelling", "The same key with the same data, its members in another order?", p.backwards},
		{"new-token", "The same key and data with a new token of the same client?", p.withNewToken},
		{"other-operation", "The same key on another operation?", p.otherOperation},
		{"malformed", "A key that is no UUID?", func(ctx context.Context, _, wallet string) (*scene.Draft, error) {
			return p.otherWallet(ctx, "not-a-uuid", wallet)
		}},
		{"after-refusal", "The same key and data again after a refusal (4xx)?", p.afterRefusal},
	} {
		if _, _, err := p.probe(ctx, one); err != nil {
			return err
		}
	}
	if !s.Client.Has("second") {
		return nil
	}
	first, exchange, err := p.probe(ctx, policyQuestion{"other-client", "The same key and data from another client?", p.asSecond})
	if err == nil && scene.IDOf(exchange) == first {
		s.result.Invariants = append(s.result.Invariants, kind.Held("OWN-01", "a key never gives one client's card to another client",
			true, []string{"the second client was answered with the first client's card"}))
	}
	return err
}

func (p *policyRun) asSecond(ctx context.Context, key, wallet string) (*scene.Draft, error) {
	draft, err := p.card(ctx, key, wallet)
	if err == nil {
		draft.Request.As = "second"
	}
	return draft, err
}

// probe makes a card under a key, asks the question and keeps the answer.
func (p *policyRun) probe(ctx context.Context, question policyQuestion) (first string, exchange *client.Exchange, err error) {
	p.n++
	p.before = ""
	wallet, err := p.NewWallet(ctx)
	if err != nil {
		return "", nil, err
	}
	key := p.keys("policy", p.n)
	draft, err := p.card(ctx, key, wallet)
	if err != nil {
		return "", nil, err
	}
	made, err := p.Create(ctx, draft)
	if err != nil {
		return "", nil, err
	}
	if draft, err = question.again(ctx, key, wallet); err != nil {
		return "", nil, err
	}
	if exchange, err = p.Send(ctx, draft); err != nil {
		return "", nil, err
	}
	answer := fmt.Sprintf("refused with %d", exchange.Status)
	switch id := scene.IDOf(exchange); {
	case exchange.Status/100 == 2 && id == made.ID:
		answer = fmt.Sprintf("%d with the first object", exchange.Status)
	case exchange.Status/100 == 2:
		answer = fmt.Sprintf("%d with a new object", exchange.Status)
	}
	p.result.Observed = append(p.result.Observed, evidence.Observation{
		ID: "idempotency.policy." + question.id, Gap: "C-13", Question: question.question, Answer: p.before + answer})
	return made.ID, exchange, nil
}

// card is a request for a card on a wallet under a key.
func (p *policyRun) card(ctx context.Context, key, wallet string) (*scene.Draft, error) {
	draft, err := p.Draft(ctx, p.Contract.Operation("cards-create"), "primary", scene.Things{"wallet": {ID: wallet}})
	if err == nil {
		draft.Request.Key = key
	}
	return draft, err
}

func (p *policyRun) otherWallet(ctx context.Context, key, _ string) (*scene.Draft, error) {
	other, err := p.NewWallet(ctx)
	if err != nil {
		return nil, err
	}
	return p.card(ctx, key, other)
}

// backwards writes the members of a body in the reverse of the usual order.
func (p *policyRun) backwards(ctx context.Context, key, wallet string) (*scene.Draft, error) {
	draft, err := p.card(ctx, key, wallet)
	if err != nil {
		return nil, err
	}
	var members [][]byte
	for _, name := range slices.Backward(slices.Sorted(maps.Keys(draft.Body))) {
		value, err := json.Marshal(draft.Body[name])
		if err != nil {
			return nil, err
		}
		members = append(members, fmt.Appendf(nil, " %q : %s ", name, value))
	}
	draft.Request.RawBody = slices.Concat([]byte("{"), bytes.Join(members, []byte(",")), []byte("}"))
	draft.Request.MediaType = "application/json"
	return draft, nil
}

func (p *policyRun) withNewToken(ctx context.Context, key, wallet string) (*scene.Draft, error) {
	draft, err := p.card(ctx, key, wallet)
	if err != nil {
		return nil, err
	}
	token, err := p.Client.FreshToken(ctx, "primary", "")
	if err != nil {
		return nil, err
	}
	draft.Request.Authorization = new("Bearer " + token.Value)
	return draft, nil
}

func (p *policyRun) otherOperation(ctx context.Context, key, wallet string) (*scene.Draft, error) {
	draft, err := p.Move(ctx, "transactions-manual-credit", 1, "", wallet)
	if err == nil {
		draft.Request.Key = key
	}
	return draft, err
}

// afterRefusal asks for a second card on the wallet under a new key, so that the key is of a refusal.
func (p *policyRun) afterRefusal(ctx context.Context, _, wallet string) (*scene.Draft, error) {
	draft, err := p.card(ctx, p.keys("policy-refused", p.n), wallet)
	if err != nil {
		return nil, err
	}
	refused, err := p.Send(ctx, draft)
	if err == nil {
		p.before = fmt.Sprintf("first %d, then ", refused.Status)
	}
	return draft, err
}
