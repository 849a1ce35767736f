// Package sentinel looks at every exchange, whatever the scenario is about: strict JSON, the media type
// and schema of a success, what HTTP and OAuth ask of an error, and that no answer leaks card data,
// secrets or the inside of the server.
//
// What walks in is one exchange with its operation; what walks out is a list of results, one for each
// check that applied.
package sentinel

import (
	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
)

// Result is one check that was evaluated on one exchange.
type Result struct {
	// Check is a stable name; it begins with "every answer:" so that the census keeps sentinels apart.
	Check       string
	Requirement string
	// Mark is that of the very fact that is broken, where it is weaker than that of the requirement; else empty.
	Mark     contract.Mark
	Held     bool
	Message  string
	Pointer  string
	Expected string
	Actual   string
}

// prefix begins the name of every check here, so that the census keeps sentinels apart.
const prefix = "every answer: "

// watcher collects the results of one exchange.
type watcher struct {
	set       *schemas.Set
	operation *contract.Operation
	exchange  *client.Exchange
	strict    bool
	results   []Result
	value     any
	decoded   bool
}

// Watch evaluates every sentinel that applies to the exchange. Strict counts undocumented fields as
// violations of HARNESS-16; otherwise they are results too, of a mark that never gates.
//
// It also returns the decoded body, or nil where it is not strict JSON, so that nobody decodes it again.
func Watch(set *schemas.Set, operation *contract.Operation, exchange *client.Exchange, strict bool) ([]Result, any) {
	w := &watcher{set: set, operation: operation, exchange: exchange, strict: strict, results: make([]Result, 0, 8)}
	w.headers()
	w.body()
	if w.decoded {
		w.leaks()
		w.objects()
	}
	w.insides()
	return w.results, w.value
}

func (w *watcher) held(check, requirement string) {
	w.results = append(w.results, Result{Check: prefix + check, Requirement: requirement, Held: true})
}

func (w *watcher) expect(holds bool, r Result) {
	r.Check, r.Held = prefix+r.Check, holds
	if holds {
		r = Result{Check: r.Check, Requirement: r.Requirement, Held: true}
	}
	w.results = append(w.results, r)
}

func (w *watcher) succeeded() bool { return w.exchange.Status >= 200 && w.exchange.Status < 300 }
