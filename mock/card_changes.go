package mock

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/binary"
	"net/http"
	"time"
)

// updateCardStatus takes the three documented values (C-22). Which changes are allowed is stated nowhere
// (N-27); the style says whether STOLEN is final.
func (s *Server) updateCardStatus(c *call) answer {
	one, refusal, ok := own(s, c, &s.store.cards, "Card")
	if !ok {
		return refusal
	}
	status := c.text("status")
	if status == "SUSPENDED" && s.faults.On("card.suspended-refused") || status == "STOLEN" && s.faults.On("card.stolen-refused") {
		return s.invalid(c, "The status is not known")
	}
	if one.status == "STOLEN" && status != "STOLEN" && s.style.StolenIsFinal {
		return s.forbiddenByState("A card that is STOLEN stays so")
	}
	changed := *one
	changed.status = status
	if !s.faults.On("persist.updated-at-frozen") {
		changed.updated = s.store.later(one.updated)
	}
	if !s.faults.On("persist.card-status-lost") {
		*one = changed
	}
	return s.cardAnswer(http.StatusOK, &changed)
}

// replaceOrRenew gives the card a new number or a new term. The effect on the old card is stated nowhere
// (N-29): here the card keeps its id and its wallet.
func (s *Server) replaceOrRenew(c *call) answer {
	one, refusal, ok := own(s, c, &s.store.cards, "Card")
	if !ok {
		return refusal
	}
	action := c.parameter("action")
	if action == "replace" && s.faults.On("card.replace-refused") || action == "renew" && s.faults.On("card.renew-refused") {
		return s.missing(c, "Action")
	}
	switch action {
	case "replace":
		one.last = uint16(s.store.random.Uint64() % 10_000)
	case "renew":
	default:
		if !s.faults.On("input.any-action") {
			return s.missing(c, "Action")
		}
	}
	one.expiry = max(one.expiry+millis(24*time.Hour/time.Millisecond), monthEnd(s.store.now()))
	one.updated = s.store.later(one.updated)
	return s.cardAnswer(s.style.Created, one)
}

// secretAlphabet has characters that JSON must escape, as the documented sample has (CARD-SECRET-09).
const secretAlphabet = `ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789$%*+-/"\`

// secretStep is the step of the clock that a secret is made from; its real length is not known (N-30).
const secretStep = 30 * time.Second

// generateSecret makes a time-based secret: ten characters that follow from the card, the step of the clock
// and the key of the request, so that two requests never share one and a repeat under one key does.
func (s *Server) generateSecret(c *call) answer {
	one, refusal, ok := own(s, c, &s.store.cards, "Card")
	if !ok {
		return refusal
	}
	mac := hmac.New(sha256.New, []byte("kobble-mock-secrets"))
	shared := s.faults.On("secret.shared")
	if !shared {
		mac.Write(one.id[:])
	}
	if !shared && !s.faults.On("secret.constant") {
		mac.Write(binary.BigEndian.AppendUint64(nil, uint64(s.clock.Now().UnixNano()/int64(secretStep))))
		mac.Write([]byte(c.header.Get("Idempotency-Key")))
	}
	sum := mac.Sum(nil)
	secret := make([]byte, 10)
	for i := range secret {
		secret[i] = secretAlphabet[int(sum[i])%len(secretAlphabet)]
	}
	switch {
	case s.faults.On("secret.empty"):
		return answer{status: http.StatusOK, body: []byte(`{}`)}
	case s.faults.On("secret.empty-text"):
		return answer{status: http.StatusOK, body: []byte(`{"secret":""}`)}
	case s.faults.On("secret.not-json-escaped"):
		return answer{status: http.StatusOK, body: []byte(`{"secret":"ab\q$0123"}`)}
	}
	return answer{status: http.StatusOK, body: append(append([]byte(`{"secret":`), quote(string(secret))...), '}')}
}

// widgetToken is a placeholder: only the name of the operation, and of a schema 202 Accepted, are known (N-03).
func (s *Server) widgetToken(*call) answer {
	return answer{status: http.StatusAccepted, body: append(append([]byte(`{"session_token":"`), s.store.newID().String()...), `"}`...)}
}
