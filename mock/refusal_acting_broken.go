package mock

import "regexp"

// uuidLike is the part of an address by which those who sent it know it again.
var uuidLike = regexp.MustCompile(`[0-9a-f]{8}-[0-9a-f-]{27}`)

// actsAllTheSame does what a call asks for although it is refused, where a fault asks for that.
func (s *Server) actsAllTheSame(c *call, refusal answer, sent bool) bool {
	if !s.faults.Any() || !c.operation.Writes() {
		return false
	}
	if !sent && !s.faulty(c, "refusal.acts-without-a-token") || sent && !s.faulty(c, "refusal.acts-on-a-bad-token") {
		return false
	}
	s.welcome(c)
	c.hide = func(answer) answer { return refusal }
	return true
}

// actsOnBadData does what a call asks for with good data, although its own are refused.
func (s *Server) actsOnBadData(c *call) {
	if !s.faults.Any() || !c.operation.Writes() || c.body == nil {
		return
	}
	s.touchedByRefusal(c)
	if s.faulty(c, "refusal.acts-on-bad-data") {
		sent := c.body
		s.forgiveAll(c)
		for field, good := range sent {
			if c.body[field] = good; s.checkBody(c) == "" {
				continue
			}
			if delete(c.body, field); c.operation.Field(field) != nil {
				c.body[field] = s.substitute(c, field)
			}
			if ids := uuidLike.FindString(string(good)); field == "url" && ids != "" {
				c.body[field] = quote("https://substitute.example.test/" + ids)
			}
		}
		s.locked(c)
	}
}

// touchedByRefusal moves the time of change of the thing that a refused call names.
func (s *Server) touchedByRefusal(c *call) {
	id, is := parseID(c.parameter("id"))
	if !is {
		return
	}
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	if w := s.store.wallets.byID[id]; w != nil && s.faults.On("refusal.touches-the-thing") {
		w.updated = s.store.later(w.updated)
	}
	if one := s.store.cards.byID[id]; one != nil && s.faults.On("refusal.touches-the-thing") {
		one.updated = s.store.later(one.updated)
	}
}

// again does the work of a call once more, where a fault makes two of one.
func (s *Server) again(c *call, done answer) answer {
	if !s.faults.Any() || !done.succeeded() || c.operation.Creates == "" {
		return done
	}
	if !c.operation.NeedsKey() && s.faulty(c, "once.makes-two") || c.operation.Section == "Transactions" && s.faulty(c, "once.moves-twice") {
		c.route.handle(c)
	}
	return done
}
