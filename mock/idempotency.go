package mock

import (
	"bytes"
	"crypto/sha256"
	"net/http"
	"strings"
	"time"

	"github.com/google/uuid"
)

// keyID is what a key belongs to: the client and the operation that it was first sent with.
type keyID struct {
	owner, operation, key string
}

// keptAnswer is the first answer under a key.
type keptAnswer struct {
	id keyID
	// request tells the request that it answers from others: a fingerprint of address and body.
	request [sha256.Size]byte
	answer  answer
	until   millis // the end of the window
	ended   int64  // see [call.meanwhile]
}

// once performs an operation that takes an idempotency key. It runs with the store locked, so of several
// requests under one key the first does the work and the others get its answer.
func (s *Server) once(c *call) answer {
	key, refusal := s.keyOf(c)
	if refusal != nil {
		return *refusal
	}
	if key == "" || s.faulty(c, "idempotency.ignored") {
		return c.route.handle(c)
	}
	id := s.keyScope(c, key)
	request := s.fingerprint(c)
	now := millis(s.clock.Now().UnixMilli())
	if kept := s.store.kept[id]; kept != nil && now < kept.until {
		return s.replay(c, kept, request)
	}
	if earlier := s.sameData(id, request); earlier != nil {
		return *earlier
	}
	first := c.route.handle(c)
	if first.succeeded() || s.style.ErrorsKept && first.status >= 400 && first.status < 500 {
		s.store.keep(&keptAnswer{id: id, request: request, answer: first,
			until: now + millis(s.options.KeyWindow.Milliseconds()), ended: s.arrivals.Load()}, now)
	}
	return first
}

// sameData looks for an earlier answer to the same data under another key, where a fault takes that for a repeat.
func (s *Server) sameData(id keyID, request [sha256.Size]byte) *answer {
	if !s.faults.Any() {
		return nil
	}
	for other, kept := range s.store.kept {
		if other != id && other.owner == id.owner && other.operation == id.operation && kept.request == request &&
			s.faults.On("idempotency.same-data-taken-for-a-repeat") {
			return &kept.answer
		}
	}
	return nil
}

// keyOf returns the key of a call, or the refusal of one that is missing or malformed.
func (s *Server) keyOf(c *call) (string, *answer) {
	refuse := func(text string) *answer {
		refusal := s.refuse(s.style.BadKey, text)
		return &refusal
	}
	keys := c.header["Idempotency-Key"]
	if len(keys) == 0 || keys[0] == "" {
		if s.faulty(c, "idempotency.key-not-required") {
			return "", nil
		}
		return "", refuse("The header Idempotency-Key is required")
	}
	if len(keys) > 1 {
		return "", refuse("The header Idempotency-Key was sent more than once")
	}
	if len(keys[0]) > 255 {
		return "", refuse("The idempotency key is too long")
	}
	if s.style.KeyForm && !isVersion4(keys[0]) && !s.faults.On("idempotency.malformed-key-accepted") {
		return "", refuse("The idempotency key must be a UUID v4")
	}
	return keys[0], nil
}

// isVersion4 reports whether a text is a UUID v4 of RFC 9562 in its usual form.
func isVersion4(text string) bool {
	parsed, err := uuid.Parse(text)
	return err == nil && len(text) == 36 && parsed.Version() == 4 && parsed.Variant() == uuid.RFC4122
}

// keyScope says what a key belongs to, with what the faults make of it.
func (s *Server) keyScope(c *call, key string) keyID {
	id := keyID{owner: c.caller.id, operation: c.operation.ID, key: key}
	if s.faults.On("idempotency.shared-between-clients") {
		id.owner = ""
	}
	if s.faults.On("idempotency.shared-between-operations") {
		id.operation = ""
	}
	if s.faults.On("idempotency.key-cut-short") {
		id.key = key[:len(key)/2]
	}
	return id
}

// fingerprint tells requests apart by what they were sent with: their address and their data.
func (s *Server) fingerprint(c *call) [sha256.Size]byte {
	address := strings.Join(c.parts, "/")
	if s.faults.On("idempotency.shared-between-cards") {
		address = ""
	}
	text := make([]byte, 0, len(address)+1+len(c.raw))
	return sha256.Sum256(append(append(append(text, address...), 0), c.raw...))
}

// replay answers a key that was seen before: with the first answer, as far as the style shows it unchanged.
func (s *Server) replay(c *call, kept *keptAnswer, request [sha256.Size]byte) answer {
	if kept.request != request {
		if s.faulty(c, "idempotency.other-data-executed") {
			return c.route.handle(c)
		}
		if s.style.OtherData != 0 {
			return s.refuse(s.style.OtherData, "The idempotency key belongs to another request")
		}
	}
	if s.style.AtWork != 0 && c.meanwhile(kept.ended) {
		return s.refuse(s.style.AtWork, "A request with this idempotency key is at work").with("Retry-After", "1")
	}
	if c.meanwhile(kept.ended) && (s.faults.On("idempotency.race") || s.faults.OneIn("idempotency.race-one-in-fifty",
		50) || s.faults.OneIn("idempotency.race-one-in-a-thousand", 1000)) {
		return c.route.handle(c)
	}
	if s.faulty(c, "idempotency.done-again-on-replay") {
		_ = c.route.handle(c) // done, and its answer thrown away
	}
	first := kept.answer
	if s.faulty(c, "idempotency.replay-status-200") {
		first.status = http.StatusAccepted
	}
	if s.faulty(c, "idempotency.replay-refused") {
		return s.refuse(http.StatusConflict, "The idempotency key was used before")
	}
	if s.faulty(c, "idempotency.replay-with-new-id") {
		first.body = setMember(first.body, "id", quote(s.store.newID().String()))
	}
	return s.marked(c, first)
}

// marked is the answer to a repeat in the form of the style (C-12).
func (s *Server) marked(c *call, first answer) answer {
	if !first.succeeded() {
		return first
	}
	if s.style.RepeatPresent && c.operation.ID == "cards-create" {
		id, _ := bytes.CutPrefix(first.body, []byte(`{"id":"`))
		if known, ok := parseID(string(id[:min(36, len(id))])); ok && s.store.cards.byID[known] != nil {
			first.body = s.cardText(s.store.cards.byID[known])
		}
	}
	if s.style.RepeatOK {
		first.status = http.StatusOK
	}
	switch s.style.RepeatMark {
	case "header":
		return first.with("Idempotent-Replayed", "true")
	case "member":
		first.body = setMember(first.body, "replayed", []byte("true"))
	}
	return first
}

// replayWithoutToken answers a key without looking at the token, where a fault asks for it.
func (s *Server) replayWithoutToken(c *call) (answer, bool) {
	s.store.mu.RLock()
	defer s.store.mu.RUnlock()
	for id, kept := range s.store.kept {
		if id.operation == c.operation.ID && id.key == c.header.Get("Idempotency-Key") &&
			s.faults.On("idempotency.replay-before-token") {
			return kept.answer, true
		}
	}
	return answer{}, false
}

// keep remembers a first answer, and forgets those whose window has ended.
func (st *store) keep(kept *keptAnswer, now millis) {
	for len(st.keptOrder) > 0 && st.keptOrder[0].until <= now {
		old := st.keptOrder[0]
		st.keptOrder[0] = nil
		st.keptOrder = st.keptOrder[1:]
		if st.kept[old.id] == old {
			delete(st.kept, old.id)
		}
	}
	kept.answer.body = append(make([]byte, 0, len(kept.answer.body)), kept.answer.body...)
	st.kept[kept.id] = kept
	st.keptOrder = append(st.keptOrder, kept)
}

// lostWithin is how soon after an answer a caller that has gone is noticed by the fault that asks.
const lostWithin = 6 * time.Millisecond

// forgetLost forgets the key of a request whose caller did not wait for the answer.
func (s *Server) forgetLost(r *http.Request) {
	key := r.Header.Get("Idempotency-Key")
	if key == "" {
		return
	}
	pause(r.Context(), lostWithin)
	if r.Context().Err() == nil {
		return
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	for id := range s.store.kept {
		if id.key == key {
			delete(s.store.kept, id)
		}
	}
}
