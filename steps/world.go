package steps

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"sync"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Scenario says which scenario a [World] belongs to.
type Scenario struct {
	ID string
	// Requirements are its requirement tags, the leading one first.
	Requirements []string
	// Gap is the conflict or gap that the scenario looks into; empty for none.
	Gap string
	// Refuses says that the scenario is about calls that are refused.
	Refuses bool
	// Sentences are its sentences, a line each; empty where nobody knows what is still to be said.
	Sentences string
	// Attempt counts from 0; another attempt gets idempotency keys of its own.
	Attempt int
}

// Asks reports whether a sentence of the scenario has these words, or may have.
func (s Scenario) Asks(words string) bool {
	return s.Sentences == "" || strings.Contains(s.Sentences, words)
}

// World is the state of one scenario: the things that it made, the call under way, and the evidence.
// It belongs to one scenario's goroutine; only the recording of exchanges may come from several.
type World struct {
	Session  *Session
	Scenario Scenario

	// Things are what the scenario has, by the names that its sentences give them: card, other card, foreign card.
	Things scene.Things
	// Draft is the request that the sentences prepare; nil before there is one.
	Draft *scene.Draft
	// Scene prepares what the scenario needs.
	Scene *scene.Scene
	// Last is the latest exchange of a step's own; Calls holds them all in order of their answer.
	Last  *client.Exchange
	Calls []*client.Exchange
	// states are what the areas keep of the scenario, see [State].
	states typed
	// values are the decoded bodies of the exchanges.
	values map[*client.Exchange]any

	step int
	// preparing is above zero while what the scenario needs is made; passing is what deviated then, and what the
	// sentinels saw of things that the scenario is not about.
	preparing int
	passing   []evidence.Finding
	// places bound what is listed of findings, and of those in passing.
	places, placesPassing evidence.Places
	checks                []evidence.Check
	findings              []evidence.Finding
	noData                string
	observed              []evidence.Observation
	cleanups              []func(context.Context) error

	mu        sync.Mutex
	exchanges []*client.Exchange
	recorded  []evidence.Exchange
	tells     map[int]bool // exchanges that tell what the scenario came to; nil for all
}

// mostPlaces is in how many places a scenario lists one deviation.
const mostPlaces = 20

// NewWorld returns the world of one scenario about to start.
func (s *Session) NewWorld(scenario Scenario) *World {
	w := &World{Session: s, Scenario: scenario, Things: scene.Things{}, values: map[*client.Exchange]any{}, step: -1,
		places: evidence.Places{Most: mostPlaces}, placesPassing: evidence.Places{Most: mostPlaces}}
	if w.Scene = s.Scene.Observed(w.hear); scenario.Attempt > 0 {
		w.Scene = w.Scene.Anew()
	}
	return w
}

type worldKey struct{}

// In returns a context that carries the world, so that steps find it and requests carry its id.
func (w *World) In(ctx context.Context) context.Context {
	ctx = context.WithValue(ctx, worldKey{}, w)
	return client.WithScenario(ctx, client.Scenario{ID: w.Scenario.ID, Attempt: w.Scenario.Attempt, Record: w.record, Keeps: true})
}

// From returns the world that the context carries, or nil.
func From(ctx context.Context) *World {
	w, _ := ctx.Value(worldKey{}).(*World)
	return w
}

// record keeps every exchange of the scenario, token calls included.
func (w *World) record(exchange *client.Exchange) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.exchanges = append(w.exchanges, exchange)
	w.recorded = append(w.recorded, exchange.Record())
}

// Heard are all exchanges of the scenario so far, token calls included.
func (w *World) Heard() []*client.Exchange {
	w.mu.Lock()
	defer w.mu.Unlock()
	return slices.Clone(w.exchanges)
}

// Cleanup registers work for the end of the scenario; the newest runs first.
func (w *World) Cleanup(work func(context.Context) error) { w.cleanups = append(w.cleanups, work) }

// Close runs the registered clean-ups, newest first, and gives back what the scenario had in hand. It returns what
// went wrong.
func (w *World) Close(ctx context.Context) error {
	var failed []error
	for i := len(w.cleanups) - 1; i >= 0; i-- {
		failed = append(failed, w.cleanups[i](ctx))
	}
	w.cleanups = nil
	failed = append(failed, w.Scene.PutBack(ctx))
	w.GiveBack(nil)
	return errors.Join(failed...)
}

// GiveBack lets other scenarios have what this one has not changed, but what it keeps.
func (w *World) GiveBack(keep scene.Things) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.Scene.GiveBack(w.exchanges, keep)
}

// Observe keeps the answer of the target to a question that no page settles. The gap names the
// conflict or the missing fact (C-… or N-…).
func (w *World) Observe(id, gap, question, answer string) {
	w.observed = append(w.observed, evidence.Observation{ID: id, Scenario: w.Scenario.ID, Gap: gap, Question: question,
		Answer: w.readable(answer)})
}

// Evidence is what a scenario leaves behind.
type Evidence struct {
	Checks   []evidence.Check
	Findings []evidence.Finding
	// Passing is what deviated beside what the scenario is about.
	Passing      []evidence.Finding
	Exchanges    []evidence.Exchange
	Observations []evidence.Observation
	// NoData explains why a check that saw no data keeps the scenario from passing; empty for none.
	NoData string

	tells map[int]bool
}

// Telling are the exchanges that are kept with the scenario: all of them, or those that it says tell what it came to, and
// those that a finding names.
func (e Evidence) Telling() []evidence.Exchange {
	if e.tells == nil {
		return e.Exchanges
	}
	named := maps.Clone(e.tells)
	for _, f := range slices.Concat(e.Findings, e.Passing) {
		named[f.Exchange] = true
	}
	return slices.DeleteFunc(slices.Clone(e.Exchanges), func(one evidence.Exchange) bool { return !named[one.N] })
}

// Tells says which exchanges tell what the scenario came to, where it tried much that led nowhere.
func (w *World) Tells(exchanges []evidence.Exchange) {
	w.mu.Lock()
	defer w.mu.Unlock()
	w.tells = map[int]bool{}
	for _, one := range exchanges {
		w.tells[one.N] = true
	}
}

// Evidence returns what the scenario left behind so far.
func (w *World) Evidence() Evidence {
	w.mu.Lock()
	defer w.mu.Unlock()
	return Evidence{Checks: w.checks, Findings: slices.Concat(w.findings, w.places.Rest()),
		Passing: slices.Concat(w.passing, w.placesPassing.Rest()), Exchanges: w.recorded, Observations: w.observed,
		NoData: w.noData, tells: w.tells}
}

// Operation returns the operation of a title or an error that names the nearest thing to do.
func (w *World) Operation(title string) (*contract.Operation, error) {
	if operation := w.Session.Contract.Titled(title); operation != nil {
		return operation, nil
	}
	return nil, Faulty("no operation is titled %q; kobcheck list operations shows the titles", title)
}
