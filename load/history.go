package load

import (
	"bytes"
	"fmt"
	"math/big"
	"slices"
	"sort"
	"strings"
	"sync"
	"time"

	"github.com/anishathalye/porcupine"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/reports"
)

// historyTime bounds the search for an order of a history; what takes longer is said to be undecided.
const historyTime = 5 * time.Second

// The bounds of explaining what is broken: so many things, each for so long, with so long for one search.
const (
	explainedThings = 3
	explainTime     = time.Second
	searchTime      = 50 * time.Millisecond
)

// shownCalls is how many calls of a broken history are printed.
const shownCalls = 8

// history is the calls of a plan on things that are independent of each other (a key, a wallet), each with the
// time of call and return. It holds if there is an order of the calls of each thing, in which no call comes
// before one that had returned when it was made, that explains every answer.
type history struct {
	mu    sync.Mutex
	calls []porcupine.Operation
}

// event is one call as a model reads it.
type event struct {
	thing string // the key or the wallet
	what  string // create, credit, out, in, read
	units int64  // of money, 0 for none
}

// answer is what came of a call. Unknown means that nobody knows.
type answer struct {
	done, unknown bool
	id            string
	units         *big.Rat // what a read showed
}

func (h *history) add(client int, e event, a answer, called, returned time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.calls = append(h.calls, porcupine.Operation{ClientId: client, Input: e, Output: a, Call: int64(called), Return: int64(returned)})
}

// byThing parts a history.
func byThing(calls []porcupine.Operation) [][]porcupine.Operation {
	at := map[string]int{}
	var parts [][]porcupine.Operation
	for _, call := range calls {
		thing := call.Input.(event).thing
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

// creation is the model of idempotent creation: the first success under a key makes an object, and every other
// success answers with it. A refusal changes nothing, and an unknown outcome may have made the object.
var creation = porcupine.Model{
	Partition: byThing,
	Init:      func() any { return "" },
	Step: func(state, _, output any) (bool, any) {
		made, got := state.(string), output.(answer)
		switch {
		case got.unknown || !got.done:
			return true, made
		case made == "":
			return true, got.id
		}
		return got.id == made, made
	},
	DescribeOperation: func(input, output any) string { return described(input.(event), output.(answer)) },
}

// account is the model of a wallet in the smallest unit: what was booked moves it by exactly so much, money goes
// out only where there is enough, and a read shows what is there.
func account(one *big.Rat) porcupine.Model {
	return porcupine.Model{
		Partition: byThing,
		Init:      func() any { return int64(0) },
		Step: func(state, input, output any) (bool, any) {
			held, asked, got := state.(int64), input.(event), output.(answer)
			switch {
			case asked.what == "read":
				return got.units != nil && new(big.Rat).Quo(got.units, one).Cmp(new(big.Rat).SetInt64(held)) == 0, held
			case !got.done:
				return true, held
			case asked.what == "out":
				return held >= asked.units, held - asked.units
			}
			return true, held + asked.units
		},
		DescribeOperation: func(input, output any) string { return described(input.(event), output.(answer)) },
	}
}

func described(e event, a answer) string {
	text := e.what
	if e.units != 0 {
		text += fmt.Sprintf(" %d", e.units)
	}
	switch {
	case a.unknown:
		return text + ": no answer"
	case e.what == "read":
		return text + ": " + scene.Decimal(a.units)
	case !a.done:
		return text + ": refused"
	case a.id != "":
		return text + ": " + a.id[:min(8, len(a.id))] + "…"
	}
	return text + ": booked"
}

// judge looks for an order that explains a history and says in an invariant whether there is one. The sentence
// gets the number of calls and of things; a broken history comes with the calls that show it and a picture.
func (h *history) judge(model porcupine.Model, requirement, sentence string, result *reports.LoadPlan) {
	parts := byThing(h.calls)
	one := reports.Invariant{Requirement: requirement, Sentence: fmt.Sprintf(sentence, len(h.calls), len(parts)), Evidence: []string{}}
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
		one.Evidence = append(one.Evidence, fmt.Sprintf("%d of %d histories could not be decided in %v", undecided, len(parts), historyTime))
	}
	for _, part := range broken[:min(len(broken), explainedThings)] {
		one.Evidence = append(one.Evidence, fewest(model, part, time.Now().Add(explainTime)))
	}
	if more := len(broken) - explainedThings; more > 0 {
		one.Evidence = append(one.Evidence, fmt.Sprintf("and %d more like these", more))
	}
	if !holds {
		result.Pictures = append(result.Pictures, picture(model, broken[0], fmt.Sprintf("history-%s-%d.html", strings.ToLower(requirement), len(result.Pictures)+1)))
	}
	result.Invariants = append(result.Invariants, one)
}

// fewest looks for the calls that show a broken history and prints them: up to the first read that nothing
// explains, without the other reads and copies that it stays broken without.
func fewest(model porcupine.Model, part []porcupine.Operation, until time.Time) string {
	calls := untilBroken(model, part, until)
	for i := len(calls) - 1; i >= 0 && time.Now().Before(until); i-- {
		// What moved money explains later reads; without it they would be broken for another reason.
		if what := calls[i].Input.(event).what; what == "read" || what == "create" {
			less := append(append([]porcupine.Operation{}, calls[:i]...), calls[i+1:]...)
			if porcupine.CheckOperationsTimeout(model, less, searchTime) == porcupine.Illegal {
				calls = less
			}
		}
	}
	first := calls[0].Call
	text := "no order of these calls explains the answers: "
	if more := len(calls) - shownCalls; more > 0 {
		text += fmt.Sprintf("%d earlier ones; ", more)
		calls = calls[more:]
	}
	var lines []string
	for _, call := range calls {
		lines = append(lines, fmt.Sprintf("%.2f–%.2f ms %s", milliseconds(time.Duration(call.Call-first)), milliseconds(time.Duration(call.Return-first)), described(call.Input.(event), call.Output.(answer))))
	}
	return text + strings.Join(lines, "; ")
}

// untilBroken returns the calls, in the order in which they were made, up to the return of the first read that
// can't be explained: all bookings that were made until then, and the reads that had returned.
func untilBroken(model porcupine.Model, part []porcupine.Operation, latest time.Time) []porcupine.Operation {
	calls := append([]porcupine.Operation{}, part...)
	sort.Slice(calls, func(i, j int) bool { return calls[i].Call < calls[j].Call })
	var ends []int64
	for _, call := range calls {
		if call.Input.(event).what == "read" {
			ends = append(ends, call.Return)
		}
	}
	slices.Sort(ends)
	for _, end := range ends {
		if time.Now().After(latest) {
			break
		}
		var until []porcupine.Operation
		for _, call := range calls {
			if call.Call <= end && (call.Input.(event).what != "read" || call.Return <= end) {
				until = append(until, call)
			}
		}
		if porcupine.CheckOperationsTimeout(model, until, searchTime) == porcupine.Illegal {
			return until
		}
	}
	return calls
}

// picture draws a history as a page that loads nothing from anywhere.
func picture(model porcupine.Model, part []porcupine.Operation, name string) reports.Picture {
	_, info := porcupine.CheckOperationsVerbose(model, part, explainTime)
	var page bytes.Buffer
	if err := porcupine.Visualize(model, info, &page); err != nil {
		return reports.Picture{File: name, Data: []byte("<!doctype html><title>no picture</title>" + err.Error())}
	}
	return reports.Picture{File: name, Data: page.Bytes()}
}
