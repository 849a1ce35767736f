package mock

import (
	"bytes"
	"encoding/json"
	"net/http"
	"regexp"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/mock/fault"
)

// spoil lets the faults that are about any answer at all change it, after the work was done rightly:
// statuses, media types, JSON, timestamps, and single fields of a success.
func (s *Server) spoil(c *call, a answer) answer {
	busy := s.busy()
	if s.faults.On("http.bad-retry-after") {
		a = a.with("Retry-After", "soon")
	}
	if a.body != nil {
		a.body = s.spoilTimes(a.body)
	}
	if !a.succeeded() {
		return a
	}
	if strings.HasSuffix(c.operation.ID, "-list") && s.faults.On("http.429-for-caches") {
		return s.refuse(http.StatusTooManyRequests, "Too many requests").with("Cache-Control", "public, max-age=3600")
	}
	if c.operation.ID != "token" {
		// A run that gets no token sees no other fault, so the token endpoint has faults of its own alone.
		a = s.spoilStatus(c, a)
	}
	if a.body == nil {
		return a
	}
	for _, id := range s.faults.Under("field." + c.operation.ID + ".") {
		a.body = s.spoilField(a.body, id)
	}
	if strings.HasPrefix(c.operation.ID, "cards-") && bytes.Contains(a.body, []byte("last_four_digit")) &&
		s.faults.OneIn("rare.field-missing", 20) {
		a.body, _ = spoilMembers(a.body, "last_four_digit", "missing")
	}
	if strings.HasPrefix(c.operation.ID, "cards-") && bytes.Contains(a.body, []byte("last_four_digit")) && busy &&
		s.faults.On("busy.field-missing") {
		a.body, _ = spoilMembers(a.body, "last_four_digit", "missing")
	}
	if c.operation.ID == "token" {
		return a
	}
	return s.spoilJSON(c, a)
}

// manyRequests is how many requests in the second before make the mock busy, for a fault that shows under load
// alone.
const manyRequests = 250

// busy counts the requests of the present second and reports whether those of the one before were many.
func (s *Server) busy() bool {
	second := s.clock.Now().Unix()
	if last := s.busySecond.Swap(second); last != second {
		count := s.busyCount.Swap(0)
		if last != second-1 {
			count = 0
		}
		s.busyBefore.Store(count)
	}
	s.busyCount.Add(1)
	return s.busyBefore.Load() > manyRequests
}

func (s *Server) spoilStatus(c *call, a answer) answer {
	if s.faulty(c, "status.success-as-202") {
		a.status = http.StatusAccepted
	}
	if c.operation.ID != "healthcheck" && s.faults.OneIn("rare.500", 100) {
		return s.refuse(http.StatusInternalServerError, "Internal server error")
	}
	if s.faulty(c, "status.no-body") {
		a.body = nil
	}
	if a.status == http.StatusCreated && s.faults.On("http.bad-location") {
		a = a.with("Location", "/nowhere/4711")
	}
	return a
}

func (s *Server) spoilJSON(c *call, a answer) answer {
	isObject := bytes.HasPrefix(a.body, []byte("{")) && len(a.body) > 2
	switch {
	case s.faulty(c, "http.text-media-type"):
		a.media = "text/html; charset=utf-8"
	case s.faulty(c, "http.not-json"):
		a.body = append([]byte("ok "), a.body...)
	case s.faulty(c, "http.truncated-json"):
		a.body = a.body[:len(a.body)-1]
	case s.faults.On("http.untrue-coding"):
		a = a.with("Content-Encoding", "gzip")
	case s.faults.On("http.byte-order-mark"):
		a.body = append([]byte("\ufeff"), a.body...)
	case isObject && s.faults.On("http.repeated-member"):
		a.body = append([]byte(`{"id":"x","id":"y",`), a.body[1:]...)
	case isObject && s.faults.On("leak.token"):
		_, token, _ := strings.Cut(c.header.Get("Authorization"), " ")
		a.body = setMember(a.body, "note", quote(token))
	}
	return a
}

// moments are the timestamps in a body.
var moments = regexp.MustCompile(`"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z"`)

func (s *Server) spoilTimes(body []byte) []byte {
	if !moments.Match(body) {
		return body
	}
	rewritten := func(rewrite func(string) string) []byte {
		return moments.ReplaceAllFunc(body,
			func(found []byte) []byte { return quote(rewrite(strings.Trim(string(found), `"`))) })
	}
	switch {
	case s.faults.On("time.no-milliseconds"):
		return rewritten(func(moment string) string { return moment[:19] + "Z" })
	case s.faults.On("time.no-zone"):
		return rewritten(func(moment string) string { return strings.TrimSuffix(moment, "Z") })
	case s.faults.On("time.in-future"):
		return rewritten(func(moment string) string { return restamped(moment, time.UTC, 24*time.Hour) })
	case s.faults.On("time.not-utc"):
		return rewritten(func(moment string) string {
			return restamped(moment, time.FixedZone("AEST", 10*60*60), 0)
		})
	}
	return body
}

// restamped writes a moment in another zone, or later than it was.
func restamped(moment string, zone *time.Location, later time.Duration) string {
	read, err := time.Parse("2006-01-02T15:04:05.000Z", moment)
	if err != nil {
		return moment
	}
	return read.Add(later).In(zone).Format("2006-01-02T15:04:05.000Z07:00")
}

// spoilField breaks the field that a fault such as field.cards-get.status.missing names.
func (s *Server) spoilField(body []byte, id fault.ID) []byte {
	part := strings.Split(string(id), ".")
	if len(part) != 4 {
		return body
	}
	spoiled, changed := spoilMembers(body, part[2], part[3])
	if changed && s.faults.On(id) {
		return spoiled
	}
	return body
}

// spoilMembers breaks one field of an object, or of each object of a list.
func spoilMembers(body []byte, field, how string) ([]byte, bool) {
	var list []map[string]json.RawMessage
	if json.Unmarshal(body, &list) == nil {
		changed := false
		for _, object := range list {
			changed = spoilMember(object, field, how) || changed
		}
		return encoded(list, body), changed
	}
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) != nil {
		return body, false
	}
	changed := spoilMember(object, field, how)
	return encoded(object, body), changed
}

func spoilMember(object map[string]json.RawMessage, field, how string) bool {
	value, there := object[field]
	if !there {
		return false
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
	return true
}

// setMember sets a member of a JSON object.
func setMember(body []byte, name string, value json.RawMessage) []byte {
	var object map[string]json.RawMessage
	if json.Unmarshal(body, &object) != nil || object == nil {
		return body
	}
	object[name] = value
	return encoded(object, body)
}

func encoded(value any, otherwise []byte) []byte {
	raw, err := json.Marshal(value)
	if err != nil {
		return otherwise
	}
	return raw
}
