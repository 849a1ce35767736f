package suite

import (
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// undocumented collects what the API answers beyond its documentation, so that it can be compared from
// night to night.
type undocumented struct {
	listed map[reports.Undocumented]bool
	// counts are by operation and kind: an API can make up any number of names.
	counts map[reports.Undocumented]int
}

// note lists a name, or counts it where there are too many of its kind.
func (u undocumented) note(one reports.Undocumented) {
	kind := reports.Undocumented{Operation: one.Operation, Kind: one.Kind}
	switch {
	case u.listed[one]:
		return
	case u.counts[kind] < mostUndocumented:
		u.listed[one] = true
	}
	u.counts[kind]++
}

// add looks at the exchanges and findings of a scenario.
func (u undocumented) add(facts *contract.Contract, exchanges []evidence.Exchange, findings []evidence.Finding) {
	for _, exchange := range exchanges {
		operation := facts.Operation(exchange.Operation)
		if operation == nil || exchange.Response == nil {
			continue
		}
		if !documentedStatus(operation, exchange.Response.Status) {
			u.note(reports.Undocumented{Operation: operation.ID, Kind: "status", Name: strconv.Itoa(exchange.Response.Status)})
		}
		for name := range exchange.Response.Headers {
			if !documentedHeader(operation, name) {
				u.note(reports.Undocumented{Operation: operation.ID, Kind: "header", Name: name})
			}
		}
	}
	for _, finding := range findings {
		if finding.Requirement == evidence.UndocumentedFields {
			u.note(reports.Undocumented{Operation: finding.Operation, Kind: "field", Name: evidence.WithoutIndexes(finding.Pointer)})
		}
		if strings.HasPrefix(finding.Expected, "one of ") && finding.Pointer != "" {
			u.note(reports.Undocumented{Operation: finding.Operation, Kind: "value",
				Name: evidence.WithoutIndexes(finding.Pointer) + " = " + finding.Actual})
		}
	}
}

func documentedStatus(operation *contract.Operation, status int) bool {
	return operation.Success.Accepts(status) ||
		slices.ContainsFunc(operation.Errors, func(one contract.ErrorCase) bool { return one.Status == status })
}

// documentedHeader reports whether a header is on the page of the operation or in the registry of HTTP
// fields, as far as answers use them.
func documentedHeader(operation *contract.Operation, name string) bool {
	return slices.Contains(standardHeaders, strings.ToLower(name)) || slices.ContainsFunc(operation.ResponseHeaders,
		func(header contract.Parameter) bool { return strings.EqualFold(header.Name, name) })
}

// standardHeaders are fields that RFC 9110 to 9112, 6265, 6797 and 9530 define, and so need no page.
var standardHeaders = strings.Fields(`age allow alt-svc cache-control connection content-encoding content-language content-length
	content-location content-range content-security-policy content-type date etag expires keep-alive last-modified link location
	pragma referrer-policy retry-after server set-cookie strict-transport-security trailer transfer-encoding upgrade vary via
	warning www-authenticate x-content-type-options x-frame-options`)

func (u undocumented) list() []reports.Undocumented {
	out := slices.AppendSeq([]reports.Undocumented{}, maps.Keys(u.listed))
	for kind, count := range u.counts {
		if count > mostUndocumented {
			kind.Name = "… and more that are not listed"
			out = append(out, kind)
		}
	}
	reports.SortUndocumented(out)
	return out
}
