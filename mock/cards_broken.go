package mock

import (
	"bytes"
	"net/http"
	"time"
)

func (s *Server) brokenCardList(list []byte) []byte {
	if s.faults.On("list.envelope") {
		return append(append([]byte(`{"data":`), list...), '}')
	}
	return list
}

// brokenRead is the card that a read shows: another one, or one that each read moves on, where a fault asks for it.
func (s *Server) brokenRead(c *call, one *card) *card {
	if all := s.store.cards.byOwner[c.caller.id]; len(all) > 1 && s.faults.On("card.another-is-read") {
		return all[0]
	}
	if s.faults.On("card.read-changes") {
		touched := *one
		touched.updated += millis(s.arrivals.Load())
		return &touched
	}
	return one
}

// readActivates reports whether a fault may make the first read of a card change it.
func (s *Server) readActivates(c *call) bool {
	return c.operation.ID == "cards-get" && s.faults.Any()
}

// activateRead makes the card that is read ACTIVE, where it is as it was made.
func (s *Server) activateRead(c *call) {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	id, _ := parseID(c.parameter("id"))
	one := s.store.cards.byID[id]
	if one != nil && one.owner == c.caller.id && one.updated == one.created && s.faults.On("frame.first-read-activates") {
		one.status, one.updated = "ACTIVE", s.store.later(one.updated)
	}
}

// brokenCreation refuses a card of which all checks hold.
func (s *Server) brokenCreation(r *cardRequest) (answer, bool) {
	if r.holder != nil && bytes.Contains(r.holder.metadata, []byte("BLOCKED")) && s.faults.On("metadata.decides") {
		return s.refuse(http.StatusForbidden, "The enduser is blocked"), true
	}
	return answer{}, false
}

// brokenCheckStatus is the status of a refusal by one of the eight checks.
func (s *Server) brokenCheckStatus(failed *cardCheck, status int) int {
	switch {
	case failed.number == 8 && s.faults.On("order.runtime-as-400"):
		return http.StatusBadRequest
	case failed.number != 8 && s.faults.On("order.user-as-500"):
		return http.StatusInternalServerError
	}
	return status
}

// leaveTraces is what a refused creation leaves behind where a fault asks for it.
func (s *Server) leaveTraces(r *cardRequest, walletID, programID identity, failed *cardCheck) {
	if !s.faults.Any() || r.wallet == nil {
		return
	}
	if s.faults.On("effect.card-after-refusal") ||
		failed.number == 8 && s.faults.On("effect.card-after-provider-failure") {
		s.issue(r.caller, walletID, programID)
	}
	if r.wallet.external == "" && s.faults.On("effect.wallet-linked-after-refusal") {
		r.wallet.external = "12345"
	}
	if s.faults.On("effect.wallet-touched-by-refusal") {
		r.wallet.updated = s.store.later(r.wallet.updated)
	}
}

// brokenCard is a new card with what the faults make of it.
func (s *Server) brokenCard(one *card) *card {
	if s.faults.On("card.new-is-active") {
		one.status = "ACTIVE"
	}
	if s.faults.On("card.expired-already") {
		one.expiry = one.created - millis(24*time.Hour/time.Millisecond)
	}
	if s.faults.On("card.other-wallet-shown") {
		one.wallet = s.store.newID()
	}
	if s.faults.On("card.other-program-shown") {
		one.program = s.store.newID()
	}
	return one
}
