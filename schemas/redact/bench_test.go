package redact

import "testing"

// BenchmarkText is what a body of an ordinary answer takes, with the values of a run known.
func BenchmarkText(b *testing.B) {
	const card = `{"id":"8f1b7a52-93c4-4a2e-9d5e-0a6c1f2b3d4e","m_pan":"411111XXXXXX1111","last_four_digit":"1111","status":"ACTIVE",` +
		`"type":"VIRTUAL","expiry_date":"2029-01-31","wallet_id":"2db9c85a-3ce4-45d1-81e3-7cc8bb970484","name":"Zoë \u00e9",` +
		`"created_at":"2025-01-14T16:56:58.947Z","updated_at":"2025-01-14T16:56:58.947Z","program_id":"c031020f-9720-46f7-a9be-f5488ace7209"}`
	r := New()
	r.AddCredentials("primary", "id", "secret-dbe5882e-2579-4834-b2c1-bfc525454add")
	for _, scope := range []string{"a", "b", "c", "d", "e", "f"} {
		r.Add("eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJwcmltYXJ5In0.c2lnbmF0dXJl"+scope, Token)
	}
	b.SetBytes(int64(len(card)))
	b.ReportAllocs()
	for b.Loop() {
		if r.Text(card) != card {
			b.Fatal("something was taken out")
		}
	}
}
