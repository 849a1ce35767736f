package tokens

import (
	"cmp"
	"context"
	"encoding/base64"
	"encoding/json"
	"fmt"
	"maps"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"unicode"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/sentinel"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas/match"
	"github.com/kobcheck/kobcheck/steps"
)

func askingSentences() []steps.Definition {
	const area = "token"
	return []steps.Definition{
		steps.Define(area, `we ask for an access token`, "Asks the token endpoint for a token as our client.", askToken),
		steps.Define(area, `we ask for an access token with the "([^"]+)" ([a-z ]+|"[^"]*")`,
			"Asks for a token with one form field set to the value, or broken in this way.", askBrokenToken),
		steps.Define(area, `we ask for an access token {}`, "Asks for a token in another way.", steps.Choice{
			{Word: "with a JSON body", Doc: "the fields as JSON in place of a form.", Handler: askTokenAsJSON},
			{Word: "by GET", Doc: "in place of POST.", Handler: askTokenByGet},
			{Word: "by a form in which every letter is escaped", Doc: "the same form.", Handler: askTokenWritten(true)},
			{Word: "by a form in the other order", Doc: "the same form.", Handler: askTokenWritten(false)},
			{Word: "with wrong credentials in a header", Doc: "a wrong secret as HTTP Basic has it, and no credentials in the form.", Handler: askTokenByHeader},
		}),
		steps.Define(area, `the refusal is that of the call before`, "Status and code of the two are the same.", refusedAlike),
		steps.Define(area, `the answer brings no {}`, "What a success must not bring.", steps.Choice{
			{Word: "access token", Doc: "a refusal, or no access_token.", Handler: noToken},
			{Word: "refresh token", Doc: "no refresh_token.", Handler: noRefreshToken},
		}),
		steps.Define(area, `no token is given, or the answer says for which scope`, "A refusal; or a token whose scope is the one asked for or the one that the answer names.", scopeTold),
		steps.Define(area, `the challenge, where there is one, is for the header that was sent`, "A 401 has a Basic challenge in WWW-Authenticate.", challengesBasic),
	}
}

func tokenDraft(w *steps.World) *scene.Draft {
	id, secret, scope := w.Session.Client.Credentials("primary")
	return &scene.Draft{Operation: w.Session.Contract.Operation("token"), Request: client.Request{As: "primary", Form: url.Values{
		"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {secret}, "scope": {scope},
	}}}
}

func askToken(ctx context.Context, w *steps.World) error {
	w.Draft = tokenDraft(w)
	return w.SendDraft(ctx)
}

// wrongValue is what no field of a token request holds.
const wrongValue = "kobcheck-wrong-value"

// spoiling are the ways in which a field of a token request can be wrong. Each changes the request, and returns why
// this field can't be.
var spoiling = map[string]func(w *steps.World, request *client.Request, field string) error{
	"left out":                leaveOut,
	"empty":                   set(func(string) string { return "" }),
	"wrong":                   set(func(string) string { return wrongValue }),
	"in other letter case":    set(otherCase),
	"without its last letter": set(func(value string) string { return value[:max(len(value)-1, 0)] }),
	"with a letter more":      set(func(value string) string { return value + "x" }),
	"with a space before it":  set(func(value string) string { return " " + value }),
	"sent twice":              sendBeside(func(value string) []string { return []string{value, value} }),
	"sent before a wrong one": sendBeside(func(value string) []string { return []string{value, wrongValue} }),
	"sent behind a wrong one": sendBeside(func(value string) []string { return []string{wrongValue, value} }),
	"of another client":       ofAnother,
	"in the address":          inAddress,
}

func leaveOut(_ *steps.World, request *client.Request, field string) error {
	request.Form.Del(field)
	return nil
}

func set(value func(good string) string) func(*steps.World, *client.Request, string) error {
	return func(_ *steps.World, request *client.Request, field string) error {
		good := request.Form.Get(field)
		changed := value(good)
		if good != "" && changed == good {
			return &scene.NotTestable{Why: "the " + field + " of this target has no letters that could be written otherwise"}
		}
		request.Form.Set(field, changed)
		return nil
	}
}

func sendBeside(values func(good string) []string) func(*steps.World, *client.Request, string) error {
	return func(_ *steps.World, request *client.Request, field string) error {
		request.Form[field] = values(request.Form.Get(field))
		return nil
	}
}

func otherCase(value string) string {
	return strings.Map(func(r rune) rune {
		if unicode.IsUpper(r) {
			return unicode.ToLower(r)
		}
		return unicode.ToUpper(r)
	}, value)
}

func ofAnother(w *steps.World, request *client.Request, field string) error {
	if !w.Session.Client.Has("second") {
		return &scene.NotTestable{Key: "target.clients.second", Why: "it takes the credentials of another client"}
	}
	id, secret, _ := w.Session.Client.Credentials("second")
	request.Form.Set(field, map[string]string{"client_id": id, "client_secret": secret}[field])
	return nil
}

// inAddress moves a field from the form to the address. The secret does not go there: addresses are logged.
func inAddress(_ *steps.World, request *client.Request, field string) error {
	if field == "client_secret" {
		return steps.Faulty("a secret is not put into an address")
	}
	request.Query = url.Values{field: request.Form[field]}
	request.Form.Del(field)
	return nil
}

func askBrokenToken(ctx context.Context, w *steps.World, field, how string) error {
	spoil := spoiling[how]
	if strings.HasPrefix(how, `"`) {
		spoil = func(_ *steps.World, request *client.Request, field string) error {
			request.Form.Set(field, strings.Trim(how, `"`))
			return nil
		}
	}
	if spoil == nil {
		return steps.Faulty("no field of a token request can be %q; it can be: %s", how, strings.Join(slices.Sorted(maps.Keys(spoiling)), "; "))
	}
	w.Draft = tokenDraft(w)
	if err := spoil(w, &w.Draft.Request, field); err != nil {
		return err
	}
	return w.SendDraft(ctx)
}

func askTokenAsJSON(ctx context.Context, w *steps.World) error {
	w.Draft = tokenDraft(w)
	body := map[string]any{}
	for field, values := range w.Draft.Request.Form {
		body[field] = values[0]
	}
	w.Draft.Request.Form = nil
	raw, err := json.Marshal(body)
	if err != nil {
		return steps.Faulty("the token request is not JSON: %v", err)
	}
	w.Draft.Request.RawBody, w.Draft.Request.MediaType = raw, "application/json"
	return w.SendDraft(ctx)
}

func askTokenByGet(ctx context.Context, w *steps.World) error {
	w.Draft = tokenDraft(w)
	w.Draft.Request.Method = http.MethodGet
	return w.SendDraft(ctx)
}

// askTokenWritten returns the step that writes the form with every letter escaped, or in the other order.
func askTokenWritten(escapes bool) func(context.Context, *steps.World) error {
	return func(ctx context.Context, w *steps.World) error {
		w.Draft = tokenDraft(w)
		request, write := &w.Draft.Request, url.QueryEscape
		names := slices.Sorted(maps.Keys(request.Form))
		if escapes {
			write = escaped
		} else {
			slices.Reverse(names)
		}
		var pairs []string
		for _, name := range names {
			pairs = append(pairs, write(name)+"="+write(request.Form.Get(name)))
		}
		request.RawBody, request.MediaType, request.Form = []byte(strings.Join(pairs, "&")), "application/x-www-form-urlencoded", nil
		return w.SendDraft(ctx)
	}
}

func escaped(text string) string {
	var b strings.Builder
	for i := range len(text) {
		fmt.Fprintf(&b, "%%%02X", text[i])
	}
	return b.String()
}

func askTokenByHeader(ctx context.Context, w *steps.World) error {
	w.Draft = tokenDraft(w)
	request := &w.Draft.Request
	wrong := url.QueryEscape(request.Form.Get("client_id")) + ":" + wrongValue
	request.Authorization = new("Basic " + base64.StdEncoding.EncodeToString([]byte(wrong)))
	request.Form.Del("client_id")
	request.Form.Del("client_secret")
	return w.SendDraft(ctx)
}

// refusedAlike is for an empty field: what is said of it is what was said of one that is left out.
func refusedAlike(w *steps.World, empty *client.Exchange) error {
	if len(w.Calls) < 2 {
		return steps.Faulty("there were no two calls before this step")
	}
	leftOut := w.Calls[len(w.Calls)-2]
	said := func(e *client.Exchange) string {
		return fmt.Sprintf("%s with %s", steps.Status(e.Status), match.Text(w.Body(e)["error"]))
	}
	w.Expect(said(empty) == said(leftOut), evidence.Assertion{Check: "an empty field is one left out", Fact: w.Own(contract.Form),
		Exchange: empty.N, Message: "an empty field is not taken as one that is left out",
		Expected: said(leftOut) + ", as without it", Actual: said(empty)})
	return nil
}

func noToken(w *steps.World, exchange *client.Exchange) {
	token := w.Body(exchange)["access_token"]
	w.Expect(exchange.Status/100 != 2 || token == nil, evidence.Assertion{Check: "no token", Fact: w.Own(contract.Form),
		Message: "a token was given", Expected: "a refusal", Actual: w.Answered(exchange) + " with an access_token"})
}

func scopeTold(w *steps.World, exchange *client.Exchange) error {
	given, told := sentinel.ScopeGiven(w.Decoded(exchange))
	asked := w.Draft.Request.Form.Get("scope")
	if exchange.Status/100 == 2 && given == "" {
		return &scene.NotTestable{Why: "the token of this target is opaque: of which scope it is can't be seen"}
	}
	if exchange.Status/100 != 2 {
		w.Expect(exchange.Status < 500, evidence.Assertion{Check: "the scope is told", Fact: w.Own(contract.Form),
			Message: "a scope was answered with a server error", Expected: "a token or a client error", Actual: w.Answered(exchange)})
		return nil
	}
	told = cmp.Or(told, asked)
	w.Expect(sentinel.SameScope(given, told), evidence.Assertion{Check: "the scope is told", Fact: w.Own(contract.Form),
		Message: "the token is of another scope than was asked for, and the answer does not say so", Expected: told, Actual: given})
	return nil
}

func challengesBasic(w *steps.World, exchange *client.Exchange) error {
	if exchange.Status != http.StatusUnauthorized {
		return &scene.NotTestable{Why: "this target refuses it with " + steps.Status(exchange.Status) + ", not 401"}
	}
	basic := slices.ContainsFunc(client.Challenges(exchange.Header), func(one client.Challenge) bool { return one.Scheme == "basic" })
	w.Expect(basic, evidence.Assertion{Check: "the challenge is of the same scheme", Fact: w.Own(contract.Head),
		Message: "a 401 does not challenge by the scheme that was tried", Expected: "WWW-Authenticate: Basic …",
		Actual: match.OrAbsent(strings.Join(exchange.Header.Values("WWW-Authenticate"), ", "))})
	return nil
}

func noRefreshToken(w *steps.World, exchange *client.Exchange) {
	w.Match(match.Field(match.Missing(), "refresh_token"), w.Body(exchange), evidence.Assertion{Check: "no refresh token",
		Fact: w.Fact("STD-17", contract.FieldThere), Message: "the client-credentials flow gave a refresh token"})
}
