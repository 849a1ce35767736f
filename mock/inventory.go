package mock

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/contract"
)

// Inventory is everything that a target file for this mock has: its clients, and the things in states that
// the public API could not bring about.
type Inventory struct {
	// Clients are the OAuth clients, by the names primary, second and admin.
	Clients map[string]Credentials `yaml:"clients" json:"clients"`
	// Programs are program ids by the checks of card creation that they fail, such as 1+2; ok fails none.
	Programs map[string]string `yaml:"programs" json:"programs"`
	// Wallets are ids of wallets of the primary client by the checks that a card on them would fail.
	Wallets map[string]string `yaml:"wallets" json:"wallets"`
	// SecondClient are ids of things of the second client: wallet (with money on it), card, enduser,
	// beneficiary, transaction and webhook.
	SecondClient map[string]string `yaml:"second_client" json:"second_client"`
	// ExpiredToken is a token of the primary client that was signed rightly and has run out.
	ExpiredToken string `yaml:"expired_token" json:"expired_token"`
	// TokenPath is the path of the token endpoint.
	TokenPath string `yaml:"token_path" json:"token_path"`
	// Bodies are request bodies by operation id, for operations of whose body no page gives more than an example.
	Bodies map[string]map[string]any `yaml:"bodies,omitempty" json:"bodies,omitempty"`
	// Paths are the placeholders of each edition, by operation id.
	Paths map[contract.Edition]map[string]string `yaml:"paths" json:"paths"`
}

// Credentials are those of one OAuth client, with the scopes that it asks for.
type Credentials struct {
	ID     string `yaml:"id" json:"id"`
	Secret string `yaml:"secret" json:"secret"`
	Scope  string `yaml:"scope" json:"scope"`
}

// String hides the secret, so that printing credentials by mistake shows nothing.
func (c Credentials) String() string { return "client " + c.ID + " (" + c.Scope + ")" }

// GoString is [Credentials.String].
func (c Credentials) GoString() string { return c.String() }

// Inventory returns everything that a target file for this mock has.
func (s *Server) Inventory() Inventory { return s.inventory }

// bodies are those that an owner would hand over of what the API takes beyond its documentation.
func (s *Server) bodies() map[string]map[string]any {
	if s.style.Untaken["cards-replace-renew"] {
		return nil
	}
	return map[string]map[string]any{"cards-replace-renew": {"reason": "damaged", "expiry": "2032-12-31T23:59:59.000Z"}}
}

const (
	stockPerson = `{"first_name":"Jane","last_name":"Example","email":"jane@example.test",` +
		`"phone_number":"+61400000000"}`
	goodProgramMetadata = `{"parent_account_id":"100200300","product_id":"4711"}`
)

// stock makes the clients and fixtures, always in the same order, so that a seed gives the same ids.
func (s *Server) stock() error {
	primary := s.newClient("Primary", "client/read", "client/write")
	second := s.newClient("Second", "client/read", "client/write")
	admin := s.newClient("Administrator", "client/read", "client/write", "administrator/read", "administrator/write")
	for _, made := range []*client{primary, second, admin} {
		s.addClient(made)
	}
	expired, err := s.tokens.sign(primary.id, "client/read client/write", s.clock.Now().Add(-2*time.Hour), time.Hour, 0)
	if err != nil {
		return fmt.Errorf("signing the expired token of the mock: %w", err)
	}
	scope := func(side string) string {
		if s.style.Scopes == "single" {
			return side + "/write"
		}
		return side + "/read " + side + "/write"
	}
	s.inventory = Inventory{
		Clients: map[string]Credentials{
			"primary": {primary.id, primary.secret, scope("client")},
			"second":  {second.id, second.secret, scope("client")},
			"admin":   {admin.id, admin.secret, scope("administrator")},
		},
		Programs: s.stockPrograms(), Wallets: map[string]string{}, ExpiredToken: expired, TokenPath: "/oauth2/token",
		Bodies: s.bodies(),
		Paths: map[contract.Edition]map[string]string{contract.V1: PlaceholderPaths(contract.V1),
			contract.Guide: PlaceholderPaths(contract.Guide)},
	}
	s.stockWallets(primary, second)
	s.stockSecondClient(second)
	s.fill(primary, s.options.Filled)
	return nil
}

// stockPrograms makes a program for each set of checks that a program alone can fail.
func (s *Server) stockPrograms() map[string]string {
	const unfit = `{"parent_account_id":"100200300"}`
	refused := fmt.Sprintf(`{"parent_account_id":"100200300","product_id":%q}`, refusingProduct)
	unfitAndRefused := fmt.Sprintf(`{"product_id":%q}`, refusingProduct)
	programs := map[string]string{}
	for _, made := range []struct{ checks, status, metadata string }{
		{"ok", "ACTIVE", goodProgramMetadata},
		{"1", "INACTIVE", goodProgramMetadata},
		{"2", "ACTIVE", unfit},
		{"8", "ACTIVE", refused},
		{"1+2", "INACTIVE", unfit},
		{"1+8", "INACTIVE", refused},
		{"2+8", "ACTIVE", unfitAndRefused},
		{"1+2+8", "INACTIVE", unfitAndRefused},
	} {
		if made.status == "INACTIVE" && s.style.InactiveIssues {
			continue // such a program fails no check, and no program does that exists (C-25)
		}
		programs[made.checks] = s.stockProgram(made.status, made.metadata).id.String()
	}
	return programs
}

// walletChecks lists the sets of checks that a wallet and its holder can fail together. Check 5 excludes 6
// and 7: an enduser that does not exist has neither an owner nor a kind.
var walletChecks = []string{"3", "4", "5", "6", "7", "3+4", "3+5", "3+6", "3+7", "4+5", "4+6", "4+7", "6+7",
	"3+4+5", "3+4+6", "3+4+7", "3+6+7", "4+6+7", "3+4+6+7"}

// stockWallets makes wallets of the primary client on which a card fails just the checks named.
func (s *Server) stockWallets(primary, second *client) {
	ours := s.stockEnduser(primary, true)
	for _, checks := range walletChecks {
		fails := func(number string) bool { return strings.Contains(checks, number) }
		holder := ours.id
		switch {
		case fails("5"):
			holder = s.store.newID()
		case fails("6"):
			holder = s.stockEnduser(second, !fails("7")).id
		case fails("7"):
			holder = s.stockEnduser(primary, false).id
		}
		w := s.stockWallet(primary, holder, 0)
		if fails("3") {
			w.status = "SUSPENDED"
		}
		if fails("4") {
			w.external = "12345"
		}
		s.inventory.Wallets[checks] = w.id.String()
	}
}

func (s *Server) stockEnduser(owner *client, person bool) *enduser {
	e := &enduser{head: s.store.born(owner.id), metadata: json.RawMessage("{}")}
	if person {
		e.personID, e.person = s.store.newID(), json.RawMessage(stockPerson)
	} else {
		e.companyID = s.store.newID()
		e.company = withID(json.RawMessage(`{"name":"Acme Pty Ltd"}`), e.companyID)
	}
	s.store.endusers.add(e)
	return e
}

func (s *Server) stockWallet(owner *client, holder identity, held cents) *wallet {
	w := &wallet{head: s.store.born(owner.id), holder: holder, status: "ACTIVE", available: held}
	s.store.wallets.add(w)
	return w
}

// stockSecondClient makes one thing of each kind for the second client.
func (s *Server) stockSecondClient(second *client) {
	const funded = 50_000
	holder := s.stockEnduser(second, true)
	w := s.stockWallet(second, holder.id, funded)
	program, _ := parseID(s.inventory.Programs["ok"])
	issued := s.issue(second, s.stockWallet(second, holder.id, 0).id, program)
	t := &transaction{head: s.store.born(second.id), to: w.id, amount: funded, kind: "MANUAL_CREDIT", reference: "stock",
		metadata: json.RawMessage("{}")}
	s.store.transactions.add(t)
	b := &beneficiary{head: s.store.born(second.id), status: "ACTIVE", metadata: json.RawMessage("{}"),
		fields: []member{{"bank_name", quote("Their Bank")}, {"account_number", quote("87654321")}}}
	s.store.beneficiaries.add(b)
	hook := &subscription{head: s.store.born(second.id), url: "https://second.example.test/webhooks"}
	s.store.webhooks.add(hook)
	s.inventory.SecondClient = map[string]string{"wallet": w.id.String(), "card": issued.id.String(),
		"enduser":     holder.id.String(),
		"beneficiary": b.id.String(), "transaction": t.id.String(), "webhook": hook.id.String()}
}
