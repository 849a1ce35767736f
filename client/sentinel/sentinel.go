// Package sentinel looks at every exchange, whatever the scenario is about: strict JSON, the media type
// and schema of a success, what HTTP and OAuth ask of an error, and that no answer leaks card data,
// secrets or the inside of the server.
//
// What walks in is one exchange with its operation; what walks out is a list of results, one for each
// check that applied.
package sentinel

import (
	"fmt"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/schemas/match"
)

// prefix begins the name of every check here, so that the census keeps sentinels apart.
const prefix = evidence.EveryAnswer

// watcher collects the results of one exchange.
type watcher struct {
	set       *schemas.Set
	operation *contract.Operation
	exchange  *client.Exchange
	edition   contract.Edition
	results   []evidence.Assertion
	value     any
	decoded   bool
}

// Watch evaluates every sentinel that applies to the exchange and returns what it asserted, also what holds.
//
// It also returns the decoded body, or nil where it is not strict JSON, so that nobody decodes it again.
func Watch(set *schemas.Set, operation *contract.Operation, exchange *client.Exchange,
	edition contract.Edition,
) ([]evidence.Assertion, any) {
	w := &watcher{set: set, operation: operation, exchange: exchange, edition: edition, results: make([]evidence.Assertion, 0, 8)}
	w.headers()
	w.status()
	w.body()
	if w.operation.ID == "token" {
		w.token()
	}
	w.leaks()
	if w.decoded {
		w.objects()
		w.ranges()
	}
	w.insides()
	return w.results, w.value
}

func (w *watcher) fact(requirement string, facet contract.Facet) contract.Fact {
	return contract.Fact{Requirement: requirement, Operation: w.operation.ID, Facet: facet, Edition: w.edition}
}

func (w *watcher) held(check string, fact contract.Fact) {
	w.results = append(w.results, evidence.Assertion{Check: named(check), Fact: fact, Holds: true})
}

func (w *watcher) expect(holds bool, a evidence.Assertion) {
	if holds {
		w.held(a.Check, a.Fact)
		return
	}
	a.Check, a.Exchange = named(a.Check), w.exchange.N
	w.results = append(w.results, a)
}

// match keeps whether a value is as it has to be.
func (w *watcher) match(matcher match.Matcher, value any, a evidence.Assertion) {
	holds, why := matcher.Look(value)
	a.Pointer, a.Expected, a.Actual = a.Pointer+why.Pointer, why.Expected, why.Actual
	w.expect(holds, a)
}

func (w *watcher) succeeded() bool { return w.exchange.Status >= 200 && w.exchange.Status < 300 }

// asked reports whether the answer is a success of the operation itself, and not of another method at its address.
func (w *watcher) asked() bool {
	return w.succeeded() && w.exchange.Request().Method == w.operation.Method
}

// status checks that a success has the documented code.
func (w *watcher) status() {
	documented := w.operation.Success.Status
	if !w.asked() || documented == 0 {
		return
	}
	w.expect(w.exchange.Status == documented, evidence.Assertion{Check: SuccessStatus,
		Fact:     w.fact(w.operation.Served(), contract.Status),
		Message:  fmt.Sprintf("%q did not succeed with the documented code", w.operation.Title),
		Expected: strconv.Itoa(documented), Actual: strconv.Itoa(w.exchange.Status)})
}

// SuccessStatus is the check of the code of a success.
const SuccessStatus = prefix + "success status"

func named(check string) string { return prefix + strings.TrimPrefix(check, prefix) }
