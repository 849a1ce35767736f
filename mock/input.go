package mock

import (
	"bytes"
	"encoding/json"
	"io"
	"mime"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock/fault"
)

// readBody reads a JSON body and holds it against the fields of the contract.
func (s *Server) readBody(r *http.Request, c *call) (answer, bool) {
	raw, fits := s.drain(r)
	if !fits {
		return s.refuse(http.StatusRequestEntityTooLarge,
			"The body is longer than "+strconv.Itoa(s.options.Limits.Body)+" bytes"), false
	}
	c.raw = raw
	if len(raw) > 0 && !labelledJSON(r.Header["Content-Type"]) && !s.faulty(c, "input.any-media-type") {
		return s.refuse(s.style.WrongMedia, "Content-Type must be application/json"), false
	}
	body, err := map[string]json.RawMessage{}, error(nil)
	if len(bytes.TrimSpace(raw)) > 0 {
		body, err = readObject(raw, s.options.Limits.Depth)
	}
	switch {
	case err == nil:
		c.body = body
	case s.faulty(c, "input.bad-json-500"):
		return s.refuse(http.StatusInternalServerError, "Unexpected token in JSON"), false
	case s.faulty(c, "input.bad-json-accepted"):
		s.forgiveAll(c)
	default:
		return s.invalid(c, "The body is not a JSON object: "+err.Error()), false
	}
	if s.tripped(raw) {
		return s.refuse(http.StatusInternalServerError, "Internal server error"), false
	}
	if text := s.checkBody(c); text != "" {
		s.actsOnBadData(c)
		return s.invalid(c, text), false
	}
	return answer{}, true
}

// drain reads a body up to the limit; false means that it is longer or broke off. What is beyond the limit
// is read and dropped up to 32 times the limit, so that the caller gets to see the refusal and not a broken
// connection.
func (s *Server) drain(r *http.Request) ([]byte, bool) {
	if r.Body == nil || r.ContentLength == 0 {
		return nil, true
	}
	limit := int64(s.options.Limits.Body)
	if r.ContentLength > 0 && r.ContentLength <= limit {
		raw := make([]byte, r.ContentLength)
		_, err := io.ReadFull(r.Body, raw)
		return raw, err == nil
	}
	raw, err := io.ReadAll(io.LimitReader(r.Body, limit+1))
	if int64(len(raw)) <= limit {
		return raw, err == nil
	}
	_, _ = io.Copy(io.Discard, io.LimitReader(r.Body, 32*limit)) // whether the rest arrives does not matter
	return nil, false
}

// labelledJSON reports whether a Content-Type says application/json in UTF-8.
func labelledJSON(values []string) bool {
	if len(values) != 1 {
		return false
	}
	if values[0] == "application/json" {
		return true
	}
	media, parameters, err := mime.ParseMediaType(values[0])
	charset, has := parameters["charset"]
	return err == nil && media == "application/json" && (!has || strings.EqualFold(charset, "utf-8"))
}

// values lists, by operation and field, the values that the mock takes where the request's own page has no
// list but that of the answer does (C-36).
var values = map[string][]string{
	"wallets-create.asset":                 {"AUD"},
	"wallets-create.asset_class":           {"CURRENCY"},
	"wallets-create.partner_product":       {"KOBBLE_AUD_1"},
	"card-programs-create.type":            {"VIRTUAL", "PHYSICAL"},
	"card-programs-create.partner_product": {"KOBBLE_DEBIT_1"},
	"cards-update-status.status":           {"ACTIVE", "SUSPENDED", "STOLEN"},
	"wallets-update.status":                {"ACTIVE", "INACTIVE", "SUSPENDED"},
	"clients-update-status.status":         {"ACTIVE", "INACTIVE"},
}

// needed lists, by operation, the fields whose need the pages leave open and without which the operation
// makes no sense.
var needed = map[string][]string{
	"transactions-create":        {"from", "to"},
	"transactions-manual-credit": {"amount", "to"},
	"transactions-manual-debit":  {"amount", "from"},
	"wallets-update":             {"status"},
	"clients-update-status":      {"status"},
}

// checkBody holds the body against the contract's table of fields and says what is wrong first, or "".
func (s *Server) checkBody(c *call) string {
	for i := range c.operation.Body.Fields {
		field := &c.operation.Body.Fields[i]
		if strings.Contains(field.Name, ".") || c.operation.ID == "endusers-create" &&
			(field.Name == "person" || field.Name == "company") {
			continue // members of objects and the two forms of an enduser are looked at in endusers.go
		}
		if s.style.AllStatuses && c.operation.ID == "cards-update-status" &&
			(c.text("status") == "INACTIVE" || c.text("status") == "PENDING") {
			continue // C-22
		}
		breach, text := checkField(c.operation.ID, field, c.body)
		switch {
		case text == "":
		case s.faults.AtField(breach, c.operation.ID, field.Name),
			field.Name == "metadata" && s.faulty(c, "metadata.any-type-accepted"):
			s.forgive(c, field.Name)
		case breach == breachType && s.shownAsItCame(c, field.Name):
		default:
			return text
		}
	}
	return s.unnamed(c)
}

// wholeBodies are the operations whose page gives the whole body, and Update wallet, whose purpose does.
var wholeBodies = []string{"cards-create", "cards-update-status", "cards-generate-secret", "card-programs-create",
	"endusers-create",
	"wallets-create",
	"wallets-update", "relays-create", "webhooks-create"}

// unnamed says which member of a body no page names, where the style refuses that, or "" (N-41).
func (s *Server) unnamed(c *call) string {
	if !s.style.StrictBody || !slices.Contains(wholeBodies, c.operation.ID) {
		return ""
	}
	for name := range c.body {
		if c.operation.Field(name) == nil {
			return "A field is not known"
		}
	}
	return ""
}

// untaken says why the style takes no body of which no page gives the fields, or whose caller did not label a
// read, or "" (N-31, C-28).
func (s *Server) untaken(c *call) string {
	switch {
	case s.style.Untaken[c.operation.ID]:
		return "region is required"
	case s.style.MediaOnRead && c.operation.ID == "card-programs-get" && c.header.Get("Content-Type") == "":
		return "Content-Type is required"
	}
	return ""
}

// The faults of taking a bad field.
const (
	breachMissing   fault.ID = "input.required-not-checked"
	breachNull      fault.ID = "input.null-accepted"
	breachEmpty     fault.ID = "input.empty-accepted"
	breachType      fault.ID = "input.type-not-checked"
	breachEnum      fault.ID = "input.enum-not-checked"
	breachFormatted fault.ID = "input.format-not-checked"
)

// checkField says what is wrong with one field, and which fault would overlook it. The text is "" where
// nothing is.
func checkField(operation string, field *contract.Field, body map[string]json.RawMessage) (fault.ID, string) {
	required := field.Required == contract.Yes || slices.Contains(needed[operation], field.Name)
	raw, there := body[field.Name]
	switch {
	case !there && required:
		return breachMissing, field.Name + " is required"
	case !there:
		return "", ""
	case string(raw) == "null" && (required || field.Nullable == contract.No):
		return breachNull, field.Name + " must not be null"
	case string(raw) == "null":
		return "", ""
	}
	switch field.Type {
	case "string":
		text, isText := textOf(raw)
		if !isText {
			return breachType, field.Name + " must be a string"
		}
		return checkText(operation, field, text, required)
	case "object":
		if raw[0] != '{' {
			return breachType, field.Name + " must be an object"
		}
	case "integer":
		if _, err := strconv.ParseInt(string(raw), 10, 64); err != nil {
			return breachType, field.Name + " must be a whole number"
		}
	}
	return "", ""
}

func checkText(operation string, field *contract.Field, text string, required bool) (fault.ID, string) {
	list := field.Enum
	if len(list) == 0 {
		list = values[operation+"."+field.Name]
	}
	switch {
	case strings.TrimSpace(text) == "" && required:
		return breachEmpty, field.Name + " must not be empty"
	case len(list) > 0 && !slices.Contains(list, text):
		return breachEnum, field.Name + " must be one of " + strings.Join(list, ", ")
	case field.Format == "uuid" && !isID(text):
		return breachFormatted, field.Name + " must be a UUID"
	case field.Format == "uri" && !isAddress(text):
		return breachFormatted, field.Name + " must be an http address"
	case field.Pattern == `^[A-Z]{3}$` && (len(text) != 3 || strings.Trim(text, "ABCDEFGHIJKLMNOPQRSTUVWXYZ") != ""):
		return breachFormatted, field.Name + " must be three capital letters"
	}
	return "", ""
}

func isID(text string) bool {
	_, ok := parseID(text)
	return ok
}

func isAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != ""
}
