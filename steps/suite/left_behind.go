package suite

import (
	"encoding/json"
	"net/http"
	"sort"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// made keeps what the run made and did not take away again, by kind.
type made map[string]map[string]madeThing

type madeThing struct{ as string }

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
					if containsSegment(exchange.Request.URL, id) {
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
			m[operation.Creates] = map[string]madeThing{}
		}
		m[operation.Creates][body.ID] = madeThing{as: exchange.As}
	}
}

// containsSegment reports whether a path of the address ends in the id.
func containsSegment(address, id string) bool {
	for end := len(address); end > 0; {
		at := end - 1
		for at >= 0 && address[at] != '/' {
			at--
		}
		if address[at+1:end] == id {
			return true
		}
		end = at
	}
	return false
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
		one := reports.LeftBehind{Kind: kind, Count: len(things)}
		for id := range things {
			one.IDs = append(one.IDs, id)
		}
		sort.Strings(one.IDs)
		if len(one.IDs) > leftBehindBound {
			one.IDs = one.IDs[:leftBehindBound]
		}
		out = append(out, one)
	}
	sort.Slice(out, func(i, j int) bool { return out[i].Kind < out[j].Kind })
	return out
}
