package mock

import (
	"crypto/sha256"
	"net/http"
	"time"

	"github.com/google/uuid"
)

// keyID is what a key belongs to: the client and the operation that it was first sent with.
type keyID struct {
	owner, operation, key string
}

// keptAnswer is the first answer under a key, with a fingerprint of the request that it belongs to.
type keptAnswer struct {
	fingerprint [sha256.Size]byte
	answer      answer
	until       time.Time
}

// once performs an operation that takes an idempotency key. It runs with the store locked, so of several
// requests under one key the first does the work and the others get its answer.
func (s *Server) once(c *call) answer {
	key := c.header.Get("Idempotency-Key")
	if key == "" {
		if s.faults.On("idempotency.key-not-required") {
			return c.route.handle(c)
		}
		return s.invalidKey("The header Idempotency-Key is required")
	}
	if parsed, err := uuid.Parse(key); s.style.KeyForm && (err != nil || parsed.Version() != 4 || len(key) != 36) {
		return s.invalidKey("The idempotency key must be a UUID v4")
	}
	if len(key) > 255 {
		return s.invalidKey("The idempotency key is too long")
	}
	if s.faults.On("idempotency.ignored") {
		return c.route.handle(c)
	}
	id := keyID{owner: c.caller.id, operation: c.operation.ID, key: key}
	if s.faults.On("idempotency.shared-between-clients") {
		id.owner = ""
	}
	if s.faults.On("idempotency.shared-between-operations") {
		id.operation = ""
	}
	fingerprint := sha256.Sum256(append([]byte(c.address+"\x00"), c.raw...))
	now := s.clock.Now()
	if kept := s.store.kept[id]; kept != nil && now.Before(kept.until) {
		return s.replay(c, kept, fingerprint)
	}
	first := c.route.handle(c)
	if first.status < http.StatusMultipleChoices || s.style.ErrorsKept && first.status < http.StatusInternalServerError {
		s.store.kept[id] = &keptAnswer{fingerprint: fingerprint, answer: first, until: now.Add(s.options.KeyWindow)}
	}
	return first
}

// replay answers a key that was seen before: the first answer, byte for byte.
func (s *Server) replay(c *call, kept *keptAnswer, fingerprint [sha256.Size]byte) answer {
	if kept.fingerprint != fingerprint {
		if s.faults.On("idempotency.other-data-executed") {
			return c.route.handle(c)
		}
		if s.style.OtherData != 0 {
			return s.refuse(s.style.OtherData, "The idempotency key belongs to another request")
		}
	}
	if s.faults.On("idempotency.done-again-on-replay") {
		_ = c.route.handle(c)
	}
	if s.faults.On("idempotency.replay-status-200") {
		changed := kept.answer
		changed.status = http.StatusAccepted
		return changed
	}
	if s.faults.On("idempotency.replay-with-new-id") {
		changed := kept.answer
		changed.body = replaceMember(changed.body, "id", `"`+s.store.newID().String()+`"`)
		return changed
	}
	return kept.answer
}

func (s *Server) invalidKey(message string) answer { return s.refuse(http.StatusBadRequest, message) }
