package main

import (
	"html"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
)

// TestTheGuideOfTheBookCanBePasted takes the calls of the guide as the page has them, in their order, to a shell.
func TestTheGuideOfTheBookCanBePasted(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"bash", "curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("no %s on this machine: the calls of the guide are not tried (Debian: apt-get install %s)", tool, tool)
		}
	}
	folder := t.TempDir()
	said, code := kobcheck(t, "book", "--out", folder)
	require.Zero(t, code, said)
	page, err := os.ReadFile(filepath.Join(folder, "api.html"))
	require.NoError(t, err)
	_, guide, _ := strings.Cut(string(page), `<h2 id="guide">`)
	guide, _, _ = strings.Cut(guide, "</section>")
	script := "uuidgen() { cat /proc/sys/kernel/random/uuid; }\n"
	for _, call := range regexp.MustCompile(`(?s)<pre>(.*?)</pre>`).FindAllStringSubmatch(guide, -1) {
		script += html.UnescapeString(call[1]) + "; echo\n"
	}

	server, err := mock.New(mock.Options{})
	require.NoError(t, err)
	listening, err := server.Listen(t.Context(), "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, listening.Close()) })
	command := exec.CommandContext(t.Context(), "bash", "-e", "-c", script)
	command.Env = append(os.Environ(), "KOBBLE="+listening.URL, "TOKEN_HOST="+listening.URL,
		"CLIENT_ID="+workbench.Described(server, listening.URL, contract.V1).Target.Clients["primary"].ID,
		"CLIENT_SECRET="+workbench.Secrets(server)["primary"])
	output, err := command.CombinedOutput()
	require.NoError(t, err, "%s", output)
	answers := strings.Fields(string(output))
	require.Contains(t, string(output), "Invalid wallet with existing entity association", "a refusal to read")
	last := answers[len(answers)-1]
	require.Contains(t, last, `"status":"ACTIVE"`)
	require.Contains(t, last, `"wallet_id":`)
}
