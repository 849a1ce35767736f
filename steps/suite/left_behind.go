package suite

import (
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"sort"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// made keeps what the run made and did not take away again, by kind and id: who made it.
type made map[string]map[string]string

// add looks at the exchanges of a scenario for objects that were made or deleted.
func (m made) add(facts *contract.Contract, exchanges []evidence.Exchange) {
	for _, exchange := range exchanges {
		operation := facts.Operation(exchange.Operation)
		if operation == nil || exchange.Response == nil || exchange.Response.Status/100 != 2 {
			continue
		}
		if exchange.Request.Method == http.MethodDelete {
			for _, things := range m {
				for id := range things {
					if slices.Contains(strings.Split(exchange.Request.URL, "/"), id) {
						delete(things, id)
					}
				}
			}
		}
		if operation.Creates == "" {
			continue
		}
		var body struct {
			ID string `json:"id"`
		}
		if json.Unmarshal([]byte(exchange.Response.Body), &body) != nil || body.ID == "" {
			continue
		}
		if m[operation.Creates] == nil {
			m[operation.Creates] = map[string]string{}
		}
		m[operation.Creates][body.ID] = exchange.As
	}
}

// leftBehindBound keeps the list of a kind readable; the count is always whole.
const leftBehindBound = 500

// leftBehind lists what the run leaves on the target.
func (m made) leftBehind() []reports.LeftBehind {
	out := []reports.LeftBehind{}
	for kind, things := range m {
		if len(things) == 0 {
			continue
		}
		ids := slices.Sorted(maps.Keys(things))
		out = append(out, reports.LeftBehind{Kind: kind, Count: len(things), IDs: ids[:min(len(ids), leftBehindBound)]})
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Kind < out[j].Kind })
	return out
}
