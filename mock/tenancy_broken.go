package mock

import (
	"slices"
	"strings"
)

// leaks lets a caller reach another client's thing where a fault asks for it.
func (s *Server) leaks(c *call, what string) bool {
	if !s.faults.Any() {
		return false
	}
	if !c.operation.Writes() {
		if s.faults.On("tenancy.refusal-shows-data") {
			c.hide = func(done answer) answer {
				refusal := s.foreign(what)
				refusal.body = setMember(refusal.body, "data", done.body)
				return refusal
			}
			return true
		}
		return s.faulty(c, "tenancy.read-foreign")
	}
	if strings.HasSuffix(c.operation.ID, "-status") || c.operation.ID == "wallets-update" {
		if s.faults.On("tenancy.refused-and-done") {
			c.hide = func(answer) answer { return s.foreign(what) }
			return true
		}
	}
	return s.faulty(c, "tenancy.change-foreign")
}

// everything is what all clients have, in order of creation.
func everything[T thing](things *table[T]) []T {
	var all []T
	for _, some := range things.byOwner {
		all = append(all, some...)
	}
	slices.SortStableFunc(all, func(a, b T) int { return int(a.top().created - b.top().created) })
	return all
}
