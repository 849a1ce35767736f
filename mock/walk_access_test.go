package mock

import (
	"encoding/base64"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
)

// walkStrangers calls an operation with every kind of bad token.
func walkStrangers(c *caller, operation *contract.Operation) {
	unsigned, err := jwt.NewWithClaims(jwt.SigningMethodNone, jwt.MapClaims{"iss": issuerName,
		"client_id": c.server.Inventory().Clients["primary"].ID,
		"scope":     "client/write administrator/write",
		"exp":       start.Add(time.Hour).Unix()}).SignedString(jwt.UnsafeAllowNoneSignatureType)
	require.NoError(c.t, err)
	forged := c.token
	if head, _, whole := cutLast(forged, "."); whole {
		forged = head + "." + strings.Repeat("A", 86)
	}
	request, parameters := c.goodRequest(operation.ID)
	parts := strings.Split(c.token, ".")
	headed := func(head string) string {
		return base64.RawURLEncoding.EncodeToString([]byte(head)) + "." + parts[1] + "."
	}
	for _, authorization := range []string{"", "Bearer nonsense", "Bearer " + unsigned, "Bearer " + forged,
		"Bearer " + c.server.Inventory().ExpiredToken, "Basic " + c.token, "Bearer", "Bearer null",
		"Bearer " + headed(`{"alg":"NONE"}`), "Bearer " + headed(`{"alg":"HS256"}`) + "x", "Bearer " + headed(`{"alg":"ES256","jwk":{}}`) + parts[2],
		"Bearer " + headed(`{"alg":"ES256"}`), "Bearer " + c.token[:len(c.token)-8]} {
		c.with("Authorization", authorization).call(operation.ID, request, parameters...)
	}
	c.without("Authorization").call(operation.ID, body{"amount": "bad"}, parameters...)
	seeWhatWasDone(c)
	c.with("Authorization", "bearer "+c.token).call(operation.ID, request, parameters...)
	c.scoped("admin", "client/read administrator/read").call(operation.ID, request, parameters...)
	method, path := c.addressOf(operation.ID, parameters...)
	c.without("Authorization").send(method, path+"?access_token="+url.QueryEscape(c.token), "")
	seeWhatWasDone(c)
}

// seeWhatWasDone lists what a refused call may have changed all the same.
func seeWhatWasDone(c *caller) {
	for _, list := range []string{"wallets-list", "cards-list", "endusers-list", "beneficiaries-list", "clients-list"} {
		c.privileged(list).call(list, nil)
	}
}

// walkTenancy reaches for the things of another client.
func walkTenancy(c *caller) {
	foreign := c.server.Inventory().SecondClient
	for _, one := range []struct{ operation, kind string }{
		{"beneficiaries-get", "beneficiary"}, {"beneficiaries-update", "beneficiary"}, {"cards-get", "card"},
		{"cards-update-status", "card"},
		{"cards-replace-renew", "card"}, {"cards-generate-secret", "card"}, {"endusers-get", "enduser"}, {"transactions-get",
			"transaction"},
		{"wallets-get", "wallet"}, {"wallets-update", "wallet"}, {"webhooks-delete", "webhook"},
	} {
		request, _ := c.goodRequest(one.operation)
		c.call(one.operation, request, foreign[one.kind])
	}
	c.as("second").call("cards-get", nil, foreign["card"])
	c.tryCard(c.program("ok"), foreign["wallet"])
	c.call("wallets-create", body{"holder_id": foreign["enduser"], "asset": "AUD", "asset_class": "CURRENCY",
		"partner_product": "KOBBLE_AUD_1"})
	c.get("./transactions?wallet=" + foreign["wallet"])
	c.with("X-Client-Id", c.server.Inventory().Clients["second"].ID).call("cards-get", nil, foreign["card"])
	own := c.funded(100)
	c.call("transactions-create", body{"amount": 1, "from": foreign["wallet"], "to": own})
	c.call("transactions-create", body{"amount": 1, "from": own, "to": foreign["wallet"]})
	c.get("./wallets/" + own)
	c.call("transactions-manual-debit", body{"amount": 1, "from": foreign["wallet"]})
	c.call("transactions-manual-credit", body{"amount": 1, "to": foreign["wallet"]})
}

func cutLast(text, at string) (before, after string, found bool) {
	i := strings.LastIndex(text, at)
	if i < 0 {
		return text, "", false
	}
	return text[:i], text[i+1:], true
}

func walkTokens(c *caller) {
	known := c.server.Inventory().Clients["primary"]
	good := func() url.Values {
		return url.Values{"grant_type": {"client_credentials"}, "client_id": {known.ID}, "client_secret": {known.Secret},
			"scope": {"client/read"}}
	}
	for _, name := range []string{"grant_type", "client_id", "client_secret", "scope"} {
		for _, value := range []string{"", "wrong", "client/read wrong", " "} {
			form := good()
			form.Set(name, value)
			c.askToken(form)
		}
	}
	walkOddForms(c, good)
	c.send("POST", "/oauth2/token", good().Encode())
	c.askToken(good())
}

// walkOddForms asks for tokens with forms that are nearly right, or right and written in another way.
func walkOddForms(c *caller, good func() url.Values) {
	secret := good().Get("client_secret")
	odd := map[string][]string{"grant_type": {"CLIENT_CREDENTIALS", "credential", "password"},
		"scope": {"CLIENT/READ", "client/read client/write"},
		"client_secret": {strings.ToUpper(secret), secret[:len(secret)-1], secret + "x", " " + secret,
			c.server.Inventory().Clients["second"].Secret},
		"unheard-of": {"x", ""}}
	for _, name := range slices.Sorted(maps.Keys(odd)) {
		for _, value := range odd[name] {
			form := good()
			form.Set(name, value)
			c.askToken(form)
		}
	}
	twice := good()
	twice["client_secret"] = []string{secret, "kobcheck-wrong-value"}
	c.askToken(twice)
	for _, second := range []string{"client/read", "wrong"} {
		for _, values := range [][]string{{"client/read", second}, {second, "client/read"}} {
			form := good()
			form["scope"] = values
			c.askToken(form)
		}
	}
	urlencoded := c.with("Content-Type", "application/x-www-form-urlencoded").without("Authorization")
	for _, name := range []string{"client_id", "grant_type"} {
		without := good()
		without.Del(name)
		urlencoded.send("POST", "/oauth2/token?"+name+"="+url.QueryEscape(good().Get(name)), without.Encode())
	}
	form := good()
	form.Del("scope")
	urlencoded.send("POST", "/oauth2/token?scope=client/read", form.Encode())
	form.Del("grant_type")
	urlencoded.send("POST", "/oauth2/token?scope=client/read&grant_type=client_credentials", form.Encode())
	urlencoded.send("GET", "/oauth2/token", good().Encode())
	urlencoded.send("POST", "/oauth2/token", strings.Replace(good().Encode(), "client_credentials", "%63lient_credentials", 1))
	urlencoded.send("POST", "/oauth2/token", "scope=client%2Fread&grant_type=client_credentials&client_secret="+
		url.QueryEscape(secret)+"&client_id="+url.QueryEscape(good().Get("client_id")))
	c.with("Content-Type", "application/x-www-form-urlencoded").with("Authorization", "Basic "+base64.StdEncoding.EncodeToString(
		[]byte("nobody:wrong"))).send("POST", "/oauth2/token", "grant_type=client_credentials&scope=client/read")
}
