package reports

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

// Uses counts requests, statuses and latencies by operation.
type Uses map[string]*use

type use struct {
	OperationUse
	latencies []float64
}

// Add counts exchanges.
func (u Uses) Add(exchanges []evidence.Exchange) {
	for _, exchange := range exchanges {
		one := u[exchange.Operation]
		if one == nil {
			one = &use{OperationUse: OperationUse{ID: exchange.Operation, Statuses: map[string]int{}}}
			u[exchange.Operation] = one
		}
		one.Requests++
		if exchange.Response == nil {
			one.Statuses["none"]++
			continue
		}
		one.Statuses[strconv.Itoa(exchange.Response.Status)]++
		if exchange.Response.Entries > one.Entries {
			one.Entries, one.Looked = exchange.Response.Entries, exchange.Response.Entries-exchange.Response.EntriesLeft
		}
		one.latencies = append(one.latencies, exchange.DurationMS)
	}
}

// Served reports whether an operation answered with a success at least once.
func (u Uses) Served(operation string) bool {
	if u[operation] == nil {
		return false
	}
	for status := range u[operation].Statuses {
		if strings.HasPrefix(status, "2") {
			return true
		}
	}
	return false
}

// Of is what was counted of an operation; zeros for one without a request.
func (u Uses) Of(operation string) OperationUse {
	one := u[operation]
	if one == nil {
		return OperationUse{ID: operation, Statuses: map[string]int{}}
	}
	one.Latency = LatencyOf(one.latencies)
	return one.OperationUse
}

// Census counts every check that was really evaluated, by name.
type Census map[string]CheckCount

// Add counts checks.
func (c Census) Add(checks []evidence.Check) {
	for _, check := range checks {
		one := CheckCount{Name: check.Name, Evaluated: 1}
		switch check.Outcome {
		case evidence.Broken:
			one.Failed = 1
		case evidence.NoData:
			one.NoData = 1
		}
		c.sum(one)
	}
}

func (c Census) sum(more CheckCount) {
	so := c[more.Name]
	c[more.Name] = CheckCount{Name: more.Name, Evaluated: so.Evaluated + more.Evaluated, Failed: so.Failed + more.Failed,
		NoData: so.NoData + more.NoData}
}

// Counts are those of all checks.
func (c Census) Counts() []CheckCount {
	counts := slices.AppendSeq([]CheckCount{}, maps.Values(c))
	slices.SortFunc(counts, func(a, b CheckCount) int { return cmp.Compare(a.Name, b.Name) })
	return counts
}
