package steps

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"reflect"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/match"
)

// Frame is what some things were like at one moment: the members of each, by a name for it.
type Frame struct {
	things map[string]*scene.Thing
	states map[string]map[string]any
}

// Reader returns the operation that reads one thing of a kind by its id, or nil.
func Reader(w *World, kind string) *contract.Operation {
	return find(w, func(o *contract.Operation) bool {
		return o.Method == http.MethodGet && len(o.PathParams) == 1 && o.PathParams[0].Fixture == kind
	})
}

// Lister returns the operation that lists the things of a kind, or nil.
func Lister(w *World, kind string) *contract.Operation {
	return find(w, func(o *contract.Operation) bool {
		return o.Method == http.MethodGet && o.Reads == kind && o.Success.Shape == "array"
	})
}

func find(w *World, wanted func(*contract.Operation) bool) *contract.Operation {
	if at := slices.IndexFunc(w.Session.Contract.Operations, wanted); at >= 0 {
		return w.Session.Contract.Operations[at]
	}
	return nil
}

// Frame reads all things of the scenario that nobody else has, or those alone that one of the requests names.
func (w *World) Frame(ctx context.Context, naming ...*scene.Draft) (*Frame, error) {
	f := &Frame{things: map[string]*scene.Thing{}}
	known := map[string]bool{"": true}
	for _, name := range slices.Sorted(maps.Keys(w.Things)) {
		thing := w.Things[name]
		mentions := func(draft *scene.Draft) bool { return Mentions(draft, thing) }
		if thing != nil && !thing.Shared && !known[thing.ID] && (len(naming) == 0 || slices.ContainsFunc(naming, mentions)) {
			known[thing.ID] = true
			f.things[name] = thing
			f.include(thing)
		}
	}
	var err error
	f.states, err = w.seen(ctx, f.things)
	return f, err
}

// include adds the wallet of a card, on which much of what happens to the card shows.
func (f *Frame) include(thing *scene.Thing) {
	id, _ := thing.Body["wallet_id"].(string)
	for _, other := range f.things {
		if other.ID == id {
			return
		}
	}
	if thing.Kind == "card" && id != "" {
		f.things["wallet of the card "+thing.ID] = &scene.Thing{Kind: "wallet", ID: id, As: thing.As}
	}
}

// Mentions reports whether a request names a thing, in its address or its body.
func Mentions(draft *scene.Draft, thing *scene.Thing) bool {
	for _, id := range draft.Request.Path {
		if strings.EqualFold(id, thing.ID) {
			return true
		}
	}
	for _, value := range draft.Body {
		if id, isText := value.(string); isText && strings.EqualFold(id, thing.ID) {
			return true
		}
	}
	return false
}

// seen reads things as means to an end: what the scenario's own calls were stays as it is.
func (w *World) seen(ctx context.Context, things map[string]*scene.Thing) (map[string]map[string]any, error) {
	last, calls := w.Last, w.Calls
	defer func() { w.Last, w.Calls = last, calls }()
	states := map[string]map[string]any{}
	for _, name := range slices.Sorted(maps.Keys(things)) {
		state, err := w.state(ctx, things[name])
		if blocked, is := errors.AsType[*scene.Blocked](err); is {
			if !tellsOfThing(blocked.Status) {
				states[name] = nil // not read, which is no state
				continue
			}
			state, err = map[string]any{"id": Status(blocked.Status)}, nil
		}
		if err != nil {
			return nil, err
		}
		if state != nil {
			states[name] = state
		}
	}
	return states, nil
}

// tellsOfThing reports whether a refusal to read says something of the thing: that a caller is not known, or that the
// server failed, does not.
func tellsOfThing(status int) bool {
	return status < http.StatusInternalServerError && status != http.StatusUnauthorized && status != http.StatusTooManyRequests
}

// Look reads a thing by an operation as means to an end: once between two requests of the scenario that may change
// something. What it was is never compared with itself: where that is the last reading, it reads anew.
func (w *World) Look(ctx context.Context, operation, as, id string, was map[string]any) (map[string]any, error) {
	body, at := w.Scene.LastRead(operation, as, id)
	changing := func(exchange *client.Exchange) bool {
		method := exchange.Request().Method
		return exchange.N > at && method != http.MethodGet && method != http.MethodHead
	}
	itself := body != nil && reflect.ValueOf(body).Pointer() == reflect.ValueOf(was).Pointer()
	if body == nil || itself || slices.ContainsFunc(w.Heard(), changing) {
		return w.Scene.Get(ctx, operation, as, id)
	}
	return body, nil
}

// state is what a thing reads as, or its entry in the list of its kind; nil where neither can be had.
func (w *World) state(ctx context.Context, thing *scene.Thing) (map[string]any, error) {
	if reader := Reader(w, thing.Kind); reader != nil {
		return w.Look(ctx, reader.ID, caller(w, reader, thing), thing.ID, nil)
	}
	lister := Lister(w, thing.Kind)
	if lister == nil {
		return nil, nil
	}
	entries, err := w.Scene.List(ctx, lister.ID, caller(w, lister, thing), nil)
	for _, entry := range entries {
		if scene.ID(entry) == thing.ID {
			return entry, err
		}
	}
	return nil, err // a list may come in parts (N-21)
}

func caller(w *World, operation *contract.Operation, thing *scene.Thing) string {
	return cmp.Or(thing.As, w.Session.Client.Caller(operation))
}

// Breaks is the requirement that a change of a member of a thing breaks; empty where it may change.
type Breaks func(thing *scene.Thing, member string) string

// ExpectFrame reads the things of a frame again and checks that each is as it was. What differs is one finding, of the
// requirement that breaks says.
func (w *World) ExpectFrame(ctx context.Context, f *Frame, a evidence.Assertion, breaks Breaks) error {
	now, err := w.Again(ctx, f)
	if err == nil {
		w.ExpectSame(f, now, a, breaks)
	}
	return err
}

// Again reads the things of a frame once more.
func (w *World) Again(ctx context.Context, f *Frame) (*Frame, error) {
	states, err := w.seen(ctx, f.things)
	return &Frame{things: f.things, states: states}, err
}

// ExpectSame checks that each thing of a frame is the same in a later one.
func (w *World) ExpectSame(f, later *Frame, a evidence.Assertion, breaks Breaks) {
	switch difference, compared := w.Difference(f, later, breaks); {
	case difference != nil:
		a.Fact.Requirement, a.Fact.Also = difference.Fact.Requirement, nil
		a.Pointer, a.Expected, a.Actual, a.Through = difference.Pointer, difference.Expected, difference.Actual, difference.Through
		w.Expect(false, a)
	case compared:
		w.Expect(true, a)
	}
}

// Difference is the first thing in which a later frame differs, as far as that breaks something; nil for none. It
// reports too whether anything could be compared.
func (w *World) Difference(f, later *Frame, breaks Breaks) (difference *evidence.Assertion, compared bool) {
	for _, name := range slices.Sorted(maps.Keys(f.states)) {
		before := f.states[name]
		if after, looked := later.states[name]; looked && after == nil || before == nil {
			continue
		}
		compared = true
		misshapen := w.Misshapen(f.things[name].Kind, later.states[name])
		for _, member := range slices.Sorted(maps.Keys(before)) {
			holds, why := match.Field(match.Equal(before[member]), member).Look(later.states[name])
			if _, is := misshapen[member]; holds || is {
				continue
			}
			if requirement := breaks(f.things[name], member); requirement != "" {
				return &evidence.Assertion{Fact: contract.Fact{Requirement: requirement}, Pointer: why.Pointer, Actual: why.Actual,
					Through:  w.reading(f.things[name].Kind).ID,
					Expected: fmt.Sprintf("%q of the %s as it was, %s", member, name, why.Expected)}, true
			}
		}
	}
	return nil, compared
}

// reading is the operation by whose answers a thing of a kind is seen; nil for none.
func (w *World) reading(kind string) *contract.Operation {
	return cmp.Or(Reader(w, kind), Lister(w, kind))
}

// framedPart is how deep a run has to go for every refusal to be looked into; less deep ones look into a part of them.
const framedPart = 40

// framed reports whether a scenario that is about refusals looks into what they did: each that says so, and some others.
func (w *World) framed(draft *scene.Draft) bool {
	says := slices.Contains(w.Scenario.Requirements, nothingDone)
	return w.Scenario.Refuses && draft.Operation.Writes() && w.preparing == 0 && (says || w.Random().IntN(framedPart) < w.Depth())
}

// nothingDone is the requirement that a refused request changes nothing.
const nothingDone = "HARNESS-11"

// refusal is a call of a scenario about refusals, and what the things that it names were like before it.
type refusal struct {
	exchange *client.Exchange
	before   *Frame
}

// frameBefore keeps what the things of a call are like that may be refused.
func (w *World) frameBefore(ctx context.Context, draft *scene.Draft) error {
	r := State[refusal](w)
	if *r = (refusal{}); !w.framed(draft) {
		return nil
	}
	frame, err := w.Frame(ctx, draft)
	r.before = frame
	return err
}

// ExpectNothingDone checks that a call that was refused has left the things that it names as they were. Of the many
// refusals of a run some are looked into, others with another seed, and all of them where the run goes deep.
func (w *World) ExpectNothingDone(ctx context.Context, exchange *client.Exchange) error {
	r := *State[refusal](w)
	if r.before == nil || r.exchange != exchange || exchange.Status < http.StatusBadRequest {
		return nil
	}
	*State[refusal](w) = refusal{}
	return w.ExpectFrame(ctx, r.before, evidence.Assertion{Check: "a refused request changes nothing",
		Fact: w.Fact(nothingDone, contract.Effect), Exchange: exchange.N,
		Message: "something changed although the request was refused"}, NothingMay)
}

// NothingMay is what a refused request breaks, whatever it changes: of another client's thing, that it is another's.
func NothingMay(thing *scene.Thing, _ string) string {
	if thing.As == "second" {
		return "OWN-07"
	}
	return nothingDone
}
