package catalog

import (
	"regexp"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/features"
)

func TestTagExpressions(t *testing.T) {
	for expression, want := range map[string]map[string]bool{
		"":                       {"": true, "@a": true},
		"@a":                     {"@a": true, "@b": false},
		"not @a":                 {"@a": false, "": true},
		"@a and @b":              {"@a @b": true, "@a": false},
		"@a or @b and @c":        {"@a": true, "@b": false, "@b @c": true},
		"(@a or @b) and not @c":  {"@a": true, "@a @c": false, "@b": true},
		"not (@a or @b)":         {"@a": false, "@c": true},
		"not (@a and not @b)":    {"@a": false, "@a @b": true},
		"not not @a":             {"@a": true, "": false},
		"@x-1.y/z:2 or @CARD-01": {"@x-1.y/z:2": true, "@CARD-01": true},
	} {
		parsed, err := ParseTags(expression)
		require.NoError(t, err, expression)
		for tags, holds := range want {
			require.Equal(t, holds, parsed.Holds(strings.Fields(tags)), "%q on %q", expression, tags)
		}
	}
	for _, bad := range []string{"@a &&", "@a and", "a", "@a,@b", "~@a", "(@a", "@a)", "@a @b", "and @a", "not"} {
		_, err := ParseTags(bad)
		require.Error(t, err, bad)
	}
}

const text = `@stated
Feature: F
  @CARD-GET-01
  Rule: R
    Background:
      Given something
    @id:a.one @CARD-GET-02
    Scenario: one
      Then something
    @id:a.two
    Scenario Outline: two <x>
      Then something <x>
      Examples:
        | x     | requirement |
        | One A | CARD-GET-04 |
        | b     | CARD-GET-01 |
`

func read(t *testing.T, text string) *Catalog {
	t.Helper()
	c, err := Read(fstest.MapFS{"cards/f.feature": {Data: []byte(text)}})
	require.NoError(t, err)
	return c
}

func TestScenariosHaveStableIdsAndTheMostSpecificRequirementLeads(t *testing.T) {
	c := read(t, text)
	require.Len(t, c.Scenarios, 3)
	require.Equal(t, "a.one", c.Scenarios[0].ID)
	require.Equal(t, []string{"CARD-GET-02", "CARD-GET-01"}, c.Scenarios[0].Requirements)
	require.Equal(t, contract.Stated, c.Scenarios[0].Mark)
	require.Equal(t, "R", c.Scenarios[0].Rule)
	require.Equal(t, "cards", c.Scenarios[0].Section)
	require.Len(t, c.Scenarios[0].Steps, 2, "a background belongs to the scenario")
	require.Equal(t, "a.two/one-a", c.Scenarios[1].ID)
	require.Equal(t, 15, c.Scenarios[1].Line)
	require.Equal(t, []string{"CARD-GET-04", "CARD-GET-01"}, c.Scenarios[1].Requirements)
}

func TestLintFindsEachKindOfProblem(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	sentences := []Sentence{{regexp.MustCompile("^something( .*)?$")}}
	problems := func(text string) string {
		var all []string
		for _, p := range read(t, text).Lint(facts, sentences) {
			if p.File != "" {
				all = append(all, p.String())
			}
		}
		return strings.Join(all, "\n")
	}
	for name, c := range map[string]struct{ text, says string }{
		"an unknown requirement": {strings.Replace(text, "@CARD-GET-02", "@CARD-GET-99", 1), "CARD-GET-99 is not in the contract"},
		"a wrong mark":           {strings.Replace(text, "@stated", "@inferred", 1), "is stated"},
		"no id":                  {strings.Replace(text, "@id:a.one", "", 1), "needs an @id: tag"},
		"one id twice":           {strings.Replace(text, "@id:a.two", "@id:a.one", 1), "stands at two scenarios"},
		"a row twice":            {text + "        | b     | CARD-GET-01 |\n", "is taken already"},
		"an undefined step":      {strings.Replace(text, "Then something\n", "Then nobody knows\n", 1), `no sentence of the vocabulary reads "nobody knows"`},
		"no requirement":         {strings.Replace(strings.Replace(text, "@CARD-GET-01\n", "@x\n", 1), " @CARD-GET-02", "", 1), "names no requirement"},
	} {
		t.Run(name, func(t *testing.T) { require.Contains(t, problems(c.text), c.says) })
	}
	require.Empty(t, problems(strings.Replace(text, "CARD-GET-04 |", "CARD-GET-02 |", 1)))
	ambiguous := append(sentences, Sentence{regexp.MustCompile("^some.*$")})
	require.Contains(t, read(t, text).Lint(facts, ambiguous)[1].String()+read(t, text).Lint(facts, ambiguous)[0].String(), "2 ways")
	unused := append(sentences, Sentence{regexp.MustCompile("^never$")})
	found := false
	for _, p := range read(t, text).Lint(facts, unused) {
		found = found || strings.Contains(p.What, "no feature uses the sentence ^never$")
	}
	require.True(t, found)
}

func TestARequirementWithNeitherScenarioNorReasonIsAProblem(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	var open []string
	for _, p := range read(t, text).Lint(facts, nil) {
		open = append(open, p.What)
	}
	require.Contains(t, strings.Join(open, "\n"), "the API owes CARD-CREATE-15, which has neither a scenario nor a reason")
}

// TestTheTablesOfTheFeaturesAreComplete holds the outlines that claim to list everything to the contract.
func TestTheTablesOfTheFeaturesAreComplete(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	c, err := Read(features.Files)
	require.NoError(t, err)
	has := func(id string) {
		t.Helper()
		require.NotNil(t, c.Scenario(id), "the table has no row %s", id)
	}
	for _, o := range facts.Operations {
		if o.Header("Authorization") != nil {
			for _, outline := range []string{"auth.no-token", "auth.changed", "auth.expired", "auth.stranger"} {
				has(outline + "/" + slug(o.Title))
			}
			if o.Writes() && o.ID != "cards-create" {
				has("auth.read-scope/" + slug(o.Title))
			}
		}
		if o.NeedsKey() {
			has("idempotency.key-required/" + slug(o.Title))
			has("idempotency.replay/" + slug(o.Title))
		}
		for _, p := range o.PathParams {
			if p.Name == "id" {
				has("ids.malformed/" + slug(o.Title))
			}
		}
		if o.Body == nil || o.ID == "token" {
			continue
		}
		for _, f := range o.Body.Fields {
			if strings.Contains(f.Name, ".") {
				continue
			}
			has("fields.other-type/" + slug(o.Title) + "/" + slug(f.Name))
			if f.Required == contract.Yes && o.ID != "endusers-create" {
				has("fields.left-out/" + slug(o.Title) + "/" + slug(f.Name))
				has("fields.null/" + slug(o.Title) + "/" + slug(f.Name))
			}
			if len(f.Enum) > 0 {
				has("fields.outside-values/" + slug(o.Title) + "/" + slug(f.Name))
			}
		}
	}
	for _, pair := range facts.CardOrder.Pairs {
		if pair.Possible {
			found := false
			for _, s := range c.Scenarios {
				found = found || strings.HasPrefix(s.ID, "card-order.pair/"+string(rune('0'+pair.First))+"/"+string(rune('0'+pair.Second))+"/")
			}
			require.True(t, found, "the pair %d-%d", pair.First, pair.Second)
		}
	}
}
