package mock

import "strings"

// brokenStatusCheck reports whether a documented status is refused.
func (s *Server) brokenStatusCheck(status string) bool {
	return status == "SUSPENDED" && s.faults.On("card.suspended-refused") ||
		status == "STOLEN" && s.faults.On("card.stolen-refused")
}

// brokenOffer says whether an action on a card is offered.
func (s *Server) brokenOffer(action string, documented bool) bool {
	if action == "replace" && s.faults.On("card.replace-refused") ||
		action == "renew" && s.faults.On("card.renew-refused") {
		return false
	}
	return documented || s.faults.On("input.any-action")
}

// brokenSuccession is the card that is answered in place of the one that is kept, where a fault asks for it.
func (s *Server) brokenSuccession(one *card) *card {
	if !s.faults.On("card.replacement-not-kept") {
		return one
	}
	next := *one
	next.id = s.store.newID()
	return &next
}

// brokenLink gives the wallet of a card that was replaced back for another one, where a fault asks for it.
func (s *Server) brokenLink(one *card) {
	if w := s.store.wallets.byID[one.wallet]; w != nil && s.faults.On("card.replacement-frees-wallet") {
		w.external = ""
	}
}

// brokenSeed is what a secret is made from: of nothing, or of the card alone, where a fault asks for it.
func (s *Server) brokenSeed(seed [][]byte) [][]byte {
	switch {
	case s.faults.On("secret.shared"):
		return nil
	case s.faults.On("secret.constant"):
		return seed[:1]
	}
	return seed
}

func (s *Server) brokenSecret(c *call, body []byte) []byte {
	if s.faults.On("secret.is-the-token") {
		return append(append([]byte(`{"secret":`), quote(strings.TrimPrefix(c.header.Get("Authorization"), "Bearer "))...), '}')
	}
	return instead(s, body, []wrong[[]byte]{{"secret.empty", []byte(`{}`)}, {"secret.empty-text", []byte(`{"secret":""}`)},
		{"secret.not-json-escaped", []byte(`{"secret":"ab\q$0123"}`)}}...)
}
