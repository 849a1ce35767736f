package mock

import (
	"net/http"
	"net/http/httptest"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
)

// answer is what goes back. Kind names the object in the body for the faults on fields.
type answer struct {
	status int
	header map[string]string
	body   []byte
	label  string // the Content-Type, where it is not JSON
}

func (a answer) media() string {
	if a.label != "" {
		return a.label
	}
	return "application/json"
}

func (a answer) with(name, value string) answer {
	header := map[string]string{name: value}
	for n, v := range a.header {
		header[n] = v
	}
	a.header = header
	return a
}

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
		"beneficiaries-create-payid": s.createPayID,
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

// PlaceholderPaths are the paths that this mock uses where no page gives one (N-01 to N-03). They are
// placeholders and say nothing of the real API.
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

// routes serves both editions at once. The operations themselves come from the contract.
func (s *Server) routes() *http.ServeMux {
	mux := http.NewServeMux()
	mux.Handle("POST /oauth2/token", route{operation: s.contract.Operation("token")})
	work := s.handlers()
	taken := map[string]bool{}
	for _, operation := range s.contract.Operations {
		if work[operation.ID] == nil {
			continue
		}
		for _, edition := range []contract.Edition{contract.V1, contract.Guide} {
			path, known := operation.PathIn(edition)
			if !known {
				path = PlaceholderPaths(edition)[operation.ID]
			}
			pattern := operation.Method + " " + path
			if !taken[pattern] {
				taken[pattern] = true
				mux.Handle(pattern, route{operation: operation, handle: work[operation.ID], path: strings.Split(path, "/")})
			}
		}
	}
	return mux
}

// route is an operation in the mux. The mux only finds it; it is performed by [Server.answer].
type route struct {
	operation *contract.Operation
	handle    handler
	path      []string
}

// parameter returns the part of an address that stands for a parameter of the path.
func (r route) parameter(address, name string) string {
	parts := strings.Split(address, "/")
	for i, part := range r.path {
		if part == "{"+name+"}" && i < len(parts) {
			return parts[i]
		}
	}
	return ""
}

func (route) ServeHTTP(http.ResponseWriter, *http.Request) {}

// unrouted answers what the mux found no operation for: an unknown path, or a method that a known path
// does not offer.
func (s *Server) unrouted(r *http.Request, found http.Handler) answer {
	recorder := httptest.NewRecorder()
	found.ServeHTTP(recorder, r)
	if recorder.Code == http.StatusMethodNotAllowed {
		refusal := s.refuse(http.StatusMethodNotAllowed, "Method "+r.Method+" is not allowed here")
		if s.faults.On("http.405-without-allow") {
			return refusal
		}
		return refusal.with("Allow", recorder.Header().Get("Allow"))
	}
	return s.refuse(http.StatusNotFound, "Nothing is found at this address")
}

// inCards reports whether an operation is of the Cards section, whose errors the overview names.
func inCards(operation *contract.Operation) bool { return strings.HasPrefix(operation.ID, "cards-") }
