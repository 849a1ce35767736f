package mock

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
)

// enduserText writes an enduser as its page shows it (api-10192225). Metadata comes back as it was sent.
func (s *Server) enduserText(c *call, e *enduser) []byte {
	shown := *e
	if s.faults.Any() {
		shown = s.brokenEnduser(c, shown)
	}
	return fmt.Appendf(nil, `{"id":"%s","person":%s,"person_id":%s,"company":%s,"company_id":%s,"metadata":%s}`,
		e.id, textOrNull(shown.person), orNull(shown.personID), textOrNull(shown.company), orNull(shown.companyID), shown.metadata)
}

func textOrNull(raw json.RawMessage) string {
	if raw == nil {
		return "null"
	}
	return string(raw)
}

func (e *enduser) createdAt() millis { return e.created }

func (s *Server) listEndusers(c *call) answer {
	var texts [][]byte
	for _, e := range visible(s, c, &s.store.endusers, (*enduser).createdAt) {
		texts = append(texts, s.enduserText(c, e))
	}
	return s.wholeList(c, texts)
}

// personFields and companyFields are the texts of the two forms. Which of them an enduser needs that is not
// for a card is not known (N-32).
var (
	personFields  = []string{"first_name", "last_name", "email", "phone_number", "birthday"}
	companyFields = []string{"name"}
)

// createEnduser takes a person, a company, or both: the page has company beside person (C-18, N-33).
func (s *Server) createEnduser(c *call) answer {
	e := &enduser{owner: c.caller.id, metadata: c.objectOr("metadata")}
	for _, form := range []struct {
		name   string
		fields []string
		object *json.RawMessage
		id     *identity
	}{{"person", personFields, &e.person, &e.personID}, {"company", companyFields, &e.company, &e.companyID}} {
		if !c.has(form.name) {
			continue
		}
		if text := checkMembers(c.body[form.name], form.name, form.fields); text != "" {
			if !s.faults.AtField(breachType, c.operation.ID, form.name) {
				return s.invalid(c, text)
			}
			c.body[form.name] = json.RawMessage(stockPerson)
		}
		*form.object, *form.id = c.body[form.name], s.store.newID()
	}
	if e.person == nil && e.company == nil {
		if !s.faults.AtField(breachMissing, c.operation.ID, "person") {
			return s.invalid(c, "person or company is required")
		}
		e.person, e.personID = json.RawMessage(stockPerson), s.store.newID()
	}
	if text := s.refusedByFault(c, e); text != "" {
		return s.invalid(c, text)
	}
	if e.company != nil {
		e.company = withID(e.company, e.companyID)
	}
	e.id, e.created = s.store.newID(), s.store.now()
	if !s.faults.On("persist.enduser-lost") {
		s.store.endusers.add(e.id, c.caller.id, e)
	}
	status := http.StatusOK
	if s.faults.On("status.enduser-created-201") {
		status = http.StatusCreated
	}
	return answer{status: status, body: s.enduserText(c, e)}
}

// checkMembers checks that an object holds texts where texts belong.
func checkMembers(raw json.RawMessage, name string, fields []string) string {
	var object map[string]json.RawMessage
	if raw[0] != '{' || json.Unmarshal(raw, &object) != nil {
		return name + " must be an object"
	}
	for _, field := range fields {
		value, there := object[field]
		if !there || string(value) == "null" {
			continue
		}
		if _, isText := textOf(value); !isText {
			return name + "." + field + " must be a string"
		}
	}
	return ""
}

// withID puts the id of a company into its object, as the sample of the page shows (ENDUSER-20). An id that
// the caller sent gives way.
func withID(object json.RawMessage, id identity) json.RawMessage {
	var members map[string]json.RawMessage
	if json.Unmarshal(object, &members) == nil && members["id"] != nil {
		return setMember(object, "id", quote(id.String()))
	}
	rest := bytes.TrimSpace(object)[1:]
	text := append([]byte(`{"id":"`), id.String()...)
	text = append(text, '"')
	if !bytes.Equal(bytes.TrimSpace(rest), []byte("}")) {
		text = append(text, ',')
	}
	return append(text, rest...)
}

func (s *Server) getEnduser(c *call) answer {
	e, refusal, ok := own(s, c, &s.store.endusers, "Enduser")
	if !ok {
		return refusal
	}
	return answer{status: http.StatusOK, body: s.enduserText(c, e)}
}
