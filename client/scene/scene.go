package scene

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"net/http"

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
	// loans is what an observed scene has in hand; nil for one that nobody observes.
	loans *loans
}

// New returns the scene of a run.
func New(facts *contract.Contract, api *client.Client, given Given) *Scene {
	return &Scene{Contract: facts.At(api.Paths()), Client: api, Given: given, shared: newShared()}
}

// Observed returns the scene for somebody who hears every exchange of the preparation; it belongs to one goroutine. An
// error that hear returns ends the preparation and is passed on as it is. It uses again what others have left as good
// as new; who is done calls [Scene.GiveBack] and [Scene.PutBack].
func (s *Scene) Observed(hear func(*contract.Operation, *client.Exchange) error) *Scene {
	observed := *s
	observed.observe, observed.loans = hear, &loans{}
	return &observed
}

// Anew returns an observed scene that uses nothing again.
func (s *Scene) Anew() *Scene {
	s.loans.anew = true
	return s
}

// Blocked says that a valid request was not served, or that no id was in the answer, so that what builds on it can't
// be looked at. It is counted under the operation.
type Blocked struct {
	// Operation is the id, Title the vendor's own name, Requirement that of its success.
	Operation, Title, Requirement string
	Status                        int
	Exchange                      *client.Exchange
	Why                           string
	// Another says that the answer is of another thing than was asked for, which is noticed of the answer itself.
	Another bool
}

func (e *Blocked) Error() string {
	return fmt.Sprintf("preparing: %q %s; it has to work before what builds on it can be looked at", e.Title, e.Why)
}

// NotTestable says that the target offers no means to prepare or to judge something, and which key of the target file
// would; an empty one where none would.
type NotTestable struct{ Key, Why string }

func (e *NotTestable) Error() string {
	if e.Key == "" {
		return "not testable on this target: " + e.Why
	}
	return fmt.Sprintf("not testable on this target: %s; set %s in the target file", e.Why, e.Key)
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
	s.loans.hear(exchange)
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
	open := s.Open(draft, exchange)
	if open == nil {
		return s.blocked(draft.Operation, exchange, fmt.Sprintf("answered %d to a valid request", exchange.Status))
	}
	switch draft.Operation.Creates { // which the owner of the target may hand over
	case "program":
		open.Key = "fixtures.programs.ok"
	case "client":
		open.Key = "fixtures.client"
	}
	return open
}

func (s *Scene) blocked(operation *contract.Operation, exchange *client.Exchange, why string) *Blocked {
	return &Blocked{Operation: operation.ID, Title: operation.Title, Requirement: operation.Served(),
		Status: exchange.Status, Exchange: exchange, Why: why}
}

// Open says why a refusal of a valid request breaks nothing that is stated: who may call the operation, where it is
// and what it takes may be known from no page. Nil where the documentation says enough.
func (s *Scene) Open(draft *Draft, exchange *client.Exchange) *NotTestable {
	operation, code := draft.Operation, exchange.Status
	open := func(key, why string) *NotTestable {
		return &NotTestable{Key: key, Why: fmt.Sprintf("%q is answered %d%s", operation.Title, code, why)}
	}
	scope := "target.clients." + cmp.Or(exchange.As, "primary") + ".scope"
	switch code {
	case http.StatusNotFound, http.StatusMethodNotAllowed, http.StatusNotImplemented:
		if len(operation.PathParams) == 0 && !s.Client.PathGiven(operation.ID) && !s.absent(operation, http.StatusNotFound) {
			return open("target.paths."+operation.ID, ", and no page states its path in this edition")
		}
		// What has an id may be gone; what has none is not offered to this client.
		if operation.Restricted() && (code != http.StatusNotFound || len(operation.PathParams) == 0) {
			return open(scope, " to this client, and no page says who may call it (N-48)")
		}
	case http.StatusUnauthorized, http.StatusForbidden:
		if operation.Restricted() {
			return open(scope, " to this client, and no page says who may call it (N-48)")
		}
		return nil
	case http.StatusTooManyRequests:
		return nil
	}
	switch {
	case code/100 != 4:
	case operation.Body != nil && !operation.Body.Founded() && s.Given.Bodies[operation.ID] == nil && !s.absent(operation, code):
		return open("fixtures.bodies."+operation.ID, ", and no page states the body that it takes")
	case draft.guessed:
		return open("fixtures.programs.ok", " with a card program that another client made")
	}
	return nil
}

// absent reports whether a refusal says that there is nothing where a page states the operation, whatever its body. Of an
// address that the target's owner gave no page speaks.
func (s *Scene) absent(operation *contract.Operation, code int) bool {
	path := contract.Fact{Requirement: operation.Requirement, Operation: operation.ID, Facet: contract.Path, Edition: s.Client.Edition()}
	return (code == http.StatusNotFound || code == http.StatusMethodNotAllowed) && !s.Client.PathGiven(operation.ID) &&
		s.Contract.Weigh(path).Mark == contract.Stated
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
