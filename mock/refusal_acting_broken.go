package mock

// actsAllTheSame does what a call asks for although it is refused, where a fault asks for that.
func (s *Server) actsAllTheSame(c *call, refusal answer, sent bool) bool {
	if !s.faults.Any() || !c.operation.Writes() {
		return false
	}
	if !sent && !s.faults.On("refusal.acts-without-a-token") || sent && !s.faults.On("refusal.acts-on-a-bad-token") {
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
	if s.faults.On("refusal.acts-on-bad-data") {
		known := c.body
		s.forgiveAll(c)
		for _, field := range []string{"wallet_id", "from", "to", "holder_id"} {
			id, _ := textOf(known[field])
			if _, is := parseID(id); is {
				c.body[field] = known[field]
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
