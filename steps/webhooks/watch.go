package webhooks

import (
	"cmp"
	"context"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/schemas/redact"
	"github.com/kobcheck/kobcheck/steps"
)

// mailbag are all webhooks of a run that reached it.
type mailbag struct {
	mu    sync.Mutex
	hooks []*hook
}

func mailbagOf(s *steps.Session) *mailbag {
	return steps.Shared(s, func() *mailbag { return new(mailbag) })
}

func (b *mailbag) add(h *hook) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.hooks = append(b.hooks, h)
}

// Watch looks at everything that a run was delivered, whatever the scenarios were about: each delivery by itself, and
// all of them beside each other. What deviates is noticed in passing, of the scenario that had the webhook.
func Watch(ctx context.Context, session *steps.Session) (seen []steps.Evidence) {
	ctx = context.WithoutCancel(ctx) // a run that was stopped still fetches the certificate: that it could not is no word of the API's
	bag := mailbagOf(session)
	bag.mu.Lock()
	hooks := slices.Clone(bag.hooks)
	bag.mu.Unlock()
	run := newDelivered()
	fetch := webhook.FetchOnce()
	for _, h := range hooks {
		all := messages(h.inbox.All())
		if len(all) == 0 {
			continue
		}
		w := session.NewWorld(steps.Scenario{ID: h.scenario, Requirements: []string{"HOOK-21"}})
		_ = w.Preparing(func() error { // what is only noticed fails nothing
			verifier := verifierOf(w)
			verifier.Fetch = fetch
			exposed(w, all)
			all = slices.DeleteFunc(all, func(one webhook.Received) bool { return !sound(ctx, w, one, verifier) })
			run.compare(w, h, all)
			return nil
		})
		seen = append(seen, w.Evidence())
	}
	return seen
}

// exposed looks for what no delivery may show: for credentials in its head too, for card numbers where people may write,
// since ids, tokens and signatures are random text, some of which passes for one by chance.
func exposed(w *steps.World, all []webhook.Received) {
	for _, one := range all {
		if one.Message == nil {
			continue
		}
		text := one.Message.Said()
		head := slices.Concat(slices.Collect(maps.Values(one.Header))...)
		number, secret := redact.CardNumber(text), w.Session.Client.Redactor().Shown(strings.Join(append(head, text), "\n"))
		expect(w, number == "", "CARD-20", contract.Exposure, evidence.NoCardNumber, "a delivery shows a full card number",
			"a masked number at most", number)
		expect(w, secret == "", "HARNESS-14", contract.Exposure, evidence.NoSecret, "a delivery repeats a credential of ours",
			"no credential", secret)
	}
}

// compareAll holds what the webhooks of the scenario were sent beside each other.
func compareAll(w *steps.World) {
	run, named := newDelivered(), steps.State[hooks](w).named
	for _, name := range []string{"webhook", "other webhook", "foreign webhook"} {
		if h := named[name]; h != nil && h.inbox != nil {
			whole := func(one webhook.Received) bool { return readable(w, one) && messageTypes(w, one) }
			run.compare(w, h, slices.DeleteFunc(h.inbox.All(), func(one webhook.Received) bool { return !whole(one) }))
		}
	}
}

// delivered is what was seen of deliveries so far, to tell what is alike and should differ, and what differs and should
// be alike.
type delivered struct {
	byID, byEvent map[string]*webhook.Message
	tokens        map[string]*hook
	clientsOf     map[string]string // client_id by owner
	heard         map[string]string // owners by the entity told of
}

func newDelivered() *delivered {
	return &delivered{byID: map[string]*webhook.Message{}, byEvent: map[string]*webhook.Message{}, tokens: map[string]*hook{},
		clientsOf: map[string]string{}, heard: map[string]string{}}
}

// compare holds the deliveries of a webhook against each other and against those of all before it.
func (d *delivered) compare(w *steps.World, h *hook, all []webhook.Received) {
	topic, tries, taken, stamps := "", map[string]int{}, map[string]bool{}, map[string][]webhook.Received{}
	for _, one := range all {
		m := one.Message
		if m == nil {
			continue
		}
		d.sameIDs(w, m)
		topic = cmp.Or(topic, m.TopicArn)
		ownThings(w, m.TopicArn == topic, "TopicArn", "the topic of a subscription changes", topic, m.TopicArn)
		if m.Type != webhook.Notification {
			d.ownToken(w, h, m)
			continue
		}
		early := h.confirming.IsZero() || !one.At.After(h.confirming)
		expect(w, !early, "HOOK-16", contract.Delivery, "nothing before the handshake", "a notification came before the handshake",
			"a confirmed subscription", "none yet")
		if taken[m.MessageId] {
			tries[m.MessageId]++
		}
		taken[m.MessageId] = taken[m.MessageId] || one.Answer == http.StatusOK
		expect(w, tries[m.MessageId] < mostRepeats, "SNS-16", contract.Delivery, "what was taken comes no more",
			"a notification that was answered 200 comes again and again", "no more than a repeat", fmt.Sprintf("%d repeats", tries[m.MessageId]))
		if tries[m.MessageId] == 0 {
			stamps[m.Timestamp] = append(stamps[m.Timestamp], one)
		}
		d.events(w, h, one)
	}
	for stamp, alike := range stamps {
		expect(w, asked(w, alike[1:]).Sub(alike[0].At) < max(alikeFor, schemas.Resolution(stamp)), "HOOK-28", contract.Delivery,
			"times of messages", "a message is of the time of one that had come before its event was asked for", "a time of its own for each",
			fmt.Sprintf("%d of %s", len(alike), stamp))
	}
}

// asked is when the latest of the events was asked for of which messages tell, by the first call that names what came of it:
// others may answer with it again. It is zero where no call of the scenario made one.
func asked(w *steps.World, told []webhook.Received) (latest time.Time) {
	made := map[string]time.Time{}
	for _, exchange := range w.Heard() {
		if id := scene.IDOf(exchange); exchange.Request().Method != http.MethodGet && made[id].IsZero() {
			made[id] = exchange.StartedAt
		}
	}
	for _, one := range told {
		event, err := one.Message.Event()
		if err == nil && event.EntityID != "" && made[event.EntityID].After(latest) {
			latest = made[event.EntityID]
		}
	}
	return latest
}

// What is too much to be chance: SNS delivers at least once, so that a repeat is no fault, and a clock may stand still for a
// while.
const (
	mostRepeats = 2
	alikeFor    = 20 * time.Millisecond
)

func expect(w *steps.World, holds bool, requirement string, facet contract.Facet, check, message, expected, actual string) {
	w.Expect(holds, evidence.Assertion{Check: check, Fact: w.Fact(requirement, facet), Message: message, Expected: expected, Actual: actual})
}

// ownThings is what a subscription has for itself.
func ownThings(w *steps.World, holds bool, pointer, message, expected, actual string) {
	w.Expect(holds, evidence.Assertion{Check: "what a subscription has for itself", Fact: w.Fact("HARNESS-28", contract.Delivery),
		Message: message, Pointer: "/" + pointer, Expected: expected, Actual: actual})
}

func (d *delivered) ownToken(w *steps.World, h *hook, m *webhook.Message) {
	for _, one := range [][2]string{{"Token", m.Token}, {"SubscribeURL", m.SubscribeURL}} {
		if one[1] == "" {
			continue
		}
		key := one[0] + " " + one[1]
		first := d.tokens[key]
		ownThings(w, first == nil || first == h, one[0], "two subscriptions are confirmed by one "+one[0], "one of its own",
			"another subscription's")
		if first == nil {
			d.tokens[key] = h
		}
	}
}

// sameIDs holds what has one id to being one message: a message for several subscriptions may have one, and a retry does.
func (d *delivered) sameIDs(w *steps.World, m *webhook.Message) {
	first := d.byID[m.MessageId]
	if first == nil || m.MessageId == "" {
		first, d.byID[m.MessageId] = m, m
	}
	one := first.Message == m.Message && first.Type == m.Type && first.Token == m.Token
	expect(w, one, "HOOK-26", contract.Delivery, "an id for each message",
		"two messages have one MessageId", first.Message, m.Message)
	expect(w, !one || first.Timestamp == m.Timestamp && first.SignatureVersion == m.SignatureVersion, "SNS-18",
		contract.Delivery, "a retry is the same message", "a retry is not the message that it repeats",
		first.Timestamp+", version "+first.SignatureVersion, m.Timestamp+", version "+m.SignatureVersion)
}

// events holds the events of notifications beside each other.
func (d *delivered) events(w *steps.World, h *hook, one webhook.Received) {
	event, err := one.Message.Event()
	if err != nil || event.EntityID == "" {
		return // what the form of a message is held against
	}
	at, stamped := schemas.Instant(one.Message.Timestamp)
	if made, readable := schemas.Instant(event.CreatedAt); stamped && readable {
		expect(w, at.After(made.Add(-time.Minute)), "HOOK-28", contract.Delivery, "a message is made after its event",
			"a message is older than the event that it tells of", "a time after "+event.CreatedAt, one.Message.Timestamp)
	}
	if first := d.byEvent[event.ID]; first != nil && event.ID != "" {
		before, _ := first.Event() // it was read before it was kept
		expect(w, before.EntityID == event.EntityID && before.Type == event.Type, "HOOK-32", contract.Delivery,
			"an id for each event", "two events have one id", before.Type+" of "+before.EntityID, event.Type+" of "+event.EntityID)
	} else {
		d.byEvent[event.ID] = one.Message
	}
	d.owners(w, h, event)
}

// owners holds what is told to one client apart from what is told to another.
func (d *delivered) owners(w *steps.World, h *hook, event *webhook.Event) {
	whose, known := d.clientsOf[h.as]
	if !known {
		whose, d.clientsOf[h.as] = event.ClientID, event.ClientID
	}
	expect(w, whose == event.ClientID, "HOOK-32", contract.Delivery, "the client of an event", "events of one client name several clients",
		whose, event.ClientID)
	entity := event.Type + " of " + strings.ToLower(event.EntityID)
	first, told := d.heard[entity]
	if !told {
		first, d.heard[entity] = h.as, h.as
	}
	expect(w, first == h.as, "OWN-06", contract.Exposure, "events are told to their client alone", "two clients were told of one thing",
		"one client", "the clients "+first+" and "+h.as)
}
