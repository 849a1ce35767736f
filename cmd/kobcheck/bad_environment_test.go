package main

import (
	"cmp"
	"flag"
	"fmt"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/stage/sample"
)

var update = flag.Bool("update", false, "write the golden files anew")

// badEnvironment is one row: what happens, and what a run makes of it.
type badEnvironment struct {
	situation string
	// api answers everything but the token call, which is answered well unless token is set.
	api, token http.HandlerFunc
	// raw serves connections by hand in place of api.
	raw func(net.Conn)
	tls func(t *testing.T) secured
	// between stands before a whole API that conforms.
	between func(http.Handler) http.Handler
	// section is what is performed where the whole suite is not; card_programs unless it says otherwise.
	section string
	// waits says that a scenario waits for what never comes, until its time is over.
	waits bool
	code  int
	says  string
}

// badEnvironments are what a night on somebody's staging can meet. The table in docs/ is made of what a
// run really says of each.
var badEnvironments = []badEnvironment{
	{situation: "nobody listens", code: 4, says: "connection refused"},
	{situation: "the API accepts and never answers", api: hang, waits: true, code: 4, says: "the scenario took longer than"},
	{situation: "the connection is reset in the middle of a body", raw: reset, code: 4, says: "connection reset"},
	{situation: "the body ends before its Content-Length", raw: say("HTTP/1.1 200 OK\r\nContent-Type: " +
		"application/json\r\nContent-Length: 500\r\n\r\n{\"id\":"), code: 4, says: "connection closed before a whole answer"},
	{situation: "the body is longer than its Content-Length", raw: say("HTTP/1.1 200 OK\r\nContent-Type: " +
		"application/json\r\nContent-Length: 5\r\n\r\n{\"id\":\"and so on\"}"), code: 1, says: "the body is not JSON as RFC 8259 has it"},
	{situation: "the body never ends", api: endless, code: 4, says: "longer than kobcheck reads (1 MiB)"},
	{situation: "an answer has more values than are read", api: manyValues, code: 4, says: "longer than kobcheck reads (262144 values)"},
	{situation: "one byte a second", api: drip, waits: true, code: 4, says: "the scenario took longer than"},
	{situation: "no HTTP at all", raw: say("220 smtp.example.test ESMTP\r\n"), code: 4, says: "the answer was no HTTP"},
	{situation: "a gateway's HTML page with 503", api: page(503), code: 4, says: "a gateway answered 503"},
	{situation: "an HTML page with 200 for everything", api: page(200), code: 4, says: "the API never answered"},
	{situation: "an HTML page with 500 for everything", api: page(500), code: 4, says: "the API never answered"},
	{situation: "an HTML page with 403 of an edge", api: page(403), code: 4, says: "an edge answered 403 with the HTML page \"Oops\""},
	{situation: "an HTML page with 408 of an edge", api: page(408), code: 4, says: "an edge answered 408"},
	{situation: "520 of an edge", api: page(520), code: 4, says: "a gateway answered 520"},
	{situation: "522 of an edge", api: page(522), code: 4, says: "a gateway answered 522"},
	{situation: "an HTML page of one operation", between: onePage, code: 1, says: "reading the body as JSON"},
	{situation: "the API itself answers 500", api: refusal(500, `{"message":"sorry"}`), code: 1, says: "500 Internal Server Error"},
	{situation: "429 to everything", api: page(429), waits: true, code: 4, says: "our own pace"},
	{situation: "a gzip bomb", api: bomb, code: 1, says: "the body is not JSON as RFC 8259 has it"},
	{situation: "a redirect to itself", api: func(w http.ResponseWriter,
		r *http.Request) {
		http.Redirect(w, r, r.URL.Path, http.StatusFound)
	}, code: 4, says: "the API never answered"},
	{situation: "everything is redirected to a login", api: redirect("https://login.example.test/start?next=x"), code: 4,
		says: "leads to https://login.example.test/start;"},
	{situation: "everything is redirected to https", api: redirect(""), code: 4,
		says: "let target.base_url and target.token_url begin with https"},
	{situation: "invalid UTF-8", api: answer("application/json", "{\"id\":\"\xff\xfe\"}"), code: 1, says: "the body is not UTF-8"},
	{situation: "a certificate for another name", tls: certificate("other.example.test", time.Hour, true), code: 4,
		says: "no trusted TLS connection"},
	{situation: "a certificate that has expired", tls: certificate("127.0.0.1", -time.Hour, true), code: 4, says: "no trusted TLS connection"},
	{situation: "a certificate of an unknown authority", tls: certificate("127.0.0.1", time.Hour, false), code: 4,
		says: "no trusted TLS connection"},
	{situation: "the token endpoint answers 500", token: page(500), code: 4, says: "the token endpoint answered 500"},
	{situation: "the token endpoint never answers", token: hang, waits: true, code: 4, says: "the scenario took longer than"},
	{situation: "the token endpoint answers garbage", token: answer("application/json", "so sorry"), code: 4, says: "no access token"},
	{situation: "the token endpoint refuses the client", token: refusal(401, `{"error":"invalid_client"}`), code: 4, says: "invalid_client"},
	{situation: "the token endpoint is redirected", token: redirect("https://login.example.test/"), code: 4,
		says: "leads to https://login.example.test/"},
	{situation: "the secret is rotated in the middle of the run", between: rotated(2), section: "authorization", code: 4, says: "invalid_client"},
	{situation: "all tokens are revoked once in the middle of the run", between: revoked, code: 0, says: "none broke a gated requirement"},
	{situation: "the Date of every answer is an hour behind", between: clockBehind, code: 0,
		says: "a thing was made or changed after the answer that tells of it"},
	{situation: "the API dies half-way and comes back", between: outage(15, 400*time.Millisecond), code: 0,
		says: "none broke a gated requirement"},
	{situation: "the API dies half-way and stays away", between: outage(15, time.Hour), code: 4, says: "the target is down"},
}

// ranAgainst makes a row happen and runs a selection of the suite, or all of it, against it.
func ranAgainst(t *testing.T, bad badEnvironment, selection ...string) (output string, code int, folder string) {
	t.Helper()
	var secure secured
	if bad.tls != nil {
		secure = bad.tls(t)
	}
	var path string
	if bad.between != nil {
		path = behind(t, mock.Options{}, bad.between)
	} else {
		path = environment(t, bad.api, bad.token, bad.raw, secure)
	}
	patience, timeout := "0s", "60s" // what comes comes in time, however busy this machine is
	if bad.code == 0 {
		patience = "1m"
	}
	if bad.waits {
		timeout = "2s"
	}
	folder = t.TempDir()
	output, code = kobcheck(t, append([]string{"run", "--config", path, "--timeout", timeout, "--patience", patience, "--out", folder},
		selection...)...)
	return output, code, folder
}

// A section shows what a run says; only the whole suite, in several orders, shows that no scenario has an opinion of
// its own about it.
func TestTheWholeSuiteBlamesNoAPIForItsEnvironment(t *testing.T) {
	t.Parallel()
	for _, bad := range sample.Of(t, badEnvironments, 12) {
		if api := bad.api; api != nil && bad.token == nil { // the whole suite looks at the token endpoint too
			bad.between = func(conforming http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if isTokenCall(r) {
						conforming.ServeHTTP(w, r)
						return
					}
					api(w, r)
				})
			}
		}
		seeds := []string{"1"}
		if sample.All() {
			seeds = []string{"1", "2", "3"}
		}
		for _, seed := range seeds {
			t.Run(bad.situation+", seed "+seed, func(t *testing.T) {
				t.Parallel()
				output, code, _ := ranAgainst(t, bad, "--seed", seed)
				require.Equal(t, bad.code, code, output)
			})
		}
	}
}

func TestEachBadEnvironmentHasItsAnswer(t *testing.T) {
	t.Parallel()
	rows := make([]string, len(badEnvironments))
	t.Run("rows", func(t *testing.T) {
		for i, bad := range badEnvironments {
			t.Run(bad.situation, func(t *testing.T) {
				t.Parallel()
				output, code, folder := ranAgainst(t, bad, "--section", cmp.Or(bad.section, "card_programs"))
				require.Equal(t, bad.code, code, output)
				require.Contains(t, flat(output), bad.says)
				result := readRun(t, folder)
				require.Equal(t, bad.code, result.ExitCode)
				counts := result.Summary.Scenarios
				require.Equal(t, bad.code == evidence.ExitFailed, counts.Failed+len(result.PassingAlone()) > 0)
				for _, name := range []string{"junit.xml", "summary.md", "index.html"} {
					require.FileExists(t, filepath.Join(folder, name))
				}
				require.NotContains(t, output, "the-secret-of-the-bad-target")
				require.NotContains(t, output, "a-token-worth-nothing")
				whose := map[int]string{0: "passed", evidence.ExitFailed: "failed", evidence.ExitInconclusive: "inconclusive"}[code]
				rows[i] = fmt.Sprintf("| %s | %d | %s | … %s … |\n", bad.situation, code, whose, bad.says)
			})
		}
	})
	table := "| what happens | exit code | scenarios | what the run says |\n|---|--:|---|---|\n" + strings.Join(rows, "")
	const golden = "testdata/bad-environments.md"
	if *update {
		require.NoError(t, os.WriteFile(golden, []byte(table), 0o600))
	}
	want, err := os.ReadFile(golden)
	require.NoError(t, err)
	require.Equal(t, string(want), table, "the table in docs/bad-environments.md has to follow; -update writes this one")
	document, err := os.ReadFile("../../docs/bad-environments.md")
	require.NoError(t, err)
	require.Contains(t, string(document), string(want))
}

func flat(text string) string { return strings.Join(strings.Fields(text), " ") }

func TestATokenNeverFollowsARedirect(t *testing.T) {
	t.Parallel()
	var strangers atomic.Int64
	stranger := httptest.NewServer(http.HandlerFunc(func(http.ResponseWriter, *http.Request) { strangers.Add(1) }))
	defer stranger.Close()
	path := environment(t, func(w http.ResponseWriter, r *http.Request) {
		http.Redirect(w, r, stranger.URL+r.URL.Path, http.StatusTemporaryRedirect)
	}, nil, nil, secured{})
	_, code := kobcheck(t, "run", "--config", path, "--section", "card_programs", "--out", t.TempDir())
	require.Equal(t, evidence.ExitInconclusive, code)
	require.Zero(t, strangers.Load())
}
