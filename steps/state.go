package steps

import (
	"reflect"
)

// typed holds one value of each type.
type typed map[reflect.Type]any

func kept[T any](all *typed, fresh func() *T) *T {
	key := reflect.TypeFor[T]()
	if *all == nil {
		*all = typed{}
	}
	if (*all)[key] == nil {
		(*all)[key] = fresh()
	}
	return (*all)[key].(*T)
}

// State is what an area keeps of one scenario from step to step: a struct of the area's own, empty at first.
func State[T any](w *World) *T { return kept(&w.states, func() *T { return new(T) }) }

// Shared is what an area keeps of the whole run: a struct of the area's own. The scenarios of a run use it at the
// same time.
func Shared[T any](s *Session, fresh func() *T) *T {
	s.mu.Lock()
	defer s.mu.Unlock()
	return kept(&s.shared, fresh)
}
