package format

import (
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"regexp"
	"slices"
	"strings"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/wording"
)

// WriteScript prints a shell script that performs the exchange chain of a scenario again with curl and
// jq alone: ids that an answer gave are read from the new answer, idempotency keys are fresh, and tokens
// come from $TOKEN or are fetched with the variables that the head names.
func WriteScript(w io.Writer, s *reports.Scenario) error {
	var b strings.Builder
	fmt.Fprintf(&b, "#!/bin/sh\n# %s\n# %s (%s:%d)\n# needs curl and jq\nset -u\n", comment(s.Name), comment(s.ID), comment(s.URI), s.Line)
	b.WriteString("fresh() { cat /proc/sys/kernel/random/uuid 2>/dev/null || uuidgen | tr A-Z a-z; }\n")
	script := &script{variables: map[string]string{}, keys: map[string]string{}, needed: neededIDs(s)}
	for _, name := range tokenVariables(s) {
		fmt.Fprintf(&b, ": \"${%s:?set it to an access token}\"\n", name)
	}
	for i := range s.Exchanges {
		exchange := &s.Exchanges[i]
		if exchange.Operation == "token" && strings.Contains(exchange.Request.Body, "KOBCHECK_") {
			continue // the token comes from its variable
		}
		script.exchange(&b, exchange)
	}
	for _, finding := range s.Findings {
		fmt.Fprintf(&b, "# finding at call %d: %s\n#   expected %s\n#   was      %s\n", finding.Exchange, comment(finding.Message),
			comment(finding.Expected), comment(finding.Actual))
	}
	_, err := io.WriteString(w, b.String())
	return err
}

func comment(text string) string { return strings.Join(strings.Fields(wording.Plain(text)), " ") }

// tokenVariable is what stands for a token where a request sends one.
var tokenVariable = regexp.MustCompile(`^Bearer \$(TOKEN(?:_[A-Z0-9]+)*)$`)

func tokenVariables(s *reports.Scenario) []string {
	seen := map[string]bool{}
	for i := range s.Exchanges {
		for _, value := range s.Exchanges[i].Request.Headers["Authorization"] {
			if found := tokenVariable.FindStringSubmatch(value); found != nil {
				seen[found[1]] = true
			}
		}
	}
	return slices.Sorted(maps.Keys(seen))
}

// neededIDs are the ids that later requests name.
func neededIDs(s *reports.Scenario) map[string]bool {
	needed := map[string]bool{}
	for i := range s.Exchanges {
		for _, id := range evidence.UUID.FindAllString(s.Exchanges[i].Request.URL+" "+s.Exchanges[i].Request.Body, -1) {
			needed[id] = true
		}
	}
	return needed
}

type script struct {
	variables map[string]string // id to the variable that holds the new one
	keys      map[string]string // idempotency key to its variable
	needed    map[string]bool
}

var keyHeader = regexp.MustCompile(`(?i)^(?:x-)?idempotency-key$`)

// exchange prints one call, and reads from its answer the ids that later calls need.
func (c *script) exchange(b *strings.Builder, exchange *evidence.Exchange) {
	names := maps.Clone(c.variables)
	for name, values := range exchange.Request.Headers {
		if !keyHeader.MatchString(name) || len(values) != 1 || evidence.UUID.FindString(values[0]) != values[0] {
			continue
		}
		key := values[0]
		if c.keys[key] == "" {
			c.keys[key] = fmt.Sprintf("KEY_%d", len(c.keys)+1)
			fmt.Fprintf(b, "%s=$(fresh)\n", c.keys[key])
		}
		names[key] = c.keys[key]
	}
	var body []byte
	if exchange.Request.BodyBytes <= evidence.BodyBound {
		body = []byte(exchange.Request.Body)
	}
	line := exchange.Request.Curl(body, names)
	for _, id := range evidence.UUID.FindAllString(exchange.Request.URL+" "+exchange.Request.Body, -1) {
		if c.variables[id] == "" {
			c.needed[id] = false // it was known before any answer gave it, such as a fixture
		}
	}
	fmt.Fprintf(b, "\n# call %d: %s", exchange.N, comment(exchange.Operation))
	if exchange.Response != nil {
		fmt.Fprintf(b, ", was answered %d", exchange.Response.Status)
	}
	fmt.Fprintf(b, "\nANSWER=$(%s)\nprintf '%%s\\n' \"$ANSWER\"\n", line)
	if exchange.Response == nil {
		return
	}
	for _, found := range idPaths(exchange.Response.Body) {
		if !c.needed[found.id] || c.variables[found.id] != "" {
			continue
		}
		c.variables[found.id] = fmt.Sprintf("ID_%d", len(c.variables)+1)
		fmt.Fprintf(b, "%s=$(printf '%%s\\n' \"$ANSWER\" | sed '1,/^.\\{0,1\\}$/d' | jq -r '%s')\n", c.variables[found.id], found.path)
	}
}

type idPath struct{ path, id string }

// idPaths lists the UUIDs of a JSON body with the jq path of each, in order.
func idPaths(body string) []idPath {
	var value any
	decoder := json.NewDecoder(bytes.NewReader([]byte(body)))
	if decoder.Decode(&value) != nil {
		return nil
	}
	var out []idPath
	var walk func(path string, value any)
	walk = func(path string, value any) {
		switch v := value.(type) {
		case string:
			if evidence.UUID.FindString(v) == v && v != "" {
				out = append(out, idPath{path, v})
			}
		case []any:
			for i, one := range v {
				walk(fmt.Sprintf("%s[%d]", path, i), one)
			}
		case map[string]any:
			for _, name := range slices.Sorted(maps.Keys(v)) {
				text, _ := json.Marshal(name) // a string always can be
				if !strings.ContainsRune(name, '\'') {
					walk(fmt.Sprintf("%s[%s]", path, text), v[name])
				}
			}
		}
	}
	walk(".", value)
	return out
}
