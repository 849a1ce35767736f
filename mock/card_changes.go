package mock

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"strconv"
	"time"
)

// updateCardStatus takes the three documented values (C-22). Which changes are allowed is stated nowhere
// (N-27); the style says.
func (s *Server) updateCardStatus(c *call) answer {
	one, refusal, ok := own(s, c, &s.store.cards, "Card")
	if !ok {
		return refusal
	}
	status := c.text("status")
	if s.brokenStatusCheck(status) {
		return s.invalid(c, "The status is not known")
	}
	if text := s.unchangeable(one.status, status); text != "" {
		return s.forbiddenByState(text)
	}
	changed := *one
	changed.status = status
	changed.updated = s.touched(one.updated)
	if !s.faults.On("persist.card-status-lost") {
		*one = changed
	}
	return s.succeed(c, s.cardText(&changed))
}

// unchangeable says why a card can't go from one status to another, or "" (N-27).
func (s *Server) unchangeable(from, to string) string {
	switch {
	case from == to && s.style.SameRefused:
		return "The card has that status"
	case from == "STOLEN" && to != "STOLEN" && s.style.Changes == "stolen-final":
		return "A card that is STOLEN stays so"
	case from != "ACTIVE" && to == "SUSPENDED" && from != to && s.style.Changes == "active-first":
		return "Only a card that is ACTIVE can be suspended"
	}
	return ""
}

// replaceOrRenew gives the card a new number or a new term. The effect on the old card is stated nowhere
// (N-29): here the card keeps its id and its wallet, or gives way to another card on that wallet.
func (s *Server) replaceOrRenew(c *call) answer {
	one, refusal, ok := own(s, c, &s.store.cards, "Card")
	if !ok {
		return refusal
	}
	action := c.parameter("action")
	if !s.brokenOffer(action, action == "replace" || action == "renew") {
		return s.missing(c, "Action")
	}
	if action == "replace" {
		one.last = uint16(s.store.random.Uint64() % 10_000)
	}
	if s.style.AnotherCard {
		one = s.succession(one)
	}
	one = s.brokenSuccession(one)
	s.brokenLink(one)
	one.expiry = max(one.expiry+millis(24*time.Hour/time.Millisecond), s.expiry(s.store.now()))
	one.updated = s.store.later(one.updated)
	return s.succeed(c, s.cardText(one))
}

// succession makes the card that takes the place of another, which is then out of use.
func (s *Server) succession(old *card) *card {
	next := *old
	next.id, next.created, next.external = s.store.newID(), s.store.now(), old.external+1
	next.updated = next.created
	old.status, old.updated = "INACTIVE", s.store.later(old.updated)
	s.store.cards.add(&next)
	if w := s.store.wallets.byID[next.wallet]; w != nil {
		w.external, w.updated = strconv.FormatUint(uint64(next.external), 10), s.store.later(w.updated)
	}
	return &next
}

// secretAlphabet has characters that JSON must escape, as the documented sample has (CARD-SECRET-09).
const secretAlphabet = `ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789$%*+-/"\`

// secretStep is the step of the clock that a secret is made from; its real length is not known (N-30).
const secretStep = 30 * time.Second

// generateSecret makes a time-based secret: ten characters that follow from the card, the step of the clock
// and, unless the style has one secret for a step (CARD-SECRET-08), the key of the request.
func (s *Server) generateSecret(c *call) answer {
	one, refusal, ok := own(s, c, &s.store.cards, "Card")
	if !ok {
		return refusal
	}
	seed := [][]byte{one.id[:], binary.BigEndian.AppendUint64(nil, uint64(s.clock.Now().UnixNano()/int64(secretStep)))}
	if !s.style.SecretPerStep {
		seed = append(seed, []byte(c.header.Get("Idempotency-Key")))
	}
	mac := hmac.New(sha256.New, []byte("kobble-mock-secrets"))
	for _, part := range s.brokenSeed(seed) {
		mac.Write(part)
	}
	sum := mac.Sum(nil)
	secret, alphabet := make([]byte, 10), secretAlphabet
	if s.style.SecretDigits {
		alphabet = "0123456789"
	}
	for i := range secret {
		secret[i] = alphabet[int(sum[i])%len(alphabet)]
	}
	body := append(append([]byte(`{"secret":`), quote(string(secret))...), '}')
	return answer{status: http.StatusOK, body: s.brokenSecret(c, body)}
}

// widgetToken is a placeholder: only the name of the operation, and of a schema 202 Accepted, are known (N-03).
func (s *Server) widgetToken(c *call) answer {
	return s.succeed(c, append(append([]byte(`{"session_token":"`), s.store.newID().String()...), `"}`...))
}
