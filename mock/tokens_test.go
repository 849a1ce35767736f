package mock

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"maps"
	"net/http"
	"net/url"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"
)

func (c *caller) form() url.Values {
	known := c.server.Inventory().Clients["primary"]
	return url.Values{"grant_type": {"client_credentials"}, "client_id": {known.ID}, "client_secret": {known.Secret},
		"scope": {"client/read client/write"}}
}

func TestATokenIsGivenAsTheStandardAsks(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		got := c.askToken(c.form()).is(http.StatusOK)
		require.Equal(t, "no-store", got.header.Get("Cache-Control"))
		require.Equal(t, "no-cache", got.header.Get("Pragma"))
		require.Equal(t, "application/json", got.header.Get("Content-Type"))
		answered := got.object()
		require.Equal(t, "Bearer", answered["token_type"])
		require.InDelta(t, 3600, answered["expires_in"], 0)
		require.NotContains(t, answered, "refresh_token")
		var claims jwt.MapClaims
		parsed, _, err := jwt.NewParser().ParseUnverified(answered["access_token"].(string), &claims)
		require.NoError(t, err)
		require.Equal(t, "ES256", parsed.Method.Alg())
		require.Equal(t, c.server.Inventory().Clients["primary"].ID, claims["client_id"])
		require.Equal(t, "client/read client/write", claims["scope"])
		require.Equal(t, "access", claims["token_use"])
		require.InDelta(t, 3600, claims["exp"].(float64)-claims["iat"].(float64), 0)
		require.NotEmpty(t, claims["jti"])
	})
}

func TestABadTokenRequestIsRefusedWithACodeOfTheStandard(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		bad := c.server.Style().BadCredentials
		for name, one := range map[string]struct {
			change func(url.Values)
			status int
			code   string
		}{
			"no grant type":      {func(f url.Values) { f.Del("grant_type") }, 400, "invalid_request"},
			"empty grant type":   {func(f url.Values) { f.Set("grant_type", "") }, 400, "invalid_request"},
			"another grant type": {func(f url.Values) { f.Set("grant_type", "password") }, 400, "unsupported_grant_type"},
			"no client":          {func(f url.Values) { f.Del("client_id") }, 400, "invalid_request"},
			"unknown client":     {func(f url.Values) { f.Set("client_id", nowhere) }, bad, "invalid_client"},
			"no secret":          {func(f url.Values) { f.Del("client_secret") }, 400, "invalid_request"},
			"wrong secret":       {func(f url.Values) { f.Set("client_secret", "wrong") }, bad, "invalid_client"},
			"no scope":           {func(f url.Values) { f.Del("scope") }, 400, "invalid_request"},
			"blank scope":        {func(f url.Values) { f.Set("scope", " ") }, 400, "invalid_scope"},
			"unknown scope":      {func(f url.Values) { f.Set("scope", "client/all") }, 400, "invalid_scope"},
			"scope not allowed": {func(f url.Values) { f.Set("scope", "client/read administrator/write") }, 400,
				"invalid_scope"},
			"scope in capitals": {func(f url.Values) { f.Set("scope", "CLIENT/READ") }, 400, "invalid_scope"},
			"a repeated field":  {func(f url.Values) { f.Add("scope", "client/read") }, 400, "invalid_request"},
		} {
			form := maps.Clone(c.form())
			one.change(form)
			got := c.askToken(form).is(one.status)
			require.Equal(t, one.code, got.object()["error"], name)
			require.Equal(t, "no-store", got.header.Get("Cache-Control"), name)
			require.Equal(t, one.status == http.StatusUnauthorized, got.header.Get("WWW-Authenticate") != "", name)
		}
		require.Equal(t, "invalid_request",
			c.send("POST", "/oauth2/token", c.form().Encode()).is(http.StatusBadRequest).object()["error"])
		require.Equal(t, "invalid_request", c.with("Content-Type", "application/x-www-form-urlencoded").send("POST",
			"/oauth2/token", "%zz").is(http.StatusBadRequest).object()["error"])
	})
}

func TestATokenServesUntilItExpires(t *testing.T) {
	c := newCaller(t, Options{TokenLife: 5 * time.Minute})
	c.call("cards-list", nil).succeeds()
	c.clock.Advance(5*time.Minute - time.Second)
	c.call("cards-list", nil).succeeds()
	c.clock.Advance(time.Second)
	got := c.call("cards-list", nil).is(http.StatusUnauthorized)
	require.Contains(t, got.header.Get("WWW-Authenticate"), `error="invalid_token"`)
	c.as("primary").call("cards-list", nil).succeeds()
}

func TestABadTokenIsRefusedWithAChallenge(t *testing.T) {
	c := newCaller(t, Options{})
	claims := jwt.MapClaims{"iss": issuerName, "client_id": c.server.Inventory().Clients["primary"].ID,
		"scope": "client/write", "exp": start.Add(time.Hour).Unix()}
	stranger, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	signed := func(method jwt.SigningMethod, key any, change func(jwt.MapClaims)) string {
		own := maps.Clone(claims)
		change(own)
		text, err := jwt.NewWithClaims(method, own).SignedString(key)
		require.NoError(t, err)
		return text
	}
	as := func(jwt.MapClaims) {}
	part := strings.Split(c.token, ".")
	raised := base64.RawURLEncoding.EncodeToString([]byte(`{"iss":"` + issuerName +
		`","scope":"administrator/write","exp":9999999999}`))
	last := part[2][len(part[2])-1]
	for name, token := range map[string]string{
		"garbage": "garbage", "two dots": "..", "cut short": c.token[:len(c.token)-5], "a letter changed": part[0] + "." +
			part[1] + "." + string(part[2][0]^1) + part[2][1:],
		"the unused bits of the last letter changed": c.token[:len(c.token)-1] + string(nextLetter(last)),
		"payload edited":       part[0] + "." + raised + "." + part[2],
		"signed by a stranger": signed(jwt.SigningMethodES256, stranger, as), "not signed": signed(jwt.SigningMethodNone,
			jwt.UnsafeAllowNoneSignatureType, as),
		"another algorithm": signed(jwt.SigningMethodHS256, []byte("key"), as),
		"another issuer": signed(jwt.SigningMethodES256, c.server.tokens.key,
			func(m jwt.MapClaims) { m["iss"] = "https://elsewhere.example.test" }),
		"without an end": signed(jwt.SigningMethodES256, c.server.tokens.key,
			func(m jwt.MapClaims) { delete(m, "exp") }),
		"not before tomorrow": signed(jwt.SigningMethodES256, c.server.tokens.key,
			func(m jwt.MapClaims) { m["nbf"] = start.Add(24 * time.Hour).Unix() }),
		"unknown client": signed(jwt.SigningMethodES256, c.server.tokens.key,
			func(m jwt.MapClaims) { m["client_id"] = nowhere }),
		"ten thousand bytes": strings.Repeat("x", 10_000),
	} {
		got := c.with("Authorization", "Bearer "+token).call("cards-list", nil).is(http.StatusUnauthorized)
		require.Equal(t, `Bearer realm="kobble", error="invalid_token"`, got.header.Get("WWW-Authenticate"), name)
		require.NotContains(t, string(got.text), token)
	}
	for name, authorization := range map[string]string{"none": "", "the scheme alone": "Bearer", "no token": "Bearer  ",
		"basic": "Basic abc"} {
		got := c.with("Authorization", authorization).call("cards-list", nil).is(http.StatusUnauthorized)
		require.Equal(t, `Bearer realm="kobble"`, got.header.Get("WWW-Authenticate"), name)
	}
	twice := c.with("Authorization", "x")
	twice.extra["Authorization"] = []string{"Bearer " + c.token, "Bearer " + c.token}
	twice.call("cards-list", nil).is(http.StatusUnauthorized)
	c.without("Authorization").get("./cards?access_token=" + c.token).is(http.StatusUnauthorized)
	c.with("Authorization", "bearer "+c.token).call("cards-list", nil).succeeds()
	c.with("Authorization", "BEARER "+c.token).call("cards-list", nil).succeeds()
}

// nextLetter is another letter of the base64 alphabet that differs in its last bit.
func nextLetter(letter byte) byte {
	const alphabet = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"
	return alphabet[strings.IndexByte(alphabet, letter)^1]
}

func TestTheTokenDecidesWhoCallsAndNotAHeader(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		foreign := c.server.Inventory()
		c.with("X-Client-Id", foreign.Clients["second"].ID).call("cards-get", nil, foreign.SecondClient["card"]).isRefused()
		c.with("X-Client-Id", nowhere).call("cards-list", nil).succeeds()
	})
}

func TestAClientThatIsInactiveGetsNoTokensAndIsNotServed(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		second := c.as("second")
		id := c.server.Inventory().Clients["second"].ID
		c.as("admin").call("clients-update-status", body{"status": "INACTIVE"}, id).succeeds()
		second.call("wallets-list", nil).is(http.StatusUnauthorized)
		form := c.form()
		form.Set("client_id", id)
		form.Set("client_secret", c.server.Inventory().Clients["second"].Secret)
		require.Equal(t, "invalid_client", c.askToken(form).object()["error"])
		c.as("admin").call("clients-update-status", body{"status": "ACTIVE"}, id).succeeds()
		second.call("wallets-list", nil).succeeds()
	})
}

func TestAdministratorsAloneLookAfterClientsInOneStyle(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		for _, operation := range []string{"clients-list", "clients-create", "card-programs-create"} {
			request, _ := c.goodRequest(operation)
			got := c.call(operation, request)
			if c.server.Style().Callers["clients-list"] == "administrator" {
				got.is(http.StatusForbidden)
			} else {
				got.succeeds()
			}
			c.as("admin").call(operation, request).succeeds()
		}
	})
}

func TestVerifiedTokensAreRememberedUpToABound(t *testing.T) {
	c := newCaller(t, Options{})
	for range mostKnown {
		c.server.tokens.remember(c.key(), grant{})
	}
	c.server.tokens.remember("one more", grant{})
	require.LessOrEqual(t, len(c.server.tokens.known), mostKnown)
	c.call("cards-list", nil).succeeds()
}
