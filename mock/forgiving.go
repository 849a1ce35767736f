package mock

import (
	"encoding/json"
	"slices"

	"github.com/kobcheck/kobcheck/contract"
)

// forgive puts a good value in the place of a bad one, so that an operation whose check a fault took away
// goes on as an API without that check would: it succeeds.
func (s *Server) forgive(c *call, field string) {
	c.body[field] = s.substitute(c, field)
}

// shownAsItCame takes a field of another type and shows it so, where a fault asks for that.
func (s *Server) shownAsItCame(c *call, field string) bool {
	if !s.faulty(c, "input.shown-as-it-came") {
		return false
	}
	came := c.body[field]
	s.forgive(c, field)
	earlier := c.hide
	c.hide = func(a answer) answer {
		if earlier != nil {
			a = earlier(a)
		}
		if a.succeeded() {
			a.body = setMember(a.body, field, came)
		}
		return a
	}
	return true
}

// forgiveAll makes a whole body of good values.
func (s *Server) forgiveAll(c *call) {
	c.body = map[string]json.RawMessage{}
	for _, field := range c.operation.Body.Fields {
		if field.Required == contract.Yes || slices.Contains(needed[c.operation.ID], field.Name) {
			s.forgive(c, field.Name)
		}
	}
}

func (s *Server) substitute(c *call, field string) json.RawMessage {
	if list := values[c.operation.ID+"."+field]; len(list) > 0 {
		return quote(list[0])
	}
	switch field {
	case "wallet_id", "from", "to", "holder_id":
		return quote(s.spare(c, field).String())
	case "program_id":
		return quote(s.inventory.Programs["ok"])
	case "amount":
		return json.RawMessage("1")
	case "person":
		return json.RawMessage(stockPerson)
	case "metadata":
		if c.operation.ID == "card-programs-create" {
			return json.RawMessage(goodProgramMetadata)
		}
		return json.RawMessage("{}")
	case "url":
		return quote("https://substitute.example.test/")
	case "bank_country":
		return quote("AUS")
	}
	if known := c.operation.Field(field); known != nil && len(known.Enum) > 0 {
		return quote(known.Enum[0])
	}
	return quote("substitute")
}

// spare makes an enduser or a wallet with money on it for the caller.
func (s *Server) spare(c *call, field string) identity {
	s.store.mu.Lock()
	defer s.store.mu.Unlock()
	owner := c.caller
	if owner == nil {
		owner = s.store.clients[s.inventory.Clients["primary"].ID]
	}
	holder := s.stockEnduser(owner, true)
	if field == "holder_id" {
		return holder.id
	}
	return s.stockWallet(owner, holder.id, 1_000_000).id
}
