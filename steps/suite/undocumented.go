package suite

import (
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// undocumented collects what the API answers beyond its documentation, so that it can be compared from
// night to night.
type undocumented map[reports.Undocumented]bool

// add looks at the exchanges and findings of a scenario.
func (u undocumented) add(facts *contract.Contract, exchanges []evidence.Exchange, findings []evidence.Finding) {
	for _, exchange := range exchanges {
		operation := facts.Operation(exchange.Operation)
		if operation == nil || exchange.Response == nil {
			continue
		}
		if !documentedStatus(operation, exchange.Response.Status) {
			u[reports.Undocumented{Operation: operation.ID, Kind: "status", Name: strconv.Itoa(exchange.Response.Status)}] = true
		}
		for name := range exchange.Response.Headers {
			if !documentedHeader(operation, name) {
				u[reports.Undocumented{Operation: operation.ID, Kind: "header", Name: name}] = true
			}
		}
	}
	for _, finding := range findings {
		if finding.Requirement == evidence.UndocumentedFields {
			u[reports.Undocumented{Operation: finding.Operation, Kind: "field", Name: evidence.WithoutIndexes(finding.Pointer)}] = true
		}
		if strings.HasPrefix(finding.Expected, "one of ") && finding.Pointer != "" {
			u[reports.Undocumented{Operation: finding.Operation, Kind: "value",
				Name: evidence.WithoutIndexes(finding.Pointer) + " = " + finding.Actual}] = true
		}
	}
}

func documentedStatus(operation *contract.Operation, status int) bool {
	if operation.Success.Accepts(status) {
		return true
	}
	for _, one := range operation.Errors {
		if one.Status == status {
			return true
		}
	}
	return false
}

// documentedHeader reports whether a header is on the page of the operation or in the registry of HTTP
// fields, as far as answers use them.
func documentedHeader(operation *contract.Operation, name string) bool {
	for _, header := range operation.ResponseHeaders {
		if strings.EqualFold(header.Name, name) {
			return true
		}
	}
	return standardHeaders[strings.ToLower(name)]
}

// standardHeaders are fields that RFC 9110 to 9112, 6265, 6797 and 9530 define, and so need no page.
var standardHeaders = func() map[string]bool {
	set := map[string]bool{}
	for _, name := range strings.Fields(`age allow alt-svc cache-control connection content-encoding content-language content-length
		content-location content-range content-security-policy content-type date etag expires keep-alive last-modified link location
		pragma referrer-policy retry-after server set-cookie strict-transport-security trailer transfer-encoding upgrade vary via
		warning www-authenticate x-content-type-options x-frame-options`) {
		set[name] = true
	}
	return set
}()

func (u undocumented) list() []reports.Undocumented {
	out := make([]reports.Undocumented, 0, len(u))
	for one := range u {
		out = append(out, one)
	}
	reports.SortUndocumented(out)
	return out
}
