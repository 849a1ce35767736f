package yamlfile

import (
	"encoding/json"
	"regexp"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// written are texts as people write them for each form, and what they are made of.
var written = map[string]string{
	"uuid":     `[0-9a-fA-F]{8}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{4}-[0-9a-fA-F]{11,12}`,
	"path":     `/?[a-z]{0,3}(/\{id\})?`,
	"date":     `202[0-9]-[01]?[0-9]-[0-3][0-9]( )?`,
	"moment":   `202[0-9]-0[1-9]-[0-2][1-9][T ][01][0-9]:[0-5][0-9]:[0-5][0-9](\.[0-9]{1,3})?(Z|z|[+-](0[0-9]|1[0-4]):[03]0|)`,
	"span":     `[+-]?([0-9]{1,2}|[0-9]?\.[0-9]?)(ms|us|µs|ns|s|m|h|d)([0-9](s|m))?`,
	"variable": `[A-Z_0-9-]{1,5}`,
	"address":  `(https?|HTTPS|ftp)://([a-z]:b@)?[a-z]{0,3}(\.test)?(:[0-9]{1,4})?(/[a-zB]{0,3}){0,2}(\?|\?x=1)?(#|#b)?`,
	"endpoint": `(https?|HTTPS|ftp)://([a-z]:b@)?[a-z]{0,3}(\.test)?(:[0-9]{1,4})?(/[a-zB]{0,3}){0,2}(\?|\?x=1)?(#|#b)?`,
}

// An editor that goes by the schema must not mark what a run takes.
func TestNoSchemaRefusesWhatIsRead(t *testing.T) {
	for name, form := range common {
		require.Contains(t, written, name, "say how people write it")
		t.Run(name, func(t *testing.T) {
			pattern, taken := regexp.MustCompile(form.Pattern), 0
			rapid.Check(t, func(t *rapid.T) {
				text := rapid.StringMatching(written[name]).Draw(t, "text")
				if form.wrong(text) == "" {
					taken++
					require.True(t, pattern.MatchString(text), "%q is read, and %s refuses it", text, form.Pattern)
				}
			})
			require.Positive(t, taken, "nothing that was tried is read")
		})
	}
}

func TestTheSchemaOfAFileHasItsKeysTheirFormsAndWhatIsNeeded(t *testing.T) {
	raw, err := json.Marshal(samples.Schema(new(sample)))
	require.NoError(t, err)
	var schema struct {
		Title                string
		Required             []string
		AdditionalProperties bool
		Properties           map[string]struct {
			Type, Description    string
			Items                struct{ Pattern string }
			PropertyNames        struct{ Enum []string }
			AdditionalProperties struct{ Pattern string }
		}
	}
	require.NoError(t, json.Unmarshal(raw, &schema))
	require.Equal(t, "kobcheck: a sample", schema.Title)
	require.Equal(t, []string{"name"}, schema.Required)
	require.False(t, schema.AdditionalProperties)
	require.Equal(t, "what it is called", schema.Properties["name"].Description)
	require.Equal(t, []string{"red", "blue"}, schema.Properties["things"].PropertyNames.Enum)
	require.Equal(t, common["uuid"].Pattern, schema.Properties["things"].AdditionalProperties.Pattern)
	require.Equal(t, common["path"].Pattern, schema.Properties["tags"].Items.Pattern)
	types := map[string]string{"count": "integer", "share": "number", "on": "boolean", "parts": "array", "any": "object"}
	for key, want := range types {
		require.Equal(t, want, schema.Properties[key].Type, key)
	}
	one := samples.SchemaOfOne(new(Head))
	require.NotContains(t, one, "$schema", "a part has no head")
	require.True(t, slices.Contains(one["required"].([]string), "name"))
}
