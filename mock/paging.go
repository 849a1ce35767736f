package mock

import (
	"net/http"
	"slices"
	"strconv"
	"time"
)

// page is what a query asks of a list.
type page struct {
	from, to      time.Time
	offset, limit int
	newestFirst   bool
}

// paging reads the documented query of a list. Bad values are refused (N-20).
func (s *Server) paging(c *call) (page, answer, bool) {
	p := page{limit: s.style.DefaultLimit, newestFirst: s.style.NewestFirst}
	var err error
	for _, bound := range []struct {
		name string
		into *time.Time
	}{{"from", &p.from}, {"to", &p.to}} {
		if text := c.query.Get(bound.name); text != "" {
			if *bound.into, err = time.Parse(time.RFC3339Nano, text); err != nil {
				return p, s.badQuery(c, bound.name), false
			}
		}
	}
	for _, number := range []struct {
		name  string
		into  *int
		least int
	}{{"offset", &p.offset, 0}, {"limit", &p.limit, 1}} {
		if text := c.query.Get(number.name); text != "" {
			if *number.into, err = strconv.Atoi(text); err != nil || *number.into < number.least {
				return p, s.badQuery(c, number.name), false
			}
		}
	}
	p.limit = min(p.limit, maxPage)
	switch c.query.Get("order") {
	case "":
	case "asc":
		p.newestFirst = false
	case "desc":
		p.newestFirst = true
	default:
		return p, s.badQuery(c, "order"), false
	}
	s.misread(&p)
	return p, answer{}, true
}

// misread lets the faults on lists change what was asked.
func (s *Server) misread(p *page) {
	if !s.faults.Any() {
		return
	}
	if s.faults.On("list.from-ignored") {
		p.from = time.Time{}
	}
	if s.faults.On("list.to-ignored") {
		p.to = time.Time{}
	}
	if s.faults.On("list.order-ignored") {
		p.newestFirst = s.style.NewestFirst
	}
	if s.faults.On("list.order-reversed") {
		p.newestFirst = !p.newestFirst
	}
	if s.faults.On("list.offset-ignored") {
		p.offset = 0
	}
	if s.faults.On("list.offset-off-by-one") && p.offset > 0 {
		p.offset++
	}
	if s.faults.On("list.limit-ignored") {
		p.limit = maxPage
	}
	if s.faults.On("list.limit-off-by-one") {
		p.limit++
	}
}

func (s *Server) badQuery(c *call, name string) answer {
	if s.faults.On("input.bad-query-500") {
		return s.refuse(http.StatusInternalServerError, "Internal server error")
	}
	return s.invalid(c, "The query parameter "+name+" is not valid")
}

// cutPage takes the page out of things in order of creation. It returns the page and how many there are
// in all.
func cutPage[T any](s *Server, things []T, p page, created func(T) millis) ([]T, int) {
	from, to := 0, len(things)
	if !p.from.IsZero() {
		from, _ = slices.BinarySearchFunc(things, millis(p.from.UnixMilli()), func(thing T, bound millis) int { return int(created(thing) - bound) })
	}
	if !p.to.IsZero() {
		bound := millis(p.to.UnixMilli())
		if !s.style.ToExclusive {
			bound++
		}
		to, _ = slices.BinarySearchFunc(things, bound, func(thing T, bound millis) int { return int(created(thing) - bound) })
	}
	if from > to {
		from = to
	}
	window := things[from:to]
	start := min(p.offset, len(window))
	end := min(start+p.limit, len(window))
	out := make([]T, 0, end-start)
	for i := start; i < end; i++ {
		if p.newestFirst {
			out = append(out, window[len(window)-1-i])
		} else {
			out = append(out, window[i])
		}
	}
	return out, len(window)
}

// pagedList writes a page with its headers.
func (s *Server) pagedList(p page, total int, body []byte, headers bool) answer {
	a := answer{status: http.StatusOK, body: body}
	if !headers {
		return a
	}
	if s.faults.On("list.total-off-by-one") {
		total++
	}
	offset, limit := p.offset, p.limit
	if s.faults.On("list.echo-wrong") {
		offset, limit = offset+1, limit+1
	}
	count := strconv.Itoa(total)
	if s.faults.On("list.total-not-a-number") {
		count = "many"
	}
	a.header = map[string]string{"X-Total-Count": count, "X-Offset": strconv.Itoa(offset), "X-Limit": strconv.Itoa(limit)}
	return a
}
