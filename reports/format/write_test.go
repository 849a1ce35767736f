package format

import (
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports/specimen"
)

func TestWhatAnEarlierRunLeftIsNotTakenForThatOfThisOne(t *testing.T) {
	for name, c := range map[string]struct {
		anew bool
		gone []string
		stay []string
	}{
		"the formats that are written": {false, []string{"evidence-wallets.html", "issue-abc.md"}, []string{"junit.xml", "notes.md"}},
		"a run in a folder of its own": {true, []string{"evidence-wallets.html", "issue-abc.md", "junit.xml"}, []string{"load.json", "notes.md"}},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			for _, name := range []string{"index.html", "evidence-wallets.html", "issue-abc.md", "junit.xml", "load.json", "notes.md"} {
				require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte("earlier"), 0o600))
			}
			_, err := Run(&Writer{Folder: folder, Anew: c.anew}, specimen.Runs(t)["green"], from(t), []string{"html", "issues"})
			require.NoError(t, err)
			for _, name := range c.gone {
				require.NoFileExists(t, filepath.Join(folder, name))
			}
			for _, name := range c.stay {
				require.FileExists(t, filepath.Join(folder, name))
			}
			text, err := os.ReadFile(filepath.Join(folder, "index.html"))
			require.NoError(t, err)
			require.NotEqual(t, "earlier", string(text))
		})
	}
}

func TestAReportIsForItsTeamUnlessAnotherModeIsAsked(t *testing.T) {
	for _, c := range []struct{ mode, file, folder fs.FileMode }{{0, 0o640, 0o750}, {0o600, 0o600, 0o700}, {0o644, 0o644, 0o755}} {
		folder := filepath.Join(t.TempDir(), "out")
		paths, err := Run(&Writer{Folder: folder, Mode: c.mode}, specimen.Runs(t)["green"], from(t), []string{"json", "html", "allure"})
		require.NoError(t, err)
		for _, path := range paths {
			file, err := os.Stat(path)
			require.NoError(t, err)
			require.Equal(t, c.file, file.Mode().Perm(), path)
			above, err := os.Stat(filepath.Dir(path))
			require.NoError(t, err)
			require.Equal(t, c.folder, above.Mode().Perm(), path)
		}
	}
}

// earlier is a folder with the green report of an earlier run.
func earlier(t *testing.T) string {
	folder := t.TempDir()
	for _, name := range []string{"run.json", "junit.xml", "notes.md"} {
		require.NoError(t, os.WriteFile(filepath.Join(folder, name), []byte("green"), 0o600))
	}
	return folder
}

func TestADiskThatIsFullLeavesNoReportOfAnEarlierRun(t *testing.T) {
	folder := earlier(t)
	to := &Writer{Folder: folder}
	files := func() []file {
		text := func(w io.Writer) error { _, err := io.WriteString(w, "red"); return err }
		return []file{{"run.json", text}, {"junit.xml", text}, {"junit.xml/in-a-file", text}} // which no disk takes
	}
	_, err := to.write(files, nil, func(string) {})
	require.ErrorContains(t, err, "writing the reports")
	left := texts(t, folder)
	require.Equal(t, map[string]string{"notes.md": "green"}, left, "neither half of this run nor anything of the last")
}

func TestAFolderThatCannotBeWrittenSaysWhoseReportsItHolds(t *testing.T) {
	file := filepath.Join(earlier(t), "notes.md")
	_, err := Run(&Writer{Folder: file}, specimen.Runs(t)["green"], from(t), []string{"json"})
	require.ErrorContains(t, err, "choose another with --out")
	if os.Geteuid() == 0 {
		return // nothing is unwritable for who runs this
	}
	folder := earlier(t)
	require.NoError(t, os.Chmod(folder, 0o500))
	_, err = Run(&Writer{Folder: folder}, specimen.Runs(t)["green"], from(t), []string{"json"})
	require.ErrorContains(t, err, "run.json is of an earlier run and could not be removed")
	require.NoError(t, os.Chmod(folder, 0o700))
}

func TestAReportThatBreaksDownTakesNoOtherAlong(t *testing.T) {
	folder := earlier(t)
	files := func() []file {
		return []file{{"run.json", func(io.Writer) error { panic("no such thing") }}, {"junit.xml", func(w io.Writer) error {
			_,
				err := io.WriteString(w, "red")
			return err
		}}}
	}
	paths, err := (&Writer{Folder: folder}).write(files, nil, func(string) {})
	require.ErrorContains(t, err, "writing run.json broke down: no such thing")
	require.Equal(t, []string{filepath.Join(folder, "junit.xml")}, paths)
	require.Equal(t, map[string]string{"junit.xml": "red", "notes.md": "green"}, texts(t, folder))
}
