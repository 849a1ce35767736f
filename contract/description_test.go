package contract

import (
	"maps"
	"slices"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

func TestAFieldMeansWhatAPageOurReadingOrNobodySays(t *testing.T) {
	c, err := read(small())
	require.NoError(t, err)
	d := c.Operation("a").Description
	for field, want := range map[string]Mark{"x": Stated, "y": Inferred, "z": NotFound} {
		text, mark := d.Meaning(field)
		require.Contains(t, text, field)
		require.Equal(t, want, mark, field)
	}
	text, mark := (*Description)(nil).Meaning("x")
	require.Empty(t, text)
	require.Equal(t, NotFound, mark)
}

func TestADescriptionOfNothingIsAnError(t *testing.T) {
	for text, says := range map[string]string{
		"operations: {b: {purpose: p}}\n":               "describes b, which is no operation",
		"guide: {steps: [{title: make it, call: b}]}\n": `the step "make it" of the guide calls b`,
		"topics: [{title: Money, rules: [R-9]}]\n":      `the topic "Money" names R-9`,
	} {
		facts := small()
		facts["descriptions.yaml"] = &fstest.MapFile{Data: []byte(text)}
		_, err := read(facts)
		require.ErrorContains(t, err, says)
	}
}

// TestEverythingIsDescribedThatThereIs holds the descriptions to the operations, name by name.
func TestEverythingIsDescribedThatThereIs(t *testing.T) {
	c, err := Load()
	require.NoError(t, err)
	assert.NotEmpty(t, c.Prose.Overview)
	assert.Len(t, c.Prose.Guide.Steps, 11)
	assert.ElementsMatch(t, c.Sections(), slices.Collect(maps.Keys(c.Prose.Sections)))
	for _, o := range c.Operations {
		d := o.Description
		require.NotNil(t, d, o.ID)
		assert.NotEmpty(t, d.Purpose, o.ID)
		assert.NotEmpty(t, d.Result, o.ID)
		assert.NotEmpty(t, d.Source, o.ID)
		assert.True(t, d.Mark.Valid(), o.ID)
		there := map[string]bool{}
		for _, list := range [][]Parameter{o.PathParams, o.Query, o.ResponseHeaders} {
			for _, one := range list {
				there[one.Name] = true
			}
		}
		for _, one := range o.Headers {
			there[one.Name] = true
		}
		if o.Body != nil {
			for _, one := range o.Body.Fields {
				there[one.Name] = true
			}
		}
		assert.ElementsMatch(t, slices.Collect(maps.Keys(there)), slices.Collect(maps.Keys(d.Fields)), o.ID)
		for _, name := range slices.Concat(d.Reading, d.Open) {
			assert.Contains(t, d.Fields, name, o.ID)
		}
	}
}
