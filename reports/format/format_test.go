package format

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"flag"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/specimen"
	"github.com/kobcheck/kobcheck/schemas"
)

var update = flag.Bool("update", false, "write the golden files anew")

// from is what the reports of a specimen tell beside it.
func from(t testing.TB) Sources {
	shapes, err := schemas.Load()
	require.NoError(t, err)
	return Sources{Contract: specimen.Facts(t), Schemas: shapes}
}

func TestEachFormatSurvivesEachRunAndHostileText(t *testing.T) {
	for name, r := range specimen.Runs(t) {
		folder := t.TempDir()
		paths, err := Run(&Writer{Folder: folder}, r, from(t), Default())
		require.NoError(t, err, name)
		require.GreaterOrEqual(t, len(paths), len(Default()))
		junit, err := os.ReadFile(filepath.Join(folder, "junit.xml"))
		require.NoError(t, err)
		decoder := xml.NewDecoder(bytes.NewReader(junit))
		for err == nil {
			_, err = decoder.Token()
		}
		require.ErrorIs(t, err, io.EOF, name)
		markdown, err := os.ReadFile(filepath.Join(folder, "summary.md"))
		require.NoError(t, err)
		require.NotContains(t, regexp.MustCompile("`[^`]*`").ReplaceAllString(string(markdown), ""), "<script>", "markup stays inside of code")
		leftover, err := filepath.Glob(filepath.Join(folder, ".kobcheck-*"))
		require.NoError(t, err)
		require.Empty(t, leftover)
	}
}

func TestOneFormatThatFailsDoesNotTakeTheOthersAlong(t *testing.T) {
	folder := t.TempDir()
	paths, err := Run(&Writer{Folder: folder}, specimen.Runs(t)["green"], from(t), []string{"pdf", "json"})
	require.ErrorContains(t, err, `no report format "pdf"`)
	require.Equal(t, []string{filepath.Join(folder, "run.json")}, paths)
}

func TestTheSummaryOnTheTerminal(t *testing.T) {
	for name, r := range specimen.Runs(t) {
		var text bytes.Buffer
		require.NoError(t, PrintSummary(&text, r, specimen.Facts(t), false))
		require.NotContains(t, text.String(), "\x1b", "an answer can't steer the terminal")
		golden(t, name+".summary.txt", text.String())
	}
}

func TestJUnitCountsAgreeWithItsElements(t *testing.T) {
	var text bytes.Buffer
	require.NoError(t, writeJUnit(&text, specimen.Runs(t)["red"], specimen.Facts(t)))
	require.Equal(t, 2, strings.Count(text.String(), "<failure "))
	require.Equal(t, 1, strings.Count(text.String(), "<error "))
	require.Equal(t, 1, strings.Count(text.String(), "<skipped "))
	require.Contains(t, text.String(), `tests="6" failures="2" errors="1" skipped="1"`)
}

func BenchmarkWriteAll(b *testing.B) {
	r := &reports.Run{Version: reports.Version, Scenarios: []reports.Scenario{}}
	for range 1000 {
		s := specimen.Scenario("x", evidence.Passed)
		for range 4 {
			s.Exchanges = append(s.Exchanges, s.Exchanges[0])
		}
		r.Scenarios = append(r.Scenarios, s)
	}
	r.Judge(specimen.Facts(b), specimen.Begin)
	raw, err := json.Marshal(r)
	require.NoError(b, err)
	b.SetBytes(int64(len(raw)))
	for b.Loop() {
		if _, err := Run(&Writer{Folder: b.TempDir()}, r, from(b), Default()); err != nil {
			b.Fatal(err)
		}
	}
}
