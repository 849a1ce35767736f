package main

import (
	"io"
	"maps"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/steps/stage/sample"
)

func TestNullServersProveNothing(t *testing.T) {
	t.Parallel()
	servers := map[string]http.HandlerFunc{
		"always 404": http.NotFound,
		"always 500": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusInternalServerError) },
		"always 200 {}": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte("{}"))
		},
		"always 202": func(w http.ResponseWriter, _ *http.Request) { w.WriteHeader(http.StatusAccepted) },
		"an echo": func(w http.ResponseWriter, r *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = io.Copy(w, r.Body)
		},
		"cut JSON": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"id":"1b8ecc17-4edd-4b74-ae4f-208aeb78f105","status":`))
		},
		"one example whatever is asked": func(w http.ResponseWriter, _ *http.Request) {
			w.Header().Set("Content-Type", "application/json")
			_, _ = w.Write([]byte(`{"id":"1b8ecc17-4edd-4b74-ae4f-208aeb78f105","status":"ACTIVE","created_at":"2025-01-14T16:56:58.947Z","updated_at":"2025-01-14T16:56:58.947Z"}`))
		},
	}
	for _, name := range sample.Of(t, slices.Sorted(maps.Keys(servers)), 3) {
		answer := servers[name]
		t.Run(name, func(t *testing.T) {
			server := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				if r.URL.Path == "/oauth2/token" {
					w.Header().Set("Content-Type", "application/json")
					_, _ = w.Write([]byte(`{"access_token":"null-server-token","expires_in":3600,"token_type":"Bearer"}`))
					return
				}
				answer(w, r)
			}))
			defer server.Close()
			path := filepath.Join(t.TempDir(), "null.yaml")
			require.NoError(t, os.WriteFile(path, []byte("target:\n  name: \"null\"\n  base_url: "+
				""+server.URL+"\n  token_url: "+server.URL+"/oauth2/token\n  clients:\n    primary: {id: a, secret_file: '"+keptIn(t,
				"null-server-secret")+"', scope: client/write}\n"), 0o600))
			folder := t.TempDir()
			output, code := kobcheck(t, "run", "--config", path, "--out", folder, "--format", "json")
			require.NotZero(t, code, output)
			result := readRun(t, folder)
			if name == "one example whatever is asked" {
				require.Less(t, result.Summary.Requirements.Proved, 120, "a thing that is always the same has its form and its id, and little else")
				require.Greater(t, result.Summary.Requirements.Failed, 100)
				return
			}
			fooled := map[string]bool{}
			for _, one := range result.Requirements {
				if one.Status == reports.Proved && !slices.Contains(anybodysProof, one.ID) {
					fooled[one.ID] = true
				}
			}
			require.Empty(t, fooled, "a server that does nothing proves these")
		})
	}
}

// anybodysProof are the requirements that a server with a token endpoint and nothing behind it rightly proves: those
// of the token, that no answer shows what it must not or names a coding that it has not, that a label says JSON, and that whatever is asked is served.
var anybodysProof = []string{"AUTH-01", "AUTH-02", "AUTH-15", "AUTH-16", "STD-14", "STD-17",
	"CARD-20", "HARNESS-01", "HARNESS-10", "HARNESS-14", "HARNESS-15", "HARNESS-26",
	"GEN-11", "CARD-CREATE-09", "WALLET-27", "ENDUSER-21", "HOOK-02", "BENEF-14",
	"OAUTH-02", "OAUTH-08", "OAUTH-09", "CLIENT-07", "CLIENT-11", "RATE-01", "RATE-02", "RATE-07", "HARNESS-22", "WALLET-29"}
