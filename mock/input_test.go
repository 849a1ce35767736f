package mock

import (
	"encoding/json"
	"fmt"
	"net/http"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock/fault"
)

// badValues are what a field is sent as to be bad in some way.
var badValues = map[string]func(*contract.Field) []any{
	"input.required-not-checked": func(*contract.Field) []any { return []any{missing{}} },
	"input.null-accepted":        func(*contract.Field) []any { return []any{nil} },
	"input.empty-accepted":       func(*contract.Field) []any { return []any{"", "  ", "\t\n"} },
	"input.enum-not-checked": func(*contract.Field) []any {
		return []any{"SOMETHING_ELSE", "active", "aud",
			"VIRTUAL "}
	},
	"input.format-not-checked": func(*contract.Field) []any { return []any{"not-a-uuid", "AU", "aus", "ftp://x", "x"} },
	"input.type-not-checked": func(f *contract.Field) []any {
		switch f.Type {
		case "string":
			return []any{7, true, []int{}, body{}}
		case "object":
			return []any{7, "x", true, []int{}}
		}
		return []any{"7", true, 1.5, []int{}, body{}}
	},
}

// TestABadFieldIsRefusedAndTakenOnlyByItsFault sends every field of every request in every way in which the
// catalogue says that it can be bad, to a conforming mock and to one whose fault takes it.
func TestABadFieldIsRefusedAndTakenOnlyByItsFault(t *testing.T) {
	catalogue, err := fault.Catalogue()
	require.NoError(t, err)
	facts, err := contract.Load()
	require.NoError(t, err)
	tried := 0
	for _, entry := range catalogue {
		values := badValues[string(entry.ID)]
		if values == nil {
			continue
		}
		for _, place := range entry.Places {
			operation, field, _ := strings.Cut(place.Name, ".")
			known := facts.Operation(operation).Field(field)
			for _, style := range Styles() {
				conforming := newCaller(t, Options{Style: style})
				broken := newCaller(t, Options{Style: style, Faults: []string{string(entry.ID) + "." + place.Name}})
				for _, bad := range values(known) {
					good, parameters := conforming.goodRequest(operation)
					got := conforming.privileged(operation).call(operation, spoiled(good.(body), field, bad),
						parameters...).isRefused()
					if inCards(facts.Operation(operation)) {
						got.is(http.StatusBadRequest)
					}
					good, parameters = broken.goodRequest(operation)
					broken.privileged(operation).call(operation, spoiled(good.(body), field, bad), parameters...).succeeds()
					tried++
				}
			}
		}
	}
	require.Greater(t, tried, 500)
}

func TestABodyThatIsNoJSONObjectIsRefusedEverywhere(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		for _, operation := range operations(t) {
			if operation.Body == nil {
				continue
			}
			_, parameters := c.goodRequest(operation.ID)
			method, path := c.addressOf(operation.ID, parameters...)
			for _, text := range []string{"{", "[]", "null", `"x"`, "7", `{"a":1,"a":2}`, `{"a":01}`, "{} {}", "\xff",
				strings.Repeat(`{"a":`, 70) + "1" + strings.Repeat("}", 70)} {
				got := c.privileged(operation.ID).send(method, path, text).isRefused()
				if inCards(operation) {
					got.is(http.StatusBadRequest)
				}
			}
		}
	})
}

func TestAnotherMediaTypeIsRefusedByStyle(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		for _, media := range []string{"", "text/plain", "application/x-www-form-urlencoded", "application/xml",
			"application/json; charset=latin1", "application/jsonp", "nonsense/;"} {
			request, _ := c.goodRequest("wallets-create")
			c.with("Content-Type", media).call("wallets-create", request).is(c.server.Style().WrongMedia)
		}
		for _, media := range []string{"application/json", "application/json;charset=UTF-8", "Application/JSON"} {
			request, _ := c.goodRequest("wallets-create")
			c.with("Content-Type", media).call("wallets-create", request).succeeds()
		}
	})
}

func TestABodyBeyondTheLimitIsRefused(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		c.call("endusers-create", body{"person": person(),
			"metadata": body{"long": strings.Repeat("x", 2<<20)}}).is(http.StatusRequestEntityTooLarge)
		c.call("endusers-create", body{"person": person(), "metadata": body{"long": strings.Repeat("x", 900_000)}}).succeeds()
	})
	small := newCaller(t, Options{Limits: Limits{Body: 200, Depth: 2, Page: 3}})
	small.call("endusers-create",
		body{"person": person(), "metadata": body{"long": strings.Repeat("x", 300)}}).is(http.StatusRequestEntityTooLarge)
	small.call("endusers-create", body{"company": body{"name": "A"},
		"metadata": body{"a": body{}}}).is(http.StatusBadRequest)
}

func TestUnknownFieldsAreIgnoredAndSetNothing(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		wallet := c.call("wallets-create", body{"holder_id": c.enduser(), "asset": "AUD", "asset_class": "CURRENCY",
			"partner_product": "KOBBLE_AUD_1",
			"id":              nowhere, "status": "SUSPENDED", "amount": 1000, "total_amount": 1000, "external_id": "1",
			"owner":     nowhere,
			"__proto__": body{"admin": true}}).succeeds().object()
		require.NotEqual(t, nowhere, wallet["id"])
		require.Equal(t, "ACTIVE", wallet["status"])
		require.Nil(t, wallet["external_id"])
		require.InDelta(t, 0, wallet["total_amount"], 0)
		card := c.call("cards-create", body{"wallet_id": wallet["id"], "program_id": c.program("ok"), "status": "ACTIVE",
			"type": "PHYSICAL", "m_pan": "4111111111111111"}).succeeds().object()
		require.Equal(t, "INACTIVE", card["status"])
		require.Equal(t, "VIRTUAL", card["type"])
		require.NotEqual(t, "4111111111111111", card["m_pan"])
	})
}

func TestTextsOfEveryKindComeBackAsTheyWere(t *testing.T) {
	inBothStyles(t, func(t *testing.T, c *caller) {
		for _, text := range []string{"", "plain", "Zoë 猫 🃏", "a\"b\\c/d", "<script>&amp;</script>", "tab\tline\nend",
			"\u2028\u2029", "'; DROP TABLE cards; --", strings.Repeat("long ", 1000), "\u0000"} {
			wallet := c.wallet()
			got := c.call("transactions-manual-credit", body{"amount": 1, "reference": text, "metadata": body{text: text},
				"to": wallet}).succeeds().object()
			require.Equal(t, text, got["reference"])
			require.Equal(t, body{text: text}, got["metadata"])
		}
	})
}

// FuzzRequestBodies sends any text as the body of any operation: the answer is never a server error, and
// the mock never panics. Check 8 of card creation needs its own program and can't be reached by chance.
func FuzzRequestBodies(f *testing.F) {
	f.Add(uint8(0), []byte(`{"amount":1}`))
	f.Add(uint8(7), []byte(`{"metadata":{"a":[1e999]},"person":null}`))
	f.Add(uint8(11), []byte("\x00\xff"))
	f.Fuzz(func(t *testing.T, which uint8, text []byte) {
		c := newCaller(t, Options{Style: Styles()[int(which)%2]})
		var all []*contract.Operation
		for _, operation := range operations(t) {
			if operation.Body != nil {
				all = append(all, operation)
			}
		}
		operation := all[int(which/2)%len(all)]
		request, parameters := c.goodRequest(operation.ID)
		method, path := c.addressOf(operation.ID, parameters...)
		c = c.privileged(operation.ID)
		texts := []string{string(text)}
		good, err := json.Marshal(request)
		require.NoError(t, err)
		if members, err := readObject(good, 16); err == nil {
			for name := range members { // the text in the place of each field
				texts = append(texts, strings.Replace(string(good), fmt.Sprintf("%q:%s", name, members[name]),
					fmt.Sprintf("%q:%s", name, text), 1))
			}
		}
		for _, one := range texts {
			got := c.send(method, path, one)
			require.Less(t, got.status, 500, "%s %s", operation.ID, one)
			require.True(t, len(got.text) == 0 || json.Valid(got.text), "%s", got.text)
		}
	})
}
