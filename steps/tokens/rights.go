package tokens

import (
	"context"
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/golang-jwt/jwt/v5"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
)

func rightsSentences() []steps.Definition {
	const area = "token"
	return []steps.Definition{
		steps.Define(area, `we call any operation with (.+) in place of a token`,
			"Calls as many operations as this run goes deep, each rightly but for its right, and reads before what the "+
				"scenario's things are like.", callWithoutRight),
		steps.Define(area, `none of these calls {}`, "What came of them.", steps.Choice{
			{Word: "is served", Doc: "none of the answers is a success.", Handler: noneIsServed},
			{Word: "has changed anything", Doc: "where all are refused, the scenario's things read as they were.", Handler: noneChanged},
		}),
	}
}

// held is what a right is made from: a good token and its parts, and the credentials of the client.
type held struct {
	parts            []string
	head, claims     map[string]any
	id, secret, good string
}

// ways are the headers Authorization that give no right, by the words of the feature. What cannot be made of a token
// that is no JWT is not testable.
var ways = map[string]func(held) (string, error){
	"an empty header":                  plain(func(held) string { return "" }),
	"a header of spaces":               plain(func(held) string { return " " }),
	"the scheme alone":                 plain(func(held) string { return "Bearer" }),
	"the word null":                    plain(func(held) string { return "Bearer null" }),
	"the word undefined":               plain(func(held) string { return "Bearer undefined" }),
	"an empty object":                  plain(func(held) string { return "Bearer {}" }),
	"letters that are no token":        plain(func(held) string { return "Bearer abcdefghijklmnopqrstuvwxyz012345" }),
	"three parts that are no token":    plain(func(held) string { return "Bearer a.b.c" }),
	"a token that is no token":         plain(func(held) string { return "Bearer this-is-not-a-token" }),
	"the id of the client":             plain(func(h held) string { return "Bearer " + h.id }),
	"the id and secret of the client":  plain(basic),
	"half of a token":                  plain(func(h held) string { return "Bearer " + h.good[:len(h.good)/2] }),
	"a token without its last letters": ofJWT(func(h held) (string, error) { return h.good[:len(h.good)-8], nil }),
	"a token without its signature": ofJWT(func(h held) (string, error) {
		return strings.Join(h.parts[:2], ".") + ".", nil
	}),
	"a token with one letter changed":                       ofThree(otherLetter),
	"a token of two parts":                                  ofJWT(func(h held) (string, error) { return h.parts[0] + "." + h.parts[1], nil }),
	"a token whose signature is turned round":               ofJWT(turnedRound),
	"a token that lives longer than it did":                 ofJWT(longer),
	"a token whose content was changed":                     ofJWT(broader),
	"a token that is not signed":                            unsigned("none"),
	"a token of another client's name":                      ofJWT(renamed),
	"an unsigned token":                                     unsigned("none"),
	"an unsigned token whose algorithm is None":             unsigned("None"),
	"an unsigned token whose algorithm is in capitals":      unsigned("NONE"),
	"an unsigned token whose algorithm is in mixed letters": unsigned("nOnE"),
	"a token signed with an empty word":                     symmetric(""),
	"a token signed with the word secret":                   symmetric("secret"),
	"a token signed with the id of the client":              ofJWT(func(h held) (string, error) { return symmetrically(h, []byte(h.id)) }),
	"a token signed by a stranger":                          ofJWT(func(h held) (string, error) { return strange(h, false) }),
	"a token that brings a stranger's key along":            ofJWT(func(h held) (string, error) { return strange(h, true) }),
}

func plain(header func(held) string) func(held) (string, error) {
	return func(h held) (string, error) { return header(h), nil }
}

// ofThree is a way that takes a token apart.
func ofThree(forged func(held) (string, error)) func(held) (string, error) {
	return func(h held) (string, error) {
		if len(h.parts) != 3 {
			return "", noJWT
		}
		token, err := forged(h)
		return "Bearer " + token, err
	}
}

// ofJWT is a way that reads the parts of a token.
func ofJWT(forged func(held) (string, error)) func(held) (string, error) {
	return ofThree(func(h held) (string, error) {
		if h.claims == nil {
			return "", noJWT
		}
		return forged(h)
	})
}

// noJWT ends a scenario that takes a token apart.
var noJWT = &scene.NotTestable{Why: "the access token is no JWT (AUTH-14), so it cannot be forged in this way"}

// otherLetter changes the first letter of the signature: it carries six whole bits, so that another letter is another
// signature.
func otherLetter(h held) (string, error) {
	letter := "A"
	if strings.HasPrefix(h.parts[2], "A") {
		letter = "B"
	}
	return h.parts[0] + "." + h.parts[1] + "." + letter + h.parts[2][1:], nil
}

func broader(h held) (string, error) {
	h.claims["scope"] = "administrator/read administrator/write"
	return longer(h)
}

func basic(h held) string {
	return "Basic " + base64.StdEncoding.EncodeToString([]byte(h.id+":"+h.secret))
}

func turnedRound(h held) (string, error) {
	letters := []byte(h.parts[2])
	slices.Reverse(letters)
	return h.parts[0] + "." + h.parts[1] + "." + string(letters), nil
}

func longer(h held) (string, error) {
	h.claims["exp"] = time.Now().Add(24 * time.Hour).Unix()
	return assembled(h.head, h.claims, h.parts[2])
}

func renamed(h held) (string, error) {
	for _, name := range []string{"client_id", "sub"} {
		if h.claims[name] != nil {
			h.claims[name] = steps.AbsentID
		}
	}
	return assembled(h.head, h.claims, h.parts[2])
}

func unsigned(algorithm string) func(held) (string, error) {
	return ofJWT(func(h held) (string, error) {
		h.head["alg"] = algorithm
		return assembled(h.head, h.claims, "")
	})
}

func symmetric(word string) func(held) (string, error) {
	return ofJWT(func(h held) (string, error) { return symmetrically(h, []byte(word)) })
}

func symmetrically(h held, key []byte) (string, error) {
	token := jwt.NewWithClaims(jwt.SigningMethodHS256, jwt.MapClaims(h.claims))
	if h.head["kid"] != nil {
		token.Header["kid"] = h.head["kid"]
	}
	return token.SignedString(key)
}

// strange signs the claims with a key of nobody's, which the token may bring along (RFC 7515 §4.1.3).
func strange(h held, along bool) (string, error) {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return "", fmt.Errorf("making the stranger's key: %w", err)
	}
	token := jwt.NewWithClaims(jwt.SigningMethodES256, jwt.MapClaims(h.claims))
	if h.head["kid"] != nil {
		token.Header["kid"] = h.head["kid"]
	}
	if along {
		public, err := key.PublicKey.Bytes()
		if err != nil {
			return "", fmt.Errorf("writing the stranger's key: %w", err)
		}
		encode := base64.RawURLEncoding.EncodeToString
		token.Header["jwk"] = map[string]string{"kty": "EC", "crv": "P-256", "x": encode(public[1:33]), "y": encode(public[33:])}
	}
	return token.SignedString(key)
}

func assembled(head, claims map[string]any, signature string) (string, error) {
	var parts []string
	for _, part := range []map[string]any{head, claims} {
		written, err := json.Marshal(part)
		if err != nil {
			return "", fmt.Errorf("writing a forged token: %w", err)
		}
		parts = append(parts, base64.RawURLEncoding.EncodeToString(written))
	}
	return strings.Join(append(parts, signature), "."), nil
}

// attempts are the calls of a scenario without a right, and what its things were like before.
type attempts struct {
	way    string
	calls  []*client.Exchange
	before *steps.Frame
	// own says that the calls are for things that no other scenario has.
	own bool
}

func callWithoutRight(ctx context.Context, w *steps.World, way string) error {
	if ways[way] == nil {
		return steps.Faulty("there is no way to be without a right called %q; there are: %s", way,
			strings.Join(slices.Sorted(maps.Keys(ways)), "; "))
	}
	a := steps.State[attempts](w)
	a.way = way
	return a.perform(ctx, w, steps.Sampled(w, asking(w), w.Depth()))
}

// perform calls operations, each rightly but for its token.
func (a *attempts) perform(ctx context.Context, w *steps.World, operations []*contract.Operation) error {
	forged := ways[a.way]
	var drafts, acting []*scene.Draft
	for _, operation := range operations {
		draft, err := a.aimed(ctx, w, operation)
		if err != nil {
			return err
		}
		h, err := holding(ctx, w, draft.Request.As)
		if err != nil {
			return err
		}
		header, err := forged(h)
		if err != nil {
			return err
		}
		draft.Request.Authorization = &header
		if strings.TrimSpace(header) == "" {
			draft.Request.Authorization, draft.Request.Header = new(""), http.Header{"Authorization": {header}}
		}
		if drafts = append(drafts, draft); operation.Writes() {
			acting = append(acting, draft)
		}
	}
	if a.before = new(steps.Frame); len(acting) > 0 {
		var err error
		if a.before, err = w.Frame(ctx, acting...); err != nil {
			return err
		}
	}
	for _, draft := range drafts {
		exchange, err := w.Send(ctx, draft)
		if err != nil {
			return err
		}
		a.calls = append(a.calls, exchange)
	}
	return nil
}

// aimed is a right request. None of the calls is served, so that all scenarios without a right have the same few things;
// that they are as they were is looked at.
func (a *attempts) aimed(ctx context.Context, w *steps.World, operation *contract.Operation) (*scene.Draft, error) {
	as, own := w.Session.Client.Caller(operation), scene.Things{}
	for _, kind := range operation.Fixtures() {
		if !slices.Contains([]string{"beneficiary", "card", "transaction", "wallet", scene.FundedWallet}, kind) {
			continue
		}
		fresh := func() (*scene.Thing, error) { return w.Scene.Fresh(ctx, as, kind, scene.Things{}) }
		take := func() (*scene.Thing, error) { return w.Scene.Common(ctx, as, kind+" that nothing is done to", fresh) }
		if a.own {
			take = fresh
		}
		thing, err := take()
		if err != nil {
			return nil, err
		}
		thing.Shared = false
		own[kind] = thing
	}
	draft, err := w.Scene.Draft(ctx, operation, as, own)
	for kind, thing := range own {
		w.Things[kind+" of "+operation.ID] = thing
	}
	return draft, err
}

// asking are the operations that ask for a token and can be called rightly. Those of webhooks may do without (C-31).
func asking(w *steps.World) (all []*contract.Operation) {
	for _, operation := range w.Session.Contract.Operations {
		_, reached := operation.PathIn(w.Session.Edition)
		if reached && scene.Buildable(operation) && operation.Header("Authorization") != nil && operation.Section != "Webhooks" &&
			w.Session.Client.Has(w.Session.Client.Caller(operation)) {
			all = append(all, operation)
		}
	}
	return all
}

// holding is a good token of a client, taken apart as far as it is a JWT.
func holding(ctx context.Context, w *steps.World, as string) (held, error) {
	token, err := w.Session.Client.Token(ctx, as, "")
	if err != nil {
		return held{}, err
	}
	h := held{good: token.Value, parts: strings.Split(token.Value, ".")}
	h.id, h.secret, _ = w.Session.Client.Credentials(as)
	if len(h.parts) != 3 {
		return h, nil
	}
	head, headErr := decodeClaims(h.parts[0])
	claims, claimsErr := decodeClaims(h.parts[1])
	if headErr == nil && claimsErr == nil {
		h.head, h.claims = head, claims
	}
	return h, nil
}

// Supply finds the calls.
func (a *attempts) Supply(w *steps.World) error {
	if *a = *steps.State[attempts](w); len(a.calls) == 0 {
		return steps.Faulty("no operation was called without a right before this step")
	}
	return nil
}

func (a *attempts) served() []*client.Exchange {
	return slices.DeleteFunc(slices.Clone(a.calls), func(call *client.Exchange) bool { return call.Status/100 != 2 })
}

func noneIsServed(w *steps.World, a *attempts) {
	const check = "not served without a right"
	served := a.served()
	if len(served) == 0 {
		w.Expect(true, evidence.Assertion{Check: check, Fact: w.Own(contract.Refusal)})
		return
	}
	var titles []string
	for _, call := range served {
		titles = append(titles, w.TitleOf(call))
	}
	fact := w.Own(contract.Refusal)
	fact.Operation = served[0].Operation
	w.Expect(false, evidence.Assertion{Check: check, Fact: fact, Exchange: served[0].N,
		Message: fmt.Sprintf("%s serves in place of a token at %d of %d operations: %s", a.way, len(served),
			len(a.calls), strings.Join(titles, ", ")),
		Expected: "a refusal", Actual: w.Answered(served[0])})
}

func noneChanged(ctx context.Context, w *steps.World, a *attempts) error {
	if len(a.served()) > 0 {
		return nil // what is served may change things
	}
	after, err := w.Again(ctx, a.before)
	if err != nil {
		return err
	}
	if difference, _ := w.Difference(a.before, after, steps.NothingMay); difference != nil {
		if after, err = a.repeated(ctx, w); err != nil || len(a.served()) > 0 {
			return err
		}
	}
	w.ExpectSame(a.before, after, evidence.Assertion{Check: "a refused request changes nothing",
		Fact:    w.Fact("HARNESS-11", contract.Effect),
		Message: "something changed although the request was refused"}, steps.NothingMay)
	return nil
}

// repeated makes the same calls for things of their own: those that scenarios share may have been changed by another
// one, whose calls were served.
func (a *attempts) repeated(ctx context.Context, w *steps.World) (*steps.Frame, error) {
	var operations []*contract.Operation
	for _, call := range a.calls {
		operations = append(operations, w.Session.Contract.Operation(call.Operation))
	}
	a.own, a.calls = true, nil
	if err := a.perform(ctx, w, operations); err != nil {
		return nil, err
	}
	return w.Again(ctx, a.before)
}
