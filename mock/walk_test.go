package mock

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/golang-jwt/jwt/v5"
	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/mock/fault"
)

var (
	longDigits = regexp.MustCompile(`\d{13,19}`)
	tokens     = regexp.MustCompile(`eyJ[\w-]+\.[\w-]+\.[\w-]*`)
)

// rich is metadata with everything that JSON has.
const rich = `{"crm":"7","nested":{"list":[1,2.5,true,null,"x"],"none":null},"name":"Zoë 猫","empty":{}}`

// A walk calls a part of what the mock can do, rightly and wrongly, always in the same order on a mock of its
// own. What it hears follows from the seed alone, so that the walks over two mocks can be compared.
type walk struct {
	name string
	take func(*caller)
}

// walks lists all walks: some over each operation, named after it, and some over each topic.
func walks(t *testing.T) []walk {
	t.Helper()
	var all []walk
	for _, operation := range operations(t) {
		all = append(all,
			walk{"rightly " + operation.ID, func(c *caller) { walkRightly(c, operation) }},
			walk{"strangers " + operation.ID, func(c *caller) { walkStrangers(c, operation) }})
		if operation.Body != nil {
			all = append(all, walk{"input " + operation.ID, func(c *caller) { walkInput(c, operation) }})
		}
		if len(operation.PathParams) > 0 {
			all = append(all, walk{"address " + operation.ID, func(c *caller) { walkAddresses(c, operation) }})
		}
		if operation.NeedsKey() {
			all = append(all, walk{"key " + operation.ID, func(c *caller) { walkKey(c, operation) }})
		}
	}
	return append(all, walk{"tenancy", walkTenancy}, walk{"token", walkTokens}, walk{"card order", walkOrder}, walk{"card", walkCards},
		walk{"list", walkLists}, walk{"money", walkMoney}, walk{"metadata", walkEndusers}, walk{"idempotency", walkSharedKeys}, walk{"http", walkPaths})
}

// near sorts walks by how likely they are to hear of a fault: those of its operation and of its group first.
func near(all []walk, one fault.Fault) []walk {
	distance := func(w walk) int {
		kind, operation, _ := strings.Cut(w.name, " ")
		switch {
		case operation != "" && slices.Contains(strings.Split(string(one.ID), "."), operation):
			return 0
		case w.name == one.Group:
			return 1
		case kind == "strangers" && one.Group == "authentication", kind == "input" && one.Group == "input", kind == "key" && one.Group == "idempotency":
			return 2
		}
		return 3
	}
	sorted := slices.Clone(all)
	slices.SortStableFunc(sorted, func(a, b walk) int { return distance(a) - distance(b) })
	return sorted
}

// listen takes a walk and tells each line that it hears: what was asked, and the whole answer but for the
// signature of tokens, since that is another one each time. The walk ends where hear returns false.
func listen(t *testing.T, options Options, w walk, hear func(line string) bool) {
	t.Helper()
	c := newCallerOf(t, options)
	c.lenient, c.done = true, new(bool)
	c.heard = func(method, path string, got reply) {
		var head []string
		for _, name := range slices.Sorted(maps.Keys(got.header)) {
			head = append(head, name+": "+strings.Join(got.header[name], ", "))
		}
		line := fmt.Sprintf("%s %s → %d %s | %s", method, path, got.status, strings.Join(head, "; "), got.text)
		*c.done = !hear(tokens.ReplaceAllString(line, "TOKEN"))
	}
	w.take(c.as("primary"))
}

// transcript is all that a walk hears.
func transcript(t *testing.T, options Options, w walk) []string {
	t.Helper()
	var lines []string
	listen(t, options, w, func(line string) bool {
		lines = append(lines, line)
		return true
	})
	return lines
}

// transcripts are those of all walks, by name.
func transcripts(t *testing.T, options Options) map[string][]string {
	t.Helper()
	all := map[string][]string{}
	for _, w := range walks(t) {
		all[w.name] = transcript(t, options, w)
	}
	return all
}

// differs reports whether a walk hears anything else than a transcript.
func differs(t *testing.T, options Options, w walk, known []string) bool {
	t.Helper()
	heard, same := 0, true
	listen(t, options, w, func(line string) bool {
		same = heard < len(known) && known[heard] == line
		heard++
		return same
	})
	return !same || heard != len(known)
}

func TestTheSameSeedAndTheSameRequestsGiveTheSameAnswers(t *testing.T) {
	for _, style := range Styles() {
		first := transcripts(t, Options{Style: style, Seed: 7})
		require.Equal(t, first, transcripts(t, Options{Style: style, Seed: 7}))
		require.NotEqual(t, first, transcripts(t, Options{Style: style, Seed: 8}))
		count := 0
		for _, lines := range first {
			count += len(lines)
		}
		require.Greater(t, count, 1000)
	}
}

func walkRightly(c *caller, operation *contract.Operation) {
	request, parameters := c.goodRequest(operation.ID)
	c.privileged(operation.ID).call(operation.ID, request, parameters...)
	for _, list := range []string{"wallets-list", "cards-list", "beneficiaries-list", "endusers-list", "webhooks-list", "transactions-list", "card-programs-list"} {
		c.call(list, nil)
	}
	c.as("admin").call("clients-list", nil)
}

// walkStrangers calls an operation with every kind of bad token.
func walkStrangers(c *caller, operation *contract.Operation) {
	unsigned, err := jwt.NewWithClaims(jwt.SigningMethodNone, jwt.MapClaims{"iss": issuerName, "client_id": c.server.Inventory().Clients["primary"].ID,
		"scope": "client/write administrator/write", "exp": start.Add(time.Hour).Unix()}).SignedString(jwt.UnsafeAllowNoneSignatureType)
	require.NoError(c.t, err)
	forged := c.token
	if head, _, whole := cutLast(forged, "."); whole {
		forged = head + "." + strings.Repeat("A", 86)
	}
	request, parameters := c.goodRequest(operation.ID)
	for _, authorization := range []string{"", "Bearer nonsense", "Bearer " + unsigned, "Bearer " + forged, "Bearer " + c.server.Inventory().ExpiredToken, "Basic " + c.token, "bearer " + c.token} {
		c.with("Authorization", authorization).call(operation.ID, request, parameters...)
	}
	c.without("Authorization").call(operation.ID, body{"amount": "bad"}, parameters...)
	c.scoped("admin", "client/read administrator/read").call(operation.ID, request, parameters...)
	method, path := c.addressOf(operation.ID, parameters...)
	c.without("Authorization").send(method, path+"?access_token="+url.QueryEscape(c.token), "")
}

// walkTenancy reaches for the things of another client.
func walkTenancy(c *caller) {
	foreign := c.server.Inventory().SecondClient
	for _, one := range []struct{ operation, kind string }{
		{"beneficiaries-get", "beneficiary"}, {"beneficiaries-update", "beneficiary"}, {"cards-get", "card"}, {"cards-update-status", "card"},
		{"cards-replace-renew", "card"}, {"cards-generate-secret", "card"}, {"endusers-get", "enduser"}, {"transactions-get", "transaction"},
		{"wallets-get", "wallet"}, {"wallets-update", "wallet"}, {"webhooks-delete", "webhook"},
	} {
		request, _ := c.goodRequest(one.operation)
		c.call(one.operation, request, foreign[one.kind])
	}
	c.as("second").call("cards-get", nil, foreign["card"])
	c.tryCard(c.program("ok"), foreign["wallet"])
	c.call("wallets-create", body{"holder_id": foreign["enduser"], "asset": "AUD", "asset_class": "CURRENCY", "partner_product": "KOBBLE_AUD_1"})
	c.get("./transactions?wallet=" + foreign["wallet"])
	c.with("X-Client-Id", c.server.Inventory().Clients["second"].ID).call("cards-get", nil, foreign["card"])
	own := c.funded(100)
	c.call("transactions-create", body{"amount": 1, "from": foreign["wallet"], "to": own})
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
		return url.Values{"grant_type": {"client_credentials"}, "client_id": {known.ID}, "client_secret": {known.Secret}, "scope": {"client/read"}}
	}
	for _, name := range []string{"grant_type", "client_id", "client_secret", "scope"} {
		for _, value := range []string{"", "wrong", "client/read wrong", " "} {
			form := good()
			form.Set(name, value)
			c.askToken(form)
		}
	}
	c.send("POST", "/oauth2/token", good().Encode())
	c.askToken(good())
}

func walkOrder(c *caller) {
	for _, program := range slices.Sorted(maps.Keys(c.server.Inventory().Programs)) {
		for _, checks := range append([]string{"ok"}, slices.Sorted(maps.Keys(c.server.Inventory().Wallets))...) {
			wallet := c.server.Inventory().Wallets[checks]
			if checks == "ok" {
				wallet = c.wallet()
			}
			c.tryCard(c.program(program), wallet)
			c.call("wallets-get", nil, wallet)
		}
	}
	c.tryCard(nowhere, c.wallet())
	c.tryCard(c.program("ok"), nowhere)
	inactive := c.wallet()
	c.call("wallets-update", body{"status": "INACTIVE"}, inactive)
	c.tryCard(c.program("ok"), inactive)
	c.call("cards-list", nil)
	c.call("card-programs-create", body{"type": "VIRTUAL", "partner_product": "KOBBLE_DEBIT_1", "metadata": body{}})
	c.as("admin").call("card-programs-create", body{"type": "VIRTUAL", "partner_product": "KOBBLE_DEBIT_1", "metadata": body{}})
}

func walkCards(c *caller) {
	one, other := c.card(), c.card()
	for _, status := range []string{"ACTIVE", "SUSPENDED", "STOLEN", "PENDING", "ACTIVE"} {
		c.call("cards-update-status", body{"status": status}, one)
		c.call("cards-get", nil, one)
	}
	for _, action := range []string{"replace", "renew", "destroy"} {
		c.call("cards-replace-renew", body{"reason": "worn", "expiry": "2031"}, other, action)
	}
	for _, card := range []string{one, other, one, other, one} {
		c.call("cards-generate-secret", body{"remarks": "x"}, card)
	}
	for range 25 {
		c.call("cards-get", nil, other)
	}
}

func walkLists(c *caller) {
	for range 5 {
		c.clock.Advance(time.Second)
		c.card()
		c.funded(5)
	}
	at := func(seconds int) string {
		return c.clock.Now().Add(time.Duration(seconds) * time.Second).Format(time.RFC3339Nano)
	}
	for _, list := range []string{"./cards", "./transactions"} {
		for _, query := range []string{"", "limit=2", "limit=2&offset=2", "limit=2&offset=2&order=asc", "order=asc", "order=desc", "offset=1", "offset=100",
			"from=" + at(-2), "to=" + at(-2), "from=" + at(-3) + "&to=" + at(-1), "from=" + at(-1) + "&to=" + at(-3),
			"limit=-1", "limit=0", "limit=x", "offset=-1", "offset=1.5", "order=up", "from=yesterday", "to=2025-01-14", "limit=1&limit=2", "unknown=1", "%zz", "limit="} {
			c.get(list + "?" + query)
		}
	}
	// Two pages of a list that grows between them, and a range with few entries and more after it.
	c.get("./cards?limit=2&order=asc")
	c.card()
	c.get("./cards?limit=2&offset=2&order=asc")
	c.get("./cards?to=" + at(-3) + "&from=" + at(-4))
	for _, wallet := range []string{c.funded(9), nowhere, "x"} {
		c.get("./transactions?wallet=" + wallet)
	}
}

func walkMoney(c *caller) {
	one, two := c.funded(20_000_001), c.funded(500)
	c.call("transactions-create", body{"amount": 957, "reference": "a", "from": one, "to": two})
	c.call("transactions-manual-debit", body{"amount": 7, "from": one})
	c.call("transactions-manual-debit", body{"amount": 5_000, "from": two})
	for _, amount := range []any{-5, 0, 1.5, "7", nil} {
		c.call("transactions-manual-credit", body{"amount": amount, "to": one})
	}
	for range 25 {
		c.call("transactions-manual-credit", body{"amount": 3, "to": one})
	}
	for range 5 {
		c.call("wallets-get", nil, one)
	}
	c.call("wallets-get", nil, two)
	c.get("./transactions?wallet=" + one)
}

func walkEndusers(c *caller) {
	for _, enduser := range []any{
		body{"person": person()}, body{"person": person(), "metadata": json.RawMessage(rich)}, body{"company": body{"name": "Acme", "id": "mine"}}, body{"company": body{"name": "Acme"}, "metadata": body{"a": "b"}},
		body{"person": person(), "company": body{"name": "Acme"}}, body{}, body{"person": "x"}, body{"person": body{"email": 7}}, body{"person": person(), "metadata": []int{}}, body{"person": person(), "metadata": nil},
	} {
		made := c.call("endusers-create", enduser)
		c.call("endusers-get", nil, made.id())
	}
	grouped := c.as("admin").call("card-programs-create", body{"type": "VIRTUAL", "partner_product": "KOBBLE_DEBIT_1", "metadata": json.RawMessage(`{"parent_account_id":"1","product_id":"2","group_id":["a"]}`)}).id()
	c.tryCard(grouped, c.wallet())
	blocked := c.call("endusers-create", body{"person": person(), "metadata": body{"status": "BLOCKED"}}).id()
	c.tryCard(c.program("ok"), c.call("wallets-create", body{"holder_id": blocked, "asset": "AUD", "asset_class": "CURRENCY", "partner_product": "KOBBLE_AUD_1"}).id())
	made := c.beneficiary()
	c.call("beneficiaries-update", body{"metadata": body{"a": 1}}, made)
	c.call("beneficiaries-update", body{"status": "INACTIVE"}, made)
	for _, odd := range []string{`{"a":"` + strings.Repeat("x", 300) + `"}`, `{"a":"\u0001"}`, `{"a":1e5}`} {
		c.call("beneficiaries-update", body{"metadata": json.RawMessage(odd)}, made)
	}
	c.call("beneficiaries-update", body{"metadata": body{"b": 1}}, made)
	c.call("beneficiaries-get", nil, made)
	hook, other := c.call("webhooks-create", body{"url": "https://a.example.test"}), c.call("webhooks-create", body{"url": "https://b.example.test"})
	c.call("webhooks-delete", nil, hook.id())
	c.call("webhooks-list", nil)
	c.call("webhooks-delete", nil, hook.id())
	c.call("webhooks-delete", nil, other.id())
	client := c.as("admin").call("clients-create", body{"name": "Third", "metadata": body{"a": 1}}).id()
	c.as("admin").call("clients-update-status", body{"status": "INACTIVE"}, client)
	c.as("admin").call("clients-get", nil, client)
	program := c.as("admin").call("card-programs-create", body{"type": "PHYSICAL", "partner_product": "KOBBLE_DEBIT_1", "metadata": json.RawMessage(goodProgramMetadata)}).id()
	c.call("card-programs-get", nil, program)
}

// walkKey sends an operation that takes a key again: as it was, with other data, by another client, without a
// token, without a key, with a key that begins alike and with a malformed one.
func walkKey(c *caller, operation *contract.Operation) {
	request, parameters := c.goodRequest(operation.ID)
	key := c.key()
	keyed := c.with("Idempotency-Key", key)
	keyed.call(operation.ID, request, parameters...)
	keyed.call(operation.ID, request, parameters...)
	keyed.without("Authorization").call(operation.ID, request, parameters...)
	other, _ := c.goodRequest(operation.ID)
	if changed, ok := other.(body); ok {
		changed["remarks"], changed["reference"] = "other", "other"
		keyed.call(operation.ID, changed, parameters...)
	}
	keyed.as("second").call(operation.ID, request, parameters...)
	c.call(operation.ID, request, parameters...)
	c.with("Idempotency-Key", key[:35]+strconv.Itoa(int(key[35])%10)).call(operation.ID, request, parameters...)
	c.without("Idempotency-Key").call(operation.ID, request, parameters...)
	c.with("Idempotency-Key", "malformed").call(operation.ID, request, parameters...)
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
