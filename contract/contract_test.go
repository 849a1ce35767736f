package contract

import (
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
)

func TestEveryFactHasAMarkAndASource(t *testing.T) {
	c, err := Load()
	require.NoError(t, err)
	for _, r := range c.Requirements {
		require.True(t, r.Mark.Valid(), r.ID)
		require.NotEmpty(t, r.Source, r.ID)
		require.NotEmpty(t, r.Sentence, r.ID)
		require.Contains(t, []Who{API, Caller, Note}, r.Who, r.ID)
		if r.Origin == "harness" {
			require.NotEqual(t, Stated, r.Mark, "%s: what the harness adds is never stated", r.ID)
		}
	}
	for _, o := range c.Operations {
		require.True(t, o.Source.Mark.Valid(), o.ID)
		for key, mark := range o.Marks {
			require.True(t, mark.Valid(), "%s.%s", o.ID, key)
		}
		for _, key := range []string{"section", "title", "method", "path", "paths.v1", "paths.guide", "idempotent", "headers",
			"body", "query", "errors"} {
			require.Contains(t, o.Marks, key, o.ID)
		}
		require.True(t, o.Success.Mark.Valid(), o.ID)
		for _, h := range o.Headers {
			require.True(t, h.Mark.Valid(), "%s %s", o.ID, h.Name)
		}
		for _, p := range append(append([]Parameter{}, o.PathParams...), o.Query...) {
			require.True(t, p.Mark.Valid(), "%s %s", o.ID, p.Name)
		}
		if o.Body != nil {
			for _, f := range o.Body.Fields {
				require.True(t, f.Mark.Valid(), "%s %s", o.ID, f.Name)
			}
		}
		for _, e := range o.Errors {
			require.True(t, e.Mark.Valid(), o.ID)
			require.NotEmpty(t, e.Page, o.ID)
		}
	}
}

func TestEveryNamedRequirementExists(t *testing.T) {
	c, err := Load()
	require.NoError(t, err)
	known := func(id, where string) {
		if id != "" {
			require.NotNil(t, c.Requirement(id), "%s names %s", where, id)
		}
	}
	for _, o := range c.Operations {
		known(o.Requirement, o.ID)
		require.NotEmpty(t, o.Requirement, o.ID)
		for _, id := range o.Success.Requirements {
			known(id, o.ID)
		}
		for _, h := range o.Headers {
			known(h.Requirement, o.ID)
		}
		for _, p := range append(append([]Parameter{}, o.PathParams...), o.Query...) {
			known(p.Requirement, o.ID)
		}
		if o.Body != nil {
			for _, f := range o.Body.Fields {
				known(f.Requirement, o.ID)
			}
		}
	}
	for _, check := range c.CardOrder.Checks {
		known(check.Requirement, "card order")
	}
}

func TestABrokenFactIsAnErrorThatNamesItsFile(t *testing.T) {
	good := small()
	_, err := read(good)
	require.NoError(t, err)
	for name, c := range map[string]struct{ file, data, says string }{
		"no YAML":                  {"conflicts.yaml", "conflicts: [", "conflicts.yaml"},
		"an unknown requirement":   {"operations/1.yaml", "operations:\n  - {id: a, rules: [R-7]}\n", "R-7"},
		"an operation twice":       {"operations/2.yaml", "operations:\n  - {id: a}\n", "there twice"},
		"a requirement twice":      {"requirements/2.yaml", "requirements:\n  - {id: R-1}\n", "there twice"},
		"a reason for nothing":     {"untestable.yaml", "untestable:\n  - {reason: x, ids: [R-9]}\n", "R-9"},
		"an axis without readings": {"freedoms.yaml", "freedoms:\n  - {id: F-1}\n", "F-1"},
		"a point beside the axes":  {"freedoms.yaml", "points:\n  - {name: p, readings: {F-9: a}}\n", "F-9"},
		"a third answer to yes or no": {"operations/1.yaml",
			"operations:\n  - {id: a, query: [{name: q, required: maybe}]}\n", "maybe"},
	} {
		t.Run(name, func(t *testing.T) {
			broken := fstest.MapFS{}
			for file, data := range good {
				broken[file] = data
			}
			broken[c.file] = &fstest.MapFile{Data: []byte(c.data)}
			_, err := read(broken)
			require.ErrorContains(t, err, c.says)
		})
	}
}

// orders calls visit with every order of the numbers 1 to 8.
func orders(visit func(place [9]int)) {
	var place [9]int
	var walk func(n int)
	walk = func(n int) {
		if n > 8 {
			visit(place)
			return
		}
		for number := 1; number <= 8; number++ {
			if place[number] == 0 {
				place[number] = n
				walk(n + 1)
				place[number] = 0
			}
		}
	}
	walk(1)
}

// remaining counts the orders that answer each of the pairs with its first check.
func remaining(pairs []CardPair) int {
	n := 0
	orders(func(place [9]int) {
		for _, p := range pairs {
			if place[p.First] > place[p.Second] {
				return
			}
		}
		n++
	})
	return n
}

func TestTheNeededPairsAreTheFewestThatProveTheOrder(t *testing.T) {
	c, err := Load()
	require.NoError(t, err)
	var possible, needed []CardPair
	for _, p := range c.CardOrder.Pairs {
		require.Less(t, p.First, p.Second)
		if p.Possible {
			possible = append(possible, p)
		} else {
			require.NotEmpty(t, p.Why, "%d-%d", p.First, p.Second)
		}
		if p.Needed {
			require.True(t, p.Possible)
			needed = append(needed, p)
		}
	}
	require.Len(t, needed, 8)
	// Check 5 can stand before 6, between 6 and 7, or after 7: three orders that nobody can tell apart.
	require.Equal(t, 3, remaining(possible))
	require.Equal(t, 3, remaining(needed), "the needed pairs prove as much as all pairs together")
	for i := range needed {
		fewer := append(append([]CardPair{}, needed[:i]...), needed[i+1:]...)
		require.Greater(t, remaining(fewer), 3, "without %d-%d something stays open", needed[i].First, needed[i].Second)
	}
}

func TestPagesAreThoseOfTheDocumentation(t *testing.T) {
	c, err := Load()
	require.NoError(t, err)
	require.Equal(t, []string{"https://docs.apikobble.net/doc-1946732"}, c.Requirement("CARD-CREATE-15").Pages())
	require.Empty(t, c.Requirement("STD-02").Pages())
	require.True(t, strings.HasPrefix(c.Requirement("STD-02").Source, "standard:"))
}
