// Package history holds the calls of a load plan against a model: whether some order of them explains every answer
// (linearizability). porcupine looks for the order.
package history

import (
	"fmt"
	"math/big"
	"strings"
	"sync"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// historyTime bounds the search for an order of a history; what takes longer is said to be undecided.
const historyTime = 5 * time.Second

// Forever is when a call without an answer returns.
const Forever = time.Duration(1 << 62)

// History is the calls of a plan on things that are independent of each other (a key, a wallet), each with the
// time of call and return. It holds if there is an order of the calls of each thing, in which no call comes
// before one that had returned when it was made, that explains every answer.
type History struct {
	mu    sync.Mutex
	calls []porcupine.Operation
}

// Event is one call as a model reads it.
type Event struct {
	Thing string // the key or the wallet
	What  string // create, credit, out, in, read
	Units int64  // of money, 0 for none
}

// Answer is what came of a call. Unknown means that nobody knows.
type Answer struct {
	Done, Unknown bool
	ID            string
	Units         *big.Rat // what a read showed
}

// Add keeps a call that a client made and that returned.
func (h *History) Add(client int, e Event, a Answer, called, returned time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = append(h.calls, porcupine.Operation{ClientId: client, Input: e, Output: a, Call: int64(called), Return: int64(returned)})
}

// byThing parts a history.
func byThing(calls []porcupine.Operation) [][]porcupine.Operation {
	at := map[string]int{}
	var parts [][]porcupine.Operation
	for _, call := range calls {
		thing := call.Input.(Event).Thing
		place, there := at[thing]
		if !there {
			place = len(parts)
			at[thing] = place
			parts = append(parts, nil)
		}
		parts[place] = append(parts[place], call)
	}
	return parts
}

// Creation is the model of idempotent creation: the first success under a key makes an object, and every other
// success answers with it. A refusal changes nothing, and an unknown outcome may have made the object.
var Creation = porcupine.Model{
	Partition: byThing,
	Init:      func() any { return "" },
	Step: func(state, _, output any) (bool, any) {
		made, got := state.(string), output.(Answer)
		switch {
		case got.Unknown || !got.Done:
			return true, made
		case made == "":
			return true, got.ID
		}
		return got.ID == made, made
	},
	DescribeOperation: func(input, output any) string { return described(input.(Event), output.(Answer)) },
}

// Account is the model of a wallet in the smallest unit: what was booked moves it by exactly so much, money goes
// out only where there is enough, and a read shows what is there.
func Account(one *big.Rat) porcupine.Model {
	return porcupine.Model{
		Partition: byThing,
		Init:      func() any { return int64(0) },
		Step: func(state, input, output any) (bool, any) {
			held, asked, got := state.(int64), input.(Event), output.(Answer)
			switch {
			case asked.What == "read":
				return got.Units != nil && new(big.Rat).Quo(got.Units, one).Cmp(new(big.Rat).SetInt64(held)) == 0, held
			case !got.Done:
				return true, held
			case asked.What == "out":
				return held >= asked.Units, held - asked.Units
			}
			return true, held + asked.Units
		},
		DescribeOperation: func(input, output any) string { return described(input.(Event), output.(Answer)) },
	}
}

func described(e Event, a Answer) string {
	text := e.What
	if e.Units != 0 {
		text += fmt.Sprintf(" %d", e.Units)
	}
	switch {
	case a.Unknown:
		return text + ": no answer"
	case e.What == "read":
		return text + ": " + scene.Decimal(a.Units)
	case !a.Done:
		return text + ": refused"
	case a.ID != "":
		return text + ": " + a.ID[:min(8, len(a.ID))] + "…"
	}
	return text + ": booked"
}

// Judge looks for an order that explains a history and says in an invariant whether there is one. The sentence
// gets the number of calls and of things; a broken history comes with the calls that show it and a picture.
func (h *History) Judge(model porcupine.Model, requirement, sentence string, result *reports.LoadPlan) {
	parts := byThing(h.calls)
	one := evidence.Invariant{Requirement: requirement, Sentence: fmt.Sprintf(sentence, len(h.calls), len(parts)), Evidence: []string{}}
	var broken [][]porcupine.Operation
	until := time.Now().Add(historyTime)
	undecided := 0
	for _, part := range parts {
		switch porcupine.CheckOperationsTimeout(model, part, max(time.Until(until), time.Millisecond)) {
		case porcupine.Illegal:
			broken = append(broken, part)
		case porcupine.Unknown:
			undecided++
		}
	}
	holds := len(broken) == 0
	if !holds || undecided == 0 {
		one.Holds = &holds
	}
	if undecided > 0 {
		one.Evidence = append(one.Evidence, fmt.Sprintf("%d of %d histories could not be decided in %v",
			undecided, len(parts), historyTime))
	}
	for _, part := range broken[:min(len(broken), explainedThings)] {
		one.Evidence = append(one.Evidence, fewest(model, part, time.Now().Add(explainTime)))
	}
	if more := len(broken) - explainedThings; more > 0 {
		one.Evidence = append(one.Evidence, fmt.Sprintf("and %d more like these", more))
	}
	if !holds {
		name := fmt.Sprintf("history-%s-%d.html", strings.ToLower(requirement), len(result.Pictures)+1)
		result.Pictures = append(result.Pictures, picture(model, broken[0], name))
	}
	result.Invariants = append(result.Invariants, one)
}
