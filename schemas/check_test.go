package schemas

import (
	"encoding/json"
	"fmt"
	"math/rand/v2"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// with returns a sample with one field set to a JSON value; the value - takes it out.
// CheckList is [Set.Check] for a bare array whose items have the schema.
func (s *Set) CheckList(name string, body []byte) ([]Violation, error) {
	return s.decoded(name, body, s.CheckListValue)
}

func with(t testing.TB, sample, field, value string) []byte {
	t.Helper()
	object := map[string]json.RawMessage{}
	require.NoError(t, json.Unmarshal([]byte(sample), &object))
	object[field] = json.RawMessage(value)
	if value == "-" {
		delete(object, field)
	}
	body, err := json.Marshal(object)
	require.NoError(t, err)
	return body
}

func TestAViolationCarriesTheMarkOfTheFactThatIsBroken(t *testing.T) {
	set := loaded(t)
	for _, c := range []struct {
		schema, sample, field, value string
		expected                     Violation
	}{
		{"Card", card, "id", "-", Violation{Kind: Missing, Expected: "a uuid (8-4-4-4-12 hexadecimal digits), always present",
			Actual: "absent", Mark: "stated", Requirement: "CARD-06"}},
		{"Card", card, "id", `12`, Violation{Kind: Type, Expected: "a string", Actual: "12", Mark: "stated",
			Requirement: "CARD-06"}},
		{"Card", card, "id", `null`, Violation{Kind: Type, Expected: "a string", Actual: "null", Mark: "stated",
			Requirement: "CARD-06"}},
		{"Card", card, "id", `"x"`, Violation{Kind: Format, Expected: "a uuid (8-4-4-4-12 hexadecimal digits)", Actual: `"x"`,
			Mark: "stated", Requirement: "CARD-06"}},
		{"Card", card, "status", `"CLOSED"`,
			Violation{Kind: Enum, Expected: "one of ACTIVE, INACTIVE, SUSPENDED, STOLEN, PENDING", Actual: `"CLOSED"`,
				Mark: "stated", Requirement: "CARD-11"}},
		{"Card", card, "expiry", `"2027-12-31"`,
			Violation{Kind: Format, Expected: "a date-time such as 2025-01-14T16:56:58.947Z", Actual: `"2027-12-31"`,
				Mark: "stated", Requirement: "CARD-14"}},
		{"Card", card, "external_id", `null`, Violation{Kind: Type, Expected: "a string", Actual: "null", Mark: "stated",
			Requirement: "CARD-12"}},
		{"Card", card, "m_pan", `["x"]`, Violation{Kind: Type, Expected: "a string", Actual: "a list of 1 item",
			Mark: "stated", Requirement: "CARD-16"}},
		{"Card", card, "m_pan", `"no digits"`, Violation{Kind: Pattern, Expected: "a masked card number such as 1111***1111",
			Actual: `"no digits"`, Mark: "example", Requirement: "CARD-17"}},
		{"Card", card, "m_pan", `"11112222"`, Violation{Kind: Pattern, Expected: "a masked card number such as 1111***1111",
			Actual: `"11112222"`, Mark: "example", Requirement: "CARD-17"}},
		{"Card", card, "last_four_digit", `1111`, Violation{Kind: Type, Expected: "a string", Actual: "1111", Mark: "stated",
			Requirement: "CARD-13"}},
		{"Card", card, "last_four_digit", `"11"`, Violation{Kind: Pattern, Expected: "four digits such as 1111",
			Actual: `"11"`, Mark: "example", Requirement: "CARD-18"}},
		{"Card", card, "owner", `7`, Violation{Kind: Type, Expected: "a string", Actual: "7", Mark: "example",
			Requirement: "CARD-19"}},
		{"Card", card, "cvv", `"123"`, Violation{Kind: Undocumented, Expected: "no field of that name",
			Actual: "a string of 3 bytes"}},
		{"Wallet", wallet, "external_id", `1`, Violation{Kind: Type, Expected: "a string or null", Actual: "1",
			Mark: "stated", Requirement: "WALLET-12"}},
		{"Wallet", wallet, "external_id", `-`, Violation{Kind: Missing, Expected: "a string or null, always present",
			Actual: "absent", Mark: "stated", Requirement: "WALLET-12"}},
		{"Wallet", wallet, "asset", `"USD"`, Violation{Kind: Enum, Expected: "AUD", Actual: `"USD"`, Mark: "stated",
			Requirement: "WALLET-16"}},
		{"Wallet", wallet, "amount", `"1.00"`, Violation{Kind: Type, Expected: "a number", Actual: `"1.00"`, Mark: "stated",
			Requirement: "WALLET-21"}},
		{"Wallet", wallet, "owner", `"me"`, Violation{Kind: Format, Expected: "a uuid (8-4-4-4-12 hexadecimal digits)",
			Actual: `"me"`, Mark: "third-party", Requirement: "WALLET-30"}},
		{"Enduser", enduser, "person", `"Sam"`, Violation{Kind: Type, Expected: "an object (Person) or null", Actual: `"Sam"`,
			Mark: "stated", Requirement: "ENDUSER-15"}},
		{"Enduser", enduser, "person_id", `-`,
			Violation{Kind: Missing, Expected: "a uuid (8-4-4-4-12 hexadecimal digits) or null, always present",
				Actual: "absent", Mark: "inferred", Requirement: "ENDUSER-25"}},
		{"Enduser", enduser, "company_id", `-`,
			Violation{Kind: Missing, Expected: "a uuid (8-4-4-4-12 hexadecimal digits) or null, always present",
				Actual: "absent", Mark: "stated", Requirement: "ENDUSER-18"}},
		{"CardStatusUpdateDto", `{"status":"ACTIVE"}`, "status", `"PENDING"`,
			Violation{Kind: Enum, Expected: "one of ACTIVE, SUSPENDED, STOLEN",
				Actual: `"PENDING"`, Mark: "example", Requirement: "CARD-STATUS-06"}},
		{"CardStatusUpdateDto", `{"status":"ACTIVE"}`, "status", `-`,
			Violation{Kind: Missing, Expected: "a string, always present",
				Actual: "absent", Mark: "stated", Requirement: "CARD-STATUS-05"}},
		{"Enduser", enduser, "person_id", `5`, Violation{Kind: Type, Expected: "a string or null", Actual: "5",
			Mark: "stated", Requirement: "ENDUSER-16"}},
		{"Enduser", enduser, "metadata", `null`, Violation{Kind: Type, Expected: "an object", Actual: "null", Mark: "stated",
			Requirement: "ENDUSER-19"}},
		{"AccessToken", `{"access_token":"a.b.c","expires_in":1}`, "expires_in", `"1"`,
			Violation{Kind: Type, Expected: "a number", Actual: `"1"`, Mark: "third-party", Requirement: "AUTH-15"}},
		{"AccessToken", `{"access_token":"a.b.c","expires_in":1}`, "expires_in", `null`,
			Violation{Kind: Type, Expected: "a number", Actual: "null", Mark: "third-party", Requirement: "AUTH-15"}},
		{"AccessToken", `{"access_token":"a.b.c","expires_in":1}`, "expires_in", `-`,
			Violation{Kind: Missing, Expected: "a number, always present", Actual: "absent", Mark: "stated",
				Requirement: "AUTH-15"}},
		{"SnsEnvelope", notification, "MessageId", `-`,
			Violation{Kind: Missing, Expected: "a uuid (8-4-4-4-12 hexadecimal digits), always present", Actual: "absent",
				Mark: "standard", Requirement: "SNS-03"}},
		{"SnsEnvelope", notification, "Message", `{}`, Violation{Kind: Type, Expected: "a string",
			Actual: "an object of 0 fields", Mark: "stated", Requirement: "HOOK-27"}},
		{"TransactionCreateInputDto", `{"amount":1}`, "amount", `1.5`, Violation{Kind: Type, Expected: "a whole number",
			Actual: "1.5", Mark: "stated", Requirement: "TXN-15"}},
	} {
		violations, err := set.Check(c.schema, with(t, c.sample, c.field, c.value))
		require.NoError(t, err)
		c.expected.Schema, c.expected.Pointer = c.schema, "/"+c.field
		assert.Equal(t, []Violation{c.expected}, violations)
	}
}

func TestAViolationBelowAnotherSchemaCarriesTheMarkOfThatSchema(t *testing.T) {
	violations, err := loaded(t).Check("Enduser", with(t, enduser, "person", `{"first_name":3,"email":"x"}`))
	require.NoError(t, err)
	assert.Equal(t, []Violation{
		{Schema: "Enduser", Pointer: "/person/email", Kind: Format, Expected: "an e-mail address", Actual: `"x"`,
			Mark: "inferred", Requirement: "ENDUSER-09"},
		{Schema: "Enduser", Pointer: "/person/first_name", Kind: Type, Expected: "a string", Actual: "3", Mark: "example",
			Requirement: "ENDUSER-09"},
	}, violations)

	violations, err = loaded(t).Check("MetadataKobbleDebit1",
		[]byte(`{"parent_account_id":"a","product_id":"b","group_id":["c",1]}`))
	require.NoError(t, err)
	assert.Equal(t, []Violation{{Schema: "MetadataKobbleDebit1", Pointer: "/group_id/1", Kind: Type, Expected: "a string",
		Actual: "1", Mark: "stated", Requirement: "CARD-PRE-18"}}, violations)
}

func TestABodyOfNoneOfTheFormsIsToldSoOnce(t *testing.T) {
	const either = "one of the forms Enduser Create Person Input and Enduser Create Company Input"
	for body, expected := range map[string]Violation{
		`{}`: {Pointer: "", Kind: Other, Expected: either, Actual: "an object of 0 fields", Mark: "inferred",
			Requirement: "ENDUSER-04"},
		`{"metadata":{}}`: {Pointer: "", Kind: Other, Expected: either, Actual: "an object of 1 field", Mark: "inferred",
			Requirement: "ENDUSER-04"},
		`{"person":1}`: {Pointer: "/person", Kind: Type, Expected: "an object (Person)", Actual: "1", Mark: "stated",
			Requirement: "ENDUSER-05"},
		`[]`: {Pointer: "", Kind: Type, Expected: "an object", Actual: "a list of 0 items", Mark: "inferred",
			Requirement: "ENDUSER-04"},
	} {
		expected.Schema = "Enduser Create Input DTO"
		violations, err := loaded(t).Check("Enduser Create Input DTO", []byte(body))
		require.NoError(t, err)
		assert.Equal(t, []Violation{expected}, violations, body)
	}
}

func TestAConfirmationNeedsWhatANotificationDoesNot(t *testing.T) {
	violations, err := loaded(t).Check("SnsEnvelope", with(t, notification, "Type", `"SubscriptionConfirmation"`))
	require.NoError(t, err)
	assert.Equal(t, []Violation{
		{Schema: "SnsEnvelope", Pointer: "/SubscribeURL", Kind: Missing, Expected: "an absolute URI, always present",
			Actual: "absent", Mark: "stated", Requirement: "HOOK-14"},
		{Schema: "SnsEnvelope", Pointer: "/Token", Kind: Missing, Expected: "a string, always present", Actual: "absent",
			Mark: "standard", Requirement: "SNS-04"},
	}, violations)
}

func TestABodyThatIsNotJSONIsOneViolationOfTheStandard(t *testing.T) {
	for _, check := range []func(string, []byte) ([]Violation, error){loaded(t).Check, loaded(t).CheckList} {
		violations, err := check("Card", []byte(`{"id":1,"id":2}`))
		require.NoError(t, err)
		assert.Equal(t, []Violation{{Schema: "Card", Pointer: "/id", Kind: JSON,
			Expected: "one JSON value in UTF-8, no member name twice",
			Actual:   "a member name is there twice, at byte 8", Mark: "standard", Requirement: "STD-12"}}, violations)

		violations, err = check("Card", []byte(`{"amount":1e400}`))
		require.NoError(t, err)
		require.Len(t, violations, 1)
		assert.Empty(t, violations[0].Mark, "a bound of the harness is no requirement of the API")
	}
}

func TestAnUnknownSchemaIsAnErrorThatNamesTheKnownOnes(t *testing.T) {
	set := loaded(t)
	for _, check := range []func(string, []byte) ([]Violation, error){set.Check, set.CheckList} {
		for _, body := range []string{`{}`, `[]`, `not JSON`} {
			_, err := check("Crad", []byte(body))
			assert.ErrorContains(t, err, `"Crad"`)
			assert.ErrorContains(t, err, "Card, CardCreateInputDto")
		}
	}
	assert.False(t, set.Has("Crad"))
	assert.True(t, set.Has("Card"))
}

func TestAListIsCheckedItemByItem(t *testing.T) {
	set := loaded(t)
	items := slices.Repeat([]string{card}, 20)
	items[17] = string(with(t, card, "status", `"CLOSED"`))
	items[3] = `7`
	violations, err := set.CheckList("Card", []byte("["+strings.Join(items, ",")+"]"))
	require.NoError(t, err)
	require.Len(t, violations, 2)
	assert.Equal(t, Violation{Schema: "Card", Pointer: "/3", Kind: Type, Expected: "an object", Actual: "7"},
		violations[0])
	assert.Equal(t, "/17/status", violations[1].Pointer)
	assert.Equal(t, "CARD-11", violations[1].Requirement)

	for body, actual := range map[string]string{`{}`: "an object of 0 fields", `null`: "null",
		`{"data":[]}`: "an object of 1 field"} {
		violations, err = set.CheckList("Card", []byte(body))
		require.NoError(t, err)
		assert.Equal(t, []Violation{{Schema: "Card", Kind: Type, Expected: "a bare list of Card", Actual: actual}},
			violations)
	}
	violations, err = set.CheckList("Card", []byte(`[]`))
	require.NoError(t, err)
	assert.Empty(t, violations)
}

func TestAFrequentDeviationInAListHidesNoRareOne(t *testing.T) {
	items := slices.Repeat([]string{string(with(t, card, "extra", `1`))}, 3000)
	items[2900] = string(with(t, string(with(t, card, "extra", `1`)), "id", `-`))
	violations, err := loaded(t).CheckList("Card", []byte("["+strings.Join(items, ",")+"]"))
	require.NoError(t, err)
	require.Len(t, violations, listedPerFact+1)
	assert.Equal(t, "/9/extra", violations[listedPerFact-1].Pointer)
	assert.Equal(t, 3000-listedPerFact, violations[listedPerFact-1].More)
	last := violations[listedPerFact]
	assert.Equal(t, "/2900/id", last.Pointer)
	assert.Equal(t, Missing, last.Kind)
}

func TestAListOfNothingButViolationsIsGivenUpAndSaysSo(t *testing.T) {
	violations, err := loaded(t).CheckList("Card", []byte("["+strings.Repeat("{},", MaxValues-3)+"{}]"))
	require.NoError(t, err)
	assert.Len(t, violations, 11*listedPerFact+1)
	assert.Contains(t, violations[len(violations)-1].Actual, "given up after 1000")
}

func TestUndocumentedFieldsAreCountedBeyondTheFirst(t *testing.T) {
	var extra strings.Builder
	for i := range 100_000 {
		fmt.Fprintf(&extra, `"k%06d":0,`, i)
	}
	violations, err := loaded(t).Check("Card", []byte("{"+extra.String()+strings.TrimPrefix(card, "{")))
	require.NoError(t, err)
	require.Len(t, violations, listedNames)
	assert.Equal(t, "/k000000", violations[0].Pointer)
	assert.Equal(t, 100_000-listedNames, violations[listedNames-1].More)
}

func TestAnObjectThatIsNotDocumentedWholeHasNoUndocumentedField(t *testing.T) {
	for _, name := range []string{"Transaction", "Relay", "Webhook", "Client", "Beneficiary", "Person", "Company",
		"AccessToken", "SnsEnvelope", "Error", "MetadataKobbleDebit1"} {
		violations, err := loaded(t).Check(name, []byte(`{"something":1}`))
		require.NoError(t, err)
		for _, violation := range violations {
			assert.NotEqual(t, Undocumented, violation.Kind, name)
		}
	}
}

func TestViolationsComeInTheSameOrderEveryTime(t *testing.T) {
	set := loaded(t)
	body := []byte(`{"id":1,"status":"x","m_pan":"x","b":1,"a":1,"expiry":"x"}`)
	first, err := set.Check("Card", body)
	require.NoError(t, err)
	assert.True(t, slices.IsSortedFunc(first, func(a, b Violation) int { return strings.Compare(a.Pointer, b.Pointer) }))
	for range 50 {
		again, err := set.Check("Card", body)
		require.NoError(t, err)
		assert.Equal(t, first, again)
	}
}

func TestWhatIsActualIsCutToEightyCharacters(t *testing.T) {
	for _, value := range []string{strings.Repeat("a", 10_000), strings.Repeat("é", 10_000), strings.Repeat("\x01", 200)} {
		quoted, err := json.Marshal(value)
		require.NoError(t, err)
		violations, err := loaded(t).Check("Card", with(t, card, "status", string(quoted)))
		require.NoError(t, err)
		require.Len(t, violations, 1)
		assert.Equal(t, 80, utf8.RuneCountInString(violations[0].Actual))
		assert.True(t, strings.HasSuffix(violations[0].Actual, "…"))
	}
}

func TestAValidatorThatBreaksDownIsAnError(t *testing.T) {
	set, err := load(fstest.MapFS{"x.json": {Data: []byte(`{"$id":"https://kobcheck.test/x.json","title":"X","enum":[1]}`)}})
	require.NoError(t, err)
	_, err = set.CheckValue("X", json.Number("1e400")) // Decode would not have let it pass.
	assert.ErrorContains(t, err, "broke down")
}

func TestNumbersAtTheEdgesNeitherCrashNorStall(t *testing.T) {
	set := loaded(t)
	for _, number := range []string{"1e400", "-1e400", "1e3000000", "1e-3000000", "1e999999999999999999999",
		"0e999999999999999999999", "0e-99999999999", strings.Repeat("9", 1_000_000), "0." + strings.Repeat("0", 1_000_000) +
			"1"} {
		for schema, sample := range map[string]string{"Wallet": wallet, "Card": card,
			"TransactionCreateInputDto": `{"amount":1}`} {
			for _, field := range set.Fields(schema) {
				violations, err := set.Check(schema, with(t, sample, field.Name, number))
				require.NoError(t, err)
				require.Len(t, violations, 1)
				assert.Equal(t, JSON, violations[0].Kind)
			}
		}
	}
	for _, number := range []string{"1.7976931348623157e308", "5e-324", "0e999999", "-0", "9007199254740993", "1e300"} {
		violations, err := set.Check("Wallet", with(t, wallet, "amount", number))
		require.NoError(t, err)
		assert.Empty(t, violations, number)
	}
}

func TestTheSetIsSafeForConcurrentUse(t *testing.T) {
	set := loaded(t)
	var group sync.WaitGroup
	for worker := range 8 {
		group.Go(func() {
			random := rand.New(rand.NewPCG(1, uint64(worker)))
			for range 50 {
				name := set.names[random.IntN(len(set.names))]
				_, err := set.Check(name, []byte(`{"id":1,"status":{},"extra":[]}`))
				assert.NoError(t, err)
				assert.NotEmpty(t, set.Raw(name))
				set.Fields(name)
			}
		})
	}
	group.Wait()
}
