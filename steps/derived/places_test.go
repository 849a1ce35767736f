package derived

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/schemas"
)

func TestAPlaceCarriesOnlyWhatHTTPCanCarryThere(t *testing.T) {
	for name, c := range map[string]struct {
		place place
		value any
		want  bool
	}{
		"anything in a body":            {inBody, map[string]any{"a": nil}, true},
		"a text in a path":              {inPath, "../../etc/passwd", true},
		"nothing in a path":             {inPath, "", false},
		"the folder above in a path":    {inPath, "..", false},
		"no parameter of a path":        {inPath, absent{}, false},
		"an object in a query":          {inQuery, map[string]any{}, false},
		"a number in a query":           {inQuery, json.Number("1e400"), true},
		"a long text in a query":        {inQuery, strings.Repeat("x", 300), true},
		"a page of text in a query":     {inQuery, strings.Repeat("x", 10_000), false},
		"a further parameter":           {inQuery, further{"a", 1}, true},
		"a further header":              {inHeader, further{"a", 1}, false},
		"a line break in a header":      {inHeader, "a\r\nb", false},
		"blanks around a header":        {inHeader, " a ", false},
		"letters beyond ASCII":          {inHeader, "Zoë", true},
		"a header that is there twice":  {inHeader, twice{}, true},
		"a zero byte in a query's text": {inQuery, "a\x00b", true},
	} {
		t.Run(name, func(t *testing.T) { require.Equal(t, c.want, c.place.carries(c.value)) })
	}
}

func TestEveryClassOfInputsCanBeDerivedForSomePlace(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	for class, valuesOf := range derivations {
		found := 0
		for _, operation := range facts.Operations {
			for _, where := range []string{"fields", "parameters", "headers"} {
				for _, open := range places(operation, where, nil) {
					for _, value := range valuesOf(open.field) {
						if open.place.carries(value) {
							found++
						}
					}
				}
			}
		}
		require.Positive(t, found, class)
	}
}

func TestAFieldIsAskedForWithWhatTheAnswerShowsOfIt(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	shown := []schemas.FieldInfo{{Name: "expiry", Format: "date-time"}, {Name: "status", Enum: []string{"SHOWN"}}}
	formOf := func(operation, field string) contract.Field {
		for _, open := range places(facts.Operation(operation), "fields", shown) {
			if open.field.Name == field {
				return open.field
			}
		}
		t.Fatalf("%s has no field %s", operation, field)
		return contract.Field{}
	}
	require.Equal(t, "date-time", formOf("cards-replace-renew", "expiry").Format)
	require.NotContains(t, formOf("wallets-update", "status").Enum, "SHOWN", "what a page lists for the body stands")
}
