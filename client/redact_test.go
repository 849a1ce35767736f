package client

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"sync"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	"pgregory.net/rapid"
)

func TestAWordThatServersMakeFromSchemasIsNoSecret(t *testing.T) {
	r := NewRedactor()
	r.AddSecret("string")
	r.AddSecret("strings4")
	assert.Empty(t, r.Find([]byte("a string of text")))
	assert.NotEmpty(t, r.Find([]byte("strings4")))
}

func TestAKnownValueIsTakenOutInEverySpelling(t *testing.T) {
	const secret = `pa/ss+w"ö<rd>&\end`
	inJSON, err := json.Marshal(secret)
	require.NoError(t, err)
	r := NewRedactor()
	r.Add(secret, "$KOBCHECK_PRIMARY_SECRET")
	for name, text := range map[string]string{
		"as it is":              "x" + secret + "y",
		"in a query":            "https://x.example/?s=" + url.QueryEscape(secret),
		"in a path":             "https://x.example/" + url.PathEscape(secret),
		"with small hex digits": strings.ToLower(url.QueryEscape("+/")) + "x" + lowerHex(url.QueryEscape(secret)),
		"in JSON by Go":         `{"x":` + string(inJSON) + `}`,
		"in JSON without HTML":  `{"x":"pa/ss+w\"ö<rd>&\\end"}`,
		"in JSON, slashes too":  `{"x":"pa\/ss+w\"ö<rd>&\\end"}`,
		"in Base64":             base64.StdEncoding.EncodeToString([]byte(secret)),
		"in HTTP Basic":         base64.StdEncoding.EncodeToString([]byte("my-id:" + secret)),
		"in HTTP Basic, an odd": base64.StdEncoding.EncodeToString([]byte("my-i:" + secret + ".")),
		"in Base64 for the web": base64.RawURLEncoding.EncodeToString([]byte("12" + secret + "345")),
	} {
		out := r.Text(text)
		assert.Contains(t, out, "$KOBCHECK_PRIMARY_SECRET", name)
		assert.NotContains(t, out, secret, name)
		assert.NotEmpty(t, r.Find([]byte(text)), name)
		assert.Empty(t, r.Find([]byte(out)), name)
	}
}

func TestNoSpellingOfAnySecretSurvives(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		secret := rapid.StringN(12, 40, -1).Filter(func(s string) bool { return utf8.ValidString(s) && len(s) >= 12 }).Draw(t, "secret")
		before := rapid.StringN(0, 9, -1).Draw(t, "before")
		after := rapid.StringN(0, 9, -1).Draw(t, "after")
		r := NewRedactor()
		r.Add(secret, "[gone]")
		encoded, err := json.Marshal(before + secret + after)
		require.NoError(t, err)
		for _, text := range []string{before + secret + after, string(encoded), url.QueryEscape(before + secret + after), url.PathEscape(before + secret + after),
			base64.StdEncoding.EncodeToString([]byte(before + secret + after)), base64.RawURLEncoding.EncodeToString([]byte(before + secret + after))} {
			if out := r.values.replace(text); !strings.Contains(out, "[gone]") {
				t.Fatalf("%q stays in %q", secret, out)
			}
		}
	})
}

func TestTheLongestKnownValueWins(t *testing.T) {
	r := NewRedactor()
	r.Add("abcdefgh", "[short]")
	r.Add("abcdefgh-ijkl", "[long]")
	assert.Equal(t, "[short] [long] [long]x[short]", r.Text("abcdefgh abcdefgh-ijkl abcdefgh-ijklxabcdefgh"))
}

func TestValuesThatTurnUpByChanceAreNotLookedFor(t *testing.T) {
	r := NewRedactor()
	for _, value := range []string{"", "abc", "12345", "123456", "12345678901"} {
		r.Add(value, "[gone]")
	}
	const text = "abc 12345 123456 12345678901 x"
	assert.Equal(t, text, r.Text(text))
	r.Add("123456789012", "[gone]")
	assert.Equal(t, "[gone]", r.Text("123456789012"))
}

func TestSensitiveNamesLoseTheirValues(t *testing.T) {
	r := NewRedactor()
	for text, want := range map[string]string{
		`{"access_token":"abc","expires_in":3600}`:        `{"access_token":"[redacted]","expires_in":3600}`,
		`{"Client-Secret" : "a\"b", "x":1}`:               `{"Client-Secret" : "[redacted]", "x":1}`,
		`{"cvv":123}`:                                     `{"cvv":"[redacted]"}`,
		`{"CVV2":"123","pin":null,"pinned":"yes"}`:        `{"CVV2":"[redacted]","pin":null,"pinned":"yes"}`,
		`{"secret":{"a":"}","b":["x"]},"c":"d"}`:          `{"secret":"[redacted]","c":"d"}`,
		`{"secret":"cut off here`:                         `{"secret":"[redacted]`,
		`{"log":"{\"password\":\"hunter2\",\"a\":1}"}`:    `{"log":"{\"password\":\"[redacted]\",\"a\":1}"}`,
		`{"log":"{\"pin\":1234}"}`:                        `{"log":"{\"pin\":\"[redacted]\"}"}`,
		`grant_type=x&client_secret=a%2Fb&scope=y`:        `grant_type=x&client_secret=[redacted]&scope=y`,
		`https://x/y?access_token=abc#z`:                  `https://x/y?access_token=[redacted]#z`,
		`https://x/y?z=1&Token=abc`:                       `https://x/y?z=1&Token=[redacted]`,
		"GET / HTTP/1.1\nAuthorization: Bearer abc\nX: y": "GET / HTTP/1.1\nAuthorization: [redacted]\nX: y",
		`{"m_pan":"411111XXXXXX1111","secretary":"Jo"}`:   `{"m_pan":"411111XXXXXX1111","secretary":"Jo"}`,
		`{"message":"the secret: is out"}`:                `{"message":"the secret: is out"}`,
		`a token is missing: see docs`:                    `a token is missing: see docs`,
		`{"access_token":""}`:                             `{"access_token":""}`,
	} {
		assert.Equal(t, want, r.Text(text))
		assert.Equal(t, want, r.Text(r.Text(text)), "twice is like once")
	}
}

func TestWhatTheRunKnowsKeepsTheNameOfItsVariable(t *testing.T) {
	r := NewRedactor()
	r.AddToken("the-access-token")
	r.addCredentials("second", Credentials{ID: "id", Secret: "p4ss/word"})
	for text, want := range map[string]string{
		`{"access_token":"the-access-token"}`:    `{"access_token":"$TOKEN"}`,
		`client_id=id&client_secret=p4ss%2Fword`: `client_id=id&client_secret=$KOBCHECK_SECOND_SECRET`,
		"authorization: Bearer the-access-token": "authorization: Bearer $TOKEN",
	} {
		assert.Equal(t, want, r.Text(text))
	}
	header := r.headers(http.Header{"Authorization": {"Bearer the-access-token", "Basic aWQ6cDRzcy93b3Jk", "Bearer forged", "odd", "Bearer ", ""}, "X-Echo": {"the-access-token"}, "Cookie": {"a=b; c=d"}, "Nothing": nil})
	assert.Equal(t, map[string][]string{"Authorization": {"Bearer $TOKEN", "Basic [redacted]", "Bearer [redacted]", "[redacted]", "Bearer ", ""}, "X-Echo": {"$TOKEN"}, "Cookie": {"[redacted]"}}, header)
}

func TestCardNumbersAreMasked(t *testing.T) {
	r := NewRedactor()
	for text, want := range map[string]string{
		`{"pan_shown":"4111111111111111"}`:         `{"pan_shown":"411111******1111"}`,
		`{"n":4111111111111111}`:                   `{"n":411111******1111}`,
		"4111 1111 1111 1111":                      "411111******1111",
		"4111-1111-1111-1111":                      "411111******1111",
		"3782 822463 10005":                        "378282*****0005",
		"41111111 11111111":                        "411111******1111",
		"paid with 4111111111111111.":              "paid with 411111******1111.",
		"5 4111 1111 1111 1111 12/27":              "5 411111******1111 12/27",
		"on 2026-01-14 5555555555554444":           "on 2026-01-14 555555******4444",
		`"a\n4111111111111111\u00204222222222222"`: `"a\n411111******1111\u0020422222***2222"`,
		"?pan_x=%204111111111111111&y":             "?pan_x=%20411111******1111&y",
		";4111111111111111=25121010000":            ";411111******1111=25121010000",
		"2223003122003222":                         "222300******3222",
		"6304000000000000 and 4111111111111111":    "630400******0000 and 411111******1111",
		"4000000000000000006":                      "400000*********0006",
	} {
		assert.Equal(t, want, r.Text(text))
		assert.NotEmpty(t, firstCardNumber(text), text)
		assert.Empty(t, firstCardNumber(want), want)
	}
}

func TestNumbersThatAreNoCardNumbersStay(t *testing.T) {
	r := NewRedactor()
	for _, text := range []string{
		"4111111111111112",                       // wrong check digit
		"1111111111111117",                       // no issuer
		"411111111111",                           // twelve digits
		"41111111111111111111",                   // twenty digits
		"x4111111111111111", "4111111111111111x", // ids
		"card_4111111111111111", "4111111111111111-9", "a-4111111111111111",
		"0.4111111111111111", "4111111111111111.5", "-0.4111111111111111",
		"+4111111111111111",
		"41111111-1111-4111-8111-111111111111", // a UUID of digits
		"4111111111111111-1111-4111-8111-1111", //
		"20260114165658", "20260114165658947",  // times
		"4 11 11 11 11 11 11 11 11", // a list of numbers
		"411111******1111", "m_pan:****************1111",
		"2026-01-14T16:56:58.947Z", "1767225600000", "1767225600000000000",
		"00-4111111111111111aaaaaaaaaaaaaaaa-4111111111111111-01", // a trace
	} {
		assert.Equal(t, text, r.Text(text))
	}
}

func TestMaskingLeavesNoCardNumberWhateverSurroundsIt(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		text := rapid.StringOfN(rapid.RuneFrom([]rune("0123456789012345678901234567890123456789 -.x\"\n")), 0, 120, -1).Draw(t, "text")
		once := maskCardNumbers(text)
		if number := firstCardNumber(once); number != "" {
			t.Fatalf("%q keeps %s", once, number)
		}
	})
}

func TestAGeneratedNumberIsFoundInEveryWriting(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		length := rapid.IntRange(13, 19).Draw(t, "length")
		digits := []byte(rapid.SampledFrom([]string{"4", "51", "34", "6011", "2221", "2720"}).Draw(t, "issuer"))
		for len(digits) < length-1 {
			digits = append(digits, byte('0'+rapid.IntRange(0, 9).Draw(t, "digit")))
		}
		for check := byte('0'); ; check++ {
			if number := string(append(digits[:length-1:length-1], check)); luhn(number) {
				digits = []byte(number)
				break
			}
		}
		separator := rapid.SampledFrom([]string{"", " ", "-"}).Draw(t, "separator")
		written := ""
		for i, digit := range digits {
			if i > 0 && i%4 == 0 {
				written += separator
			}
			written += string(digit)
		}
		text := rapid.SampledFrom([]string{"%s", `{"a":"%s"}`, "is %s.", "(%s)", "\t%s\n"}).Draw(t, "text")
		out := maskCardNumbers(fmt.Sprintf(text, written))
		want := fmt.Sprintf(text, string(digits[:6])+strings.Repeat("*", length-10)+string(digits[length-4:]))
		if out != want {
			t.Fatalf("%q became %q", written, out)
		}
	})
}

func TestARedactorServesManyAtOnce(t *testing.T) {
	r := NewRedactor()
	var done sync.WaitGroup
	for i := range 8 {
		done.Go(func() {
			for n := range 50 {
				secret := fmt.Sprintf("secret-%d-%d", i, n)
				r.AddSecret(secret)
				if out := r.Text("a " + secret + " b"); out != "a [card secret] b" {
					t.Errorf("%s stays: %s", secret, out)
				}
			}
		})
	}
	done.Wait()
}

func TestARecordedExchangeHoldsNoSecret(t *testing.T) {
	a := newAPI(t)
	const cardSecret = `a$b\c"d/ef`
	inJSON, err := json.Marshal(cardSecret)
	require.NoError(t, err)
	a.answer = func(w http.ResponseWriter, r *http.Request) {
		w.Header().Set("X-Echo", r.Header.Get("Authorization"))
		w.Header().Set("Set-Cookie", "session=abcdef")
		_, _ = fmt.Fprintf(w, `{"secret":%s,"echo":%q,"number":"4111111111111111","cvv":"123"}`, inJSON, r.Header.Get("Authorization"))
	}
	c := newClient(t, a)
	ctx, kept := inScenario("secrets")
	o := operation(t, "cards-generate-secret")
	_, err = c.Do(ctx, o, Request{Path: map[string]string{"id": "1"}, Body: map[string]any{"remarks": "x"}})
	require.NoError(t, err)
	exchange, err := c.Do(ctx, o, Request{Path: map[string]string{"id": "1"}, Query: url.Values{"leak": {cardSecret}, "client_secret": {adminSecret}}, RawBody: []byte("again " + cardSecret)})
	require.NoError(t, err)
	assert.Equal(t, "411111******1111", exchange.CardNumberShown())
	assert.Equal(t, "a secret", exchange.SecretShown(), "the first thing that the answer shows")
	exchanges := kept.all()
	require.Len(t, exchanges, 3)
	for _, one := range exchanges {
		text, err := json.Marshal(one.Record())
		require.NoError(t, err)
		plain := fmt.Sprintf("%+v %#v", one.Record(), one.Record())
		for _, secret := range []string{primarySecret, adminSecret, cardSecret, "access-token-primary-id", "4111111111111111", "abcdef", `"123"`} {
			encoded, err := json.Marshal(secret)
			require.NoError(t, err)
			for _, spelling := range []string{secret, url.QueryEscape(secret), strings.Trim(string(encoded), `"`)} {
				assert.NotContains(t, string(text), spelling)
				assert.NotContains(t, plain, spelling)
			}
		}
		assert.Empty(t, c.Redactor().Find(text))
	}
	token := exchanges[0].Record()
	assert.Equal(t, "client_id=primary-id&client_secret=$KOBCHECK_PRIMARY_SECRET&grant_type=client_credentials&scope=client%2Fread+client%2Fwrite", token.Request.Body)
	assert.Contains(t, token.Response.Body, `"access_token":"$TOKEN"`)
	assert.Equal(t, []string{"Bearer $TOKEN"}, exchanges[2].Record().Request.Headers["Authorization"])
	assert.Contains(t, exchanges[2].Record().Request.Body, "again [card secret]")
	assert.NotContains(t, fmt.Sprintf("%v %+v %#v", c.config.Clients, c.config, c.config.Clients), primarySecret)
}

func TestEachTokenHasTheNameOfItsVariable(t *testing.T) {
	a := newAPI(t)
	a.token = func(w http.ResponseWriter, r *http.Request) {
		tokenAnswer(w, url.QueryEscape("token-of-"+r.Header.Get("X-Kobcheck-Run")), 3600)
	}
	c := newClient(t, a)
	for id, want := range map[[2]string]string{
		{"primary", ""}:                         "$TOKEN",
		{"admin", ""}:                           "$TOKEN_ADMIN",
		{"primary", "client/read"}:              "$TOKEN_CLIENT_READ",
		{"admin", "client/read client/write"}:   "$TOKEN_ADMIN_CLIENT_READ_CLIENT_WRITE",
		{"primary", "client/read client/write"}: "$TOKEN",
	} {
		ctx, _ := inScenario(strings.Join(id[:], "."))
		token, err := c.FreshToken(ctx, id[0], id[1])
		require.NoError(t, err)
		assert.Equal(t, want, c.Redactor().Text(token.Value))
		assert.NotContains(t, fmt.Sprintf("%v %#v", token, token), token.Value)
	}
}

func TestEvidenceOfABodyIsTextUpToABound(t *testing.T) {
	r := NewRedactor()
	secret := "0a" + strings.Repeat("secret-", 40)
	r.AddSecret(secret)
	for name, test := range map[string]struct {
		body      string
		truncated bool
		want      string
	}{
		"nothing":           {"", false, ""},
		"a text":            {"grüße", false, "grüße"},
		"at the bound":      {strings.Repeat("x", evidenceBound), false, strings.Repeat("x", evidenceBound)},
		"over the bound":    {strings.Repeat("x", evidenceBound+5), false, strings.Repeat("x", evidenceBound) + " … [cut: the body has 8197 bytes]"},
		"over by a rune":    {strings.Repeat("x", evidenceBound-1) + "üüü", false, strings.Repeat("x", evidenceBound-1) + " … [cut: the body has 8197 bytes]"},
		"a picture":         {"\x89PNG\r\n\x1a\n\x00\x00\x00\x01\xff\xfe", false, "[14 bytes of image/png]"},
		"one broken byte":   {`{"name":"caf` + "\xe9" + `"}`, false, `{"name":"caf�"} … [bytes that are no UTF-8 stand as �]`},
		"an answer cut off": {"[1,2", true, "[1,2 … [the answer went on; it was read up to 4 bytes]"},
		"a secret across the bound": {strings.Repeat("x", evidenceBound-20) + secret + strings.Repeat("y", 9000), false,
			strings.Repeat("x", evidenceBound-20) + "[card secret]yyyyyyy … [cut: the body has 17454 bytes]"},
		"a card number across the bound": {strings.Repeat(" ", evidenceBound-8) + "4111111111111111 " + strings.Repeat("y", 9000), false,
			strings.Repeat(" ", evidenceBound-8) + "411111** … [cut: the body has 17201 bytes]"},
	} {
		assert.Equal(t, test.want, r.evidence([]byte(test.body), test.truncated), name)
	}
}

func TestARecordDoesNotChangeWithTheExchange(t *testing.T) {
	a := newAPI(t)
	c := newClient(t, a)
	ctx, kept := inScenario("kept")
	exchange, err := c.Do(ctx, operation(t, "cards-list"), Request{})
	require.NoError(t, err)
	recorded := exchange.Record()
	text := fmt.Sprintf("%+v", recorded)
	exchange.Body[0], exchange.Status = 'x', 500
	exchange.Header.Set("Content-Type", "changed")
	exchange.Request().Header.Set("Accept", "changed")
	assert.Equal(t, text, fmt.Sprintf("%+v", recorded))
	assert.Equal(t, time.UTC, recorded.StartedAt.Location())
	assert.Equal(t, "primary", recorded.As)
	assert.Positive(t, recorded.DurationMS)
	assert.Len(t, kept.all(), 2)
}

func FuzzRedact(f *testing.F) {
	for _, seed := range []string{`{"access_token":"abc"}`, `client_secret=x&`, "4111 1111 1111 1111", `{"secret":"`, `{"a":"{\"pin\":\"`, "Authorization: Bearer x", `"secret":[[{"`, "=:\"", `\"token\":`} {
		f.Add(seed)
	}
	r := NewRedactor()
	r.Add("planted/secret+value", "$KOBCHECK_PRIMARY_SECRET")
	f.Fuzz(func(t *testing.T, text string) {
		out := r.Text(text + " planted/secret+value")
		if strings.Contains(out, "planted/secret+value") {
			t.Fatalf("the secret stays in %q", out)
		}
		if number := firstCardNumber(maskCardNumbers(text)); number != "" {
			t.Fatalf("%q keeps %s", text, number)
		}
	})
}

func TestALongRowOfNumbersIsReadInOnePass(t *testing.T) {
	// A search that tries every pair of ends would not come back from this.
	text := strings.Repeat("7 ", 1<<20) + strings.Repeat("4111-", 1<<18) + strings.Repeat("1", 1<<20)
	assert.Empty(t, firstCardNumber(text))
}
