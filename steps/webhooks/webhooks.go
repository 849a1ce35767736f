// Package webhooks holds the sentences about deliveries: the handshake, who is told of what, the form and the
// signature of a message, and further tries.
package webhooks

import (
	"cmp"
	"context"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"time"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/steps"
)

// Sentences returns the definitions of the area.
func Sentences() []steps.Definition {
	const area = "webhook"
	const which = `(webhook|other webhook|foreign webhook)`
	return []steps.Definition{
		steps.Define(area, `(a|another|a foreign) {}`, "Makes a subscription whose deliveries this run receives.", steps.Choice{
			{Word: "webhook that reaches us", Doc: "and no more.", Handler: aReachingWebhook},
			{Word: "confirmed webhook", Doc: "and goes through the handshake.", Handler: aConfirmedWebhook},
		}),
		steps.Define(area, `a request to confirm the `+which+` arrives`, "A confirmation request arrives.", askedToConfirm),
		steps.Define(area, `we confirm the `+which, "Fetches the SubscribeURL of the confirmation request.", confirmWebhook),
		steps.Define(area, `something happens to tell of`, "Credits a wallet of ours, which makes a transaction.", somethingHappens),
		steps.Define(area, `"([^"]+)" makes a transaction to tell of`, "Calls the operation with a wallet of ours that has money on it.", makesTransaction),
		steps.Define(area, `three more things happen, of which the `+which+` is told`, "Three transactions one after another, each waited for: whoever else is told has had its time.", threeMore),
		steps.Define(area, `the `+which+` is told {}`, "What has arrived by now, and for the first of these within the patience of the run.", steps.Choice{
			{Word: "of it", Doc: "a notification of that transaction.", Handler: toldOfIt},
			{Word: "nothing of all this", Doc: "no notification of the scenario's transactions.", Handler: toldNothing},
			{Word: "nothing before it is confirmed", Doc: "every notification came after the handshake.", Handler: nothingBefore},
		}),
		steps.Define(area, `each message {}`, "Holds every message that came in against its documented form.", steps.Choice{
			{Word: "has the documented headers", Doc: "those of the request.", Handler: messageForm("headers")},
			{Word: "has the documented fields", Doc: "the members of its body.", Handler: messageForm("fields")},
			{Word: "has the documented types", Doc: "their forms.", Handler: messageForm("types")},
			{Word: "verifies", Doc: "form, headers, age, certificate, signature.", Handler: messagesVerify},
		}),
		steps.Define(area, `what was delivered {}`, "Holds all messages of the scenario beside each other.", steps.Choice{
			{Word: "goes together", Doc: "ids, tokens, topics, times, clients and repeats.", Handler: compareAll},
			{Word: "is the same message", Doc: "the repeat has the message id of the first try.", Handler: sameMessage},
		}),
		steps.Define(area, `the event names {}`, "The event in the notification.", steps.Choice{
			{Word: "its entity", Doc: "it has its documented members.", Handler: eventForm},
			{Word: "an entity that can be read", Doc: "the transaction is read by the id in the event.", Handler: entityCanBeRead},
		}),
		steps.Define(area, `our receiver (fails|refuses|hangs up) once`, "Answers the first try of each notification with a server error, with a client error, or not at all.", receiverFails),
		steps.Define(area, `the notification comes again`, "The notification that failed arrives once more.", sentAgain),
		steps.Define(area, `whether the notification comes again is recorded`, "Waits for a second try and keeps the answer; no page says that there is one.", notedSentAgain),
	}
}

// hooks are the webhooks of a scenario by their names, and the ids of the transactions that they are to tell of.
type hooks struct {
	named    map[string]*hook
	happened []string
}

// hook is a webhook that reaches us, and when the handshake began and ended.
type hook struct {
	inbox                 *webhook.Inbox
	scenario, as          string
	confirming, confirmed time.Time
}

func hookOf(w *steps.World, name string) *hook {
	s := steps.State[hooks](w)
	if s.named == nil {
		s.named = map[string]*hook{}
	}
	if s.named[name] == nil {
		s.named[name] = &hook{}
	}
	return s.named[name]
}

// deliveryWait is the patience with a delivery of an API on this machine; one elsewhere gets what the scenario has left.
const deliveryWait = 3 * time.Second

func patienceOf(ctx context.Context, w *steps.World) time.Duration {
	if deadline, bounded := ctx.Deadline(); bounded && !w.Session.Local {
		return max(time.Until(deadline)-2*time.Second, time.Second)
	}
	return deliveryWait
}

// named turns the article of a sentence into the name of the thing and the client that makes it.
func named(article string) (name, as string) {
	switch article {
	case "another":
		return "other webhook", "primary"
	case "a foreign":
		return "foreign webhook", "second"
	}
	return "webhook", "primary"
}

func aReachingWebhook(ctx context.Context, w *steps.World, article string) error {
	if w.Session.Receiver == nil {
		return &scene.NotTestable{Key: "webhooks.public_url", Why: "the API has no address under which it reaches this run"}
	}
	name, as := named(article)
	if err := w.NeedClient(as, "it takes a second client"); err != nil {
		return err
	}
	inbox := w.Session.Receiver.NewInbox()
	operation := w.Session.Contract.Operation("webhooks-create")
	object, err := subscribe(ctx, w, &scene.Draft{Operation: operation, Request: client.Request{As: as},
		Body: map[string]any{"url": inbox.URL}})
	if err != nil {
		return err
	}
	w.Things[name] = object
	hook := hookOf(w, name)
	hook.inbox, hook.scenario, hook.as = inbox, w.Scenario.ID, as
	mailbagOf(w.Session).add(hook)
	w.Cleanup(func(ctx context.Context) error {
		_, err := w.Session.Client.Do(ctx, w.Session.Contract.Operation("webhooks-delete"),
			client.Request{As: as, Path: map[string]string{"id": object.ID}})
		return err
	})
	return nil
}

// subscribe makes a subscription for an address of this run. No page says that plain HTTP will do (N-39).
func subscribe(ctx context.Context, w *steps.World, draft *scene.Draft) (*scene.Thing, error) {
	thing, err := w.Scene.Create(ctx, draft)
	if address, _ := draft.Body["url"].(string); err != nil && w.Last != nil && w.Last.Status/100 == 4 &&
		!strings.HasPrefix(address, "https://") {
		return nil, &scene.NotTestable{Key: "webhooks.public_url", Why: "the API takes no subscription for the plain HTTP address of this " +
			"run: " + w.Answered(w.Last)}
	}
	return thing, err
}

func inbox(w *steps.World, name string) (*webhook.Inbox, error) {
	inbox := hookOf(w, name).inbox
	if inbox == nil {
		return nil, steps.Faulty("the %s does not reach us; start with: a webhook that reaches us", name)
	}
	return inbox, nil
}

func aConfirmedWebhook(ctx context.Context, w *steps.World, article string) error {
	if err := aReachingWebhook(ctx, w, article); err != nil {
		return err
	}
	name, _ := named(article)
	if err := askedToConfirm(ctx, w, name); err != nil {
		return err
	}
	return confirmWebhook(ctx, w, name)
}

// undelivered says what kept a delivery away on our own side, such as that nobody waits any more; nil where it came or
// nothing did.
func undelivered(ctx context.Context, w *steps.World, came bool) error {
	if !came && ctx.Err() != nil {
		return fmt.Errorf("waiting for a delivery: %w", context.Cause(ctx))
	}
	if trouble := cmp.Or(w.Session.Receiver.Trouble(), w.Session.Client.Shortage()); !came && trouble != nil {
		return &steps.Environment{Why: trouble.Error()}
	}
	return nil
}

func askedToConfirm(ctx context.Context, w *steps.World, name string) error {
	inbox, err := inbox(w, name)
	if err != nil {
		return err
	}
	one, came := inbox.Wait(ctx, patienceOf(ctx, w), func(r webhook.Received) bool {
		return r.Message == nil ||
			r.Message.Type == webhook.Confirmation
	})
	if err := undelivered(ctx, w, came); err != nil {
		return err
	}
	expectAsked(w, inbox, came)
	if came && one.Message == nil {
		w.Expect(false, evidence.Assertion{Check: "a readable message", Fact: w.Fact("HOOK-11", contract.Delivery),
			Message: "a delivery can't be read", Expected: "one JSON object of strings", Actual: one.Wrong.Error()})
	}
	return nil
}

// untold reports whether a message came of which nobody can tell what it is, since its members are not of their form.
// That is told of it, and it may have been what did not come.
func untold(w *steps.World, inbox *webhook.Inbox) bool {
	return slices.ContainsFunc(inbox.All(), func(one webhook.Received) bool { return !readable(w, one) || !messageTypes(w, one) })
}

// expectAsked checks that a confirmation request came.
func expectAsked(w *steps.World, inbox *webhook.Inbox, came bool) {
	if !came && untold(w, inbox) {
		return
	}
	w.Expect(came, evidence.Assertion{Check: "a confirmation request", Fact: w.Fact("HOOK-13", contract.Delivery),
		Message: "a new subscription was sent no confirmation request", Expected: "a SubscriptionConfirmation",
		Actual: "nothing"})
}

// localHost is where an API on this machine is reached; empty for one elsewhere.
func localHost(w *steps.World) string {
	if w.Session.Local {
		return w.Session.Host
	}
	return ""
}

// emulator is the host of an address of this machine that is not the API's, as that of an emulator of SNS is; empty for
// any other address.
func emulator(w *steps.World, address string) string {
	u, err := url.Parse(address)
	if local := localHost(w); err != nil || local == "" || webhook.MayFetch(address, local) || !client.OnThisMachine(u.Hostname()) {
		return ""
	}
	return u.Host
}

func confirmWebhook(ctx context.Context, w *steps.World, name string) error {
	inbox, err := inbox(w, name)
	if err != nil {
		return err
	}
	address, asked := "", false
	for _, one := range inbox.All() {
		if one.Message != nil && one.Message.Type == webhook.Confirmation {
			address, asked = one.Message.SubscribeURL, true
		}
	}
	if !asked {
		expectAsked(w, inbox, false)
		return nil
	}
	if host := emulator(w, address); host != "" {
		return &scene.NotTestable{Key: "webhooks.sender", Why: "the SubscribeURL is of this machine and of another port than the API " +
			"(" + host + "), as that of an emulator of SNS is"}
	}
	trusted := webhook.MayFetch(address, localHost(w))
	w.Expect(trusted, evidence.Assertion{Check: "SubscribeURL", Fact: w.Fact("HOOK-14", contract.Delivery),
		Message: "the SubscribeURL is none that a receiver may fetch", Expected: "an address of SNS", Actual: address})
	if !trusted {
		return nil
	}
	hook := hookOf(w, name)
	hook.confirming = time.Now()
	answered, body, err := webhook.Confirm(ctx, address)
	if err != nil {
		return &steps.Environment{Why: err.Error()}
	}
	w.Expect(answered == http.StatusOK, evidence.Assertion{Check: "the handshake is answered 200",
		Fact: w.Fact("HOOK-15", contract.Delivery), Message: "the SubscribeURL was not answered 200", Expected: "200 OK",
		Actual: steps.Status(answered)})
	w.Expect(strings.Contains(string(body), "<SubscriptionArn>"), evidence.Assertion{
		Check: "the handshake names the subscription", Fact: w.Fact("SNS-14", contract.Delivery),
		Message: "the answer of the SubscribeURL holds no SubscriptionArn", Expected: "XML with a SubscriptionArn",
		Actual: "none"})
	hook.confirmed = time.Now()
	return nil
}

func somethingHappens(ctx context.Context, w *steps.World) error {
	wallet, err := w.Scene.Need(ctx, "primary", "wallet", w.Things)
	if err != nil {
		return err
	}
	transaction, err := w.Scene.Book(ctx, "transactions-manual-credit", "primary", 500, "", wallet.ID)
	if err != nil {
		return err
	}
	w.Things["transaction"] = transaction
	s := steps.State[hooks](w)
	s.happened = append(s.happened, transaction.ID)
	return nil
}

// makesTransaction calls an operation that makes a transaction. Its money is there before, so that no other tells of it.
func makesTransaction(ctx context.Context, w *steps.World, title string) error {
	if err := w.Request(ctx, title); err != nil {
		return err
	}
	transaction, err := w.Scene.Create(ctx, w.Draft)
	if err != nil {
		return err
	}
	w.Things["transaction"] = transaction
	s := steps.State[hooks](w)
	s.happened = append(s.happened, transaction.ID)
	return nil
}

func threeMore(ctx context.Context, w *steps.World, witness string) error {
	for range 3 {
		if err := somethingHappens(ctx, w); err != nil {
			return err
		}
		if err := toldOfIt(ctx, w, witness); err != nil {
			return err
		}
	}
	return nil
}

// about reports whether a delivery tells of the scenario's transaction.
func about(w *steps.World, r webhook.Received) bool {
	transaction := w.Things["transaction"]
	return transaction != nil && strings.Contains(string(r.Body), transaction.ID)
}

func toldOfIt(ctx context.Context, w *steps.World, name string) error {
	inbox, err := inbox(w, name)
	if err != nil {
		return err
	}
	_, came := inbox.Wait(ctx, patienceOf(ctx, w), func(r webhook.Received) bool { return about(w, r) })
	if err := undelivered(ctx, w, came); err != nil {
		return err
	}
	if !came && untold(w, inbox) {
		return nil
	}
	w.Expect(came, evidence.Assertion{Check: "a notification arrives", Fact: w.Tagged(w.Fact("HOOK-17", contract.Delivery)),
		Message: "a confirmed subscription was not told of a transaction", Expected: "a notification of it", Actual: "none"})
	return nil
}

func toldNothing(w *steps.World, name string) error {
	inbox, err := inbox(w, name)
	if err != nil {
		return err
	}
	happened := steps.State[hooks](w).happened
	if len(happened) == 0 {
		return steps.Faulty("nothing happened before this step")
	}
	told := slices.ContainsFunc(inbox.All(), func(one webhook.Received) bool {
		return slices.ContainsFunc(happened, func(id string) bool { return strings.Contains(string(one.Body), id) })
	})
	fact := w.Own(contract.Exposure)
	fact.Operation = "" // what is told is no answer of an operation
	w.Expect(!told, evidence.Assertion{Check: "nobody else is told", Fact: fact,
		Message: "the " + name + " was told of something that it must not hear of", Expected: "no notification", Actual: "a notification"})
	return nil
}

func nothingBefore(w *steps.World, name string) error {
	inbox, err := inbox(w, name)
	if err != nil {
		return err
	}
	hook := hookOf(w, name)
	if hook.confirmed.IsZero() {
		return steps.Faulty("the webhook was not confirmed before this step")
	}
	early := 0 // the API may send what comes once it has the handshake and before we hear so
	for _, one := range inbox.All() {
		if one.Message == nil || one.Message.Type == webhook.Notification && !one.At.After(hook.confirming) {
			early++
		}
	}
	for _, requirement := range []string{"HOOK-16", "SNS-13"} {
		w.Expect(early == 0, evidence.Assertion{Check: "nothing before the handshake",
			Fact: w.Fact(requirement, contract.Delivery), Message: "events were delivered before the subscription was confirmed",
			Expected: "none", Actual: fmt.Sprintf("%d", early)})
	}
	return nil
}

func receiverFails(w *steps.World, how string) error {
	inbox, err := inbox(w, "webhook")
	if err == nil {
		inbox.FailOnce(map[string]int{"fails": http.StatusInternalServerError, "refuses": http.StatusForbidden, "hangs up": webhook.HangUp}[how])
	}
	return err
}
