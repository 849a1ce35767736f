package mock

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// switchesOff are the ways to ask whether a fault is on.
var switchesOff = regexp.MustCompile(`\bfaults\.(On|At|AtField|OneIn|Under)\(|\.faulty\(|\beither\(s,`)

// The files that hold faults alone, beside those that end in _broken.go.
var ofFaults = []string{"spoil.go", "forgiving.go"}

// TestWhatTheMockDoesRightlyReadsAlone holds that the files of conforming behaviour can be read as the specification:
// no more than a tenth of the lines of any is about faults, and of all of them together no more than one in thirty.
func TestWhatTheMockDoesRightlyReadsAlone(t *testing.T) {
	const mostOfOne, mostOfAll = 1. / 10, 1. / 30
	files, err := filepath.Glob("*.go")
	require.NoError(t, err)
	faults, lines := 0, 0
	for _, path := range files {
		if strings.HasSuffix(path, "_test.go") || strings.HasSuffix(path, "_broken.go") || path == ofFaults[0] ||
			path == ofFaults[1] {
			continue
		}
		source, err := os.ReadFile(path)
		require.NoError(t, err)
		of, all := faultLines(t, path, source), bytes.Count(source, []byte("\n"))
		assert.LessOrEqual(t, float64(of), mostOfOne*float64(all), "%s: %d of its %d lines are about faults; move them to %s",
			path, of, all, strings.TrimSuffix(path, ".go")+"_broken.go")
		faults, lines = faults+of, lines+all
	}
	require.LessOrEqual(t, float64(faults), mostOfAll*float64(lines), "%d of %d lines are about faults", faults, lines)
}

// faultLines counts the lines that are there for faults: those that ask for one, and what is done where it is on.
func faultLines(t *testing.T, path string, source []byte) int {
	t.Helper()
	set := token.NewFileSet()
	file, err := parser.ParseFile(set, path, source, parser.SkipObjectResolution)
	require.NoError(t, err)
	text := func(from, to token.Pos) []byte { return source[set.Position(from).Offset:set.Position(to).Offset] }
	of := map[int]bool{}
	mark := func(from, to token.Pos) {
		for line := set.Position(from).Line; line <= set.Position(to).Line; line++ {
			of[line] = true
		}
	}
	for _, found := range switchesOff.FindAllIndex(source, -1) {
		of[bytes.Count(source[:found[0]], []byte("\n"))+1] = true
	}
	ast.Inspect(file, func(node ast.Node) bool {
		switch node := node.(type) {
		case *ast.IfStmt:
			if asks(text(node.Cond.Pos(), node.Cond.End())) {
				mark(node.Pos(), node.Body.End())
			}
		case *ast.CaseClause:
			for _, one := range node.List {
				if asks(text(one.Pos(), one.End())) {
					mark(node.Pos(), node.End())
				}
			}
		}
		return true
	})
	return len(of)
}

// asks reports whether something is done where a fault is on; where one is off, what is done is right.
func asks(condition []byte) bool {
	return switchesOff.Match(condition) && !regexp.MustCompile(`![\w.]*fault`).Match(condition)
}

func TestFaultLinesAreTheQuestionAndWhatFollows(t *testing.T) {
	for source, want := range map[string]int{
		"if s.faults.On(\"a\") {\n\tb()\n\tc()\n}":              4,
		"if !s.faults.On(\"a\") {\n\tb()\n\tc()\n}":             1,
		"if x && !s.faulty(c, \"a\") {\n\tb()\n}":               1,
		"switch {\ncase s.faulty(c, \"a\"):\n\tb()\ncase x:\n}": 2,
		"b(s.faults.On(\"a\"))":                                 1,
		"if x {\n\tb()\n}":                                      0,
	} {
		require.Equal(t, want, faultLines(t, "x.go", []byte("package x\nfunc f() {\n"+source+"\n}\n")), source)
	}
}
