package main

import (
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock"
	"github.com/kobcheck/kobcheck/mock/mutate"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps/stage/sample"
)

// mutated puts a proxy with mutations before a target and returns a target file for it.
func mutated(t *testing.T, path string, mutations ...string) (string, *mutate.Proxy) {
	t.Helper()
	file, err := target.Read(path, os.Getenv)
	require.NoError(t, err)
	config, err := mutateConfig("", file, "")
	require.NoError(t, err)
	config.Mutations = mutations
	serving, err := startProxy(t.Context(), config, "127.0.0.1:0")
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, serving.Close()) })
	through := filepath.Join(t.TempDir(), "through.yaml")
	out, err := os.Create(through)
	require.NoError(t, err)
	defer out.Close()
	require.NoError(t, target.Write(out, serving.stands(*file), nil, ""))
	return through, serving.proxy
}

func TestTheWholeSuitePassesThroughAProxyWithoutMutations(t *testing.T) {
	t.Parallel()
	for _, style := range sample.Of(t, mock.Styles(), 2) {
		through, _ := mutated(t, serve(t, mock.Options{Style: style}))
		output, code := kobcheck(t, "run", "--config", through, "--seed", "7", "--format", "json", "--out", t.TempDir())
		require.Zero(t, code, output)
		require.NotContains(t, output, "deviations to read", output)
	}
}

func TestARunThroughAProxySeesWhatItBreaks(t *testing.T) {
	t.Parallel()
	const id = "status.cards-create.success.200"
	through, proxy := mutated(t, serve(t, mock.Options{}), id)
	output, code := kobcheck(t, "run", "--config", through, "--requirement", "CARD-CREATE-08", "--out", t.TempDir())
	require.Equal(t, evidence.ExitFailed, code, output)
	require.Positive(t, proxy.Hits(id))
}

func TestAnApiElsewhereIsBrokenOnlyWhereItsTargetFileAllowsIt(t *testing.T) {
	t.Parallel()
	const elsewhere = "https://staging.example.test"
	file := &target.File{Target: target.Target{BaseURL: elsewhere, TokenURL: elsewhere + "/oauth2/token", Edition: contract.Guide}}
	_, err := mutateConfig(elsewhere, nil, contract.V1)
	require.ErrorContains(t, err, "set mutate.allow there")
	_, err = mutateConfig("", file, "")
	require.ErrorContains(t, err, "set mutate.allow there")
	file.Mutate = &target.Mutate{Allow: true}
	config, err := mutateConfig("", file, "")
	require.NoError(t, err)
	require.False(t, config.KeepHost)
	require.Equal(t, &url.URL{Scheme: "https", Host: "staging.example.test", Path: "/oauth2/token"}, config.Token)
	_, err = mutateConfig("https://other.example.test", file, "")
	require.ErrorContains(t, err, "other.example.test is not on this machine", "the leave is for the host of the file")
}

func TestTheFlagsOfAMutationSayWhenItShows(t *testing.T) {
	t.Parallel()
	when, err := (&mutateFlags{chance: "1/200", after: 5, seed: 3}).when()
	require.NoError(t, err)
	require.Equal(t, mutate.When{OneIn: 200, After: 5, Seed: 3}, when)
	when, err = (&mutateFlags{between: "100-200"}).when()
	require.NoError(t, err)
	require.Equal(t, mutate.When{After: 99, Until: 200}, when)
	for _, wrong := range []mutateFlags{{chance: "0.5"}, {chance: "1/0"}, {between: "9"}, {between: "9-3"}} {
		_, err := wrong.when()
		require.Error(t, err)
	}
}
