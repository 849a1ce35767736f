package mock

import (
	"bytes"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
)

// page is what a query asks of a list. From and to are bounds of created_at: from is in, before is out.
type page struct {
	from, before  millis
	offset, limit int
	newestFirst   bool
}

// pagingQuery are the documented parameters of a list, in the order in which they are read.
var pagingQuery = []string{"from", "to", "offset", "limit", "order"}

// paging reads the documented query of a list. Bad values are refused or ignored by style
// (N-20), unknown parameters ignored.
func (s *Server) paging(c *call) (page, answer, bool) {
	p := page{from: 0, before: 1 << 62, limit: s.style.DefaultLimit, newestFirst: s.style.NewestFirst}
	for _, name := range pagingQuery {
		given := c.query[name]
		if ok := len(given) == 0 || len(given) == 1 && s.readQuery(c, &p, name, given[0]); !ok && !s.style.BadQueryIgnored {
			return p, s.badQuery(c, name), false
		}
	}
	largest := s.largestPage()
	if c.query.Has("limit") && p.limit > largest && s.style.AboveRefused {
		return p, s.badQuery(c, "limit"), false
	}
	p.limit = min(p.limit, largest)
	return p, answer{}, true
}

// largestPage is that of the options, else that of the style (N-19).
func (s *Server) largestPage() int {
	if s.options.Limits.Page > 0 {
		return s.options.Limits.Page
	}
	return s.style.LargestPage
}

// readQuery reads one parameter into the page; false means that its value is bad.
func (s *Server) readQuery(c *call, p *page, name, text string) bool {
	name = s.brokenParameter(c, name)
	switch name {
	case "from", "to":
		moment, err := time.Parse(time.RFC3339Nano, strings.ToUpper(text))
		if err != nil {
			return false
		}
		moment = s.zoned(c, moment)
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
		if err != nil || number < 0 || number == 0 && !s.style.BadQueryIgnored {
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
	return s.refuse(s.invalidStatus(c), "The query parameter "+name+" is not valid")
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
	p = s.brokenCombination(c, p)
	from, _ := slices.BinarySearchFunc(things, p.from, at)
	before, _ := slices.BinarySearchFunc(things, p.before, at)
	before = s.brokenRange(from, before, len(things))
	window := things[min(from, before):before]
	offset, limit := s.brokenPage(c, p, len(window))
	start := min(offset, len(window))
	end := start + min(limit, len(window)-start)
	start, end = s.brokenStretch(c, p, start, end, len(window))
	cut := make([]T, 0, end-start+1)
	for i := start; i < end; i++ {
		if p.newestFirst {
			cut = append(cut, window[len(window)-1-i])
		} else {
			cut = append(cut, window[i])
		}
	}
	return brokenCut(s, c, cut), len(window)
}

// counts are how many entries a page has, how many match the query, and how many there are.
type counts struct{ page, matching, all int }

// totalOf is what X-Total-Count says (C-41).
func (s *Server) totalOf(of counts) int {
	switch s.style.Total {
	case "page":
		return of.page
	case "all":
		return of.all
	}
	return of.matching
}

// pagedList is a page with the headers that tell where in the whole it is.
func (s *Server) pagedList(c *call, p page, of counts, body []byte) answer {
	status, _ := s.successOf(c)
	a := answer{status: status, body: s.wrapped(c, body, of.matching)}
	if s.style.PagingHeaders == "none" || s.style.PagingHeaders == "cards" && c.operation.ID != "cards-list" {
		return a
	}
	if s.style.Total != "absent" {
		a = a.with("X-Total-Count", s.brokenTotal(of, strconv.Itoa(s.totalOf(of))))
	}
	from, most := s.brokenEcho(p.offset, p.limit)
	return a.with("X-Offset", from).with("X-Limit", most)
}

// unsaidPage is the page of the lists without documented paging, in the style that has one.
const unsaidPage = 50

// wholeList is a list without documented paging: all of it, oldest first, unless the style has pages or another
// order (N-21).
func (s *Server) wholeList(c *call, texts [][]byte) answer {
	texts = s.brokenWhole(c, texts)
	of := counts{len(texts), len(texts), len(texts)}
	if s.style.WholeListsNewestFirst {
		slices.Reverse(texts)
	}
	p := page{limit: max(len(texts), 1)}
	if s.style.PagesUnsaid && c.operation.ID != "card-programs-list" {
		p = page{limit: unsaidPage}
		for name, into := range map[string]*int{"offset": &p.offset, "limit": &p.limit} {
			if number, err := strconv.Atoi(c.query.Get(name)); err == nil && number >= 0 {
				*into = min(number, unsaidPage*unsaidPage)
			}
		}
		start := min(p.offset, len(texts))
		texts = texts[start:min(start+p.limit, len(texts))]
		of.page = len(texts)
	}
	body := append(append([]byte{'['}, bytes.Join(texts, []byte{','})...), ']')
	return s.pagedList(c, p, of, s.brokenWrapping(c, body))
}
