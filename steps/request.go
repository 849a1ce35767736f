package steps

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
)

// Call sends a valid request to an operation.
func (w *World) Call(ctx context.Context, title string) error {
	if err := w.Request(ctx, title); err != nil {
		return err
	}
	return w.SendDraft(ctx)
}

// Request makes a valid request to an operation the draft, with all that it needs.
func (w *World) Request(ctx context.Context, title string) error {
	operation, err := w.Operation(title)
	if err != nil {
		return err
	}
	w.Draft, err = w.Scene.Draft(ctx, operation, w.Session.Client.Caller(operation), w.Things)
	return err
}

// Drafted returns the draft.
func (w *World) Drafted() (*scene.Draft, error) {
	if w.Draft == nil {
		return nil, Faulty("no request was prepared; start with: a valid request to …")
	}
	return w.Draft, nil
}

// Literal reads a JSON literal of a feature; numbers keep their digits.
func Literal(literal string) (any, error) {
	decoder := json.NewDecoder(strings.NewReader(literal))
	decoder.UseNumber()
	var value any
	if err := decoder.Decode(&value); err != nil {
		return nil, Faulty("%q in the feature is not JSON: %v", literal, err)
	}
	return value, nil
}

// AbsentID is a valid UUID v4 that no service gives out by chance.
const AbsentID = "deadbeef-0000-4000-8000-00000000dead"

// SendDraft sends the draft as our client.
func (w *World) SendDraft(ctx context.Context) error {
	draft, err := w.Drafted()
	if err != nil {
		return err
	}
	exchange, err := w.Send(ctx, draft)
	if err != nil {
		return err
	}
	// What a call of the scenario's own has made is the thing that later sentences speak of.
	if draft.Operation.Creates != "" && scene.ID(w.Decoded(exchange)) != "" && exchange.Status/100 == 2 {
		_, err = w.Born(draft.Operation, exchange, draft.Body)
	}
	return err
}

// Born puts what a call of the scenario's own has made among its things. One without an id can't be used.
func (w *World) Born(operation *contract.Operation, exchange *client.Exchange, sent map[string]any) (*scene.Thing, error) {
	thing := &scene.Thing{Kind: operation.Creates, ID: scene.ID(w.Decoded(exchange)), Body: w.Body(exchange),
		Sent: sent, As: exchange.As, Raw: true}
	if thing.ID == "" {
		return nil, Blocked(operation, exchange, fmt.Sprintf("answered %d without an id", exchange.Status))
	}
	w.Things[thing.Kind] = thing
	return thing, nil
}

// NeedClient returns nil where the target file has a client of that name, else what it is needed for.
func (w *World) NeedClient(name, why string) error {
	if w.Session.Client.Has(name) {
		return nil
	}
	return &scene.NotTestable{Key: "target.clients." + name, Why: why}
}

// Thing returns a thing by the name that the sentences give it: card, other card, foreign card.
func (w *World) Thing(name string) (*scene.Thing, error) {
	if object := w.Things[name]; object != nil {
		return object, nil
	}
	return nil, Faulty("the scenario has no %s; a step before must make one", name)
}
