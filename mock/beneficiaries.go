package mock

import (
	"encoding/json"
	"fmt"
)

// bankFields are the fields of a beneficiary that come back as they were sent. Only id and status of the
// answer are known, and those from an integrator (BENEF-14, N-23).
var bankFields = []string{"bank_name", "bank_country", "bank_code_type", "bank_code", "account_number", "person"}

func (s *Server) beneficiaryText(b *beneficiary) []byte {
	text := fmt.Appendf(nil, `{"id":"%s","status":"%s"`, b.id, b.status)
	if s.style.BeneficiaryFields == "none" {
		return append(text, '}')
	}
	for _, field := range b.fields {
		text = fmt.Appendf(text, `,"%s":%s`, field.name, field.value)
	}
	text = fmt.Appendf(text, `,"metadata":%s`, b.metadata)
	if s.style.BeneficiaryFields == "more" {
		text = fmt.Appendf(text, `,"created_at":"%s"`, s.moment(b.created))
	}
	return append(text, '}')
}

func (s *Server) listBeneficiaries(c *call) answer {
	return s.wholeList(c, written(s.listedBeneficiaries(visible(s, c, &s.store.beneficiaries)), s.beneficiaryText))
}

func (s *Server) createBeneficiary(c *call) answer {
	if c.has("person") {
		if text := checkMembers(c.body["person"], "person", []string{"name"}); text != "" {
			return s.invalid(c, text)
		}
	}
	b := &beneficiary{head: s.store.born(c.caller.id), status: "ACTIVE", metadata: c.objectOr("metadata")}
	for _, name := range bankFields {
		if value := c.body[name]; value != nil {
			b.fields = append(b.fields, member{name, value})
		}
	}
	if b.metadata[0] != '{' {
		return s.invalid(c, "metadata must be an object")
	}
	keep(s, "persist.beneficiary-lost", &s.store.beneficiaries, b)
	return s.succeed(c, s.beneficiaryText(b))
}

func (s *Server) getBeneficiary(c *call) answer {
	return show(s, c, &s.store.beneficiaries, "Beneficiary", s.beneficiaryText)
}

// updateBeneficiary changes what is sent; the rest keeps its value unless the style clears it (BENEF-21, C-44).
func (s *Server) updateBeneficiary(c *call) answer {
	b, refusal, ok := own(s, c, &s.store.beneficiaries, "Beneficiary")
	if !ok {
		return refusal
	}
	changed := *b
	if s.style.UpdateClears || s.faults.On("beneficiary.update-clears-the-rest") {
		changed.status, changed.metadata = "ACTIVE", json.RawMessage("{}")
	}
	if c.has("status") {
		changed.status = c.text("status")
	}
	if c.has("metadata") {
		changed.metadata = c.body["metadata"]
	}
	if !s.faults.On("persist.beneficiary-update-lost") {
		*b = changed
	}
	return s.succeed(c, s.beneficiaryText(&changed))
}
