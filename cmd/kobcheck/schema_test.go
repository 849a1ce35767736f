package main

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/goccy/go-yaml"
	"github.com/stretchr/testify/require"
	"github.com/xeipuuv/gojsonschema"

	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/load"
)

// fits reports whether a text of YAML is what a printed schema says.
func fits(t *testing.T, kind, text string) bool {
	t.Helper()
	printed, code := kobcheck(t, "schema", kind)
	require.Zero(t, code, printed)
	var value any
	require.NoError(t, yaml.Unmarshal([]byte(text), &value))
	document, err := json.Marshal(value)
	require.NoError(t, err)
	result, err := gojsonschema.Validate(gojsonschema.NewStringLoader(printed), gojsonschema.NewBytesLoader(document))
	require.NoError(t, err)
	return result.Valid()
}

func TestWhatIsPrintedIsWhatItsSchemaSays(t *testing.T) {
	t.Parallel()
	printed, code := kobcheck(t, "mock", "--print-target")
	require.Zero(t, code)
	require.True(t, strings.HasPrefix(printed, "# yaml-language-server: $schema=target.schema.json\n"))
	require.True(t, fits(t, "target", printed))
	plans, err := load.Plans()
	require.NoError(t, err)
	for _, plan := range plans {
		printed, code := kobcheck(t, "load", "--print", plan.ID)
		require.Zero(t, code)
		require.True(t, strings.HasPrefix(printed, "# yaml-language-server: $schema=plan.schema.json\n"))
		require.True(t, fits(t, "plan", printed), plan.ID)
	}
	require.True(t, fits(t, "known", "- {check: c, fingerprint: abc, reason: r, reference: KOB-1, owner: o, until: 2026-12-31}\n"))
	require.False(t, fits(t, "known", "- {check: c, fingerprint: abc, reason: r, owner: o, until: 2026-12-31}\n"))
	require.True(t, fits(t, "waivers", "- {requirement: STD-01, reason: r, owner: o, until: 2026-12-31}\n"))
	require.False(t, fits(t, "waivers", "- {requirement: STD-01, reason: r, owner: o, until: soon}\n"))
	require.False(t, fits(t, "plan", "{id: x, kind: mixd}\n"))
}

func TestAFileThatItsSchemaRefusesIsRefusedWhereItIsRead(t *testing.T) {
	t.Parallel()
	for name, text := range map[string]string{
		"as it should be":      nobody,
		"an unknown key":       nobody + "fixture: {}\n",
		"no name":              strings.Replace(nobody, "  name: nobody\n", "", 1),
		"a query":              strings.Replace(nobody, ":9\n", ":9/?a=b\n", 1),
		"an edition":           nobody + "  edition: v9\n",
		"an unknown client":    nobody + "    third: {id: a, secret_env: PATH, scope: s}\n",
		"an unknown operation": nobody + "  paths: {health: /h}\n",
		"a relative path":      nobody + "  paths: {healthcheck: h}\n",
		"no UUID":              nobody + "fixtures: {wallets: {\"3\": x}}\n",
		"no check":             nobody + "fixtures: {wallets: {dormant: 1b8ecc17-4edd-4b74-ae4f-208aeb78f105}}\n",
		"a scope":              nobody + "limits: {requests: 5, window: 1s, scope: planet}\n",
		"no window":            nobody + "limits: {requests: 5, window: soon}\n",
		"a limit":              nobody + "limits: {requests: 5, window: 1s, scope: client}\n",
		"no moment":            nobody + "load: {allow: true, burst_notice: {reference: a, from: soon, to: later}}\n",
		"another type":         nobody + "load: {allow: perhaps}\n",
	} {
		_, err := target.Parse("target.yaml", []byte(text))
		require.Equal(t, err == nil, fits(t, "target", text), "%s: %v", name, err)
	}
}
