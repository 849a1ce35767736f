package mock

import (
	"encoding/json"
	"fmt"
	"net/http"
)

// everyone owns the programs: they are set up together with Kobble and no page gives them an owner.
const everyone = ""

func (s *Server) programText(p *program) []byte {
	return fmt.Appendf(nil, `{"id":"%s","type":"%s","created_at":"%s","updated_at":"%s","status":"%s","partner_product":"KOBBLE_DEBIT_1","metadata":%s}`,
		p.id, p.kind, p.created, p.updated, p.status, p.metadata)
}

func (s *Server) listPrograms(*call) answer {
	var texts [][]byte
	for _, p := range s.store.programs.byOwner[everyone] {
		texts = append(texts, s.programText(p))
	}
	return s.wholeList(len(texts), listText(texts))
}

func (s *Server) createProgram(c *call) answer {
	if !oneOf([]string{"VIRTUAL", "PHYSICAL"}, c.text("type")) && !s.faults.On("input.enum-not-checked") && !s.faults.On("input.required-not-checked") {
		return s.invalid(c, "type must be VIRTUAL or PHYSICAL")
	}
	if c.text("partner_product") != "KOBBLE_DEBIT_1" && !s.faults.On("input.enum-not-checked") && !s.faults.On("input.required-not-checked") {
		return s.invalid(c, "partner_product must be KOBBLE_DEBIT_1")
	}
	if !validMetadata(c.body["metadata"]) && !s.faults.On("program.metadata-not-checked") {
		return s.invalid(c, "metadata must have parent_account_id and product_id")
	}
	p := s.addProgram(c.text("type"), "ACTIVE", string(c.body["metadata"]))
	return answer{status: s.style.Created, body: s.programText(p)}
}

func (s *Server) addProgram(kind, status, metadata string) *program {
	now := s.store.now()
	p := &program{id: s.store.newID(), kind: kind, status: status, metadata: json.RawMessage(metadata), created: now, updated: now}
	s.store.programs.add(p.id, everyone, p)
	return p
}

func (s *Server) getProgram(c *call) answer {
	id, refusal, ok := s.identify(c, "Program")
	if !ok {
		return refusal
	}
	p := s.store.programs.byID[id]
	if p == nil {
		return s.missing("Program")
	}
	return answer{status: http.StatusOK, body: s.programText(p)}
}
