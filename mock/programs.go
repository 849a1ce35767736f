package mock

import (
	"encoding/json"
	"fmt"
)

// everyone owns the programs: they are set up together with Kobble (CARD-PRE-19) and no page gives them an
// owner.
const everyone = ""

func (s *Server) programText(p *program) []byte {
	return fmt.Appendf(nil, `{"id":"%s","type":"%s","created_at":"%s","updated_at":"%s","status":"%s",`+
		`"partner_product":"KOBBLE_DEBIT_1","metadata":%s}`,
		p.id, p.kind, s.moment(p.created), s.moment(p.updated), p.status, s.brokenProgram(p.metadata))
}

func (s *Server) listPrograms(c *call) answer {
	return s.wholeList(c, written(s.store.programs.byOwner[everyone], s.programText))
}

// createProgram makes a program, ACTIVE or not by style (C-25). Metadata is held against the product (CARD-PRE-15 to
// 18).
func (s *Server) createProgram(c *call) answer {
	if !validMetadata(c.body["metadata"]) && !s.takesUnfit(c.body["metadata"]) {
		return s.invalid(c, "metadata must have the texts parent_account_id and product_id, "+
			"and may have group_id, a list of texts")
	}
	if text := s.brokenMetadataCheck(c.body["metadata"]); text != "" {
		return s.invalid(c, text)
	}
	p := &program{head: s.store.born(everyone), kind: c.text("type"), status: s.style.NewProgram, metadata: c.body["metadata"]}
	keep(s, "persist.program-lost", &s.store.programs, p)
	return s.succeed(c, s.programText(p))
}

func (s *Server) getProgram(c *call) answer {
	id, refusal, ok := s.identify(c, "Program")
	if !ok {
		return refusal
	}
	p := s.store.programs.byID[id]
	if p == nil {
		return s.missing(c, "Program")
	}
	return s.succeed(c, s.programText(p))
}

// stockProgram makes a program as it is, valid or not.
func (s *Server) stockProgram(status, metadata string) *program {
	p := &program{head: s.store.born(everyone), kind: "VIRTUAL", status: status, metadata: json.RawMessage(metadata)}
	s.store.programs.add(p)
	return p
}
