// Package explore walks an API at random against a small model of its documented rules: endusers, wallets,
// cards, money, idempotency keys, two clients. Where an answer is not one that the model allows, the walk is
// shrunk to the fewest steps that still show the difference, and written as a scenario in the suite's own
// sentences.
//
// What walks in is a client for a target and a seed; what walks out is a [Result]. It uses nothing but the
// public API, so that it works on any target.
package explore

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"slices"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Config says where to walk and how far.
type Config struct {
	// Scene prepares things on the target. Without a card program no cards are asked for, without a second client
	// nothing of another client.
	Scene *scene.Scene
	// Steps bounds the walk; Seed gives each step its choice.
	Steps int
	Seed  int64
	// AtOnce lets steps send several requests at the same moment.
	AtOnce bool
	// Tries bounds the walks that shrinking may take; 0 means [DefaultTries].
	Tries int
	// Hear hears of every exchange of a walk; nil for nobody.
	Hear func(*contract.Operation, *client.Exchange) error
}

// walkLength is how many steps begin with nothing and build on each other: long enough for states to meet,
// short enough to be shrunk.
const walkLength = 30

// DefaultTries is how many walks shrinking takes at most.
const DefaultTries = 300

// Result is what a walk came to.
type Result struct {
	// Steps and Requests count what was done before a difference; Shrinking counts the walks after it.
	Steps, Requests, Shrinking int
	Seed                       int64
	// Difference is the first that was found, shrunk; nil for none.
	Difference *Difference
	// Chance is a server error that the same walk did not meet again, and Met the exchange of it; nil for none.
	Chance *Difference
	Met    *evidence.Exchange
	// Walk are the fewest steps that show it.
	Walk []Step
	// Exchanges are the requests of the shrunk walk, redacted, with a curl line each.
	Exchanges []evidence.Exchange
}

// Difference is an answer, or a state, that the model does not allow: a finding that ends a walk.
type Difference struct {
	evidence.Finding
	// Facet is what of the requirement differs.
	Facet contract.Facet
	// Wallet is the step that made the wallet of which it is; 0 for none.
	Wallet int
	// at is which request of the walk showed it.
	at int
}

func differs(requirement, check, message, expected, actual string) *Difference {
	return &Difference{Facet: contract.Effect, Finding: evidence.Finding{Requirement: requirement, Check: check, Message: message,
		Expected: expected, Actual: actual}}
}

// unserved marks a difference as one of a call that was not served.
func (d *Difference) unserved() *Difference {
	d.Kind = evidence.Unserved
	return d
}

// notServed is the difference of a valid request that was not served.
func notServed(requirement, title, why string) *Difference {
	return differs(requirement, "success status", fmt.Sprintf("%q did not succeed as documented", title), "a success", why).unserved()
}

func (d *Difference) Error() string {
	return fmt.Sprintf("%s: %s: expected %s, was %s", d.Requirement, d.Message, d.Expected, d.Actual)
}

// same reports whether two differences are of one kind.
func (d *Difference) same(other *Difference) bool {
	return other != nil && d.Requirement == other.Requirement && d.Check == other.Check &&
		(d.Check != serverError || d.Operation == other.Operation)
}

// Explore walks until a difference is found or the steps are spent. Errors are those of the environment: an
// API that can't be reached, a set-up that it refuses.
func Explore(ctx context.Context, config Config) (*Result, error) {
	if config.Steps <= 0 {
		return nil, errors.New("a walk needs at least one step")
	}
	if config.Tries <= 0 {
		config.Tries = DefaultTries
	}
	e := &explorer{Config: config}
	if err := e.begin(ctx); err != nil {
		return nil, err
	}
	result := &Result{Seed: config.Seed}
	for begun := 0; result.Steps < config.Steps; begun++ {
		random := rand.New(rand.NewPCG(uint64(config.Seed), uint64(begun)))
		w := e.newWalk()
		var walk []Step
		for len(walk) < walkLength && result.Steps < config.Steps {
			step := w.choose(random, len(walk)+1)
			walk = append(walk, step)
			result.Steps++
			difference, err := w.do(ctx, step)
			result.Requests += w.takeRequests()
			if err == nil && difference != nil && difference.Check == serverError {
				var again bool
				if again, err = e.meetsAgain(ctx, walk, difference, result); err == nil && !again {
					result.Chance, result.Met = difference, &w.recorded[difference.at-1]
					break // what the model believes may not be so: the next walk begins from nothing
				}
			}
			switch {
			case err != nil:
				return result, err
			case difference != nil:
				return result, e.shrink(ctx, walk, difference, result)
			}
		}
	}
	return result, nil
}

type explorer struct {
	Config
	unit scene.Unit
	// moneyless says that no money can be put on a wallet, so that none is moved.
	moneyless bool
	programs  map[string]*scene.Thing // by client; none where it has none
}

// begin learns the unit of amounts and finds a card program, if there is one.
func (e *explorer) begin(ctx context.Context) error {
	prepared := e.newWalk().scene
	var err error
	var none *scene.NotTestable
	if e.unit, err = prepared.Unit(ctx); errors.As(err, &none) {
		e.moneyless = true
	} else if err != nil {
		return fmt.Errorf("learning the unit of amounts before the walk: %w", differing(err))
	}
	e.programs = map[string]*scene.Thing{}
	for _, as := range e.newWalk().clients() {
		program, err := prepared.Need(ctx, as, "program", nil)
		var differs *scene.Blocked
		switch {
		case err == nil:
			e.programs[as] = program
		case errors.As(err, &none), as == "second" && errors.As(err, &differs):
		default:
			return fmt.Errorf("finding a card program before the walk: %w", differing(err))
		}
	}
	return nil
}

// again performs a walk from nothing and returns the difference that it shows, or nil.
func (e *explorer) again(ctx context.Context, walk []Step) (*Difference, []evidence.Exchange, error) {
	w := e.newWalk()
	for _, step := range walk {
		if difference, err := w.do(ctx, step); err != nil || difference != nil {
			return difference, w.recorded, err
		}
	}
	return nil, w.recorded, nil
}

// meetsAgain reports whether the same walk from nothing meets a server error at the same request again. Where it does
// not, the error came by chance, and tells nothing of the steps before it.
func (e *explorer) meetsAgain(ctx context.Context, walk []Step, met *Difference, result *Result) (bool, error) {
	for range raceTries {
		result.Shrinking++
		found, _, err := e.again(ctx, walk)
		if err != nil || met.same(found) && met.at == found.at {
			return err == nil, err
		}
	}
	return false, nil
}

// raceTries is how often a walk with requests at the same moment is tried before it counts as harmless.
const raceTries = 5

// shows reports whether a walk still shows the difference.
func (e *explorer) shows(ctx context.Context, walk []Step, wanted *Difference, result *Result) (bool, *Difference, []evidence.Exchange,
	error) {
	tries := 1
	for _, step := range walk {
		if step.Copies > 1 {
			tries = raceTries
		}
	}
	for range tries {
		result.Shrinking++
		found, recorded, err := e.again(ctx, walk)
		if err != nil || wanted.same(found) {
			return err == nil, found, recorded, err
		}
	}
	return false, nil, nil, nil
}

// shrink leaves out steps, half of them first and single ones at last, for as long as the rest shows the
// same difference (delta debugging, Zeller and Hildebrandt 2002), and makes what is left simple. Without
// requests at the same moment it is tried first.
func (e *explorer) shrink(ctx context.Context, walk []Step, difference *Difference, result *Result) error {
	result.Walk, result.Difference = walk, difference
	accept := func(candidate []Step) (bool, error) {
		if result.Shrinking >= e.Tries || len(candidate) == 0 {
			return false, nil
		}
		shown, found, recorded, err := e.shows(ctx, candidate, difference, result)
		if shown {
			result.Walk, result.Difference, result.Exchanges = candidate, found, recorded
		}
		return shown, err
	}
	// What shows without requests at the same moment needs no luck to be seen again.
	calm := slices.Clone(walk)
	for i := range calm {
		calm[i].Copies, calm[i].SameKey, calm[i].As = 1, false, ""
	}
	if _, err := accept(calm); err != nil {
		return err
	}
	for simpler := true; simpler; { // what is simpler may need less before it
		if err := leaveOut(result, accept); err != nil {
			return err
		}
		var err error
		if simpler, err = simplify(result, accept); err != nil {
			return err
		}
	}
	if result.Exchanges == nil {
		return e.record(ctx, difference, result)
	}
	return nil
}

// leaveOut leaves out halves of a walk, then less and less, for as long as the rest is accepted.
func leaveOut(result *Result, accept func([]Step) (bool, error)) error {
	for size := max(len(result.Walk)/2, 1); size >= 1; {
		removed := false
		for from := 0; from < len(result.Walk); from += size {
			shown, err := accept(slices.Concat(result.Walk[:from], result.Walk[min(from+size, len(result.Walk)):]))
			if err != nil {
				return err
			}
			if shown {
				removed = true
				from -= size
			}
		}
		if !removed {
			size /= 2
		}
	}
	return nil
}

// simplify makes persons of companies and the amounts small, those of the last steps first, which earlier ones serve. It
// reports whether anything was accepted.
func simplify(result *Result, accept func([]Step) (bool, error)) (simpler bool, err error) {
	for i := len(result.Walk) - 1; i >= 0; i-- {
		for _, step := range result.Walk[i].simpler() {
			candidate := slices.Clone(result.Walk)
			candidate[i] = step
			shown, err := accept(candidate)
			if err != nil {
				return simpler, err
			}
			if shown {
				simpler = true
				break
			}
		}
	}
	return simpler, nil
}

// record performs a walk that could not be made shorter once more, for its exchanges.
func (e *explorer) record(ctx context.Context, difference *Difference, result *Result) error {
	_, found, recorded, err := e.shows(ctx, result.Walk, difference, result)
	if err != nil {
		return err
	}
	if found != nil {
		result.Difference = found
	}
	result.Exchanges = recorded
	return nil
}
