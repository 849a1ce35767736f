package format

import (
	"bytes"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/nights"
	"github.com/kobcheck/kobcheck/reports/specimen"
)

func rendered(t *testing.T, r *reports.Run, format string) string {
	t.Helper()
	folder := t.TempDir()
	paths, err := Run(&Writer{Folder: folder}, r, from(t), []string{format})
	require.NoError(t, err)
	require.NotEmpty(t, paths)
	text, err := os.ReadFile(paths[0])
	require.NoError(t, err)
	return string(text)
}

func TestEveryFormatIsWellFormedForEveryRun(t *testing.T) {
	metric := regexp.MustCompile(`^[a-z_]+\{[a-z]+="(?:[^"\\\n]|\\.)*"(?:,[a-z]+="(?:[^"\\\n]|\\.)*")*\} -?[0-9.e+-]+$`)
	for name, r := range specimen.Runs(t) {
		t.Run(name, func(t *testing.T) {
			var report ctrfReport
			require.NoError(t, json.Unmarshal([]byte(rendered(t, r, "ctrf")), &report))
			s := report.Results.Summary
			require.Equal(t, len(r.Scenarios)+len(r.PassingAlone()), s.Tests)
			require.Equal(t, s.Tests, s.Passed+s.Failed+s.Skipped+s.Pending+s.Other)
			require.Equal(t, r.Summary.Scenarios.Failed+r.Summary.Scenarios.UnexpectedPass+len(r.PassingAlone()), s.Failed)

			var features []cucumberFeature
			require.NoError(t, json.Unmarshal([]byte(rendered(t, r, "cucumber")), &features))
			elements := 0
			for _, feature := range features {
				elements += len(feature.Elements)
			}
			require.Equal(t, len(r.Scenarios), elements)

			text := rendered(t, r, "metrics")
			require.True(t, strings.HasSuffix(text, "# EOF\n"))
			for _, line := range strings.Split(strings.TrimSuffix(text, "# EOF\n"), "\n") {
				if line != "" && !strings.HasPrefix(line, "# ") {
					require.Regexp(t, metric, line)
				}
			}

			decoder := xml.NewDecoder(strings.NewReader(rendered(t, r, "badge")))
			var err error
			for err == nil {
				_, err = decoder.Token()
			}
			require.True(t, errors.Is(err, io.EOF), err)

			for _, line := range strings.Split(strings.TrimSuffix(rendered(t, r, "github"), "\n"), "\n") {
				require.Regexp(t, `^::(error|warning|notice) [^:]*::.+$`, line, "one command a line, whatever an answer held")
			}

			var night nights.Night
			require.NoError(t, json.Unmarshal([]byte(rendered(t, r, "night")), &night))
			require.Equal(t, r.Verdict, night.Verdict)
		})
	}
}

func TestAFailureHasAnIssueFileUnderItsFingerprint(t *testing.T) {
	found := 0
	for name, r := range specimen.Runs(t) {
		groups := r.Causes(true)
		folder := t.TempDir()
		_, err := Run(&Writer{Folder: folder}, r, from(t), []string{"issues"})
		require.NoError(t, err)
		for _, group := range groups {
			text, err := os.ReadFile(filepath.Join(folder, "issue-"+group.Finding.Fingerprint()+".md"))
			require.NoError(t, err, name)
			require.Contains(t, string(text), group.Finding.Requirement)
			found++
		}
	}
	require.NotZero(t, found)
	r := specimen.Runs(t)["red"]
	cause := reports.New(r.Causes(true))[0]
	r.History = &reports.History{Since: map[string]reports.Since{cause.Fingerprints[0]: {Nights: 2}}}
	folder := t.TempDir()
	_, err := Run(&Writer{Folder: folder}, r, from(t), []string{"issues"})
	require.NoError(t, err)
	require.NoFileExists(t, filepath.Join(folder, "issue-"+cause.Finding.Fingerprint()+".md"), "an earlier night has it")
}

func TestAScenariosExchangesAsAnArchive(t *testing.T) {
	r := &reports.Run{Scenarios: []reports.Scenario{{ID: "a/1",
		Exchanges: []evidence.Exchange{{N: 1, Operation: "cards-get", DurationMS: 3,
			Request: evidence.Request{Method: "POST", URL: "https://api.example.test/x?b=2&a=1",
				Headers: map[string][]string{"Content-Type": {"application/json"}}, Body: "{}", BodyBytes: 2},
			Response: &evidence.Response{Status: 201, Headers: map[string][]string{"Content-Type": {"application/json"}}, Body: `{"id":1}`,
				BodyBytes: 8}}, {N: 2, Request: evidence.Request{Method: "GET", URL: "::"}, Error: "no answer"}}}}}
	var text bytes.Buffer
	require.NoError(t, WriteHAR(&text, r, "a"))
	var archive struct {
		Log struct {
			Version string
			Entries []harEntry
		}
	}
	require.NoError(t, json.Unmarshal(text.Bytes(), &archive))
	require.Equal(t, "1.2", archive.Log.Version)
	require.Len(t, archive.Log.Entries, 2)
	require.Equal(t, []harPair{{"a", "1"}, {"b", "2"}}, archive.Log.Entries[0].Request.QueryString)
	require.Equal(t, 201, archive.Log.Entries[0].Response.Status)
	require.Equal(t, "application/json", archive.Log.Entries[0].Request.PostData.MimeType)
	require.ErrorContains(t, WriteHAR(&text, r, "b"), `no scenario "b"`)
}
