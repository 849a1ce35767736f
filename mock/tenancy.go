package mock

import "net/http"

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
func own[T thing](s *Server, c *call, things *table[T], what string) (T, answer, bool) {
	var none T
	id, refusal, ok := s.identify(c, what)
	if !ok {
		return none, refusal, false
	}
	one, there := things.byID[id]
	if !there {
		return none, s.missing(c, what), false
	}
	if one.top().owner != c.caller.id && !s.leaks(c, what) {
		return none, s.foreign(what), false
	}
	return one, answer{}, true
}

// visible lists the things that the caller may see, in order of creation: its own (OWN-06).
func visible[T thing](s *Server, c *call, things *table[T]) []T {
	if s.faulty(c, "tenancy.list-shows-all") {
		return everything(things)
	}
	return things.byOwner[c.caller.id]
}

// show answers with a thing of the caller that the path names.
func show[T thing](s *Server, c *call, things *table[T], what string, text func(T) []byte) answer {
	one, refusal, ok := own(s, c, things, what)
	if !ok {
		return refusal
	}
	return s.succeed(c, text(one))
}

// written are things as answers show them.
func written[T any](things []T, text func(T) []byte) [][]byte {
	var texts [][]byte
	for _, one := range things {
		texts = append(texts, text(one))
	}
	return texts
}
