package main

import (
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"sort"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// prism is a mock server that none of us wrote: it answers from an OpenAPI document, always the same.
const prism = "@stoplight/prism-cli@5.14.2"

// cannot says by the check that fails what a server of static answers can't do. A failure that none of
// these explains is a fault of the harness, and fails the test; so does a reason that explains nothing.
var cannot = []struct {
	check  *regexp.Regexp
	reason string
}{
	{regexp.MustCompile(`a 401 has a challenge|a 405 has Allow|stored|the challenge|no error without credentials`),
		"it writes no header that the document does not have: no WWW-Authenticate, Allow or Cache-Control"},
	{regexp.MustCompile(`error code of RFC 6749|a token error has a code|^media type|text of the error|value of error|problem`),
		"its errors have a form of their own, also at the token endpoint"},
	{regexp.MustCompile(`confirmation request|SubscribeURL|delivery|notification`), "it delivers no webhooks"},
	{regexp.MustCompile(`^refused|^not served$|^check \d refuses$|decides|message of the refusal|without a right|unfit metadata|success status|no card|nothing changed|is refused`), "it refuses what the document refuses and nothing else: no rule, owner, scope or token is looked at"},
	{regexp.MustCompile(`^value of|is kept|is another key|part of the whole|as it was sent|list is empty|unit of amounts|updated_at moves on|secrets differ|done once|distinct requests|in the list|is what is read|bounds the list|asked for`), "it keeps nothing: each answer is the document's example, whatever was sent before"},
	{regexp.MustCompile(`a new thing has an id|^a usable success$`),
		"where the documentation has no table of an answer's fields, its answer is empty"},
}

// TestAServerThatNoneOfUsWrote runs the suite against Prism on the contract as OpenAPI. It takes npx and a
// registry, so make foreign asks for it by name.
func TestAServerThatNoneOfUsWrote(t *testing.T) {
	if os.Getenv("FOREIGN") == "" {
		t.Skip("make foreign runs this; it takes npx")
	}
	address := startPrism(t)
	t.Setenv("FOREIGN_SECRET", "the-secret-of-nobody")
	config := filepath.Join(t.TempDir(), "foreign.yaml")
	require.NoError(t, os.WriteFile(config, []byte("target:\n  name: prism\n  base_url: "+address+"\n  token_url: "+address+"/oauth2/token\n"+
		"  clients:\n    primary: {id: a-client, secret_env: FOREIGN_SECRET, scope: client/write}\n  paths: {healthcheck: /health}\n"), 0o600))
	folder := t.TempDir()
	output, code := kobcheck(t, "run", "--config", config, "--seed", "1", "--out", folder)
	require.Equal(t, evidence.ExitFailed, code, output)
	result := readRun(t, folder)
	passed, by, notTestable := 0, map[string]map[string]int{}, 0
	for _, scenario := range result.Scenarios {
		switch scenario.Verdict {
		case evidence.Passed:
			passed++
		case evidence.NotTestable, evidence.Inconclusive:
			notTestable++
			require.NotEmpty(t, scenario.Reason, scenario.ID)
		case evidence.Blocked:
			notTestable++
			require.NotEmpty(t, scenario.BlockedBy, scenario.ID)
		default:
			require.NotEmpty(t, scenario.Findings, scenario.ID)
			reason := whyNot(t, scenario)
			if by[reason] == nil {
				by[reason] = map[string]int{}
			}
			outline, _, _ := strings.Cut(scenario.ID, "/")
			by[reason][outline]++
		}
	}
	table := fmt.Sprintf("%d of %d scenarios pass, %d can't be tested there; the rest, by what a server of static answers can't do:\n",
		passed, len(result.Scenarios), notTestable)
	for _, one := range cannot {
		require.NotEmpty(t, by[one.reason], "no scenario needs this reason any more: %s", one.reason)
		table += "\n- " + one.reason + ":\n" + names(by[one.reason])
	}
	t.Log("\n" + table)
	document, err := os.ReadFile("../../docs/foreign.md")
	require.NoError(t, err)
	if *update {
		head, _, _ := strings.Cut(string(document), "<!-- measured -->\n")
		require.NoError(t, os.WriteFile("../../docs/foreign.md", []byte(head+"<!-- measured -->\n"+table), 0o600))
		return
	}
	require.Contains(t, string(document), table, "docs/foreign.md has to follow; -update writes it")
}

func whyNot(t *testing.T, scenario reports.Scenario) string {
	t.Helper()
	// What gates tells most, and what a scenario is about tells more than what every answer is watched for.
	telling := func(f evidence.Finding) int {
		switch {
		case f.Gated:
			return 0
		case strings.HasPrefix(f.Check, "every answer"):
			return 2
		}
		return 1
	}
	first := slices.MinFunc(scenario.Findings, func(a, b evidence.Finding) int { return telling(a) - telling(b) })
	for _, one := range cannot {
		if one.check.MatchString(first.Check) {
			return one.reason
		}
	}
	t.Errorf("%s fails at %q, and no reason explains it", scenario.ID, first.Check)
	return ""
}

// names lists scenarios, an outline with the number of its rows, in lines of at most 110 characters.
func names(rows map[string]int) string {
	ids := make([]string, 0, len(rows))
	for id := range rows {
		ids = append(ids, id)
	}
	sort.Strings(ids)
	var b strings.Builder
	line := " "
	for i, id := range ids {
		word := " `" + id + "`"
		if rows[id] > 1 {
			word += fmt.Sprintf(" (%d rows)", rows[id])
		}
		if i < len(ids)-1 {
			word += ","
		}
		if len(line)+len(word) > 110 {
			b.WriteString(line + "\n")
			line = " "
		}
		line += word
	}
	return b.String() + line + "\n"
}

// startPrism serves the contract's document and waits until it answers.
func startPrism(t *testing.T) string {
	t.Helper()
	free, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := free.Addr().String()
	require.NoError(t, free.Close())
	document, code := kobcheck(t, "openapi", "--placeholders", "--server", "http://"+address)
	require.Zero(t, code, document)
	path := filepath.Join(t.TempDir(), "kobble.json")
	require.NoError(t, os.WriteFile(path, []byte(document), 0o600))
	host, port, _ := net.SplitHostPort(address)
	server := exec.CommandContext(t.Context(), "npx", "--yes", "-p", prism, "prism", "mock", "-h", host, "-p", port, path)
	server.SysProcAttr = &syscall.SysProcAttr{Setpgid: true} // npx has children that have to end with it
	server.Cancel = func() error { return syscall.Kill(-server.Process.Pid, syscall.SIGKILL) }
	require.NoError(t, server.Start(), "npx comes with Node.js")
	t.Cleanup(func() { _ = syscall.Kill(-server.Process.Pid, syscall.SIGKILL); _ = server.Wait() })
	require.Eventually(t, func() bool {
		response, err := http.Get("http://" + address + "/health")
		if err != nil {
			return false
		}
		return response.Body.Close() == nil
	}, 3*time.Minute, 200*time.Millisecond, "prism did not begin to serve")
	return "http://" + address
}
