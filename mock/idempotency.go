package mock

import (
	"bytes"
	"crypto/sha256"
	"net/http"
	"strings"

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
		if s.faulty(c, "refusal.acts-without-a-key") {
			c.route.handle(c)
		}
		return *refusal
	}
	if key == "" || s.faulty(c, "idempotency.ignored") {
		return c.route.handle(c)
	}
	id := s.brokenScope(c, keyID{owner: c.caller.id, operation: c.operation.ID, key: key})
	request := s.fingerprint(c)
	now := millis(s.clock.Now().UnixMilli())
	if kept := s.store.kept[id]; kept != nil && now < kept.until {
		return s.replay(c, kept, request)
	}
	if foreign := s.atWorkForAnother(c, id); foreign != nil {
		return *foreign
	}
	if earlier := s.sameData(id, request); earlier != nil {
		return *earlier
	}
	first := s.again(c, c.route.handle(c))
	if first.succeeded() || s.style.ErrorsKept && first.status >= 400 && first.status < 500 {
		s.store.keep(&keptAnswer{id: id, request: request, answer: first,
			until: now + millis(s.options.KeyWindow.Milliseconds()), ended: s.arrivals.Load()}, now)
	}
	return first
}

// keyOf returns the key of a call, or the refusal of one that is missing or malformed.
func (s *Server) keyOf(c *call) (string, *answer) {
	refuse := func(text string) *answer { return new(s.refuse(s.style.BadKey, text)) }
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

// fingerprint tells requests apart by what they were sent with: their address and their data.
func (s *Server) fingerprint(c *call) [sha256.Size]byte {
	address := s.brokenAddress(strings.Join(c.parts, "/"))
	text := make([]byte, 0, len(address)+1+len(c.raw))
	return sha256.Sum256(append(append(append(text, address...), 0), c.raw...))
}

// replay answers a key that was seen before: with the first answer, as far as the style shows it unchanged.
func (s *Server) replay(c *call, kept *keptAnswer, request [sha256.Size]byte) answer {
	switch other := kept.request != request; {
	case other && s.faulty(c, "idempotency.other-data-executed"):
		return c.route.handle(c)
	case other && s.lately(kept) && s.faults.On("idempotency.other-data-at-once"):
		return c.route.handle(c)
	case other && s.style.OtherData != 0:
		return s.refuse(s.style.OtherData, "The idempotency key belongs to another request")
	case s.style.AtWork != 0 && c.meanwhile(kept.ended):
		return s.refuse(s.style.AtWork, "A request with this idempotency key is at work").with("Retry-After", "1")
	}
	return s.brokenReplay(c, kept)
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
