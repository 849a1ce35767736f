package schemas

import (
	"encoding/json"
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/stretchr/testify/require"
	"github.com/xeipuuv/gojsonschema"
)

const card = `{"id":"1b8ecc17-4edd-4b74-ae4f-208aeb78f105","type":"VIRTUAL","wallet_id":"13655985-8198-FFDE-7afe-6abc661df281","created_at":"2025-01-13T18:26:41.332Z","updated_at":"2025-01-13T18:26:41.332Z","status":"INACTIVE","external_id":"1111111","last_four_digit":"1111","expiry":"2027-12-31T23:59:59.000Z","program_id":"0e8563e6-d25e-0f83-18ac-d053dff141c3","m_pan":"1111***1111"}`

func set(t testing.TB) *Set {
	t.Helper()
	s, err := Load()
	require.NoError(t, err)
	return s
}

func TestEachNamedSchemaIsThere(t *testing.T) {
	s := set(t)
	for _, name := range []string{"Webhook", "Relay", "Client", "Beneficiary", "Card", "CardCreateInputDto", "CardStatusUpdateDto", "CardRenewReplaceInputDto", "Program", "MetadataKobbleDebit1", "ProgramCreateInputDto", "Person", "Company", "Enduser", "Enduser Create Person Input", "Enduser Create Company Input", "Metadata", "Enduser Create Input DTO", "Transaction", "TransactionCreateManualCreditInputDto", "TransactionCreateInputDto", "Wallet", "WalletCreateInputDto", "WalletUpdateInputDto",
		"AccessTokenRequest", "AccessToken", "CardSecretInput", "CardSecret", "BeneficiaryCreateInput", "BeneficiaryUpdateInput", "TransactionCreateManualDebitInput", "RelayCreateInput", "WebhookCreateInput", "SnsEnvelope", "WebhookEvent", "Error", "CardWidgetSessionTokenResponse"} {
		require.True(t, s.Has(name), name)
	}
	require.Len(t, s.Names(), 37)
}

func TestDecodeIsStrict(t *testing.T) {
	for name, c := range map[string]struct{ body, kind string }{
		"nothing":            {"  ", "empty"},
		"trailing data":      {`{} x`, "trailing"},
		"two values":         {`{}{}`, "trailing"},
		"a repeated name":    {`{"a":1,"a":2}`, "duplicate"},
		"one deep inside":    {`{"x":[{"a":1,"a":2}]}`, "duplicate"},
		"cut in half":        {`{"a":`, "syntax"},
		"a trailing comma":   {`{"a":1,}`, "syntax"},
		"NaN":                {`{"a":NaN}`, "syntax"},
		"bad UTF-8":          {"{\"a\":\"\xff\"}", "encoding"},
		"a byte order mark":  {"\xef\xbb\xbf{}", "encoding"},
		"a huge number":      {`{"a":1e400}`, "number"},
		"a huge exponent":    {`1e3000000`, "number"},
		"a tiny exponent":    {`1e-3000000`, "number"},
		"a very long number": {strings.Repeat("1", 100), "number"},
		"deep nesting":       {strings.Repeat("[", 9000), "depth"},
		"a very long body":   {`"` + strings.Repeat("x", MaxBody) + `"`, "size"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Decode([]byte(c.body))
			var broken *DecodeError
			require.ErrorAs(t, err, &broken)
			require.Equal(t, c.kind, broken.Kind)
			require.Less(t, len(err.Error()), 300, "an error never quotes the body at length")
		})
	}
	value, err := Decode([]byte(card))
	require.NoError(t, err)
	require.IsType(t, map[string]any{}, value)
}

func TestAViolationNamesPlaceAndFact(t *testing.T) {
	s := set(t)
	change := func(from, to string) string { return strings.Replace(card, from, to, 1) }
	for name, c := range map[string]struct {
		body string
		want Violation
	}{
		"missing":      {change(`"status":"INACTIVE",`, ""), Violation{Pointer: "/status", Kind: "missing", Mark: "stated", Requirement: "CARD-11"}},
		"another type": {change(`"1111111"`, "1111111"), Violation{Pointer: "/external_id", Kind: "type", Mark: "stated", Requirement: "CARD-12"}},
		"null":         {change(`"1111111"`, "null"), Violation{Pointer: "/external_id", Kind: "type", Mark: "stated", Requirement: "CARD-12"}},
		"off its list": {change(`"INACTIVE"`, `"inactive"`), Violation{Pointer: "/status", Kind: "enum", Mark: "stated", Requirement: "CARD-11"}},
		"a date alone": {change(`"2027-12-31T23:59:59.000Z"`, `"2027-12-31"`), Violation{Pointer: "/expiry", Kind: "format", Mark: "stated", Requirement: "CARD-14"}},
		"no uuid":      {change(`"1b8ecc17-4edd-4b74-ae4f-208aeb78f105"`, `"1b8ecc17"`), Violation{Pointer: "/id", Kind: "format", Mark: "stated", Requirement: "CARD-06"}},
		"five digits":  {change(`"last_four_digit":"1111"`, `"last_four_digit":"11111"`), Violation{Pointer: "/last_four_digit", Kind: "pattern", Mark: "example", Requirement: "CARD-18"}},
		"undocumented": {change(`{"id"`, `{"pan":"x","id"`), Violation{Pointer: "/pan", Kind: "undocumented"}},
	} {
		t.Run(name, func(t *testing.T) {
			violations, err := s.Check("Card", []byte(c.body))
			require.NoError(t, err)
			require.Len(t, violations, 1)
			got := violations[0]
			require.NotEmpty(t, got.Expected)
			require.NotEmpty(t, got.Actual)
			got.Expected, got.Actual, got.Schema = "", "", ""
			require.Equal(t, c.want, got)
		})
	}
	violations, err := s.Check("Card", []byte(card))
	require.NoError(t, err)
	require.Empty(t, violations)
}

func TestViolationsComeInOneOrder(t *testing.T) {
	s := set(t)
	first, err := s.Check("Card", []byte(`{"id":1,"z":1,"y":2,"status":"x"}`))
	require.NoError(t, err)
	for range 30 {
		again, err := s.Check("Card", []byte(`{"id":1,"z":1,"y":2,"status":"x"}`))
		require.NoError(t, err)
		require.Equal(t, first, again)
	}
}

func TestAListIsCheckedItemByItem(t *testing.T) {
	s := set(t)
	violations, err := s.CheckList("Card", []byte("["+card+","+strings.Replace(card, `"VIRTUAL"`, `"PLASTIC"`, 1)+"]"))
	require.NoError(t, err)
	require.Len(t, violations, 1)
	require.Equal(t, "/1/type", violations[0].Pointer)
	violations, err = s.CheckList("Card", []byte(`{"data":[]}`))
	require.NoError(t, err)
	require.Equal(t, "type", violations[0].Kind)
}

func TestFormats(t *testing.T) {
	for _, good := range []string{"2025-01-14T16:56:58.947Z", "2025-01-14t16:56:58z", "2016-12-31T23:59:60Z", "2025-01-14T16:56:58+11:00"} {
		require.True(t, isDateTime(good), good)
	}
	for _, bad := range []string{"2025-01-14", "16:56:58", "2025-01-14T16:56:58", "2025-01-14T16:56:58,947Z", "2025-01-14T6:56:58Z", "2025-02-30T00:00:00Z", "2025-01-14 16:56:58Z", "025-01-13T17:32:03.718Z"} {
		require.False(t, isDateTime(bad), bad)
	}
	require.True(t, isUUID("DB13F0B1-DBB8-4476-9E31-FB93BCB3EC33"))
	require.True(t, isUUID("13655985-8198-ffde-7afe-6abc661df281"), "the documentation's own samples are of no version")
	require.False(t, isUUID("db13f0b1dbb844769e31fb93bcb3ec33"))
	require.True(t, isEmail("jane@example.test"))
	require.False(t, isEmail("Jane <jane@example.test>"))
}

func TestAnUnknownReferenceIsAnErrorAndIsNeverFetched(t *testing.T) {
	_, err := load(fstest.MapFS{"x.json": {Data: []byte(`{"$schema":"http://json-schema.org/draft-07/schema#","$id":"https://kobcheck.test/schemas/x.json","title":"X","properties":{"a":{"$ref":"http://127.0.0.1:9/never.json"}}}`)}})
	require.ErrorContains(t, err, "nothing is ever fetched")
}

// keywords are those that the files may use; a misspelt one would be ignored without a word.
var keywords = map[string]bool{"$schema": true, "$id": true, "$ref": true, "$comment": true, "title": true, "type": true, "required": true, "properties": true, "additionalProperties": true, "enum": true, "format": true, "pattern": true, "items": true, "anyOf": true,
	"x-mark": true, "x-source": true, "x-requirement": true, "x-marks": true, "x-requirements": true}

func TestTheFilesAreSchemasAndEachFieldHasAMark(t *testing.T) {
	meta, err := gojsonschema.NewSchemaLoader().Compile(gojsonschema.NewReferenceLoader("http://json-schema.org/draft-07/schema"))
	require.NoError(t, err)
	names, err := fs.Glob(files, "*.json")
	require.NoError(t, err)
	for _, name := range names {
		raw, err := files.ReadFile(name)
		require.NoError(t, err)
		result, err := meta.Validate(gojsonschema.NewBytesLoader(raw))
		require.NoError(t, err)
		require.True(t, result.Valid(), "%s: %v", name, result.Errors())
		var document map[string]any
		require.NoError(t, json.Unmarshal(raw, &document))
		require.Equal(t, "https://kobcheck.test/schemas/"+name, document["$id"])
		lint(t, name, document)
	}
}

func lint(t *testing.T, name string, document map[string]any) {
	for key := range document {
		require.True(t, keywords[key], "%s: the keyword %s", name, key)
	}
	properties, _ := document["properties"].(map[string]any)
	for field, value := range properties {
		property := value.(map[string]any)
		for key := range property {
			require.True(t, keywords[key], "%s.%s: the keyword %s", name, field, key)
		}
		require.Contains(t, []any{"stated", "example", "third-party", "inferred"}, property["x-mark"], "%s.%s", name, field)
		require.NotEmpty(t, property["x-source"], "%s.%s", name, field)
		require.NotEmpty(t, property["x-requirement"], "%s.%s", name, field)
		if format, ok := property["format"].(string); ok {
			require.Contains(t, []string{"uuid", "date-time", "date", "email", "uri"}, format)
		}
	}
}

func FuzzDecode(f *testing.F) {
	for _, seed := range []string{card, `{"a":1e400}`, `[[[[`, `{"a":1,"a":2}`, "\xef\xbb\xbf", `"\ud800"`, `1e-9999`} {
		f.Add([]byte(seed))
	}
	s := set(f)
	f.Fuzz(func(t *testing.T, body []byte) {
		value, err := Decode(body)
		if err != nil {
			return
		}
		if _, err := s.CheckValue("Card", value); err != nil {
			t.Fatal(err)
		}
	})
}

func BenchmarkCheckCard(b *testing.B) {
	s := set(b)
	for b.Loop() {
		if violations, err := s.Check("Card", []byte(card)); err != nil || len(violations) > 0 {
			b.Fatal(violations, err)
		}
	}
}
