package mock

import (
	"slices"
	"strconv"
	"time"

	"github.com/kobcheck/kobcheck/mock/fault"
)

// day is the length of a day in the mock's own time.
const day = millis(24 * time.Hour / time.Millisecond)

// queryIgnored gives the fault of ignoring each parameter of a list.
var queryIgnored = map[string]fault.ID{
	"from": "list.from-ignored", "to": "list.to-ignored", "order": "list.order-ignored",
	"offset": "list.offset-ignored", "limit": "list.limit-ignored",
}

// swappedWith gives, by bound of time, the one that a fault takes it for.
var swappedWith = map[string]string{"from": "to", "to": "from"}

// brokenParameter is the parameter that a value is read for; none where a fault ignores it.
func (s *Server) brokenParameter(c *call, name string) string {
	switch {
	case !s.faults.Any():
		return name
	case s.faulty(c, queryIgnored[name]):
		return ""
	case swappedWith[name] != "" && s.faulty(c, "list.from-and-to-swapped"):
		return swappedWith[name]
	}
	return name
}

// brokenPage is where a page begins and how long it is, with what the faults make of it. The headers go
// on saying what was asked.
func (s *Server) brokenPage(c *call, p page, total int) (offset, limit int) {
	offset, limit = p.offset, p.limit
	if !s.faults.Any() {
		return offset, limit
	}
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

// brokenCombination is what a query asks for where a fault forgets one parameter beside another.
func (s *Server) brokenCombination(c *call, p page) page {
	if !s.faults.Any() {
		return p
	}
	if p.offset > 0 && p.from > 0 && s.faulty(c, "list.from-ignored-with-offset") {
		p.from = 0
	}
	if p.newestFirst && p.before < 1<<62 && s.faulty(c, "list.to-ignored-when-descending") {
		p.before = 1 << 62
	}
	if p.from > 0 && s.faulty(c, "list.from-of-the-day") {
		p.from -= p.from % day
	}
	if p.before < 1<<62 && s.faulty(c, "list.to-of-the-day") {
		p.before += day - p.before%day
	}
	if p.limit == 1 && s.faulty(c, "list.limit-one-is-none") {
		p.limit = s.style.DefaultLimit
	}
	return p
}

// brokenStretch is where a page begins and ends, where a fault counts from another end.
func (s *Server) brokenStretch(c *call, p page, start, end, all int) (from, to int) {
	switch {
	case start == 0 || start >= end:
	case end-start < all-start && s.faulty(c, "list.limit-counts-from-the-first"):
		return min(start, end-start), end - start
	case p.newestFirst && s.faulty(c, "list.offset-skips-the-oldest"):
		return 0, min(end-start, all-start)
	}
	return start, end
}

// brokenRange is where a range of time ends among the things, with what a fault makes of it.
func (s *Server) brokenRange(from, before, all int) int {
	if few := before-from < 3 && before < all; few && before > from && s.faults.On("list.range-filled-up") {
		return min(from+3, all)
	}
	return before
}

// brokenCut is a page with an entry too few or too many.
func brokenCut[T any](s *Server, c *call, page []T) []T {
	switch {
	case len(page) == 0:
	case s.faulty(c, "list.first-missing"):
		return page[1:]
	case s.faulty(c, "list.entry-twice"):
		return append(page, page[len(page)-1])
	}
	return page
}

// brokenTotal is what X-Total-Count says.
func (s *Server) brokenTotal(of counts, total string) string {
	return instead(s, total, []wrong[string]{{"list.total-off-by-one", strconv.Itoa(of.matching + 1)},
		{"list.total-counts-the-page", strconv.Itoa(of.page)}, {"list.total-not-a-number", "many"}}...)
}

// brokenEcho is what X-Offset and X-Limit say.
func (s *Server) brokenEcho(offset, limit int) (from, most string) {
	if s.faults.On("list.echo-wrong") {
		offset, limit = offset+1, limit+1
	}
	return either(s, strconv.Itoa(offset), "list.offset-header-not-a-number", "start"),
		either(s, strconv.Itoa(limit), "list.limit-header-not-a-number", "all")
}

// zoned is a time of a query, in whose zone it was written; a fault takes it for UTC.
func (s *Server) zoned(c *call, moment time.Time) time.Time {
	_, offset := moment.Zone()
	if offset == 0 || !s.faulty(c, "list.zone-ignored") {
		return moment
	}
	return moment.Add(time.Duration(offset) * time.Second)
}

// without are the things of a list but for those that a fault leaves out.
func without[T any](s *Server, by fault.ID, all []T, left func(T) bool) []T {
	if !s.faults.Any() || !slices.ContainsFunc(all, left) || !s.faults.On(by) {
		return all
	}
	return slices.DeleteFunc(slices.Clone(all), left)
}

// isDebit reports whether money has left a wallet and come to none.
func (t *transaction) isDebit() bool { return t.to == identity{} }

// brokenWhole is a list without paging from which something is gone.
func (s *Server) brokenWhole(c *call, texts [][]byte) [][]byte {
	switch {
	case len(texts) == 0:
	case s.faulty(c, "list.whole-list-empty"):
		return nil
	case s.faulty(c, "list.whole-newest-missing"):
		return texts[:len(texts)-1]
	}
	return texts
}

func (s *Server) brokenWrapping(c *call, list []byte) []byte {
	if s.faulty(c, "list.whole-list-wrapped") {
		return append(append([]byte(`{"data":`), list...), '}')
	}
	return list
}
