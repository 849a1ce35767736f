package mock

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// clientText writes a client. Only its two statuses and the room for metadata are documented (N-23).
func (s *Server) clientText(c *client) []byte {
	text := fmt.Appendf(nil, `{"id":"%s","status":"%s","metadata":%s`, c.id, c.status, c.metadata)
	if s.style.MoreFields {
		text = fmt.Appendf(text, `,"name":%s,"created_at":"%s","updated_at":"%s"`, quoteText(c.name), c.created, c.updated)
	}
	return append(text, '}')
}

func (s *Server) listClients(*call) answer {
	var texts [][]byte
	for _, c := range s.store.clientOrder {
		texts = append(texts, s.clientText(c))
	}
	return s.wholeList(len(texts), listText(texts))
}

func (s *Server) getClient(c *call) answer {
	found, refusal, ok := s.clientInPath(c)
	if !ok {
		return refusal
	}
	return answer{status: http.StatusOK, body: s.clientText(found)}
}

func (s *Server) clientInPath(c *call) (*client, answer, bool) {
	id, refusal, ok := s.identify(c, "Client")
	if !ok {
		return nil, refusal, false
	}
	found := s.store.clients[id.String()]
	if found == nil {
		return nil, s.missing("Client"), false
	}
	return found, answer{}, true
}

// createClient takes any object: no page gives its fields (N-31).
func (s *Server) createClient(c *call) answer {
	made := s.addClient(c.text("name"), "client/read client/write")
	if c.has("metadata") {
		made.metadata = c.body["metadata"]
	}
	return answer{status: s.style.Created, body: s.clientText(made)}
}

func (s *Server) addClient(name, allowed string) *client {
	now := s.store.now()
	made := &client{id: s.store.newID().String(), secret: s.store.newID().String() + "-secret", allowed: allowed, name: name,
		status: "ACTIVE", metadata: json.RawMessage("{}"), created: now, updated: now}
	s.store.clients[made.id] = made
	s.store.clientOrder = append(s.store.clientOrder, made)
	return made
}

func (s *Server) updateClientStatus(c *call) answer {
	found, refusal, ok := s.clientInPath(c)
	if !ok {
		return refusal
	}
	changed := *found
	changed.status, changed.updated = c.text("status"), s.store.later(found.updated)
	if !s.faults.On("persist.client-status-lost") {
		*found = changed
	}
	return answer{status: http.StatusOK, body: s.clientText(&changed)}
}
