package site

import (
	"bytes"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports"
	"github.com/kobcheck/kobcheck/schemas"
)

func TestThePlaceThatAFindingIsAboutIsMarked(t *testing.T) {
	const body = `{"id":"a","list":[{"x":1},{"x":2.50}],"a/b":{"~":null}}`
	for pointer, want := range map[string]string{
		"/id": `  "id": "a"`, "/list/1/x": `      "x": 2.50`, "/a~1b/~0": `    "~": null`, "/list/0": "    {\n    }",
		"/list/2": "", "/nothing": "", "": "",
	} {
		var lines []string
		for _, one := range marked(body, pointer) {
			if one.Marked {
				lines = append(lines, one.Text)
			}
		}
		require.Equal(t, want, strings.Join(lines, "\n"), pointer)
	}
	require.Empty(t, marked("no JSON", "/id"))
	require.Empty(t, marked(`{"id":`, "/id"))
	long := `[` + strings.Repeat(`0,`, 500) + `{"x":1}]`
	lines := marked(long, "/500/x")
	require.Len(t, lines, bodyBound)
	require.Contains(t, lines[len(lines)-3].Text, `"x": 1`, "what is marked is in sight")
}

func FuzzMarked(f *testing.F) {
	f.Add(`{"id":[1,{"a":"b"}]}`, "/id/1/a")
	f.Add(`[[[[`, "/")
	f.Fuzz(func(t *testing.T, body, pointer string) {
		require.LessOrEqual(t, len(marked(body, pointer)), bodyBound)
	})
}

func TestSentencesKeepTheirCodeAndLoseTheirMarkup(t *testing.T) {
	require.Equal(t, "a <code>b</code> &lt;i&gt;", string(prose("a `b` <i>")))
	require.Equal(t, "a <code>&lt;script&gt;</code>", string(prose("a `<script>")))
}

func TestARunOfNothingHasAllItsPages(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	shapes, err := schemas.Load()
	require.NoError(t, err)
	run := &reports.Run{Version: reports.Version, Target: reports.Target{Name: "<b>x</b>"}}
	run.Close(facts, time.Now())
	pages := Pages(run, shapes, t.TempDir())
	require.Len(t, pages, 3)
	for _, page := range pages {
		var text bytes.Buffer
		require.NoError(t, page.Render(&text, run, facts))
		require.Contains(t, text.String(), "&lt;b&gt;x")
		require.NotContains(t, text.String(), "<b>x")
		require.Contains(t, text.String(), "</html>")
	}
}
