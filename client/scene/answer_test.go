package scene_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/schemas"
)

func decoded(t *testing.T, text string) any {
	t.Helper()
	value, err := schemas.Decode([]byte(text))
	require.NoError(t, err, text)
	return value
}

func TestAListIsFoundInWhateverEnvelopeItComes(t *testing.T) {
	for text, ids := range map[string][]string{
		`[]`:                      {},
		`[{"id":"a"},{"id":"b"}]`: {"a", "b"},
		`{"data":[{"id":"a"}]}`:   {"a"},
		`{"data":[],"total":0}`:   {},
		`{"cards":[]}`:            {},
		`{"cards":[{"id":"a"}],"errors":[],"links":[{"id":"x"}],"total":1}`:          {"a"},
		`{"content":[{"id":"a"}],"sort":[{"property":"id"}],"pageable":{"sort":[]}}`: {"a"},
		`{"data":{"items":[{"id":"a"}],"total":1}}`:                                  {"a"},
		`{"data":{"items":[]}}`:                                                                            {},
		`{"data":{"cards":[{"id":"a"}]},"alerts":[{"id":"x"}]}`:                                            {"a"},
		`{"_embedded":{"wallets":[{"id":"a"}]},"_links":{"self":[{"id":"x"}]}}`:                            {"a"},
		`{"wallets":{"entries":[{"id":"a"}]}}`:                                                             {"a"},
		`{"data":[{"id":"a"}],"notices":[{"id":"x"}],"tags":["x"],"metadata":{"columns":[{"id":"y"}]}}`:    {"a"},
		`{"results":[{"id":"a","tags":[{"id":"x"}]}],"meta":{"items":[{"id":"y"}]},"previous":null}`:       {"a"},
		`{"transactions":[{"id":7}],"request_ids":["x","y"],"metadata":[{"id":"z"}],"next":{"id":"page"}}`: {"7"},
	} {
		items, found := scene.Items(decoded(t, text))
		require.True(t, found, text)
		got := []string{}
		for _, item := range items {
			got = append(got, scene.ID(item))
		}
		require.Equal(t, ids, got, text)
	}
}

func TestWhatMayNotBeTheListIsNotTakenForIt(t *testing.T) {
	for _, text := range []string{
		`null`, `{}`, `"cards"`, `7`, `{"data":null}`, `{"data":{}}`, `{"data":[1,2]}`, `{"ids":["a"]}`,
		`{"data":[{"id":"a"}],"items":[{"id":"b"}]}`,
		`{"cards":[{"id":"a"}],"wallets":[{"id":"b"}]}`,
		`{"errors":[{"message":"no"}]}`, `{"metadata":[{"id":"a"}]}`, `{"metadata":{"items":[{"id":"a"}]}}`,
		`{"id":"a","lines":[{"id":"b"}]}`,
		`{"data":{"id":"a","lines":[{"id":"b"}]}}`,
		`{"data":{"more":{"items":[{"id":"a"}]}}}`,
		`{"data":{"items":[{"id":"a"}],"results":[{"id":"b"}]}}`,
	} {
		_, found := scene.Items(decoded(t, text))
		require.False(t, found, text)
	}
}

func TestAnObjectAndItsIdAreFoundInWhateverEnvelopeTheyCome(t *testing.T) {
	for text, id := range map[string]string{
		`{"id":"a"}`:              "a",
		`{"id":42}`:               "42",
		`{"id":9007199254740993}`: "9007199254740993",
		`{"data":{"id":"a"}}`:     "a",
		`{"card":{"id":"a"},"message":"created"}`:                                       "a",
		`{"result":{"card":{"id":"a"}},"success":true}`:                                 "a",
		`{"id":null,"data":{"id":"a"}}`:                                                 "a",
		`{"id":"a","data":{"id":"b"},"person":{"id":"c"}}`:                              "a",
		`{"data":{"id":"a","holder":{"id":"b"}},"links":{"id":"c"},"owner":{"id":"d"}}`: "a",
		`{"metadata":{"id":"a"}}`:                                                       "",
		`{"error":{"id":"a"}}`:                                                          "",
		`{"person":{"id":"a"},"company":{"id":"b"}}`:                                    "",
		`{"card_id":"a","card":{"id":"a"}}`:                                             "a",
		`{"company_id":"b","company":{"id":"b"},"person":null,"person_id":null}`:        "",
		`{"id":""}`:            "",
		`{"id":{"value":"a"}}`: "",
		`{"id":true}`:          "",
		`{"status":"ACTIVE"}`:  "",
		`[{"id":"a"}]`:         "",
		`null`:                 "",
	} {
		require.Equal(t, id, scene.ID(decoded(t, text)), text)
	}
	object, found := scene.Object(decoded(t, `{"secret":"x"}`))
	require.True(t, found)
	require.Equal(t, "x", object["secret"], "an object without an id is itself")
	_, found = scene.Object(decoded(t, `[]`))
	require.False(t, found)
}

func TestTheIDsOfATextAreItsUUIDs(t *testing.T) {
	const one, other = "8f1b7a52-93c4-4a2e-9d5e-0a6c1f2b3d4e", "0A6C1F2B-93c4-4a2e-9d5e-8f1b7a523d4e"
	for text, ids := range map[string][]string{
		"":                                     nil,
		"8f1b7a52-93c4-4a2e":                   nil,
		one:                                    {one},
		one + other:                            {one, strings.ToLower(other)},
		"-" + one + "-" + other + "-8f1b7a52-": {one, strings.ToLower(other)},
		"8f1b7a52-" + one:                      {one},
		"(" + strings.Repeat("x-", 40) + one:   {one},
	} {
		require.Equal(t, ids, scene.IDsIn(text), text)
	}
}
