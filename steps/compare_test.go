package steps

import (
	"maps"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/schemas/match"
)

func TestAMatcherSaysWhatAFindingLacks(t *testing.T) {
	w := world(t, "CARD-01")
	w.Match(match.Field(match.Equal("a"), "b"), map[string]any{"b": 1},
		evidence.Assertion{Check: "a check", Fact: w.Own(contract.Values), Pointer: "/0"})
	found := w.Evidence().Findings[0]
	require.Equal(t, []string{"/0/b", `"a"`, "1"}, []string{found.Pointer, found.Expected, found.Actual})

	w.Match(match.Equal(1), 2, evidence.Assertion{Check: "a check", Fact: w.Own(contract.Values), Expected: "one", Actual: "another"})
	found = w.Evidence().Findings[1]
	require.Equal(t, []string{"", "one", "another"}, []string{found.Pointer, found.Expected, found.Actual})
}

func TestTwoAnswersAboutOneThingAreComparedMemberByMember(t *testing.T) {
	w := world(t, "CARD-01")
	first := map[string]any{"same": 1, "other": "a", "gone": nil}
	second := map[string]any{"same": 1, "other": "b", "new": true}
	w.ExpectEqual("a check", "", first, second, func(_ string, _ bool) contract.Fact { return w.Own(contract.Content) })
	var at []string
	for _, f := range w.Evidence().Findings {
		at = append(at, f.Pointer+" "+f.Expected+" "+f.Actual)
	}
	require.Equal(t, []string{"/gone null absent", "/new absent true", `/other "a" "b"`}, at)
	require.Len(t, w.Evidence().Checks, 4)
}

func TestWhatChangedInSpiteOfARefusalIsFound(t *testing.T) {
	w := world(t, "CARD-01")
	w.ExpectUnchanged("CARD-01", "", map[string]any{"a": 1}, map[string]any{"a": 1, "b": 2})
	require.Empty(t, w.Evidence().Findings)
	w.ExpectUnchanged("CARD-01", "", map[string]any{"a": 1}, map[string]any{})
	require.Len(t, w.Evidence().Findings, 1)
	w.ExpectUnchanged("CARD-01", "", nil, map[string]any{"a": 1})
	require.NotEmpty(t, w.Evidence().NoData)
}

func TestAMemberThatIsAgainstItsShapeIsToldOfTheAnswerAndIsNoChange(t *testing.T) {
	shapes, err := schemas.Load()
	require.NoError(t, err)
	wallet := map[string]any{"id": "13655985-8198-4fde-8afe-6abc661df281", "status": "ACTIVE", "asset": "AUD", "external_id": nil}
	for name, c := range map[string]struct {
		change func(now map[string]any)
		found  int
	}{
		"another value":                   {func(now map[string]any) { now["status"] = "SUSPENDED" }, 1},
		"another value where null is one": {func(now map[string]any) { now["external_id"] = "1111111" }, 1},
		"gone":                            {func(now map[string]any) { delete(now, "status") }, 0},
		"of another type":                 {func(now map[string]any) { now["asset"] = true }, 0},
	} {
		now := maps.Clone(wallet)
		c.change(now)
		w := world(t, "WALLET-11")
		w.Session.Schemas = shapes
		w.ExpectUnchanged("WALLET-11", "wallet", wallet, now)
		require.Len(t, w.Evidence().Findings, c.found, name)
		w = world(t, "WALLET-11")
		w.Session.Schemas = shapes
		w.ExpectEqual("a check", "wallet", wallet, now, func(string, bool) contract.Fact { return w.Own(contract.Content) })
		require.Len(t, w.Evidence().Findings, c.found, name)
	}
}
