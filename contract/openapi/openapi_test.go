package openapi

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/pb33f/libopenapi"
	validator "github.com/pb33f/libopenapi-validator"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
)

// document is what the tests look at.
type document struct {
	OpenAPI    string                               `json:"openapi"`
	Paths      map[string]map[string]map[string]any `json:"paths"`
	Components struct {
		Schemas map[string]any `json:"schemas"`
	} `json:"components"`
	Without []string `json:"x-without-path"`
}

func read(t *testing.T, edition contract.Edition, paths map[string]string) (document, []byte, *contract.Contract) {
	t.Helper()
	facts, err := contract.Load()
	require.NoError(t, err)
	shapes, err := schemas.Load()
	require.NoError(t, err)
	text, err := Document(facts, shapes, Target{Edition: edition, Server: "https://api.example.test", Version: "1", Paths: paths})
	require.NoError(t, err)
	var d document
	require.NoError(t, json.Unmarshal(text, &d))
	return d, text, facts
}

func TestEveryOperationIsInTheDocumentOrNamedAsWithoutAPath(t *testing.T) {
	for _, edition := range []contract.Edition{contract.V1, contract.Guide} {
		d, _, facts := read(t, edition, nil)
		require.Equal(t, "3.1.0", d.OpenAPI)
		ids := map[string]bool{}
		for path, methods := range d.Paths {
			for method, operation := range methods {
				id, _ := operation["operationId"].(string)
				require.False(t, ids[id], "%s is there twice", id)
				ids[id] = true
				known := facts.Operation(id)
				require.NotNil(t, known)
				require.Equal(t, strings.ToLower(known.Method), method)
				require.NotEmpty(t, operation["x-mark"], "marks are kept")
				require.NotEmpty(t, operation["responses"])
				for _, part := range strings.Split(path, "/") {
					if name, in := strings.CutPrefix(part, "{"); in {
						require.Contains(t, mustJSON(t, operation["parameters"]), `"name":"`+strings.TrimSuffix(name, "}")+`"`,
							"%s: each part of a path is a parameter", path)
					}
				}
			}
		}
		for _, id := range d.Without {
			ids[id] = true
		}
		require.Len(t, ids, len(facts.Operations))
	}
}

func TestEveryReferenceOfTheDocumentLeadsSomewhere(t *testing.T) {
	d, text, _ := read(t, contract.V1, map[string]string{"healthcheck": "/health"})
	require.Contains(t, d.Paths, "/health")
	for _, part := range strings.Split(string(text), `"$ref": "`)[1:] {
		target, _, _ := strings.Cut(part, `"`)
		name, inside := strings.CutPrefix(target, "#/components/schemas/")
		require.True(t, inside, target)
		require.Contains(t, d.Components.Schemas, name)
	}
	require.NotContains(t, string(text), "draft-07")
}

func mustJSON(t *testing.T, value any) string {
	t.Helper()
	text, err := json.Marshal(value)
	require.NoError(t, err)
	return string(text)
}

func TestTheDocumentIsValidOpenAPI(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	shapes, err := schemas.Load()
	require.NoError(t, err)
	for _, edition := range []contract.Edition{contract.V1, contract.Guide} {
		for _, version := range []string{"3.0", "3.1"} {
			text, err := Document(facts, shapes, Target{Edition: edition, Server: "https://api.example.test", Version: "1",
				Paths: map[string]string{"healthcheck": "/health"}, OpenAPI: version})
			require.NoError(t, err)
			document, err := libopenapi.NewDocument(text)
			require.NoError(t, err)
			_, err = document.BuildV3Model()
			require.NoError(t, err)
			checker, faults := validator.NewValidator(document)
			require.Empty(t, faults)
			valid, found := checker.ValidateDocument()
			for _, fault := range found {
				t.Errorf("%s: %s, %s %v", edition, fault.Message, fault.Reason, fault.SchemaValidationErrors)
			}
			require.True(t, valid)
		}
	}
}

func TestAnInvalidDocumentIsNoticed(t *testing.T) {
	_, text, _ := read(t, contract.V1, nil)
	broken := strings.ReplaceAll(string(text), `"description": "success"`, `"description": 7`)
	document, err := libopenapi.NewDocument([]byte(broken))
	require.NoError(t, err)
	checker, faults := validator.NewValidator(document)
	require.Empty(t, faults)
	valid, _ := checker.ValidateDocument()
	require.False(t, valid)
}

func TestASuccessWithoutAStatedStatusHasARealCodeBeside2XX(t *testing.T) {
	d, _, facts := read(t, contract.V1, nil)
	for _, methods := range d.Paths {
		for _, operation := range methods {
			known := facts.Operation(operation["operationId"].(string))
			responses := operation["responses"].(map[string]any)
			if known.Success.Status == 0 {
				require.Equal(t, responses["2XX"], responses[likelyStatus], known.ID)
			} else {
				require.NotContains(t, responses, "2XX", known.ID)
			}
		}
	}
	for _, axis := range facts.Freedoms {
		if strings.HasPrefix(axis.ID, "N-22.") && axis.Subject[:7] == "The 2xx" {
			require.Equal(t, likelyStatus, axis.Default(), axis.ID)
		}
	}
}

func TestAnIdempotencyKeyIsAUUID(t *testing.T) {
	d, _, facts := read(t, contract.V1, nil)
	for _, methods := range d.Paths {
		for _, operation := range methods {
			known := facts.Operation(operation["operationId"].(string))
			parameters, _ := operation["parameters"].([]any)
			at := slices.IndexFunc(parameters, func(one any) bool {
				return strings.EqualFold(one.(map[string]any)["name"].(string), "idempotency-key")
			})
			require.Equal(t, known.NeedsKey(), at >= 0, known.ID)
			if at >= 0 {
				require.Equal(t, "uuid", parameters[at].(map[string]any)["schema"].(map[string]any)["format"], known.ID)
			}
		}
	}
}

func TestWhatAToolCantReadOfASchemaIsRewritten(t *testing.T) {
	for _, c := range []struct{ name, given, want string }{
		{"an open object says so", `{"type":"object"}`, `{"type":"object","additionalProperties":true}`},
		{"a closed one stays closed", `{"type":"object","additionalProperties":false}`,
			`{"type":"object","additionalProperties":false}`},
		{"an object or null", `{"type":["object","null"],"x-mark":"stated"}`,
			`{"oneOf":[{"type":"object","additionalProperties":true},{"type":"null"}],"x-mark":"stated"}`},
		{"a known object or null", `{"type":["object","null"],"if":{"type":"object"},"then":{"$ref":"person.json"}}`,
			`{"oneOf":[{"$ref":"#/components/schemas/Person_(x)"},{"type":"null"}]}`},
		{"a text or null", `{"type":["string","null"]}`, `{"type":["string","null"]}`},
		{"inside of lists", `{"anyOf":[{"$ref":"person.json"}]}`, `{"anyOf":[{"$ref":"#/components/schemas/Person_(x)"}]}`},
		{"a file of nobody", `{"$ref":"else.json"}`, `{"$ref":"else.json"}`},
		{"an example of a pattern", `{"pattern":"^[0-9]{4}$","x-expected":"four digits such as 1111"}`,
			`{"pattern":"^[0-9]{4}$","x-expected":"four digits such as 1111","examples":["1111"]}`},
	} {
		t.Run(c.name, func(t *testing.T) {
			var schema any
			require.NoError(t, json.Unmarshal([]byte(c.given), &schema))
			rewrite(schema, map[string]string{"person.json": "Person (x)"})
			assert.JSONEq(t, strings.ReplaceAll(c.want, "Person_(x)", "Person__x_"), mustJSON(t, schema))
		})
	}
}

// TestPatternsAreReadByEveryEngine holds that no pattern has an escape that RE2 refuses or a character that does not
// go into a header, and that what the mask of a card number may look like is still taken.
func TestPatternsAreReadByEveryEngine(t *testing.T) {
	_, text, _ := read(t, contract.V1, nil)
	found := regexp.MustCompile(`"pattern": ("(?:[^"\\]|\\.)*")`).FindAllSubmatch(text, -1)
	require.NotEmpty(t, found)
	for _, one := range found {
		var pattern string
		require.NoError(t, json.Unmarshal(one[1], &pattern))
		_, err := regexp.Compile(pattern)
		require.NoError(t, err)
		require.NotRegexp(t, `[^\x20-\x7e]`, pattern)
	}
	mask := regexp.MustCompile(ascii(`^[0-9 -]{0,10}[*xX•#][*xX•# -]*[0-9]{0,4}$`))
	for number, masked := range map[string]bool{"4111***1111": true, "•••• •••• •••• 1111": true, "XXXX-1111": true,
		"4111111111111111": false, "": false} {
		assert.Equal(t, masked, mask.MatchString(number), number)
	}
}

func TestAnErrorIsDescribedByTheMostExactTextThereIs(t *testing.T) {
	require.Equal(t, "an error", errorText(contract.ErrorCase{Message: "an error", Meaning: "x"}))
	require.Equal(t, "meant", errorText(contract.ErrorCase{Meaning: "meant", Class: "x"}))
	require.Equal(t, "error", errorText(contract.ErrorCase{}))
}
