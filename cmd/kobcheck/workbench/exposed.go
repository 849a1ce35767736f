package workbench

import (
	"errors"
	"fmt"
	"maps"
	"slices"
	"sync"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/sentinel"
	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/redact"
)

// Exposed collects what answers show of full card numbers, tokens and secrets, where no scenario judges them. It is safe
// for concurrent use.
type Exposed struct {
	mu    sync.Mutex
	heard map[answerKind]int
	// sampled says that of many answers of a kind only some are looked at: under load a look costs what a request does.
	sampled bool
	found   map[string]*evidence.Finding
}

type answerKind struct {
	operation string
	status    int
}

// The answers of a kind that are looked at under load: the first ones, then one in so many.
const (
	lookedFirst = 50
	lookedOneIn = 20
)

func newExposed(sampled bool) *Exposed {
	return &Exposed{heard: map[answerKind]int{}, sampled: sampled, found: map[string]*evidence.Finding{}}
}

func (e *Exposed) hear(operation *contract.Operation, exchange *client.Exchange) {
	if !e.looksAt(answerKind{operation.ID, exchange.Status}) {
		return
	}
	for _, a := range sentinel.Exposed(operation, exchange) {
		e.note(evidence.Finding{Requirement: a.Fact.Requirement, Check: a.Check, Operation: operation.ID, Message: a.Message,
			Expected: a.Expected, Actual: a.Actual})
	}
}

func (e *Exposed) looksAt(one answerKind) bool {
	e.mu.Lock()
	defer e.mu.Unlock()
	n := e.heard[one]
	e.heard[one]++
	return !e.sampled || n < lookedFirst || n%lookedOneIn == 0
}

func (e *Exposed) note(one evidence.Finding) {
	e.mu.Lock()
	defer e.mu.Unlock()
	id := one.Check + one.Operation
	if e.found[id] == nil {
		e.found[id] = &one
	}
	e.found[id].Count++
}

// Take returns what was found since it was last asked, one for each check and operation, and adds to what is known already
// only what is not among it.
func (e *Exposed) Take(known ...evidence.Finding) []evidence.Finding {
	e.mu.Lock()
	defer e.mu.Unlock()
	var out []evidence.Finding
	for _, id := range slices.Sorted(maps.Keys(e.found)) {
		one := e.found[id]
		if !slices.ContainsFunc(known, func(f evidence.Finding) bool { return f.Check == one.Check && f.Operation == one.Operation }) {
			out = append(out, *one)
		}
	}
	e.found = map[string]*evidence.Finding{}
	return out
}

// Watched makes every answer to a call be looked at: what one shows that none may ends the verb with the code that says so.
func (b *Bench) Watched(call client.Config) client.Config {
	b.exposed = newExposed(false)
	call.Hear = b.exposed.hear
	return call
}

// Delivered looks in the same way at what a delivery says, and tells at once. Its token is no longer printed.
func (b *Bench) Delivered(message *webhook.Message) {
	if message == nil {
		return
	}
	b.Secrets.Add(message.Token, "[token of the subscription]")
	if number := redact.CardNumber(message.Said()); number != "" {
		b.Say("HAZARD: the delivery shows a full card number: %s (CARD-20)", number)
		b.leaked = true
	}
}

// Shown says in a line for each operation what its answers showed since it was last asked.
func (b *Bench) Shown() []string {
	if b.exposed == nil {
		return nil
	}
	var lines []string
	for _, f := range b.exposed.Take() {
		b.leaked = true
		lines = append(lines, fmt.Sprintf("%q: %s: %s (%s)", b.Facts.Operation(f.Operation).Title, f.Message, f.Actual, f.Requirement))
	}
	return lines
}

// exposes is the end of a verb that looked at what came: the code that beats all others where something showed what it may
// not. What could not be called at all is said instead.
func (b *Bench) exposes(failed error) error {
	for _, line := range b.Shown() {
		b.Say("HAZARD: %s", line)
	}
	var exit Exit
	if !b.leaked || failed != nil && !errors.As(failed, &exit) {
		return failed
	}
	return ExitWith(evidence.ExitSecretFound)
}
