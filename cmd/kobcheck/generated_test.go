package main

import (
	"encoding/json"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/steps/stage/sample"
)

// The generators of others that the OpenAPI document is handed to, pinned.
const (
	goGenerator = "github.com/oapi-codegen/oapi-codegen/v2/cmd/oapi-codegen@v2.8.2"
	tsPackages  = "openapi-typescript@7.13.0 openapi-fetch@0.17.0 typescript@5.9.3 @types/node@20.19.0"
)

// TestClientsThatOthersGenerateMakeACard has clients made of the OpenAPI document, in Go and in TypeScript, compiles
// them under a small program each, and lets them make a card at the mock.
func TestClientsThatOthersGenerateMakeACard(t *testing.T) {
	if !sample.All() {
		t.Skip("TEST_ALL=1 generates clients from the OpenAPI document; it takes the Go module proxy and npm")
	}
	server, err := mock.New(mock.Options{})
	require.NoError(t, err)
	listening, err := server.Listen(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, listening.Close()) })
	primary := workbench.Described(server, listening.URL, contract.V1).Target.Clients["primary"]
	environment := append(os.Environ(), "GOFLAGS=-mod=mod", "BASE="+listening.URL, "ID="+primary.ID,
		"SECRET="+workbench.Secrets(server)["primary"])
	for name, c := range map[string]struct{ openapi, program, as, steps, run string }{
		"Go": {"3.0", "main.go.txt", "main.go", "mkdir kobble; printf 'module generated\\n\\ngo 1.26\\n' > go.mod; go run " + goGenerator +
			" -generate types,client -package kobble -o kobble/kobble.go kobble.json; go mod tidy", "go run ."},
		"TypeScript": {"3.1", "main.ts", "main.ts", "echo '{\"type\":\"module\"}' > package.json; npm install --silent --no-audit --no-fund " +
			tsPackages + "; npx openapi-typescript kobble.json -o kobble.d.ts; npx tsc --outDir out --target es2022 --module nodenext" +
			" --strict --skipLibCheck --types node main.ts", "node out/main.js"},
	} {
		t.Run(name, func(t *testing.T) {
			if _, err := exec.LookPath("npm"); name == "TypeScript" && err != nil {
				t.Skip("no npm on this machine: no TypeScript client is generated (Debian: apt-get install npm)")
			}
			folder := t.TempDir()
			document, code := kobcheck(t, "openapi", "--placeholders", "--openapi", c.openapi)
			require.Zero(t, code)
			program, err := os.ReadFile(filepath.Join("testdata", "generated", c.program))
			require.NoError(t, err)
			require.NoError(t, os.WriteFile(filepath.Join(folder, "kobble.json"), []byte(document), 0o600))
			require.NoError(t, os.WriteFile(filepath.Join(folder, c.as), program, 0o600))
			shell := func(script string) string {
				command := exec.CommandContext(t.Context(), "sh", "-e", "-c", script)
				command.Dir, command.Env = folder, environment
				output, err := command.CombinedOutput()
				require.NoError(t, err, "%s", output)
				return string(output)
			}
			shell(c.steps)
			output := shell(c.run)
			require.Equal(t, []string{"400 true", "card INACTIVE"}, strings.Split(strings.TrimSpace(output), "\n"))
		})
	}
}

func TestExamplesOfATargetNameThingsThatAreThere(t *testing.T) {
	t.Parallel()
	path := serve(t, mock.Options{})
	document, code := kobcheck(t, "openapi", "--examples", path)
	require.Zero(t, code, document)
	var of struct {
		Paths map[string]map[string]struct {
			Parameters  []struct{ Example any }
			RequestBody struct {
				Content map[string]struct{ Example map[string]any }
			} `json:"requestBody"`
		}
	}
	require.NoError(t, json.Unmarshal([]byte(document), &of))
	file := of.Paths["/customers/v1/cards"]["post"].RequestBody.Content["application/json"].Example
	require.NotEqual(t, "477f7da7-faeb-4497-b97a-d39e7e921d9f", file["wallet_id"], "the id of a page means nothing there")
	require.Len(t, file["program_id"], 36)
	require.Len(t, of.Paths["/customers/v1/cards/{id}"]["get"].Parameters[0].Example, 36)
	require.Contains(t, of.Paths, "/health", "the paths are the target's")
	said, code := kobcheck(t, "openapi", "--openapi", "2.0")
	require.Equal(t, 2, code)
	require.Contains(t, said, "there are 3.0 and 3.1")
}
