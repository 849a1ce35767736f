package reports_test

import (
	"bytes"
	"compress/gzip"
	"encoding/json"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"github.com/xeipuuv/gojsonschema"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/specimen"
)

func TestTheVerdictFollowsFromTheScenarios(t *testing.T) {
	runs := specimen.Runs(t)
	for name, want := range map[string]struct {
		verdict evidence.Verdict
		code    int
	}{"green": {evidence.Passed, 0}, "red": {evidence.Failed, 1}, "inconclusive": {evidence.Inconclusive, 4},
		"not-testable-only": {evidence.Inconclusive, 3}, "hostile": {evidence.Failed, 1}, "interrupted": {evidence.Interrupted, 130},
		"empty":   {evidence.Inconclusive, 3},
		"blocked": {evidence.Inconclusive, 4}, "passing": {evidence.Failed, 1}, "part": {evidence.Passed, 0}} {
		require.Equal(t, want.verdict, runs[name].Verdict, name)
		require.Equal(t, want.code, runs[name].ExitCode, name)
		c := runs[name].Summary.Scenarios
		total := 0
		for _, part := range c.Verdicts() {
			total += part.N
		}
		require.Equal(t, c.Total, total, name)
	}
}

func TestARequirementIsProvedFailedOrNotTested(t *testing.T) {
	status := func(r *reports.Run, id string) reports.RequirementStatus {
		for _, one := range r.Requirements {
			if one.ID == id {
				return one.Status
			}
		}
		return ""
	}
	runs := specimen.Runs(t)
	require.Equal(t, reports.Proved, status(runs["green"], "CARD-GET-02"))
	require.Equal(t, reports.RequirementFailed, status(runs["red"], "CARD-GET-02"))
	require.Equal(t, reports.RequirementFailed, status(runs["passing"], "ENDUSER-13"), "what is noticed in passing breaks its requirement")
	require.Equal(t, reports.NotTested, status(runs["not-testable-only"], "CARD-GET-02"))
	require.Equal(t, reports.NotTested, status(runs["green"], "CARD-CREATE-08"))
}

func TestEveryRunMatchesItsPublishedSchema(t *testing.T) {
	schema, err := os.ReadFile("run.schema.json")
	require.NoError(t, err)
	compiled, err := gojsonschema.NewSchema(gojsonschema.NewBytesLoader(schema))
	require.NoError(t, err)
	for name, r := range specimen.Runs(t) {
		var text bytes.Buffer
		require.NoError(t, json.NewEncoder(&text).Encode(r))
		result, err := compiled.Validate(gojsonschema.NewBytesLoader(text.Bytes()))
		require.NoError(t, err)
		require.Empty(t, result.Errors(), name)
		again, err := reports.ReadRun(&text)
		require.NoError(t, err)
		require.Equal(t, r.Summary, again.Summary)
	}
}

func TestAnotherVersionIsRefused(t *testing.T) {
	for _, text := range []string{`{"version":2}`, `{}`, `[]`, `not JSON`, ``} {
		_, err := reports.ReadRun(strings.NewReader(text))
		require.Error(t, err, text)
	}
}

func TestAFileThatIsNoRunOfOursIsRefusedAtABound(t *testing.T) {
	long := `{"version":1,"reason":"` + strings.Repeat("x", 50<<20) + `"}`
	_, err := reports.ReadRun(strings.NewReader(long))
	require.ErrorContains(t, err, "it has a text of more than 1 MiB")
	_, err = reports.ReadLoad(strings.NewReader(long))
	require.ErrorContains(t, err, "it has a text of more than 1 MiB")
	path := filepath.Join(t.TempDir(), "profile.json")
	require.NoError(t, os.WriteFile(path, []byte(long), 0o600))
	_, err = reports.ReadFile(path)
	require.ErrorContains(t, err, "it has a text of more than 1 MiB")
	_, err = reports.ReadFile("/dev/zero")
	require.ErrorContains(t, err, "it has a text of more than 1 MiB", "one without an end")
	_, err = reports.ReadRun(strings.NewReader(`{"version":1,"x":` + strings.Repeat("[", 1<<20) + `}`))
	require.Error(t, err)
	var bomb bytes.Buffer
	packing := gzip.NewWriter(&bomb)
	_, err = packing.Write([]byte(long))
	require.NoError(t, err)
	require.NoError(t, packing.Close())
	_, err = reports.ReadRun(&bomb)
	require.ErrorContains(t, err, "it has a text of more than 1 MiB")
}
