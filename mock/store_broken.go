package mock

import "github.com/kobcheck/kobcheck/mock/fault"

// keep adds a thing to its table, unless the fault loses it: the caller is told of something that is not there.
func keep[T any](s *Server, lost fault.ID, things *table[T], id identity, owner string, thing T) {
	if !s.faults.On(lost) {
		things.add(id, owner, thing)
	}
}

// touched is when a thing was updated that is changed now.
func (s *Server) touched(before millis) millis {
	if s.faults.On("persist.updated-at-frozen") {
		return before
	}
	return s.store.later(before)
}
