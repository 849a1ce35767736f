package contract

import (
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// small is a whole fact base of one operation and two requirements.
func small() fstest.MapFS {
	return fstest.MapFS{
		"operations/1.yaml": {Data: []byte("operations:\n" +
			"  - {id: a, title: Make an a, section: S, creates: a, rules: [R-1]}\n")},
		"requirements/1.yaml": {Data: []byte("section: S\nrequirements:\n" +
			"  - {id: R-2, sentence: s, who: API, mark: inferred, source: p}\n" +
			"  - {id: R-1, sentence: s, who: API, mark: stated, source: p}\n")},
		"conflicts.yaml":  {Data: []byte("conflicts:\n  - {id: C-1}\ngaps:\n  - {id: N-1}\n")},
		"card_order.yaml": {Data: []byte("checks: []\n")},
		"descriptions.yaml": {Data: []byte("operations:\n  a: {purpose: p, fields: {x: an x, y: a y, z: a z}, reading: [y], open: [z]}\n" +
			"guide: {steps: [{title: t, call: a}]}\n")},
		"untestable.yaml": {Data: []byte("untestable:\n  - {reason: nobody sees it, ids: [R-2]}\n")},
		"freedoms.yaml":   {Data: []byte("freedoms:\n  - {id: F-1, readings: [a, b], touches: [s]}\n")},
	}
}

func TestTheWholeFactBaseIsThere(t *testing.T) {
	c, err := Load()
	require.NoError(t, err)
	require.Len(t, c.Operations, 37)
	documented := 0
	for _, r := range c.Requirements {
		if r.Origin == "documentation" {
			documented++
		}
	}
	require.Equal(t, 467, documented)
	require.Len(t, c.Conflicts, 54)
	require.Len(t, c.Gaps, 54)
	require.Len(t, c.CardOrder.Checks, 8)
	require.Len(t, c.CardOrder.Pairs, 28)
}

func TestFactsAreFoundByIdTitleAndKind(t *testing.T) {
	c, err := read(small())
	require.NoError(t, err)
	require.Equal(t, "a", c.Titled("Make an a").ID)
	require.Equal(t, "a", c.Creator("a").ID)
	require.Nil(t, c.Creator("b"))
	require.Nil(t, c.Operation("b"))
	require.Nil(t, c.Titled("Make a b"))
	require.Equal(t, []string{"S"}, c.Sections())
	require.Equal(t, []string{"R-1", "R-2"}, c.RequirementIDs())
	require.Equal(t, []string{"a"}, c.Requirement("R-1").Operations)
	require.Empty(t, c.Requirement("R-2").Operations)
	require.Equal(t, "nobody sees it", c.Requirement("R-2").Reason)
	require.Equal(t, "documentation", c.Requirement("R-1").Origin)
	for id, mark := range map[string]Mark{"R-1": Stated, "R-2": Inferred, "R-3": NotFound} {
		require.Equal(t, mark, c.MarkOf(id), id)
	}
	for id, open := range map[string]bool{"C-1": true, "N-1": true, "F-1": false, "": false} {
		require.Equal(t, open, c.HasOpen(id), id)
	}
}

func TestAFileThatIsMissingIsAnErrorThatNamesIt(t *testing.T) {
	for _, name := range []string{"conflicts.yaml", "card_order.yaml", "untestable.yaml", "freedoms.yaml", "descriptions.yaml"} {
		facts := small()
		delete(facts, name)
		_, err := read(facts)
		require.ErrorIs(t, err, fs.ErrNotExist)
		require.ErrorContains(t, err, name)
	}
}

func TestAFileThatCantBeReadIsAnErrorThatNamesIt(t *testing.T) {
	for _, name := range slices.Sorted(maps.Keys(small())) {
		facts := small()
		facts[name] = &fstest.MapFile{Data: []byte("a: [")}
		_, err := read(facts)
		require.ErrorContains(t, err, "reading "+name+" of the contract")
	}
}

func TestEveryFaultOfTheRulesIsToldAtOnce(t *testing.T) {
	facts := small()
	facts["operations/1.yaml"] = &fstest.MapFile{Data: []byte("operations:\n" +
		"  - {id: a, rules: [R-8]}\n  - {id: b, rules: [R-9]}\n")}
	_, err := read(facts)
	require.ErrorContains(t, err, "operation a names the unknown requirement R-8")
	require.ErrorContains(t, err, "operation b names the unknown requirement R-9")
}

func TestAReasonIsGivenOnceAndInWords(t *testing.T) {
	for name, text := range map[string]string{
		"no words":                "untestable:\n  - {ids: [R-2]}\n",
		"two reasons for one":     "untestable:\n  - {reason: x, ids: [R-2]}\n  - {reason: y, ids: [R-2]}\n",
		"a requirement of nobody": "untestable:\n  - {reason: x, ids: [R-3]}\n",
	} {
		facts := small()
		facts["untestable.yaml"] = &fstest.MapFile{Data: []byte(text)}
		_, err := read(facts)
		assert.ErrorContains(t, err, "is no requirement, is there twice, or has no reason", name)
	}
}

func TestAListOfRequirementsNamesThoseThatAreNone(t *testing.T) {
	c, err := read(small())
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "scored.txt")
	for text, want := range map[string]struct {
		ids   []string
		fault string
	}{
		"R-1\n\n# all of it\nR-2 # the second\n": {ids: []string{"R-1", "R-2"}},
		"R-1\nR-9\n":                             {ids: []string{"R-1"}, fault: path + ":2: there is no requirement \"R-9\""},
		"# nothing\n":                            {fault: "no requirement is listed"},
	} {
		require.NoError(t, os.WriteFile(path, []byte(text), 0o600))
		list, err := c.ReadRequirementList(path)
		if want.fault == "" {
			require.NoError(t, err)
		} else {
			require.ErrorContains(t, err, want.fault)
		}
		assert.ElementsMatch(t, want.ids, slices.Collect(maps.Keys(list)))
	}
	_, err = c.ReadRequirementList(path + ".missing")
	require.ErrorIs(t, err, fs.ErrNotExist)
}

func BenchmarkLoad(b *testing.B) {
	for b.Loop() {
		if _, err := read(files); err != nil {
			b.Fatal(err)
		}
	}
}
