package client

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/redact"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
)

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
	exchange, err := c.Do(ctx, o, Request{Path: map[string]string{"id": "1"},
		Query: url.Values{"leak": {cardSecret}, "client_secret": {adminSecret}}, RawBody: []byte("again " + cardSecret)})
	require.NoError(t, err)
	assert.Equal(t, "411111******1111", exchange.CardNumberShown())
	assert.Equal(t, "a secret", exchange.SecretShown("", ""), "the first thing that the answer shows")
	exchanges := kept.all()
	require.Len(t, exchanges, 3)
	for _, one := range exchanges {
		text, err := json.Marshal(one.Record())
		require.NoError(t, err)
		plain := fmt.Sprintf("%+v %#v", one.Record(), one.Record())
		for _, secret := range []string{primarySecret, adminSecret, cardSecret, "access-token-primary-id", "4111111111111111", "abcdef",
			`"123"`} {
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
	r := redact.New()
	secret := "0a" + strings.Repeat("secret-", 40)
	r.AddSecret(secret)
	for name, test := range map[string]struct {
		body, beyond, want string
	}{
		"nothing":      {"", "", ""},
		"a text":       {"grüße", "", "grüße"},
		"at the bound": {strings.Repeat("x", evidence.BodyBound), "", strings.Repeat("x", evidence.BodyBound)},
		"over the bound": {strings.Repeat("x", evidence.BodyBound+5), "",
			strings.Repeat("x", evidence.BodyBound) + " … [cut: the body has 8197 bytes]"},
		"over by a rune": {strings.Repeat("x", evidence.BodyBound-1) + "üüü", "",
			strings.Repeat("x", evidence.BodyBound-1) + " … [cut: the body has 8197 bytes]"},
		"a picture":         {"\x89PNG\r\n\x1a\n\x00\x00\x00\x01\xff\xfe", "", "[14 bytes of image/png]"},
		"one broken byte":   {`{"name":"caf` + "\xe9" + `"}`, "", `{"name":"caf�"} … [bytes that are no UTF-8 stand as �]`},
		"an answer cut off": {"[1,2", "4 bytes", "[1,2 … [the answer went on: it is longer than is read, 4 bytes]"},
		"a secret across the bound": {strings.Repeat("x", evidence.BodyBound-20) + secret + strings.Repeat("y", 9000), "",
			strings.Repeat("x", evidence.BodyBound-20) + "[card secret] … [cut: the body has 17454 bytes]"},
		"a card number across the bound": {strings.Repeat(" ", evidence.BodyBound-8) + "4111111111111111 " + strings.Repeat("y", 9000), "",
			strings.Repeat(" ", evidence.BodyBound-8) + "411111** … [cut: the body has 17201 bytes]"},
	} {
		assert.Equal(t, test.want, evidenceOf(r, []byte(test.body), test.beyond), name)
	}
}

func TestEvidenceOfAHeadIsBoundedToo(t *testing.T) {
	long := http.Header{"A": {"first"}, "B": {strings.Repeat("b", evidence.BodyBound)}, "C": {"c"}}
	assert.Equal(t, map[string][]string{"A": {"first"}, "…": {"and 2 more"}}, headersOf(redact.New(), long))
	assert.Len(t, headersOf(redact.New(), http.Header{"A": {"first"}, "C": {"c"}}), 2)
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

// A server of examples answers with the secret that a page prints: the pages of a report print it too.
func TestTheSecretThatThePagesPrintIsNone(t *testing.T) {
	a := newAPI(t)
	a.answer = func(w http.ResponseWriter, _ *http.Request) { _, _ = fmt.Fprint(w, `{"secret":"a$A\\7Q8SfD"}`) }
	c := newClient(t, a)
	exchange, err := c.Do(context.Background(), operation(t, "cards-generate-secret"),
		Request{Path: map[string]string{"id": "1"}, Body: map[string]any{"remarks": "x"}})
	require.NoError(t, err)
	require.Equal(t, `a$A\7Q8SfD`, member(exchange.Body, "secret"))
	assert.Empty(t, c.Redactor().Find([]byte(`sample: a$A\7Q8SfD`)))
}
