package main

import (
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/spf13/cobra"
	"github.com/spf13/pflag"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock/fault"
	"github.com/kobcheck/kobcheck/steps/catalog"
)

// TestOneThingHasOneName holds everything that people read beside the features, which lint holds, to the words of
// CONTRIBUTING, and that list to the one of lint.
func TestOneThingHasOneName(t *testing.T) {
	t.Parallel()
	right := func(where, text string) {
		word, say := catalog.Misnamed(text)
		require.Empty(t, word, "%s says %q; it is called %q everywhere else: %s", where, word, say, text)
	}
	facts, err := contract.Load()
	require.NoError(t, err)
	for _, requirement := range facts.Requirements {
		right(requirement.ID, requirement.Sentence)
	}
	faults, err := fault.Catalogue()
	require.NoError(t, err)
	for _, one := range faults {
		right("the fault "+string(one.ID), one.Sentence)
	}
	for _, message := range findingTexts(t, "../../steps", "../../load", "../../reports") {
		right("a finding", message)
	}
	pages, err := filepath.Glob("../../reports/*/*.tmpl")
	require.NoError(t, err)
	require.NotEmpty(t, pages)
	for _, page := range pages {
		text, err := os.ReadFile(page)
		require.NoError(t, err)
		right(page, regexp.MustCompile(`\{\{.*?\}\}|<[^>]*>`).ReplaceAllString(string(text), " "))
	}
	var verbs func(c *cobra.Command)
	verbs = func(c *cobra.Command) {
		right(c.CommandPath(), c.Short+" "+c.Long)
		c.Flags().VisitAll(func(f *pflag.Flag) { right(c.CommandPath()+" --"+f.Name, f.Usage) })
		for _, below := range c.Commands() {
			verbs(below)
		}
	}
	verbs(newRoot())
}

func TestTheListOfWordsIsThatOfLint(t *testing.T) {
	t.Parallel()
	text, err := os.ReadFile("../../CONTRIBUTING.md")
	require.NoError(t, err)
	listed := 0
	for _, row := range regexp.MustCompile(`(?m)^\| (\S+) \| .* \| (\S[^|]*?) \|$`).FindAllStringSubmatch(string(text), -1) {
		if row[2] == "never" || strings.Contains(row[2], "---") {
			continue
		}
		listed++
		word, say := catalog.Misnamed("Here is an " + row[2] + ".")
		require.Equal(t, row[2], word, "lint refuses what the list has")
		require.Equal(t, row[1], say)
	}
	require.Equal(t, 10, listed)
	word, _ := catalog.Misnamed("the token endpoint, as RFC 6749 has it")
	require.Empty(t, word)
}

// findingTexts are the texts of findings in the sources: what follows Message: in them.
func findingTexts(t *testing.T, folders ...string) []string {
	t.Helper()
	var all []string
	for _, folder := range folders {
		require.NoError(t, filepath.WalkDir(folder, func(path string, _ os.DirEntry, err error) error {
			if err != nil || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			file, err := parser.ParseFile(token.NewFileSet(), path, nil, 0)
			if err != nil {
				return err
			}
			ast.Inspect(file, func(n ast.Node) bool {
				pair, is := n.(*ast.KeyValueExpr)
				if name, named := keyOf(pair, is); !named || name != "Message" {
					return true
				}
				ast.Inspect(pair.Value, func(n ast.Node) bool {
					if literal, is := n.(*ast.BasicLit); is && literal.Kind == token.STRING {
						said, err := strconv.Unquote(literal.Value)
						require.NoError(t, err)
						all = append(all, said)
					}
					return true
				})
				return true
			})
			return nil
		}))
	}
	require.Greater(t, len(all), 100)
	return all
}

func keyOf(pair *ast.KeyValueExpr, is bool) (string, bool) {
	if !is {
		return "", false
	}
	name, named := pair.Key.(*ast.Ident)
	if !named {
		return "", false
	}
	return name.Name, true
}
