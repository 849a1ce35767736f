// Package tokens holds the sentences about access tokens: asking for them, forging them, and what they open.
package tokens

import (
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
)

// Sentences returns the definitions of the area.
func Sentences() []steps.Definition {
	return slices.Concat(tokenSentences(), askingSentences(), scopeSentences(), rightsSentences())
}

// rights are what a call may have in place of a good token of ours: most of them must not be taken for one.
const rights = `(no token|an empty token|a token that is no token|a token with one letter changed|` +
	`a token whose content was changed|a token that has expired|a token signed by a stranger|a token that is not signed` +
	`|the token in the address|a token of the scope "[^"]+"|the scheme "[^"]+")`

func tokenSentences() []steps.Definition {
	const area = "token"
	return []steps.Definition{
		steps.Define(area, `we call "([^"]+)" with `+rights, "Calls the operation with that in place of our token.", callWith),
		steps.Define(area, `the request is sent with `+rights, "Sends the prepared request with that in place of our token.", sendWith),
		steps.Define(area, `the access token is a JWT that lives as long as "expires_in" says`, "Looks into the token: three parts, and an expiry that agrees with the answer.", tokenIsJWT),
	}
}

func callWith(ctx context.Context, w *steps.World, title, how string) error {
	if err := w.Request(ctx, title); err != nil {
		return err
	}
	return sendWith(ctx, w, how)
}

// sendWith sends the prepared request.
func sendWith(ctx context.Context, w *steps.World, how string) error {
	if word, scope, quotes := strings.Cut(how, `"`); quotes {
		return map[bool]func(context.Context, *steps.World, string) error{true: withScheme, false: withScope}[word == "the scheme "](
			ctx, w, strings.TrimSuffix(scope, `"`))
	}
	request := &w.Draft.Request
	switch how {
	case "no token":
		request.Authorization = new("")
		return w.SendDraft(ctx)
	case "an empty token":
		request.Authorization = new("Bearer ")
		return w.SendDraft(ctx)
	case "a token that has expired":
		if w.Session.ExpiredToken == "" {
			return &scene.NotTestable{Key: "fixtures.expired_token_env", Why: "it takes a token of ours that has run out"}
		}
		return sendUnder(ctx, w, "Bearer "+w.Session.ExpiredToken)
	}
	h, err := holding(ctx, w, request.As)
	if err != nil {
		return err
	}
	if how == "the token in the address" {
		request.Authorization = new("")
		request.Query.Set("access_token", h.good)
		return w.SendDraft(ctx)
	}
	header, err := ways[how](h)
	if err != nil {
		return err
	}
	return sendUnder(ctx, w, header)
}

// sendUnder sends the prepared request with a header Authorization of its own.
func sendUnder(ctx context.Context, w *steps.World, header string) error {
	w.Draft.Request.Authorization = &header
	_, err := w.Send(ctx, w.Draft)
	return err
}

func decodeClaims(part string) (map[string]any, error) {
	var claims map[string]any
	raw, err := base64.RawURLEncoding.DecodeString(part)
	if err == nil {
		err = json.Unmarshal(raw, &claims)
	}
	if err != nil {
		return nil, &scene.NotTestable{Why: "the access token is no JWT (AUTH-14), so it cannot be read"}
	}
	return claims, nil
}

func withScope(ctx context.Context, w *steps.World, scope string) error {
	as := w.Draft.Request.As
	if strings.HasPrefix(scope, "client/") {
		as = "primary"
	}
	token, err := w.Session.Client.Token(ctx, as, scope)
	if err != nil {
		return &scene.NotTestable{Key: "target.clients." + as + ".scope",
			Why: fmt.Sprintf("no token of the scope %s is to be had (%v)", scope, err)}
	}
	return sendUnder(ctx, w, "Bearer "+token.Value)
}

func withScheme(ctx context.Context, w *steps.World, scheme string) error {
	token, err := w.Session.Client.Token(ctx, w.Draft.Request.As, "")
	if err != nil {
		return err
	}
	w.Draft.Request.Authorization = new(scheme + " " + token.Value)
	return w.SendDraft(ctx)
}

// restOff is how far the rest of a token's life may be off the Date of the answer: clocks differ.
const restOff = time.Minute

// isRest reports whether so many seconds are what is left of the life of a token, by the Date of the answer: one that was
// issued earlier may be handed out again.
func isRest(exchange *client.Exchange, expires, seconds int64) bool {
	sent, err := http.ParseTime(exchange.Header.Get("Date"))
	return err == nil && time.Unix(expires, 0).Sub(sent.Add(time.Duration(seconds)*time.Second)).Abs() <= restOff
}

func tokenIsJWT(w *steps.World, exchange *client.Exchange) error {
	body, _ := w.Decoded(exchange).(map[string]any)
	token, _ := body["access_token"].(string)
	parts := strings.Split(token, ".")
	w.Expect(len(parts) == 3, evidence.Assertion{Check: "token is a JWT", Fact: w.Fact("AUTH-14", contract.Values),
		Message: "the access token is not a JWT", Expected: "three parts parted by dots",
		Actual: fmt.Sprintf("%d parts", len(parts))})
	if len(parts) != 3 {
		return nil
	}
	claims, err := decodeClaims(parts[1])
	if err != nil {
		return err
	}
	issued, hasIssued := claims["iat"].(float64)
	expires, hasExpires := claims["exp"].(float64)
	lifetime, isNumber := body["expires_in"].(json.Number)
	seconds, _ := lifetime.Int64()
	if !isNumber {
		return nil // what the form of the answer is held against
	}
	if !hasIssued || !hasExpires {
		return &scene.NotTestable{Why: "the token does not carry the times iat and exp"}
	}
	holds := int64(expires-issued) == seconds || isRest(exchange, int64(expires), seconds)
	w.Expect(holds, evidence.Assertion{Check: "expires_in agrees with the token",
		Fact: w.Fact("AUTH-15", contract.Values), Message: "expires_in is not the life of the token",
		Expected: fmt.Sprintf("%d seconds, as the token itself says", int64(expires-issued)),
		Actual:   fmt.Sprintf("%d", seconds)})
	w.Observe("token.lifetime", "N-11", "How long does an access token live, in seconds?", lifetime.String())
	return nil
}
