package suite

import (
	"sort"
	"strconv"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/steps"
)

// census counts every check that was really evaluated, by name.
type census map[string]*reports.CheckCount

func (c census) add(checks []steps.Check) {
	for _, check := range checks {
		count := c[check.Name]
		if count == nil {
			count = &reports.CheckCount{Name: check.Name}
			c[check.Name] = count
		}
		count.Evaluated++
		switch check.Outcome {
		case steps.Failed:
			count.Failed++
		case steps.NoData:
			count.NoData++
		}
	}
}

func (c census) counts() []reports.CheckCount {
	counts := make([]reports.CheckCount, 0, len(c))
	for _, count := range c {
		counts = append(counts, *count)
	}
	sort.Slice(counts, func(i, j int) bool { return counts[i].Name < counts[j].Name })
	return counts
}

// uses counts requests, statuses and latencies by operation.
type uses map[string]*use

type use struct {
	requests  int
	statuses  map[string]int
	latencies []float64
}

func (u uses) add(exchanges []client.Recorded) {
	for _, exchange := range exchanges {
		one := u[exchange.Operation]
		if one == nil {
			one = &use{statuses: map[string]int{}}
			u[exchange.Operation] = one
		}
		one.requests++
		if exchange.Response == nil {
			one.statuses["none"]++
			continue
		}
		one.statuses[strconv.Itoa(exchange.Response.Status)]++
		one.latencies = append(one.latencies, exchange.DurationMS)
	}
}

// operations lists every operation of the contract, those without a request too.
func (u uses) operations(from *contract.Contract) []reports.OperationUse {
	out := make([]reports.OperationUse, 0, len(from.Operations))
	for _, operation := range from.Operations {
		use := reports.OperationUse{ID: operation.ID, Statuses: map[string]int{}}
		if one := u[operation.ID]; one != nil {
			use.Requests, use.Statuses = one.requests, one.statuses
			use.Latency = reports.LatencyOf(one.latencies)
		}
		out = append(out, use)
	}
	return out
}

// observed keeps the observations of a scenario with it until the run ends.
func (r *runner) observed(result *reports.Scenario, list []steps.Observation) {
	for _, o := range list {
		r.observations = append(r.observations, reports.Observation{ID: o.ID, Question: o.Question, Answer: o.Answer, Gap: o.Gap, Scenario: result.ID})
	}
}

func exchangeOf(r client.Recorded) reports.Exchange {
	exchange := reports.Exchange{N: r.N, Operation: r.Operation, As: r.As, StartedAt: r.StartedAt, DurationMS: r.DurationMS, Error: r.Error, Curl: r.Curl,
		Request: reports.Request{Method: r.Request.Method, URL: r.Request.URL, Headers: r.Request.Headers, Body: r.Request.Body, BodyBytes: r.Request.BodyBytes}}
	if r.Response != nil {
		exchange.Response = &reports.Response{Status: r.Response.Status, Headers: r.Response.Headers, Body: r.Response.Body, BodyBytes: r.Response.BodyBytes}
	}
	return exchange
}
