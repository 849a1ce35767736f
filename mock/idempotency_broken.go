package mock

import (
	"crypto/sha256"
	"fmt"
	"math/big"
	"net/http"
	"strings"
	"time"
)

// brokenScope is what a key belongs to, with what the faults make of it.
func (s *Server) brokenScope(c *call, id keyID) keyID {
	if s.faulty(c, "idempotency.shared-between-clients") {
		id.owner = ""
	}
	if s.faults.On("idempotency.shared-between-operations") {
		id.operation = ""
	}
	if s.faults.On("idempotency.bound-to-token") {
		id.owner += c.header.Get("Authorization")
	}
	if s.faults.On("idempotency.shared-within-a-section") {
		id.operation = c.operation.Section
	}
	if s.faults.On("idempotency.key-cut-short") {
		id.key = id.key[:len(id.key)/2]
	}
	if len(id.key) < 36 || !s.faults.Any() {
		return id
	}
	id.key = instead(s, id.key, []wrong[string]{
		{"idempotency.key-middle-ignored", id.key[:13] + id.key[23:]},
		{"idempotency.key-last-group-alone", id.key[24:]},
		{"idempotency.key-first-digit-ignored", id.key[1:]},
		{"idempotency.key-last-digit-ignored", id.key[:35]},
		{"idempotency.key-second-group-ignored", id.key[:8] + id.key[13:]},
		{"idempotency.key-fifth-group-ignored", id.key[:24]},
	}...)
	if s.faults.On("idempotency.key-as-a-number") {
		whole, _ := new(big.Float).SetString("0x" + strings.ReplaceAll(id.key, "-", ""))
		id.key = fmt.Sprint(whole)
	}
	return id
}

func (s *Server) brokenAddress(address string) string {
	return either(s, address, "idempotency.shared-between-cards", "")
}

// brokenReplay is the answer to a repeat: the work done again, or another answer than the first, where a fault asks
// for it.
func (s *Server) brokenReplay(c *call, kept *keptAnswer) answer {
	if !s.faults.Any() {
		return s.marked(c, kept.answer)
	}
	if c.meanwhile(kept.ended) && (s.faulty(c, "idempotency.race") ||
		s.faults.OneIn("idempotency.race-one-in-fifty", 50) ||
		s.faults.OneIn("idempotency.race-one-in-a-thousand", 1000)) {
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

// latelyWithin is how long something counts as done at the same moment by the faults that ask, in milliseconds.
const latelyWithin = 50

// lately reports whether an answer was first given a moment ago.
func (s *Server) lately(kept *keptAnswer) bool {
	return millis(s.clock.Now().UnixMilli()) < kept.until-millis(s.options.KeyWindow.Milliseconds())+latelyWithin
}

// atWorkForAnother looks for the answer that another client got under the key while the call was under way, where a fault
// gives it to both.
func (s *Server) atWorkForAnother(c *call, id keyID) *answer {
	if !s.faults.Any() {
		return nil
	}
	for other, kept := range s.store.kept {
		if other.key == id.key && other.operation == id.operation && other.owner != id.owner && s.lately(kept) &&
			s.faulty(c, "idempotency.shared-between-clients-at-once") {
			return &kept.answer
		}
	}
	return nil
}

// replayWithoutToken answers a key without looking at the token, where a fault asks for it.
func (s *Server) replayWithoutToken(c *call) (answer, bool) {
	if !s.faults.Any() || c.header.Get("Idempotency-Key") == "" {
		return answer{}, false
	}
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
