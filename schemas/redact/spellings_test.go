package redact

import (
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"fmt"
	"html"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

// escapedRunes writes each rune by a format, such as \u%04x.
func escapedRunes(format string) func(string) string {
	return func(text string) string {
		var out strings.Builder
		for _, r := range text {
			fmt.Fprintf(&out, format, r)
		}
		return out.String()
	}
}

func inJSON(text string) string {
	encoded, err := json.Marshal(text)
	if err != nil {
		return text
	}
	return string(encoded[1 : len(encoded)-1])
}

func percents(text string) string {
	var out strings.Builder
	for i := range len(text) {
		fmt.Fprintf(&out, "%%%02X", text[i])
	}
	return out.String()
}

// spellings is how a secret may be written. All hold for any secret in ASCII.
var spellings = map[string]func(string) string{
	"as it is":                  func(s string) string { return s },
	"in a query":                url.QueryEscape,
	"in a path":                 url.PathEscape,
	"percents for all":          percents,
	"small percents":            func(s string) string { return strings.ToLower(percents(s)) },
	"percents twice":            func(s string) string { return url.QueryEscape(percents(s)) },
	"in JSON":                   inJSON,
	"in JSON in JSON":           func(s string) string { return inJSON(inJSON(s)) },
	"JSON escapes for all":      escapedRunes(`\u%04x`),
	"one JSON escape":           func(s string) string { return escapedRunes(`\u%04X`)(s[:1]) + inJSON(s[1:]) },
	"JSON escapes in JSON":      func(s string) string { return inJSON(escapedRunes(`\u%04x`)(s)) },
	"JSON with slashes escaped": func(s string) string { return strings.ReplaceAll(inJSON(s), "/", `\/`) },
	"bytes of a string":         escapedRunes(`\x%02x`),
	"in HTML":                   html.EscapeString,
	"HTML numbers":              escapedRunes("&#%d;"),
	"HTML hex numbers":          escapedRunes("&#x%X;"),
	"Base64":                    func(s string) string { return base64.StdEncoding.EncodeToString([]byte(s)) },
	"Base64 for URLs":           func(s string) string { return base64.RawURLEncoding.EncodeToString([]byte(s)) },
	"HTTP Basic":                func(s string) string { return base64.StdEncoding.EncodeToString([]byte("my-id:" + s)) },
	"HTTP Basic, an odd one":    func(s string) string { return base64.StdEncoding.EncodeToString([]byte("my-i:" + s + ".")) },
	"Base64 in a URL":           func(s string) string { return url.QueryEscape(base64.StdEncoding.EncodeToString([]byte(s))) },
	"hex":                       func(s string) string { return hex.EncodeToString([]byte(s)) },
	"big hex":                   func(s string) string { return strings.ToUpper(hex.EncodeToString([]byte(s))) },
	"capitals":                  strings.ToUpper,
	"full width": func(s string) string {
		return strings.Map(func(r rune) rune {
			if r > ' ' && r <= '~' {
				return r + 0xFEE0
			}
			return r
		}, s)
	},
	"spaced":         func(s string) string { return strings.Join(strings.Split(s, ""), " ") },
	"in lines":       func(s string) string { return s[:len(s)/2] + "\r\n" + s[len(s)/2:] },
	"over two items": func(s string) string { return s[:len(s)/2] + `","` + s[len(s)/2:] },
}

// places is where a text may stand.
var places = []string{"%s", `{"a":"%s"}`, "Bearer %s", "https://x.example/y?z=%s&a=b", "<p>%s</p>", "x\n%s\ny", "id:%s.",
	`{"log":"{\"a\":\"%s\"}"}`}

func TestAKnownValueIsTakenOutInEverySpelling(t *testing.T) {
	for _, secret := range []string{"secret-dbe5882e-2579-4834-b2c1-bfc525454add", `pa/ss+w"4<rd>&\end`, "Zm9v+YmFy/1234==",
		"100%41x9-qwert", "0123456789012345"} {
		r := New()
		r.Add(secret, "$KOBCHECK_PRIMARY_SECRET")
		for name, spelling := range spellings {
			for _, place := range places {
				text := fmt.Sprintf(place, spelling(secret))
				out := r.Text(text)
				assert.Contains(t, out, "$KOBCHECK_PRIMARY_SECRET", "%s of %s in %s", name, secret, text)
				assert.NotContains(t, out, spelling(secret), name)
				assert.NotEmpty(t, r.Find([]byte(text)), name)
				assert.Empty(t, r.Find([]byte(out)), "%s: %s", name, out)
			}
		}
	}
}

func TestNoSpellingOfAnySecretSurvives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringN(12, 40, -1).Filter(func(s string) bool {
			return utf8.ValidString(s) && Weak(s) == "" &&
				len(s) >= 12
		}).Draw(t, "secret")
		before := rapid.StringN(0, 9, -1).Draw(t, "before")
		after := rapid.StringN(0, 9, -1).Draw(t, "after")
		r := New()
		r.Add(secret, "[gone]")
		whole := before + secret + after
		texts := []string{whole, inJSON(whole), url.QueryEscape(whole), url.PathEscape(whole), base64.StdEncoding.EncodeToString([]byte(whole))}
		if strings.IndexFunc(secret, func(r rune) bool { return r < '0' || r > 'z' }) < 0 {
			texts = append(texts, base64.RawURLEncoding.EncodeToString([]byte(whole)), hex.EncodeToString([]byte(whole)),
				escapedRunes(`\u%04x`)(secret))
		}
		for _, text := range texts {
			if found := r.Find([]byte(text)); len(found) == 0 {
				t.Fatalf("%q stays in %q", secret, text)
			}
		}
	})
}

func TestTheBeginningOfALongSecretIsOneToo(t *testing.T) {
	r := New()
	r.AddCredentials("primary", "id", "secret-dbe5882e-2579-4834-b2c1-bfc525454add")
	assert.Equal(t, "$KOBCHECK_PRIMARY_SECRET…", r.Text("secret-dbe5882e-2579-4834-b2c1-bfc525454ad…"))
	assert.Equal(t, "secret-dbe5882e", r.Text("secret-dbe5882e"))
}

func TestTheLongestKnownValueWins(t *testing.T) {
	r := New()
	r.Add("abcd3fgh", "[short]")
	r.Add("abcd3fgh-ijkl", "[long]")
	assert.Equal(t, "[short] [long] [long]x[short]", r.Text("abcd3fgh abcd3fgh-ijkl abcd3fgh-ijklxabcd3fgh"))
}

func TestWhatCanNotBeToldApartIsWeakAndStays(t *testing.T) {
	r := New()
	for _, value := range []string{"", "abc", "a1b2c", "123456", "12345678901", "wallet", "Staging", "my-staging", "client_secret",
		"access token", "string"} {
		assert.NotEmpty(t, Weak(value), value)
		r.Add(value, "[gone]")
	}
	const text = "abc 12345 123456 12345678901 x wallet Staging my-staging client_secret string"
	assert.Equal(t, text, r.Text(text))
	for _, value := range []string{"123456789012", "wallet-7", "not-the-secret", "tr0ub4dor", "correct horse battery staple",
		"qwertyuiopasdfgh"} {
		assert.Empty(t, Weak(value), value)
	}
}

func TestSensitiveNamesLoseTheirValues(t *testing.T) {
	r := New()
	for text, want := range map[string]string{
		`{"access_token":"abc","expires_in":3600}`:                    `{"access_token":"[redacted]","expires_in":3600}`,
		`{"Client-Secret" : "a\"b", "x":1}`:                           `{"Client-Secret" : "[redacted]", "x":1}`,
		`{"cvv":123}`:                                                 `{"cvv":"[redacted]"}`,
		`{"CVV2":"123","pin":null,"pinned":"yes"}`:                    `{"CVV2":"[redacted]","pin":null,"pinned":"yes"}`,
		`{"secret":{"a":"}","b":["x"]},"c":"d"}`:                      `{"secret":"[redacted]","c":"d"}`,
		`{"secret":"cut off here`:                                     `{"secret":"[redacted]`,
		`{"a":"b\\","pin":"1"}`:                                       `{"a":"b\\","pin":"[redacted]"}`,
		`{"log":"{\"password\":\"hunter2\",\"a\":1}"}`:                `{"log":"{\"password\":\"[redacted]\",\"a\":1}"}`,
		`{"log":"{\"x\":\"{\\\"password\\\":\\\"a\\\\\\\"b\\\"}\"}"}`: `{"log":"{\"x\":\"{\\\"password\\\":\\\"[redacted]\\\"}\"}"}`,
		`{"log":"{\"pin\":1234}"}`:                                    `{"log":"{\"pin\":\"[redacted]\"}"}`,
		`{"p\u0069n":"1234"}`:                                         `{"p\u0069n":"[redacted]"}`,
		`grant_type=x&client_secret=a%2Fb&scope=y`:                    `grant_type=x&client_secret=[redacted]&scope=y`,
		`https://x/y?access_token=abc#z`:                              `https://x/y?access_token=[redacted]#z`,
		`https://x/y?z=1&Token=abc`:                                   `https://x/y?z=1&Token=[redacted]`,
		"GET / HTTP/1.1\nAuthorization: Bearer abc\nX: y":             "GET / HTTP/1.1\nAuthorization: [redacted]\nX: y",
		`{"m_pan":"411111XXXXXX1111","secretary":"Jo"}`:               `{"m_pan":"411111XXXXXX1111","secretary":"Jo"}`,
		`{"message":"the secret: is out"}`:                            `{"message":"the secret: is out"}`,
		`a token is missing: see docs`:                                `a token is missing: see docs`,
		`{"access_token":""}`:                                         `{"access_token":""}`,
	} {
		assert.Equal(t, want, r.Text(text))
		assert.Equal(t, want, r.Text(r.Text(text)), "twice is like once")
	}
}

func TestNamesAreSensitiveByTheirWords(t *testing.T) {
	for name, want := range map[bool]string{
		true: "secret SecretToken card_security_code cardSecurityCode verification_value pin PIN pin_code card-pin otp sessionToken " +
			"session session_id " +
			"signing_secret webhookSecret api_secret X-Api-Key apikey jwt bearer access_key access_token Set-Cookie Authorization cvc2 " +
			"CVVCode track1_data pan PAN client_secret clientSecret",
		false: "token_type token_url expires_in secret_name pin_enabled m_pan masked_pan last_four_digit company pinned secretary panel " +
			"spinning id status amount created_at " +
			"idempotency-key program_id session_timeout_in password_set otp_required tokenize",
	} {
		for word := range strings.FieldsSeq(want) {
			assert.Equal(t, name, Sensitive(word), word)
		}
	}
}

func TestWhatTheRunKnowsKeepsTheNameOfItsVariable(t *testing.T) {
	r := New()
	r.Add("the-access-t0ken", Token)
	r.AddCredentials("second", "id", "p4ss/word")
	for text, want := range map[string]string{
		`{"access_token":"the-access-t0ken"}`:    `{"access_token":"$TOKEN"}`,
		`client_id=id&client_secret=p4ss%2Fword`: `client_id=id&client_secret=$KOBCHECK_SECOND_SECRET`,
		"authorization: Bearer the-access-t0ken": "authorization: Bearer $TOKEN",
	} {
		assert.Equal(t, want, r.Text(text))
		assert.Equal(t, want, r.Text(want), "twice is like once")
	}
	header := r.Headers(http.Header{"Authorization": {"Bearer the-access-t0ken", "Basic aWQ6cDRzcy93b3Jk", "Bearer forged", "odd",
		"Bearer ", ""}, "X-Echo": {"the-access-t0ken"}, "Cookie": {"a=b; c=d"}, "Nothing": nil})
	assert.Equal(t, map[string][]string{"Authorization": {"Bearer $TOKEN", "Basic [redacted]", "Bearer [redacted]", "[redacted]",
		"Bearer ", ""}, "X-Echo": {"$TOKEN"}, "Cookie": {"[redacted]"}}, header)
}

func TestCardNumbersAreMaskedInEverySpelling(t *testing.T) {
	const mask = "411111******1111"
	for text, want := range map[string]string{
		`{"number_shown":"4111111111111111"}`: `{"number_shown":"` + mask + `"}`,
		"4111 1111 1111 1111":                 mask, "4111-1111-1111-1111": mask, "4111.1111.1111.1111": mask, "4111/1111/1111/1111": mask,
		"4111_1111_1111_1111": mask, "4111+1111+1111+1111": mask, "4111  1111  1111  1111": mask, "4111 - 1111 - 1111 - 1111": mask,
		"4111\u00a01111\u20091111\u30001111": mask, "4111\t1111\t1111\t1111": mask, "4111\u200b1111\u200b1111\u200b1111": mask, "4111–1111—1111‑1111": mask,
		"4111%201111%201111%201111": mask, `4111\t1111\u00201111\u00a01111`: mask, "4111&nbsp;1111&#32;1111&#x20;1111": mask,
		"４１１１１１１１１１１１１１１１": mask, "٤١١١١١١١١١١١١١١١": mask, "४१११११११११११११११": mask,
		`\u0034111111111111111`: mask, `\u0034\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031\u0031`: mask, "%34111111111111111": mask,
		"41111111 11111111": mask, "41111 11111 11111 1": mask, "3782 822463 10005": "378282*****0005", "378282246310005": "378282*****0005",
		"card4111111111111111": "card" + mask, "card_4111111111111111": "card_" + mask, "card-4111111111111111": "card-" + mask, "4111111111111111USD": mask + "USD", "€4111111111111111": "€" + mask,
		"pan:4111111111111111": "pan:" + mask, "+4111111111111111": "+" + mask, "4111111111111111.00": mask + ".00", "4111111111111111.5": mask + ".5",
		`{"n":4111111111111111}`: `{"n":"` + mask + `"}`, `{"n": 4111111111111111.00, "m":1}`: `{"n": "` + mask + `.00", "m":1}`, `[4111111111111111,-4111111111111111]`: `["` + mask + `","` + mask + `"]`,
		`{"n":4111111111111111e999}`: `{"n":"` + mask + `e999"}`, `{"log":"{\"n\":4111111111111111}"}`: `{"log":"{\"n\":\"` + mask + `\"}"}`, `{"log":"n: 4111111111111111, m"}`: `{"log":"n: ` + mask + `, m"}`, `{"log":"1,4111111111111111,2"}`: `{"log":"1,` + mask + `,2"}`,
		`{"n":4.111111111111111e+15}`: `{"n":"` + mask + `"}`, "it was 4.111111111111111e15": "it was " + mask,
		"paid with 4111111111111111.": "paid with " + mask + ".", "5 4111 1111 1111 1111 " +
			"12/27": "5 " + mask + " 12/27", "on 2026-01-14 5555555555554444": "on 2026-01-14 555555******4444",
		`"a\n4111111111111111\u00204222222222222"`: `"a\n` + mask + `\u0020422222***2222"`, "?number=%204111111111111111&y": "?number=%20" + mask + "&y", "/v1/cards/4111111111111111?a=1": "/v1/cards/" + mask + "?a=1",
		";4111111111111111=29051010000012300000?": ";" + mask + "=[redacted]?", "4111111111111111D29051010000012300000": mask + "D[redacted]", "%B4111111111111111^DOE/JOHN^29051010000000000000?": "%B" + mask + "^[redacted]?",
		`["4111","1111","1111","1111"]`: `["4111","11**","****","1111"]`, `{"p1":"41111111","p2":"11111111"}`: `{"p1":"411111**","p2":"****1111"}`, `"[\"41111111\", \"11111111\"]"`: `"[\"411111**\", \"****1111\"]"`,
		"2223003122003222": "222300******3222", "6304000000000000 and 4111111111111111": "630400******0000 and " +
			"" + mask, "4000000000000000006": "400000*********0006", "7,4111111111111111,9": "7," + mask + ",9",
		"30569309025904": "305693****5904", "3530111333300000": "353011******0000", "6200000000000000000": "620000*********0000", "8171999900000018": "817199******0018", "2200000000000004": "220000******0004",
	} {
		out := New().Text(text)
		assert.Equal(t, want, out)
		assert.NotEmpty(t, CardNumber(text), text)
		assert.Empty(t, CardNumber(out), out)
		if strings.ContainsAny(text[:1], `{["`) {
			assert.True(t, json.Valid([]byte(out)), out)
		}
	}
}

func TestOrdinaryThingsStay(t *testing.T) {
	r := New()
	r.AddCredentials("primary", "id", "secret-dbe5882e-2579-4834-b2c1-bfc525454add")
	for _, text := range []string{
		"/tmp/work3165470742/001", "builds/41111111/11111111", "2026/4111111111111", // paths
		"4111111111111112",                                                                       // wrong check digit
		"1111111111111117",                                                                       // no issuer
		"411111111111",                                                                           // twelve digits
		"41111111111111111111",                                                                   // twenty digits
		"x1x4111111111111111", "4111111111111111x9", "4111111111111111-9", "a1-4111111111111111", // ids
		"9f864111111111111111d08a", "4111111111111111a9", "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
		"0.4111111111111111", "-0.4111111111111111", "4321.123456789012", "1.4111111111111111e-05", // measures
		"41111111-1111-4111-8111-111111111111", "64089805-1466-4cfe-9cbf-c5934b2a463d", "4111111111111111-1111-4111-8111-1111", "41410700-6054-4e40-ba27-a3e070e3df56", // UUIDs of digits
		"8f1b7a52-93c4-4a2e-9d5e-0a6c1f2b3d4e", "secret-9a2b1c3d-1111-4111-8111-000000000000",
		"20260114165658", "20260114165658947", "2026-01-14T16:56:58.947Z", "1767225600000", "1767225600000000000", // times
		"+6281234567890", "+61 412 345 678", // telephones
		"4 11 11 11 11 11 11 11 11", "[4111,1111,1111,1111]", "[4111, 1111, 1111, 1111]", // lists of numbers
		`{"mcc":"5411","last_four_digit":"1234","code":"2000"}`, `{"available":"41111111","pending":"11111111"}`, `{"amount":411111,"balance":1111111111}`,
		"411111******1111", "m_pan:****************1111", `"411111XXXXXX1111"`,
		"00-4111111111111111aaaaaaaaaaaaaaaa-4111111111111111-01", // a trace
		"arn:aws:sns:ap-southeast-2:123456789012:kobble",
		`{"id":"8f1b7a52-93c4-4a2e-9d5e-0a6c1f2b3d4e","status":"ACTIVE","token_type":"Bearer","expires_in":3600,"created_at":"2025-01-14T16:56:58.947Z"}`,
	} {
		assert.Equal(t, text, r.Text(text))
		assert.Empty(t, r.Find([]byte(text)), text)
	}
}

func TestAGeneratedNumberIsFoundInEveryWriting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		digits := aCardNumber(t)
		separator := rapid.SampledFrom([]string{"", " ", "-", ".", "/", "_", "+", "\u00a0", "%20", `\u2003`, "&nbsp;", "\u200b"}).Draw(t,
			"separator")
		written := ""
		for i, digit := range digits {
			if i > 0 && i%4 == 0 {
				written += separator
			}
			written += string(digit)
		}
		text := rapid.SampledFrom([]string{"%s", `{"a":"%s"}`, "is %s.", "(%s)", "\t%s\n", "no%s", "%sEUR", "x=%s&"}).Draw(t, "text")
		out := CardNumbers(fmt.Sprintf(text, written))
		want := fmt.Sprintf(text, digits[:6]+strings.Repeat("*", len(digits)-10)+digits[len(digits)-4:])
		if out != want {
			t.Fatalf("%q became %q", written, out)
		}
	})
}

// aCardNumber makes digits with an issuer and the right check digit.
func aCardNumber(t *rapid.T) string {
	length := rapid.IntRange(shortestCard, longestCard).Draw(t, "length")
	digits := []byte(rapid.SampledFrom([]string{"4", "51", "34", "6011", "2221", "2720"}).Draw(t, "issuer"))
	for len(digits) < length-1 {
		digits = append(digits, byte('0'+rapid.IntRange(0, 9).Draw(t, "digit")))
	}
	for check := byte('0'); ; check++ {
		if number := append(digits[:length-1:length-1], check); luhn(number) {
			return string(number)
		}
	}
}

func TestARedactorServesManyAtOnce(t *testing.T) {
	r := New()
	var done sync.WaitGroup
	for i := range 8 {
		done.Go(func() {
			for n := range 50 {
				secret := fmt.Sprintf("secret-%d-%d-x", i, n)
				r.AddSecret(secret)
				if out := r.Text("a " + secret + " b"); out != "a [card secret] b" {
					t.Errorf("%s stays: %s", secret, out)
				}
			}
		})
	}
	done.Wait()
}

func TestALongRowOfNumbersIsReadInOnePass(t *testing.T) {
	// A search that tries every pair of ends would not come back from this.
	text := strings.Repeat("7 ", 1<<14) + strings.Repeat("4111-", 1<<15) + strings.Repeat("1", 1<<14) + strings.Repeat(`\`,
		1<<14) + strings.Repeat("%2", 1<<13) + strings.Repeat(`"pin":`, 1<<13)
	assert.Empty(t, CardNumber(text))
	assert.NotEmpty(t, New().Text(text))
	assert.Equal(t, 1, strings.Count(CardNumbers(strings.Repeat("7777 ", 61)+"4111 1111 1111 1111"+strings.Repeat(" 7777", 61)), "******"))
	for _, many := range []string{"[" + strings.Repeat("4111111111111111,", 1<<14) + "1]", strings.Repeat("4111111111111111 ", 1<<14),
		strings.Repeat("%B4111111111111111^", 1<<14),
		`["` + strings.Repeat("[4111111111111111,", 1<<14) + `"]`, strings.Repeat(`"4111","1111","1111","1111",`, 1<<13)} {
		assert.Empty(t, CardNumber(CardNumbers(many)))
	}
}

func TestMaskingSaysWhatItFoundAndKeepsJSON(t *testing.T) {
	r := New()
	r.AddCredentials("primary", "id", "s3cret/value")
	r.Add("t0ken.value", Token)
	out, said := r.Mask([]byte(`{"a":"s3cret\/value t0ken.value","n":4111111111111111,"pin":"1234"}`))
	require.Equal(t, []string{"an access token", "a secret", "a full card number (411111******1111)"}, said)
	require.Equal(t, `{"a":"$KOBCHECK_PRIMARY_SECRET $TOKEN","n":"411111******1111","pin":"1234"}`, string(out))
	_, said = r.Mask(out)
	require.Empty(t, said)
}
