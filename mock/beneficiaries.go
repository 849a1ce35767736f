package mock

import (
	"encoding/json"
	"fmt"
	"net/http"
)

func (s *Server) beneficiaryText(b *beneficiary) []byte {
	text := fmt.Appendf(nil, `{"id":"%s","status":"%s"`, b.id, b.status)
	for _, field := range []string{"bank_name", "bank_country", "bank_code_type", "bank_code", "account_number", "person"} {
		if raw := b.fields[field]; raw != nil {
			text = fmt.Appendf(text, `,"%s":%s`, field, raw)
		}
	}
	text = fmt.Appendf(text, `,"metadata":%s`, b.metadata)
	if s.style.MoreFields {
		text = fmt.Appendf(text, `,"created_at":"%s"`, b.created)
	}
	return append(text, '}')
}

func (s *Server) listBeneficiaries(c *call) answer {
	listed := s.store.beneficiaries.byOwner[c.caller.id]
	if s.faults.On("tenancy.list-shows-all") {
		listed = nil
		for _, b := range s.store.beneficiaries.byID {
			listed = append(listed, b)
		}
	}
	var texts [][]byte
	for _, b := range listed {
		texts = append(texts, s.beneficiaryText(b))
	}
	return s.wholeList(len(texts), listText(texts))
}

func (s *Server) createBeneficiary(c *call) answer {
	b := &beneficiary{id: s.store.newID(), owner: c.caller.id, fields: c.body, status: "ACTIVE", metadata: json.RawMessage("{}"), created: s.store.now()}
	if c.has("metadata") {
		b.metadata = c.body["metadata"]
	}
	if !s.faults.On("persist.beneficiary-lost") {
		s.store.beneficiaries.add(b.id, c.caller.id, b)
	}
	return answer{status: s.style.Created, body: s.beneficiaryText(b)}
}

// createPayID is a placeholder: neither path nor body of the operation is known (N-02).
func (s *Server) createPayID(c *call) answer { return s.createBeneficiary(c) }

func (s *Server) ownBeneficiary(c *call) (*beneficiary, answer, bool) {
	id, refusal, ok := s.identify(c, "Beneficiary")
	if !ok {
		return nil, refusal, false
	}
	b := s.store.beneficiaries.byID[id]
	if b == nil {
		return nil, s.missing("Beneficiary"), false
	}
	if b.owner != c.caller.id && !s.leaks(c) {
		return nil, s.foreign("Beneficiary"), false
	}
	return b, answer{}, true
}

func (s *Server) getBeneficiary(c *call) answer {
	b, refusal, ok := s.ownBeneficiary(c)
	if !ok {
		return refusal
	}
	return answer{status: http.StatusOK, body: s.beneficiaryText(b)}
}

// updateBeneficiary changes what is sent; the rest keeps its value (BENEF-21, C-44).
func (s *Server) updateBeneficiary(c *call) answer {
	b, refusal, ok := s.ownBeneficiary(c)
	if !ok {
		return refusal
	}
	changed := *b
	if c.has("status") {
		changed.status = c.text("status")
	}
	if c.has("metadata") {
		changed.metadata = c.body["metadata"]
	}
	if !c.has("metadata") && s.faults.On("beneficiary.update-clears-the-rest") {
		changed.metadata = json.RawMessage("{}")
	}
	if !s.faults.On("persist.beneficiary-update-lost") {
		*b = changed
	}
	return answer{status: http.StatusOK, body: s.beneficiaryText(&changed)}
}
