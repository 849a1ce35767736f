package main

import (
	"net/http"
	"net/http/httptest"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports/evidence"
)

// TestACardNumberInAnAnswerIsCodeEightInEveryVerb has each verb that speaks with a target meet one in all answers that say
// something else rightly.
func TestACardNumberInAnAnswerIsCodeEightInEveryVerb(t *testing.T) {
	t.Parallel()
	var change atomic.Pointer[func(*httptest.ResponseRecorder, *http.Request)]
	path := spoilt(t, &change)
	put := func(answer *httptest.ResponseRecorder, r *http.Request) {
		if !strings.HasSuffix(r.URL.Path, "/token") {
			placed["a header"](answer, "4111 1111 1111 1111")
		}
	}
	change.Store(&put)
	folder := t.TempDir()
	to := func(name string) string { return filepath.Join(folder, name) }
	for _, verb := range [][]string{
		{"run", "--config", path, "--section", "card_programs", "--out", to("run")},
		{"replay", to("run/run.json"), "--scenario", "programs-list.success", "--config", path, "--times", "1"},
		{"load", "mixed", "--config", path, "--time", "0.1", "--canary", "0", "--out", to("mixed")},
		{"load", "idempotency", "--config", path, "--rate", "0.1", "--time", "0.1", "--canary", "0", "--out", to("storm")},
		{"explore", "--config", path, "--steps", "5", "--out", to("walk")},
		{"doctor", "--config", path},
		{"drift", "--config", path, "--section", "card_programs", "--out", to("drift")},
		{"tidy", "--config", path, to("storm")},
		{"openapi", "--examples", path},
		{"webhooks", "verify", keptIn(t, `{"Message":"{\"pan\":\"4111111111111111\"}"}`)},
	} {
		output, code := kobcheck(t, verb...)
		require.Equal(t, evidence.ExitSecretFound, code, "%v\n%s", verb, output)
		require.Contains(t, output, "full card number", verb[0])
		if verb[0] == "load" {
			output = written(t, verb[len(verb)-1], 0o640)["load.json"]
			require.Contains(t, output, `"exit_code":8`, verb[1])
		}
		require.NotContains(t, output, "4111 1111", verb[0])
		if verb[0] != "drift" { // whose two runs tell the rest
			require.Contains(t, output, "411111******1111", verb[0])
		}
	}
}
