package mock

// Event is what a webhook tells: that something happened to an entity, not the entity itself (HOOK-32).
type Event struct {
	ID       string `json:"id"`
	Type     string `json:"type"`
	EntityID string `json:"entity_id"`
	ClientID string `json:"client_id"`
	// CreatedAt is UTC with milliseconds.
	CreatedAt string `json:"created_at"`
}

// transactionCreated is the only type of event that any page shows (HOOK-33).
const transactionCreated = "transaction-create"

// announceMore is announce for the events that no page names; only some styles tell them (N-35).
func (s *Server) announceMore(c *call, kind string, entity identity, at millis) {
	if s.style.MoreEvents {
		s.announce(c, kind, c.caller.id, entity, at)
	}
}

// announce notes an event of a call. It is told when the work is done and the store is free again, so
// whoever listens may call the mock. Owner is the client that hears of it.
func (s *Server) announce(c *call, kind string, owner string, entity identity, at millis) {
	if s.options.OnEvent == nil && !s.postman.wanted() {
		return
	}
	c.events = append(c.events, Event{ID: s.store.newID().String(), Type: kind, EntityID: entity.String(), ClientID: owner,
		CreatedAt: s.moment(at)})
}
