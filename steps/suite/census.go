package suite

import (
	"sort"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// census counts every check that was really evaluated, by name.
type census map[string]*reports.CheckCount

func (c census) add(checks []evidence.Check) {
	for _, check := range checks {
		count := c[check.Name]
		if count == nil {
			count = &reports.CheckCount{Name: check.Name}
			c[check.Name] = count
		}
		count.Evaluated++
		switch check.Outcome {
		case evidence.Broken:
			count.Failed++
		case evidence.NoData:
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
	// entries and looked are of the longest list that was not kept whole.
	entries, looked int
}

func (u uses) add(exchanges []evidence.Exchange) {
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
		if exchange.Response.Entries > one.entries {
			one.entries, one.looked = exchange.Response.Entries, exchange.Response.Entries-exchange.Response.EntriesLeft
		}
		one.latencies = append(one.latencies, exchange.DurationMS)
	}
}

// served reports whether an operation answered with a success at least once.
func (u uses) served(operation string) bool {
	if u[operation] == nil {
		return false
	}
	for status := range u[operation].statuses {
		if strings.HasPrefix(status, "2") {
			return true
		}
	}
	return false
}

// operations lists every operation of the contract, those without a request too.
func (u uses) operations(from *contract.Contract) []reports.OperationUse {
	out := make([]reports.OperationUse, 0, len(from.Operations))
	for _, operation := range from.Operations {
		use := reports.OperationUse{ID: operation.ID, Statuses: map[string]int{}}
		if one := u[operation.ID]; one != nil {
			use.Requests, use.Statuses, use.Entries, use.Looked = one.requests, one.statuses, one.entries, one.looked
			use.Latency = reports.LatencyOf(one.latencies)
		}
		out = append(out, use)
	}
	return out
}
