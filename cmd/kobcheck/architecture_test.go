package main

import (
	"fmt"
	"maps"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

const (
	module       = "github.com/kobcheck/kobcheck/"
	architecture = "../../docs/architecture.md"
	tableStart   = "| room | holds | imports |\n|---|---|---|\n"
)

// libraries are those that belong to some rooms alone.
var libraries = map[string][]string{
	"github.com/cucumber/godog":          {"steps", "steps/suite"},
	"github.com/xeipuuv/gojsonschema":    {"schemas"},
	"github.com/tsenart/vegeta/v12/lib":  {"load/arrivals"},
	"github.com/cucumber/gherkin/go/v26": {"steps/catalog", "reports/format"},
}

// room is a package as go list sees it.
type room struct {
	holds   string
	imports []string
}

// roomsOfTheHouse asks go list for every package but the command itself, which may import all.
func roomsOfTheHouse(t *testing.T) map[string]room {
	t.Helper()
	output, err := exec.Command("go", "list", "-f", `{{.ImportPath}}|{{.Doc}}|{{join .Imports " "}}`, module+"...").Output()
	require.NoError(t, err)
	rooms := map[string]room{}
	for line := range strings.Lines(string(output)) {
		parts := strings.Split(strings.TrimSpace(line), "|")
		name := strings.TrimPrefix(parts[0], module)
		if strings.HasPrefix(name, "cmd/") {
			continue
		}
		_, holds, found := strings.Cut(parts[1], "Package "+name[strings.LastIndex(name, "/")+1:]+" ")
		require.True(t, found, "%s has no package comment", name)
		var ours []string
		for imported := range strings.FieldsSeq(parts[2]) {
			if inner, own := strings.CutPrefix(imported, module); own {
				ours = append(ours, inner)
			}
			owners, kept := libraries[imported]
			require.True(t, !kept || slices.Contains(owners, name), "%s imports %s", name, imported)
		}
		rooms[name] = room{strings.TrimSuffix(holds, "."), ours}
	}
	return rooms
}

// TestArrowsPointDownOnly holds the table of rooms in docs/architecture.md: every package stands in it with what it
// imports, and imports only what stands above it. -update writes the columns anew and puts new rooms last.
func TestArrowsPointDownOnly(t *testing.T) {
	t.Parallel()
	data, err := os.ReadFile(architecture)
	require.NoError(t, err)
	before, rest, found := strings.Cut(string(data), tableStart)
	require.True(t, found, "docs/architecture.md has no table of rooms")
	table, after, _ := strings.Cut(rest, "\n\n")
	rooms := roomsOfTheHouse(t)
	var order []string
	for line := range strings.Lines(table) {
		name := strings.Trim(strings.Split(line, "|")[1], " `")
		if _, there := rooms[name]; there {
			order = append(order, name)
		}
	}
	// A new room stands right below the last that it imports.
	for len(order) < len(rooms) {
		placed := len(order)
		for _, name := range slices.Sorted(maps.Keys(rooms)) {
			at := 0
			for _, imported := range rooms[name].imports {
				at = max(at, slices.Index(order, imported)+1)
				if !slices.Contains(order, imported) {
					at = len(order) + 1
				}
			}
			if !slices.Contains(order, name) && at <= len(order) {
				order = slices.Insert(order, at, name)
			}
		}
		require.Greater(t, len(order), placed, "rooms import each other in a circle")
	}
	var rows strings.Builder
	for i, name := range order {
		one := rooms[name]
		for _, imported := range one.imports {
			require.Contains(t, order[:i], imported, "%s imports %s, which does not stand above it", name, imported)
		}
		fmt.Fprintf(&rows, "| `%s` | %s | %s |\n", name, one.holds, strings.Join(one.imports, ", "))
	}
	requireNoCircle(t, rooms)
	want := before + tableStart + strings.TrimSuffix(rows.String(), "\n") + "\n\n" + after
	if *update {
		require.NoError(t, os.WriteFile(architecture, []byte(want), 0o600))
		return
	}
	require.Equal(t, want, string(data), "the table of rooms has to follow; -update writes it")
}

// requireNoCircle holds that no two houses, the folders that rooms stand in, need each other, by whichever rooms.
func requireNoCircle(t *testing.T, rooms map[string]room) {
	t.Helper()
	house := func(room string) string { name, _, _ := strings.Cut(room, "/"); return name }
	needs := map[string]map[string]bool{}
	for name, one := range rooms {
		for _, imported := range append(one.imports, name) {
			if needs[house(name)] == nil {
				needs[house(name)] = map[string]bool{}
			}
			if house(imported) != house(name) {
				needs[house(name)][house(imported)] = true
			}
		}
	}
	for len(needs) > 0 {
		before := len(needs)
		for name, others := range needs {
			if len(others) == 0 {
				delete(needs, name)
				for _, rest := range needs {
					delete(rest, name)
				}
			}
		}
		require.Less(t, len(needs), before, "these need each other in a circle")
	}
}
