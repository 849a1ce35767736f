package mock

// createRelay keeps a URL. What a relay then receives and must answer is described nowhere (N-40).
func (s *Server) createRelay(c *call) answer {
	one := &subscription{id: s.store.newID(), owner: c.caller.id, url: c.text("url"), created: s.store.now()}
	s.store.relays.add(one.id, c.caller.id, one)
	return s.succeed(c, s.subscriptionText(one))
}
