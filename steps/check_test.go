package steps

import (
	"go/ast"
	"go/parser"
	"go/token"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
)

// world is one scenario of the requirements, without a target behind it.
func world(t *testing.T, requirements ...string) *World {
	t.Helper()
	facts, err := contract.Load()
	require.NoError(t, err)
	api, err := client.New(client.Config{Contract: facts, BaseURL: "http://127.0.0.1:1", TokenURL: "http://127.0.0.1:1", Edition: contract.V1})
	require.NoError(t, err)
	t.Cleanup(api.Close)
	session := &Session{Contract: facts, Client: api, Scene: scene.New(facts, api, scene.Given{}), Edition: contract.V1,
		Policy: &evidence.Policy{Contract: facts, Gate: evidence.DefaultGate()}}
	return session.NewWorld(Scenario{ID: "a.scenario", Requirements: requirements})
}

func TestEveryAssertionRestsOnAFact(t *testing.T) {
	for _, pattern := range []string{"*.go", "*/*.go"} {
		files, err := filepath.Glob(pattern)
		require.NoError(t, err)
		for _, file := range files {
			if filepath.Base(file) == "check_test.go" {
				continue
			}
			set := token.NewFileSet()
			tree, err := parser.ParseFile(set, file, nil, 0)
			require.NoError(t, err)
			ast.Inspect(tree, func(n ast.Node) bool {
				literal, ok := n.(*ast.CompositeLit)
				if !ok {
					return true
				}
				of, ok := literal.Type.(*ast.SelectorExpr)
				if !ok || of.Sel.Name != "Assertion" {
					return true
				}
				require.True(t, names(literal, "Fact"), "%s: an assertion without a fact", set.Position(literal.Pos()))
				return true
			})
		}
	}
}

func names(literal *ast.CompositeLit, key string) bool {
	for _, element := range literal.Elts {
		if pair, ok := element.(*ast.KeyValueExpr); ok {
			if name, ok := pair.Key.(*ast.Ident); ok && name.Name == key {
				return true
			}
		}
	}
	return false
}

func TestAnAssertionWithoutAFactIsTheHarnessFault(t *testing.T) {
	require.Panics(t, func() { world(t, "CARD-01").Expect(true, evidence.Assertion{Check: "a check"}) })
}

func TestWhatIsPreparedIsNoticedAndTheScenarioGoesOn(t *testing.T) {
	w := world(t, "CARD-CREATE-01")
	broken := evidence.Assertion{Check: "a check", Fact: w.Own(contract.Effect), Message: "it is not so"}
	require.NoError(t, w.Preparing(func() error { w.Expect(false, broken); return nil }))
	seen := w.Evidence()
	require.Empty(t, seen.Findings)
	require.Len(t, seen.Passing, 1)
	require.Equal(t, "a.scenario", seen.Passing[0].Scenario)
	require.True(t, seen.Passing[0].Gated, "it breaks the run all the same")

	w.Expect(false, broken)
	require.Len(t, w.Evidence().Findings, 1, "what the scenario itself looks at is its finding")
}

func TestASentinelAccusesTheScenarioOnlyOfWhatItIsAbout(t *testing.T) {
	date := evidence.Assertion{Check: "every answer: a valid Date", Fact: contract.Fact{Requirement: "STD-07", Facet: contract.Head}}
	about, beside := world(t, "STD-07"), world(t, "CARD-CREATE-01")
	about.Watched(date)
	beside.Watched(date)
	require.Len(t, about.Evidence().Findings, 1)
	require.Empty(t, about.Evidence().Passing)
	require.Empty(t, beside.Evidence().Findings)
	require.Len(t, beside.Evidence().Passing, 1)
}

func TestALookProvesWhatTheTagsOfItsScenarioClaim(t *testing.T) {
	w := world(t, "META-02", "META-04")
	w.Expect(true, evidence.Assertion{Check: "a check", Fact: w.Own(contract.Effect)})
	w.Expect(true, evidence.Assertion{Check: "another", Fact: w.Fact("STD-12", contract.Form)})
	var proved []string
	for _, check := range w.Evidence().Checks {
		proved = append(proved, check.Requirement)
	}
	require.Equal(t, []string{"META-02", "META-04", "STD-12"}, proved)
}

func TestTwoSpellingsOfOneLetterCanBeToldApartInAFinding(t *testing.T) {
	composed, apart := "Zo\u00eb", "Zoe\u0308"
	w := world(t, "META-02")
	w.Expect(false, evidence.Assertion{Check: "a check", Fact: w.Own(contract.Link), Message: "it differs", Expected: composed, Actual: apart})
	found := w.Evidence().Findings[0]
	require.Equal(t, composed, found.Expected)
	require.Equal(t, `Zoe\u0308`, found.Actual)
}
