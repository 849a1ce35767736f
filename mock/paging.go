package mock

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"time"
)

// page is what a query asks of a list. From and to are bounds of created_at: from is in, before is out.
type page struct {
	from, before  millis
	offset, limit int
	newestFirst   bool
}

// paging reads the documented query of a list. Bad values are refused (N-20), unknown parameters ignored.
func (s *Server) paging(c *call) (page, answer, bool) {
	p := page{from: 0, before: 1 << 62, limit: s.style.DefaultLimit, newestFirst: s.style.NewestFirst}
	for name, given := range c.query {
		ok := true
		switch name {
		case "from", "to", "offset", "limit", "order":
			ok = len(given) == 1 && s.readQuery(c, &p, name, given[0])
		}
		if !ok {
			return p, s.badQuery(c, name), false
		}
	}
	p.limit = min(p.limit, s.options.Limits.Page)
	return p, answer{}, true
}

// readQuery reads one parameter into the page; false means that its value is bad.
func (s *Server) readQuery(c *call, p *page, name, text string) bool {
	if s.faults.Any() {
		if s.faulty(c, queryIgnored[name]) {
			return true
		}
		if other := map[string]string{"from": "to", "to": "from"}[name]; other != "" && s.faulty(c, "list.from-and-to-swapped") {
			name = other
		}
	}
	switch name {
	case "from", "to":
		moment, err := time.Parse(time.RFC3339Nano, text)
		if err != nil {
			return false
		}
		if name == "from" {
			p.from = roundedUp(moment)
		} else if p.before = roundedUp(moment); !s.style.ToExclusive {
			p.before = millis(moment.UnixMilli()) + 1
		}
	case "offset":
		number, err := strconv.Atoi(text)
		if err != nil || number < 0 {
			return false
		}
		p.offset = number
	case "limit":
		number, err := strconv.Atoi(text)
		if err != nil || number < 1 {
			return false
		}
		p.limit = number
	case "order":
		if text != "asc" && text != "desc" {
			return false
		}
		p.newestFirst = text == "desc" != s.faulty(c, "list.order-reversed")
	}
	return true
}

// roundedUp is the first millisecond that is not before a moment.
func roundedUp(moment time.Time) millis {
	m := millis(moment.UnixMilli())
	if moment.Nanosecond()%int(time.Millisecond) != 0 {
		m++
	}
	return m
}

func (s *Server) badQuery(c *call, name string) answer {
	if s.faulty(c, "input.bad-query-500") {
		return s.refuse(http.StatusInternalServerError, "Internal server error")
	}
	if inCards(c.operation) {
		return s.refuse(http.StatusBadRequest, "The query parameter "+name+" is not valid")
	}
	return s.refuse(s.style.Invalid, "The query parameter "+name+" is not valid")
}

// cutPage takes the page out of things in order of creation. It returns the page and how many things there
// are in all.
func cutPage[T any](s *Server, c *call, things []T, p page, created func(T) millis) ([]T, int) {
	at := func(thing T, bound millis) int {
		if created(thing) < bound {
			return -1
		}
		return 1
	}
	from, _ := slices.BinarySearchFunc(things, p.from, at)
	before, _ := slices.BinarySearchFunc(things, p.before, at)
	if s.faults.Any() {
		before = s.brokenRange(from, before, len(things))
	}
	window := things[min(from, before):before]
	offset, limit := p.offset, p.limit
	if s.faults.Any() {
		offset, limit = s.brokenPage(c, p, len(window))
	}
	start := min(offset, len(window))
	end := start + min(limit, len(window)-start)
	cut := make([]T, 0, end-start+1)
	for i := start; i < end; i++ {
		if p.newestFirst {
			cut = append(cut, window[len(window)-1-i])
		} else {
			cut = append(cut, window[i])
		}
	}
	if s.faults.Any() && len(cut) > 0 {
		if s.faulty(c, "list.first-missing") {
			cut = cut[1:]
		} else if s.faulty(c, "list.entry-twice") {
			cut = append(cut, cut[len(cut)-1])
		}
	}
	return cut, len(window)
}

// pagedList is a page with the headers that tell where in the whole it is.
func (s *Server) pagedList(p page, length, total int, body []byte, headers bool) answer {
	a := answer{status: http.StatusOK, body: body}
	if !headers {
		return a
	}
	offset, limit := p.offset, p.limit
	if s.faults.On("list.echo-wrong") {
		offset, limit = offset+1, limit+1
	}
	count := strconv.Itoa(total)
	switch {
	case s.faults.On("list.total-off-by-one"):
		count = strconv.Itoa(total + 1)
	case s.faults.On("list.total-counts-the-page"):
		count = strconv.Itoa(length)
	case s.faults.On("list.total-not-a-number"):
		count = "many"
	}
	from, most := strconv.Itoa(offset), strconv.Itoa(limit)
	if s.faults.On("list.offset-header-not-a-number") {
		from = "start"
	}
	if s.faults.On("list.limit-header-not-a-number") {
		most = "all"
	}
	return a.with("X-Total-Count", count).with("X-Offset", from).with("X-Limit", most)
}

// wholeList is a list without documented paging: all of it (N-21), oldest first.
func (s *Server) wholeList(c *call, texts [][]byte) answer {
	if s.faults.Any() && len(texts) > 0 {
		if s.faulty(c, "list.whole-list-empty") {
			texts = nil
		} else if s.faulty(c, "list.whole-newest-missing") {
			texts = texts[:len(texts)-1]
		}
	}
	body := append(append([]byte{'['}, bytes.Join(texts, []byte{','})...), ']')
	if s.faulty(c, "list.whole-list-wrapped") {
		body = append(append([]byte(`{"data":`), body...), '}')
	}
	return s.pagedList(page{limit: max(len(texts), 1)}, len(texts), len(texts), body, s.style.HeadersEverywhere)
}
