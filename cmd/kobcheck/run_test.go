package main

import (
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/cmd/kobcheck/workbench"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/format"
	"github.com/kobcheck/kobcheck/steps/catalog"
	"github.com/kobcheck/kobcheck/steps/stage/sample"
)

// kobcheck calls the program with arguments and returns its output and exit code.
func kobcheck(t *testing.T, arguments ...string) (string, int) {
	t.Helper()
	var out bytes.Buffer
	root := newRoot()
	root.SetOut(&out)
	root.SetErr(&out)
	root.SetArgs(arguments)
	err := root.ExecuteContext(context.Background())
	var exit workbench.Exit
	switch {
	case err == nil:
		return out.String(), 0
	case errors.As(err, &exit):
		return out.String(), exit.Code
	}
	return out.String() + err.Error(), evidence.ExitUsage
}

// documentation returns what the documentation says and the scenarios that hold an API to it.
func documentation(t *testing.T) (*contract.Contract, *catalog.Catalog) {
	t.Helper()
	b, err := workbench.New(newRoot())
	require.NoError(t, err)
	return b.Facts, b.Scenarios
}

func readRun(t *testing.T, folder string) *reports.Run {
	t.Helper()
	file, err := os.Open(filepath.Join(folder, "run.json"))
	require.NoError(t, err)
	defer func() { require.NoError(t, file.Close()) }()
	result, err := reports.ReadRun(file)
	require.NoError(t, err)
	return result
}

func TestTheWholeSuitePassesOnTheMockInBothStylesAndEditions(t *testing.T) {
	t.Parallel()
	passes := func(t *testing.T, run wholeRun) {
		require.Zero(t, run.code, run.output)
		result := readRun(t, run.folder)
		require.Equal(t, result.Summary.Operations.Total, result.Summary.Operations.Exercised, "every operation was called and answered")
		for _, scenario := range result.Scenarios {
			require.Empty(t, scenario.Findings, "a finding on the conforming mock is a false alarm: %s", scenario.ID)
		}
		require.Zero(t, result.Summary.Scenarios.Inconclusive)
	}
	for _, style := range mock.Styles() {
		t.Run(style+"/v1", func(t *testing.T) { passes(t, wholeRuns[style](t)) })
	}
	for _, style := range sample.Of(t, mock.Styles(), 2) {
		t.Run(style+"/guide", func(t *testing.T) {
			run := wholeRun{folder: t.TempDir()}
			run.output, run.code = kobcheck(t, "run", "--style", style, "--edition", "guide", "--format", "json", "--out", run.folder)
			passes(t, run)
		})
	}
}

// serve starts a mock in the way of another process: all that the run gets is a target file and the
// environment.
func serve(t *testing.T, options mock.Options) string {
	t.Helper()
	options.RetryWait = workbench.RetryWait
	server, err := mock.New(options)
	require.NoError(t, err)
	return serveThis(t, server)
}

func serveThis(t *testing.T, server *mock.Server) string {
	t.Helper()
	listening, err := server.Listen(context.Background(), "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, listening.Close()) })
	return writeTarget(t, server, listening.URL)
}

// writeTarget writes a target file for a mock that is served at an address, and a file for each of its secrets, since
// the environment belongs to all tests at once.
// Sender is the address of its own that deliveries name where a front stands before it.
func writeTarget(t *testing.T, server *mock.Server, address string, sender ...string) string {
	t.Helper()
	file := workbench.Described(server, address, contract.V1)
	for _, one := range sender {
		file.Webhooks.Sender = one
	}
	for name, one := range file.Target.Clients {
		one.SecretEnv, one.SecretFile = "", keptIn(t, workbench.Secrets(server)[name])
		file.Target.Clients[name] = one
	}
	file.Fixtures.ExpiredEnv, file.Fixtures.ExpiredFile = "", keptIn(t, server.Inventory().ExpiredToken)
	var text bytes.Buffer
	require.NoError(t, target.Write(&text, file, nil, ""))
	path := filepath.Join(t.TempDir(), "target.yaml")
	require.NoError(t, os.WriteFile(path, text.Bytes(), 0o600))
	return path
}

// keptIn writes a secret into a file of its own and returns the path.
func keptIn(t *testing.T, secret string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "secret")
	require.NoError(t, os.WriteFile(path, []byte(secret), 0o600))
	return path
}

func TestATargetFileIsAllThatTheSuiteNeeds(t *testing.T) {
	t.Parallel()
	path := serve(t, mock.Options{Style: "strict-http"})
	output, code := kobcheck(t, "run", "--config", path, "--section", "cards", "--out", t.TempDir())
	require.Zero(t, code, output)
}

func TestWithoutFixturesScenariosAreNotTestableAndNoneFails(t *testing.T) {
	t.Parallel()
	path := serve(t, mock.Options{})
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	before, _, _ := strings.Cut(string(data), "fixtures:")
	require.NoError(t, os.WriteFile(path, []byte(before), 0o600))
	folder := t.TempDir()
	output, code := kobcheck(t, "run", "--config", path, "--section", "cards", "--out", folder)
	require.Zero(t, code, output)
	require.Contains(t, output, `fixtures.wallets."5"`)
	require.Positive(t, readRun(t, folder).Summary.Scenarios.NotTestable)
}

func TestExitCodes(t *testing.T) {
	t.Parallel()
	closed, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := closed.Addr().String()
	require.NoError(t, closed.Close())
	down := filepath.Join(t.TempDir(), "down.yaml")
	require.NoError(t, os.WriteFile(down, []byte("target:\n  name: down\n  base_url: "+
		"http://"+address+"\n  token_url: http://"+address+"/oauth2/token\n  clients:\n    primary: {id: a, secret_env: PATH, scope: "+
		"client/write}\n"), 0o600))
	broken := filepath.Join(t.TempDir(), "broken.yaml")
	require.NoError(t, os.WriteFile(broken, []byte("target:\n  nam: x\n"), 0o600))
	for _, c := range []struct {
		name      string
		arguments []string
		code      int
		says      string
	}{
		{"conforming", []string{"run", "--requirement", "CARD-GET-02"}, 0, "conforms"},
		{"a gated requirement fails", []string{"run", "--requirement", "CARD-CREATE-08", "--fault", "status.card-created-200"}, 1,
			"CARD-CREATE-08 (stated)"},
		{"an unknown flag", []string{"run", "--nonsense"}, 2, "unknown flag: --nonsense; kobcheck run --help lists the flags"},
		{"an unknown tag", []string{"run", "--tags", "@statd"}, 2, `did you mean "@stated"?`},
		{"the old tag grammar", []string{"run", "--tags", "@stated,@inferred"}, 2, "write it like"},
		{"an unknown section", []string{"run", "--section", "card"}, 2, `did you mean "cards"?`},
		{"an unknown requirement", []string{"run", "--requirement", "CARD-CREATE-99"}, 2, "no requirement"},
		{"an unknown fault", []string{"run", "--fault", "order.swap"}, 2, "order.swap-1-2"},
		{"an unknown style", []string{"run", "--style", "fancy"}, 2, "no style"},
		{"an unknown mark", []string{"run", "--gate", "certain"}, 2, "is no mark"},
		{"a broken target file", []string{"run", "--config", broken}, 2, "broken.yaml:2:"},
		{"an unknown report format", []string{"run", "--requirement", "CARD-GET-02", "--format", "pdf"}, 2, ""},
		{"nothing is selected", []string{"run", "--tags", "@stated and not @stated"}, 3, ""},
		{"nothing can be tested", []string{"run", "--requirement", "IDEMP-12"}, 3, ""},
		{"nobody is there", []string{"run", "--config", down, "--section", "relays"}, 4, "connection refused"},
	} {
		t.Run(c.name, func(t *testing.T) {
			output, code := kobcheck(t, append(c.arguments, "--out", t.TempDir())...)
			require.Equal(t, c.code, code, output)
			require.Contains(t, output, c.says)
		})
	}
}

func TestNoSecretOfTheRunReachesAReport(t *testing.T) {
	t.Parallel()
	server, err := mock.New(mock.Options{Faults: []string{"leak.token", "leak.card-number"}})
	require.NoError(t, err)
	path := serveThis(t, server)
	folder := t.TempDir()
	output, code := kobcheck(t, "run", "--config", path, "--section", "cards", "--out", folder, "--format", strings.Join(format.All(), ","))
	require.Equal(t, evidence.ExitSecretFound, code)
	require.False(t, readRun(t, folder).Masked(), "the leaks are findings, and the reports are clean")
	require.Contains(t, output, "does not conform")
	secrets := []string{workbench.Secrets(server)["primary"], workbench.Secrets(server)["second"], server.Inventory().ExpiredToken,
		"eyJhbGciOiJFUzI1NiIs"}
	texts := []string{output}
	require.NoError(t, filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		texts = append(texts, string(data))
		return err
	}))
	require.Greater(t, len(texts), len(format.Default()))
	for _, text := range texts {
		for _, secret := range secrets {
			require.NotEmpty(t, secret)
			require.False(t, strings.Contains(text, secret), "a secret reached a report")
		}
		require.NotRegexp(t, `[^0-9a-fA-F-]4111111111[0-9]{6}[^0-9]`, text, "a full card number reached a report")
	}
}

func TestReportsAgreeWithTheRun(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	_, code := kobcheck(t, "run", "--section", "wallets", "--fault", "wallet.new-is-linked", "--fault", "status.wallet-created-201",
		"--out", folder)
	require.Equal(t, evidence.ExitFailed, code)
	result := readRun(t, folder)
	var suites struct {
		Failures int `xml:"failures,attr"`
		Tests    int `xml:"tests,attr"`
		Suites   []struct {
			Cases []struct {
				Failure *struct{} `xml:"failure"`
			} `xml:"testcase"`
		} `xml:"testsuite"`
	}
	data, err := os.ReadFile(filepath.Join(folder, "junit.xml"))
	require.NoError(t, err)
	require.NoError(t, xml.Unmarshal(data, &suites))
	failures := 0
	for _, suite := range suites.Suites {
		for _, one := range suite.Cases {
			if one.Failure != nil {
				failures++
			}
		}
	}
	require.Positive(t, failures)
	require.Equal(t, failures, suites.Failures)
	require.Equal(t, result.Summary.Scenarios.Failed, failures)
	require.Equal(t, result.Summary.Scenarios.Total, suites.Tests)
	again := t.TempDir()
	_, code = kobcheck(t, "report", filepath.Join(folder, "run.json"), "--out", again)
	require.Equal(t, evidence.ExitFailed, code)
	page, err := os.ReadFile(filepath.Join(again, "index.html"))
	require.NoError(t, err)
	require.NotContains(t, string(page), "<link")
	require.NotContains(t, string(page), "src=")
}

func TestListsAreWhatOthersRelyOn(t *testing.T) {
	t.Parallel()
	for what, keys := range map[string][]string{
		"requirements": {"id", "sentence", "mark", "source", "operation", "scenarios", "faults"},
		"operations":   {"id", "section", "method", "path", "mark", "scenarios"},
		"conflicts":    {"id", "subject", "readings", "taken", "why"},
		"scenarios":    {"id", "feature", "name", "tags", "requirements"},
		"faults":       {"id", "group", "sentence", "requirement", "mark"},
		"plans":        {"id", "sentence", "gates"},
	} {
		t.Run(what, func(t *testing.T) {
			output, code := kobcheck(t, "list", what, "--json")
			require.Zero(t, code)
			var entries []map[string]any
			require.NoError(t, json.Unmarshal([]byte(output), &entries))
			require.NotEmpty(t, entries)
			for _, key := range keys {
				require.Contains(t, entries[0], key)
			}
		})
	}
}

func TestAStrictRunGatesOnUndocumentedFields(t *testing.T) {
	t.Parallel()
	arguments := []string{"run", "--scenario", "cards-create.created", "--freedom", "N-41.1=top", "--out", t.TempDir()}
	_, code := kobcheck(t, arguments...)
	require.Zero(t, code)
	_, code = kobcheck(t, append(arguments, "--strict")...)
	require.Equal(t, evidence.ExitFailed, code)
}

func TestLintFindsNothing(t *testing.T) {
	t.Parallel()
	output, code := kobcheck(t, "lint")
	require.Zero(t, code, output)
}

func TestExplainTellsSentenceSourceAndScenarios(t *testing.T) {
	t.Parallel()
	output, code := kobcheck(t, "explain", "CARD-CREATE-15")
	require.Zero(t, code)
	for _, part := range []string{"The checks run in a fixed order", "https://docs.apikobble.net/doc-1946732", "card-order.pair/1/2",
		"order.swap-3-4"} {
		require.Contains(t, output, part)
	}
	output, code = kobcheck(t, "explain", "card-create")
	require.Equal(t, 2, code)
	require.Contains(t, output, `did you mean "cards-create"?`)
}

func TestAnInterruptedRunWritesItsReportsAndSaysSo(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	program := filepath.Join(t.TempDir(), "kobcheck")
	build, err := exec.Command("go", "build", "-o", program, ".").CombinedOutput()
	require.NoError(t, err, string(build))
	command := exec.Command(program, "run", "--latency", "300ms", "--concurrency", "2", "--out", folder)
	progress, err := command.StderrPipe()
	require.NoError(t, err)
	require.NoError(t, command.Start())
	_, err = progress.Read(make([]byte, 1)) // the head line: the run has begun
	require.NoError(t, err)
	require.NoError(t, command.Process.Signal(syscall.SIGINT))
	_, err = io.Copy(io.Discard, progress)
	require.NoError(t, err)
	var exit *exec.ExitError
	require.ErrorAs(t, command.Wait(), &exit)
	require.Equal(t, evidence.ExitInterrupted, exit.ExitCode())
	result := readRun(t, folder)
	require.Equal(t, evidence.Interrupted, result.Verdict)
	require.Positive(t, result.Summary.Scenarios.NotRun)
	for _, file := range []string{"summary.md", "index.html", "junit.xml"} {
		text, err := os.ReadFile(filepath.Join(folder, file))
		require.NoError(t, err)
		require.Contains(t, string(text), "kobcheck run --continue run.json", "%s: whoever reads any of the reports can go on", file)
	}
}

func TestARunThatWasStoppedIsContinuedWithWhatItDidNotComeTo(t *testing.T) {
	t.Parallel()
	folder, rest := t.TempDir(), t.TempDir()
	_, code := kobcheck(t, "run", "--section", "relays", "--seed", "11", "--format", "json", "--out", folder)
	require.Zero(t, code)
	stopped := readRun(t, folder)
	require.Greater(t, len(stopped.Scenarios), 1)
	path := filepath.Join(folder, "run.json")
	output, code := kobcheck(t, "run", "--continue", path, "--out", rest)
	require.Equal(t, evidence.ExitUsage, code)
	require.Contains(t, output, "left nothing over")
	stopped.Scenarios[0].Verdict = evidence.NotRun
	text, err := json.Marshal(stopped)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, text, 0o600))
	output, code = kobcheck(t, "run", "--continue", path, "--out", rest, "--format", "json")
	require.Zero(t, code, output)
	result := readRun(t, rest)
	require.Len(t, result.Scenarios, 1)
	require.Equal(t, stopped.Scenarios[0].ID, result.Scenarios[0].ID)
	require.EqualValues(t, 11, result.Seed)
	output, code = kobcheck(t, "run", "--continue", path, "--out", folder)
	require.Equal(t, evidence.ExitUsage, code)
	require.Contains(t, output, "would be written over")
}
