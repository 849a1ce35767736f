package mock

import (
	"encoding/json"
	"fmt"
	"maps"
	"net/url"
	"slices"
	"strings"
	"time"
)

// rich is metadata with everything that JSON has, and much that is lost on its way elsewhere.
var rich = `{"crm":"7","nested":{"list":[1,2.5,true,null,"x"],"none":null},"name":"Zoë 猫","empty":{},"none":[],"__proto__":1,"":2,
"camelCase":3,"a.b":4,"big":9007199254740993,"long":"` + strings.Repeat("x", 300) + `","text":" a <b> 🪪 e\u0301 ","day":"2024-01-31",
"deep":{"a":{"b":{"c":{"d":{"e":{"f":{"g":{}}}}}}}},"many":{` + strings.Join(manyMembers(), ",") + `}}`

func manyMembers() (members []string) {
	for i := range 60 {
		members = append(members, fmt.Sprintf(`"m%d":%d`, i, i))
	}
	return members
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
	c.as("admin").call("card-programs-create", body{"type": "VIRTUAL", "partner_product": "KOBBLE_DEBIT_1",
		"metadata": body{}})
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

// walkFrame changes one of several things of a holder and looks at all of them after each change.
func walkFrame(c *caller) {
	holder := c.call("endusers-create", body{"person": person(), "metadata": body{"a": 1}}).id()
	wallet := func() string {
		return c.call("wallets-create", body{"holder_id": holder, "asset": "AUD", "asset_class": "CURRENCY",
			"partner_product": "KOBBLE_AUD_1"}).id()
	}
	one, other := wallet(), wallet()
	look := func() {
		seeWhatWasDone(c)
		c.call("wallets-get", nil, one)
	}
	c.call("transactions-manual-credit", body{"amount": 5, "to": other})
	c.tryCard(c.program("ok"), other)
	c.call("wallets-get", nil, other)
	card := c.tryCard(c.program("ok"), one).id()
	look()
	for _, status := range []string{"ACTIVE", "SUSPENDED"} {
		c.call("cards-update-status", body{"status": status}, card)
		look()
	}
	c.call("transactions-manual-credit", body{"amount": 5, "to": one})
	look()
	c.call("wallets-update", body{"status": "INACTIVE", "external_id": "1234"}, one)
	made := c.beneficiary()
	c.beneficiary()
	c.call("beneficiaries-update", body{"status": "INACTIVE"}, made)
	look()
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
	zoned := url.QueryEscape(c.clock.Now().Add(-2 * time.Second).In(time.FixedZone("", 10*60*60)).Format(time.RFC3339Nano))
	for _, list := range []string{"./cards", "./transactions"} {
		for _, query := range []string{"", "limit=2", "limit=2&offset=2", "limit=2&offset=2&order=asc", "order=asc",
			"order=desc", "offset=1", "offset=100",
			"from=" + at(-2), "to=" + at(-2), "from=" + at(-3) + "&to=" + at(-1), "from=" + at(-1) + "&to=" + at(-3),
			"limit=1", "limit=1&offset=2", "offset=1&from=" + at(-2), "order=desc&to=" + at(-2), "order=desc&offset=2",
			"limit=-1", "limit=0", "limit=x", "offset=-1", "offset=1.5", "order=up", "from=yesterday", "to=2025-01-14",
			"limit=1&limit=2", "unknown=1", "%zz", "limit=", "from=" + zoned} {
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
	c.call("wallets-get", nil, c.funded(5_000_000_000))
	c.call("transactions-create", body{"amount": 957, "reference": "a", "from": one, "to": two})
	c.call("transactions-create", body{"amount": 9, "from": one, "to": one})
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
		body{"person": person()}, body{"person": person(), "metadata": json.RawMessage(rich)},
		body{"company": body{"name": "Acme", "id": "mine"}}, body{"company": body{"name": "Acme"},
			"metadata": json.RawMessage(rich)},
		body{"person": person(), "company": body{"name": "Acme"}}, body{}, body{"person": "x"},
		body{"person": body{"email": 7}}, body{"person": person(), "metadata": []int{}}, body{"person": person(),
			"metadata": nil}, body{"person": person(), "metadata": body{"email": "none"}},
	} {
		made := c.call("endusers-create", enduser)
		c.call("endusers-get", nil, made.id())
	}
	grouped := c.as("admin").call("card-programs-create", body{"type": "VIRTUAL", "partner_product": "KOBBLE_DEBIT_1",
		"metadata": json.RawMessage(`{"parent_account_id":"1","product_id":"2","group_id":["a"]}`)}).id()
	c.tryCard(grouped, c.wallet())
	for _, odd := range []any{true, []string{"1"}, body{"id": "1"}, nil} {
		c.as("admin").call("card-programs-create", body{"type": "VIRTUAL", "partner_product": "KOBBLE_DEBIT_1",
			"metadata": body{"parent_account_id": odd, "product_id": "2"}})
	}
	blocked := c.call("endusers-create", body{"person": person(), "metadata": body{"status": "BLOCKED"}}).id()
	c.tryCard(c.program("ok"), c.call("wallets-create", body{"holder_id": blocked, "asset": "AUD",
		"asset_class": "CURRENCY", "partner_product": "KOBBLE_AUD_1"}).id())
	made := c.beneficiary()
	c.call("beneficiaries-update", body{"metadata": body{"a": 1}}, made)
	c.call("beneficiaries-update", body{"status": "INACTIVE"}, made)
	for _, odd := range []string{`{"a":"` + strings.Repeat("x", 300) + `"}`, `{"a":"\u0001"}`, `{"a":1e5}`} {
		c.call("beneficiaries-update", body{"metadata": json.RawMessage(odd)}, made)
	}
	c.call("beneficiaries-update", body{"metadata": body{"b": 1}}, made)
	c.call("beneficiaries-get", nil, made)
	hook, other := c.call("webhooks-create", body{"url": "https://a.example.test"}), c.call("webhooks-create",
		body{"url": "https://b.example.test"})
	c.call("webhooks-delete", nil, hook.id())
	c.call("webhooks-create", body{"url": 12345})
	c.call("webhooks-list", nil)
	c.call("webhooks-delete", nil, hook.id())
	c.call("webhooks-delete", nil, other.id())
	fourth := c.as("admin").call("clients-create", body{"name": "Fourth"}).id()
	client := c.as("admin").call("clients-create", body{"name": "Third", "metadata": body{"a": 1}}).id()
	c.as("admin").call("clients-update-status", body{"status": "INACTIVE"}, client)
	c.as("admin").call("clients-get", nil, client)
	c.as("admin").call("clients-get", nil, fourth)
	program := c.as("admin").call("card-programs-create", body{"type": "PHYSICAL", "partner_product": "KOBBLE_DEBIT_1",
		"metadata": json.RawMessage(goodProgramMetadata)}).id()
	c.call("card-programs-get", nil, program)
}
