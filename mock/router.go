package mock

import (
	"net/http"
	"net/url"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
)

// handler does the work of one operation; it runs with the store locked as the operation needs.
type handler func(*call) answer

// handlers gives every operation of the contract its work.
func (s *Server) handlers() map[string]handler {
	return map[string]handler{
		"healthcheck":                s.health,
		"beneficiaries-list":         s.listBeneficiaries,
		"beneficiaries-get":          s.getBeneficiary,
		"beneficiaries-create":       s.createBeneficiary,
		"beneficiaries-update":       s.updateBeneficiary,
		"beneficiaries-create-payid": s.createBeneficiary, // neither path nor body is known (N-02): any object will do
		"cards-list":                 s.listCards,
		"cards-create":               s.createCard,
		"cards-get":                  s.getCard,
		"cards-update-status":        s.updateCardStatus,
		"cards-replace-renew":        s.replaceOrRenew,
		"cards-generate-secret":      s.generateSecret,
		"cards-widget-session-token": s.widgetToken,
		"card-programs-list":         s.listPrograms,
		"card-programs-create":       s.createProgram,
		"card-programs-get":          s.getProgram,
		"clients-list":               s.listClients,
		"clients-get":                s.getClient,
		"clients-create":             s.createClient,
		"clients-update-status":      s.updateClientStatus,
		"endusers-list":              s.listEndusers,
		"endusers-create":            s.createEnduser,
		"endusers-get":               s.getEnduser,
		"transactions-list":          s.listTransactions,
		"transactions-create":        s.createTransaction,
		"transactions-get":           s.getTransaction,
		"transactions-manual-credit": s.manualCredit,
		"transactions-manual-debit":  s.manualDebit,
		"wallets-list":               s.listWallets,
		"wallets-create":             s.createWallet,
		"wallets-get":                s.getWallet,
		"wallets-update":             s.updateWallet,
		"relays-create":              s.createRelay,
		"webhooks-list":              s.listWebhooks,
		"webhooks-create":            s.createWebhook,
		"webhooks-delete":            s.deleteWebhook,
	}
}

// PlaceholderPaths are the paths, by operation id, that this mock uses where no page gives one (N-01 to
// N-03). They are placeholders and say nothing of the real API.
func PlaceholderPaths(edition contract.Edition) map[string]string {
	prefix := "/customers/v1"
	if edition == contract.Guide {
		prefix = "/api"
	}
	return map[string]string{
		"healthcheck":                "/health",
		"beneficiaries-create-payid": prefix + "/beneficiaries/payid",
		"cards-widget-session-token": prefix + "/cards/widget-session-token",
	}
}

// route is an operation at one of its paths.
type route struct {
	operation *contract.Operation
	handle    handler
	path      []string // the parts of the path; a part in braces stands for any text
}

// matches reports whether the parts of an address fit the path.
func (r *route) matches(parts []string) bool {
	for i, part := range r.path {
		if fixed := part[0] != '{'; fixed && part != parts[i] || !fixed && parts[i] == "" {
			return false
		}
	}
	return true
}

// router finds the operation for a method and an address. Both editions are served at once.
type router struct {
	byLength [][]*route // the routes by the number of parts, those with fixed texts before those with parameters
}

// newRouter takes the operations and their paths from the contract.
func newRouter(facts *contract.Contract, work map[string]handler) *router {
	r := &router{}
	for _, operation := range facts.Operations {
		if operation.ID == "token" {
			r.add(&route{operation: operation, path: []string{"oauth2", "token"}})
			continue
		}
		for _, edition := range []contract.Edition{contract.V1, contract.Guide} {
			path, known := operation.PathIn(edition)
			if !known {
				path = PlaceholderPaths(edition)[operation.ID]
			}
			r.add(&route{operation: operation, handle: work[operation.ID], path: strings.Split(strings.TrimPrefix(path, "/"),
				"/")})
		}
	}
	for _, routes := range r.byLength {
		slices.SortStableFunc(routes, func(a, b *route) int { return parameters(a.path) - parameters(b.path) })
	}
	return r
}

func parameters(path []string) int {
	count := 0
	for _, part := range path {
		if part[0] == '{' {
			count++
		}
	}
	return count
}

func (r *router) add(one *route) {
	for len(r.byLength) <= len(one.path) {
		r.byLength = append(r.byLength, nil)
	}
	r.byLength[len(one.path)] = append(r.byLength[len(one.path)], one)
}

// find returns the route of a request with the parts of its address. Where there is none, allowed names
// the methods that the address does offer; it is empty for an unknown address.
func (r *router) find(method, address string) (found *route, parts []string, allowed []string) {
	parts = strings.Split(strings.TrimPrefix(address, "/"), "/")
	if len(parts) >= len(r.byLength) {
		return nil, nil, nil
	}
	if method == http.MethodHead {
		method = http.MethodGet
	}
	for _, one := range r.byLength[len(parts)] {
		if !one.matches(parts) {
			continue
		}
		if one.operation.Method == method {
			return one, parts, nil
		}
		allowed = append(allowed, one.operation.Method)
	}
	return nil, nil, offered(allowed)
}

// offered completes a list of methods for the Allow header: HEAD goes wherever GET does.
func offered(methods []string) []string {
	if slices.Contains(methods, http.MethodGet) {
		methods = append(methods, http.MethodHead)
	}
	slices.Sort(methods)
	return slices.Compact(methods)
}

// parameter returns the part of an address that stands for a parameter of the path.
func (r *route) parameter(parts []string, name string) string {
	for i, part := range r.path {
		if part == "{"+name+"}" {
			text, err := url.PathUnescape(parts[i])
			if err != nil {
				return parts[i]
			}
			return text
		}
	}
	return ""
}

// ordinaryMethods are those that some address of an API may offer. TRACE and methods that are none stand apart
// from them (F-06).
var ordinaryMethods = []string{http.MethodGet, http.MethodHead, http.MethodPost, http.MethodPut, http.MethodPatch,
	http.MethodDelete, http.MethodOptions}

// unrouted answers what no operation was found for: an unknown address, or a method that a known one
// does not offer.
func (s *Server) unrouted(method string, allowed []string) answer {
	if len(allowed) == 0 {
		if s.faults.On("http.unknown-path-served") {
			return answer{status: http.StatusOK, body: []byte("<!doctype html><title>Kobble</title>"),
				media: "text/html; charset=utf-8"}
		}
		return s.refuse(s.style.UnknownAddress, "Nothing is found at this address")
	}
	if method == http.MethodOptions && s.style.OptionsServed {
		return answer{status: http.StatusNoContent}.with("Allow", strings.Join(allowed, ", "))
	}
	if s.faults.On("http.other-method-served") {
		return answer{status: http.StatusOK, body: []byte(`{}`)}
	}
	status := s.style.OtherMethod
	if !slices.Contains(ordinaryMethods, method) {
		status = s.style.Trace
	}
	refusal := s.refuse(status, "The method "+method+" is not offered here")
	if status != http.StatusMethodNotAllowed {
		return refusal
	}
	if s.faults.On("http.405-without-allow") {
		return refusal
	}
	return refusal.with("Allow", strings.Join(allowed, ", "))
}

// inCards reports whether an operation is of the Cards section, whose overview names its errors.
func inCards(operation *contract.Operation) bool { return operation.Section == "Cards" }
