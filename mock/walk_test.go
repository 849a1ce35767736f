package mock

import (
	"fmt"
	"maps"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/mock/fault"
)

var (
	longDigits = regexp.MustCompile(`\d{13,19}`)
	tokens     = regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]*`)
)

// A walk calls a part of what the mock can do, rightly and wrongly, always in the same order on a mock of its
// own. What it hears follows from the seed alone, so that the walks over two mocks can be compared.
type walk struct {
	name string
	take func(*caller)
}

// walks lists all walks: some over each operation, named after it, and some over each topic.
func walks(t *testing.T) []walk {
	t.Helper()
	var all []walk
	for _, operation := range operations(t) {
		all = append(all,
			walk{"rightly " + operation.ID, func(c *caller) { walkRightly(c, operation) }},
			walk{"strangers " + operation.ID, func(c *caller) { walkStrangers(c, operation) }})
		if operation.Body != nil {
			all = append(all, walk{"input " + operation.ID, func(c *caller) { walkInput(c, operation) }})
		}
		if len(operation.PathParams) > 0 {
			all = append(all, walk{"address " + operation.ID, func(c *caller) { walkAddresses(c, operation) }})
		}
		if operation.NeedsKey() {
			all = append(all, walk{"key " + operation.ID, func(c *caller) { walkKey(c, operation) }})
		}
	}
	return append(all, walk{"tenancy", walkTenancy}, walk{"token", walkTokens}, walk{"card", walkCards},
		walk{"list", walkLists}, walk{"money", walkMoney}, walk{"metadata", walkEndusers},
		walk{"idempotency", walkSharedKeys}, walk{"http", walkPaths}, walk{"order", walkOrder}, walk{"frame", walkFrame})
}

// near sorts walks by how likely they are to hear of a fault: those of its operation and of its group first, then
// those over a topic.
func near(all []walk, one fault.Fault) []walk {
	distance := func(w walk) int {
		kind, operation, _ := strings.Cut(w.name, " ")
		switch {
		case operation != "" && slices.Contains(strings.Split(string(one.ID), "."), operation):
			return 0
		case w.name == one.Group:
			return 1
		case kind == "strangers" && one.Group == "authentication", kind == "input" && one.Group == "input",
			kind == "key" && one.Group == "idempotency":
			return 2
		case operation == "": // a topic is seen from many sides
			return 3
		}
		return 4
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b walk) int { return distance(a) - distance(b) })
	return sorted
}

// listen takes a walk and tells each line that it hears: what was asked, and the whole answer but for the
// signature of tokens, since that is another one each time. The walk ends where hear returns false.
func listen(t *testing.T, options Options, w walk, hear func(line string) bool) {
	t.Helper()
	c := newCallerOf(t, options)
	c.lenient, c.done = true, new(bool)
	c.heard = func(method, path string, got reply) {
		var head []string
		for _, name := range slices.Sorted(maps.Keys(got.header)) {
			head = append(head, name+": "+strings.Join(got.header[name], ", "))
		}
		line := fmt.Sprintf("%s %s → %d %s | %s", method, path, got.status, strings.Join(head, "; "), got.text)
		*c.done = !hear(tokens.ReplaceAllString(line, "TOKEN"))
	}
	w.take(c.as("primary"))
	c.neverPanicked()
}

// transcript is all that a walk hears.
func transcript(t *testing.T, options Options, w walk) []string {
	t.Helper()
	var lines []string
	listen(t, options, w, func(line string) bool {
		lines = append(lines, line)
		return true
	})
	return lines
}

// transcripts are those of all walks, by name.
func transcripts(t *testing.T, options Options) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, w := range walks(t) {
		all[w.name] = transcript(t, options, w)
	}
	return all
}

// differs reports whether a walk hears anything else than a transcript.
func differs(t *testing.T, options Options, w walk, known []string) bool {
	t.Helper()
	heard, same := 0, true
	listen(t, options, w, func(line string) bool {
		same = heard < len(known) && known[heard] == line
		heard++
		return same
	})
	return !same || heard != len(known)
}

func TestTheSameSeedAndTheSameRequestsGiveTheSameAnswers(t *testing.T) {
	for _, style := range Styles() {
		first := transcripts(t, Options{Style: style, Seed: 7})
		require.Equal(t, first, transcripts(t, Options{Style: style, Seed: 7}))
		require.NotEqual(t, first, transcripts(t, Options{Style: style, Seed: 8}))
		count := 0
		for _, lines := range first {
			count += len(lines)
		}
		require.Greater(t, count, 1000)
	}
}
