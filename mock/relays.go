package mock

// createRelay keeps a URL. What a relay then receives and must answer is described nowhere (N-40).
func (s *Server) createRelay(c *call) answer {
	one := &subscription{head: s.store.born(c.caller.id), url: c.text("url")}
	s.store.relays.add(one)
	return s.succeed(c, s.subscriptionText(one))
}
