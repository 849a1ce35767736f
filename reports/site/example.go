package site

import (
	"bytes"
	"cmp"
	"encoding/json"
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/redact"
)

// example is a successful call of a scenario that is about the operation: one that names the very requirement by which
// there is the operation, the plainest first. Who sends odd inputs to everything is never one.
func (s *site) example(o *contract.Operation) (*evidence.Exchange, *reports.Scenario) {
	var best *evidence.Exchange
	var from *reports.Scenario
	least := [3]int{}
	for i := range s.run.Scenarios {
		scenario := &s.run.Scenarios[i]
		at := slices.Index(scenario.Requirements, o.Requirement)
		if at < 0 || scenario.Verdict != evidence.Passed || strings.HasPrefix(scenario.ID, "derived.") {
			continue
		}
		for j := range scenario.Exchanges {
			e := &scenario.Exchanges[j]
			if e.Operation != o.ID || !s.succeeded(e) ||
				e.Response.BodyBytes < 3 && o.Success.Schema != "" { // an empty list teaches nothing
				continue
			}
			size := [3]int{strings.Count(scenario.ID, "/"), at, e.Request.BodyBytes + e.Response.BodyBytes}
			if best == nil || slices.Compare(size[:], least[:]) < 0 {
				best, from, least = e, scenario, size
			}
		}
	}
	return best, from
}

// enough is how much of a body a page of the book shows, in bytes.
const enough = 1500

// excerpt writes a body for the book: JSON indented, of a list its first entry.
func excerpt(body string) string {
	var list []json.RawMessage
	if json.Unmarshal([]byte(body), &list) == nil && len(list) > 1 {
		return pretty("["+string(list[0])+"]") + fmt.Sprintf("\n… and %d more", len(list)-1)
	}
	return redact.Cut(pretty(body), enough, "…")
}

// curl writes a call that can be pasted; empty where no page gives the path. What differs from caller to caller stands
// in variables: KOBBLE and TOKEN_HOST for the addresses, TOKEN for the token, WALLET_ID and the like for ids. With is sent in
// place of what the page has as an example.
func curl(o *contract.Operation, with map[string]any) string {
	path, known := o.PathIn(contract.V1)
	if !known {
		return ""
	}
	for _, p := range o.PathParams {
		value := "$" + variable(p.Fixture)
		if p.Fixture == "" && len(p.Enum) > 0 {
			value = p.Enum[0]
		}
		path = strings.ReplaceAll(path, "{"+p.Name+"}", value)
	}
	host := "$KOBBLE"
	if o.Creates == "token" {
		host = "$TOKEN_HOST"
	}
	lines := []string{fmt.Sprintf(`curl -sS -X %s "%s%s"`, o.Method, host, path)}
	for _, h := range o.Headers {
		switch name := strings.ToLower(h.Name); {
		case name == "authorization":
			lines = append(lines, `-H "Authorization: Bearer $TOKEN"`)
		case name == "idempotency-key":
			lines = append(lines, `-H "`+h.Name+`: $(uuidgen)"`)
		case name == "content-type" && o.Body != nil && o.Body.MediaType != "application/x-www-form-urlencoded":
			lines = append(lines, `-H "Content-Type: application/json"`)
		}
	}
	if o.Body != nil {
		lines = append(lines, payload(o.Body, with)...)
	}
	return strings.Join(lines, " \\\n  ")
}

// variable names what a shell keeps the id of a thing in.
func variable(kind string) string { return strings.ToUpper(strings.ReplaceAll(kind, " ", "_")) + "_ID" }

// kept has a shell keep what the calls after this one need of its answer.
func kept(step contract.GuideStep, o *contract.Operation) string {
	text := curl(o, step.With)
	if !step.Anew {
		text = strings.ReplaceAll(text, "$(uuidgen)", "$KEY")
	}
	name, member := variable(o.Creates), ".id"
	switch {
	case o.Creates == "token":
		name, member = "TOKEN", ".access_token"
	case o.Success.Shape == "array":
		name, member = variable(o.Success.Schema), "'.[0].id'"
	case o.Creates == "":
		return text
	}
	if step.Keep == "" {
		return text
	}
	return "export " + name + "=$(" + text + " | jq -r " + member + ")"
}

// inShell marks a variable in the text of a body, which a shell does not look into.
var inShell = regexp.MustCompile(`\$\{(\w+)\}`)

func payload(b *contract.Body, with map[string]any) []string {
	if b.MediaType != "application/x-www-form-urlencoded" {
		var text bytes.Buffer
		encoder := json.NewEncoder(&text)
		encoder.SetEscapeHTML(false)
		encoder.SetIndent("  ", "  ")
		body := b.Naming(func(kind string) string { return "${" + variable(kind) + "}" })
		maps.Copy(body, with)
		if encoder.Encode(body) != nil {
			return nil
		}
		quoted := strings.ReplaceAll(strings.TrimSpace(text.String()), "'", `'\''`)
		return []string{"-d '" + inShell.ReplaceAllString(quoted, "'$$$1'") + "'"}
	}
	var lines []string
	for _, field := range b.Fields {
		value := "$" + strings.ToUpper(field.Name)
		if text := cmp.Or(shown(with[field.Name]), shown(field.Example)); text != "" {
			value = text
		} else if len(field.Enum) > 0 {
			value = field.Enum[0]
		}
		lines = append(lines, fmt.Sprintf(`--data-urlencode "%s=%s"`, field.Name, value))
	}
	return lines
}
