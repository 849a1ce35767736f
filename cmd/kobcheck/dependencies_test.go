package main

import (
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

func TestEveryDependencyHasAReason(t *testing.T) {
	text, err := os.ReadFile("../../go.mod")
	require.NoError(t, err)
	var modules []string
	for _, line := range strings.Split(string(text), "\n") {
		fields := strings.Fields(strings.TrimPrefix(line, "require "))
		if len(fields) == 2 && strings.Contains(fields[0], "/") && strings.HasPrefix(fields[1], "v") {
			modules = append(modules, fields[0]) // one that is indirect has a comment too
		}
	}
	page, err := os.ReadFile("../../docs/dependencies.md")
	require.NoError(t, err)
	var reasons []string
	for _, row := range regexp.MustCompile("(?m)^\\| `([^`]+)` \\| [^|]+ \\| [^|]{20,} \\|$").FindAllStringSubmatch(string(page), -1) {
		reasons = append(reasons, row[1])
	}
	slices.Sort(modules)
	slices.Sort(reasons)
	require.NotEmpty(t, modules)
	require.Equal(t, modules, reasons)
}
