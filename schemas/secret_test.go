package schemas

import (
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// wrongValues are values that no field accepts all of, each with the text in it.
func wrongValues(text string) []string {
	quoted, _ := json.Marshal(text)
	return []string{
		string(quoted), `[` + string(quoted) + `]`, `{"a":` + string(quoted) + `}`, `[[` + string(quoted) + `]]`,
		`{` + string(quoted) + `:1}`,
	}
}

// text is everything of violations that reaches a person.
func text(violations []Violation) string {
	var all strings.Builder
	for _, v := range violations {
		fmt.Fprintln(&all, v.Pointer, v.Expected, v.Actual)
	}
	return all.String()
}

func TestNoSecretIsRepeatedInAViolation(t *testing.T) {
	set, secrets := loaded(t), 0
	for _, name := range set.Names() {
		var bodies []string
		for _, field := range set.Fields(name) {
			if !field.Secret {
				continue
			}
			secrets++
			for _, value := range wrongValues("SEKRET") {
				bodies = append(bodies, fmt.Sprintf(`{%q:%s}`, field.Name, value), fmt.Sprintf(`{%q:%s,%[1]q:1}`, field.Name,
					value), fmt.Sprintf(`{"x":%s}`, value))
			}
		}
		if len(bodies) == 0 {
			continue
		}
		bodies = append(bodies, `"SEKRET"`, `["SEKRET"]`, `SEKRET`, `{"data":{"a":"SEKRET"}}`)
		for _, body := range bodies {
			if strings.Contains(body, `{"SEKRET":1}`) {
				continue // The name of a field is no secret.
			}
			for _, check := range []func(string, []byte) ([]Violation, error){set.Check, set.CheckList} {
				violations, err := check(name, []byte(body))
				require.NoError(t, err)
				assert.NotContains(t, text(violations), "SEKRET", "%s: %s", name, body)
			}
		}
	}
	assert.GreaterOrEqual(t, secrets, 5)
}

func TestNoCardNumberIsRepeatedInAViolation(t *testing.T) {
	set := loaded(t)
	for _, number := range []string{"4111111111111111", "4111 1111 1111 1111", "5500-0000-0000-0004", "378282246310005",
		"PAN 6011111111111117."} {
		for _, name := range set.Names() {
			bodies := wrongValues(number)
			for _, field := range set.Fields(name) {
				for _, value := range wrongValues(number) {
					bodies = append(bodies, fmt.Sprintf(`{%q:%s}`, field.Name, value), fmt.Sprintf(`{%q:[{"a":%s}]}`, field.Name,
						value))
				}
				if !strings.ContainsAny(number, " -") {
					bodies = append(bodies, fmt.Sprintf(`{%q:%s}`, field.Name, number))
				}
			}
			for _, body := range bodies {
				for _, check := range []func(string, []byte) ([]Violation, error){set.Check, set.CheckList} {
					violations, err := check(name, []byte(body))
					require.NoError(t, err)
					assert.NotContains(t, text(violations), strings.Trim(number, "PAN ."), "%s: %s", name, body)
				}
			}
		}
	}
}
