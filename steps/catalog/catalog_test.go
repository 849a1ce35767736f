package catalog

import (
	"flag"
	"os"
	"regexp"
	"slices"
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
  Rule: A card is read with GET "{prefix}/cards/{id}"
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
	require.Equal(t, `A card is read with GET "{prefix}/cards/{id}"`, c.Scenarios[0].Rule)
	require.Equal(t, "cards", c.Scenarios[0].Section)
	require.Len(t, c.Scenarios[0].Steps, 2, "a background belongs to the scenario")
	require.Equal(t, "a.two/one-a", c.Scenarios[1].ID)
	require.Equal(t, 15, c.Scenarios[1].Line)
	require.Equal(t, []string{"CARD-GET-04", "CARD-GET-01"}, c.Scenarios[1].Requirements)
}

// recorded makes the first scenario of a feature keep an answer instead of judging it.
func recorded(feature string) string {
	return strings.Replace(feature, "Then something\n", "Then something is recorded\n", 1)
}

var update = flag.Bool("update", false, "write the list of ids anew")

// Known failures, waivers, histories and links name scenarios by their ids: one that goes or changes breaks them all.
func TestTheIDOfAScenarioStaysForGood(t *testing.T) {
	c, err := Read(features.Files)
	require.NoError(t, err)
	var ids []string
	for _, s := range c.Scenarios {
		ids = append(ids, s.ID)
	}
	slices.Sort(ids)
	const list = "testdata/ids.txt"
	if *update {
		require.NoError(t, os.WriteFile(list, []byte(strings.Join(ids, "\n")+"\n"), 0o600))
	}
	kept, err := os.ReadFile(list)
	require.NoError(t, err)
	require.Equal(t, strings.Fields(string(kept)), ids, "-update takes new ids down; one that is gone has to come back")
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
		"an undefined step": {strings.Replace(text, "Then something\n", "Then nobody knows\n", 1),
			`no sentence of the vocabulary reads "nobody knows"`},
		"a rule of other words": {strings.Replace(text, "A card is read", "A card may be read", 1), "but CARD-GET-01 says"},
		"a gap that is none":    {strings.Replace(text, "@id:a.one", "@id:a.one @gap:N-99", 1), "@gap:N-99 names no conflict and no gap"},
		"a synonym":             {strings.Replace(text, "Scenario: one", "Scenario: the endpoint answers", 1), `"endpoint" is called "operation"`},
		"a title twice":         {strings.Replace(text, "Outline: two <x>", "Outline: one", 1), "stands at another scenario too"},
		"a long scenario": {strings.Replace(text, "      Then something\n", strings.Repeat("      Then something\n", mostSteps), 1),
			"the scenario has 8 steps; 7 are enough"},
		"a look that acts": {strings.Replace(text, "Then something\n", "Then something\n      And we call \"Get all cards\"\n", 1),
			"does something after Then"},
		"a scenario that only acts": {strings.Replace(text, "Then something\n", "When something\n", 1), "has no Then"},
		"a record without a gap":    {recorded(text), "no @gap: tag says which question"},
		"no requirement": {strings.Replace(strings.Replace(text, "@CARD-GET-01\n", "@x\n", 1), " @CARD-GET-02", "", 1),
			"names no requirement"},
	} {
		t.Run(name, func(t *testing.T) { require.Contains(t, problems(c.text), c.says) })
	}
	right := strings.Replace(text, "CARD-GET-04 |", "CARD-GET-02 |", 1)
	require.Empty(t, problems(right))
	require.Empty(t, problems(recorded(strings.Replace(right, "@id:a.one", "@id:a.one @gap:N-31", 1))))
	ours := strings.NewReplacer("@CARD-GET-01", "@CARD-GET-04", "@stated", "@inferred", "@CARD-GET-02", "",
		"A card is read", "In our own words, a card is read", "| CARD-GET-01 |", "| CARD-GET-04 |")
	require.Empty(t, problems(ours.Replace(text)), "our own reading may be put in other words")
	ambiguous := append(sentences, Sentence{regexp.MustCompile("^some.*$")})
	require.Contains(t, read(t, text).Lint(facts, ambiguous)[1].String()+read(t, text).Lint(facts, ambiguous)[0].String(), "2 ways")
	unused := append(sentences, Sentence{regexp.MustCompile("^never$")})
	found := false
	for _, p := range read(t, text).Lint(facts, unused) {
		found = found || strings.Contains(p.What, "no feature uses the sentence ^never$")
	}
	require.True(t, found)
}

func TestARuleOfSeveralRequirementsIsAHeading(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	of := func(second string) string {
		heading := strings.Replace(strings.Replace(text, "  @CARD-GET-01\n", "", 1), "A card is read", "Whatever we like: a card is read", 1)
		return strings.NewReplacer("| CARD-GET-04 |", "| "+second+" |", "| CARD-GET-01 |", "| CARD-GET-02 |").Replace(heading)
	}
	require.Empty(t, read(t, of("CARD-GET-01")).lintRules(facts))
	problems := read(t, of("CARD-GET-02")).lintRules(facts)
	require.Len(t, problems, 1, "a rule that leaves its only requirement out does not get round the sentence")
	require.Contains(t, problems[0].String(), "names no requirement, though all of its scenarios are about one")
}

func TestARuleStandsOnceInAFile(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	again := text[strings.Index(text, "  @CARD-GET-01"):]
	again = strings.NewReplacer("@id:a.", "@id:b.", "something", "another thing").Replace(again)
	problems := read(t, text+again).lintRules(facts)
	require.Len(t, problems, 1)
	require.Contains(t, problems[0].String(), "stands in this file already, at line 4")
}

func TestARowNamesItsGap(t *testing.T) {
	row := strings.NewReplacer("| requirement |", "| gap  |", "| CARD-GET-04 |", "| N-31 |", "| CARD-GET-01 |", "| C-18 |").Replace(text)
	c := read(t, row)
	require.Equal(t, "N-31", c.Scenarios[1].Gap)
	require.Equal(t, "C-18", c.Scenario("a.two/b").Gap, "the gap is no part of the id")
}

func TestARequirementWithNeitherScenarioNorReasonIsAProblem(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	var open []string
	for _, p := range read(t, text).Lint(facts, nil) {
		open = append(open, p.What)
	}
	require.Contains(t, strings.Join(open, "\n"), "CARD-CREATE-15 (API) has neither a scenario nor a reason")
	require.Contains(t, strings.Join(open, "\n"), "CARD-CREATE-05 (caller) has neither a scenario nor a reason", "also what a caller owes")
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

func TestEachQuestionOfAQuickRunHasAScenarioAndTheRestIsSaid(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	c, err := Read(features.Files)
	require.NoError(t, err)
	quick, err := c.Select(Selection{Quick: true}, facts)
	require.NoError(t, err)
	calls := map[string]bool{}
	for _, ask := range Asks(facts) {
		found := c.Answering(ask)
		require.NotNil(t, found, "%s: %s", ask.Kind, ask.Requirement)
		require.Contains(t, quick, found)
		if ask.Operation != nil {
			calls[ask.Operation.ID] = true
		}
	}
	require.Len(t, calls, len(facts.Operations), "each operation is asked of")
	require.Less(t, len(quick), 120)
	require.Regexp(t, `^A quick run looks at the answer of each operation, .* It leaves out \d+ of \d+ requirements: \d+ of `, c.QuickSays(facts))
	both, err := c.Select(Selection{Quick: true, Section: "cards"}, facts)
	require.NoError(t, err)
	require.True(t, len(both) > 0 && len(both) < len(quick), "it can be narrowed like any other selection")
}

func TestAnOperationSelectsWhatIsAboutIt(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	c, err := Read(features.Files)
	require.NoError(t, err)
	ids := func(name string) (all []string) {
		selected, err := c.Select(Selection{Operation: name}, facts)
		require.NoError(t, err)
		for _, s := range selected {
			all = append(all, s.ID)
		}
		return all
	}
	for _, operation := range facts.Operations {
		require.NotEmpty(t, ids(operation.ID), operation.ID)
		require.Equal(t, ids(operation.ID), ids(operation.Title))
	}
	require.Contains(t, ids("token"), "token.wrong-credentials/client-secret")
	require.NotContains(t, ids("token"), "auth.no-token/get-all-cards")
	require.Contains(t, ids("cards-list"), "auth.no-token/get-all-cards")
	_, err = c.Select(Selection{Operation: "cards-lst"}, facts)
	require.ErrorContains(t, err, `there is no operation "cards-lst"; did you mean "cards-list"?`)
}
