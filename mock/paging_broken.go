package mock

import "github.com/kobcheck/kobcheck/mock/fault"

// queryIgnored gives the fault of ignoring each parameter of a list.
var queryIgnored = map[string]fault.ID{
	"from": "list.from-ignored", "to": "list.to-ignored", "order": "list.order-ignored",
	"offset": "list.offset-ignored", "limit": "list.limit-ignored",
}

// brokenPage is where a page begins and how long it is, with what the faults make of it. The headers go
// on saying what was asked.
func (s *Server) brokenPage(c *call, p page, total int) (offset, limit int) {
	offset, limit = p.offset, p.limit
	if walk := c.caller.id + c.operation.ID; offset == 0 {
		s.firstPages.Store(walk, total)
	} else if first, walked := s.firstPages.Load(walk); walked && total > first.(int) &&
		s.faults.On("list.shifts-while-walking") {
		offset += total - first.(int)
	}
	if offset > 0 && s.faulty(c, "list.offset-off-by-one") {
		offset++
	}
	if offset > 0 && limit > 1 && s.faulty(c, "list.offset-counts-pages") {
		offset *= limit
	}
	if s.faulty(c, "list.limit-off-by-one") {
		limit++
	}
	return offset, limit
}

// brokenRange is where a range of time ends among the things, with what a fault makes of it.
func (s *Server) brokenRange(from, before, all int) int {
	if few := before-from < 3 && before < all; few && before > from && s.faults.On("list.range-filled-up") {
		return min(from+3, all)
	}
	return before
}
