package main

import (
	"encoding/json"
	"fmt"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

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
