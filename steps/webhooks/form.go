package webhooks

import (
	"context"
	"encoding/json"
	"fmt"
	"mime"
	"strings"

	"github.com/google/uuid"

	"github.com/kobcheck/kobcheck/client"
	"github.com/kobcheck/kobcheck/client/scene"
	"github.com/kobcheck/kobcheck/client/webhook"
	"github.com/kobcheck/kobcheck/contract"
	"github.com/kobcheck/kobcheck/reports/evidence"
	"github.com/kobcheck/kobcheck/schemas"
	"github.com/kobcheck/kobcheck/schemas/match"
	"github.com/kobcheck/kobcheck/steps"
)

// messages are those that the webhook of the scenario has received.
type messages []webhook.Received

// Supply finds them.
func (m *messages) Supply(w *steps.World) error {
	inbox, err := inbox(w, "webhook")
	if err == nil {
		*m = inbox.All()
	}
	return err
}

// messageForm returns the step that looks at one side of every message.
func messageForm(what string) func(*steps.World, *messages) {
	return func(w *steps.World, all *messages) { expectForm(w, all, what) }
}

func expectForm(w *steps.World, all *messages, what string) {
	if len(*all) == 0 {
		w.NoData("form of a message", w.Own(contract.Delivery), "nothing was received")
	}
	look := map[string]func(*steps.World, webhook.Received) bool{"headers": messageHeaders, "fields": messageFields, "types": messageTypes}
	for _, one := range *all {
		if readable(w, one) && (what == "types" || webhook.Known(one.Message.Type)) {
			look[what](w, one)
		}
	}
}

// sound looks at a delivery from all sides, as long as each holds: what rests on a member that is not of its form says
// nothing more of the delivery.
func sound(ctx context.Context, w *steps.World, one webhook.Received, verifier *webhook.Verifier) bool {
	return readable(w, one) && messageTypes(w, one) && messageFields(w, one) && messageHeaders(w, one) && verifies(ctx, w, one, verifier)
}

func readable(w *steps.World, one webhook.Received) bool {
	if one.Message != nil {
		w.Expect(true, evidence.Assertion{Check: "a readable message", Fact: w.Fact("HOOK-11", contract.Delivery)})
		return true
	}
	requirement := "HOOK-11"
	if strings.Contains(one.Wrong.Error(), `"Message"`) {
		requirement = "HOOK-27"
	}
	w.Expect(false, evidence.Assertion{Check: "a readable message", Fact: w.Fact(requirement, contract.Delivery),
		Message: "a delivery can't be read", Expected: "one JSON object of strings", Actual: one.Wrong.Error()})
	return false
}

// side counts checks of one delivery, and reports whether they held so far.
type side struct {
	*steps.World
	whole bool
}

func (s *side) expect(holds bool, a evidence.Assertion) {
	s.Expect(holds, a)
	s.whole = s.whole && holds
}

func messageHeaders(world *steps.World, one webhook.Received) bool {
	m, w := one.Message, &side{world, true}
	holds := func(requirement, name, expected string) {
		got := one.Header.Get(name)
		w.expect(got == expected, evidence.Assertion{Check: "header of a delivery",
			Fact: w.Fact(requirement, contract.Delivery), Pointer: name,
			Message: "a delivery lacks a header or it says something else", Expected: expected, Actual: match.OrAbsent(got)})
	}
	holds("HOOK-23", "x-amz-sns-message-id", m.MessageId)
	holds("HOOK-24", "x-amz-sns-message-type", m.Type)
	holds("HOOK-34", "x-amz-sns-message-id", m.MessageId)
	media, _, err := mime.ParseMediaType(one.Header.Get("Content-Type"))
	w.expect(err == nil && (media == "text/plain" || media == "application/json"), evidence.Assertion{
		Check: "header of a delivery", Fact: w.Fact("SNS-01", contract.Delivery), Pointer: "Content-Type",
		Message: "a delivery is labelled as neither text nor JSON", Expected: "text/plain or JSON (C-53)",
		Actual: match.OrAbsent(one.Header.Get("Content-Type"))})
	holds("SNS-01", "User-Agent", "Amazon Simple Notification Service Agent")
	holds("SNS-02", "x-amz-sns-topic-arn", m.TopicArn)
	return w.whole
}

func messageFields(world *steps.World, one webhook.Received) bool {
	w := &side{world, true}
	requirement := "SNS-04"
	if one.Message.Type == webhook.Notification {
		requirement = "SNS-03"
	}
	for _, name := range webhook.Required(one.Message.Type) {
		null, there := one.Message.Members[name]
		w.expect(there && !null, evidence.Assertion{Check: "member of a message",
			Fact: w.Fact(requirement, contract.Delivery), Pointer: "/" + name, Message: "a message lacks a member",
			Expected: "there", Actual: "absent or null"})
	}
	subject, there := one.Message.Members["Subject"]
	w.expect(!there || !subject, evidence.Assertion{Check: "no null subject", Fact: w.Fact("SNS-12", contract.Delivery),
		Pointer: "/Subject", Message: "a subject that was not given is null, not absent", Expected: "absent", Actual: "null"})
	w.expect(one.Message.TopicArn != "" && one.Message.SigningCertURL != "", evidence.Assertion{
		Check: "topic and certificate are named", Fact: w.Fact("HOOK-31", contract.Delivery),
		Message: "a message names no topic or certificate", Expected: "both", Actual: "not both"})
	return w.whole
}

func messageTypes(world *steps.World, one webhook.Received) bool {
	m, w := one.Message, &side{world, true}
	expect := func(holds bool, requirement, pointer, expected, actual string) {
		w.expect(holds, evidence.Assertion{Check: "type of a member", Fact: w.Fact(requirement, contract.Delivery),
			Pointer: "/" + pointer, Message: "a member of a message is not of its form", Expected: expected, Actual: actual})
	}
	expect(webhook.Known(m.Type), "HOOK-25", "Type", "Notification, SubscriptionConfirmation or UnsubscribeConfirmation", m.Type)
	if !w.whole {
		return false
	}
	expect(m.MessageId != "", "HOOK-26", "MessageId", "an id", "none")
	_, readable := schemas.Instant(m.Timestamp)
	expect(readable, "HOOK-28", "Timestamp", "a time of ISO 8601", m.Timestamp)
	expect(m.SignatureVersion == "1" || m.SignatureVersion == "2", "HOOK-29", "SignatureVersion", "1 or 2", m.SignatureVersion)
	expect(m.Signature != "", "HOOK-21", "Signature", "a signature", "none")
	expect(m.Signature == "" || len(m.Signature) > 100, "HOOK-30", "Signature", "a Base64 RSA signature",
		fmt.Sprintf("%d characters", len(m.Signature)))
	if m.Type == webhook.Notification {
		expect(json.Valid([]byte(m.Message)), "HOOK-27", "Message", "a string of JSON", "another string")
	} else {
		expect(m.SubscribeURL != "", "HOOK-14", "SubscribeURL", "an address", "none")
	}
	return w.whole
}

func messagesVerify(ctx context.Context, w *steps.World, all *messages) {
	if len(*all) == 0 {
		w.NoData("signature", w.Fact("HOOK-21", contract.Delivery), "nothing was received")
	}
	for _, one := range *all {
		_ = readable(w, one) && messageTypes(w, one) && verifies(ctx, w, one, verifierOf(w))
	}
}

func verifierOf(w *steps.World) *webhook.Verifier {
	return &webhook.Verifier{CertificateHost: localHost(w)}
}

// verifies looks whether a delivery is who it says it is from, up to the first step that does not hold.
func verifies(ctx context.Context, w *steps.World, one webhook.Received, verifier *webhook.Verifier) bool {
	if one.Message != nil && emulator(w, one.Message.SigningCertURL) != "" {
		return true // what an emulator of SNS signs with, nobody can trust; its handshake is not testable
	}
	message, checks := verifier.Verify(ctx, one.Delivery)
	for _, check := range checks {
		fact := w.Fact("HOOK-21", contract.Delivery)
		if message != nil && check.Step == "signature" {
			fact.Also = []string{"SNS-07", "SNS-08", map[bool]string{true: "SNS-05", false: "SNS-06"}[message.Type == webhook.Notification]}
		}
		if check.Unseen {
			w.NoData("verification: "+check.Step, fact, check.Detail)
			return false
		}
		w.Expect(check.Holds, evidence.Assertion{Check: "verification: " + check.Step, Fact: fact, Message: "a delivery does not verify",
			Expected: "the step " + check.Step + " holds", Actual: check.Detail})
		if !check.Holds {
			return false
		}
	}
	return true
}

// event is the one that tells of the scenario's transaction, or why there is none.
func event(w *steps.World, all messages) (*webhook.Event, string) {
	for _, one := range all {
		if about(w, one) && one.Message != nil {
			event, unreadable := one.Message.Event()
			if unreadable != nil {
				return nil, unreadable.Error()
			}
			return event, ""
		}
	}
	return nil, "no notification of it has come"
}

func eventForm(w *steps.World, all *messages) error {
	event, wrong := event(w, *all)
	if event == nil {
		w.Expect(false, evidence.Assertion{Check: "the event", Fact: w.Fact("HOOK-32", contract.Delivery),
			Message: "the event can't be read", Expected: "an event in Message", Actual: wrong})
		return nil
	}
	transaction := w.Things["transaction"]
	_, notUUID := uuid.Parse(event.ID)
	_, readable := schemas.Instant(event.CreatedAt)
	for _, one := range []struct {
		holds                      bool
		requirement, name, is, was string
	}{
		{notUUID == nil, "HOOK-32", "id", "a uuid", event.ID},
		{event.EntityID == transaction.ID, "HOOK-32", "entity_id", transaction.ID, event.EntityID},
		{event.ClientID != "", "HOOK-32", "client_id", "an id", event.ClientID},
		{readable, "HOOK-32", "created_at", "a date-time", event.CreatedAt},
		{event.Type == "transaction-create", "HOOK-33", "type", "transaction-create", event.Type},
	} {
		w.Expect(one.holds, evidence.Assertion{Check: "member of an event", Fact: w.Fact(one.requirement, contract.Delivery),
			Pointer: "/" + one.name, Message: "an event is not as documented", Expected: one.is,
			Actual: match.OrAbsent(one.was)})
	}
	return nil
}

func entityCanBeRead(ctx context.Context, w *steps.World, all *messages) error {
	event, wrong := event(w, *all)
	if event == nil || event.EntityID == "" {
		w.Expect(false, evidence.Assertion{Check: "the entity of an event", Fact: w.Own(contract.Delivery),
			Message: "the event names no entity", Expected: "an entity_id", Actual: match.OrAbsent(wrong)})
		return nil
	}
	operation := w.Session.Contract.Operation("transactions-get")
	exchange, err := w.Send(ctx, &scene.Draft{Operation: operation, Request: client.Request{As: "primary",
		Path: map[string]string{"id": event.EntityID}}})
	if err != nil {
		return err
	}
	w.Expect(exchange.Status/100 == 2, evidence.Assertion{Check: "the entity of an event", Fact: w.Own(contract.Delivery),
		Message: "the entity that an event names can't be read", Expected: "the transaction", Actual: w.Answered(exchange)})
	return nil
}
