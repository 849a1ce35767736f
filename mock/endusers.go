package mock

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
)

// enduserText writes an enduser as its page shows it (api-10192225).
func (s *Server) enduserText(e *enduser) []byte {
	metadata := e.metadata
	if s.faults.On("metadata.dropped") {
		metadata = json.RawMessage("{}")
	}
	if s.faults.On("metadata.changed") {
		metadata = append([]byte(`{"seen":true`), append(commaUnlessEmpty(metadata), metadata[1:]...)...)
	}
	return fmt.Appendf(nil, `{"id":"%s","person":%s,"person_id":%s,"company":%s,"company_id":%s,"metadata":%s}`,
		e.id, textOrNull(e.person), orNull(e.personID), textOrNull(e.company), orNull(e.companyID), metadata)
}

func commaUnlessEmpty(object []byte) []byte {
	if len(bytes.TrimSpace(object[1:len(object)-1])) == 0 {
		return nil
	}
	return []byte(",")
}

func textOrNull(raw json.RawMessage) string {
	if raw == nil {
		return "null"
	}
	return string(raw)
}

func (s *Server) listEndusers(c *call) answer {
	endusers := s.store.endusers.byOwner[c.caller.id]
	if s.faults.On("tenancy.list-shows-all") {
		endusers = nil
		for _, e := range s.store.endusers.byID {
			endusers = append(endusers, e)
		}
	}
	var texts [][]byte
	for _, e := range endusers {
		texts = append(texts, s.enduserText(e))
	}
	return s.wholeList(len(texts), listText(texts))
}

func listText(texts [][]byte) []byte {
	return append(append([]byte{'['}, bytes.Join(texts, []byte{','})...), ']')
}

// personFields are the texts of a person.
var personFields = []string{"first_name", "last_name", "email", "phone_number", "birthday"}

// createEnduser takes a person or a company, as the two forms of the page have it (C-18).
func (s *Server) createEnduser(c *call) answer {
	e := &enduser{owner: c.caller.id, metadata: json.RawMessage("{}")}
	if c.has("metadata") {
		e.metadata = c.body["metadata"]
	}
	if _, sent := c.body["metadata"]; !sent && s.faults.On("metadata.required") {
		return s.invalid(c, "metadata is required")
	}
	for _, form := range []struct {
		name   string
		fields []string
		object *json.RawMessage
		id     *identity
	}{{"person", personFields, &e.person, &e.personID}, {"company", []string{"name"}, &e.company, &e.companyID}} {
		if !c.has(form.name) {
			continue
		}
		if message := s.checkMembers(c.body[form.name], form.name, form.fields); message != "" {
			return s.invalid(c, message)
		}
		*form.object, *form.id = c.body[form.name], s.store.newID()
	}
	if e.person == nil && e.company == nil && !s.faults.On("input.required-not-checked") {
		return s.invalid(c, "person or company is required")
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
	return answer{status: status, body: s.enduserText(e)}
}

// checkMembers checks that an object holds texts where texts belong.
func (s *Server) checkMembers(raw json.RawMessage, name string, fields []string) string {
	if s.faults.On("input.type-not-checked") {
		return ""
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(raw, &object) != nil || object == nil {
		return name + " must be an object"
	}
	for _, field := range fields {
		value, there := object[field]
		var text string
		if there && json.Unmarshal(value, &text) != nil {
			return name + "." + field + " must be a string"
		}
	}
	return ""
}

// withID puts the id of a company into its object, as the sample of the page shows.
func withID(object json.RawMessage, id identity) json.RawMessage {
	return append([]byte(`{"id":"`+id.String()+`"`), append(commaUnlessEmpty(object), bytes.TrimSpace(object)[1:]...)...)
}

func (s *Server) getEnduser(c *call) answer {
	id, refusal, ok := s.identify(c, "Enduser")
	if !ok {
		return refusal
	}
	e := s.store.endusers.byID[id]
	if e == nil {
		return s.missing("Enduser")
	}
	if e.owner != c.caller.id && !s.leaks(c) {
		return s.foreign("Enduser")
	}
	return answer{status: http.StatusOK, body: s.enduserText(e)}
}
