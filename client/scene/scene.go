package scene

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
)

// Given is what the owner of a target hands over, since the public API can't make it: the fixtures of the target
// file. Every part may be empty.
type Given struct {
	// Programs and Wallets are keyed by the checks of the card-creation order that they fail, such as "1+2"; "ok" is a
	// program that fails none.
	Programs, Wallets map[string]string
	// SecondClient holds a thing of each kind that belongs to the second client.
	SecondClient map[string]string
	// Client is a client whose status may be changed without harm.
	Client string
	// Bodies are JSON bodies by operation id, for operations whose body no page gives.
	Bodies map[string]map[string]any
}

// Scene prepares things on one target. It is safe for concurrent use, and all that is shared in a run is shared by
// the scenes that [Scene.Observed] returns.
type Scene struct {
	Contract *contract.Contract
	Client   *client.Client
	Given    Given

	shared  *shared
	observe func(*contract.Operation, *client.Exchange) error
}

// New returns the scene of a run.
func New(facts *contract.Contract, api *client.Client, given Given) *Scene {
	return &Scene{Contract: facts, Client: api, Given: given, shared: newShared()}
}

// Observed returns the scene for somebody who hears every exchange of the preparation. An error that hear returns
// ends the preparation and is passed on as it is.
func (s *Scene) Observed(hear func(*contract.Operation, *client.Exchange) error) *Scene {
	observed := *s
	observed.observe = hear
	return &observed
}

// Blocked says that a valid request was not served, or that no id was in the answer, so that what builds on it can't
// be looked at. It is counted under the operation.
type Blocked struct {
	// Operation is the id, Title the vendor's own name, Requirement that of its success.
	Operation, Title, Requirement string
	Status                        int
	Exchange                      *client.Exchange
	Why                           string
}

func (e *Blocked) Error() string {
	return fmt.Sprintf("preparing: %q %s; it has to work before what builds on it can be looked at", e.Title, e.Why)
}

// NotTestable says that the target offers no means to prepare something, and which key of the target file would.
type NotTestable struct{ Key, Why string }

func (e *NotTestable) Error() string {
	return fmt.Sprintf("%s; set %s in the target file", e.Why, e.Key)
}

// Send performs a draft. Any answer is fine; an error is that of the client, or of who observes.
func (s *Scene) Send(ctx context.Context, draft *Draft) (*client.Exchange, error) {
	exchange, err := s.Client.Do(ctx, draft.Operation, draft.Ready())
	if err != nil {
		return exchange, err
	}
	return exchange, s.heard(draft.Operation, exchange)
}

func (s *Scene) heard(operation *contract.Operation, exchange *client.Exchange) error {
	if s.observe == nil {
		return nil
	}
	return s.observe(operation, exchange)
}

// Serve performs a draft that has to be served, with any 2xx, and returns the answer with its value, nil for one
// without JSON. Errors are [*Blocked], [*NotTestable] and those of the client.
func (s *Scene) Serve(ctx context.Context, draft *Draft) (*client.Exchange, any, error) {
	exchange, err := s.Send(ctx, draft)
	if err != nil {
		return exchange, nil, err
	}
	if exchange.Status/100 != 2 {
		return exchange, nil, s.refusal(draft, exchange)
	}
	return exchange, Value(exchange.Body), nil
}

// refusal says what it means that a valid request was not served.
func (s *Scene) refusal(draft *Draft, exchange *client.Exchange) error {
	operation := draft.Operation
	answered := fmt.Sprintf("%q is answered %d", operation.Title, exchange.Status)
	switch {
	case optional(operation) && absent(exchange.Status):
		return &NotTestable{Key: means(operation, exchange.As), Why: answered + " to this client (N-48)"}
	case ofTheBody(exchange.Status) && !draft.stated():
		return &NotTestable{Key: "fixtures.bodies." + operation.ID, Why: answered + "; no page gives its whole body"}
	case ofTheBody(exchange.Status) && draft.guessed:
		return &NotTestable{Key: "fixtures.programs.ok", Why: answered + " with a card program that another client made"}
	}
	return s.blocked(operation, exchange, fmt.Sprintf("answered %d to a valid request", exchange.Status))
}

func (s *Scene) blocked(operation *contract.Operation, exchange *client.Exchange, why string) error {
	return &Blocked{Operation: operation.ID, Title: operation.Title, Requirement: operation.Served(),
		Status: exchange.Status, Exchange: exchange, Why: why}
}

// optional reports whether no page says that every client may call an operation (N-48).
func optional(operation *contract.Operation) bool {
	return operation.Caller == "admin" || slices.Contains(operation.Unknown, "scope")
}

// absent are the answers by which a target says that it offers an operation not at all, or not to this client.
func absent(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusForbidden, http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		return true
	}
	return false
}

// ofTheBody reports whether a refusal may be for what was sent: not for who sent it, or when.
func ofTheBody(status int) bool {
	switch status {
	case http.StatusUnauthorized, http.StatusRequestTimeout, http.StatusTooManyRequests:
		return false
	}
	return status/100 == 4
}

// means is the key of the target file that replaces an operation which the client may not call.
func means(operation *contract.Operation, as string) string {
	switch operation.Creates {
	case "program":
		return "fixtures.programs.ok"
	case "client":
		return "fixtures.client"
	}
	return "target.clients." + as + ".scope"
}

// Together sends requests of an operation at one moment and returns their answers in the same order; a request
// without one is an error.
func (s *Scene) Together(ctx context.Context, operation *contract.Operation, requests []client.Request) ([]*client.Exchange, error) {
	lines := s.Client.Lines()
	defer lines.Close()
	copies, err := lines.Together(ctx, operation, requests)
	if err != nil {
		return nil, err
	}
	var failures []error
	exchanges := make([]*client.Exchange, len(copies))
	for i, one := range copies {
		if exchanges[i] = one.Exchange; one.Err != nil {
			failures = append(failures, one.Err)
			continue
		}
		failures = append(failures, s.heard(operation, one.Exchange))
	}
	return exchanges, errors.Join(failures...)
}
