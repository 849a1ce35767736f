package steps

import (
	"context"
	"errors"
	"math/big"
	"sync"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
)

// shared holds the things that scenarios only read and that the run therefore makes once.
type shared struct {
	mu      sync.Mutex
	program *Object
	// unit is what one unit of a transaction moves the amount of a wallet by; nil until it is known.
	unit *big.Rat
}

// need returns the scenario's thing of that kind, and makes one where there is none yet.
func (w *World) need(ctx context.Context, as, kind string) (*Object, error) {
	if object := w.things[kind]; object != nil && (object.As == as || object.As == "") {
		if object.born && kind == "wallet" {
			object.born = false
			return object, w.activate(ctx, object)
		}
		return object, nil
	}
	object, err := w.make(ctx, as, kind)
	if err != nil {
		return nil, err
	}
	if w.things[kind] == nil {
		w.things[kind] = object
	}
	return object, nil
}

// make makes a new thing of a kind through the public API as the named client. Kinds are those of the
// contract's creates key and the few situations below that take more than one call.
func (w *World) make(ctx context.Context, as, kind string) (*Object, error) {
	switch kind {
	case "program":
		return w.program(ctx)
	case "funded wallet":
		return w.fundedWallet(ctx, as)
	case "client":
		return w.disposableClient(ctx)
	}
	operation := w.Session.Contract.Creator(kind)
	if operation == nil {
		return nil, faulty("nothing in the contract creates a %s", kind)
	}
	draft, err := w.valid(ctx, operation, as)
	if err != nil {
		return nil, err
	}
	return w.create(ctx, draft)
}

// create sends a draft that makes an object which the scenario needs, and returns the object.
func (w *World) create(ctx context.Context, draft *Draft) (*Object, error) {
	exchange, err := w.needed(ctx, draft)
	if err != nil {
		return nil, err
	}
	object, err := w.object(draft.Operation.Creates, exchange)
	if err != nil {
		return nil, err
	}
	object.Sent, object.As = draft.Body, draft.Request.As
	if object.Kind == "wallet" {
		return object, w.activate(ctx, object)
	}
	return object, nil
}

// activate makes a wallet ACTIVE that is born otherwise (C-15): whoever makes one needs it in use.
func (w *World) activate(ctx context.Context, wallet *Object) error {
	if wallet.Body["status"] == nil || wallet.Body["status"] == "ACTIVE" {
		return nil
	}
	update := w.Session.Contract.Operation("wallets-update")
	exchange, err := w.needed(ctx, &Draft{Operation: update, Body: map[string]any{"status": "ACTIVE"},
		Request: client.Request{As: wallet.As, Path: map[string]string{update.PathParams[0].Name: wallet.ID}}})
	if err != nil {
		return err
	}
	if now := w.body(exchange); now["id"] == wallet.ID {
		wallet.Body = now
		return nil
	}
	wallet.Body, err = w.read(ctx, wallet)
	return err
}

// object reads the object out of an answer that made it. One without an id can't be used.
func (w *World) object(kind string, exchange *client.Exchange) (*Object, error) {
	id := scene.ID(w.decoded(exchange))
	if id == "" {
		return nil, w.blocked(w.Session.Contract.Operation(exchange.Operation), exchange, "a success that names the new "+kind+" by an id")
	}
	return &Object{Kind: kind, ID: id, Body: w.body(exchange), As: exchange.As}, nil
}

// program returns a valid, active card program: the one of the target file, else one that the run
// makes once through the API, where the target allows that (CARD-PRE-19, C-02).
func (w *World) program(ctx context.Context) (*Object, error) {
	if id := w.Session.Given.Programs["ok"]; id != "" {
		return &Object{Kind: "program", ID: id}, nil
	}
	w.Session.shared.mu.Lock()
	defer w.Session.shared.mu.Unlock()
	if w.Session.shared.program != nil {
		return w.Session.shared.program, nil
	}
	operation := w.Session.Contract.Creator("program")
	draft, err := w.valid(ctx, operation, w.caller(operation))
	if err != nil {
		return nil, err
	}
	object, err := w.create(ctx, draft)
	var none *NotTestable
	if errors.As(err, &none) {
		return nil, &NotTestable{Key: "fixtures.programs.ok", Why: "no active card program is known: " + none.Why}
	}
	if err != nil {
		return nil, err
	}
	object.As = ""
	w.Session.shared.program = object
	return object, nil
}

// fundedWallet makes a wallet and puts money on it by a manual credit.
func (w *World) fundedWallet(ctx context.Context, as string) (*Object, error) {
	wallet, err := w.make(ctx, as, "wallet")
	if err != nil {
		return nil, err
	}
	credit := w.Session.Contract.Operation("transactions-manual-credit")
	draft := &Draft{Operation: credit, Request: client.Request{As: as}, Body: map[string]any{
		"amount": 100000, "reference": "kobcheck funding", "metadata": map[string]any{}, "to": wallet.ID,
	}}
	_, err = w.needed(ctx, draft)
	return wallet, err
}

// disposableClient returns a client whose status may be changed: one made for it, else the one of the
// target file. It is never one of the clients that the run itself uses.
func (w *World) disposableClient(ctx context.Context) (*Object, error) {
	if !w.Session.Has["admin"] && w.Session.Given.Client == "" {
		return nil, &NotTestable{Key: "target.clients.admin", Why: "clients are looked after with administrator credentials"}
	}
	if id := w.Session.Given.Client; id != "" {
		return &Object{Kind: "client", ID: id}, nil
	}
	operation := w.Session.Contract.Creator("client")
	draft, err := w.valid(ctx, operation, "admin")
	if err != nil {
		return nil, err
	}
	object, err := w.create(ctx, draft)
	var none *NotTestable
	if errors.As(err, &none) {
		return nil, &NotTestable{Key: "fixtures.client", Why: none.Why + " (N-31)"}
	}
	if err != nil {
		return nil, err
	}
	object.As = ""
	return object, nil
}
