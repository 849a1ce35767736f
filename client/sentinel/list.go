package sentinel

import (
	"fmt"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
)

// ranges checks that a list of a range of time has no entry that is outside of it by each of its times: which of them
// from and to go by is open (N-19), that they narrow the list is not.
func (w *watcher) ranges() {
	asked, err := url.Parse(w.exchange.Request().URL)
	if err != nil || !w.asked() || w.operation.Success.Shape != "array" {
		return
	}
	for _, parameter := range w.operation.Query {
		bound, readable := schemas.Instant(asked.Query().Get(parameter.Name))
		if !readable || parameter.Name != "from" && parameter.Name != "to" {
			continue
		}
		items, _ := scene.Items(w.value)
		outside := ""
		for _, item := range items {
			entry, _ := item.(map[string]any)
			if outside = beyond(entry, parameter.Name, bound); outside != "" {
				break
			}
		}
		w.expect(outside == "", evidence.Assertion{Check: "a range of time bounds the list, by " + parameter.Name,
			Kind: evidence.Queried, Fact: w.fact(parameter.Requirement, contract.Effect),
			Message:  "an entry is outside of the range of time by each of its times",
			Expected: fmt.Sprintf("no entry of another time with %s=%s", parameter.Name, asked.Query().Get(parameter.Name)), Actual: outside})
	}
}

// beyond says by which times an entry is outside of a bound; empty where one of them is inside, or none is known. When
// a card runs out is no time of what happened to it.
func beyond(entry map[string]any, parameter string, bound time.Time) string {
	var times []string
	for name, value := range entry {
		written, _ := value.(string)
		when, readable := schemas.Instant(value)
		if !readable || name == "expiry" {
			continue
		}
		coarse := schemas.Resolution(written)
		if parameter == "from" && !when.Add(coarse).Before(bound) || parameter == "to" && !when.Add(-coarse).After(bound) {
			return ""
		}
		times = append(times, name+" "+written)
	}
	slices.Sort(times)
	return strings.Join(times, ", ")
}
