package steps

import (
	"context"
	"fmt"
	"math/big"
	"net/http"
	"sync"

	"github.com/kobcheck/kobcheck/client"
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

// create sends a draft that makes an object and returns the object. An answer that is no success is a
// finding on the operation's own success requirement: a valid request has to be served.
func (w *World) create(ctx context.Context, draft *Draft) (*Object, error) {
	exchange, err := w.send(ctx, draft)
	if err != nil {
		return nil, err
	}
	operation := draft.Operation
	if !operation.Success.Accepts(exchange.Status) {
		if environment := w.gateway(exchange); environment != nil {
			return nil, environment
		}
		w.expectSuccess(operation, exchange)
		return nil, &setUp{operation: operation.Title, status: exchange.Status}
	}
	object, err := w.object(operation.Creates, exchange)
	if err != nil {
		return nil, err
	}
	if object.ID == "" {
		return nil, &setUp{operation: operation.Title + " (without an id)", status: exchange.Status}
	}
	object.Sent, object.As = draft.Body, draft.Request.As
	return object, nil
}

// setUp says that something that the scenario needs could not be made.
type setUp struct {
	operation string
	status    int
}

func (e *setUp) Error() string {
	return fmt.Sprintf("set-up failed: %q answered %d to a valid request", e.operation, e.status)
}

// object reads the object out of an answer.
func (w *World) object(kind string, exchange *client.Exchange) (*Object, error) {
	body, ok := w.decoded(exchange).(map[string]any)
	if !ok {
		return nil, &setUp{operation: exchange.Operation, status: exchange.Status}
	}
	id, _ := body["id"].(string)
	return &Object{Kind: kind, ID: id, Body: body, As: exchange.As}, nil
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
	exchange, err := w.send(ctx, draft)
	if err != nil {
		return nil, err
	}
	if refused(exchange) {
		return nil, &NotTestable{Key: "fixtures.programs.ok", Why: fmt.Sprintf("no active card program is known, and creating one is answered %d", exchange.Status)}
	}
	if !operation.Success.Accepts(exchange.Status) {
		w.expectSuccess(operation, exchange)
		return nil, &setUp{operation: operation.Title, status: exchange.Status}
	}
	object, err := w.object("program", exchange)
	if err != nil {
		return nil, err
	}
	object.As = ""
	w.Session.shared.program = object
	return object, nil
}

// refused says that the target does not offer an operation to this caller at all.
func refused(exchange *client.Exchange) bool {
	switch exchange.Status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	}
	return false
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
	exchange, err := w.send(ctx, draft)
	if err != nil {
		return nil, err
	}
	if refused(exchange) {
		return nil, &NotTestable{Key: "target.clients." + as + ".scope", Why: fmt.Sprintf("no wallet can be funded: a manual credit is answered %d", exchange.Status)}
	}
	if !credit.Success.Accepts(exchange.Status) {
		w.expectSuccess(credit, exchange)
		return nil, &setUp{operation: credit.Title, status: exchange.Status}
	}
	return wallet, nil
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
	exchange, err := w.send(ctx, draft)
	if err != nil {
		return nil, err
	}
	if exchange.Status >= 400 && exchange.Status < 500 {
		return nil, &NotTestable{Key: "fixtures.client", Why: fmt.Sprintf("creating a client is answered %d (no page gives its body, N-31)", exchange.Status)}
	}
	if !operation.Success.Accepts(exchange.Status) {
		w.expectSuccess(operation, exchange)
		return nil, &setUp{operation: operation.Title, status: exchange.Status}
	}
	object, err := w.object("client", exchange)
	if err != nil {
		return nil, err
	}
	object.As = ""
	return object, nil
}
