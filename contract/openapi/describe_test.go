package openapi

import (
	"encoding/json"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
)

func document30(t *testing.T, target Target) map[string]any {
	t.Helper()
	facts, err := contract.Load()
	require.NoError(t, err)
	shapes, err := schemas.Load()
	require.NoError(t, err)
	target.Edition, target.Server, target.Version = contract.V1, "https://api.example.test", "1"
	text, err := Document(facts, shapes, target)
	require.NoError(t, err)
	var d map[string]any
	require.NoError(t, json.Unmarshal(text, &d))
	return d
}

// undescribed lists the places below a schema or parameter that have no words.
func undescribed(t *testing.T, at string, value any) {
	t.Helper()
	one, _ := value.(map[string]any)
	properties, _ := one["properties"].(map[string]any)
	for name, property := range properties {
		assert.NotEmpty(t, property.(map[string]any)["description"], "%s.%s", at, name)
		undescribed(t, at+"."+name, property)
	}
}

func TestTheDocumentSaysWhatEverythingIsFor(t *testing.T) {
	d := document30(t, Target{})
	for name, schema := range d["components"].(map[string]any)["schemas"].(map[string]any) {
		assert.NotEmpty(t, schema.(map[string]any)["description"], name)
		undescribed(t, name, schema)
	}
	for path, methods := range d["paths"].(map[string]any) {
		for _, one := range methods.(map[string]any) {
			operation := one.(map[string]any)
			assert.Contains(t, operation["description"], "Result: ", path)
			list, _ := operation["parameters"].([]any)
			for _, parameter := range list {
				assert.NotEmpty(t, parameter.(map[string]any)["description"], "%s %v", path, parameter)
				assert.NotContains(t, mustJSON(t, parameter.(map[string]any)["example"]), "{", path)
			}
			responses := operation["responses"].(map[string]any)
			for code, answer := range responses {
				if code == "default" || code[0] == '4' || code[0] == '5' {
					assert.Contains(t, mustJSON(t, answer), "#/components/schemas/Error", "%s %s", path, code)
				}
			}
			assert.Contains(t, responses, "default", path)
		}
	}
	for _, tag := range d["tags"].([]any) {
		assert.NotEmpty(t, tag.(map[string]any)["description"])
	}
	assert.Contains(t, mustJSON(t, d["webhooks"]), "SnsEnvelope")
	assert.Contains(t, mustJSON(t, d["paths"].(map[string]any)["/customers/v1/cards"]), "Invalid or dormant wallet",
		"a message without a status")
	assert.NotContains(t, d["components"].(map[string]any)["schemas"], "Client", "generators call their own client so")
}

func TestExamplesAreThoseOfThePagesOrOfATarget(t *testing.T) {
	cards := func(d map[string]any) string {
		return mustJSON(t, d["paths"].(map[string]any)["/customers/v1/cards"].(map[string]any)["post"])
	}
	pages := cards(document30(t, Target{}))
	require.Contains(t, pages, "477f7da7-faeb-4497-b97a-d39e7e921d9f")
	require.Contains(t, pages, "as api-10192217 prints it")
	own := document30(t, Target{Examples: map[string]Example{"cards-create": {Body: object{"wallet_id": "mine"}},
		"cards-get": {Path: map[string]string{"id": "a-card"}}}})
	require.Contains(t, cards(own), `"example":{"wallet_id":"mine"}`)
	require.Contains(t, mustJSON(t, own["paths"].(map[string]any)["/customers/v1/cards/{id}"]), `"example":"a-card"`)
	facts, err := contract.Load()
	require.NoError(t, err)
	shapes, err := schemas.Load()
	require.NoError(t, err)
	require.Nil(t, printed(facts.Prose, shapes, facts.Operation("endusers-create").Success), "the sample breaks its table (C-19)")
	body := facts.Operation("endusers-create").Body.Example()
	require.Equal(t, "Jane", body["person"].(map[string]any)["first_name"])
	require.NotContains(t, body, "company", "it is left out of a person's form")
	require.Equal(t, "your client_id", facts.Operation("token").Body.Example()["client_id"])
}

// TestNothingNewerIsInADocumentOf30 looks for what OpenAPI 3.0 does not know.
func TestNothingNewerIsInADocumentOf30(t *testing.T) {
	d := document30(t, Target{OpenAPI: "3.0"})
	require.True(t, strings.HasPrefix(d["openapi"].(string), "3.0."))
	require.NotContains(t, d, "webhooks")
	require.Contains(t, d, "x-webhooks")
	text := mustJSON(t, d)
	for _, newer := range []string{`"type":[`, `"type":"null"`, `"$comment"`, `"if":`, `"then":`, `"examples":[`} {
		require.False(t, strings.Contains(text, newer), newer)
	}
	require.False(t, regexp.MustCompile(`"\$ref":"[^"]*","`).MatchString(text), "nothing stands beside a reference")
	enduser := d["components"].(map[string]any)["schemas"].(map[string]any)["Enduser"].(map[string]any)["properties"].(map[string]any)
	require.Equal(t, true, enduser["person"].(map[string]any)["nullable"])
	require.Contains(t, mustJSON(t, enduser["person"]), "#/components/schemas/Person")
	require.Equal(t, true, enduser["person_id"].(map[string]any)["nullable"])
}
