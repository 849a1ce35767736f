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
	text := fmt.Appendf(nil, `{"id":"%s"`, e.id)
	for _, form := range []struct {
		name   string
		object json.RawMessage
		id     identity
	}{{"person", shown.person, shown.personID}, {"company", shown.company, shown.companyID}} {
		switch {
		case form.object != nil:
			text = fmt.Appendf(text, `,"%s":%s`, form.name, form.object)
		case !s.style.NoFormAbsent:
			text = fmt.Appendf(text, `,"%s":null`, form.name)
		}
		if form.name != "person" || !s.style.PersonIDAbsent {
			text = fmt.Appendf(text, `,"%s_id":%s`, form.name, orNull(form.id))
		}
	}
	return fmt.Appendf(text, `,"metadata":%s}`, shown.metadata)
}

func (s *Server) listEndusers(c *call) answer {
	shown := without(s, "list.no-companies", visible(s, c, &s.store.endusers), func(e *enduser) bool { return e.person == nil })
	return s.wholeList(c, written(shown, func(e *enduser) []byte { return s.enduserText(c, e) }))
}

// personFields and companyFields are the texts of the two forms. Which of them an enduser needs that is not
// for a card is not known (N-32).
var (
	personFields  = []string{"first_name", "last_name", "email", "phone_number", "birthday"}
	companyFields = []string{"name"}
)

// createEnduser takes a person, a company, or both: the page has company beside person (C-18, N-33).
func (s *Server) createEnduser(c *call) answer {
	e := &enduser{metadata: c.objectOr("metadata")}
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
	if text := s.unfit(e); text != "" {
		return s.invalid(c, text)
	}
	if e.person == nil && e.company == nil && !s.style.NoForm {
		if !s.faults.AtField(breachMissing, c.operation.ID, "person") {
			return s.invalid(c, "person or company is required")
		}
		e.person, e.personID = json.RawMessage(stockPerson), s.store.newID()
	}
	if text := s.refusedByFault(c, e); text != "" {
		return s.invalid(c, text)
	}
	if e.company != nil {
		shown := e.companyID
		if s.style.CompanyIDUnlike {
			shown = s.store.newID()
		}
		e.company = withID(e.company, shown)
	}
	e.head = s.store.born(c.caller.id)
	keep(s, "persist.enduser-lost", &s.store.endusers, e)
	status := either(s, http.StatusOK, "status.enduser-created-201", http.StatusCreated)
	return answer{status: status, body: s.enduserText(c, e)}
}

// unfit says what the style finds wrong with an enduser, or "": which fields a person needs (N-32) and whether
// both forms may come together (N-33) is stated nowhere.
func (s *Server) unfit(e *enduser) string {
	if s.style.OneForm && e.person != nil && e.company != nil {
		return "an enduser is a person or a company"
	}
	if !s.style.FullPerson || e.person == nil {
		return ""
	}
	var fields map[string]json.RawMessage
	if json.Unmarshal(e.person, &fields) != nil {
		return "person must be an object"
	}
	for _, name := range personFields[:4] {
		if text, isText := textOf(fields[name]); !isText || text == "" {
			return "person." + name + " is required"
		}
	}
	return ""
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
	return show(s, c, &s.store.endusers, "Enduser", func(e *enduser) []byte { return s.enduserText(c, e) })
}
