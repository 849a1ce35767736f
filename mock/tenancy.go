package mock

import "net/http"

// owned is a thing that belongs to a client.
type owned interface{ ownerID() string }

func (e *enduser) ownerID() string      { return e.owner }
func (w *wallet) ownerID() string       { return w.owner }
func (c *card) ownerID() string         { return c.owner }
func (t *transaction) ownerID() string  { return t.owner }
func (b *beneficiary) ownerID() string  { return b.owner }
func (o *subscription) ownerID() string { return o.owner }

// identify reads the id in the path; a malformed one is refused by style (N-20).
func (s *Server) identify(c *call, what string) (identity, answer, bool) {
	id, ok := parseID(c.parameter("id"))
	switch {
	case ok:
		return id, answer{}, true
	case s.faulty(c, "input.malformed-id-500"):
		return id, s.refuse(http.StatusInternalServerError, "invalid input syntax for type uuid"), false
	case s.style.MalformedID == http.StatusNotFound:
		return id, s.notFound(c, what, http.StatusNotFound), false
	}
	return id, s.refuse(s.style.MalformedID, "The id is not a UUID"), false
}

// own finds a thing of the caller by the id in the path. Another client's is refused.
func own[T owned](s *Server, c *call, things *table[T], what string) (T, answer, bool) {
	var none T
	id, refusal, ok := s.identify(c, what)
	if !ok {
		return none, refusal, false
	}
	thing, there := things.byID[id]
	if !there {
		return none, s.missing(c, what), false
	}
	if thing.ownerID() != c.caller.id && !s.leaks(c, what) {
		return none, s.foreign(what), false
	}
	return thing, answer{}, true
}

// visible lists the things that the caller may see, in order of creation: its own (OWN-06).
func visible[T any](s *Server, c *call, things *table[T], created func(T) millis) []T {
	if s.faulty(c, "tenancy.list-shows-all") {
		return everything(things, created)
	}
	return things.byOwner[c.caller.id]
}
