package mock

import (
	"encoding/json"
	"fmt"
	"strings"
	"time"
)

// Inventory is what a target file for this mock has: its clients, and the fixtures that the public API
// could not make.
type Inventory struct {
	Clients      map[string]Credentials
	Programs     map[string]string
	Wallets      map[string]string
	SecondClient map[string]string
	// ExpiredToken is a token of the primary client that was signed rightly and has run out.
	ExpiredToken string
}

// Credentials are those of one OAuth client.
type Credentials struct{ ID, Secret, Scope string }

// Inventory returns what a target file for this mock has.
func (s *Server) Inventory() Inventory { return s.inventory }

// stock makes the clients and fixtures.
func (s *Server) stock() error {
	primary := s.addClient("Primary", "client/read client/write administrator/read administrator/write")
	second := s.addClient("Second", "client/read client/write")
	admin := s.addClient("Administrator", "client/read client/write administrator/read administrator/write")
	s.inventory = Inventory{
		Clients: map[string]Credentials{
			"primary": {primary.id, primary.secret, "client/read client/write"},
			"second":  {second.id, second.secret, "client/read client/write"},
			"admin":   {admin.id, admin.secret, "administrator/read administrator/write"},
		},
		Programs: s.stockPrograms(), Wallets: map[string]string{}, SecondClient: map[string]string{},
	}
	ours, theirs := s.stockEnduser(primary, true), s.stockEnduser(second, true)
	for _, checks := range []string{"3", "4", "5", "6", "7", "3+4", "3+5", "3+6", "3+7", "4+5", "4+6", "4+7", "6+7", "3+4+5", "3+4+6", "3+4+7", "4+6+7", "3+4+6+7"} {
		s.inventory.Wallets[checks] = s.stockWallet(primary, second, ours, checks).String()
	}
	s.stockSecondClient(second, theirs)
	var err error
	s.inventory.ExpiredToken, err = s.tokens.sign(primary.id, "client/read client/write", s.clock.Now().Add(-2*time.Hour), time.Hour, -1)
	return err
}

func (s *Server) stockPrograms() map[string]string {
	const good, bad = `{"parent_account_id":"100200300","product_id":"4711"}`, `{"parent_account_id":"100200300"}`
	refused := fmt.Sprintf(`{"parent_account_id":"100200300","product_id":%q}`, refusingProduct)
	badAndRefused := fmt.Sprintf(`{"product_id":%q}`, refusingProduct)
	programs := map[string]string{}
	for checks, made := range map[string][2]string{
		"ok": {"ACTIVE", good}, "1": {"INACTIVE", good}, "2": {"ACTIVE", bad}, "8": {"ACTIVE", refused},
		"1+2": {"INACTIVE", bad}, "1+8": {"INACTIVE", refused}, "2+8": {"ACTIVE", badAndRefused}, "1+2+8": {"INACTIVE", badAndRefused},
	} {
		programs[checks] = s.addProgram("VIRTUAL", made[0], made[1]).id.String()
	}
	return programs
}

func (s *Server) stockEnduser(owner *client, person bool) *enduser {
	e := &enduser{id: s.store.newID(), owner: owner.id, metadata: json.RawMessage("{}"), created: s.store.now()}
	if person {
		e.personID, e.person = s.store.newID(), json.RawMessage(`{"first_name":"Jane","last_name":"Example","email":"jane@example.test","phone_number":"+61400000000"}`)
	} else {
		e.companyID = s.store.newID()
		e.company = json.RawMessage(`{"id":"` + e.companyID.String() + `","name":"Acme Pty Ltd"}`)
	}
	s.store.endusers.add(e.id, owner.id, e)
	return e
}

// stockWallet makes a wallet of ours on which a card fails just the checks named.
func (s *Server) stockWallet(primary, second *client, ours *enduser, checks string) identity {
	now := s.store.now()
	w := &wallet{id: s.store.newID(), holder: ours.id, owner: primary.id, status: "ACTIVE", created: now, updated: now}
	fails := func(number string) bool { return strings.Contains(checks, number) }
	if fails("3") {
		w.status = "SUSPENDED"
	}
	if fails("4") {
		w.external = "12345"
	}
	switch {
	case fails("5"):
		w.holder = s.store.newID()
	case fails("6") && fails("7"):
		w.holder = s.stockEnduser(second, false).id
	case fails("6"):
		w.holder = s.stockEnduser(second, true).id
	case fails("7"):
		w.holder = s.stockEnduser(primary, false).id
	}
	s.store.wallets.add(w.id, primary.id, w)
	return w.id
}

// stockSecondClient makes one thing of each kind for the second client.
func (s *Server) stockSecondClient(second *client, holder *enduser) {
	now := s.store.now()
	w := &wallet{id: s.store.newID(), holder: holder.id, owner: second.id, status: "ACTIVE", available: 50_000, created: now, updated: now}
	s.store.wallets.add(w.id, second.id, w)
	program, _ := parseID(s.inventory.Programs["ok"])
	linked := &wallet{id: s.store.newID(), holder: holder.id, owner: second.id, status: "ACTIVE", created: now, updated: now}
	s.store.wallets.add(linked.id, second.id, linked)
	issued := s.issue(second, linked.id, program)
	t := &transaction{id: s.store.newID(), owner: second.id, to: w.id, amount: 50_000, kind: "MANUAL_CREDIT", reference: "stock", metadata: json.RawMessage("{}"), created: now}
	s.store.transactions.add(t.id, second.id, t)
	b := &beneficiary{id: s.store.newID(), owner: second.id, status: "ACTIVE", metadata: json.RawMessage("{}"), created: now,
		fields: map[string]json.RawMessage{"bank_name": json.RawMessage(`"Their Bank"`), "account_number": json.RawMessage(`"87654321"`)}}
	s.store.beneficiaries.add(b.id, second.id, b)
	hook := &subscription{id: s.store.newID(), owner: second.id, url: "https://second.example.test/webhooks", created: now}
	s.store.webhooks.add(hook.id, second.id, hook)
	s.inventory.SecondClient = map[string]string{"wallet": w.id.String(), "card": issued.id.String(), "enduser": holder.id.String(),
		"beneficiary": b.id.String(), "transaction": t.id.String(), "webhook": hook.id.String()}
}
