package mock

import (
	"bytes"
	"encoding/json"
	"fmt"
	"hash/fnv"
	"net/http"
	"strconv"
	"strings"
	"time"
)

// nouns are what the things of a section are called in an envelope that is named after them.
var nouns = map[string]struct{ one, many string }{
	"Beneficiaries": {"beneficiary", "beneficiaries"}, "Cards": {"card", "cards"},
	"Card Programs": {"program", "programs"},
	"Clients":       {"client", "clients"},
	"Endusers":      {"enduser", "endusers"}, "Transactions": {"transaction", "transactions"},
	"Wallets":  {"wallet", "wallets"},
	"Relays":   {"relay", "relays"},
	"Webhooks": {"webhook", "webhooks"},
}

// succeed is a success of which no page gives everything: its status, its envelope and whether a body comes at
// all are the style's (N-22).
func (s *Server) succeed(c *call, body []byte) answer {
	status, bodiless := s.successOf(c)
	if bodiless {
		return answer{status: status}
	}
	a := answer{status: status, body: body}
	switch s.style.Objects[c.operation.ID] {
	case "data":
		a.body = fmt.Appendf(nil, `{"data":%s}`, body)
	case "named":
		a.body = fmt.Appendf(nil, `{"%s":%s}`, nouns[c.operation.Section].one, body)
	}
	return s.located(c, a, body)
}

// successOf is the status of a success, 200 where the style says nothing else.
func (s *Server) successOf(c *call) (status int, bodiless bool) {
	text, bodiless := strings.CutSuffix(s.style.Success[c.operation.ID], "-bodiless")
	status, err := strconv.Atoi(text)
	if err != nil {
		status = http.StatusOK
	}
	return status, bodiless
}

// located names what was made in Location, where there is an operation that reads it.
func (s *Server) located(c *call, a answer, body []byte) answer {
	id, found := bytes.CutPrefix(body, []byte(`{"id":"`))
	if s.style.Location == "absent" || a.status != http.StatusCreated || !found || len(id) < 36 ||
		c.operation.Section == "Relays" ||
		c.operation.Section == "Webhooks" {
		return a
	}
	collection := 3 // such as customers/v1/cards
	if c.parts[0] == "api" {
		collection = 2
	}
	path := "/" + strings.Join(c.parts[:collection], "/") + "/" + string(id[:36])
	if s.style.Location == "address" {
		path = "http://" + c.host + path
	}
	return a.with("Location", path)
}

// wrapped puts a list into the envelope of the style (N-22.1).
func (s *Server) wrapped(c *call, list []byte, total int) []byte {
	envelope := s.style.Lists[c.operation.ID]
	switch envelope {
	case "":
		return list
	case "named":
		envelope = nouns[c.operation.Section].many
	}
	return fmt.Appendf(nil, `{"%s":%s,"total":%d}`, envelope, list, total)
}

// dress is what the style makes of any answer: more members, white space, parameters of the media type, and
// headers of which no page speaks.
func (s *Server) dress(r *http.Request, a answer) answer {
	if s.style.RequestID {
		a = a.with("X-Request-Id", s.requestID())
	}
	if s.style.LimitHeaders {
		a = a.with("X-RateLimit-Limit", "100000").with("X-RateLimit-Remaining", "99999")
	}
	isJSON := a.media == "" || strings.HasSuffix(a.media, "json")
	if a.body == nil || !isJSON {
		return a
	}
	if s.style.Extra != "none" {
		a.body = extended(a.body, s.style.Extra == "everywhere")
	}
	if s.style.Indented {
		var set bytes.Buffer
		if json.Indent(&set, a.body, "", "  ") == nil {
			a.body = set.Bytes()
		}
	}
	if s.style.ETag && a.succeeded() && r.Method != http.MethodPost {
		sum := fnv.New64a()
		_, _ = sum.Write(a.body)
		a = a.with("ETag", fmt.Sprintf(`"%x"`, sum.Sum64()))
	}
	if s.style.Charset && a.media == "" {
		a.media = "application/json; charset=utf-8"
	}
	return a
}

// extended adds members that no page names to an object, or to the objects of a list; everywhere means at any
// depth too. Metadata comes back as it was sent (META-02).
func extended(raw json.RawMessage, everywhere bool) json.RawMessage {
	switch {
	case len(raw) > 0 && raw[0] == '{':
		var object map[string]json.RawMessage
		if json.Unmarshal(raw, &object) != nil {
			return raw
		}
		for name, value := range object {
			if everywhere && name != "metadata" {
				object[name] = extended(value, true)
			}
		}
		object["revision"], object["labels"], object["superseded_by"] = json.RawMessage("3"), json.RawMessage("[]"),
			json.RawMessage("null")
		return encoded(object, raw)
	case len(raw) > 0 && raw[0] == '[':
		var list []json.RawMessage
		if json.Unmarshal(raw, &list) != nil {
			return raw
		}
		for i, value := range list {
			list[i] = extended(value, everywhere)
		}
		return encoded(list, raw)
	}
	return raw
}

// appendMoment writes a moment in the form of the style (C-37).
func (s *Server) appendMoment(b []byte, m millis) []byte {
	t := time.UnixMilli(int64(m)).UTC()
	if strings.HasSuffix(s.style.TimeForm, "-07:00") {
		t = t.In(eastern)
	}
	return t.AppendFormat(b, s.style.TimeForm)
}

func (s *Server) moment(m millis) string { return string(s.appendMoment(nil, m)) }
