package nights

import (
	"cmp"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/wording"
)

// Drift is how far the answers of two targets differ in the same scenarios.
type Drift struct {
	A          string           `json:"a"`
	B          string           `json:"b"`
	Operations []operationDrift `json:"operations"`
	// Unmatched are scenarios that took another course on the two targets, so that their calls can't be
	// laid side by side to the end.
	Unmatched []string `json:"unmatched_scenarios"`
}

// operationDrift is one operation: how many pairs of answers were compared and how many are alike.
type operationDrift struct {
	ID       string `json:"id"`
	Compared int    `json:"compared"`
	Alike    int    `json:"alike"`
	// Differences counts how pairs differ, by text.
	Differences map[string]int `json:"differences"`
}

// Fidelity is the share of the pairs that are alike, in per cent.
func (o operationDrift) Fidelity() float64 {
	return 100 * float64(o.Alike) / float64(max(o.Compared, 1))
}

// CompareRuns lays the calls of each scenario of two runs side by side and compares status, media type,
// headers, the members and types of bodies, and the texts of refusals. Ids, times and amounts are not compared.
func CompareRuns(a, b *reports.Run) *Drift {
	d := &Drift{A: a.Target.Name, B: b.Target.Name, Unmatched: []string{}}
	byID := map[string]*reports.Scenario{}
	for i := range b.Scenarios {
		byID[b.Scenarios[i].ID+"\x00"+b.Scenarios[i].Name] = &b.Scenarios[i]
	}
	operations := map[string]*operationDrift{}
	for i := range a.Scenarios {
		one := &a.Scenarios[i]
		other := byID[one.ID+"\x00"+one.Name]
		if other == nil || !d.scenario(one, other, operations) {
			d.Unmatched = append(d.Unmatched, one.ID)
		}
	}
	for _, id := range slices.Sorted(maps.Keys(operations)) {
		d.Operations = append(d.Operations, *operations[id])
	}
	return d
}

// scenario compares two performances of a scenario and reports whether they took the same course.
func (d *Drift) scenario(a, b *reports.Scenario, operations map[string]*operationDrift) bool {
	left, right := callsOf(a), callsOf(b)
	sortAtOnce(left, right)
	for i := range min(len(left), len(right)) {
		x, y := left[i], right[i]
		if x.Operation != y.Operation || x.Request.Method != y.Request.Method {
			return false
		}
		if x.Response == nil || y.Response == nil {
			continue // what the environment kept away is no answer
		}
		o := operations[x.Operation]
		if o == nil {
			o = &operationDrift{ID: x.Operation, Differences: map[string]int{}}
			operations[x.Operation] = o
		}
		o.Compared++
		differences := compareAnswers(x.Response, y.Response)
		if len(differences) == 0 {
			o.Alike++
		}
		for _, difference := range differences {
			o.Differences[difference]++
		}
	}
	return len(left) == len(right)
}

// callsOf are the calls of a scenario in their order, without those for tokens, which come when they must.
func callsOf(s *reports.Scenario) []evidence.Exchange {
	out := slices.DeleteFunc(slices.Clone(s.Exchanges), func(e evidence.Exchange) bool { return e.Operation == "token" })
	slices.SortStableFunc(out, func(a, b evidence.Exchange) int { return cmp.Compare(a.N, b.N) })
	return out
}

// sortAtOnce lays those calls that were under way together, on either side, in an order by their answers: which of them is
// served first is chance, how many are is not.
func sortAtOnce(left, right []evidence.Exchange) {
	shared := min(len(left), len(right))
	for start := 0; start < shared; {
		end := start + 1
		for end < shared && (overlaps(left[start:end], left[end]) || overlaps(right[start:end], right[end])) {
			end++
		}
		for _, calls := range [][]evidence.Exchange{left[start:end], right[start:end]} {
			slices.SortStableFunc(calls, func(a, b evidence.Exchange) int {
				return cmp.Or(cmp.Compare(a.Operation, b.Operation), cmp.Compare(a.Request.Method, b.Request.Method),
					cmp.Compare(status(a), status(b)))
			})
		}
		start = end
	}
}

// overlaps reports whether a call began before one of those had ended.
func overlaps(calls []evidence.Exchange, next evidence.Exchange) bool {
	return slices.ContainsFunc(calls, func(e evidence.Exchange) bool {
		return next.StartedAt.Before(e.StartedAt.Add(time.Duration(e.DurationMS * float64(time.Millisecond))))
	})
}

func status(e evidence.Exchange) int {
	if e.Response == nil {
		return 0
	}
	return e.Response.Status
}

// changing are headers whose presence says nothing of an API.
var changing = map[string]bool{"date": true, "content-length": true, "connection": true, "keep-alive": true, "server": true,
	"via": true, "age": true, "etag": true, "x-request-id": true, "transfer-encoding": true}

func compareAnswers(a, b *evidence.Response) []string {
	var out []string
	if a.Status != b.Status {
		return []string{fmt.Sprintf("status %d, other %d", a.Status, b.Status)}
	}
	for name := range a.Headers {
		if _, there := b.Headers[name]; !there && !changing[strings.ToLower(name)] {
			out = append(out, "header "+name+" here only")
		}
	}
	for name := range b.Headers {
		if _, there := a.Headers[name]; !there && !changing[strings.ToLower(name)] {
			out = append(out, "header "+name+" there only")
		}
	}
	if !hasMembers(a) || !hasMembers(b) {
		slices.Sort(out)
		return out
	}
	left, right := shapeOf(a.Body), shapeOf(b.Body)
	for path, kind := range left {
		switch other, there := right[path]; {
		case !there:
			out = append(out, "member "+path+" here only")
		case other != kind:
			out = append(out, fmt.Sprintf("member %s is %s, other %s", path, kind, other))
		}
	}
	for path := range right {
		if _, there := left[path]; !there {
			out = append(out, "member "+path+" there only")
		}
	}
	if a.Status >= 400 && len(out) == 0 && evidence.Normalised(a.Body) != evidence.Normalised(b.Body) {
		out = append(out, "the text of the refusal")
	}
	slices.Sort(out)
	return out
}

// hasMembers reports whether a body has something to compare: one that the evidence has cut has lost its end,
// and in an empty list, which others may have filled by then, there are no members.
func hasMembers(r *evidence.Response) bool {
	text := strings.TrimSpace(r.Body)
	return r.BodyBytes <= len(r.Body) && text != "[]"
}

// shapeOf lists the members of a body with their types; entries of a list count as one.
func shapeOf(body string) map[string]string {
	out := map[string]string{}
	var value any
	if json.Unmarshal([]byte(body), &value) != nil {
		if strings.TrimSpace(body) != "" {
			out["/"] = "no JSON"
		}
		return out
	}
	var walk func(path string, value any)
	walk = func(path string, value any) {
		switch v := value.(type) {
		case map[string]any:
			for name, member := range v {
				if path != "/metadata" && !strings.HasSuffix(path, "/metadata") { // it holds what was sent
					walk(strings.TrimSuffix(path, "/")+"/"+name, member)
				}
			}
		case []any:
			if len(v) > 0 {
				walk(strings.TrimSuffix(path, "/")+"/*", v[0])
			}
		case nil:
			out[path] = "null"
		case string:
			out[path] = "string"
		case bool:
			out[path] = "boolean"
		case float64:
			out[path] = "number"
		}
	}
	walk("/", value)
	return out
}

// kindsShown is how many kinds of difference are printed of an operation.
const kindsShown = 6

// PrintDrift prints the fidelity of each operation and how its answers differ.
func PrintDrift(w io.Writer, d *Drift) error {
	p := wording.New(w, false)
	p.Line("%s (here) beside %s (there)", d.A, d.B)
	compared, alike := 0, 0
	for _, o := range d.Operations {
		compared, alike = compared+o.Compared, alike+o.Alike
		p.Line("  %5.1f%%  %-28s %d of %d answers alike", o.Fidelity(), o.ID, o.Alike, o.Compared)
		texts := slices.Sorted(maps.Keys(o.Differences))
		slices.SortStableFunc(texts, func(a, b string) int { return cmp.Compare(o.Differences[b], o.Differences[a]) })
		for i, text := range texts {
			if i == kindsShown {
				p.Line("          … and %d more kinds", len(texts)-i)
				break
			}
			p.Line("          %s × %s", strconv.Itoa(o.Differences[text]), wording.Plain(text))
		}
	}
	p.Line("fidelity %.1f%%: %d of %d answers alike; %d scenarios took another course", 100*float64(alike)/float64(max(compared, 1)),
		alike, compared, len(d.Unmatched))
	return p.Err()
}
