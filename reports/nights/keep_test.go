package nights

import (
	"encoding/json"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports/specimen"
)

func TestOnlyWhatARunWroteIsPrunedAndOldestFirst(t *testing.T) {
	folder := t.TempDir()
	write := func(path string, value any) {
		text, err := json.Marshal(value)
		require.NoError(t, err)
		require.NoError(t, os.MkdirAll(filepath.Dir(filepath.Join(folder, path)), 0o755))
		require.NoError(t, os.WriteFile(filepath.Join(folder, path), text, 0o640))
	}
	run := specimen.Runs(t)["green"]
	for i, name := range []string{"a", "b", "c", "d"} {
		night := Of(run)
		night.RunID, night.StartedAt = name, run.StartedAt.AddDate(0, 0, i)
		write(name+"/night.json", night)
		run.RunID = name
		write(name+"/run.json", run)
		write(name+"/index.html", "page")
	}
	other := Of(run)
	other.Target = "another"
	write("other/night.json", other)
	write("a/notes.txt", "somebody's own")
	write("plain/run.json", run)
	said, err := Prune(folder, run.Target.Name, Keep{Nights: 3, Reports: 1})
	require.NoError(t, err)
	require.Equal(t, "of 4 nights: 1 removed, 2 left with their history alone", said)
	for path, there := range map[string]bool{"a/night.json": false, "a/notes.txt": true, "b/night.json": true, "b/run.json": false,
		"b/run.json.gz": true, "b/index.html": false, "d/index.html": true, "d/run.json": true, "other/night.json": true, "plain/run.json": true} {
		_, err := os.Stat(filepath.Join(folder, path))
		require.Equal(t, there, err == nil, path)
	}
	night, err := ReadOne(filepath.Join(folder, "b", "run.json.gz"))
	require.NoError(t, err, "a compressed run is a night too")
	require.Equal(t, "b", night.RunID)
	write("d/junit.xml", "cases")
	none := 0
	said, err = Prune(folder, run.Target.Name, Keep{Green: &none})
	require.NoError(t, err)
	require.Equal(t, "of 3 nights: 1 that passed left without pages (kobcheck report FOLDER/run.json.gz renders them)", said)
	var also []string
	said, err = Prune(folder, run.Target.Name, Keep{Green: &none, Also: func(at string) error {
		also = append(also, filepath.Base(at))
		return nil
	}})
	require.Equal(t, []string{"d", "c", "b"}, also)
	require.NoError(t, err)
	require.Empty(t, said, "what was done before is not told again")
	for path, there := range map[string]bool{"d/index.html": false, "d/run.json.gz": true, "d/run.json": false, "d/junit.xml": true} {
		_, err := os.Stat(filepath.Join(folder, path))
		require.Equal(t, there, err == nil, path)
	}
	said, err = Prune(folder, run.Target.Name, Keep{})
	require.NoError(t, err)
	require.Empty(t, said, "without a bound nothing goes")
	_, err = Prune(filepath.Join(folder, "none"), "x", Keep{Nights: 1})
	require.Error(t, err)
}

func TestWhatIsKeptIsANumberOfNights(t *testing.T) {
	keep, err := ParseKeep("nights=400,reports=14")
	require.NoError(t, err)
	require.Equal(t, Keep{Nights: 400, Reports: 14}, keep)
	keep, err = ParseKeep("green=0")
	require.NoError(t, err)
	require.Zero(t, *keep.Green)
	for _, text := range []string{"", "all"} {
		keep, err = ParseKeep(text)
		require.NoError(t, err)
		require.Equal(t, Keep{}, keep)
	}
	for _, text := range []string{"green=-1", "nights", "nights=0", "reports=-1", "pages=3", "nights=x"} {
		_, err := ParseKeep(text)
		require.ErrorContains(t, err, "--keep", text)
	}
}
