package mock

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"fmt"
)

// clientText writes a client. Only its two statuses and the room for metadata are documented (N-23); its
// secret is never shown.
func (s *Server) clientText(c *client) []byte {
	text := fmt.Appendf(nil, `{"id":"%s"`, c.id)
	if s.style.ClientFields == "none" {
		return append(text, '}')
	}
	text = fmt.Appendf(text, `,"status":"%s","metadata":%s`, c.status, c.metadata)
	if s.style.ClientFields == "more" {
		text = fmt.Appendf(text, `,"name":%s,"created_at":"%s","updated_at":"%s"`, quote(c.name), s.moment(c.created),
			s.moment(c.updated))
	}
	return append(text, '}')
}

func (s *Server) listClients(c *call) answer {
	return s.wholeList(c, written(s.store.clientOrder, s.clientText))
}

func (s *Server) getClient(c *call) answer {
	found, refusal, ok := s.clientInPath(c)
	if !ok {
		return refusal
	}
	return s.succeed(c, s.clientText(found))
}

func (s *Server) clientInPath(c *call) (*client, answer, bool) {
	id, refusal, ok := s.identify(c, "Client")
	if !ok {
		return nil, refusal, false
	}
	found := s.store.clients[id.String()]
	if found == nil {
		return nil, s.missing(c, "Client"), false
	}
	return found, answer{}, true
}

// createClient takes any object: no page gives its fields (N-31). Name and metadata are kept.
func (s *Server) createClient(c *call) answer {
	made := s.newClient(c.text("name"), "client/read", "client/write")
	made.metadata = c.objectOr("metadata")
	if made.metadata[0] != '{' {
		return s.invalid(c, "metadata must be an object")
	}
	if !s.faults.On("persist.client-lost") {
		s.addClient(made)
	}
	return s.succeed(c, s.clientText(made))
}

func (s *Server) newClient(name string, scopes ...string) *client {
	now := s.store.now()
	id, secret := s.store.newID().String(), s.store.newID().String()
	if s.options.Secret != "" {
		mac := hmac.New(sha256.New, []byte(s.options.Secret))
		_, _ = mac.Write([]byte(name)) // it never fails
		secret = hex.EncodeToString(mac.Sum(nil))
	}
	return &client{id: id, secret: "secret-" + secret, scopes: scopes, name: name,
		status: "ACTIVE", metadata: json.RawMessage("{}"), created: now, updated: now}
}

func (s *Server) addClient(made *client) {
	s.store.clients[made.id] = made
	s.store.clientOrder = append(s.store.clientOrder, made)
}

// updateClientStatus changes the status and nothing else (C-42). A client that is INACTIVE gets no tokens
// and its tokens no longer serve.
func (s *Server) updateClientStatus(c *call) answer {
	found, refusal, ok := s.clientInPath(c)
	if !ok {
		return refusal
	}
	changed := *found
	changed.status, changed.updated = c.text("status"), s.store.later(found.updated)
	if !s.faults.On("persist.client-status-lost") {
		found.status, found.updated = changed.status, changed.updated
	}
	return s.succeed(c, s.clientText(&changed))
}
