package mock

import (
	"encoding/json"
	"maps"
	"slices"
	"strconv"
	"strings"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
)

func walkRightly(c *caller, operation *contract.Operation) {
	request, parameters := c.goodRequest(operation.ID)
	c.privileged(operation.ID).call(operation.ID, request, parameters...)
	for _, list := range []string{"wallets-list", "cards-list", "beneficiaries-list", "endusers-list", "webhooks-list",
		"transactions-list", "card-programs-list"} {
		c.call(list, nil)
	}
	c.as("admin").call("clients-list", nil)
}

// walkKey sends an operation that takes a key again: as it was, with a new token, with other data, by another client,
// without a token, without a key, with a key that begins alike and with a malformed one.
func walkKey(c *caller, operation *contract.Operation) {
	request, parameters := c.goodRequest(operation.ID)
	key := c.key()
	keyed := c.with("Idempotency-Key", key)
	keyed.call(operation.ID, request, parameters...)
	keyed.call(operation.ID, request, parameters...)
	keyed.as("primary").call(operation.ID, request, parameters...)
	keyed.without("Authorization").call(operation.ID, request, parameters...)
	other, _ := c.goodRequest(operation.ID)
	if changed, ok := other.(body); ok {
		changed["remarks"], changed["reference"] = "other", "other"
		keyed.call(operation.ID, changed, parameters...)
	}
	keyed.as("second").call(operation.ID, request, parameters...)
	c.call(operation.ID, request, parameters...)
	c.with("Idempotency-Key", key[:35]+strconv.Itoa(int(key[35])%10)).call(operation.ID, request, parameters...)
	digit := "0"
	if key[0] == '0' {
		digit = "1"
	}
	for _, near := range []string{digit + key[1:], key[:20] + "fff" + key[23:], "00000000" + key[8:],
		key[:9] + "ffff" + key[13:], key[:35] + digit, key[:24] + "ffffffffffff"} {
		c.with("Idempotency-Key", near).call(operation.ID, request, parameters...)
	}
	untouched, others := c.goodRequest(operation.ID)
	c.without("Idempotency-Key").call(operation.ID, untouched, others...)
	c.with("Idempotency-Key", "malformed").call(operation.ID, request, parameters...)
	seeWhatWasDone(c)
}

// walkSharedKeys sends one key for several operations, cards and clients.
func walkSharedKeys(c *caller) {
	key, wallet, card := c.key(), c.funded(50), c.card()
	keyed := c.with("Idempotency-Key", key)
	keyed.call("transactions-manual-credit", body{"amount": 5, "to": wallet})
	keyed.call("transactions-manual-debit", body{"amount": 5, "from": wallet})
	keyed.call("cards-generate-secret", body{"remarks": "x"}, card)
	keyed.call("cards-generate-secret", body{"remarks": "x"}, c.card())
	c.call("wallets-get", nil, wallet)
	theirs := c.as("second")
	same := body{"amount": 5, "to": theirs.wallet()}
	c.with("Idempotency-Key", key).call("transactions-manual-credit", same)
	theirs.with("Idempotency-Key", key).call("transactions-manual-credit", same)
}

// walkInput sends every field of a request missing, null, empty, of another type and with another value, and
// bodies that are no JSON.
func walkInput(c *caller, operation *contract.Operation) {
	one := c.privileged(operation.ID)
	request, parameters := c.goodRequest(operation.ID)
	good, ok := request.(body)
	if !ok {
		return
	}
	for _, field := range slices.Sorted(maps.Keys(good)) {
		for _, bad := range []any{missing{}, nil, "", 7, "ELSE", []int{}, body{}} {
			one.call(operation.ID, spoiled(good, field, bad), parameters...)
		}
	}
	method, path := c.addressOf(operation.ID, parameters...)
	for _, text := range []string{"", "{", "[]", "null", `"x"`, `{"a":1,"a":2}`, `{"a":01}`, "{} {}", "\xff\xfe{}"} {
		one.send(method, path, text)
	}
	raw, err := json.Marshal(good)
	require.NoError(c.t, err)
	one.with("Content-Type", "text/plain").send(method, path, string(raw))
	seeWhatWasDone(c)
}

// missing stands for a field that is left out.
type missing struct{}

func spoiled(good body, field string, bad any) body {
	changed := maps.Clone(good)
	if _, without := bad.(missing); without {
		delete(changed, field)
	} else {
		changed[field] = bad
	}
	return changed
}

func walkAddresses(c *caller, operation *contract.Operation) {
	request, _ := c.goodRequest(operation.ID)
	for _, id := range []string{nowhere, "x"} {
		c.privileged(operation.ID).call(operation.ID, request, id)
	}
}

func walkPaths(c *caller) {
	for _, path := range []string{"/nowhere", "./cards", "/health", "./wallets"} {
		c.send("HEAD", path, "")
		c.send("DELETE", path, "")
		c.get(path)
	}
	c.get("/api/cards")
	c.get("./cards?order=Zoë")
	c.get("./cards/" + strings.Repeat("x", 300))
	c.with("X-Client-Id", strings.Repeat("x", 300)).get("./cards")
	for range 120 {
		c.get("./cards")
	}
}
