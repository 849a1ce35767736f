package workbench

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/target"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/format"
)

// aCommand is a tree of two verbs with flags of each kind.
func aCommand() (root, run *cobra.Command, where *Where) {
	root, run, where = &cobra.Command{Use: "kobcheck"}, &cobra.Command{Use: "run"}, new(Where)
	where.Flags(run.Flags(), "the run is against the mock inside")
	where.LimitFlags(run.Flags())
	run.Flags().Int("concurrency", 16, "")
	run.Flags().Float64("max-rps", 0, "")
	run.Flags().Duration("canary", -1, "")
	run.Flags().StringSlice("gate", nil, "")
	root.AddCommand(run)
	return root, run, where
}

func TestAFlagBeatsTheEnvironmentAndTheEnvironmentTheFile(t *testing.T) {
	_, run, where := aCommand()
	require.NoError(t, run.Flags().Set("concurrency", "1"))
	require.NoError(t, fromEnvironment(run, []string{"KOBCHECK_CONCURRENCY=2", "KOBCHECK_MAX_RPS=2", "KOBCHECK_GATE=", "HOME=/root"}))
	settings := map[string]any{"concurrency": 3, "max-rps": 3, "gate": []any{"stated", "hazard"}, "canary": "5s"}
	require.NoError(t, fromFile(run, settings))
	for flag, value := range map[string]string{"concurrency": "1", "max-rps": "2", "gate": "[stated,hazard]", "canary": "5s"} {
		require.Equal(t, value, run.Flags().Lookup(flag).Value.String(), flag)
	}
	require.Empty(t, where.Config)
}

func TestAValueThatNobodyGaveIsNotRefused(t *testing.T) {
	_, run, _ := aCommand()
	require.NoError(t, fromEnvironment(run, nil), "the canary is -1 where nobody says otherwise")
	require.Error(t, fromEnvironment(run, []string{"KOBCHECK_CANARY=-1s"}))
}

func TestAFlagThatIsOfAnotherIsRefusedAlone(t *testing.T) {
	_, run, _ := aCommand()
	require.ErrorContains(t, fromEnvironment(run, []string{"KOBCHECK_LIMITER=fixed-window"}),
		"KOBCHECK_LIMITER says nothing without --limit")
	_, run, _ = aCommand()
	require.NoError(t, fromEnvironment(run, []string{"KOBCHECK_LIMITER=fixed-window", "KOBCHECK_LIMIT=5/1s"}))
}

func TestARunThatWasMadeIsNotLostWhereItsFolderCannotBeWritten(t *testing.T) {
	t.Setenv("TMPDIR", t.TempDir())
	file := filepath.Join(t.TempDir(), "a-file")
	require.NoError(t, os.WriteFile(file, nil, 0o600))
	var out, said bytes.Buffer
	root, _, _ := aCommand()
	root.SetOut(&out)
	root.SetErr(&said)
	b, err := New(root)
	require.NoError(t, err)
	result := &reports.Run{Version: reports.Version}
	result.Judge(b.Facts, b.Now())
	result.ExitCode = evidence.ExitPassed
	err = b.Finish(result, []string{"json"}, &format.Writer{Folder: filepath.Join(file, "reports")})
	require.Equal(t, Exit{evidence.ExitUsage}, err)
	require.Contains(t, said.String(), "the reports are in ")
	found, err := filepath.Glob(filepath.Join(os.Getenv("TMPDIR"), "kobcheck-reports-*", "run.json"))
	require.NoError(t, err)
	require.Len(t, found, 1)
	require.NotEmpty(t, out.String(), "the summary is printed all the same")
}

func TestWhatIsLeftOnATargetIsSaidAtTheEnd(t *testing.T) {
	file := new(target.File)
	file.Target.Name = "staging"
	for _, c := range []struct {
		kind  string
		whole bool
		says  string
	}{
		{"wallet", false, "kobcheck: 1 thing left on staging can be put away: kobcheck tidy --config 'a file.yaml' "},
		{"wallet", true, ""}, {"enduser", false, ""},
	} {
		var said bytes.Buffer
		root, _, _ := aCommand()
		root.SetErr(&said)
		b, err := New(root)
		require.NoError(t, err)
		out := &Output{Folder: filepath.Join(t.TempDir(), "new"), mode: 0o640}
		made, err := b.Journal(&Subject{File: file}, &Where{Config: "a file.yaml"}, out, "run", nil)
		require.NoError(t, err)
		made.Made(c.kind, "id", "primary")
		made.Done(c.whole)
		require.NoError(t, b.Err.Close())
		if c.says == "" {
			require.Empty(t, said.String(), c)
			continue
		}
		require.Equal(t, c.says+out.Folder+"\n", said.String(), "as when it is interrupted")
	}
}

func TestAProfileThatCannotBeWrittenCostsNothingButItself(t *testing.T) {
	require.NoError(t, CanWrite("profile", ""))
	path := filepath.Join(t.TempDir(), "new", "profile.json")
	require.NoError(t, CanWrite("profile", path))
	require.NoFileExists(t, path, "it is only tried")
	require.ErrorContains(t, CanWrite("profile", t.TempDir()), "can't be written")
}

func TestASignalEndsTheContextAndGivesTheExitCode(t *testing.T) {
	ctx, stopped, release := UntilSignal(context.Background())
	defer release()
	require.Zero(t, stopped.Code())
	require.Empty(t, stopped.Name())
	require.NoError(t, syscall.Kill(syscall.Getpid(), syscall.SIGTERM))
	<-ctx.Done()
	require.Equal(t, evidence.ExitTerminated, stopped.Code())
	require.Equal(t, "terminate", stopped.Name())
}

func TestProgressIsShownNowAndThenAndAtTheEnd(t *testing.T) {
	var said bytes.Buffer
	root, _, _ := aCommand()
	root.SetErr(&said)
	b, err := New(root)
	require.NoError(t, err)
	show := b.Progress()
	for range 100 {
		show("under way", false)
	}
	require.Empty(t, said.String(), "a log gets a line every %v", logPace)
	show("done", true)
	require.Equal(t, "done\n", said.String())
	require.Less(t, terminalPace, time.Second)
}

func TestCompletionGoesOnBehindACommaAndNeverRepeatsAKind(t *testing.T) {
	require.Equal(t, []string{"json,junit"}, beginning([]string{"json", "junit"}, "json,ju", true))
	require.Equal(t, []string{"junit"}, beginning([]string{"json", "junit"}, "ju", false))
	for kind, list := range values {
		require.NotEmpty(t, list(), kind)
		require.False(t, strings.HasPrefix(list()[0], "\t"), kind)
	}
}
