package openapi

import (
	"encoding/json"
	"strings"
	"testing"

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
	text, err := Document(facts, shapes, edition, "https://api.example.test", "1", paths)
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
						require.Contains(t, mustJSON(t, operation["parameters"]), `"name":"`+strings.TrimSuffix(name, "}")+`"`, "%s: each part of a path is a parameter", path)
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
