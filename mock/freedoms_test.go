package mock

import (
	"encoding/base64"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/url"
	"regexp"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kobcheck/kobcheck/contract"
)

// said is what of an answer a freedom may be about.
func said(r reply) string {
	r.header.Del("Date")
	return fmt.Sprintln(r.status, r.header, string(r.text))
}

func statuses(replies ...reply) string {
	text := ""
	for _, r := range replies {
		text += fmt.Sprintln(r.status)
	}
	return text
}

// goodAnswer performs an operation with a good request, as whoever may call it in every named style.
func goodAnswer(operation string) func(c *caller) string {
	return func(c *caller) string {
		request, parameters := c.goodRequest(operation)
		return said(c.privileged(operation).call(operation, request, parameters...))
	}
}

// notified is a notification as it is delivered, with what is signed of its Subject.
func notified(c *caller) string {
	r := &round{subscription: &subscription{}}
	m := c.server.postman.notification(r, Event{})
	text := string(m.body(c.server.faults)) + m.text(c.server.faults)
	told := regexp.MustCompile(`"Subject":[^,}]*|Subject\n[^\n]*\n|"SignatureVersion":"."|"MessageAttributes"`)
	return strings.Join(told.FindAllString(text, -1), " ")
}

// delivered is how a receiver that answers 400 is told, and whether it is told again.
func delivered(c *caller) string {
	media := ""
	receiver := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		media = r.Header.Get("Content-Type")
		w.WriteHeader(http.StatusBadRequest)
	}))
	defer receiver.Close()
	r := &round{subscription: &subscription{url: receiver.URL}}
	taken := c.server.postman.post(r, c.server.postman.notification(r, Event{}))
	return fmt.Sprint(media, taken)
}

// repeated sends a card creation twice under one key; between may do something to the card.
func repeated(c *caller, between func(card string)) string {
	request, _ := c.goodRequest("cards-create")
	keyed := c.with("Idempotency-Key", c.key())
	first := keyed.call("cards-create", request)
	between(first.id())
	return said(first) + said(keyed.call("cards-create", request))
}

func (c *caller) newEnduser(request any) reply { return c.call("endusers-create", request) }

// refusedByCheck tries a card that fails one check alone.
func refusedByCheck(number string) func(c *caller) string {
	return func(c *caller) string {
		if program := c.program(number); program != "" {
			return said(c.tryCard(program, c.wallet()))
		}
		return said(c.tryCard(c.program("ok"), c.server.Inventory().Wallets[number]))
	}
}

// threeCards makes cards a minute apart and lists them with a query, in which AT is the time of the second.
func threeCards(query string) func(c *caller) string {
	return func(c *caller) string {
		ids := []string{}
		for range 3 {
			ids = append(ids, c.card())
			c.clock.Advance(time.Minute)
		}
		second := start.Add(time.Minute).Format(time.RFC3339Nano)
		c.call("cards-update-status", body{"status": "ACTIVE"}, ids[0])
		c.credit(c.wallet(), 5)
		return said(c.get("./cards?"+strings.ReplaceAll(query, "AT", second))) + fmt.Sprint(c.get("./transactions").header)
	}
}

// probes give, by axis or family of axes, the answer in which its readings differ.
var probes = map[string]func(c *caller) string{
	"N-01.1": func(c *caller) string { return said(c.get("/health")) },
	"N-01.2": func(c *caller) string { return said(c.without("Authorization").get("/health")) },
	"N-03.1": goodAnswer("cards-widget-session-token"),
	"N-23.1": goodAnswer("clients-get"), "N-23.2": goodAnswer("transactions-get"),
	"N-23.3": goodAnswer("beneficiaries-get"),
	"N-23.4": goodAnswer("webhooks-create"), "N-23.5": goodAnswer("transactions-get"),
	"C-16": goodAnswer("wallets-get"), "C-19.1": goodAnswer("endusers-get"), "C-19.3": goodAnswer("endusers-get"),
	"C-21": goodAnswer("cards-get"),
	"C-19.2": func(c *caller) string {
		made := c.newEnduser(body{"company": body{"name": "Acme"}}).object()
		return fmt.Sprint(made["company"].(body)["id"] == made["company_id"])
	},
	"C-29.1": func(c *caller) string { return said(c.call("wallets-get", nil, c.funded(123400))) },
	"C-29.2": func(c *caller) string { return said(c.call("wallets-get", nil, c.funded(123400))) },
	"C-37":   goodAnswer("wallets-get"), "C-38": goodAnswer("endusers-get"),
	"N-41.1": func(c *caller) string {
		return said(c.newEnduser(body{"person": person(), "metadata": body{"a": body{}}}))
	},
	"F-01": goodAnswer("cards-get"), "F-02": goodAnswer("cards-get"), "F-03": goodAnswer("cards-create"),
	"N-42": goodAnswer("cards-get"),
	"N-43": goodAnswer("cards-get"), "N-18": goodAnswer("cards-get"),
	"N-08.1": func(c *caller) string { return said(c.call("cards-get", nil, nowhere)) },
	"N-08.2": func(c *caller) string { return said(c.call("cards-get", nil, nowhere)) },
	"N-08.3": func(c *caller) string {
		return said(c.with("Content-Type", "text/plain").call("wallets-create", body{"a": 1}))
	},
	"N-08.4": func(c *caller) string { return said(c.call("wallets-create", body{})) },
	"N-08.5": func(c *caller) string { return said(c.call("cards-create", body{})) },
	"N-08.6": func(c *caller) string { return said(c.call("wallets-get", nil, nowhere)) },
	"N-08.7": func(c *caller) string {
		return said(c.call("transactions-manual-debit", body{"amount": 5, "from": c.wallet()}))
	},
	"N-08.8": func(c *caller) string { return said(c.without("Authorization").call("wallets-list", nil)) },
	"N-08.9": func(c *caller) string { return said(c.with("Authorization", "Bearer x").call("cards-list", nil)) },
	"N-09.1": refusedByCheck("1"), "N-09.2": refusedByCheck("2"), "N-09.3": refusedByCheck("3"),
	"N-09.4": refusedByCheck("4"),
	"N-09.5": refusedByCheck("5"), "N-09.6": refusedByCheck("6"), "N-09.7": refusedByCheck("7"),
	"N-09.8": refusedByCheck("8"),
	"N-45":   refusedByCheck("8"),
	"N-20.1": func(c *caller) string { return said(c.get("./wallets/x")) },
	"N-20.2": func(c *caller) string { return said(c.get("./cards?limit=x&order=up")) },
	"C-24": func(c *caller) string {
		return said(c.call("wallets-get", nil, c.server.Inventory().SecondClient["wallet"]))
	},
	"C-51": func(c *caller) string {
		id := c.server.Inventory().Clients["primary"].ID
		return said(c.askToken(url.Values{"grant_type": {"client_credentials"}, "client_id": {id}, "client_secret": {"wrong"},
			"scope": {"client/read"}}))
	},
	"N-41.2": func(c *caller) string { return statuses(c.newEnduser(body{"person": person(), "hobby": "chess"})) },
	"N-32":   func(c *caller) string { return statuses(c.newEnduser(body{"person": body{"first_name": "Jane"}})) },
	"N-33": func(c *caller) string {
		return statuses(c.newEnduser(body{"person": person(), "company": body{"name": "Acme"}}))
	},
	"C-18": func(c *caller) string { return statuses(c.newEnduser(body{})) },
	"C-28": goodAnswer("card-programs-get"),
	"C-04": func(c *caller) string {
		c.prefix = "/api"
		return goodAnswer("cards-create")(c)
	},
	"N-47": func(c *caller) string { return said(c.with("X-Client-Id", nowhere).call("cards-list", nil)) },
	"F-04": func(c *caller) string { return said(c.send("HEAD", "./cards", "")) },
	"F-05": func(c *caller) string { return said(c.send("DELETE", "./cards", "")) },
	"F-06": func(c *caller) string {
		return said(c.send("TRACE", "./cards", "")) + said(c.send("BREW", "./cards", ""))
	},
	"F-07": func(c *caller) string { return said(c.send("OPTIONS", "./cards", "")) },
	"F-08": func(c *caller) string { return said(c.get("/nowhere")) },
	"C-08": func(c *caller) string {
		read, write := c.scoped("primary", "client/read"), c.scoped("primary", "client/write")
		known := c.server.Inventory().Clients["primary"]
		both := c.askToken(url.Values{"grant_type": {"client_credentials"}, "client_id": {known.ID},
			"client_secret": {known.Secret},
			"scope":         {"client/read client/write"}})
		return statuses(both, read.call("cards-list", nil), read.newEnduser(body{"person": person()}),
			write.call("cards-list", nil),
			write.newEnduser(body{"person": person()}))
	},
	"N-11.1": tokenFields, "N-11.2": tokenFields,
	"N-11.3": func(c *caller) string {
		return said(c.askToken(url.Values{"grant_type": {"client_credentials"}, "scope": {"client/read"}, "client_id": {"x"}}))
	},
	"N-11.4": func(c *caller) string { return noSuchScope(c) }, "N-11.5": func(c *caller) string { return noSuchScope(c) },
	"N-11.6": func(c *caller) string {
		known := c.server.Inventory().Clients["primary"]
		basic := "Basic " + base64.StdEncoding.EncodeToString([]byte(known.ID+":"+known.Secret))
		return statuses(c.with("Authorization", basic).with("Content-Type", "application/x-www-form-urlencoded").send("POST",
			"/oauth2/token", "grant_type=client_credentials&scope=client/read"))
	},
	"C-15": goodAnswer("wallets-create"), "C-25.1": goodAnswer("card-programs-create"), "C-27": goodAnswer("cards-create"),
	"C-25.2": func(c *caller) string {
		return statuses(c.tryCard(c.server.stockProgram("INACTIVE", goodProgramMetadata).id.String(), c.wallet()))
	},
	"C-22": func(c *caller) string {
		return statuses(c.call("cards-update-status", body{"status": "PENDING"}, c.card()))
	},
	"N-27.1": func(c *caller) string {
		made := c.call("cards-create", body{"wallet_id": c.wallet(), "program_id": c.program("ok")})
		return said(made) + said(c.call("cards-get", nil, made.id()))
	},
	"N-27.2": func(c *caller) string {
		id, text := c.card(), ""
		for _, status := range []string{"SUSPENDED", "STOLEN", "ACTIVE"} {
			text += statuses(c.call("cards-update-status", body{"status": status}, id))
		}
		return text
	},
	"N-27.3": func(c *caller) string {
		id := c.card()
		return statuses(c.call("cards-update-status", body{"status": "ACTIVE"}, id),
			c.call("cards-update-status", body{"status": "ACTIVE"}, id))
	},
	"N-28.1": func(c *caller) string {
		id := c.wallet()
		c.call("wallets-update", body{"status": "SUSPENDED"}, id).succeeds()
		return statuses(c.call("transactions-manual-credit", body{"amount": 5, "to": id}))
	},
	"N-28.2": func(c *caller) string {
		return statuses(c.call("wallets-update", body{"status": "INACTIVE"}, c.wallet()))
	},
	"N-29": func(c *caller) string {
		id := c.card()
		return fmt.Sprint(c.call("cards-replace-renew", body{"reason": "worn", "expiry": "2031"}, id, "replace").id() == id)
	},
	"N-30.1": func(c *caller) string {
		id := c.card()
		return fmt.Sprint(said(c.call("cards-generate-secret", body{"remarks": "x"},
			id)) == said(c.call("cards-generate-secret",
			body{"remarks": "x"}, id)))
	},
	"N-30.2": goodAnswer("cards-generate-secret"), "F-09": goodAnswer("cards-get"),
	"F-10": func(c *caller) string {
		return statuses(c.call("wallets-create", body{"holder_id": nowhere, "asset": "AUD", "asset_class": "CURRENCY",
			"partner_product": "KOBBLE_AUD_1"}))
	},
	"C-44": func(c *caller) string {
		id := c.beneficiary()
		c.call("beneficiaries-update", body{"status": "INACTIVE"}, id)
		return said(c.call("beneficiaries-update", body{"metadata": body{}}, id))
	},
	"C-10": func(c *caller) string {
		return statuses(c.with("Idempotency-Key", "short").call("cards-generate-secret", body{"remarks": "x"}, c.card()))
	},
	"C-12.1": func(c *caller) string { return repeated(c, func(string) {}) },
	"C-12.2": func(c *caller) string { return repeated(c, func(string) {}) },
	"C-12.3": func(c *caller) string {
		return repeated(c, func(card string) { c.call("cards-update-status", body{"status": "ACTIVE"}, card) })
	},
	"C-13": func(c *caller) string {
		keyed, card := c.with("Idempotency-Key", c.key()), c.card()
		keyed.call("cards-generate-secret", body{"remarks": "x"}, card)
		return statuses(keyed.call("cards-generate-secret", body{"remarks": "y"}, card))
	},
	"N-13": func(c *caller) string {
		return statuses(c.without("Idempotency-Key").call("cards-generate-secret", body{"remarks": "x"}, c.card()))
	},
	"N-14": func(c *caller) string {
		return repeated(c, func(string) {
			for _, kept := range c.server.store.kept {
				kept.ended += 100 // as though the repeat had come before the first was done
			}
		})
	},
	"N-15": func(c *caller) string {
		keyed, id := c.with("Idempotency-Key", c.key()), c.wallet()
		first := keyed.call("transactions-manual-debit", body{"amount": 5, "from": id})
		c.credit(id, 5)
		return statuses(first, keyed.call("transactions-manual-debit", body{"amount": 5, "from": id}))
	},
	"C-41.1": threeCards(""), "C-41.2": threeCards("from=AT&limit=1"),
	"N-19.1": threeCards(""), "N-19.2": threeCards("limit=5000"), "N-19.3": threeCards("limit=5000"),
	"N-19.4": threeCards(""),
	"N-19.5": threeCards("to=AT"), "N-19.6": threeCards("order=asc"),
	"N-21.1": func(c *caller) string { c.wallet(); c.wallet(); return said(c.get("./wallets")) },
	"N-21.2": func(c *caller) string { c.wallet(); c.wallet(); return said(c.get("./wallets?limit=1")) },
	"C-33":   notified, "N-38.1": notified, "N-38.2": notified, "C-52": delivered, "C-53": delivered,
	"N-35": func(c *caller) string {
		told := 0
		c.server.options.OnEvent = func(Event) { told++ }
		c.card()
		return fmt.Sprint(told)
	},
	"N-39.1": func(c *caller) string {
		return statuses(c.call("webhooks-create", body{"url": "http://hooks.example.test"}))
	},
	"N-39.2": func(c *caller) string {
		request := body{"url": "https://hooks.example.test"}
		return statuses(c.call("webhooks-create", request), c.call("webhooks-create", request))
	},
}

func noSuchScope(c *caller) string {
	known := c.server.Inventory().Clients["primary"]
	return said(c.askToken(url.Values{"grant_type": {"client_credentials"}, "client_id": {known.ID},
		"client_secret": {known.Secret}, "scope": {"client/everything"}}))
}

func tokenFields(c *caller) string {
	known := c.server.Inventory().Clients["primary"]
	answered := c.askToken(url.Values{"grant_type": {"client_credentials"}, "client_id": {known.ID},
		"client_secret": {known.Secret},
		"scope":         {"client/read"}}).object()
	return fmt.Sprint(answered["token_type"], answered["scope"])
}

// probeOf is the probe of an axis: its own, or the operation that it is about.
func probeOf(axis *contract.Freedom) func(c *caller) string {
	switch {
	case strings.HasPrefix(axis.ID, "N-48."):
		return func(c *caller) string {
			text := ""
			for _, one := range []*caller{c, c.as("admin")} {
				request, parameters := c.goodRequest(axis.Operation)
				text += statuses(one.call(axis.Operation, request, parameters...))
			}
			return text
		}
	case axis.Operation != "":
		return goodAnswer(axis.Operation)
	}
	return probes[axis.ID]
}

// TestEachReadingOfEachFreedomGivesAnAnswerOfItsOwn asks one question of each axis in all of its readings.
func TestEachReadingOfEachFreedomGivesAnAnswerOfItsOwn(t *testing.T) {
	facts, err := contract.Load()
	require.NoError(t, err)
	for _, axis := range facts.Freedoms {
		t.Run(axis.ID, func(t *testing.T) {
			t.Parallel()
			probe, heard := probeOf(axis), map[string]string{}
			require.NotNil(t, probe, "no test asks about %s", axis.ID)
			for _, reading := range axis.Readings {
				text := probe(newCaller(t, Options{Freedoms: []string{axis.ID + "=" + reading}}))
				require.Equal(t, text, probe(newCaller(t, Options{Freedoms: []string{axis.ID + "=" + reading}})),
					"%s=%s is not the same every time", axis.ID, reading)
				require.Empty(t, heard[text], "%s answers alike as %s and as %s: %s", axis.ID, reading, heard[text], text)
				heard[text] = reading
			}
		})
	}
}

// TestAFreedomLeavesTheOthersAlone asks all questions but its own at a point where one axis has moved, for the axes
// that change one operation or one answer alone.
func TestAFreedomLeavesTheOthersAlone(t *testing.T) {
	alone := map[string]bool{"C-21": true, "N-30.2": true, "N-19.5": true, "F-08": true, "C-24": true, "N-13": true,
		"N-22.5.wallets-update": true, "N-48.clients-list": true}
	facts, err := contract.Load()
	require.NoError(t, err)
	for _, axis := range facts.Freedoms {
		if !alone[axis.ID] {
			continue
		}
		choice := axis.ID + "=" + axis.Readings[1]
		for _, other := range []string{"C-16", "N-09.1", "C-15", "N-08.1", "C-41.1", "N-28.1", "F-05", "C-51"} {
			if axis.ID == "C-21" && other == "C-41.1" { // the list of cards shows the owner
				continue
			}
			require.Equal(t, probes[other](newCaller(t, Options{})),
				probes[other](newCaller(t, Options{Freedoms: []string{choice}})),
				"%s changes what %s is about", choice, other)
		}
	}
}

// innermost looks for a member anywhere in an answer.
func innermost(value any, name string) string {
	switch value := value.(type) {
	case map[string]any:
		if text, ok := value[name].(string); ok {
			return text
		}
		for _, inner := range value {
			if text := innermost(inner, name); text != "" {
				return text
			}
		}
	case []any:
		for _, inner := range value {
			if text := innermost(inner, name); text != "" {
				return text
			}
		}
	}
	return ""
}
