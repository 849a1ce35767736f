package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/doctor"
)

// examined runs doctor and returns its checks by what they looked at.
func examined(t *testing.T, path string) (map[string]doctor.Check, doctor.Opinion, int) {
	t.Helper()
	output, code := kobcheck(t, "doctor", "--config", path, "--json")
	var said doctor.Opinion
	require.NoError(t, json.Unmarshal([]byte(output), &said), output)
	checks := map[string]doctor.Check{}
	for _, check := range said.Checks {
		checks[check.What] = check
	}
	return checks, said, code
}

func rewrite(t *testing.T, path, old, with string) {
	t.Helper()
	data, err := os.ReadFile(path)
	require.NoError(t, err)
	require.Contains(t, string(data), old)
	require.NoError(t, os.WriteFile(path, []byte(strings.Replace(string(data), old, with, 1)), 0o600))
}

func TestDoctorFindsAGoodTargetFineAndForetellsTheRun(t *testing.T) {
	t.Parallel()
	path := serve(t, mock.Options{})
	checks, said, code := examined(t, path)
	require.Zero(t, code)
	for what, check := range checks {
		require.Equal(t, doctor.Fine, check.State, what)
	}
	run := readRun(t, wholeRuns[mock.Plain](t).folder)
	require.Equal(t, run.Summary.Scenarios.NotTestable, said.Forecast.NotTestable, "what was foretold came true")
	for _, one := range run.LeftBehind {
		if one.Kind == "enduser" || one.Kind == "wallet" || one.Kind == "card" { // of few things, a few more are many
			require.InEpsilon(t, one.Count, said.Makes[one.Kind], 0.5, "%s: the seeds differ", one.Kind)
		}
	}
	var printed strings.Builder
	require.NoError(t, said.Print(&printed))
	require.Contains(t, printed.String(), fmt.Sprintf("%4d  of the kind client\n", said.Makes["client"]))
}

func TestDoctorNamesWhatIsWrongAndWhatToDo(t *testing.T) {
	t.Parallel()
	const nobody = "00000000-0000-4000-8000-000000000000"
	facts, err := contract.Load()
	require.NoError(t, err)
	for name, c := range map[string]struct {
		between func(http.Handler) http.Handler
		change  func(t *testing.T, path string)
		what    string
		state   doctor.State
		code    int
	}{
		"a wrong secret": {change: func(t *testing.T, path string) {
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			_, after, _ := strings.Cut(string(data), "primary:")
			_, after, _ = strings.Cut(after, "secret_file: ")
			file, _, _ := strings.Cut(after, "\n")
			require.NoError(t, os.WriteFile(file, []byte("not-the-secret"), 0o600))
		},
			what: "token primary", state: doctor.Broken, code: evidence.ExitInconclusive},
		"no second client": {change: func(t *testing.T, path string) {
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			before, after, found := strings.Cut(string(data), "    second:")
			require.True(t, found)
			_, after, _ = strings.Cut(after, "scope:")
			_, after, _ = strings.Cut(after, "\n")
			require.NoError(t, os.WriteFile(path, []byte(before+after), 0o600))
		}, what: "token second", state: doctor.Poor},
		"the other edition": {change: func(t *testing.T, path string) {
			rewrite(t, path, "base_url: http://127.0.0.1", "base_url: http://localhost")
		},
			between: func(api http.Handler) http.Handler {
				return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
					if strings.HasPrefix(r.URL.Path, "/customers/") {
						http.NotFound(w, r)
						return
					}
					api.ServeHTTP(w, r)
				})
			}, what: "edition", state: doctor.Broken, code: evidence.ExitInconclusive},
		"a wallet that is not there": {change: func(t *testing.T, path string) {
			data, err := os.ReadFile(path)
			require.NoError(t, err)
			_, wallets, _ := strings.Cut(string(data), "  wallets:")
			_, after, _ := strings.Cut(wallets, `"4": `)
			require.GreaterOrEqual(t, len(after), 36)
			rewrite(t, path, after[:36], nobody)
		}, what: "fixtures.wallets.4", state: doctor.Poor},
		"a clock an hour off": {between: func(api http.Handler) http.Handler {
			return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
				w.Header().Set("Date", time.Now().Add(time.Hour).UTC().Format(http.TimeFormat))
				api.ServeHTTP(w, r)
			})
		}, what: "clock", state: doctor.Broken, code: evidence.ExitInconclusive},
	} {
		t.Run(name, func(t *testing.T) {
			between := c.between
			if between == nil {
				between = func(api http.Handler) http.Handler { return api }
			}
			path := behind(t, mock.Options{}, between)
			if c.change != nil {
				c.change(t, path)
			}
			file, err := target.Read(path, os.Getenv)
			require.NoError(t, err)
			api, err := client.New(file.ClientConfig(facts))
			require.NoError(t, err)
			defer api.Close()
			said := doctor.NewOpinion("", (&doctor.Doctor{Contract: facts, File: file, Client: api, Now: time.Now}).Examine(t.Context()))
			at := slices.IndexFunc(said.Checks, func(check doctor.Check) bool { return check.What == c.what })
			require.GreaterOrEqual(t, at, 0, "%+v", said.Checks)
			require.Equal(t, c.state, said.Checks[at].State, "%+v", said.Checks)
			require.NotEmpty(t, said.Checks[at].Next, "it says what to do")
			require.Equal(t, c.code, said.Code())
		})
	}
}

func TestAReplaySaysHowOftenAFailureIsSeenAgain(t *testing.T) {
	t.Parallel()
	folder := t.TempDir()
	_, code := kobcheck(t, "run", "--requirement", "CARD-CREATE-08", "--fault", "status.card-created-200", "--out", folder)
	require.Equal(t, evidence.ExitFailed, code)
	run := filepath.Join(folder, "run.json")
	output, code := kobcheck(t, "replay", run)
	require.Equal(t, evidence.ExitFailed, code)
	require.Contains(t, output, "3 of 3 times as in the run")
	output, code = kobcheck(t, "replay", run, "--fault=")
	require.Zero(t, code)
	require.Contains(t, output, "0 of 3 times as in the run")
	require.Contains(t, output, "no longer seen: ")
	output, code = kobcheck(t, "replay", run, "--scenario", "no-such")
	require.Equal(t, evidence.ExitUsage, code, output)
}

func TestAReplayScriptNeedsOnlyCurlAndJq(t *testing.T) {
	t.Parallel()
	for _, tool := range []string{"sh", "curl", "jq"} {
		if _, err := exec.LookPath(tool); err != nil {
			t.Skipf("%s is not installed, and the script is for it", tool)
		}
	}
	server, err := mock.New(mock.Options{})
	require.NoError(t, err)
	path := serveThis(t, server)
	folder := t.TempDir()
	_, code := kobcheck(t, "run", "--config", path, "--requirement", "CARD-CREATE-08", "--out", folder)
	require.Zero(t, code)
	script, code := kobcheck(t, "replay", filepath.Join(folder, "run.json"), "--scenario", "cards-create.created", "--curl")
	require.Zero(t, code)
	secret := server.Inventory().Clients["primary"].Secret
	require.NotContains(t, script, secret)
	address := readRun(t, folder).Target.BaseURL
	id := server.Inventory().Clients["primary"].ID
	token, err := exec.Command("sh", "-c", `curl -sS "$0/oauth2/token" -d grant_type=client_credentials -d "client_id=$1" -d "client_secret=$2" -d "scope=client/read client/write" | jq -r .access_token`, address, id, secret).Output()
	require.NoError(t, err)
	command := exec.Command("sh", "-c", script)
	command.Env = append(os.Environ(), "TOKEN="+strings.TrimSpace(string(token)))
	output, err := command.CombinedOutput()
	require.NoError(t, err, string(output))
	require.Contains(t, string(output), "201 Created", "the card is created once more, for a new wallet of a new person")
	require.NotContains(t, string(output), `"id":null`)
}

func TestDoctorCallsNothingFineWhereNoAPIAnswers(t *testing.T) {
	t.Parallel()
	for says, path := range map[string]string{
		"leads to https://login.example.test/in": environment(t, redirect("https://login.example.test/in"), nil, nil, secured{}),
		"the answer is an HTML page (200)":       environment(t, page(http.StatusOK), nil, nil, secured{}),
		"an edge answered 403":                   environment(t, page(http.StatusForbidden), nil, nil, secured{}),
	} {
		checks, _, code := examined(t, path)
		require.Equal(t, evidence.ExitInconclusive, code)
		require.Equal(t, doctor.Broken, checks["edition"].State)
		require.Contains(t, checks["edition"].Detail, says)
	}
}
