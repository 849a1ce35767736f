package mock

import (
	"bytes"
	"encoding/json"
	"net/http"
	"strings"

	"github.com/kobcheck/kobcheck/mock/fault"
)

func faultID(text string) fault.ID { return fault.ID(text) }

// spoil lets the faults that are about any answer at all change it, after the work was done rightly:
// statuses, media types, and single fields of a success (ids such as field.cards-get.status.missing).
func (s *Server) spoil(c *call, a answer) answer {
	succeeded := a.status >= 200 && a.status < 300
	if succeeded && s.faults.On("http.text-media-type") {
		a.label = "text/html; charset=utf-8"
	}
	if succeeded && s.faults.On("http.not-json") {
		a.body = append([]byte("ok "), a.body...)
	}
	if succeeded && s.faults.On("http.repeated-member") && bytes.HasPrefix(a.body, []byte("{")) {
		a.body = append([]byte(`{"id":"x",`), a.body[1:]...)
	}
	if succeeded && s.faults.On("status.success-as-202") {
		a.status = http.StatusAccepted
	}
	if s.faults.On("status.no-body") && succeeded {
		a.body = nil
	}
	if s.faults.On("http.bad-retry-after") {
		a = a.with("Retry-After", "soon")
	}
	if s.faults.On("leak.token") && succeeded {
		a.body = replaceMember(a.body, "note", quoteText(strings.TrimPrefix(c.header.Get("Authorization"), "Bearer ")))
	}
	for _, id := range s.faults.WithPrefix("field." + c.operation.ID + ".") {
		if succeeded && s.faults.On(id) {
			a.body = spoilField(a.body, strings.Split(string(id), "."))
		}
	}
	return a
}

// spoilField breaks one field of an object, or of each object of a list.
func spoilField(body []byte, id []string) []byte {
	if len(id) != 4 {
		return body
	}
	field, how := id[2], id[3]
	var list []map[string]json.RawMessage
	if json.Unmarshal(body, &list) == nil {
		for _, object := range list {
			spoilMember(object, field, how)
		}
		return encoded(list, body)
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) != nil {
		return body
	}
	spoilMember(object, field, how)
	return encoded(object, body)
}

func encoded(value any, otherwise []byte) []byte {
	raw, err := json.Marshal(value)
	if err != nil {
		return otherwise
	}
	return raw
}

func spoilMember(object map[string]json.RawMessage, field, how string) {
	value, there := object[field]
	if !there {
		return
	}
	switch how {
	case "missing":
		delete(object, field)
	case "null":
		object[field] = json.RawMessage("null")
	case "renamed":
		delete(object, field)
		object[field+"_"] = value
	case "mistyped":
		if value[0] == '"' || string(value) == "null" {
			object[field] = json.RawMessage("4711")
		} else {
			object[field] = json.RawMessage(`"4711"`)
		}
	case "off-enum":
		object[field] = json.RawMessage(`"SOMETHING_ELSE"`)
	case "malformed":
		object[field] = json.RawMessage(`"2025-01-14"`)
	}
}

// replaceMember sets a member of an object to a JSON text.
func replaceMember(body []byte, name, text string) []byte {
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) != nil || object == nil {
		return body
	}
	object[name] = json.RawMessage(text)
	return encoded(object, body)
}
