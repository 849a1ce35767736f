package redact

import (
	"encoding/json"
	"strings"
	"testing"
)

func FuzzRedact(f *testing.F) {
	for _, seed := range []string{`{"access_token":"abc"}`, `client_secret=x&`, "4111 1111 1111 1111", `{"secret":"`, `{"a":"{\"pin\":\"`,
		"Authorization: Bearer " +
			"x", `"secret":[[{"`, "=:\"", `\"token\":`, "%B4111111111111111^x", `["4111","1111","1111","1111"]`, "4.111111111111111e+15", `\u0034`, "&#52;"} {
		f.Add(seed)
	}
	r := New()
	r.Add("planted/s3cret+value", "$KOBCHECK_PRIMARY_SECRET")
	f.Fuzz(func(t *testing.T, text string) {
		if out := r.Text(text + " planted/s3cret+value"); strings.Contains(out, "planted/s3cret+value") {
			t.Fatalf("the secret stays in %q", out)
		}
		if out, _ := r.Mask([]byte(text)); strings.HasPrefix(text, "{") && json.Valid([]byte(text)) && !json.Valid(out) {
			t.Fatalf("%q is no JSON any more: %q", text, out)
		}
	})
}

func BenchmarkRedact(b *testing.B) {
	const aCard = `{"id":"8f1b7a52-93c4-4a2e-9d5e-0a6c1f2b3d4e","m_pan":"411111XXXXXX1111","last_four_digit":"1111","status":"ACTIVE","type":"VIRTUAL",` +
		`"expiry_date":"2029-01-31","wallet_id":"2db9c85a-3ce4-45d1-81e3-7cc8bb970484","program_id":"c031020f-9720-46f7-a9be-f5488ace7209",` +
		`"created_at":"2025-01-14T16:56:58.947Z","updated_at":"2025-01-14T16:56:58.947Z"}`
	page := "[" + strings.Repeat(aCard+",", 19) + aCard + "]"
	for name, text := range map[string]string{"card": aCard, "page": page, "page in JSON": inJSON(page),
		"numbers": strings.Repeat("1 ", 4000)} {
		b.Run(name, func(b *testing.B) {
			r := New()
			for _, value := range []string{"secret-dbe5882e-2579-4834-b2c1-bfc525454add", "secret-of-the-admin-7",
				"eyJhbGciOiJFUzI1NiJ9.eyJzdWIiOiJwcmltYXJ5In0.c2lnbmF0dXJl"} {
				r.Add(value, redacted)
			}
			b.SetBytes(int64(len(text)))
			for b.Loop() {
				r.Text(text)
			}
		})
	}
}
