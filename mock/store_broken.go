package mock

import "github.com/kobcheck/kobcheck/mock/fault"

// keep adds a thing to its table, unless the fault loses it: the caller is told of something that is not there.
func keep[T thing](s *Server, lost fault.ID, things *table[T], one T) {
	if !s.faults.On(lost) {
		things.add(one)
	}
}

// touched is when a thing was updated that is changed now.
func (s *Server) touched(before millis) millis {
	return either(s, s.store.later(before), "persist.updated-at-frozen", before)
}

// either is what is right, or what a fault makes of it.
func either[T any](s *Server, right T, id fault.ID, wrong T) T {
	if s.faults.On(id) {
		return wrong
	}
	return right
}

// wrong is what a fault makes of something.
type wrong[T any] struct {
	fault fault.ID
	value T
}

// instead is what is right, or what the first of these faults that is on makes of it.
func instead[T any](s *Server, right T, wrongs ...wrong[T]) T {
	if s.faults.Any() {
		for _, one := range wrongs {
			if s.faults.On(one.fault) {
				return one.value
			}
		}
	}
	return right
}
