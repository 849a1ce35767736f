package mock

import (
	"bytes"
	"encoding/json"
	"math"
	"strings"
)

// refusedByFault refuses a good enduser where a fault asks for it.
func (s *Server) refusedByFault(c *call, e *enduser) string {
	switch {
	case !s.faults.Any():
		return ""
	case c.body["metadata"] == nil && s.faults.On("metadata.required"):
		return "metadata is required"
	case bytes.ContainsAny(e.metadata[1:], "{[") && s.faults.On("metadata.validated"):
		return "metadata may hold texts only"
	case refuses(e.metadata, noAddress) && s.faults.On("metadata.known-names-checked"):
		return "metadata.email must be an address"
	case refuses(e.metadata, dollarOrDot) && s.faults.On("metadata.dollar-names-refused"):
		return "metadata must not have names with $ or ."
	case refuses(e.metadata, beyondFifty) && s.faults.On("metadata.many-members-refused"):
		return "metadata may have 50 members"
	case e.person == nil && s.faults.On("enduser.company-refused"):
		return "person is required"
	}
	return ""
}

// brokenEnduser is an enduser as answers show it, with what the faults make of it.
func (s *Server) brokenEnduser(c *call, e enduser) enduser {
	if e.person != nil && s.faults.On("enduser.no-person-id") {
		e.personID = identity{}
	}
	if e.company != nil && s.faults.On("enduser.no-company-id") {
		e.companyID = identity{}
	}
	if e.person != nil && s.faults.On("enduser.person-changed") {
		var person map[string]any
		if json.Unmarshal(e.person, &person) == nil {
			family, _ := person["last_name"].(string)
			e.person = setMember(e.person, "last_name", quote(strings.ToUpper(family)))
		}
	}
	e.metadata = s.rewrittenMetadata(e, s.brokenMetadata(c, e.metadata))
	return e
}

func (s *Server) brokenMetadata(c *call, metadata json.RawMessage) json.RawMessage {
	empty := string(metadata) == "{}"
	switch {
	case empty && s.faults.On("metadata.null-when-left-out"):
		return json.RawMessage("null")
	case !empty && s.faults.On("metadata.dropped"):
		return json.RawMessage("{}")
	case !empty && !c.operation.Writes() && s.faults.On("metadata.changed-when-read"):
		return json.RawMessage("{}")
	case s.faults.On("metadata.changed"):
		return setMember(metadata, "seen", json.RawMessage("true"))
	case bytes.Contains(metadata, []byte(".")) && s.faults.On("metadata.numbers-rounded"):
		return mapped(metadata, func(value any) (any, bool) {
			if number, ok := value.(float64); ok {
				return math.Round(number), true
			}
			return value, true
		})
	case bytes.Contains(metadata, []byte("null")) && s.faults.On("metadata.nulls-dropped"):
		return mapped(metadata, func(value any) (any, bool) { return value, value != nil })
	case !isASCII(metadata) && s.faults.On("metadata.not-ascii-lost"):
		return mapped(metadata, func(value any) (any, bool) {
			if text, ok := value.(string); ok {
				return strings.Map(func(r rune) rune {
					if r > 126 {
						return '?'
					}
					return r
				}, text), true
			}
			return value, true
		})
	}
	return metadata
}

func isASCII(text []byte) bool {
	return !bytes.ContainsFunc(text, func(r rune) bool { return r > 126 })
}

// mapped puts every value inside a JSON text through a function, which may drop members of objects.
func mapped(text json.RawMessage, change func(any) (value any, kept bool)) json.RawMessage {
	var value any
	if json.Unmarshal(text, &value) != nil {
		return text
	}
	return encoded(descend(value, change), text)
}

func descend(value any, change func(any) (any, bool)) any {
	switch value := value.(type) {
	case map[string]any:
		for name, inner := range value {
			made, kept := change(descend(inner, change))
			if !kept {
				delete(value, name)
				continue
			}
			value[name] = made
		}
	case []any:
		for i, inner := range value {
			value[i], _ = change(descend(inner, change))
		}
	}
	return value
}
