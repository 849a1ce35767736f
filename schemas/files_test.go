package schemas

import (
	"encoding/json"
	"flag"
	"fmt"
	"io/fs"
	"os"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"github.com/xeipuuv/gojsonschema"
)

var update = flag.Bool("update", false, "write the golden files anew")

// named are the 24 schemas of the documentation; unnamed are the shapes that it leaves without a name, and
// CardWidgetSessionTokenResponse, which only the newest generation of it names.
var (
	named = strings.Split("Webhook|Relay|Client|Beneficiary|Card|CardCreateInputDto|CardStatusUpdateDto|CardRenewReplaceInputDto|Program|"+
		"MetadataKobbleDebit1|ProgramCreateInputDto|Person|Company|Enduser|Enduser Create Person Input|Enduser Create Company Input|Metadata|"+
		"Enduser Create Input DTO|Transaction|TransactionCreateManualCreditInputDto|"+
		"TransactionCreateInputDto|Wallet|WalletCreateInputDto|WalletUpdateInputDto", "|")
	unnamed = strings.Split("AccessTokenRequest|AccessToken|BeneficiaryCreateInput|BeneficiaryUpdateInput|CardSecretInput|CardSecret|"+
		"CardWidgetSessionTokenResponse|TransactionCreateManualDebitInput|"+
		"RelayCreateInput|WebhookCreateInput|SnsEnvelope|WebhookEvent|Error", "|")
)

func TestEverySchemaOfTheDocumentationIsThere(t *testing.T) {
	require.Len(t, named, 24)
	assert.ElementsMatch(t, slices.Concat(named, unnamed), loaded(t).Names())
}

func TestAFileIsNamedLikeItsSchema(t *testing.T) {
	words := regexp.MustCompile(`DTO|[A-Z][a-z]*|[0-9]+`)
	for _, name := range loaded(t).Names() {
		file := strings.ToLower(strings.Join(words.FindAllString(name, -1), "_")) + ".json"
		one := loaded(t).byFile[file]
		require.NotNil(t, one, "%s should be in %s", name, file)
		assert.Equal(t, name, one.name)
		assert.Equal(t, "https://kobcheck.test/schemas/"+file, one.document.ID)
		assert.Equal(t, one.raw, loaded(t).Raw(name))
	}
}

func TestEveryFileIsADraft07Schema(t *testing.T) {
	// A loader of its own: one that has compiled the metaschema fetches what it does not know.
	meta, err := gojsonschema.NewSchemaLoader().Compile(gojsonschema.NewReferenceLoader("http://json-schema.org/draft-07/schema"))
	require.NoError(t, err)
	for _, name := range loaded(t).Names() {
		result, err := meta.Validate(gojsonschema.NewBytesLoader(loaded(t).Raw(name)))
		require.NoError(t, err)
		assert.Empty(t, result.Errors(), name)
	}
	result, err := meta.Validate(gojsonschema.NewStringLoader(`{"type":"strange"}`))
	require.NoError(t, err)
	assert.False(t, result.Valid(), "the metaschema can refuse")
}

func TestEveryFileKeepsToTheRulesOfThisRoom(t *testing.T) {
	set, ids := loaded(t), map[string]string{}
	for _, name := range set.Names() {
		var file any
		require.NoError(t, json.Unmarshal(set.Raw(name), &file))
		assert.Empty(t, lint(file), name)
		id := set.byName[name].document.ID
		assert.Empty(t, ids[id], "%s has the $id of %s", name, ids[id])
		ids[id] = name
	}
}

func TestTheLinterSeesEachFault(t *testing.T) {
	field := func(more string) string {
		return `{"$schema":"http://json-schema.org/draft-07/schema#",` +
			`"$id":"https://kobcheck.test/schemas/x.json","title":"X",` +
			`"type":"object","properties":{"a":{"type":"string","x-mark":"stated","x-source":"api-1","x-requirement":"A-01"` + more + `}}}`
	}
	require.Empty(t, linted(t, field("")))
	for fault, text := range map[string]string{
		"the keyword":              strings.Replace(field(""), `"type":"object"`, `"typ":"object"`, 1),
		"lacks $schema":            strings.Replace(field(""), "draft-07", "draft-04", 1),
		"lacks $id":                strings.Replace(field(""), `"$id"`, `"$comment"`, 1),
		"beside $ref":              field(`,"allOf":[{"$ref":"y.json","type":"object"}]`),
		"the format":               field(`,"format":"datetime"`),
		"the mark":                 strings.Replace(field(""), `"stated"`, `"said"`, 1),
		"lacks x-source":           strings.Replace(field(""), `"x-source":"api-1",`, "", 1),
		"lacks x-requirement":      strings.Replace(field(""), `"A-01"`, `""`, 1),
		"lacks a type":             strings.Replace(field(""), `"type":"string",`, "", 1),
		"of the facet enum":        field(`,"x-marks":{"enum":"example"}`),
		"of the facet size":        field(`,"x-marks":{"size":"example"}`),
		"of the facet required":    field(`,"x-requirements":{"required":"A-02"}`),
		"required but no property": strings.Replace(field(""), `"properties"`, `"required":["b"],"properties"`, 1),
		"a pattern without":        field(`,"pattern":"^a$"`),
		"no regular expression":    field(`,"pattern":"(","x-expected":"a"`),
		"x-secret":                 field(`,"x-secret":"yes"`),
		"null is in no enum":       strings.Replace(field(`,"enum":["A"]`), `"type":"string"`, `"type":["string","null"]`, 1),
	} {
		faults := strings.Join(linted(t, text), "\n")
		assert.Contains(t, faults, fault, text)
	}
}

func linted(t *testing.T, text string) []string {
	var file any
	require.NoError(t, json.Unmarshal([]byte(text), &file), text)
	return lint(file)
}

// The fields with their marks as one table, so that a change of a mark is seen in review.
func TestTheFieldsAreThoseOfTheTable(t *testing.T) {
	var table strings.Builder
	for _, name := range loaded(t).Names() {
		fmt.Fprintf(&table, "%s\n", name)
		tabulate(&table, "", loaded(t).Fields(name))
	}
	const golden = "testdata/fields.golden"
	if *update {
		require.NoError(t, os.MkdirAll("testdata", 0o755))
		require.NoError(t, os.WriteFile(golden, []byte(table.String()), 0o644))
	}
	expected, err := os.ReadFile(golden)
	require.NoError(t, err, "go test ./schemas -update writes it")
	assert.Equal(t, string(expected), table.String())
}

func tabulate(table *strings.Builder, above string, fields []FieldInfo) {
	for _, f := range fields {
		fmt.Fprintf(table, "  %-16s %s", above+f.Name, f.Type)
		for _, word := range []string{f.Of, f.Format, f.Words, strings.Join(f.Enum, "|")} {
			if word != "" {
				fmt.Fprintf(table, " (%s)", word)
			}
		}
		if f.Required {
			table.WriteString(" required")
		}
		if f.Nullable {
			table.WriteString(" nullable")
		}
		if f.Secret {
			table.WriteString(" secret")
		}
		fmt.Fprintf(table, " · %s %s", f.Mark, f.Requirement)
		for _, facet := range facets {
			if mark, requirement := f.Marks[facet], f.Requirements[facet]; mark != "" || requirement != "" {
				fmt.Fprintf(table, " · %s: %s", facet, strings.TrimSpace(mark+" "+requirement))
			}
		}
		fmt.Fprintf(table, " · %s\n", f.Source)
		tabulate(table, above+f.Name+".", f.Fields)
	}
}

func TestFieldsAndRawAreCopies(t *testing.T) {
	set := loaded(t)
	set.Fields("Card")[0].Enum = nil
	for _, field := range set.Fields("Card") {
		if field.Enum != nil {
			field.Enum[0] = "changed"
		}
		if field.Marks != nil {
			field.Marks["pattern"] = "changed"
		}
	}
	set.Raw("Card")[0] = 'x'
	set.Names()[0] = "changed"
	assert.Equal(t, "VIRTUAL", set.Fields("Card")[1].Enum[0])
	assert.Equal(t, "example", set.Fields("Card")[7].Marks["pattern"])
	assert.Equal(t, byte('{'), set.Raw("Card")[0])
	assert.NotEqual(t, "changed", set.Names()[0])
	assert.Nil(t, set.Fields("Crad"))
	assert.Nil(t, set.Raw("Crad"))
	assert.Empty(t, set.Fields("Transaction"))
}

func TestEveryFileOfTheRoomIsEmbedded(t *testing.T) {
	onDisk, err := fs.Glob(os.DirFS("."), "*.json")
	require.NoError(t, err)
	assert.Len(t, loaded(t).Names(), len(onDisk))
}
