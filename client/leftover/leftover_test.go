package leftover

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

func TestAJournalTellsWhatIsStillThere(t *testing.T) {
	path := filepath.Join(t.TempDir(), Name)
	now := func() time.Time { return time.Date(2026, 1, 30, 0, 0, 0, 0, time.UTC) }
	open := func(run string) *Journal {
		j, err := Open(path, 0o640, "http://127.0.0.1:1", run, now)
		require.NoError(t, err)
		return j
	}
	ids := func() (ids []string) {
		left, err := Read(path)
		require.NoError(t, err)
		for _, one := range left {
			ids = append(ids, one.Kind+" "+one.ID)
		}
		return ids
	}
	killed := open("one")
	killed.Made("wallet", "a", "primary")
	killed.Made("card", "b", "")
	killed.Away(Thing{Kind: "card", ID: "b"})
	require.Equal(t, []string{"wallet a"}, ids(), "without its end, as a run that is killed leaves it")
	require.NoError(t, killed.Close(false))

	other := open("two")
	other.Made("card", "c", "")
	require.NoError(t, other.Close(true))
	require.Equal(t, []string{"wallet a"}, ids(), "another run ends what is its own")

	require.NoError(t, Spent(filepath.Dir(path)))
	require.FileExists(t, path, "something is still to be put away")
	done := filepath.Join(t.TempDir(), Name)
	ended, err := Open(done, 0o640, "http://127.0.0.1:1", "three", now)
	require.NoError(t, err)
	ended.Made("card", "d", "")
	require.NoError(t, ended.Close(true))
	for range 2 {
		require.NoError(t, Spent(filepath.Dir(done)))
		require.NoFileExists(t, done)
	}

	text, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(path, append(text, `{"kind":"wal`...), 0o600))
	require.Equal(t, []string{"wallet a"}, ids(), "a line that was cut off is left out")
	require.NoError(t, os.WriteFile(path, []byte("no journal\n"), 0o600))
	_, err = Read(path)
	require.ErrorContains(t, err, ":1 is no line of a journal")
	_, err = Open(path, 0o640, "", "", now)
	require.Error(t, err, "what is no journal is not written over")
}
