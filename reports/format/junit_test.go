package format

import (
	"bytes"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"slices"
	"strings"
	"testing"

	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/reports/specimen"
	"github.com/stretchr/testify/require"
)

// What the schema of Jenkins' xUnit plugin (junit-10.xsd) allows: the attributes of each element, those that have
// to be there, and its children.
var jenkins = map[string]struct{ attributes, required, children []string }{
	"testsuites": {[]string{"name", "time", "tests", "failures", "errors"}, nil, []string{"testsuite"}},
	"testsuite": {[]string{"name", "tests", "failures", "errors", "group", "time", "skipped", "timestamp", "hostname", "id",
		"package", "file", "log", "url"}, []string{"name", "tests", "failures", "errors"},
		[]string{"testsuite", "properties", "testcase", "system-out", "system-err"}},
	"properties": {nil, nil, []string{"property"}},
	"property":   {[]string{"name", "value"}, []string{"name", "value"}, nil},
	"testcase": {[]string{"name", "time", "classname", "group"}, []string{"name"},
		[]string{"skipped", "error", "failure", "rerunFailure", "rerunError", "flakyFailure", "flakyError", "system-out", "system-err"}},
	"failure":      {[]string{"type", "message"}, nil, nil},
	"error":        {[]string{"type", "message"}, nil, nil},
	"skipped":      {[]string{"type", "message"}, nil, nil},
	"flakyFailure": {[]string{"type", "message"}, []string{"type"}, []string{"stackTrace", "system-out", "system-err"}},
	"system-out":   {},
}

// againstJenkins says in words what the schema does not allow in a document.
func againstJenkins(document string) []string {
	var wrong, path []string
	decoder := xml.NewDecoder(strings.NewReader(document))
	for {
		token, err := decoder.Token()
		if errors.Is(err, io.EOF) {
			return wrong
		}
		if err != nil {
			return append(wrong, err.Error())
		}
		switch token := token.(type) {
		case xml.StartElement:
			name := token.Name.Local
			allowed, known := jenkins[name]
			if !known {
				wrong = append(wrong, "unknown element "+name)
			}
			if len(path) > 0 && !slices.Contains(jenkins[path[len(path)-1]].children, name) {
				wrong = append(wrong, fmt.Sprintf("%s in %s", name, path[len(path)-1]))
			}
			var has []string
			for _, attribute := range token.Attr {
				has = append(has, attribute.Name.Local)
				if !slices.Contains(allowed.attributes, attribute.Name.Local) {
					wrong = append(wrong, fmt.Sprintf("%s has %s", name, attribute.Name.Local))
				}
			}
			for _, needed := range allowed.required {
				if !slices.Contains(has, needed) {
					wrong = append(wrong, fmt.Sprintf("%s lacks %s", name, needed))
				}
			}
			path = append(path, name)
		case xml.EndElement:
			path = path[:len(path)-1]
		}
	}
}

func TestTheSchemaOfJenkinsAllowsWhatIsWritten(t *testing.T) {
	for name, r := range specimen.Runs(t) {
		var text bytes.Buffer
		require.NoError(t, writeJUnit(&text, r, specimen.Facts(t)))
		require.Empty(t, againstJenkins(text.String()), name)
	}
	var text bytes.Buffer
	red := specimen.Runs(t)["red"]
	red.Scenarios[0].Verdict = evidence.Flaky
	require.NoError(t, writeJUnit(&text, red, specimen.Facts(t)))
	require.Contains(t, text.String(), "<flakyFailure ")
	require.Empty(t, againstJenkins(text.String()))
	for was, is := range map[string]string{"<testcase ": "<testcase line=\"1\" ", "<flakyFailure ": "<flaky ", "failures=": "fails="} {
		require.NotEmpty(t, againstJenkins(strings.ReplaceAll(text.String(), was, is)), was)
	}
}
