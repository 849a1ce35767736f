package schemas

import (
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

// Samples of bodies that the documentation prints, or that are put together out of the samples of its fields.
const (
	card = `{"id":"1b8ecc17-4edd-4b74-ae4f-208aeb78f105","type":"VIRTUAL","wallet_id":"13655985-8198-ffde-7afe-6abc661df281",
		"created_at":"2025-01-13T18:26:41.332Z","updated_at":"2025-01-13T18:26:41.332Z","status":"INACTIVE","external_id":"1111111",
		"last_four_digit":"1111","expiry":"2027-12-31T23:59:59.000Z","program_id":"0e8563e6-d25e-0f83-18ac-d053dff141c3","m_pan":"1111***1111"}`
	wallet = `{"id":"73557536-d005-4488-9d0c-aabe48705595","external_id":null,"created_at":"2025-01-14T16:56:58.947Z",
		"updated_at":"2025-01-14T16:56:58.947Z","holder_id":"db13f0b1-dbb8-4476-9e31-fb93bcb3ec33","asset":"AUD","asset_class":"CURRENCY",
		"status":"INACTIVE","partner_product":"KOBBLE_AUD_1","total_amount":1,"amount":1,"reserved_amount":0}`
	program = `{"id":"1b8ecc17-4edd-4b74-ae4f-208aeb78f105","type":"VIRTUAL","created_at":"2025-01-14T11:23:51.457Z",
		"updated_at":"2025-01-14T11:23:51.457Z","status":"ACTIVE","partner_product":"KOBBLE_DEBIT_1","metadata":{}}`
	enduser = `{"id":"07777ee5-491f-46cd-bc66-0bb5c02fcb7e","person":{"first_name":"Sam","last_name":"Jhon","email":"abn@bbc.com",
		"birthday":"1970-01-01","phone_number":"+111111111111"},"person_id":"b55d4ef2-7cc2-49c1-a718-f71d3ae9fef5","company":null,"company_id":null,"metadata":{}}`
	notification = `{"Type":"Notification","MessageId":"95df01b4-ee98-5cb9-9903-4c221d41eb5e","TopicArn":"arn:aws:sns:us-east-1:123456789012:ExampleTopic",
		"Message":"{}","Timestamp":"2015-01-02T12:00:00.000Z","SignatureVersion":"1","Signature":"c2lnbmF0dXJl",
		"SigningCertURL":"https://sns.us-east-1.amazonaws.com/SimpleNotificationService-123456789.pem","Subject":null}`
)

func loaded(t testing.TB) *Set {
	t.Helper()
	set, err := Load()
	require.NoError(t, err)
	return set
}

func TestBodiesAsDocumentedHaveNoViolation(t *testing.T) {
	set := loaded(t)
	for _, c := range []struct{ schema, name, body string }{
		{"Card", "as printed", card},
		{"Wallet", "as printed", wallet},
		{"Wallet", "with the four fields that only an integrator has", wallet[:len(wallet)-1] +
			`,"account_number":null,"bank_code_type":null,"bank_code":null,"owner":"1b8ecc17-4edd-4b74-ae4f-208aeb78f105"}`},
		{"Program", "as printed", program},
		{"Enduser", "a person", enduser},
		{"Enduser", "without the optional objects",
			`{"id":"07777ee5-491f-46cd-bc66-0bb5c02fcb7e","person_id":null,"company_id":"b55d4ef2-7cc2-49c1-a718-f71d3ae9fef5","metadata":{"a":[{"b":null}]}}`},
		{"CardCreateInputDto", "as printed",
			`{"wallet_id":"477f7da7-faeb-4497-b97a-d39e7e921d9f","program_id":"ee3620d0-2f97-47a2-955d-b2975cc76747"}`},
		{"CardStatusUpdateDto", "as printed", `{"status":"SUSPENDED"}`},
		{"CardRenewReplaceInputDto", "placeholders", `{"reason":"string","expiry":"string"}`},
		{"CardSecretInput", "as printed", `{"remarks":"test attempt one"}`},
		{"CardSecret", "with characters that JSON must escape", `{"secret":"a$b\\c\"d1e2"}`},
		{"MetadataKobbleDebit1", "whole, and a key beyond it",
			`{"parent_account_id":"a","product_id":"b","group_id":["c","d"],"more":1}`},
		{"ProgramCreateInputDto", "empty metadata", `{"type":"VIRTUAL","partner_product":"KOBBLE_DEBIT_1","metadata":{}}`},
		{"Enduser Create Input DTO", "a person",
			`{"person":{"first_name":"Jane","last_name":"Doe","email":"jane.doe@example.com","phone_number":"+61400000000"},"metadata":{}}`},
		{"Enduser Create Input DTO", "a company", `{"company":{"name":"Acme Pty Ltd"}}`},
		{"BeneficiaryCreateInput", "an Australian bank",
			`{"bank_name":"b","bank_country":"AUS","bank_code_type":"BSB","bank_code":"123-456","account_number":"1","person":{"name":"Jane Doe"},"metadata":{}}`},
		{"BeneficiaryUpdateInput", "nothing to update", `{}`},
		{"TransactionCreateInputDto", "as printed",
			`{"amount":957,"reference":"dolore in","metadata":{},"from":"ea95fda2-05cc-01e7-4a16-ade2d0bada83","to":"ea95fda2-05cc-01e7-4a16-ade2d0bada83"}`},
		{"TransactionCreateManualCreditInputDto", "as printed",
			`{"amount":100000,"reference":"Initial topup for online testing","metadata":{},"to":"ea95fda2-05cc-01e7-4a16-ade2d0bada83"}`},
		{"TransactionCreateManualDebitInput", "as printed",
			`{"amount":1,"reference":"","metadata":{},"from":"3fa85f64-5717-4562-b3fc-2c963f66afa6"}`},
		{"TransactionCreateInputDto", "a whole number with a point", `{"amount":957.0}`},
		{"WalletCreateInputDto", "as printed",
			`{"holder_id":"81fd9a9e-5c0f-48ec-aa7d-0fb99f12b3b1","asset_class":"CURRENCY","asset":"AUD","partner_product":"KOBBLE_AUD_1"}`},
		{"AccessToken", "of OAuth 2.0",
			`{"access_token":"eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxIn0.c2ln","token_type":"Bearer","expires_in":3600}`},
		{"AccessTokenRequest", "of OAuth 2.0",
			`{"grant_type":"client_credentials","client_id":"a","client_secret":"b","scope":"client/write"}`},
		{"SnsEnvelope", "a notification", notification},
		{"WebhookEvent", "as printed",
			`{"id":"d2e89f3f-48bd-4bfc-8fd0-2d6b8e7207c1","type":"transaction-create","entity_id":"x","client_id":"y","created_at":"2024-09-18T11:47:03.123Z"}`},
		{"WebhookCreateInput", "an address", `{"url":"https://kobble.com"}`},
		{"RelayCreateInput", "as printed", `{"url":"https://kobble.com"}`},
		{"Transaction", "whatever it holds", `{"anything":[1,2]}`},
		{"Relay", "whatever it holds", `{"anything":[1,2]}`},
		{"Webhook", "an id, and whatever it holds", `{"id":"x","anything":1}`},
		{"Client", "a status, and whatever it holds", `{"status":"ACTIVE","anything":1}`},
		{"Beneficiary", "as an integrator saw it", `{"id":"x","status":"ACTIVE","anything":1}`},
		{"Error", "as an integrator guessed it", `{"message":"Invalid program id","anything":1}`},
		{"Metadata", "free", `{"a":{"b":[null,true,1e2,"é"]},"":0}`},
	} {
		violations, err := set.Check(c.schema, []byte(c.body))
		require.NoError(t, err)
		assert.Empty(t, violations, "%s, %s", c.schema, c.name)
	}
}

// The table says that person_id is always present and the sample of the same page is without it (C-19): reported, never
// a reason to fail.
func TestTheSampleOfAnEnduserBreaksNothingThatGates(t *testing.T) {
	violations, err := loaded(t).Check("Enduser",
		[]byte(`{"id":"07777ee5-491f-46cd-bc66-0bb5c02fcb7e","company":{"id":"07777ee5-491f-46cd-bc66-0bb5c02fcb7e","name":"sam"},
		"company_id":"b55d4ef2-7cc2-49c1-a718-f71d3ae9fef5","metadata":{}}`))
	require.NoError(t, err)
	require.Len(t, violations, 1)
	assert.Equal(t, "/person_id", violations[0].Pointer)
	assert.Equal(t, "inferred", violations[0].Mark)
}
