package main

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

func TestOneEntryCoversACauseAndTheRestIsStillJudged(t *testing.T) {
	t.Parallel()
	const fault = "status.enduser-created-201"
	folder := t.TempDir()
	output, code := kobcheck(t, "run", "--fault", fault, "--format", "json,known", "--out", folder)
	require.Equal(t, evidence.ExitFailed, code, output)
	require.Regexp(t, `does not conform: 1 cause, shown by 1 of \d+ scenarios`, output)
	text, err := os.ReadFile(filepath.Join(folder, "new-failures.yaml"))
	require.NoError(t, err)
	require.Equal(t, 1, strings.Count(string(text), "fingerprint:"), "one entry, however many scenarios met it")
	filled := strings.NewReplacer(`reason: ""`, "reason: it is told 201", `reference: ""`, "reference: KOB-1", `owner: ""`,
		"owner: endusers", `until: ""`, "until: 2099-12-31").Replace(string(text))
	known := filepath.Join(folder, "known.yaml")
	require.NoError(t, os.WriteFile(known, []byte(filled), 0o600))

	output, code = kobcheck(t, "run", "--fault", fault, "--known", known, "--section", "endusers", "--out", folder)
	require.Zero(t, code, output)
	require.Regexp(t, `1\s+cause known`, output)

	output, code = kobcheck(t, "run", "--fault", fault+",idempotency.ignored", "--known", known, "--tags", "@IDEMP-01 or @ENDUSER-13", "--out", folder)
	require.Equal(t, evidence.ExitFailed, code, output)
	page, err := os.ReadFile(filepath.Join(folder, "index.html"))
	require.NoError(t, err)
	first, _, _ := strings.Cut(string(page[strings.Index(string(page), `<article class="finding"><h3>`):]), "</h3>")
	require.Contains(t, first, "IDEMP-", "what is new comes first")

	output, code = kobcheck(t, "run", "--known", known, "--format", "json", "--out", folder)
	require.Zero(t, code, "until its date an entry of what is mended holds nobody up: %s", output)
	require.Regexp(t, `no longer fails as KOB-1 says; remove the\s+entry\s+at`, output)
	output, code = kobcheck(t, "run", "--known", known, "--format", "json", "--unexpected-pass", "fail", "--out", folder)
	require.Equal(t, evidence.ExitFailed, code, output)
	output, code = kobcheck(t, "run", "--known", known, "--section", "wallets", "--out", folder)
	require.Zero(t, code, output)
	require.Regexp(t, `conforms\s+in\s+part`, output)
	require.NoError(t, os.WriteFile(known, []byte(filled+filled), 0o600))
	output, code = kobcheck(t, "run", "--known", known, "--out", folder)
	require.Equal(t, evidence.ExitUsage, code)
	require.Regexp(t, `the same entry stands at line \d+ already`, output)
}
