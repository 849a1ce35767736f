package mock

import (
	"encoding/json"

	"github.com/kobcheck/kobcheck/mock/fault"
)

// ripple changes, after a call that was served, what the call is not for, where a fault asks for it.
func (s *Server) ripple(c *call) {
	id, _ := parseID(c.parameter("id"))
	switch c.operation.ID {
	case "wallets-update":
		s.rippleOfWallet(c, s.store.wallets.byID[id])
	case "cards-update-status":
		s.rippleOfCard(s.store.cards.byID[id])
		if s.faults.On("frame.change-answers-another-created-at") {
			c.hide = func(a answer) answer {
				a.body = setMember(a.body, "created_at", quote("2020-01-01T00:00:00.000Z"))
				return a
			}
		}
	case "beneficiaries-update":
		for _, other := range s.store.beneficiaries.byOwner[c.caller.id] {
			if other.id != id && c.has("status") && other.status != c.text("status") && s.faults.On("frame.beneficiary-update-hits-all") {
				other.status = c.text("status")
			}
		}
	case "clients-update-status":
		s.rippleOfClient(c, id.String())
	case "cards-create":
		wallet, _ := parseID(c.text("wallet_id"))
		w := s.store.wallets.byID[wallet]
		if w == nil {
			return
		}
		s.empty(w, "frame.card-creation-empties")
		if holder := s.store.endusers.byID[w.holder]; holder != nil && s.faults.On("frame.card-creation-clears-metadata") {
			holder.metadata = json.RawMessage("{}")
		}
	case "transactions-manual-credit":
		to, _ := parseID(c.text("to"))
		if w := s.store.wallets.byID[to]; w != nil {
			s.besides(w, func(other *wallet) {
				if s.faults.On("frame.credit-reaches-other-wallets") {
					other.available++
				}
			})
		}
	}
}

// rippleOfWallet changes more than the status of a wallet.
func (s *Server) rippleOfWallet(c *call, w *wallet) {
	if w == nil {
		return
	}
	if w.external != "" && s.faults.On("frame.wallet-update-unlinks") {
		w.external = ""
	}
	s.empty(w, "frame.wallet-update-empties")
	if c.has("external_id") && s.faults.On("frame.update-takes-external-id") {
		w.external = c.text("external_id")
	}
}

// empty takes what a wallet holds away, where a fault asks for it.
func (s *Server) empty(w *wallet, by fault.ID) {
	if w != nil && w.available > 0 && s.faults.On(by) {
		w.available = 0
	}
}

// rippleOfClient changes the status of the clients that the caller has made, beside the one that it names.
func (s *Server) rippleOfClient(c *call, id string) {
	stocked := s.Inventory().Clients
	for _, other := range s.store.clientOrder {
		ours := false
		for _, one := range stocked {
			ours = ours || one.ID == other.id
		}
		if !ours && other.id != id && other.status != c.text("status") && s.faults.On("frame.client-update-hits-all") {
			other.status = c.text("status")
		}
	}
}

// rippleOfCard changes more than the status of a card.
func (s *Server) rippleOfCard(one *card) {
	if one == nil {
		return
	}
	if s.faults.On("frame.card-update-renews-created-at") {
		one.created = s.store.later(one.created)
		one.updated = one.created
	}
	w := s.store.wallets.byID[one.wallet]
	if w == nil {
		return
	}
	if one.status == "SUSPENDED" && s.faults.On("frame.card-status-reaches-the-wallet") {
		w.status = "INACTIVE"
	}
	s.besides(w, func(other *wallet) {
		for _, theirs := range s.store.cards.byOwner[w.owner] {
			if theirs.wallet == other.id && theirs.status != one.status && s.faults.On("frame.card-status-reaches-other-cards") {
				theirs.status = one.status
			}
		}
	})
}

// besides visits the other wallets of the holder of a wallet.
func (s *Server) besides(w *wallet, visit func(*wallet)) {
	for _, other := range s.store.wallets.byOwner[w.owner] {
		if other.holder == w.holder && other != w {
			visit(other)
		}
	}
}

// listedWallet is a wallet as the list shows it.
func (s *Server) listedWallet(w *wallet) *wallet {
	shown := *w
	if before, moved := s.store.before[w.id]; moved && before.held != w.available && s.faults.On("frame.list-shows-old-amounts") {
		shown.available = before.held
	}
	if w.available != 0 && s.faults.On("frame.list-shows-cents") {
		shown.available *= centsInUnit
	}
	if w.status != "ACTIVE" && s.faults.On("frame.list-shows-old-status") {
		shown.status = "ACTIVE"
	}
	return &shown
}

// centsInUnit is how many cents a unit of money has.
const centsInUnit = 100

// listedBeneficiaries are those that the list shows.
func (s *Server) listedBeneficiaries(all []*beneficiary) []*beneficiary {
	inactive := func(one *beneficiary) bool { return one.status != "ACTIVE" }
	return without(s, "frame.list-hides-the-inactive", all, inactive)
}

// rippled is the answer to a change, after what the faults make of everything else.
func (s *Server) rippled(c *call, a answer) answer {
	if s.faults.Any() && a.succeeded() {
		s.ripple(c)
	}
	return a
}
